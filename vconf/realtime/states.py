# SPDX-License-Identifier: EUPL-1.2
"""What a room's status is, worked out from its dates, and the two ways it is shown. Asks no database.

`details` is for those who may see the booking; everybody else who sees the room gets `busy`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from vconf.bookings.models import RUNNING, MeetingState
from vconf.bookings.status_sources import StatusSource
from vconf.rooms.models import Room


class State(StrEnum):
    FREE = "free"
    #: a date starts within the lead, or is inside its planned time and nobody has joined yet
    RESERVED = "reserved"
    #: the meeting is being made or waits on its server; nobody is in it
    OPENING = "opening"
    LIVE = "live"
    #: people are in it past its planned end, and no other date has begun
    OVERRUN = "overrun"
    #: its server was lost; it waits on another one
    MOVED = "moved"
    #: its server was lost, and no other has taken it
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Status:
    """A room at one instant. Times are aware; ids are None when there is no booking to show.

    since: when what the state says began (live: the first person came in; reserved: the planned start, once it
    has passed). until: the planned end of the date shown. next_at: the start of the next date not yet begun.
    persons, authority_id: who sees the details besides operators. due_at: when time alone may change this.
    """

    state: State = State.FREE
    people: int = 0
    since: datetime | None = None
    until: datetime | None = None
    next_at: datetime | None = None
    booking_id: UUID | None = None
    occurrence_id: UUID | None = None
    persons: frozenset[UUID] = frozenset()
    authority_id: UUID | None = None
    due_at: datetime | None = None


class _Rank(IntEnum):
    """Which date a room shows if several have a claim: the highest, of equals the later one.

    The next date wins over an overrun of the last as soon as it begins, or somebody is in it.
    """

    AHEAD = 1
    OPENED_EARLY = 2
    OVERRUN = 3
    DUE = 4
    LIVE_EARLY = 5
    LIVE = 6


_WAITING = (MeetingState.PLANNED, MeetingState.CREATED)


def status_of(
    room: Room,
    dates: Sequence[StatusSource],
    now: datetime,
    *,
    lead: timedelta,
    next_at: datetime | None = None,
    rescued: Collection[UUID] = (),
) -> Status:
    """The status of a room at `now`.

    dates: the room's occupying dates around now, each with its newest meeting. lead: how long before its start a
    date shows. next_at: start of the next date not yet begun. rescued: ids of the occurrences whose newest meeting
    follows one that was lost with its server.
    """
    claims = [(rank, one.occurrence.starts_at, one) for one in dates if (rank := _rank(one, now, lead))]
    due_at = _due_at(dates, now, lead, next_at)
    blocked = not room.is_active or bool(room.blocked_reason)
    if not claims:
        return Status(state=State.BLOCKED if blocked else State.FREE, next_at=next_at, due_at=due_at)
    rank, _, shown = max(claims, key=lambda claim: claim[:2])
    occurrence, meeting = shown.occurrence, shown.meeting
    state, since = _state(shown, rank, now, rescued)
    return Status(
        state=State.BLOCKED if blocked and state is State.RESERVED else state,
        people=meeting.people if meeting is not None and state in (State.LIVE, State.OVERRUN) else 0,
        since=since,
        until=occurrence.ends_at,
        next_at=next_at,
        booking_id=occurrence.booking_id,
        occurrence_id=occurrence.id,
        persons=shown.audience,
        authority_id=occurrence.booking.authority_id,
        due_at=due_at,
    )


def _rank(one: StatusSource, now: datetime, lead: timedelta) -> _Rank | None:
    occurrence, meeting = one.occurrence, one.meeting
    live = meeting is not None and meeting.state == MeetingState.LIVE
    if occurrence.ends_at <= now:
        return _Rank.OVERRUN if live else None
    if occurrence.starts_at <= now:
        return _Rank.LIVE if live else _Rank.DUE
    if live:
        return _Rank.LIVE_EARLY
    if meeting is not None and meeting.state in (*_WAITING, MeetingState.LOST):
        return _Rank.OPENED_EARLY
    return _Rank.AHEAD if occurrence.starts_at - lead <= now else None


def _state(
    one: StatusSource, rank: _Rank, now: datetime, rescued: Collection[UUID]
) -> tuple[State, datetime | None]:
    occurrence, meeting = one.occurrence, one.meeting
    if meeting is not None and meeting.state in RUNNING and meeting.stranded_at is not None:
        return State.FAILED, meeting.stranded_at
    if meeting is not None and rank in (_Rank.LIVE, _Rank.LIVE_EARLY, _Rank.OVERRUN):
        return State.OVERRUN if rank is _Rank.OVERRUN else State.LIVE, meeting.live_at
    if meeting is not None and meeting.state == MeetingState.LOST:
        return State.FAILED, meeting.ended_at
    if meeting is not None and meeting.state in _WAITING:
        return State.MOVED if occurrence.id in rescued else State.OPENING, meeting.created_at
    return State.RESERVED, occurrence.starts_at if occurrence.starts_at <= now else None


def _due_at(
    dates: Sequence[StatusSource], now: datetime, lead: timedelta, next_at: datetime | None
) -> datetime | None:
    instants = [at for one in dates for at in (one.occurrence.starts_at, one.occurrence.ends_at)]
    starts = [one.occurrence.starts_at for one in dates]
    if next_at is not None:
        starts.append(next_at)
        instants.append(next_at)
    instants += [start - lead for start in starts]
    return min((at for at in instants if at > now), default=None)


# --- who sees it how ------------------------------------------------------------------------------------


def sees_details(
    status: Status, *, person_id: UUID | None, admin_ids: Collection[UUID], is_operator: bool
) -> bool:
    """Whether somebody who sees the room also sees what goes on in it: they may see the booking, in full or not."""
    return status.booking_id is not None and (
        is_operator or status.authority_id in admin_ids or person_id in status.persons
    )


def details_frame(room_id: UUID, status: Status, version: int) -> dict[str, Any]:
    """For those to whom `sees_details` applies: there is a booking to see."""
    return {
        "room": str(room_id),
        "visibility": "details",
        "state": status.state.value,
        "people": status.people,
        "since": _iso(status.since),
        "until": _iso(status.until),
        "booking": str(status.booking_id),
        "occurrence": str(status.occurrence_id),
        "next": _iso(status.next_at),
        "version": version,
    }


def busy_frame(room_id: UUID, status: Status, version: int) -> dict[str, Any]:
    """For everybody else: free or not, until when as planned, and when it begins again."""
    state = status.state.value if status.state in (State.FREE, State.BLOCKED) else "busy"
    planned = state == "busy" and status.state is not State.OVERRUN
    return {
        "room": str(room_id),
        "visibility": "busy",
        "state": state,
        "until": _iso(status.until) if planned else None,
        "next": _iso(status.next_at),
        "version": version,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
