# SPDX-License-Identifier: EUPL-1.2
"""Objects that no client would send: each gets an answer with a name, no error of ours, and nobody's secrets."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bookings.wishes import wish
from tests.factories import actor, world
from tests.integrations.caldav.client import CalendarClient, condition
from tests.integrations.caldav.objects import ANNA, BERND, SMALL, calendar, single_date, vevent
from vconf.bookings.models import Booking
from vconf.bookings.services import book
from vconf.integrations.caldav import paths

pytestmark = [pytest.mark.django_db, pytest.mark.engine]
QUIETLY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

WHOLE = calendar(
    vevent(ANNA, BERND, SMALL, "RRULE:FREQ=DAILY;COUNT=4", "DESCRIPTION:Bitte", "PRIORITY:5"),
    single_date(ANNA, BERND, SMALL, of_day=1, hour=15, day=1),
).split(b"\r\n")


@pytest.fixture
def scene():
    return world()


@pytest.fixture
def client(scene):
    return CalendarClient(scene.anna)


def put(client, octets, name="x.ics", **headers):
    assert client.person is not None
    path = paths.bookings(client.person.id) + name
    return client.dav("PUT", path, octets, Content_Type="text/calendar", **headers)


def fine(answer):
    assert answer.status_code < 500, answer.content
    if answer.status_code in (403, 413):
        assert condition(answer).startswith(("C:", "D:"))


LINES = [
    b"DTSTART;TZID=Nirgends/Nie:20270301T100000",
    b"DTSTART:99991231T235959Z",
    b"DTSTART:00010101T000000",
    b"DTEND;TZID=Europe/Berlin:99990101T000000",
    b"DURATION:P9999999D",
    b"RRULE:FREQ=YEARLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=30",
    b"RRULE:FREQ=DAILY;UNTIL=99991231T000000Z",
    b"RRULE:" + b"X" * 600,
    b"EXDATE:" + b",".join([b"20270301T100000"] * 3000),
    b"RDATE;VALUE=PERIOD:20270301T100000/PT99H",
    b"RECURRENCE-ID;RANGE=THISANDFUTURE:20270301T100000",
    b"RECURRENCE-ID:20270301T100000",
    b"SEQUENCE:-1",
    b"SEQUENCE:99999999999999999999",
    b"UID:" + b"u" * 300,
    b"UID:",
    b"SUMMARY:" + b"s" * 500,
    b"DESCRIPTION:" + b"d" * 30_000,
    "SUMMARY:Ü\u0000\u001b\u202e\u2028".encode(),
    b"ATTENDEE:mailto:" + b"a" * 400 + b"@x.example",
    b"ATTENDEE:mailto:a@" + b"b" * 300,
    b"ATTENDEE:urn:uuid:00000000-0000-0000-0000-000000000000",
    b"ATTENDEE:/dav/principals/rooms/00000000-0000-0000-0000-000000000000/",
    b"ATTENDEE;PARTSTAT=NONSENSE;ROLE=KING:mailto:x@y.example",
    b'ATTENDEE;CN="' + b"n" * 500 + b'":mailto:x@y.example',
    b"ORGANIZER:mailto:",
    b"ORGANIZER;SENT-BY=nobody:mailto:anna@im.mv.example",
    b"STATUS:CANCELLED",
    b"X-" + b"Y" * 5000 + b":z",
    b"BEGIN:VALARM",
    b"END:VEVENT",
    b"\xff\xfe\x00",
]


@QUIETLY
@given(
    at=st.integers(1, len(WHOLE) - 2),
    line=st.sampled_from(LINES),
    replaces=st.booleans(),
    known=st.booleans(),
)
def test_lines_that_nobody_would_write(at, line, replaces, known):
    with transaction.atomic():
        anna = world().anna
        client = CalendarClient(anna)
        if known:
            assert put(client, b"\r\n".join(WHOLE)).status_code == 201
        octets = b"\r\n".join([*WHOLE[:at], line, *WHOLE[at + replaces :]])
        answer = put(client, octets)
        fine(answer)
        if answer.status_code in (201, 204):
            fine(client.dav("GET", paths.bookings(anna.id) + "x.ics"))
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x00" * 1000,
        b"BEGIN:VCALENDAR\r\n" * 4000,
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"<?xml version='1.0'?><x/>",
        b"\r\n ".join([b"X"] * 20_000),
        calendar(vevent(ANNA, *[f"ATTENDEE:mailto:a{n}@x.example" for n in range(501)])),
        calendar(vevent(ANNA, uid="a"), vevent(ANNA, uid="b")),
        calendar(vevent(ANNA), lines=["METHOD:REQUEST"]),
        calendar(vevent(ANNA), vevent(ANNA)),
    ],
)
def test_what_is_no_object_has_a_name(client, octets):
    answer = put(client, octets)
    assert answer.status_code in (403, 413)
    assert condition(answer).startswith("C:")
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "name", ["%00.ics", "%2e%2e%2fx.ics", "a" * 300 + ".ics", "%f0%9f%8d%8e.ics", "x%0ay.ics", " .ics"]
)
def test_names_that_nobody_would_choose(client, name):
    answer = put(client, calendar(vevent(ANNA, SMALL)), name)
    assert answer.status_code < 500
    if answer.status_code == 201:
        assert client.dav("GET", paths.bookings(client.person.id) + name).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"If_Match": "x" * 5000},
        {"If_Match": '"' + "9" * 400 + '-1-1"'},
        {"If_Match": '"1-1-1",' * 2000},
        {"If_None_Match": '"'},
        {"If_Schedule_Tag_Match": "\xff"},
        {"Prefer": "return=" * 1000},
        {"Schedule_Reply": "MAYBE"},
    ],
)
def test_headers_that_nobody_would_send(client, headers):
    assert put(client, calendar(vevent(ANNA, SMALL))).status_code == 201
    assert put(client, calendar(vevent(ANNA, SMALL, hour=11)), **headers).status_code in (204, 412)


def test_uids_of_others_are_neither_reached_nor_told(scene, client):
    """Whatever of an other's meeting is named, the answer is that for one which is not there."""
    other = book(wish(uid="secret", title="Geheim", room_id=scene.shared.id), actor=actor(scene.clara))
    free = put(client, calendar(vevent(ANNA, SMALL, uid="free")), "free.ics")
    taken = put(client, calendar(vevent(ANNA, SMALL, uid="secret", hour=14)), "taken.ics")
    assert free.status_code == taken.status_code == 201
    other.refresh_from_db()
    assert (other.title, other.sequence, other.version) == ("Geheim", 0, 1)
    for method in ("GET", "DELETE", "PUT"):
        for person in (scene.clara.id, scene.dora.id):
            path = f"{paths.bookings(person)}{other.id}.ics"
            answer = client.dav(method, path, calendar(vevent(ANNA)), Content_Type="text/calendar")
            assert answer.status_code == 404
    assert b"Geheim" not in client.dav("GET", paths.bookings(scene.anna.id) + "taken.ics").content
