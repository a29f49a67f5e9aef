# SPDX-License-Identifier: EUPL-1.2
"""A booking as a calendar object: the whole text in sight, then who answered what, then what is left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

import pytest
from django.conf import settings
from icalendar import Calendar

from tests.integrations.ical import strict
from tests.integrations.ical.events import ANNA, BERND, CLARA, SAAL, event
from tests.integrations.ical.test_render import BERLIN, HOSTILE, lines
from vconf.integrations.ical.event import Answer, CalendarEvent, MovedDate, Party, Statuses
from vconf.integrations.ical.expanding import expand_object, limit_object
from vconf.integrations.ical.render import render_busy, render_object

LINK = f"{settings.VCONF_PUBLIC_URL}/j/7Qm3xV0pZr5tB8nK2cLwYh"

OBJECT = f"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//vconf//vconf 1//DE
CALSCALE:GREGORIAN
{BERLIN}BEGIN:VEVENT
UID:0193a5c2-7b1e-7c3d-9f00-5a1b2c3d4e5f@mv.example
DTSTAMP:20261103T071500Z
SEQUENCE:2
CREATED:20261102T080000Z
LAST-MODIFIED:20261103T071500Z
DTSTART;TZID=Europe/Berlin:20261201T100000
DTEND;TZID=Europe/Berlin:20261201T110000
SUMMARY:Lagebesprechung
STATUS:CONFIRMED
TRANSP:OPAQUE
ORGANIZER;CN=Anna Amsel;SENT-BY="mailto:dora@im.mv.example":mailto:anna@im.
 mv.example
ATTENDEE;CN=Bernd Buche;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;SCHEDULE-STA
 TUS=1.2:mailto:bernd@im.mv.example
ATTENDEE;CN="Clasen, Clara";ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP
 =TRUE:mailto:clara@fm.mv.example
ATTENDEE;CN=Großer Saal;CUTYPE=ROOM;ROLE=NON-PARTICIPANT;PARTSTAT=ACCEPTED
 ;SCHEDULE-STATUS=2.0:mailto:grosser-saal@raum.mv.example
LOCATION:Großer Saal – https://vk.example/j/7Qm3xV0pZr5tB8nK2cLwYh
DESCRIPTION:Tagesordnung folgt.\\n\\n~~~~~~~~~~~~ Video conference ~~~~~~~~~~
 ~~\\nJoin the video conference: https://vk.example/j/7Qm3xV0pZr5tB8nK2cLwYh
 \\nRoom: Großer Saal\\nPIN: 123 456 789\\n~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
 ~~~~~~~~
URL:https://vk.example/j/7Qm3xV0pZr5tB8nK2cLwYh
CONFERENCE;VALUE=URI;FEATURE=VIDEO,AUDIO;LABEL=Join the video conference;X-
 VCONF=TRUE:https://vk.example/j/7Qm3xV0pZr5tB8nK2cLwYh
END:VEVENT
END:VCALENDAR
"""


def vevents(octets: bytes) -> list[strict.Component]:
    return strict.read(octets).inside("VEVENT")


def room_of(component: strict.Component) -> strict.Line:
    (room,) = [one for one in component.all("ATTENDEE") if one.params.get("CUTYPE") == ["ROOM"]]
    return room


def moved(day: int, **changed: object) -> MovedDate:
    """The Tuesday `day` of December 2026 at its usual time."""
    usual = MovedDate(
        recurrence_id=datetime(2026, 12, day, 10),
        starts_at=datetime(2026, 12, day, 9, tzinfo=UTC),
        ends_at=datetime(2026, 12, day, 10, tzinfo=UTC),
    )
    return replace(usual, **changed)  # type: ignore[arg-type]


SERIES = event(rrule="FREQ=WEEKLY;COUNT=4", join_url=LINK)


def test_an_object_is_written_like_this() -> None:
    booked = event(
        join_url="https://vk.example/j/7Qm3xV0pZr5tB8nK2cLwYh",
        organiser=replace(ANNA, sent_by="dora@im.mv.example"),
    )
    statuses = Statuses(delivery={BERND.address: "1.2", SAAL.address: "2.0"})

    assert lines(render_object(booked, statuses=statuses)) == OBJECT
    assert render_object(booked, statuses=statuses) == render_object(booked, statuses=statuses)


def test_a_room_that_is_asked_for_approval() -> None:
    waiting = Statuses(room=Answer(partstat="TENTATIVE", reason="Waits for approval."))

    (component,) = vevents(render_object(event(join_url=LINK), statuses=waiting))

    assert component.one("STATUS").value == "TENTATIVE"
    assert room_of(component).params["PARTSTAT"] == ["TENTATIVE"]
    assert "Waits for approval.\nJoin the video conference: http" in component.one("DESCRIPTION").text


