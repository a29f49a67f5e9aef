# SPDX-License-Identifier: EUPL-1.2
"""The quota of every authority from the root down. Asked under the locks of the path by who books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vconf.authorities.models import Authority, Quota
from vconf.bookings import ledger
from vconf.bookings.errors import QuotaExceeded
from vconf.bookings.recurrence import Date
from vconf.errors import Clash, Text
from vconf.rooms.models import ConferenceServer, Pool


class Limits:
    """The quotas of a path of authorities, by local day: a row with a period replaces the standing one."""

    def __init__(self, quotas: Iterable[Quota]) -> None:
        self._standing: dict[UUID, Quota] = {}
        self._periods: dict[UUID, list[Quota]] = defaultdict(list)
        for quota in quotas:
            if quota.valid_from is None and quota.valid_until is None:
                self._standing[quota.authority_id] = quota
            else:
                self._periods[quota.authority_id].append(quota)

    @classmethod
    def read(cls, authority_ids: Collection[UUID]) -> Limits:
        return cls(Quota.objects.filter(authority_id__in=authority_ids))

    def names(self, authority_id: UUID) -> bool:
        """Whether the authority has any quota."""
        return authority_id in self._standing or authority_id in self._periods

    def standing(self, authority_id: UUID) -> Quota | None:
        return self._standing.get(authority_id)

    def on(self, authority_id: UUID, day: date) -> Quota | None:
        for quota in self._periods.get(authority_id, ()):
            if (quota.valid_from is None or quota.valid_from <= day) and (
                quota.valid_until is None or day <= quota.valid_until
            ):
                return quota
        return self._standing.get(authority_id)

    def segments(
        self, authority_id: UUID, starts_at: datetime, ends_at: datetime
    ) -> Iterable[tuple[datetime, datetime, Quota | None]]:
        """[starts_at, ends_at) cut at local midnights where a period begins or ends."""
        if authority_id not in self._periods:
            yield starts_at, ends_at, self._standing.get(authority_id)
            return
        zone = ledger.installation_zone()
        cursor = starts_at
        while cursor < ends_at:
            day = cursor.astimezone(zone).date()
            edge = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=zone)
            until = min(edge.astimezone(starts_at.tzinfo), ends_at)
            yield cursor, until, self.on(authority_id, day)
            cursor = until


def accounts_asked(
    pool: Pool, servers: Iterable[ConferenceServer], path: Iterable[Authority], limits: Limits
) -> list[UUID]:
    """The accounts whose levels limit a booking: an authority without a quota limits nothing, nor does a pool that
    keeps no server in reserve, and theirs are the longest.
    """
    found = [server.id for server in servers]
    if pool.n_plus_one:
        found.append(pool.id)
    return found + [authority.id for authority in path if limits.names(authority.id)]


def check_quotas(
    path: Sequence[Authority],
    dates: Sequence[Date],
    seats: int,
    levels: ledger.Levels,
    *,
    limits: Limits | None = None,
    months_used: Mapping[tuple[UUID, date], int] | None = None,
) -> None:
    """Raise QuotaExceeded if any authority from the root down would pass a limit at any instant of any date.

    limits, months_used (seat-minutes): for those who have read them; else they are read here.
    """
    limits = limits or Limits.read([authority.id for authority in path])
    monthly = ledger.seat_minutes([(d.starts_at, d.ends_at) for d in dates], seats)
    for authority in path:
        failed: list[Clash] = []
        refusal: QuotaExceeded | None = None
        for date_ in dates:
            for starts_at, ends_at, quota in limits.segments(authority.id, date_.starts_at, date_.ends_at):
                if quota is None:
                    continue
                peak = levels.peak(authority.id, starts_at, ends_at)
                for unit, limit, in_use, asked in (
                    ("seats", quota.concurrent_seats, peak.seats, seats),
                    ("meetings", quota.concurrent_meetings, peak.meetings, 1),
                ):
                    if limit is not None and in_use + asked > limit:
                        failed.append(Clash(date_.starts_at, date_.ends_at, QuotaExceeded.code))
                        refusal = refusal or quota_exceeded(authority, unit, limit, in_use, asked)
        if refusal is not None:
            refusal.conflicts = tuple(dict.fromkeys(failed))
            raise refusal
        for month, minutes in monthly.items():
            quota = limits.on(authority.id, month)
            if quota is None or quota.seat_hours_per_month is None:
                continue
            if months_used is None:
                months_used = ledger.read_monthly([a.id for a in path], list(monthly))
            used = months_used.get((authority.id, month), 0)
            limit_minutes = quota.seat_hours_per_month * 60
            if used + minutes > limit_minutes:
                hours = quota_exceeded(
                    authority,
                    "seat_hours",
                    quota.seat_hours_per_month,
                    round(used / 60, 1),
                    round(minutes / 60, 1),
                )
                hours.conflicts = _past_the_hours(dates, seats, month, limit_minutes - used)
                raise hours


def _past_the_hours(dates: Sequence[Date], seats: int, month: date, left: int) -> tuple[Clash, ...]:
    """The dates that find no seat-minutes left in the month, when they take them one after the other."""
    failed = []
    for date_ in dates:
        asked = ledger.seat_minutes([(date_.starts_at, date_.ends_at)], seats).get(month, 0)
        if not asked:
            continue
        if asked <= left:
            left -= asked
        else:
            failed.append(Clash(date_.starts_at, date_.ends_at, QuotaExceeded.code))
    return tuple(failed)


_QUOTA_SENTENCES: dict[str, Text] = {
    "seats": _(
        "{authority} may use {limit} seats at once; {in_use} are taken at that time, {asked} were asked for."
    ),
    "meetings": _("{authority} may hold {limit} meetings at once; {in_use} are booked at that time."),
    "seat_hours": _(
        "{authority} may use {limit} seat-hours in that month; {in_use} are booked, {asked} were asked for."
    ),
}


def quota_exceeded(
    authority: Authority, unit: str, limit: float, in_use: float, asked: float
) -> QuotaExceeded:
    return QuotaExceeded(
        format_lazy(
            cast("str", _QUOTA_SENTENCES[unit]),
            authority=authority.name,
            limit=limit,
            in_use=in_use,
            asked=asked,
        ),
        limit=limit,
        in_use=in_use,
        asked=asked,
        unit=unit,
    )
