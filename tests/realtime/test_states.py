# SPDX-License-Identifier: EUPL-1.2
"""What a room shows, date by date. No database: the rows are not saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from vconf.bookings.models import Booking, Meeting, MeetingState, Occurrence
from vconf.bookings.status_sources import StatusSource
from vconf.ids import uuid7
from vconf.realtime.states import Status, busy_frame, details_frame, sees_details, status_of
from vconf.rooms.models import Room

NINE = datetime(2027, 3, 1, 9, tzinfo=UTC)
LEAD = timedelta(minutes=30)
ORGANISER, CHARGED = uuid7(), uuid7()
ROOM = Room(is_active=True)


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return NINE.replace(hour=hour, minute=minute)


def a_date(
    starts: str, ends: str, meeting: str | None = None, *, epoch: int = 1, people: int = 0
) -> StatusSource:
    occurrence = Occurrence(
        booking=Booking(authority_id=CHARGED), starts_at=at(starts), ends_at=at(ends), state="confirmed"
    )
    running = None
    if meeting is not None:
        running = Meeting(
            occurrence=occurrence,
            state=meeting,
            epoch=epoch,
            people=people,
            created_at=at("8:50"),
            live_at=at("8:55") if meeting == MeetingState.LIVE else None,
            ended_at=at("9:05") if meeting == MeetingState.LOST else None,
        )
    return StatusSource(occurrence, running, frozenset({ORGANISER}))


def status_at(clock: str, *dates: StatusSource, **more: Any) -> Status:
    return status_of(more.pop("room", ROOM), dates, at(clock), lead=LEAD, **more)


def test_a_room_without_dates_is_free() -> None:
    assert status_at("9:00") == Status()


@pytest.mark.parametrize(
    ("clock", "state"),
    [("8:29", "free"), ("8:30", "reserved"), ("9:00", "reserved"), ("9:59", "reserved"), ("10:00", "free")],
)
def test_a_date_shows_from_the_lead_to_its_end(clock: str, state: str) -> None:
    assert status_at(clock, a_date("9:00", "10:00")).state == state


@pytest.mark.parametrize(
    ("meeting", "state", "since"),
    [
        (None, "reserved", "9:00"),
        (MeetingState.PLANNED, "opening", "8:50"),
        (MeetingState.CREATED, "opening", "8:50"),
        (MeetingState.LIVE, "live", "8:55"),
        (MeetingState.ENDED, "reserved", "9:00"),
        (MeetingState.LOST, "failed", "9:05"),
    ],
)
def test_within_its_time_the_meeting_decides(meeting: str | None, state: str, since: str) -> None:
    shown = status_at("9:30", a_date("9:00", "10:00", meeting, people=7))
    assert (shown.state, shown.since, shown.until) == (state, at(since), at("10:00"))
    assert shown.people == (7 if state == "live" else 0)


def test_a_reservation_ahead_has_not_begun() -> None:
    assert status_at("8:45", a_date("9:00", "10:00")).since is None


def test_a_meeting_that_waits_on_another_server_is_moved() -> None:
    date = a_date("9:00", "10:00", MeetingState.CREATED, epoch=2)
    assert status_at("9:30", date, rescued={date.occurrence.id}).state == "moved"
    assert status_at("9:30", date).state == "opening"


def test_people_past_the_end_are_an_overrun() -> None:
    shown = status_at("10:05", a_date("9:00", "10:00", MeetingState.LIVE, people=2))
    assert (shown.state, shown.people, shown.since) == ("overrun", 2, at("8:55"))


def test_an_empty_meeting_past_the_end_is_nothing() -> None:
    assert status_at("10:05", a_date("9:00", "10:00", MeetingState.CREATED)).state == "free"


@pytest.mark.parametrize(
    ("clock", "next_meeting", "shown"),
    [
        ("10:05", None, "last"),  # overrun goes before what is only reserved ahead
        ("10:20", MeetingState.CREATED, "last"),  # and before what nobody has joined early
        ("10:20", MeetingState.LIVE, "next"),
        ("10:30", None, "next"),  # but not beyond the start of the next
        ("10:30", MeetingState.CREATED, "next"),
        ("10:30", MeetingState.LIVE, "next"),
    ],
)
def test_the_next_date_wins_over_an_overrun_once_it_begins(
    clock: str, next_meeting: str | None, shown: str
) -> None:
    dates = {
        "last": a_date("9:00", "10:00", MeetingState.LIVE, people=2),
        "next": a_date("10:30", "11:00", next_meeting, people=1),
    }
    assert status_at(clock, *dates.values()).occurrence_id == dates[shown].occurrence.id


def test_who_came_early_does_not_hide_the_meeting_before() -> None:
    running = a_date("9:00", "10:00", MeetingState.LIVE, people=2)
    early = a_date("10:00", "11:00", MeetingState.LIVE, people=1)
    assert status_at("9:50", running, early).occurrence_id == running.occurrence.id


@pytest.mark.parametrize("room", [Room(is_active=False), Room(is_active=True, blocked_reason="Umbau")])
def test_a_blocked_room_is_blocked_unless_somebody_meets_in_it(room: Room) -> None:
    assert status_at("9:30", room=room).state == "blocked"
    assert status_at("9:30", a_date("9:00", "10:00"), room=room).state == "blocked"
    assert status_at("9:30", a_date("9:00", "10:00", MeetingState.LIVE, people=1), room=room).state == "live"


@pytest.mark.parametrize(
    ("clock", "due"),
    [("8:00", "8:30"), ("8:30", "9:00"), ("9:00", "9:30"), ("9:30", "10:00"), ("10:00", "11:00")],
)
def test_due_is_the_next_instant_at_which_time_alone_changes_something(clock: str, due: str) -> None:
    """Dates from 9 to 10 and from 10 to 11; the second shows from 9:30."""
    dates = [
        one
        for one in (a_date("9:00", "10:00"), a_date("10:00", "11:00"))
        if one.occurrence.ends_at > at(clock)
    ]
    assert status_at(clock, *dates).due_at == at(due)


def test_a_date_far_ahead_is_known_by_its_start_only() -> None:
    shown = status_at("8:00", next_at=at("14:00"))
    assert (shown.state, shown.next_at, shown.due_at) == ("free", at("14:00"), at("13:30"))


def test_frames_of_a_live_meeting() -> None:
    room_id = uuid7()
    shown = status_at("9:30", a_date("9:00", "10:00", MeetingState.LIVE, people=7), next_at=at("14:00"))
    assert details_frame(room_id, shown, 41) == {
        "room": str(room_id),
        "visibility": "details",
        "state": "live",
        "people": 7,
        "since": "2027-03-01T08:55:00Z",
        "until": "2027-03-01T10:00:00Z",
        "booking": str(shown.booking_id),
        "occurrence": str(shown.occurrence_id),
        "next": "2027-03-01T14:00:00Z",
        "version": 41,
    }
    assert busy_frame(room_id, shown, 40) == {
        "room": str(room_id),
        "visibility": "busy",
        "state": "busy",
        "until": "2027-03-01T10:00:00Z",
        "next": "2027-03-01T14:00:00Z",
        "version": 40,
    }


@pytest.mark.parametrize(
    ("clock", "meeting", "state", "until"),
    [
        ("9:30", MeetingState.LOST, "busy", "2027-03-01T10:00:00Z"),
        ("9:30", MeetingState.CREATED, "busy", "2027-03-01T10:00:00Z"),
        ("8:45", None, "busy", "2027-03-01T10:00:00Z"),
        ("10:05", MeetingState.LIVE, "busy", None),  # nobody knows when an overrun ends
        ("10:05", None, "free", None),
    ],
)
def test_others_learn_busy_or_not(clock: str, meeting: str | None, state: str, until: str | None) -> None:
    frame = busy_frame(uuid7(), status_at(clock, a_date("9:00", "10:00", meeting)), 1)
    assert (frame["state"], frame["until"]) == (state, until)


@pytest.mark.parametrize(
    ("person_id", "admin_ids", "is_operator", "seen"),
    [
        (ORGANISER, set(), False, True),
        (uuid7(), {CHARGED}, False, True),
        (uuid7(), set(), True, True),
        (uuid7(), {uuid7()}, False, False),
        (None, set(), False, False),
    ],
)
def test_who_sees_details(
    person_id: UUID | None, admin_ids: set[UUID], is_operator: bool, seen: bool
) -> None:
    shown = status_at("9:30", a_date("9:00", "10:00"))
    assert sees_details(shown, person_id=person_id, admin_ids=admin_ids, is_operator=is_operator) is seen


def test_a_free_room_has_no_details() -> None:
    assert not sees_details(Status(), person_id=ORGANISER, admin_ids={CHARGED}, is_operator=True)


@pytest.mark.parametrize("meeting", [MeetingState.PLANNED, MeetingState.CREATED, MeetingState.LIVE])
def test_a_meeting_that_finds_no_server_has_failed(meeting: str) -> None:
    date = a_date("9:00", "10:00", meeting, people=7)
    assert date.meeting is not None
    date.meeting.stranded_at = at("9:20")
    shown = status_at("9:30", date)
    assert (shown.state, shown.since, shown.people) == ("failed", at("9:20"), 0)