def test_a_room_that_declined_says_why_and_lets_nobody_in() -> None:
    refused = Statuses(
        room=Answer(
            partstat="DECLINED",
            request_status="3.8;No authority, sorry",
            reason="The room is taken; at that time.\nFree: Kleiner Saal",
        )
    )

    written = render_object(event(join_url=LINK, phone="+49 385 5880"), statuses=refused)

    (component,) = vevents(written)
    assert component.one("STATUS").value == "TENTATIVE"
    assert room_of(component).params["PARTSTAT"] == ["DECLINED"]
    assert component.one("REQUEST-STATUS").value == "3.8;No authority\\, sorry"
    assert component.one("DESCRIPTION").text.split("\n")[3:6] == [
        "The room is taken; at that time.",
        "Free: Kleiner Saal",
        "Room: Großer Saal",
    ]
    assert component.all("CONFERENCE") == component.all("URL") == component.all("LOCATION") == []
    assert b"/j/" not in written and b"123 456" not in written


def test_single_dates_that_the_room_or_somebody_answers_otherwise() -> None:
    series = replace(
        SERIES, moved=[moved(8, answers={BERND.address: "DECLINED"}), moved(15, title="Advent", room=None)]
    )
    statuses = Statuses(dates={datetime(2026, 12, 22, 10): Answer(partstat="DECLINED", reason="Taken.")})

    master, eighth, fifteenth, last = vevents(render_object(series, statuses=statuses))

    assert [one.one("RECURRENCE-ID").value for one in (eighth, fifteenth, last)] == [
        "20261208T100000",
        "20261215T100000",
        "20261222T100000",
    ]
    assert [one.all("ATTENDEE")[0].params["PARTSTAT"] for one in (master, eighth, fifteenth, last)] == [
        ["ACCEPTED"],
        ["DECLINED"],
        ["ACCEPTED"],
        ["ACCEPTED"],
    ]
    assert [one.one("SUMMARY").text for one in (master, fifteenth)] == ["Lagebesprechung", "Advent"]
    assert [room_of(one).params["PARTSTAT"][0] for one in (master, last)] == ["ACCEPTED", "DECLINED"]
    assert last.one("DTSTART").value == "20261222T100000"
    assert "Taken." in last.one("DESCRIPTION").text


def test_a_date_in_another_room_names_that_room() -> None:
    other = Party(address="kleiner-saal@raum.mv.example", name="Kleiner Saal")

    _, single = vevents(render_object(replace(SERIES, moved=[moved(8, room=other)])))

    assert room_of(single).value == "mailto:kleiner-saal@raum.mv.example"
    assert single.one("LOCATION").text == f"Kleiner Saal – {LINK}"
    assert "Room: Kleiner Saal" in single.one("DESCRIPTION").text


def test_a_meeting_of_one_is_not_scheduled() -> None:
    alone = event(attendees=(), room=Party(address="", name="Video conference"), join_url=LINK)

    (component,) = vevents(render_object(alone))

    assert component.all("ORGANIZER") == component.all("ATTENDEE") == []


def test_an_organiser_known_by_name_only_is_no_address() -> None:
    (component,) = vevents(render_object(event(organiser=Party(address="", name="Anna Amsel"))))

    assert component.all("ORGANIZER") == []
    assert component.one("CONTACT").text == "Anna Amsel"


def test_an_end_in_the_second_of_two_hours_leaves_the_start_in_its_zone() -> None:
    late = event(starts_local=datetime(2026, 10, 25, 2, 15), duration=timedelta(hours=1))

    (component,) = vevents(render_object(late))

    assert component.one("DTSTART").params == {"TZID": ["Europe/Berlin"]}
    assert component.one("DTEND").value == "20261025T011500Z"


def test_busy_says_when_and_nothing_else() -> None:
    series = replace(
        SERIES, uid="busy-1", exdate=[datetime(2026, 12, 15, 10)], moved=[moved(8, title="Geheim")]
    )

    octets = render_busy(series)

    master, single = vevents(octets)
    assert [line.name for line in master.lines] == [
        "UID", "DTSTAMP", "SEQUENCE", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND", "RRULE", "EXDATE",
        "SUMMARY", "CLASS", "TRANSP", "STATUS",
    ]  # fmt: skip
    assert (master.one("SUMMARY").text, single.one("SUMMARY").text) == ("Busy", "Busy")
    for secret in (b"Lage", b"Geheim", b"anna", b"Saal", b"/j/", b"123"):
        assert secret not in octets


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_people_type_becomes_a_line(text: str) -> None:
    person = Party(address=f"{text}bernd@im.mv.example", name=text, sent_by=text)
    answer = Answer(request_status=f"2.8;{text}", reason=text)
    written = event(
        title=text,
        description=text,
        uid=text or "1",
        organiser=Party(address="anna@im.mv.example", name=text, sent_by=text),
        attendees=(person,),
        room=Party(address="saal@raum.mv.example", name=text),
        phone=text,
        join_url=LINK,
    )

    (component,) = vevents(render_object(written, statuses=Statuses(room=answer)))

    names = [line.name for line in component.lines]
    assert len([name for name in names if name in ("UID", "SUMMARY", "ORGANIZER", "DTSTART")]) == 4
    assert "X" not in names
    assert len(component.all("ATTENDEE")) == 2


