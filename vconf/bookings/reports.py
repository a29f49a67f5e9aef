# SPDX-License-Identifier: EUPL-1.2
"""How much of their quotas authorities use, and where bookings exceed a limit that was set after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from vconf.authorities.models import Authority, Quota
from vconf.bookings import ledger
from vconf.bookings.occupancy import Limits

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OverCommitted:
    """An interval in which more is booked than the limit allows. `what` is the limit's name in `Quota`."""

    starts_at: datetime
    ends_at: datetime
    what: str
    limit: float
    in_use: float


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """The limits of an authority that hold today and what it, with all below it, uses of them.

    Seat-hours are of the current local month; peaks are the highest of what is booked from now on.
    """

    authority: Authority
    concurrent_seats: int | None
    concurrent_meetings: int | None
    seat_hours_per_month: int | None
    seats_now: int
    seats_peak: int
    seats_peak_at: datetime | None
    meetings_now: int
    meetings_peak: int
    seat_hours_this_month: float
    over_committed: tuple[OverCommitted, ...]


def quota_use(
    authorities: Sequence[Authority], *, now: datetime, ahead: timedelta, instead: Quota | None = None
) -> list[QuotaUse]:
    """The use of each authority over [now, now + ahead): three queries, however many. Asks no rights.

    instead: a quota that is not saved, to see what it would mean for the one authority it names.
    """
    ids = [authority.id for authority in authorities]
    until = now + ahead
    quotas = list(Quota.objects.filter(authority_id__in=ids))
    if instead is not None:
        quotas = [
            one
            for one in quotas
            if one.authority_id != instead.authority_id or one.valid_from is not None
        ]
        quotas.append(instead)
    limits = Limits(quotas)
    levels = ledger.read_range(ids, now, until)
    months = _months(now, until)
    monthly = ledger.read_monthly(ids, months)
    today = now.astimezone(ledger.installation_zone()).date()
    found = []
    for authority in authorities:
        quota = limits.on(authority.id, today)
        level = levels.peak(authority.id, now, now + _MOMENT)
        peak = levels.peak(authority.id, now, until)
        found.append(
            QuotaUse(
                authority=authority,
                concurrent_seats=quota.concurrent_seats if quota else None,
                concurrent_meetings=quota.concurrent_meetings if quota else None,
                seat_hours_per_month=quota.seat_hours_per_month if quota else None,
                seats_now=level.seats,
                seats_peak=peak.seats,
                seats_peak_at=peak.seats_at,
                meetings_now=level.meetings,
                meetings_peak=peak.meetings,
                seat_hours_this_month=_hours(monthly.get((authority.id, months[0]), 0)),
                over_committed=(
                    *_over_levels(authority.id, limits, levels, now, until),
                    *_over_months(authority.id, limits, monthly, months),
                ),
            )
        )
    return found


def _over_levels(
    authority_id: UUID, limits: Limits, levels: ledger.Levels, now: datetime, until: datetime
) -> list[OverCommitted]:
    names = {"seats": "concurrent_seats", "meetings": "concurrent_meetings"}
    found = []
    for begins, ends, quota in limits.segments(authority_id, now, until):
        if quota is None:
            continue
        for since, to, what, limit, in_use in levels.over(
            authority_id, begins, ends, seats=quota.concurrent_seats, meetings=quota.concurrent_meetings
        ):
            found.append(OverCommitted(since, to, names[what], limit, in_use))
    return found


def _over_months(
    authority_id: UUID, limits: Limits, monthly: dict[tuple[UUID, date], int], months: Sequence[date]
) -> list[OverCommitted]:
    found = []
    for month in months:
        quota = limits.on(authority_id, month)
        minutes = monthly.get((authority_id, month), 0)
        if quota is None or quota.seat_hours_per_month is None or minutes <= quota.seat_hours_per_month * 60:
            continue
        found.append(
            OverCommitted(
                _midnight(month),
                _midnight(ledger.next_month(month)),
                "seat_hours_per_month",
                quota.seat_hours_per_month,
                _hours(minutes),
            )
        )
    return found


def _months(now: datetime, until: datetime) -> list[date]:
    months = [ledger.month_of(now)]
    while months[-1] < ledger.month_of(until):
        months.append(ledger.next_month(months[-1]))
    return months


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ledger.installation_zone())


def _hours(minutes: int) -> float:
    return round(minutes / 60, 1)
