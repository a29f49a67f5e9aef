# SPDX-License-Identifier: EUPL-1.2
"""Capacity and quotas of some days, read at once and asked as often as wanted. Reads only, outside of any lock.

It answers with the same arithmetic that a booking does under locks, so it says the same in the same state.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import date as calendar_day
from uuid import UUID

from vconf.authorities.models import Authority
from vconf.authorities.selectors import path_of
from vconf.bookings import allocation, allotment, ledger, occupancy, quotas, standing
from vconf.bookings.models import Occurrence
from vconf.bookings.recurrence import Date
from vconf.rooms.models import ConferenceServer, Pool

#: [from, until)
Interval = tuple[datetime, datetime]
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """Everything that limits bookings of one pool and one authority on the days that were read.

    months_used: seat-minutes of (authority, month), where hours are limited at least. given_back: reservations
    that count as gone (those of a booking that is to be changed).
    """

    pool: Pool
    servers: Sequence[ConferenceServer]
    path: Sequence[Authority]
    limits: quotas.Limits
    levels: ledger.Levels
    months_used: Mapping[tuple[UUID, calendar_day], int]
    given_back: frozenset[UUID] = field(default=frozenset())
    #: what the ledger had without those reservations, to be added to whatever is read of it
    entries_back: tuple[ledger.Entry, ...] = ()

    @classmethod
    def between(cls, pool: Pool, authority_id: UUID, starts_at: datetime, ends_at: datetime) -> Window:
        """All days from one instant to another: five queries."""
        return cls._of_days(pool, authority_id, ledger.days_of(starts_at, ends_at))

    @classmethod
    def on_days(cls, pool: Pool, authority_id: UUID, dates: Collection[Date]) -> Window:
        """The days of these dates only: five queries."""
        return cls._of_days(pool, authority_id, _days_of(dates))

    @classmethod
    def of(cls, pool: Pool, authority_id: UUID, dates: Collection[Date]) -> Window:
        """These dates only, not what else their days hold: two queries, far fewer rows than `on_days`."""
        [window] = cls.of_pools([pool], authority_id, dates)
        return window

    @classmethod
    def of_pools(cls, pools: Sequence[Pool], authority_id: UUID, dates: Collection[Date]) -> list[Window]:
        """One for each pool, of these dates only: two queries for all of them."""
        path = path_of(authority_id)
        found = standing.read(pools, path, [(date.starts_at, date.ends_at) for date in dates])
        of_pool: dict[UUID, list[ConferenceServer]] = {pool.id: [] for pool in pools}
        for server in found.servers:
            of_pool[server.pool_id].append(server)
        return [
            cls(pool, of_pool[pool.id], path, found.limits, found.levels, found.months_used) for pool in pools
        ]

    @classmethod
    def _of_days(cls, pool: Pool, authority_id: UUID, days: Collection[calendar_day]) -> Window:
        path = path_of(authority_id)
        path_ids = [authority.id for authority in path]
        limits = quotas.Limits.read(path_ids)
        servers = allotment.servers_taking(pool.id)
        levels = ledger.read_levels(quotas.accounts_asked(pool, servers, path, limits), days)
        # a UTC day may lie in two local months
        around = {day + timedelta(days=n) for day in days for n in (-1, 0, 1)}
        months = ledger.read_monthly(path_ids, sorted({day.replace(day=1) for day in around}))
        return cls(pool, servers, path, limits, levels, months)

    def on_whole_days(self, dates: Collection[Date]) -> Window:
        """The same with all that the days of these dates hold: one query more."""
        accounts = quotas.accounts_asked(self.pool, self.servers, self.path, self.limits)
        midnights = [ledger.midnight(day) for day in _days_of(dates)]
        levels = ledger.read_times(accounts, [(begins, begins + timedelta(days=1)) for begins in midnights])
        return replace(self, levels=levels.plus(self.entries_back) if self.entries_back else levels)

    def without(self, occurrences: Sequence[Occurrence]) -> Window:
        """As it would be if these dates (of a booking charged to the same authority) were given up."""
        if not occurrences:
            return self
        path_ids = tuple(authority.id for authority in self.path)
        used = dict(self.months_used)
        entries = []
        for o in occurrences:
            accounts = occupancy.Charge(o.pool_id, path_ids).accounts(o.reserved_server_id)
            entries.append(ledger.Entry(accounts, o.starts_at, o.ends_at, o.seats).reversed())
            for month, minutes in ledger.seat_minutes([(o.starts_at, o.ends_at)], o.seats).items():
                for account in path_ids:
                    used[account, month] = used.get((account, month), 0) - minutes
        return replace(
            self,
            levels=self.levels.plus(entries),
            months_used=used,
            given_back=frozenset(o.id for o in occurrences),
            entries_back=tuple(entries),
        )

    def take(self, dates: Sequence[Date], seats: int) -> list[UUID]:
        """The server of each date, as `placing.reserve` would name it. Raises NoCapacity, QuotaExceeded like it."""
        self.check_quotas(dates, seats)
        found = allotment.allot(self.pool, self.servers, dates, seats, self.levels, self._near)
        if found.refusal is not None:
            raise found.refusal
        return [found.server_ids[date] for date in dates]

    def check_quotas(self, dates: Sequence[Date], seats: int) -> None:
        """Raises QuotaExceeded."""
        quotas.check_quotas(
            self.path, dates, seats, self.levels, limits=self.limits, months_used=self.months_used
        )

    def _near(self, pool_id: UUID, starts_at: datetime, ends_at: datetime) -> list[allocation.Reservation]:
        rows = allotment.reservations_near(pool_id, starts_at, ends_at)
        return [row for row in rows if row.id not in self.given_back]

    def seats_free(self, starts_at: datetime, ends_at: datetime) -> int:
        """The largest meeting that capacity and every quota would still take, without moving any other."""
        loads = allotment.loads(self.servers, self.levels, starts_at, ends_at)
        free = max((s.free_seats for s in loads if s.takes_a_meeting), default=0)
        in_pool = self.levels.peak(self.pool.id, starts_at, ends_at).seats
        left = allotment.seats_left_with_largest_lost(self.pool, self.servers, in_pool)
        if left is not None:
            free = min(free, left)
        for authority in self.path:
            for begins, ends, quota in self.limits.segments(authority.id, starts_at, ends_at):
                if quota is None:
                    continue
                peak = self.levels.peak(authority.id, begins, ends)
                if quota.concurrent_seats is not None:
                    free = min(free, quota.concurrent_seats - peak.seats)
                if quota.concurrent_meetings is not None and peak.meetings >= quota.concurrent_meetings:
                    return 0
        return max(0, free)

    def obstacles(self, seats: int, starts_at: datetime, ends_at: datetime) -> Obstacles:
        """When so many seats do not fit, worked out once for many questions about the same stretch."""
        found: list[Interval] = []
        for authority in self.path:
            for begins, ends, quota in self.limits.segments(authority.id, starts_at, ends_at):
                if quota is not None:
                    found += self._full(
                        authority.id, begins, ends, quota.concurrent_seats, quota.concurrent_meetings, seats
                    )
        if self.pool.n_plus_one and self.servers:
            kept = [server.seats for server in self.servers]
            found += self._full(self.pool.id, starts_at, ends_at, sum(kept) - max(kept), None, seats)
        servers = [
            self._full(server.id, starts_at, ends_at, server.seats, server.meetings, seats)
            for server in self.servers
        ]
        return Obstacles(Blocked(found), [Blocked(one) for one in servers])

    def _full(
        self,
        account: UUID,
        starts_at: datetime,
        ends_at: datetime,
        seats: int | None,
        meetings: int | None,
        asked: int,
    ) -> list[Interval]:
        if (seats is not None and seats < asked) or (meetings is not None and meetings < 1):
            return [(starts_at, ends_at)]
        over = self.levels.over(
            account,
            starts_at,
            ends_at,
            seats=None if seats is None else seats - asked,
            meetings=None if meetings is None else meetings - 1,
        )
        return [(begins, ends) for begins, ends, *_what in over if begins < ends]


def _days_of(dates: Iterable[Date]) -> set[calendar_day]:
    return {day for date in dates for day in ledger.days_of(date.starts_at, date.ends_at)}


class Blocked:
    """A stretch of time with what is not free of it."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self._begins: list[datetime] = []
        self._ends: list[datetime] = []
        for begins, ends in sorted(intervals):
            if self._ends and begins <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], ends)
            else:
                self._begins.append(begins)
                self._ends.append(ends)

    def free_from(self, starts_at: datetime, ends_at: datetime) -> datetime | None:
        """None if nothing overlaps [starts_at, ends_at), else when the first that does is over."""
        place = bisect_right(self._ends, starts_at)
        overlaps = place < len(self._ends) and self._begins[place] < ends_at
        return self._ends[place] if overlaps else None


@dataclass(frozen=True, slots=True)
class Obstacles:
    """When something does not fit. everywhere: whatever the server. servers: on each of them."""

    everywhere: Blocked
    servers: Sequence[Blocked]

    def free_from(self, starts_at: datetime, ends_at: datetime) -> datetime | None:
        """None if [starts_at, ends_at) fits on some server, else the first instant worth another try."""
        blocked = self.everywhere.free_from(starts_at, ends_at)
        if blocked is not None:
            return blocked
        ends = [server.free_from(starts_at, ends_at) for server in self.servers]
        if any(end is None for end in ends):
            return None
        return min((end for end in ends if end is not None), default=NEVER)
