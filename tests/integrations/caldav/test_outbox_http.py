# SPDX-License-Identifier: EUPL-1.2
"""POST to an outbox over HTTP: when people and rooms are busy (RFC 6638, 5)."""

from xml.etree import ElementTree

import pytest

from tests.bookings.wishes import at, wish
from tests.factories import actor, world
from tests.integrations.caldav.client import NS, CalendarClient, condition
from vconf.bookings.recurrence import to_instant
from vconf.bookings.services import book
from vconf.integrations.caldav import paths
from vconf.web.limits import BusyLookUps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]


MESSAGE = "C:valid-scheduling-message"


@pytest.fixture
def scene():
    return world()


def utc(local):
    return f"{to_instant(local, 'Europe/Berlin'):%Y%m%dT%H%M%SZ}"


def question(*recipients, organiser="mailto:anna@im.mv.example", mask=""):
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "METHOD:REQUEST",
        "BEGIN:VFREEBUSY",
        "UID:q",
        "DTSTAMP:20260101T000000Z",
        f"DTSTART:{utc(at(0))}",
        f"DTEND:{utc(at(24))}",
        f"ORGANIZER:{organiser}",
        *(f"ATTENDEE:{one}" for one in recipients),
        *([f"X-CALENDARSERVER-MASK-UID:{mask}"] if mask else []),
        "END:VFREEBUSY",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines)


def ask(person, *recipients, **fields):
    """Recipient -> status and busy periods, as the person is told."""
    answer = CalendarClient(person).dav(
        "POST", paths.outbox(person.id), question(*recipients, **fields), Content_Type="text/calendar"
    )
    assert answer.status_code == 200, answer.content
    found = {}
    for one in ElementTree.fromstring(answer.content).findall("C:response", NS):
        data = one.findtext("C:calendar-data", "", NS).replace("\r\n ", "").replace("\n ", "")
        busy = [line.strip() for line in data.splitlines() if line.startswith("FREEBUSY")]
        found[one.findtext("C:recipient/D:href", "", NS)] = (one.findtext("C:request-status", "", NS), busy)
    return found


def test_people_and_rooms_are_answered_for_each_and_strangers_are_unknown(scene):
    book(wish(invite="bernd@im.mv.example", room_id=scene.small.id), actor=actor(scene.anna))
    busy = f"FREEBUSY;FBTYPE=BUSY:{utc(at(10))}/{utc(at(11))}"
    told = ask(
        scene.clara,
        "mailto:Bernd@im.mv.example",
        "mailto:offener-raum@raum.mv.example",
        "mailto:nobody@elsewhere.example",
        organiser="mailto:clara@fm.mv.example",
    )
    assert told["mailto:Bernd@im.mv.example"] == ("2.0;Success", [busy])
    assert told["mailto:offener-raum@raum.mv.example"] == ("2.0;Success", [])
    assert told["mailto:nobody@elsewhere.example"] == ("3.7;Invalid calendar user", [])


def test_principals_may_be_asked_for_by_their_address(scene):
    book(wish(room_id=scene.small.id), actor=actor(scene.bernd))
    told = ask(scene.anna, paths.person(scene.bernd.id), f"urn:uuid:{scene.small.id}")
    assert [status for status, _ in told.values()] == ["2.0;Success"] * 2
    assert all(len(busy) == 1 for _, busy in told.values())


def test_a_room_that_one_may_not_see_answers_like_one_that_is_not_there(scene):
    told = ask(
        scene.clara,
        f"mailto:{scene.small.address}",
        f"urn:uuid:{scene.small.id}",
        organiser="mailto:clara@fm.mv.example",
    )
    assert {status for status, _ in told.values()} == {"3.7;Invalid calendar user"}


