# SPDX-License-Identifier: EUPL-1.2
"""What writers ask for and what they are told, the same for every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

ZONE = "Europe/Berlin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One operation. `kind` says which of the fields mean something; None in a change means: leave it.

    kinds: book, change, change_date, following, drop, drop_following, cancel, end, open, attend, close, quota, block.
    starts_local: naive wall time in ZONE. every, count: a series of so many dates (D, W or M apart).
    """

    kind: str
    who: str
    booking: UUID | None = None
    date: UUID | None = None
    starts_local: datetime | None = None
    duration: timedelta | None = None
    room: UUID | None = None
    seats: int | None = None
    people: tuple[str, ...] | None = None
    title: str | None = None
    every: str = ""
    count: int = 1
    partial: bool = False
    key: str | None = None
    expected_version: int | None = None
    authority: UUID | None = None
    limits: tuple[int | None, int | None, int | None] = (None, None, None)
    reason: str = ""

    @property
    def rrule(self) -> str:
        freq = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY"}
        return f"FREQ={freq[self.every]};COUNT={self.count}" if self.every else ""

    @property
    def starts(self) -> list[datetime]:
        """The wall times of all dates, counted on the calendar and not by vconf."""
        first = self.starts_local
        assert first is not None
        if not self.every:
            return [first]
        if self.every == "M":
            months = [(first.year * 12 + first.month - 1 + n) for n in range(self.count)]
            return [first.replace(year=m // 12, month=m % 12 + 1) for m in months]
        days = {"D": 1, "W": 7}[self.every]
        return [first + timedelta(days=days * n) for n in range(self.count)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a success said: the booking and its version. exact: the version is that of this change, not a later one."""

    booking: UUID | None = None
    version: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Conflict:
    starts_at: datetime
    ends_at: datetime
    code: str


class Refused(Exception):
    """The answer was no, with a code and numbers."""

    def __init__(
        self,
        code: str,
        numbers: Mapping[str, float] | None = None,
        unit: str = "",
        conflicts: tuple[Conflict, ...] = (),
    ) -> None:
        super().__init__(code)
        self.code, self.numbers, self.unit, self.conflicts = code, dict(numbers or {}), unit, conflicts


@dataclass(slots=True)
class Call:
    """A wish, its answer, and the instants (Unix time) between which it was carried out.

    id: the correlation id under which vconf keeps facts and audit. outcome: done, refused, failed (an error).
    """

    id: str
    wish: Wish
    begin: float = 0.0
    end: float = 0.0
    outcome: str = "failed"
    answer: Answer = field(default_factory=Answer)
    code: str = ""
    numbers: dict[str, float] = field(default_factory=dict)
    unit: str = ""
    conflicts: tuple[Conflict, ...] = ()

    def __str__(self) -> str:
        return f"{self.id} {self.wish.kind} by {self.wish.who}: {self.outcome} {self.code}".rstrip()