# A window of a series


class Window(TypedDict):
    starts_at: datetime
    ends_at: datetime


def window(*days: int) -> Window:
    first, last = days
    return {
        "starts_at": datetime(2026, 12, first, tzinfo=UTC),
        "ends_at": datetime(2026, 12, last, tzinfo=UTC),
    }


def instances(booked: CalendarEvent, *days: int) -> list[tuple[str, str, str]]:
    octets = expand_object(booked, **window(*days))
    assert b"RRULE" not in octets and b"VTIMEZONE" not in octets
    found = [
        (one.one("RECURRENCE-ID").value, one.one("DTSTART").value, one.one("DTEND").value)
        for one in vevents(octets)
    ]
    by_library: list[Any] = Calendar.from_ical(octets).events
    assert [f"{one.start:%Y%m%dT%H%M%SZ}" for one in by_library] == [start for _, start, _ in found]
    return found


def test_expanding_gives_each_date_in_utc() -> None:
    assert instances(SERIES, 8, 16) == [
        ("20261208T090000Z", "20261208T090000Z", "20261208T100000Z"),
        ("20261215T090000Z", "20261215T090000Z", "20261215T100000Z"),
    ]


def test_expanding_puts_dates_where_they_were_moved_to() -> None:
    away = moved(
        8, starts_at=datetime(2027, 1, 8, 9, tzinfo=UTC), ends_at=datetime(2027, 1, 8, 10, tzinfo=UTC)
    )
    near = moved(
        22, starts_at=datetime(2026, 12, 9, 9, tzinfo=UTC), ends_at=datetime(2026, 12, 9, 10, tzinfo=UTC)
    )
    series = replace(
        SERIES, moved=[away, near], exdate=[datetime(2026, 12, 15, 10)], rdate=[datetime(2026, 12, 10, 8)]
    )

    assert [(recurrence, start) for recurrence, start, _ in instances(series, 8, 16)] == [
        ("20261210T070000Z", "20261210T070000Z"),
        ("20261222T090000Z", "20261209T090000Z"),
    ]


def test_expanding_a_single_event_needs_no_recurrence_id() -> None:
    (component,) = vevents(expand_object(event(), **window(1, 2)))

    assert component.one("DTSTART").value == "20261201T090000Z"
    assert component.all("RECURRENCE-ID") == []


def test_windows_are_half_open() -> None:
    at = {
        "before": (datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC)),
        "first": (datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 1, 9, 0, 1, tzinfo=UTC)),
        "last": (datetime(2026, 12, 1, 9, 59, 59, tzinfo=UTC), datetime(2026, 12, 1, 11, tzinfo=UTC)),
        "after": (datetime(2026, 12, 1, 10, tzinfo=UTC), datetime(2026, 12, 1, 11, tzinfo=UTC)),
    }

    found = {
        name: len(vevents(expand_object(SERIES, starts_at=begin, ends_at=end)))
        for name, (begin, end) in at.items()
    }

    assert found == {"before": 0, "first": 1, "last": 1, "after": 0}


def test_limiting_keeps_the_series_and_the_single_dates_that_touch_the_window() -> None:
    away = moved(
        8, starts_at=datetime(2027, 1, 8, 9, tzinfo=UTC), ends_at=datetime(2027, 1, 8, 10, tzinfo=UTC)
    )
    near = moved(
        22, starts_at=datetime(2026, 12, 9, 9, tzinfo=UTC), ends_at=datetime(2026, 12, 9, 10, tzinfo=UTC)
    )
    other = moved(15, title="Anderswo")
    series = replace(SERIES, moved=[away, near, other])

    components = vevents(limit_object(series, **window(8, 10)))

    assert [one.value for component in components for one in component.all("RECURRENCE-ID")] == [
        "20261208T100000",
        "20261222T100000",
    ]
    assert components[0].one("RRULE").value == "FREQ=WEEKLY;COUNT=4"


def test_another_reader_finds_the_same_series() -> None:
    series = replace(SERIES, rrule="FREQ=WEEKLY;UNTIL=20261222T100000", exdate=[datetime(2026, 12, 8, 10)])

    events: list[Any] = Calendar.from_ical(render_object(series)).events
    (found,) = events

    assert found.start == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert found["RRULE"]["UNTIL"] == [datetime(2026, 12, 22, 9, tzinfo=UTC)]
    assert found.exdates == [datetime(2026, 12, 8, 9, tzinfo=UTC)]
    assert [str(one) for one in found["ATTENDEE"]] == [
        f"mailto:{one.address}" for one in (BERND, CLARA, SAAL)
    ]