def test_the_meeting_that_is_being_moved_can_be_left_out_but_not_that_of_others(scene):
    book(wish(invite="bernd@im.mv.example", room_id=scene.small.id, uid="mine"), actor=actor(scene.anna))
    bernd = "mailto:bernd@im.mv.example"
    assert ask(scene.anna, bernd, mask="mine")[bernd] == ("2.0;Success", [])
    told = ask(scene.clara, bernd, mask="mine", organiser="mailto:clara@fm.mv.example")
    assert len(told[bernd][1]) == 1


def test_nobody_asks_in_anothers_name_or_in_anothers_outbox(scene):
    client = CalendarClient(scene.bernd)
    own = client.dav(
        "POST", paths.outbox(scene.bernd.id), question("mailto:x@y.example"), Content_Type="text/calendar"
    )
    assert (own.status_code, condition(own)) == (403, "C:organizer-allowed")
    other = client.dav("POST", paths.outbox(scene.anna.id), question("mailto:x@y.example"))
    assert other.status_code == 404


def test_who_works_nowhere_sees_nobody_elses_times(scene):
    told = ask(scene.auditor, "mailto:bernd@im.mv.example", organiser="mailto:auditor@mv.example")
    assert told["mailto:bernd@im.mv.example"] == ("3.8;No authority", [])


def test_invitations_are_not_posted(scene):
    body = question("mailto:x@y.example").replace("VFREEBUSY", "VEVENT")
    answer = CalendarClient(scene.anna).dav(
        "POST", paths.outbox(scene.anna.id), body, Content_Type="text/calendar"
    )
    assert (answer.status_code, condition(answer)) == (403, "C:valid-scheduling-message")


@pytest.mark.parametrize(
    ("body", "status", "element"),
    [
        ("", 403, "C:valid-calendar-data"),
        (question("mailto:x@y.example").replace("METHOD:REQUEST", "METHOD:PUBLISH"), 403, MESSAGE),
        (question(), 403, MESSAGE),
        (question(*["mailto:x@y.example"] * 501), 403, "C:max-attendees-per-instance"),
        (question("mailto:x@y.example").replace(f"DTEND:{utc(at(24))}", "DURATION:P500D"), 403, MESSAGE),
        ("X" * 300_000, 413, "C:max-resource-size"),
    ],
    ids=["nothing", "an answer", "about nobody", "about too many", "about years", "too much text"],
)
def test_what_is_no_question_is_told_so(scene, body, status, element):
    answer = CalendarClient(scene.anna).dav(
        "POST", paths.outbox(scene.anna.id), body, Content_Type="text/calendar"
    )
    assert (answer.status_code, condition(answer)) == (status, element)


def test_nobody_watches_others_or_tries_out_addresses_all_day(scene, monkeypatch):
    monkeypatch.setattr(BusyLookUps, "rate", "2/min")
    client = CalendarClient(scene.anna)

    def ask_about(address):
        box = paths.outbox(scene.anna.id)
        return client.dav("POST", box, question(f"mailto:{address}"), Content_Type="text/calendar")

    for _look in range(2):
        assert ask_about("bernd@im.mv.example").status_code == 200
    refused = ask_about("nobody@elsewhere.example")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert ask_about(scene.small.address).status_code == 200


def test_a_question_about_many_counts_for_each_of_them(scene, monkeypatch):
    monkeypatch.setattr(BusyLookUps, "rate", "3/min")
    bernd, room = "mailto:bernd@im.mv.example", f"mailto:{scene.small.address}"
    strangers = [f"mailto:a{n}@elsewhere.example" for n in range(4)]
    told = ask(scene.anna, "mailto:anna@im.mv.example", room, bernd, *strangers)
    assert [status for status, _ in told.values()] == [
        *["2.0;Success"] * 3,
        *["3.7;Invalid calendar user"] * 2,
        *["5.1;Service unavailable"] * 2,
    ]
    box = paths.outbox(scene.anna.id)
    again = CalendarClient(scene.anna).dav("POST", box, question(bernd), Content_Type="text/calendar")
    assert again.status_code == 429
    assert ask(scene.anna, room)[room][0] == "2.0;Success"
