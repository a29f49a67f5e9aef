# SPDX-License-Identifier: EUPL-1.2
"""Seats and candidates in, server out. Plain Python: no clock, no database.

A reservation keeps seats on one server over an interval. As long as servers can stay half empty, a new one goes where
it leaves the least unused (best fit), so that large meetings still find an empty server; then all of them fill evenly,
so that none carries all it can while others stand idle. If it fits nowhere, reservations that are not yet open may be
moved between servers, a bounded number of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

#: more moves than this are not worth one booking (design: at most 20)
MAX_MOVES = 20
#: states of the search looked at before giving up: bounds the time under the pool's lock
MAX_TRIES = 400


@dataclass(frozen=True, slots=True)
class Server:
    """A server that takes new meetings, with what is reserved at most during the asked interval."""

    id: UUID
    seats: int
    meetings: int | None = None
    reserved_seats: int = 0
    reserved_meetings: int = 0

    @property
    def free_seats(self) -> int:
        return max(0, self.seats - self.reserved_seats)

    @property
    def takes_a_meeting(self) -> bool:
        return self.meetings is None or self.reserved_meetings < self.meetings


@dataclass(frozen=True, slots=True)
class Reservation:
    """Seats of one occurrence on one server, over [starts_at, ends_at)."""

    id: UUID
    server_id: UUID
    starts_at: datetime
    ends_at: datetime
    seats: int
    movable: bool

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        return self.starts_at < ends_at and starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Move:
    reservation_id: UUID
    server_id: UUID


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the new reservation goes, after these moves."""

    server_id: UUID
    moves: tuple[Move, ...] = ()


def best_fit(servers: Iterable[Server], seats: int) -> UUID | None:
    """The server that has the fewest free seats left after taking `seats`; ties go to the lower id."""
    fitting = [s for s in servers if s.takes_a_meeting and s.free_seats >= seats]
    return min(fitting, key=lambda s: (s.free_seats, s.id)).id if fitting else None


def evenly(servers: Iterable[Server], seats: int) -> UUID | None:
    """The best fit of those that stay at most half full; if there is none, the one least full, by its size, afterwards.

    None exactly if `best_fit` finds none. Ties go to the lower id.
    """
    fitting = [s for s in servers if s.takes_a_meeting and s.free_seats >= seats]
    chosen = best_fit([s for s in fitting if 2 * (s.reserved_seats + seats) <= s.seats], seats)
    if chosen is not None or not fitting:
        return chosen
    return min(fitting, key=lambda s: ((s.reserved_seats + seats) / max(1, s.seats), s.id)).id


def freest(servers: Iterable[Server]) -> Server | None:
    """The server with the most free seats: the one whose numbers a refusal tells."""
    return max(servers, key=lambda s: (s.takes_a_meeting, s.free_seats, s.id), default=None)


def peak(
    reservations: Iterable[Reservation], server_id: UUID, starts_at: datetime, ends_at: datetime
) -> tuple[int, int]:
    """(seats, meetings) reserved at most on a server within [starts_at, ends_at)."""
    steps: list[tuple[datetime, int, int]] = []
    for r in reservations:
        if r.server_id == server_id and r.overlaps(starts_at, ends_at):
            steps.append((max(r.starts_at, starts_at), r.seats, 1))
            steps.append((r.ends_at, -r.seats, -1))
    # at one instant what ends goes before what begins: intervals are half-open
    steps.sort(key=lambda step: (step[0], step[2]))
    seats = meetings = most_seats = most_meetings = 0
    for at, seat_step, meeting_step in steps:
        if at >= ends_at:
            break
        seats += seat_step
        meetings += meeting_step
        most_seats, most_meetings = max(most_seats, seats), max(most_meetings, meetings)
    return most_seats, most_meetings


def make_room(
    servers: Sequence[Server],
    reservations: Sequence[Reservation],
    *,
    starts_at: datetime,
    ends_at: datetime,
    seats: int,
) -> Plan | None:
    """A plan that fits `seats` into [starts_at, ends_at) by moving reservations, or None.

    reservations: all of the pool that overlap the interval, and all that overlap any of those (so that a move
    is checked over the whole of the moved one). The search goes depth first from the server with the most
    room; it moves a reservation only to where it fits at once, and never twice.
    """
    tries = MAX_TRIES
    by_id = {s.id: s for s in servers}

    def fits(
        state: Sequence[Reservation], server: Server, r_from: datetime, r_until: datetime, n: int
    ) -> bool:
        used, meetings = peak(state, server.id, r_from, r_until)
        return used + n <= server.seats and (server.meetings is None or meetings + 1 <= server.meetings)

    def search(state: list[Reservation], target: Server, moves: tuple[Move, ...]) -> tuple[Move, ...] | None:
        nonlocal tries
        if fits(state, target, starts_at, ends_at, seats):
            return moves
        if len(moves) >= MAX_MOVES or tries <= 0:
            return None
        tries -= 1
        used, _ = peak(state, target.id, starts_at, ends_at)
        missing = used + seats - target.seats
        moved = {m.reservation_id for m in moves}
        candidates = [
            (i, r)
            for i, r in enumerate(state)
            if r.server_id == target.id and r.movable and r.id not in moved and r.overlaps(starts_at, ends_at)
        ]
        # the smallest that alone frees enough comes first, then the large ones
        candidates.sort(
            key=lambda c: (c[1].seats < missing, c[1].seats if c[1].seats >= missing else -c[1].seats)
        )
        for index, r in candidates:
            rest = [s for s in servers if s.id != target.id]
            rest.sort(key=lambda s: (s.seats - peak(state, s.id, r.starts_at, r.ends_at)[0], s.id))
            for other in rest:
                if fits(state, other, r.starts_at, r.ends_at, r.seats):
                    after = state.copy()
                    after[index] = replace(r, server_id=other.id)
                    found = search(after, target, (*moves, Move(r.id, other.id)))
                    if found is not None:
                        return found
                    break  # a second place for the same one frees no more on the target
            if tries <= 0:
                return None
        return None

    state = list(reservations)
    large_enough = [s for s in by_id.values() if s.seats >= seats and s.meetings != 0]
    large_enough.sort(key=lambda s: (peak(state, s.id, starts_at, ends_at)[0] - s.seats, s.id))
    for target in large_enough:
        moves = search(state, target, ())
        if moves is not None:
            return Plan(target.id, moves)
    return None
