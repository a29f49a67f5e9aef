# SPDX-License-Identifier: EUPL-1.2
"""A room's answer, read back by two readers that share no code with the writer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from tests.integrations.ical import strict
from vconf.integrations.ical.parse import read_message
from vconf.integrations.ical.reply import (
    ProposalDeclined,
    RoomReply,
    render_proposal_declined,
    render_reply,
)

EXCHANGE_ROOM = (
    'ATTENDEE;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN="Großer Saal, IM":'
    "MAILTO:Grosser-Saal@raum.mv.example"
)
EXCHANGE_ORGANIZER = (
    'ORGANIZER;CN="Amsel, Anna";SENT-BY="mailto:bernd@im.mv.example":MAILTO:Anna@im.mv.example'
)


def reply(**changed: Any) -> RoomReply:
    usual = RoomReply(
        uid="040000008200E00074C5B7101A82E00800000000B0",
        sequence=3,
        stamp=datetime(2026, 11, 3, 7, 15, 1, tzinfo=UTC),
        timezone="Europe/Berlin",
        starts_at=datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
        ends_at=datetime(2026, 12, 1, 10, 0, tzinfo=UTC),
        title="Lage; Aussicht, und mehr",
        room_address="grosser-saal@raum.mv.example",
        organiser_address="anna@im.mv.example",
        partstat="ACCEPTED",
        organiser_line=EXCHANGE_ORGANIZER,
        attendee_line=EXCHANGE_ROOM,
        comment="Zur Videokonferenz: https://vk.mv.example/j/abc\nPIN: 123",
    )
    return replace(usual, **changed)


def test_an_answer_is_matched_by_what_the_invitation_said() -> None:
    calendar = strict.read(render_reply(reply()))
    (event,) = calendar.inside("VEVENT")

    assert calendar.one("METHOD").value == "REPLY"
    assert event.one("UID").value == "040000008200E00074C5B7101A82E00800000000B0"
    assert (event.one("SEQUENCE").value, event.one("DTSTAMP").value) == ("3", "20261103T071501Z")
    organizer = event.one("ORGANIZER")
    assert organizer.value == "MAILTO:Anna@im.mv.example"
    assert organizer.params["SENT-BY"] == ["mailto:bernd@im.mv.example"]
    (attendee,) = event.all("ATTENDEE")
    assert attendee.value == "MAILTO:Grosser-Saal@raum.mv.example"
    assert attendee.params == {
        "CUTYPE": ["RESOURCE"],
        "ROLE": ["NON-PARTICIPANT"],
        "CN": ["Großer Saal, IM"],
        "PARTSTAT": ["ACCEPTED"],
    }


def test_an_answer_tells_time_and_title_which_outlook_shows() -> None:
    event: Any = Calendar.from_ical(render_reply(reply())).events[0]

    assert event.decoded("DTSTART") == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    assert event.decoded("DTEND") == datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    assert str(event["SUMMARY"]) == "Lage; Aussicht, und mehr"
    assert str(event["COMMENT"]) == "Zur Videokonferenz: https://vk.mv.example/j/abc\nPIN: 123"
    assert event["REQUEST-STATUS"] == "2.0;Success"


def test_the_zone_that_times_are_told_in_is_defined() -> None:
    calendar = strict.read(render_reply(reply()))

    (zone,) = calendar.inside("VTIMEZONE")
    assert zone.one("TZID").value == "Europe/Berlin"
    assert calendar.inside("VEVENT")[0].one("DTSTART").params == {"TZID": ["Europe/Berlin"]}


def test_an_answer_to_one_date_names_it() -> None:
    octets = render_reply(reply(recurrence_id=datetime(2026, 12, 1, 10, 0), partstat="DECLINED"))

    found = read_message(octets)
    assert found.master is None
    assert [one.recurrence_at for one in found.overrides] == [datetime(2026, 12, 1, 9, 0, tzinfo=UTC)]
    assert found.overrides[0].attendees[0].partstat == "DECLINED"


def test_the_doubled_hour_is_told_in_utc() -> None:
    at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 2:30 for the second time
    (event,) = strict.read(render_reply(reply(starts_at=at))).inside("VEVENT")

    assert (event.one("DTSTART").params, event.one("DTSTART").value) == ({}, "20261025T013000Z")


def test_a_day_is_answered_as_a_day() -> None:
    starts, ends = datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 1, 23, tzinfo=UTC)
    calendar = strict.read(render_reply(reply(starts_at=starts, ends_at=ends, is_all_day=True)))
    (event,) = calendar.inside("VEVENT")

    assert event.one("DTSTART").value == "20261201"
    assert event.one("DTEND").value == "20261202"
    assert calendar.inside("VTIMEZONE") == []


@pytest.mark.parametrize("line", ["", "ATTENDEE", "ORGANIZER:mailto:somebody@else.example", "\x00"])
def test_a_room_that_was_not_named_answers_with_its_address(line: str) -> None:
    (event,) = strict.read(render_reply(reply(attendee_line=line, organiser_line=""))).inside("VEVENT")

    assert event.one("ATTENDEE").value == "mailto:grosser-saal@raum.mv.example"
    assert event.one("ORGANIZER").value == "mailto:anna@im.mv.example"


@pytest.mark.parametrize(
    "evil", ["\r\nATTENDEE:mailto:x@x.example", "\u2028BEGIN:VEVENT", "\x85x", "\x00", "\n\n"]
)
def test_nothing_that_somebody_wrote_can_end_a_line(evil: str) -> None:
    hostile = reply(
        uid="uid" + evil,
        title="Titel" + evil,
        comment="Text" + evil,
        organiser_line=f'ORGANIZER;CN="Anna{evil}":mailto:anna@im.mv.example',
        attendee_line=f'ATTENDEE;CN="Saal{evil}":mailto:saal@raum.mv.example{evil}',
    )
    (event,) = strict.read(render_reply(hostile)).inside("VEVENT")

    assert len(event.all("ATTENDEE")) == len(event.all("ORGANIZER")) == 1


def test_what_is_said_is_bounded() -> None:
    (event,) = strict.read(render_reply(reply(comment="ä" * 100_000))).inside("VEVENT")

    assert len(event.one("COMMENT").text) == 2000


def test_a_proposal_is_declined_to_whoever_made_it() -> None:
    declined = ProposalDeclined(
        uid="1@mv.example",
        sequence=2,
        stamp=datetime(2026, 11, 3, 7, 15, 1, tzinfo=UTC),
        timezone="Europe/Berlin",
        starts_at=datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
        title="Lage",
        organiser_address="antwort+x@vk.mv.example",
        organiser_name="Anna",
        attendee_address="bernd@im.mv.example",
        comment="Es bleibt dabei.",
    )
    calendar = strict.read(render_proposal_declined(declined))
    (event,) = calendar.inside("VEVENT")

    assert calendar.one("METHOD").value == "DECLINECOUNTER"
    assert event.one("ATTENDEE").value == "mailto:bernd@im.mv.example"
    assert (event.one("SEQUENCE").value, event.one("UID").value) == ("2", "1@mv.example")
