# SPDX-License-Identifier: EUPL-1.2
"""The history of every row, put together from the journal, with bounds on when each state could be seen.

A state is committed after the last line of its transaction and, if a call made it, before the answer. So it was
surely there between the answer to the call that made it and the last line of what replaced it, and possibly from
its own last line to the answer of the call that replaced it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from history.calls import Call
from history.journal import Transaction

BOOKINGS, DATES = "bookings_booking", "bookings_occurrence"
QUOTAS, ROOMS = "authorities_quota", "rooms_room"
OCCUPYING = frozenset({"pending", "held", "confirmed", "opening", "live", "overrun"})
NOT_YET_OPEN = frozenset({"pending", "held", "confirmed"})
#: what takes seats: what occupies, and what is over, up to its release
KEPT = OCCUPYING | {"ended", "no_show"}
#: seconds within which a commit that no answer bounds has surely been made
SLACK = 10.0
#: seconds by which the clocks of two processes on one machine may differ when read
EPSILON = 0.005
_BUCKET = 0.25


@dataclass(slots=True)
class State:
    """A row between two transactions. possibly, surely: (from, until) in Unix time."""

    table: str
    row: dict[str, Any]
    made_in: str
    possibly: tuple[float, float]
    surely: tuple[float, float]
    gone: bool = False

    def possibly_in(self, begin: float, end: float) -> bool:
        return self.possibly[0] <= end + EPSILON and self.possibly[1] >= begin - EPSILON

    def surely_in(self, begin: float, end: float) -> bool:
        """Throughout."""
        return self.surely[0] <= begin and self.surely[1] >= end

    @property
    def until(self) -> datetime:
        """Of a date: the end of what it takes."""
        ends: datetime = self.row["ends_at"]
        released = self.row["released_at"]
        return ends if released is None else min(ends, released)


@dataclass(frozen=True, slots=True)
class Version:
    """What a booking was when its number was raised to `number`."""

    booking: UUID
    number: int
    row: Mapping[str, Any]
    transaction: Transaction


@dataclass(slots=True)
class Past:
    transactions: Sequence[Transaction]
    states: dict[tuple[str, Any], list[State]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[tuple[UUID, int], Version] = field(default_factory=dict)
    _buckets: dict[int, list[State]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, transactions: Sequence[Transaction], claims: Mapping[tuple[UUID, int], Call]) -> Past:
        """claims: booking and version -> the call that was told of it."""
        past = cls(transactions)
        for transaction in transactions:
            seen = math.inf
            last: dict[tuple[str, Any], tuple[dict[str, Any], bool]] = {}
            for line in transaction.lines:
                last[line.table, line.row["id"]] = line.row, line.gone
                if line.table != BOOKINGS or line.gone:
                    continue
                key = (line.row["id"], line.row["version"])
                past.versions.setdefault(key, Version(*key, line.row, transaction))
                if key in claims:
                    seen = min(seen, claims[key].end)
            if seen is math.inf:
                seen = transaction.last + SLACK
            for (table, row_id), (row, gone) in last.items():
                known = past.states[table, row_id]
                if known:
                    known[-1].possibly = (known[-1].possibly[0], seen)
                    known[-1].surely = (known[-1].surely[0], transaction.last)
                known.append(
                    State(
                        table,
                        row,
                        transaction.key,
                        (transaction.last, math.inf),
                        (seen, math.inf),
                        gone,
                    )
                )
        end = transactions[-1].last + SLACK if transactions else 0.0
        for (table, _), known in past.states.items():
            if table != DATES:
                continue
            for state in known:
                if state.gone or state.row["state"] not in KEPT:
                    continue
                first = int(state.possibly[0] / _BUCKET)
                for bucket in range(first, int(min(state.possibly[1], end) / _BUCKET) + 1):
                    past._buckets[bucket].append(state)
        return past

    def of_table(self, table: str) -> Iterator[tuple[Any, list[State]]]:
        for (name, row_id), known in self.states.items():
            if name == table:
                yield row_id, known

    def possibly(self, table: str, row_id: Any, begin: float, end: float) -> list[State]:
        """The states the row may have been seen in during the call."""
        return [s for s in self.states.get((table, row_id), ()) if s.possibly_in(begin, end)]

    def dates_possibly(self, begin: float, end: float) -> list[State]:
        """Dates that may have taken something at some time of the call."""
        found: dict[int, State] = {}
        for bucket in range(int((begin - EPSILON) / _BUCKET), int((end + EPSILON) / _BUCKET) + 1):
            for state in self._buckets.get(bucket, ()):
                if state.possibly_in(begin, end):
                    found[id(state)] = state
        return list(found.values())

    def dates_of(self, booking: UUID, made_by: Transaction) -> list[dict[str, Any]]:
        """The dates of a booking as they were after this transaction."""
        found = []
        for _, known in self._dates_by_booking().get(booking, ()):
            before = [s for s in known if s.possibly[0] <= made_by.last]
            if before and before[-1].row["booking_id"] == booking and not before[-1].gone:
                found.append(before[-1].row)
        return found

    _by_booking: dict[UUID, list[tuple[Any, list[State]]]] | None = None

    def _dates_by_booking(self) -> dict[UUID, list[tuple[Any, list[State]]]]:
        if self._by_booking is None:
            self._by_booking = defaultdict(list)
            for row_id, known in self.of_table(DATES):
                for booking in {s.row["booking_id"] for s in known}:
                    self._by_booking[booking].append((row_id, known))
        return self._by_booking

    def states_of_booking(self, booking: UUID, begin: float, end: float) -> list[State]:
        """States that dates of the booking may have been seen in during the call."""
        return [
            s
            for _, known in self._dates_by_booking().get(booking, ())
            for s in known
            if s.row["booking_id"] == booking and s.possibly_in(begin, end)
        ]


def peak(
    dates: Iterable[tuple[datetime, datetime, int]], begins: datetime, ends: datetime
) -> tuple[int, int]:
    """The most seats and the most meetings at one instant of [begins, ends) among (from, until, seats)."""
    there = [(a, b, n) for a, b, n in dates if a < ends and b > begins]
    most_seats = most_meetings = 0
    for at in {begins, *(a for a, _, _ in there if a > begins)}:
        now = [n for a, b, n in there if a <= at < b]
        most_seats, most_meetings = max(most_seats, sum(now)), max(most_meetings, len(now))
    return most_seats, most_meetings
