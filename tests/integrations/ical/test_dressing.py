# SPDX-License-Identifier: EUPL-1.2
"""What the owner has in an event survives: written, read, written again, it is the same, and so is the booking."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tests.integrations.ical import programs, strict
from tests.integrations.ical.events import ANNA, BERND, CLARA, SAAL, event
from tests.integrations.ical.texts import text
from vconf.integrations.ical.dressing import ComponentDressing, Dressing
from vconf.integrations.ical.event import Answer, CalendarEvent, MovedDate, Statuses
from vconf.integrations.ical.lines import write_line
from vconf.integrations.ical.objects import render_object
from vconf.integrations.ical.parse import read_object
from vconf.integrations.ical.text import one_line, paragraphs

#: whatever may stand in a line: no controls, no line ends that only some readers know, no halves of letters
plain = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029", include_characters="\t"
    ),
    max_size=120,
)
typed = st.text(max_size=200)
parameters = st.dictionaries(
    st.sampled_from(["X-A", "LANGUAGE", "X-VOBJ", "DIR"]), st.lists(plain, min_size=1, max_size=2).map(tuple)
)
properties = st.builds(
    write_line,
    st.sampled_from(
        ["CATEGORIES", "COLOR", "PRIORITY", "CLASS", "LOCATION", "URL", "COMMENT", "ATTACH", "CONFERENCE",
         "X-MOZ-GENERATION", "X-APPLE-STRUCTURED-LOCATION", "NEW-PROPERTY", "IMAGE", "RELATED-TO", "GEO"]
    ),
    # those that we would write ourselves have to say something
    plain.map(lambda value: f"a{value}"),
    parameters,
)  # fmt: skip
alarm_lines = st.lists(
    st.builds(write_line, st.sampled_from(["TRIGGER", "ACTION", "DESCRIPTION", "X-B"]), plain), max_size=3
)
inner = st.builds(lambda lines: ["BEGIN:X-INNER", *lines, "END:X-INNER"], alarm_lines)
parts = st.builds(
    lambda name, lines, within: (f"BEGIN:{name}", *lines, *within, f"END:{name}"),
    st.sampled_from(["VALARM", "X-PART", "VLOCATION"]),
    alarm_lines,
    st.one_of(st.just([]), inner),
)
components = st.builds(
    ComponentDressing,
    st.lists(properties, max_size=5).map(tuple),
    st.dictionaries(
        st.sampled_from(
            ["SUMMARY", "DESCRIPTION", "ORGANIZER", "DTSTART", "DTEND", f"ATTENDEE:{BERND.address}",
             f"ATTENDEE:{SAAL.address}"]
        ),
        parameters.filter(bool),
    ),
    st.lists(parts, max_size=2).map(tuple),
)  # fmt: skip
dressings = st.builds(
    lambda master, date, lines, others: Dressing(
        master,
        {"20261208T100000": date} if date != master else {},
        tuple(lines),
        tuple(others),
    ),
    components,
    components,
    st.lists(st.builds(write_line, st.sampled_from(["X-WR-CALNAME", "NAME"]), plain, parameters), max_size=2),
    st.lists(st.builds(lambda lines: ("BEGIN:X-OTHER", *lines, "END:X-OTHER"), alarm_lines), max_size=1),
)
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])


def booked(**changed: object) -> CalendarEvent:
    return event(join_url=f"{settings.VCONF_PUBLIC_URL}/j/7Qm3xV0pZr5tB8nK2cLwYh", **changed)


@given(dressings)
def test_a_dressing_is_read_as_it_was_written(dressing: Dressing) -> None:
    series = booked(rrule="FREQ=WEEKLY;COUNT=4")

    octets = render_object(series, dressing)

    strict.read(octets)
    found = read_object(octets)
    assert found.dressing == dressing
    assert [f"{one.recurrence_id:%Y%m%dT%H%M%S}" for one in found.overrides] == list(dressing.dates)
    assert render_object(series, found.dressing) == octets


@given(dressings)
def test_a_dressing_is_plain_data(dressing: Dressing) -> None:
    stored = json.loads(json.dumps(dressing.as_json()))

    assert Dressing.from_json(stored) == dressing
    assert Dressing.from_json(stored).as_json() == stored


@given(
    title=typed,
    description=typed,
    starts_local=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    minutes=st.integers(1, 24 * 60),
    zone=zones,
    dressing=components.map(Dressing),
    pin=st.sampled_from(["", "123456789"]),
    language=st.sampled_from(["de", "en"]),
)
def test_an_event_is_read_as_it_was_written(
    title: str,
    description: str,
    starts_local: datetime,
    minutes: int,
    zone: str,
    dressing: Dressing,
    pin: str,
    language: str,
) -> None:
    single = booked(
        title=title,
        description=description,
        starts_local=starts_local.replace(second=0, microsecond=0, fold=0),
        duration=timedelta(minutes=minutes),
        timezone=zone,
        pin=pin,
        language=language,
    )

    found = read_object(render_object(single, dressing))

    assert found.master is not None
    assert (found.uid, found.sequence) == (single.uid, single.sequence)
    assert (found.master.summary, found.master.description) == (one_line(title), paragraphs(description))
    assert (found.master.starts_at, found.master.duration) == (single.starts_at, single.duration)
    assert found.master.timezone == zone
    assert [(one.address, one.name, one.partstat) for one in found.master.attendees] == [
        (BERND.address, BERND.name, "ACCEPTED"),
        (CLARA.address, CLARA.name, "NEEDS-ACTION"),
        (SAAL.address, SAAL.name, "ACCEPTED"),
    ]


@given(dressing=dressings, zone=zones)
def test_a_series_is_read_as_it_was_written(dressing: Dressing, zone: str) -> None:
    moved = MovedDate(
        recurrence_id=datetime(2026, 12, 15, 10),
        starts_at=datetime(2026, 12, 16, 13, tzinfo=UTC),
        ends_at=datetime(2026, 12, 16, 15, tzinfo=UTC),
        title="Lage im Advent",
        answers={BERND.address: "DECLINED"},
    )
    series = booked(
        timezone=zone,
        rrule="FREQ=WEEKLY;UNTIL=20270301T100000",
        rdate=[datetime(2027, 6, 1, 9)],
        exdate=[datetime(2026, 12, 22, 10)],
        moved=[moved],
    )

    found = read_object(render_object(series, dressing))

    assert found.master is not None
    assert (found.master.starts_local, found.master.timezone) == (series.starts_local, zone)
    assert (found.master.rdate, found.master.exdate) == (tuple(series.rdate), tuple(series.exdate))
    one = next(one for one in found.overrides if one.recurrence_id == moved.recurrence_id)
    assert (one.starts_at, one.ends_at, one.summary) == (moved.starts_at, moved.ends_at, moved.title)
    assert [party.partstat for party in one.attendees] == ["DECLINED", "NEEDS-ACTION", "ACCEPTED"]


def test_what_programs_write_survives_the_way_through_a_booking() -> None:
    found = read_object(programs.octets(programs.THUNDERBIRD))

    octets = render_object(
        booked(uid=found.uid, rrule="FREQ=WEEKLY;UNTIL=20261222T100000", exdate=[datetime(2026, 12, 8, 10)]),
        found.dressing,
    )

    master, single = strict.read(octets).inside("VEVENT")
    assert master.one("CATEGORIES").value == "Wichtig,Lage\\; intern"
    assert master.one("LOCATION").text == "Schloss, Zimmer 12"
    assert master.one("ORGANIZER").params["ROLE"] == ["CHAIR"]
    assert [line.value for line in master.inside("VALARM")[0].lines][-1] == "20261201T090500Z"
    # the single date had no alarm there, and gets none here
    assert single.one("RECURRENCE-ID").value == "20261215T100000"
    assert single.inside("VALARM") == [] and single.all("CATEGORIES") == []


def test_a_date_that_was_moved_elsewhere_is_dressed_like_the_others() -> None:
    dressing = read_object(text("CATEGORIES:Lage", "BEGIN:VALARM", "END:VALARM")).dressing
    moved = MovedDate(
        recurrence_id=datetime(2026, 12, 8, 10),
        starts_at=datetime(2026, 12, 9, 9, tzinfo=UTC),
        ends_at=datetime(2026, 12, 9, 10, tzinfo=UTC),
    )

    octets = render_object(booked(rrule="FREQ=WEEKLY;COUNT=4", moved=[moved]), dressing)

    for component in strict.read(octets).inside("VEVENT"):
        assert component.one("CATEGORIES").value == "Lage"
        assert len(component.inside("VALARM")) == 1


def test_a_date_that_is_gone_is_not_brought_back_by_its_dressing() -> None:
    dressing = Dressing(dates={"20261208T100000": ComponentDressing(("COLOR:red",))})
    series = booked(rrule="FREQ=WEEKLY;COUNT=4")

    def overrides(series: CalendarEvent) -> int:
        return len(read_object(render_object(series, dressing)).overrides)

    assert overrides(series) == 1
    assert overrides(replace(series, exdate=[datetime(2026, 12, 8, 10)])) == 0
    assert overrides(replace(series, rrule="FREQ=WEEKLY;BYDAY=FR;COUNT=4")) == 0
    assert overrides(replace(series, rrule="")) == 0


def test_what_we_know_counts_more_than_what_a_program_thinks() -> None:
    dressing = read_object(
        text(
            f"ATTENDEE;CUTYPE=RESOURCE;PARTSTAT=DECLINED;SCHEDULE-STATUS=9;X-A=1:mailto:{SAAL.address}",
            f"ORGANIZER;CN=Eva;SENT-BY=\"mailto:eva@evil.example\";X-B=2:mailto:{ANNA.address}",
            "STATUS:CANCELLED", "REQUEST-STATUS:3.8;No", "UID:2", "SEQUENCE:99", "CREATED:19700101T000000Z",
        ).replace(b"UID:1@mv.example\r\n", b"")
    ).dressing  # fmt: skip

    component = strict.read(render_object(booked(), dressing)).inside("VEVENT")[0]

    room = component.all("ATTENDEE")[-1]
    assert (room.params["CUTYPE"], room.params["PARTSTAT"], room.params["X-A"]) == (
        ["ROOM"],
        ["ACCEPTED"],
        ["1"],
    )
    assert "SCHEDULE-STATUS" not in room.params
    organiser = component.one("ORGANIZER")
    assert organiser.params == {"CN": ["Anna Amsel"], "X-B": ["2"]}
    assert component.one("STATUS").value == "CONFIRMED"
    assert component.all("REQUEST-STATUS") == []


def test_nothing_of_ours_becomes_the_owners() -> None:
    series = booked(rrule="FREQ=WEEKLY;COUNT=4", phone="+49 385 588-0")
    declined = Answer(partstat="DECLINED", request_status="3.8;No authority", reason="Der Raum ist belegt.")
    statuses = Statuses(
        room=Answer(partstat="TENTATIVE", reason="Wartet auf Genehmigung."),
        dates={datetime(2026, 12, 8, 10): declined},
        delivery={SAAL.address: "2.0", BERND.address: "1.1"},
    )

    for written in (render_object(series), render_object(series, statuses=statuses)):
        assert read_object(written).dressing == Dressing()


# Formatted text


def formatted(component: strict.Component) -> str:
    """The HTML beside the plain text, "" if there is none."""
    (altrep,) = component.one("DESCRIPTION").params.get("ALTREP", [""])
    return unquote(altrep.removeprefix("data:text/html,"))


def test_formatted_text_gets_the_block_too_for_it_hides_the_plain_one() -> None:
    found = read_object(programs.octets(programs.THUNDERBIRD))
    same = booked(description="Tagesordnung folgt.")

    octets = render_object(same, found.dressing)

    (component,) = strict.read(octets).inside("VEVENT")
    assert formatted(component) == (
        "<body>Tagesordnung <b>folgt</b>.<p>~~~~~~~~~~~~ Video conference ~~~~~~~~~~~~<br>"
        f'Join the video conference: <a href="{same.join_url}">{same.join_url}</a><br>'
        f"Room: Großer Saal<br>PIN: 123 456 789<br>{'~' * 42}</p></body>"
    )
    again = read_object(octets).dressing
    assert again.master == found.dressing.master
    assert render_object(same, again) == octets


def test_formatted_text_that_says_something_else_is_out_of_date() -> None:
    found = read_object(programs.octets(programs.THUNDERBIRD))

    (component,) = strict.read(render_object(booked(description="Abgesagt."), found.dressing)).inside(
        "VEVENT"
    )

    assert formatted(component) == ""


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<body>Lage</body>", "<body>Lage</body>"),
        (
            f"<body>Lage<p>{'~' * 12} Videokonferenz {'~' * 12}<br>x<br>{'~' * 40}</p></body>",
            "<body>Lage</body>",
        ),
        (
            f"<body>Lage<br>{'~' * 12} Videokonferenz {'~' * 12}<br>x<br>{'~' * 40}</body>",
            "<body>Lage<br></body>",
        ),
        (f"<body>Lage<br>{'~' * 12} Videokonferenz {'~' * 12}<br>x</body>", None),
    ],
)
def test_our_block_is_cut_out_of_formatted_text(html: str, kept: str | None) -> None:
    uri = "data:text/html," + quote(html, safe="!~*'()-_.")

    params = read_object(text(f'DESCRIPTION;ALTREP="{uri}":Lage')).dressing.master.params

    assert [unquote(one["ALTREP"][0]) for one in params.values()] == (
        [] if kept is None else [f"data:text/html,{kept}"]
    )


def test_formatted_text_from_elsewhere_is_not_kept() -> None:
    found = read_object(text('DESCRIPTION;ALTREP="https://evil.example/x":Lage'))

    assert found.dressing == Dressing()
