# SPDX-License-Identifier: EUPL-1.2
"""Calendar text in: the times that are easily wrong, the people, the words, and what is refused by which name."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from tests.integrations.ical.texts import text, vcalendar, vevent
from vconf.integrations.ical.parse import InvalidCalendar, ParsedEvent, read_message, read_object

BERLIN = ("DTSTART;TZID=Europe/Berlin:20261201T100000", "DTEND;TZID=Europe/Berlin:20261201T110000")


def master(octets: bytes, floating_zone: str | None = None) -> ParsedEvent:
    found = read_object(octets, floating_zone=floating_zone)
    assert found.master is not None
    return found.master


def wall(*moments: str) -> tuple[datetime, ...]:
    return tuple(map(datetime.fromisoformat, moments))


# Times


@pytest.mark.parametrize(
    ("lines", "hours"),
    [
        (("DTSTART:20261201T090000Z", "DURATION:PT1H30M"), 1.5),
        (("DTSTART:20261201T090000Z", "DURATION:P1D"), 24),
        (("DTSTART:20261201T090000Z", "DURATION:+P1W"), 168),
        (("DTSTART:20261201T090000Z",), 0),
        # a day of the calendar has 23 hours when the clocks go forward; 24 hours are 24 hours
        (("DTSTART;TZID=Europe/Berlin:20260328T120000", "DURATION:P1D"), 23),
        (("DTSTART;TZID=Europe/Berlin:20260328T120000", "DURATION:PT24H"), 24),
        (("DTSTART;TZID=Europe/Berlin:20261024T120000", "DTEND;TZID=Europe/Berlin:20261025T120000"), 25),
        # an end in another zone
        (("DTSTART;TZID=Europe/Berlin:20261201T100000", "DTEND;TZID=Europe/London:20261201T100000"), 1),
        # a leap second
        (("DTSTART:20261201T085960Z", "DTEND:20261201T085959Z"), 0),
    ],
)
def test_how_long_it_is(lines: tuple[str, ...], hours: float) -> None:
    assert master(text(times=lines)).duration == timedelta(hours=hours)


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART;VALUE=DATE:20261201",),
        ("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261202"),
        ("DTSTART:20261201", "DURATION:P1D"),
        (
            "DTSTART;TZID=Europe/Berlin:20261201T000000",
            "DTEND;TZID=Europe/Berlin:20261202T000000",
            "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        ),
    ],
)
def test_a_whole_day(lines: tuple[str, ...]) -> None:
    event = master(text(times=lines))

    assert event.is_all_day
    assert (event.starts_local, event.duration) == (
        datetime.fromisoformat("2026-12-01T00:00"),
        timedelta(hours=24),
    )


def test_times_without_a_zone_are_those_of_the_calendar() -> None:
    event = master(text(times=("DTSTART:20261201T100000", "DURATION:PT1H")), floating_zone="Europe/London")

    assert (event.is_floating, event.timezone) == (True, "Europe/London")
    assert event.starts_at == datetime(2026, 12, 1, 10, tzinfo=UTC)


def test_a_z_counts_more_than_a_zone_beside_it() -> None:
    event = master(text(times=("DTSTART;TZID=Europe/Berlin:20261201T100000Z", "DURATION:PT1H")))

    assert event.timezone == "UTC"


def test_dates_left_out_and_added_are_wall_times_of_the_event_however_they_are_written() -> None:
    event = master(
        text(
            "RRULE:FREQ=WEEKLY;COUNT=9",
            "EXDATE:20261208T090000Z,20261215T090000Z",
            "EXDATE;TZID=Europe/London:20261222T090000",
            "EXDATE;VALUE=DATE:20261229",
            "EXDATE:",
            "RDATE;VALUE=PERIOD:20270101T120000Z/PT1H,20270102T120000Z/20270102T130000Z",
            times=BERLIN,
        )
    )

    assert event.exdate == wall(
        "2026-12-08T10:00", "2026-12-15T10:00", "2026-12-22T10:00", "2026-12-29T10:00"
    )
    assert event.rdate == wall("2027-01-01T13:00", "2027-01-02T13:00")


@pytest.mark.parametrize(
    "recurrence_id",
    [
        "RECURRENCE-ID;TZID=Europe/Berlin:20261208T100000",
        "RECURRENCE-ID:20261208T090000Z",
        "RECURRENCE-ID;TZID=America/New_York:20261208T040000",
        "RECURRENCE-ID;TZID=W. Europe Standard Time:20261208T100000",
        "RECURRENCE-ID;VALUE=DATE:20261208",
    ],
)
def test_a_single_date_is_named_by_its_instant_in_whatever_zone(recurrence_id: str) -> None:
    found = read_object(
        vcalendar(
            vevent(recurrence_id, times=("DTSTART:20261209T090000Z", "DURATION:PT1H")),
            vevent("RRULE:FREQ=WEEKLY", times=BERLIN),
        )
    )

    (moved,) = found.overrides
    assert moved.recurrence_id == datetime.fromisoformat("2026-12-08T10:00")
    assert moved.recurrence_zone == "Europe/Berlin"
    assert moved.recurrence_at == datetime(2026, 12, 8, 9, tzinfo=UTC)


def test_a_single_date_in_a_skipped_hour_is_that_of_the_rule() -> None:
    # the rule says half past two; on 29 March 2026 that is half past three
    found = read_object(
        vcalendar(
            vevent(
                "RRULE:FREQ=WEEKLY", times=("DTSTART;TZID=Europe/Berlin:20260301T023000", "DURATION:PT1H")
            ),
            vevent("RECURRENCE-ID:20260329T013000Z", times=("DTSTART:20260329T090000Z", "DURATION:PT1H")),
        )
    )

    assert found.overrides[0].recurrence_id == datetime.fromisoformat("2026-03-29T02:30")


def test_single_dates_may_come_without_their_series() -> None:
    found = read_object(
        vcalendar(
            vevent("RECURRENCE-ID:20261215T090000Z", times=BERLIN),
            vevent("RECURRENCE-ID;TZID=Europe/Berlin:20261208T100000", times=BERLIN),
        )
    )

    assert found.master is None
    assert [one.recurrence_id for one in found.overrides] == list(
        wall("2026-12-08T10:00", "2026-12-15T10:00")
    )
    assert [one.recurrence_at for one in found.overrides] == [
        datetime(2026, 12, 8, 9, tzinfo=UTC),
        datetime(2026, 12, 15, 9, tzinfo=UTC),
    ]


def test_rules_are_passed_on_as_they_are_for_the_booking_knows_which_it_takes() -> None:
    assert master(text("RRULE:FREQ=SECONDLY;COUNT=1000000000")).rrule == "FREQ=SECONDLY;COUNT=1000000000"


# People


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("ATTENDEE:mailto:Bernd@IM.mv.example", "bernd@im.mv.example"),
        ("ATTENDEE:MAILTO:bernd@im.mv.example", "bernd@im.mv.example"),
        ("ATTENDEE: mailto: bernd@im.mv.example ", "bernd@im.mv.example"),
        ("ATTENDEE:mailto:bernd%40im.mv.example", "bernd@im.mv.example"),
        ("ATTENDEE:mailto:<bernd@im.mv.example>", "bernd@im.mv.example"),
        ("ATTENDEE:bernd@im.mv.example", "bernd@im.mv.example"),
        ("ATTENDEE:mailto:bernd@im.mv.example?subject=x", "bernd@im.mv.example"),
        ("ATTENDEE;EMAIL=bernd@im.mv.example:urn:uuid:1", "bernd@im.mv.example"),
        ('ATTENDEE;EMAIL="mailto:bernd@im.mv.example":/dav/principals/1/', "bernd@im.mv.example"),
        ("ATTENDEE;CN=Raum: Saal:mailto:bernd@im.mv.example", "bernd@im.mv.example"),
        ('ATTENDEE;CN="Bernd "der" Buche":mailto:bernd@im.mv.example', "bernd@im.mv.example"),
        ('ATTENDEE;CN="Bernd:mailto:bernd@im.mv.example', "bernd@im.mv.example"),
        ("ATTENDEE;SENT-BY=mailto:a@b.example:mailto:bernd@im.mv.example", "bernd@im.mv.example"),
        ("ATTENDEE:mailto:bernd@m%C3%BCnchen.example", "bernd@münchen.example"),
        ("ATTENDEE:urn:uuid:1", ""),
        ("ATTENDEE:/dav/principals/users/1/", ""),
        ("ATTENDEE:mailto:nobody", ""),
        ("ATTENDEE:mailto:a@b@c", ""),
        ("ATTENDEE:", ""),
    ],
)
def test_addresses_as_programs_write_them(line: str, address: str) -> None:
    (party,) = master(text(line)).attendees

    assert party.address == address


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ("CN=Anna Amsel", "Anna Amsel"),
        ('CN="Amsel, Anna"', "Amsel, Anna"),
        ("CN=Amsel, Anna", "Amsel, Anna"),
        ("CN=Amsel\\, Anna", "Amsel, Anna"),
        ("CN=Anna ^'die^' Amsel^nx^^", 'Anna "die" Amsel x^'),
        ('CN="Anna "die" Amsel"', 'Anna "die" Amsel'),
        ("CN=", ""),
        ("cn=klein", "klein"),
    ],
)
def test_names_as_programs_write_them(parameter: str, name: str) -> None:
    (party,) = master(text(f"ATTENDEE;{parameter}:mailto:a@b.example")).attendees

    assert party.name == name


def test_what_is_said_of_somebody() -> None:
    (party,) = master(
        text(
            "ATTENDEE;ROLE=chair;PARTSTAT=accepted;CUTYPE=room;RSVP=true;SCHEDULE-AGENT=client;"
            'SCHEDULE-FORCE-SEND=REQUEST;SENT-BY="MAILTO:C@d.example":mailto:a@b.example',
            "ATTENDEE;PARTSTAT=DECLINED:MAILTO:A@b.example",  # the first line about somebody counts
        )
    ).attendees

    assert (party.role, party.partstat, party.cutype, party.rsvp) == ("CHAIR", "ACCEPTED", "ROOM", True)
    assert (party.schedule_agent, party.force_send, party.sent_by) == ("CLIENT", "REQUEST", "c@d.example")


# Words


@pytest.mark.parametrize(
    ("value", "description"),
    [
        ("a\\nb\\Nc\\, d\\; e\\\\n", "a\nb\nc, d; e\\n"),
        ("a\\r\\nb\\r\\n", "a\nb"),
        ("a\u2028b\x85c\x0bd\x07e", "a b c de"),
        ("\\", "\\"),
    ],
)
def test_text(value: str, description: str) -> None:
    assert master(text(f"DESCRIPTION:{value}")).description == description


def test_formatted_text_counts_only_without_a_plain_one() -> None:
    html = (
        "X-ALT-DESC;FMTTYPE=text/html:<html><style>p {}</style><p>Lage&nbsp;&amp; Wetter</p>"
        "<b>Bitte</b><br/>kommen</html>"
    )

    assert master(text(html)).description == "Lage & Wetter\nBitte\nkommen"
    assert master(text(html, "DESCRIPTION:Lage")).description == "Lage"


BLOCK = ["~~~~~~~~~~~~ Videokonferenz ~~~~~~~~~~~~", "PIN: 1 2 3", "~" * 40]


@pytest.mark.parametrize(
    "description",
    [
        "\\n".join(["Davor.", "", *BLOCK, "", "Danach."]),
        "\\r\\n".join(["Davor.", *BLOCK, "Danach."]),
        "\\n".join(["Davor.  ", "", *[f"  {line}  " for line in BLOCK], "", "", "Danach."]),
        "\\n\\n".join(["Davor.", *BLOCK, "Danach."]),
        "Davor. " + " ".join(BLOCK) + " Danach.",
        "\\n".join(["Davor.", *BLOCK[:2], "", "Danach."]),  # the end mark is lost
        "\\n".join(["Davor.", *BLOCK, *BLOCK, "Danach."]),
        "\\n".join(["Davor.", *BLOCK, "Danach."]).replace("Videokonferenz", "Video conference"),
        "\\n".join(["Davor.", *BLOCK, "Danach."]).replace(" ", "\u00a0"),
    ],
)
def test_our_block_is_taken_out_whatever_a_program_made_of_it(description: str) -> None:
    assert master(text(f"DESCRIPTION:{description}")).description == "Davor.\n\nDanach."


def test_our_block_is_found_in_formatted_text() -> None:
    html = "<p>Davor.</p><p>" + "<br>".join(BLOCK) + "</p>"

    assert master(text(f"X-ALT-DESC:{html}")).description == "Davor."


@pytest.mark.parametrize(
    ("location", "own"),
    [
        ("Schloss\\, Zimmer 12", "Schloss, Zimmer 12"),
        ("Großer Saal – {link}", ""),
        ("{link}", ""),
        ("Videokonferenz – {link}", ""),
        ("Schloss\\, Zimmer 12 – {link}", "Schloss, Zimmer 12"),
    ],
)
def test_a_place_is_the_clients_if_it_is_more_than_our_own(location: str, own: str) -> None:
    link = f"{settings.VCONF_PUBLIC_URL}/j/7Qm3xV0pZr5tB8nK2cLwYh"
    found = read_object(
        text(f"LOCATION:{location.format(link=link)}", "ATTENDEE;CN=Großer Saal:mailto:saal@raum.example")
    )

    assert found.master is not None
    assert found.master.location == own
    assert [line for line in found.dressing.master.lines if own and line.startswith("LOCATION")] == (
        ["LOCATION:Schloss\\, Zimmer 12"] if own else []
    )


# What is refused


REFUSED = {
    "no calendar": (b"<html>", "valid-calendar-data"),
    "two calendars": (text() + text(), "valid-calendar-object-resource"),
    "an end that is missing": (text().replace(b"END:VEVENT\r\n", b""), "valid-calendar-data"),
    "an end too many": (text() + b"END:VCALENDAR\r\n", "valid-calendar-data"),
    "a line outside": (b"X:1\r\n" + text(), "valid-calendar-data"),
    "a line without a value": (text("FOO"), "valid-calendar-data"),
    "version 1.0": (text().replace(b"VERSION:2.0", b"VERSION:1.0"), "supported-calendar-data"),
    "another calendar": (vcalendar("CALSCALE:CHINESE", vevent()), "valid-calendar-data"),
    "METHOD": (vcalendar("METHOD:PUBLISH", vevent()), "valid-calendar-object-resource"),
    "no event": (vcalendar(), "valid-calendar-object-resource"),
    "a task": (text().replace(b"VEVENT", b"VTODO"), "supported-calendar-component"),
    "a journal": (text().replace(b"VEVENT", b"VJOURNAL"), "supported-calendar-component"),
    "an event and a task": (
        vcalendar(vevent(), vevent().replace("VEVENT", "VTODO")),
        "valid-calendar-object-resource",
    ),
    "two UIDs": (vcalendar(vevent(uid="1"), vevent(uid="2")), "valid-calendar-object-resource"),
    "two events": (vcalendar(vevent(), vevent()), "valid-calendar-object-resource"),
    "no UID": (vcalendar(vevent(uid="")), "valid-calendar-object-resource"),
    "a long UID": (vcalendar(vevent(uid="1" * 256)), "valid-calendar-object-resource"),
    "a date twice": (
        vcalendar(vevent("RECURRENCE-ID:20261208T090000Z"), vevent("RECURRENCE-ID:20261208T090000Z")),
        "valid-calendar-object-resource",
    ),
    "this and following": (
        text("RECURRENCE-ID;RANGE=THISANDFUTURE:20261208T090000Z"),
        "valid-calendar-object-resource",
    ),
    "a single date with a rule": (
        text("RECURRENCE-ID:20261208T090000Z", "RRULE:FREQ=DAILY"),
        "valid-calendar-object-resource",
    ),
    "EXRULE": (text("RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"), "valid-calendar-data"),
    "two rules": (text("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "valid-calendar-data"),
    "two organisers": (
        text("ORGANIZER:mailto:a@b.example", "ORGANIZER:mailto:c@d.example"),
        "valid-calendar-data",
    ),
    "another organiser of a date": (
        vcalendar(
            vevent("ORGANIZER:mailto:a@b.example"),
            vevent("RECURRENCE-ID:20261208T090000Z", "ORGANIZER:mailto:c@d.example"),
        ),
        "same-organizer-in-all-components",
    ),
    "no start": (text(times=()), "valid-calendar-data"),
    "a start that is no time": (text(times=("DTSTART:tomorrow",)), "valid-calendar-data"),
    "the 30th of February": (text(times=("DTSTART:20260230T100000Z",)), "valid-calendar-data"),
    "two values of a start": (
        text(times=("DTSTART:20261201T100000Z,20261202T100000Z",)),
        "valid-calendar-data",
    ),
    "a start in 1969": (text(times=("DTSTART:19691231T235959Z",)), "min-date-time"),
    "a start in 9001": (text(times=("DTSTART:90010101T000000Z",)), "max-date-time"),
    "an end before the start": (
        text(times=("DTSTART:20261201T100000Z", "DTEND:20261201T090000Z")),
        "valid-calendar-data",
    ),
    "a day of no length": (
        text(times=("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261201")),
        "valid-calendar-data",
    ),
    "a day that ends at noon": (
        text(times=("DTSTART;VALUE=DATE:20261201", "DTEND:20261201T120000Z")),
        "valid-calendar-data",
    ),
    "a duration that is none": (
        text(times=("DTSTART:20261201T100000Z", "DURATION:P")),
        "valid-calendar-data",
    ),
    "a negative duration": (
        text(times=("DTSTART:20261201T100000Z", "DURATION:-PT1H")),
        "valid-calendar-data",
    ),
    "a duration beyond all years": (
        text(times=("DTSTART:90000101T100000Z", "DURATION:P99999W")),
        "valid-calendar-data",
    ),
    "an added date of another length": (
        text("RDATE;VALUE=PERIOD:20270101T120000Z/PT2H"),
        "valid-calendar-object-resource",
    ),
    "a zone nobody knows": (text(times=("DTSTART;TZID=Mars:20261201T100000",)), "valid-calendar-data"),
    "a component without a name": (text("BEGIN: ", "END: "), "valid-calendar-data"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_refused_and_by_which_precondition(reason: str) -> None:
    octets, precondition = REFUSED[reason]

    with pytest.raises(InvalidCalendar) as refused:
        read_object(octets)
    assert refused.value.precondition == precondition


def test_a_refusal_quotes_nothing_of_the_text() -> None:
    with pytest.raises(InvalidCalendar) as refused:
        read_object(text("SUMMARY:Geheim", times=("DTSTART:geheim",)))

    assert "eheim" not in str(refused.value)


def test_a_message_needs_a_method() -> None:
    assert read_message(vcalendar("METHOD:request", vevent())).method == "REQUEST"
    with pytest.raises(InvalidCalendar) as refused:
        read_message(text())
    assert refused.value.precondition == "valid-scheduling-message"


def test_what_nothing_depends_on_may_be_missing_or_wrong() -> None:
    event = master(
        text("SEQUENCE:many", "DTSTAMP:yesterday", "STATUS:??", "TRANSP:").replace(b"VERSION:2.0\r\n", b"")
    )

    assert (event.sequence, event.stamp, event.status, event.transparent) == (0, None, "", False)
