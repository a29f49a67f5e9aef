# SPDX-License-Identifier: EUPL-1.2
"""iCalendar text: the whole of it in sight, then the times that are easily wrong, then hostile input."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.integrations.ical import strict
from tests.integrations.ical.events import ANNA, event
from vconf.integrations.ical.event import MovedDate, Party
from vconf.integrations.ical.render import render_cancel, render_publish, render_request

BERLIN = """\
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:20250330T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:20251026T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
"""

REQUEST = f"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//vconf//vconf 1//DE
CALSCALE:GREGORIAN
METHOD:REQUEST
{BERLIN}BEGIN:VEVENT
UID:0193a5c2-7b1e-7c3d-9f00-5a1b2c3d4e5f@mv.example
DTSTAMP:20261103T071500Z
SEQUENCE:2
CREATED:20261102T080000Z
LAST-MODIFIED:20261103T071500Z
DTSTART;TZID=Europe/Berlin:20261201T100000
DTEND;TZID=Europe/Berlin:20261201T110000
SUMMARY:Lagebesprechung
CLASS:PUBLIC
TRANSP:OPAQUE
ORGANIZER;CN="Anna Amsel":mailto:anna@im.mv.example
ATTENDEE;CN="Bernd Buche";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=
 ACCEPTED;RSVP=TRUE:mailto:bernd@im.mv.example
ATTENDEE;CN="Clasen, Clara";CUTYPE=INDIVIDUAL;ROLE=OPT-PARTICIPANT;PARTSTA
 T=NEEDS-ACTION;RSVP=TRUE:mailto:clara@fm.mv.example
ATTENDEE;CN="Großer Saal";CUTYPE=ROOM;ROLE=NON-PARTICIPANT;PARTSTAT=ACCEP
 TED:mailto:grosser-saal@raum.mv.example
LOCATION:Großer Saal – https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh
DESCRIPTION:Join the video conference: https://vk.mv.example/j/7Qm3xV0pZr5
 tB8nK2cLwYh\\nRoom: Großer Saal\\nPIN: 123 456 789\\n\\nTagesordnung folgt.
X-ALT-DESC;FMTTYPE=text/html:<html><body><p><a href="https://vk.mv.example
 /j/7Qm3xV0pZr5tB8nK2cLwYh">Join the video conference</a></p><p>Room: Groß
 er Saal<br>PIN: 123 456 789</p><p>Tagesordnung folgt.</p></body></html>
URL:https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh
CONFERENCE;VALUE=URI;FEATURE=VIDEO,AUDIO;LABEL=Join the video conference:h
 ttps://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh
STATUS:CONFIRMED
X-MICROSOFT-DISALLOW-COUNTER:TRUE
END:VEVENT
END:VCALENDAR
"""

