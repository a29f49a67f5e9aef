# SPDX-License-Identifier: EUPL-1.2
"""How calendar clients write: each one's order, headers and habits when a meeting is made, moved, answered, deleted."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at
from tests.factories import World
from tests.integrations.caldav.calendars import calendar_of
from tests.integrations.caldav.client import DECLARED, CalendarClient
from tests.integrations.caldav.objects import ANNA, BERND, SMALL, calendar, stamp, vevent
from tests.integrations.caldav.test_clients import multiget_body, sync_body, without_password
from tests.integrations.caldav.test_query import utc
from vconf.bookings.models import Attendee, Booking, Occurrence
from vconf.outbox.deliver import deliver_due
from vconf.reactions import INBOX, REACTIONS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]

CALENDAR = "text/calendar; charset=utf-8"


@pytest.fixture
def world() -> World:
    cache.clear()
    return factories.world()


@pytest.fixture
def anna(world: World) -> CalendarClient:
    return CalendarClient(world.anna)


@pytest.fixture
def bernd(world: World) -> CalendarClient:
    return CalendarClient(world.bernd)


def put(client: CalendarClient, path: str, octets: bytes, **headers: str) -> Any:
    return client.dav("PUT", path, octets, Content_Type=CALENDAR, **headers)


def fetched(client: CalendarClient, collection: str, path: str) -> tuple[str, str]:
    """Text and etag, as a multiget has them."""
    found = client.report(collection, multiget_body(path)).only
    return found.text("C:calendar-data").replace("\r\n ", "").replace("\n ", ""), found.text("D:getetag")


def test_thunderbird_books_moves_and_deletes(anna: CalendarClient, world: World) -> None:
    """It learns by a 401 that it has to sign in, never raises SEQUENCE, and reads again what it has put."""
    mine = calendar_of(world.anna)
    path = f"{mine}6d1a5f8c-7a5e-4d2e-9a46-1a7b0f8fd9b1.ics"
    text = calendar(vevent(ANNA, BERND, SMALL, "SEQUENCE:0"))
    assert without_password("PUT", path, If_None_Match="*") == 401
    assert put(anna, path, text, If_None_Match="*").status_code == 201
    shown, etag = fetched(anna, mine, path)
    assert "PARTSTAT=ACCEPTED" in shown and "CONFERENCE" in shown
    token = anna.report(mine, sync_body(), depth="1").token

    moved = shown.replace(stamp(at(10)), stamp(at(12))).replace(stamp(at(11)), stamp(at(13)))
    assert put(anna, path, moved.encode(), If_Match=etag).status_code == 204
    after, newer = fetched(anna, mine, path)
    assert "SEQUENCE:1" in after, "vconf raises it"
    assert newer != etag
    assert list(anna.report(mine, sync_body(token), depth="1")) == [path]
    assert put(anna, path, text, If_Match=etag).status_code == 412

    assert anna.dav("DELETE", path, If_Match=newer).status_code == 204
    assert Booking.objects.get().cancelled_at is not None


def test_thunderbird_sends_utc_and_the_reason_is_told_in_wall_time(
    anna: CalendarClient, bernd: CalendarClient, world: World
) -> None:
    """An event without a zone of its own goes over the wire in UTC; the person reads the clock on the wall."""
    there = vevent("ORGANIZER:mailto:bernd@im.mv.example", SMALL)
    assert put(bernd, f"{calendar_of(world.bernd)}a.ics", calendar(there)).status_code == 201
    lines = ["BEGIN:VEVENT", "UID:zweite", "DTSTAMP:20260101T000000Z"]
    lines += [f"DTSTART:{utc(10)}", f"DTEND:{utc(11)}"]

    put(
        anna,
        f"{calendar_of(world.anna)}b.ics",
        calendar([*lines, "SUMMARY:Zweite", ANNA, SMALL, "END:VEVENT"]),
    )

    shown, _etag = fetched(anna, calendar_of(world.anna), f"{calendar_of(world.anna)}b.ics")
    assert "PARTSTAT=DECLINED" in shown
    assert "10:00\\, Offener Raum" in shown, "another room at the same time"


def test_evolution_writes_without_if_match(anna: CalendarClient, world: World) -> None:
    mine = calendar_of(world.anna)
    path = f"{mine}20261127T060000Z-1234-1000-1-1%40im.mv.example.ics"
    minimal = {"Prefer": "return=minimal"}
    assert anna.dav("OPTIONS", mine).status_code == 200
    assert put(anna, path, calendar(vevent(ANNA, SMALL)), If_None_Match="*", **minimal).status_code == 201

    later = calendar(vevent(ANNA, SMALL, "SEQUENCE:2", hour=14))
    assert put(anna, path, later, **minimal).status_code == 204
    shown, _etag = fetched(anna, mine, path)
    assert f"DTSTART;TZID=Europe/Berlin:{stamp(at(14))}" in shown

    assert anna.dav("DELETE", path).status_code == 204
    assert anna.dav("GET", path).status_code == 404


SERIES = "RRULE:FREQ=DAILY;COUNT=4"
CUT = f"RRULE:FREQ=DAILY;UNTIL={utc(10, day=1)}"


def rest_of_series(*lines: str) -> bytes:
    return calendar(vevent(ANNA, SMALL, *lines, uid="meeting-2", day=2))


def test_evolution_writes_this_and_following_before_it_cuts_the_series(
    anna: CalendarClient, bernd: CalendarClient, world: World
) -> None:
    """What the rest of a series was refused because of the series itself, it gets as soon as that is cut."""
    mine = calendar_of(world.anna)
    old, new = f"{mine}old.ics", f"{mine}new.ics"
    put(anna, old, calendar(vevent(ANNA, BERND, SMALL, SERIES)), If_None_Match="*")

    rest = rest_of_series(BERND, "RRULE:FREQ=DAILY;COUNT=2")
    assert put(anna, new, rest, If_None_Match="*").status_code == 201
    assert "PARTSTAT=DECLINED" in fetched(anna, mine, new)[0]
    token = anna.report(mine, sync_body(), depth="1").token

    assert put(anna, old, calendar(vevent(ANNA, BERND, SMALL, CUT))).status_code == 204
    shown, _etag = fetched(anna, mine, new)
    assert "STATUS:CONFIRMED" in shown and "CONFERENCE" in shown and "DECLINED" not in shown
    assert set(anna.report(mine, sync_body(token), depth="1")) == {old, new}
    dates = Occurrence.objects.filter(state="confirmed").order_by("starts_at")
    assert list(dates.values_list("booking__uid", flat=True)) == ["meeting-1"] * 2 + ["meeting-2"] * 2
    assert len(bernd.report(calendar_of(world.bernd), sync_body())) == 2


def test_so_is_not_what_was_refused_before(anna: CalendarClient, world: World) -> None:
    """Whoever changes a series an hour later has not asked for that once more."""
    mine = calendar_of(world.anna)
    put(anna, f"{mine}old.ics", calendar(vevent(ANNA, SMALL, SERIES)))
    put(anna, f"{mine}new.ics", rest_of_series())
    Booking.objects.filter(uid="meeting-2").update(created_at=timezone.now() - timedelta(hours=1))

    put(anna, f"{mine}old.ics", calendar(vevent(ANNA, SMALL, CUT)))

    assert "PARTSTAT=DECLINED" in fetched(anna, mine, f"{mine}new.ics")[0]


def test_others_cut_the_series_first(anna: CalendarClient, world: World) -> None:
    mine = calendar_of(world.anna)
    put(anna, f"{mine}old.ics", calendar(vevent(ANNA, SMALL, SERIES)), If_None_Match="*")
    _shown, etag = fetched(anna, mine, f"{mine}old.ics")
    put(anna, f"{mine}old.ics", calendar(vevent(ANNA, SMALL, CUT)), If_Match=etag)
    related = "RELATED-TO;RELTYPE=X-CALENDARSERVER-RECURRENCE-SET:meeting-1"

    put(anna, f"{mine}new.ics", rest_of_series(related), If_None_Match="*")

    shown, _etag = fetched(anna, mine, f"{mine}new.ics")
    assert "PARTSTAT=ACCEPTED" in shown and related in shown


def test_evolution_asks_a_principal_when_somebody_is_busy(
    anna: CalendarClient, bernd: CalendarClient, world: World
) -> None:
    put(bernd, f"{calendar_of(world.bernd)}a.ics", calendar(vevent("ORGANIZER:mailto:bernd@im.mv.example")))
    search = (
        f"<D:principal-property-search {DECLARED}><D:property-search><D:prop><C:calendar-user-address-set/></D:prop>"
        "<D:match>bernd@im.mv.example</D:match></D:property-search><D:prop><C:calendar-home-set/></D:prop>"
        "<D:apply-to-principal-collection-set/></D:principal-property-search>"
    )
    (principal,) = anna.report(calendar_of(world.anna), search, depth="0")
    day = f"{at(10):%Y%m%d}"
    query = (
        f"<C:free-busy-query {DECLARED}>"
        f'<C:time-range start="{day}T000000Z" end="{day}T235900Z"/></C:free-busy-query>'
    )

    answer = anna.dav("REPORT", principal, query, Depth="infinity")

    assert answer.status_code == 200
    assert answer.content.count(b"FREEBUSY") >= 1
    assert b"Lagebesprechung" not in answer.content


def test_apple_makes_calendars_twice_and_goes_on(anna: CalendarClient, world: World) -> None:
    path = f"/dav/calendars/{world.anna.id}/4C1B7B0E-2B0E-4B43-8F0A-6B7E3C1F1A11/"
    body = (
        f"<C:mkcalendar {DECLARED}><D:set><D:prop><D:displayname>Privat</D:displayname></D:prop></D:set>"
        "</C:mkcalendar>"
    )

    assert [anna.dav("MKCALENDAR", path, body).status_code for _ in range(2)] == [403, 403]
    assert put(anna, f"{calendar_of(world.anna)}A.ics", calendar(vevent(ANNA))).status_code == 201


def test_apple_shows_what_lies_in_the_inbox_and_answers(
    anna: CalendarClient, bernd: CalendarClient, world: World
) -> None:
    """It takes the message away when it was shown, and answers in the calendar by the schedule tag."""
    inbox, theirs = f"/dav/calendars/{world.bernd.id}/inbox/", calendar_of(world.bernd)
    bernd.propfind(inbox, "CS:getctag", "D:getetag", depth="1")  # from now on there is a client that reads it
    put(anna, f"{calendar_of(world.anna)}A.ics", calendar(vevent(ANNA, BERND, SMALL)), If_None_Match="*")
    deliver_due(REACTIONS, limit=100, only={INBOX.name})
    (message,) = (href for href in bernd.propfind(inbox, "D:getetag", depth="1") if href != inbox)
    told = bernd.dav("GET", message).content
    assert b"METHOD:REQUEST" in told and b"UID:meeting-1" in told
    assert bernd.dav("DELETE", message).status_code == 204

    (copy,) = (href for href in bernd.propfind(theirs, "D:getetag", depth="1") if href != theirs)
    found = bernd.dav("GET", copy)
    yes = found.content.decode().replace("\r\n ", "").replace("PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED")
    assert put(bernd, copy, yes.encode(), If_Schedule_Tag_Match=found["Schedule-Tag"]).status_code == 204

    assert Attendee.objects.get(person=world.bernd).partstat == "ACCEPTED"
    shown, _etag = fetched(anna, calendar_of(world.anna), f"{calendar_of(world.anna)}A.ics")
    assert "PARTSTAT=ACCEPTED" in next(line for line in shown.splitlines() if "mailto:bernd@" in line)


def test_apple_deletes_without_an_answer(anna: CalendarClient, bernd: CalendarClient, world: World) -> None:
    put(anna, f"{calendar_of(world.anna)}A.ics", calendar(vevent(ANNA, BERND, SMALL)))
    theirs = calendar_of(world.bernd)
    (copy,) = (href for href in bernd.propfind(theirs, "D:getetag", depth="1") if href != theirs)

    assert bernd.dav("DELETE", copy, Schedule_Reply="F").status_code == 204

    assert Attendee.objects.get(person=world.bernd).partstat == "NEEDS-ACTION"
    assert bernd.dav("GET", copy).status_code == 404


def test_davx5_names_objects_by_chance_and_leaves_dtstamp(anna: CalendarClient, world: World) -> None:
    """It writes by the schedule tag that a multiget gave it, for attendees and organisers alike."""
    mine = calendar_of(world.anna)
    path = f"{mine}0c0f3f1e-1f9a-4f57-8a58-0d9f3e9f1c55.ics"
    assert put(anna, path, calendar(vevent(ANNA, SMALL)), If_None_Match="*").status_code == 201
    found = anna.report(mine, multiget_body(path, more="<C:schedule-tag/>")).only
    tag = found.text("C:schedule-tag")

    later = calendar(vevent(ANNA, SMALL, hour=13))
    assert put(anna, path, later, If_Schedule_Tag_Match=tag).status_code == 204
    assert put(anna, path, later, If_Schedule_Tag_Match=tag).status_code == 412, "that was another state"
    assert Booking.objects.get().starts_local == at(13).isoformat()


@pytest.mark.parametrize("written", ["@", "%40"])
def test_kde_and_others_write_an_at_sign_as_they_like(
    anna: CalendarClient, world: World, written: str
) -> None:
    mine = calendar_of(world.anna)
    assert (
        put(
            anna, f"{mine}runde@kde.example.ics", calendar(vevent(ANNA, SMALL)), If_None_Match="*"
        ).status_code
        == 201
    )
    path = f"{mine}runde{written}kde.example.ics"

    assert anna.dav("GET", path).status_code == 200
    asked = anna.report(mine, multiget_body(path))
    assert list(asked) == [path], "the address comes back as it was asked for"
    assert "UID:meeting-1" in asked.only.text("C:calendar-data")
    assert put(anna, path, calendar(vevent(ANNA, SMALL, hour=12))).status_code == 204


def test_outlook_s_names_of_zones(anna: CalendarClient, world: World) -> None:
    path = f"{calendar_of(world.anna)}040000008200E00074C5B7101A82E008.ics"
    event = calendar(vevent(ANNA, SMALL, zone="W. Europe Standard Time"))

    assert put(anna, path, event, If_None_Match="*").status_code == 201

    booking = Booking.objects.get()
    assert (booking.timezone, booking.starts_local) == ("Europe/Berlin", at(10).isoformat())


def test_a_password_with_every_request_is_the_same_person(anna: CalendarClient, world: World) -> None:
    """Some name people by their address with `%40` in it, some not at all alike each time."""
    basic = anna.defaults["HTTP_AUTHORIZATION"]
    name, password = base64.b64decode(basic.removeprefix("Basic ")).decode().split(":")
    for each in (name, name.replace("@", "%40"), name.upper()):
        again = CalendarClient(None)
        again.defaults["HTTP_AUTHORIZATION"] = (
            "Basic " + base64.b64encode(f"{each}:{password}".encode()).decode()
        )
        assert again.dav("PROPFIND", calendar_of(world.anna), Depth="0").status_code == 207, each
