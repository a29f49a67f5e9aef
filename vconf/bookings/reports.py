# SPDX-License-Identifier: EUPL-1.2
"""Figures for those who give out what others use: quotas and their use, servers and what is promised on them.

Read from the ledger alone, which knows no title and no person. Callers have checked that the actor may see the
authority or server (`authorities.selectors.quotas_visible_to`, `rooms.selectors.servers_visible_to`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from vconf.authorities.models import Authority, Quota
from vconf.bookings import ledger
from vconf.bookings.models import MonthlyUse
from vconf.bookings.quotas import Limits
from vconf.rooms.models import ConferenceServer, Pool, ServerState


@dataclass(frozen=True, slots=True)
class OverCommitted:
    """More is booked in [starts_at, ends_at) than the limit allows. It stays; new bookings are refused."""

    starts_at: datetime
    ends_at: datetime
    what: str
    limit: float
    in_use: float


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """Standing limits (None: no limit) and use of an authority with all below it; peaks from now on."""

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
    """Limits and use of these authorities, in their order; five queries, however many. The steps are read of those
    only that have more booked than a limit somewhere.

    instead: a standing quota to assume in place of the stored one of its authority (a dry run).
    """
    ids = [authority.id for authority in authorities]
    until = now + ahead
    today = ledger.read_levels(ids, [now.astimezone(UTC).date()])
    peaks = ledger.read_peaks(ids, now, until)
    quotas = list(Quota.objects.filter(authority_id__in=ids))
    if instead is not None:
        assumed = instead.authority_id
        quotas = [q for q in quotas if q.authority_id != assumed or q.valid_from or q.valid_until]
        quotas.append(instead)
    limits = Limits(quotas)
    beyond = [
        one
        for one in ids
        if any(
            quota is not None and _exceeds(peaks.get(one, ledger.Peak()), quota)
            for _begins, _ends, quota in limits.segments(one, now, until)
        )
    ]
    levels = ledger.read_range(beyond, now, until)
    month = ledger.month_of(now)
    hours: dict[tuple[UUID, date], int] = {}
    for account, of_month, minutes in MonthlyUse.objects.filter(
        account__in=ids, month__gte=month
    ).values_list("account", "month", "seat_minutes"):
        hours[account, of_month] = minutes
    found = []
    for authority in authorities:
        standing = limits.standing(authority.id)
        moment = today.peak(authority.id, now, now + timedelta(microseconds=1))
        peak = peaks.get(authority.id, ledger.Peak())
        over = [
            *_concurrent(authority, limits, levels, now, until),
            *_monthly(authority, limits, hours),
        ]
        found.append(
            QuotaUse(
                authority=authority,
                concurrent_seats=standing.concurrent_seats if standing else None,
                concurrent_meetings=standing.concurrent_meetings if standing else None,
                seat_hours_per_month=standing.seat_hours_per_month if standing else None,
                seats_now=moment.seats,
                seats_peak=peak.seats,
                seats_peak_at=peak.seats_at,
                meetings_now=moment.meetings,
                meetings_peak=peak.meetings,
                seat_hours_this_month=round(hours.get((authority.id, month), 0) / 60, 1),
                over_committed=tuple(over),
            )
        )
    return found


def _concurrent(
    authority: Authority, limits: Limits, levels: ledger.Levels, now: datetime, until: datetime
) -> list[OverCommitted]:
    found: list[OverCommitted] = []
    for starts_at, ends_at, quota in limits.segments(authority.id, now, until):
        if quota is None:
            continue
        over = levels.over(
            authority.id, starts_at, ends_at, seats=quota.concurrent_seats, meetings=quota.concurrent_meetings
        )
        found += [
            OverCommitted(begins, ends, f"concurrent_{what}", limit, in_use)
            for begins, ends, what, limit, in_use in over
        ]
    return found


def _exceeds(peak: ledger.Peak, quota: Quota) -> bool:
    seats, meetings = quota.concurrent_seats, quota.concurrent_meetings
    return (seats is not None and peak.seats > seats) or (meetings is not None and peak.meetings > meetings)


def _monthly(
    authority: Authority,
    limits: Limits,
    hours: dict[tuple[UUID, date], int],
) -> list[OverCommitted]:
    found: list[OverCommitted] = []
    for (account, of_month), minutes in sorted(hours.items()):
        if account != authority.id:
            continue
        quota = limits.on(authority.id, of_month)
        if quota is None or quota.seat_hours_per_month is None:
            continue
        if minutes > quota.seat_hours_per_month * 60:
            begins, ends = ledger.month_bounds(of_month)
            found.append(
                OverCommitted(
                    begins, ends, "seat_hours_per_month", quota.seat_hours_per_month, round(minutes / 60, 1)
                )
            )
    return found


def server_over_committed(
    server: ConferenceServer, *, now: datetime, ahead: timedelta
) -> list[OverCommitted]:
    """Where more is promised on a server than it takes now: after shrinking, draining or disabling it."""
    takes = server.state == ServerState.ENABLED
    levels = ledger.read_range([server.id], now, now + ahead)
    over = levels.over(
        server.id,
        now,
        now + ahead,
        seats=server.seats if takes else 0,
        meetings=server.meetings if takes else None,
    )
    return [OverCommitted(begins, ends, what, limit, in_use) for begins, ends, what, limit, in_use in over]


def pool_over_committed(pool: Pool, *, now: datetime, ahead: timedelta) -> list[OverCommitted]:
    """Where more is promised in a pool set to N+1 than its enabled servers take with the largest of them lost.

    What is still promised on servers out of use counts: it has to go somewhere, too.
    """
    if not pool.n_plus_one:
        return []
    enabled = ConferenceServer.objects.filter(pool=pool, state=ServerState.ENABLED)
    seats = list(enabled.values_list("seats", flat=True))
    levels = ledger.read_range([pool.id], now, now + ahead)
    over = levels.over(pool.id, now, now + ahead, seats=sum(seats) - max(seats, default=0), meetings=None)
    return [OverCommitted(begins, ends, what, limit, in_use) for begins, ends, what, limit, in_use in over]