CANCEL = f"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//vconf//vconf 1//DE
CALSCALE:GREGORIAN
METHOD:CANCEL
{BERLIN}BEGIN:VEVENT
UID:0193a5c2-7b1e-7c3d-9f00-5a1b2c3d4e5f@mv.example
DTSTAMP:20261103T071500Z
SEQUENCE:2
CREATED:20261102T080000Z
LAST-MODIFIED:20261103T071500Z
DTSTART;TZID=Europe/Berlin:20261201T100000
DTEND;TZID=Europe/Berlin:20261201T110000
SUMMARY:Lagebesprechung
CLASS:PUBLIC
TRANSP:OPAQUE
LOCATION:Großer Saal
ORGANIZER;CN="Anna Amsel":mailto:anna@im.mv.example
ATTENDEE:mailto:bernd@im.mv.example
END:VEVENT
END:VCALENDAR
"""


def lines(octets: bytes) -> str:
    return octets.decode().replace("\r\n", "\n")


def vevent(octets: bytes) -> strict.Component:
    return strict.read(octets).inside("VEVENT")[0]


def test_a_request_is_written_like_this() -> None:
    assert lines(render_request(event())) == REQUEST


def test_the_end_of_one_invitation_names_only_whom_it_ends() -> None:
    assert lines(render_cancel(event(), uninvited=["bernd@im.mv.example"])) == CANCEL


def test_the_end_of_the_meeting_is_for_all_and_gives_away_no_link() -> None:
    cancel = render_cancel(event())

    component = vevent(cancel)
    assert component.one("STATUS").value == "CANCELLED"
    assert [one.value for one in component.all("ATTENDEE")] == [
        "mailto:bernd@im.mv.example",
        "mailto:clara@fm.mv.example",
        "mailto:grosser-saal@raum.mv.example",
    ]
    assert b"/j/" not in cancel
    assert b"123 456" not in cancel


def test_a_copy_to_keep_asks_nobody() -> None:
    calendar = strict.read(render_publish(event()))

    assert calendar.one("METHOD").value == "PUBLISH"
    component = calendar.inside("VEVENT")[0]
    assert component.all("ATTENDEE") == []  # RFC 5546, 3.2.1.1
    assert component.one("ORGANIZER").value == "mailto:anna@im.mv.example"


def test_the_same_event_gives_the_same_octets() -> None:
    assert render_request(event()) == render_request(event())


def test_words_are_in_the_recipients_language() -> None:
    component = vevent(render_request(event(language="de")))

    assert component.one("DESCRIPTION").text.startswith("An der Videokonferenz teilnehmen: https://")
    assert component.one("CONFERENCE").params["LABEL"] == ["An der Videokonferenz teilnehmen"]


def test_a_phone_number_is_a_second_way_in() -> None:
    component = vevent(render_request(event(phone="+49 385 588-0")))

    assert [one.value for one in component.all("CONFERENCE")] == [
        "https://vk.mv.example/j/7Qm3xV0pZr5tB8nK2cLwYh",
        "tel:+493855880",
    ]
    assert "Phone: +49 385 588-0" in component.one("DESCRIPTION").text


def test_an_organiser_who_also_attends_is_asked_for_nothing() -> None:
    component = vevent(render_request(event(attendees=(ANNA,))))

    anna = component.all("ATTENDEE")[0]
    assert anna.params["PARTSTAT"] == ["ACCEPTED"]
    assert "RSVP" not in anna.params


def test_a_room_without_an_address_is_nobody() -> None:
    component = vevent(render_request(event(room=Party(address="", name="Video conference"))))

    assert [one.params["CUTYPE"] for one in component.all("ATTENDEE")] == [["INDIVIDUAL"], ["INDIVIDUAL"]]


# Times


@pytest.mark.parametrize(
    ("starts_local", "minutes", "dtstart", "dtend"),
    [
        # 29 March 2026: 02:00 is 03:00. Two hours from 01:30 end at 04:30.
        ("2026-03-29T01:30", 120, "20260329T013000", "20260329T043000"),
        # A skipped hour moves forward.
        ("2026-03-29T02:30", 30, "20260329T033000", "20260329T040000"),
        # 25 October 2026: 03:00 is 02:00. Four hours from 00:30 end at 03:30.
        ("2026-10-25T00:30", 240, "20261025T003000", "20261025T033000"),
        # The first of the doubled hours is what its wall time means.
        ("2026-10-25T02:15", 30, "20261025T021500", "20261025T024500"),
    ],
)
def test_wall_times_across_the_changes_of_the_year(
    starts_local: str, minutes: int, dtstart: str, dtend: str
) -> None:
    written = render_request(
        event(starts_local=datetime.fromisoformat(starts_local), duration=timedelta(minutes=minutes))
    )

    component = vevent(written)
    assert (component.one("DTSTART").value, component.one("DTEND").value) == (dtstart, dtend)
    assert component.one("DTSTART").params == {"TZID": ["Europe/Berlin"]}


def test_a_time_that_wall_time_cannot_tell_is_written_in_utc() -> None:
    # From 02:15, the first pass, an hour long: it ends at 02:15, the second pass.
    written = render_request(
        event(starts_local=datetime.fromisoformat("2026-10-25T02:15"), duration=timedelta(hours=1))
    )

    component = vevent(written)
    assert (component.one("DTSTART").value, component.one("DTEND").value) == (
        "20261025T001500Z",
        "20261025T011500Z",
    )


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31)),
    st.integers(min_value=1, max_value=24 * 60),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
)
def test_another_reader_finds_the_same_instants(starts_local: datetime, minutes: int, zone: str) -> None:
    booked = event(
        starts_local=starts_local.replace(second=0, microsecond=0, fold=0),
        duration=timedelta(minutes=minutes),
        timezone=zone,
    )

    found = Calendar.from_ical(render_request(booked)).events[0]

    assert [found.start, found.end] == [booked.starts_at, booked.ends_at]


def test_a_meeting_in_utc_needs_no_zone() -> None:
    calendar = strict.read(render_request(event(timezone="UTC")))

    assert calendar.inside("VTIMEZONE") == []
    assert calendar.inside("VEVENT")[0].one("DTSTART").value == "20261201T100000Z"


# Series


def test_a_series_with_a_dropped_and_a_moved_date() -> None:
    series = event(
        rrule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20261222",
        exdate=[datetime.fromisoformat("2026-12-08T10:00")],
        moved=[
            MovedDate(
                recurrence_id=datetime.fromisoformat("2026-12-15T10:00"),
                starts_at=datetime(2026, 12, 16, 13, tzinfo=UTC),
                ends_at=datetime(2026, 12, 16, 14, tzinfo=UTC),
            )
        ],
    )

    master, override = strict.read(render_request(series)).inside("VEVENT")

    assert master.one("RRULE").value == "FREQ=WEEKLY;UNTIL=20261222T225959Z;BYDAY=TU"
    assert master.one("EXDATE").params == {"TZID": ["Europe/Berlin"]}
    assert master.one("EXDATE").value == "20261208T100000"
    assert override.one("RECURRENCE-ID").value == "20261215T100000"
    assert override.one("DTSTART").value == "20261216T140000"
    assert override.all("RRULE") == []
    assert override.one("UID").value == master.one("UID").value
    assert override.one("SEQUENCE").value == master.one("SEQUENCE").value


def test_until_in_wall_time_is_written_as_an_instant() -> None:
    # 10:00 on the last day of summer time is 08:00 UTC, one day later it would be 09:00.
    series = event(
        starts_local=datetime.fromisoformat("2026-10-05T10:00"), rrule="FREQ=DAILY;UNTIL=20261024T100000"
    )

    assert vevent(render_request(series)).one("RRULE").value == "FREQ=DAILY;UNTIL=20261024T080000Z"


def test_single_dates_of_a_series_are_wall_times_too() -> None:
    series = event(rdate=[datetime.fromisoformat("2027-06-01T10:00")])

    extra = vevent(render_request(series)).one("RDATE")

    assert (extra.params, extra.value) == ({"TZID": ["Europe/Berlin"]}, "20270601T100000")


# Hostile input (R5.9)

HOSTILE = (
    "Lage\r\nATTENDEE:mailto:eve@evil.example",
    "Lage\nEND:VEVENT\nBEGIN:VEVENT",
    "Lage\rX:1",
    "a\x00b\x07c\x1b[0m\x7f",
    "a\u2028b\u2029c\x85d\x0be\x0cf",
    "\u202eelpmaxe\u202c",
    "\\n \\, \\; \\N \\\\fs01\\Neu",
    '"; X="1":mailto:eve@evil.example',
    "^n ^' ^^",
    "<script>alert(1)</script> & <b>",
    "Ü" * 200,
    "👩‍👩‍👧‍👦" * 40,
    "\ud800 lone",
    ":;,",
    "",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_people_type_becomes_a_line(text: str) -> None:
    person = Party(address="bernd@im.mv.example", name=text)
    written = event(
        title=text,
        description=text,
        organiser=Party(address="anna@im.mv.example", name=text),
        attendees=(person,),
        room=Party(address="saal@raum.mv.example", name=text),
        phone=text,
    )

    for octets in (render_request(written), render_cancel(written), render_publish(written)):
        component = vevent(octets)
        names = [line.name for line in component.lines]
        assert len([name for name in names if name in ("UID", "SUMMARY", "ORGANIZER", "DTSTART")]) == 4
        assert "X" not in names
    attendees = vevent(render_request(written)).all("ATTENDEE")
    assert [one.value for one in attendees] == ["mailto:bernd@im.mv.example", "mailto:saal@raum.mv.example"]
    assert "<script" not in vevent(render_request(written)).one("X-ALT-DESC").text


@given(st.text(max_size=300))
def test_both_readers_find_the_title_again(title: str) -> None:
    octets = render_request(event(title=title))

    strictly = vevent(octets).one("SUMMARY").text
    loosely = str(Calendar.from_ical(octets).events[0]["SUMMARY"])

    assert strictly == loosely


@pytest.mark.parametrize("title", ["\\\\fs01\\Neuigkeiten", "a; b, c", 'Er sagte: "nein"', "50 % – ½"])
def test_a_harmless_title_arrives_unchanged(title: str) -> None:
    assert vevent(render_request(event(title=title))).one("SUMMARY").text == title


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("o'neil+vk@im.mv.example", "mailto:o'neil+vk@im.mv.example"),
        ("bernd@münchen.example", "mailto:bernd@xn--mnchen-3ya.example"),
        ("a?b=c&d%e#f@im.mv.example", "mailto:a%3Fb=c%26d%25e%23f@im.mv.example"),
        ("a\r\nX:y@im.mv.example", "mailto:a%20X%3Ay@im.mv.example"),
    ],
)
def test_an_address_is_a_uri(address: str, written: str) -> None:
    component = vevent(render_request(event(attendees=(Party(address=address),))))

    assert component.all("ATTENDEE")[0].value == written
