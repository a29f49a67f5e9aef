# SPDX-License-Identifier: EUPL-1.2
"""What is reserved on servers over time, in memory, to pack many dates at once. Plain Python: no clock, no database."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from vconf.bookings.allocation import Server, best_fit

#: why a date finds no server: none takes new meetings; none is large enough; all carry as many meetings as they may;
#: the seats are taken
Why = Literal["no_server", "too_large", "no_meetings", "no_seats"]


class Timeline:
    """Seats and meetings reserved on one server, as levels that hold until the next one. Before the first: nothing."""

    def __init__(self, steps: Iterable[tuple[datetime, int, int]] = ()) -> None:
        """steps: (instant, seats, meetings from then on), in order; the last of one instant counts."""
        self._at: list[datetime] = []
        self._seats: list[int] = []
        self._meetings: list[int] = []
        for at, seats, meetings in steps:
            if self._at and self._at[-1] == at:
                self._seats[-1], self._meetings[-1] = seats, meetings
            else:
                self._at.append(at)
                self._seats.append(seats)
                self._meetings.append(meetings)

    def peak(self, starts_at: datetime, ends_at: datetime) -> tuple[int, int]:
        """(seats, meetings) at most within [starts_at, ends_at)."""
        first = max(0, bisect_right(self._at, starts_at) - 1)
        last = bisect_left(self._at, ends_at)
        seats, meetings = self._seats[first:last], self._meetings[first:last]
        return max(0, max(seats, default=0)), max(0, max(meetings, default=0))

    def add(self, starts_at: datetime, ends_at: datetime, seats: int, meetings: int = 1) -> None:
        """Put so much on top over [starts_at, ends_at)."""
        first, last = self._cut(starts_at), self._cut(ends_at)
        for n in range(first, last):
            self._seats[n] += seats
            self._meetings[n] += meetings

    def _cut(self, at: datetime) -> int:
        """The place of the level that begins at this instant; it is made if there is none."""
        place = bisect_left(self._at, at)
        if place == len(self._at) or self._at[place] != at:
            self._at.insert(place, at)
            self._seats.insert(place, self._seats[place - 1] if place else 0)
            self._meetings.insert(place, self._meetings[place - 1] if place else 0)
        return place


@dataclass(frozen=True, slots=True)
class Planned:
    """A date that is not open yet, with the server that its seats are reserved on."""

    id: UUID
    room_id: UUID
    server_id: UUID
    starts_at: datetime
    ends_at: datetime
    seats: int


@dataclass(frozen=True, slots=True)
class Packing:
    """Where each date goes; those that find no server, and why."""

    places: Mapping[UUID, UUID]
    left: Mapping[UUID, Why]


def pack(dates: Iterable[Planned], servers: Iterable[Server], timelines: Mapping[UUID, Timeline]) -> Packing:
    """Give each date the server it fits best on, the largest dates first. What is reserved goes into the timelines.

    servers: those that take new meetings, with their limits; each has a timeline.
    """
    servers = list(servers)
    largest = max((server.seats for server in servers), default=0)
    places: dict[UUID, UUID] = {}
    left: dict[UUID, Why] = {}
    for date in sorted(dates, key=lambda one: (-one.seats, one.starts_at, one.id)):
        if date.seats > largest:
            left[date.id] = "too_large" if servers else "no_server"
            continue
        loads = [
            Server(
                server.id,
                server.seats,
                server.meetings,
                *timelines[server.id].peak(date.starts_at, date.ends_at),
            )
            for server in servers
        ]
        chosen = best_fit(loads, date.seats)
        if chosen is None:
            has_seats = any(load.free_seats >= date.seats for load in loads)
            left[date.id] = "no_meetings" if has_seats else "no_seats"
            continue
        places[date.id] = chosen
        timelines[chosen].add(date.starts_at, date.ends_at, date.seats)
    return Packing(places, left)
