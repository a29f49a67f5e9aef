# SPDX-License-Identifier: EUPL-1.2
"""Ways out of a refusal: another room, another time, a smaller meeting. Reads only, outside of any lock.

A suggestion is no promise: booking it asks everything again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from vconf.authorities.models import Authority
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import path_of
from vconf.bookings import allocation, ledger, occupancy
from vconf.bookings.checks import spans_of
from vconf.bookings.errors import (
    ClosedDay,
    NoCapacity,
    NoRoom,
    NotEntitled,
    OutsideHours,
    QuotaExceeded,
    RoomTooSmall,
    SeriesNotAllowed,
    SlotTaken,
    TooSoon,
)
from vconf.bookings.models import OCCUPYING, Occurrence
from vconf.bookings.occupancy import Span
from vconf.bookings.policing import check_entitled, check_series, fits_policy
from vconf.bookings.recurrence import Date
from vconf.errors import Alternative, DomainError, Refusal
from vconf.rooms.models import ConferenceServer, Pool, Room
from vconf.rooms.policies import policy_of
from vconf.rooms.selectors import rooms_bookable_by

#: other times are looked for this far ahead of the asked one, on a grid of quarter-hours
AHEAD = timedelta(days=14)
GRID = timedelta(minutes=15)
#: local hours in which other times are proposed, unless the asked one lies outside of them itself
OFFICE_HOURS = (7, 19)
MOST = 3
#: rooms looked at as another one for a whole series
ROOMS_LOOKED_AT = 50
#: refusals that another room may mend
_OTHER_ROOM = (SlotTaken, RoomTooSmall, TooSoon, OutsideHours, ClosedDay, NotEntitled)
#: no room class has longer buffers
WIDEST_BUFFER = timedelta(minutes=240)


@dataclass(frozen=True, slots=True)
class Window:
    """Everything that limits bookings between two instants, read once."""

    pool: Pool
    servers: Sequence[ConferenceServer]
    path: Sequence[Authority]
    limits: occupancy.Limits
    levels: ledger.Levels

    @classmethod
    def read(cls, pool: Pool, authority_id: UUID, starts_at: datetime, ends_at: datetime) -> Window:
        path = path_of(authority_id)
        servers = occupancy.servers_taking(pool.id)
        accounts = [*(s.id for s in servers), pool.id, *(a.id for a in path)]
        return cls(
            pool,
            servers,
            path,
            occupancy.Limits.read([a.id for a in path]),
            ledger.read_range(accounts, starts_at, ends_at),
        )

    @classmethod
    def on_days(cls, pool: Pool, authority_id: UUID, dates: Sequence[Date]) -> Window:
        """The same for scattered dates: only their days are read."""
        path = path_of(authority_id)
        servers = occupancy.servers_taking(pool.id)
        days = {day for date in dates for day in ledger.days_of(date.starts_at, date.ends_at)}
        accounts = [*(s.id for s in servers), pool.id, *(a.id for a in path)]
        limits = occupancy.Limits.read([a.id for a in path])
        return cls(pool, servers, path, limits, ledger.read_levels(accounts, days))

    def seats_free(self, starts_at: datetime, ends_at: datetime) -> int:
        """The largest meeting that capacity and every quota would still take, without moving any other."""
        loads = occupancy.loads(self.servers, self.levels, starts_at, ends_at)
        free = max((s.free_seats for s in loads if s.takes_a_meeting), default=0)
        in_pool = self.levels.peak(self.pool.id, starts_at, ends_at).seats
        left = occupancy.seats_left_with_largest_lost(self.pool, self.servers, in_pool)
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

    def loads(self, starts_at: datetime, ends_at: datetime) -> list[allocation.Server]:
        return occupancy.loads(self.servers, self.levels, starts_at, ends_at)


def free_rooms(
    actor: Actor,
    starts_at: datetime,
    ends_at: datetime,
    *,
    seats: int,
    room_class_id: UUID | None = None,
    limit: int = 50,
) -> list[Room]:
    """Named rooms that `book` would take at that time, the smallest first: the actor may book them, they fit, are free
    (buffers of both honoured), and their class has nothing against it.
    """
    rooms = rooms_bookable_by(actor).filter(
        is_stock=False, is_active=True, blocked_reason="", seats__gte=seats
    )
    if room_class_id is not None:
        rooms = rooms.filter(room_class_id=room_class_id)
    busy = occupancy.busy_rooms(starts_at, ends_at)
    date = Date(starts_at.replace(tzinfo=None), starts_at, ends_at)
    now = timezone.now()
    found = []
    rows = rooms.exclude(id__in=busy).select_related("room_class", "authority", "pool")
    for room in rows.order_by("seats", "name")[: limit * 2]:
        try:
            policy = policy_of(room.room_class)
            check_entitled(room, policy, actor)
            [span] = spans_of([date], policy, now)
        except Refusal:
            continue
        wider = (span.blocks_from, span.blocks_until)
        if wider != (starts_at, ends_at) and occupancy.busy_rooms(*wider, [room.id]):
            continue
        found.append(room)
    return found[:limit]


def alternatives(
    refusal: DomainError,
    *,
    actor: Actor,
    room: Room | None,
    authority_id: UUID,
    starts_at: datetime,
    duration: timedelta,
    seats: int,
    now: datetime,
    except_booking: UUID | None = None,
) -> tuple[Alternative, ...]:
    """At most three ways out, the one that changes least first; none for refusals that nothing can mend."""
    if not isinstance(refusal, (*_OTHER_ROOM, NoRoom, NoCapacity, QuotaExceeded)):
        return ()
    ends_at = starts_at + duration
    pool = room.pool if room is not None else stock_pool(actor)
    if pool is None:
        return ()
    found: list[Alternative] = []
    if isinstance(refusal, _OTHER_ROOM):
        for other in free_rooms(actor, starts_at, ends_at, seats=seats, limit=2):
            if room is None or other.id != room.id:
                found.append(
                    Alternative(
                        starts_at, ends_at, room_id=other.id, room_name=other.name, room_seats=other.seats
                    )
                )
                break
    if isinstance(refusal, RoomTooSmall | NotEntitled):
        return tuple(found[:MOST])
    window = Window.read(pool, authority_id, starts_at - timedelta(days=1), starts_at + AHEAD + duration)
    if isinstance(refusal, NoCapacity | QuotaExceeded):
        smaller = window.seats_free(starts_at, ends_at)
        if 2 <= smaller < seats:
            found.append(Alternative(starts_at, ends_at, seats=smaller))
    for begins in other_times(
        window,
        room=room,
        starts_at=starts_at,
        duration=duration,
        seats=seats,
        now=now,
        except_booking=except_booking,
    ):
        found.append(
            Alternative(
                begins,
                begins + duration,
                room_id=room.id if room is not None else None,
                room_name=room.name if room is not None else "",
                room_seats=room.seats if room is not None else None,
            )
        )
    return tuple(found[:MOST])


def series_alternatives(
    refusal: DomainError,
    *,
    actor: Actor,
    room: Room | None,
    authority_id: UUID,
    dates: Sequence[Date],
    seats: int,
) -> tuple[Alternative, ...]:
    """Ways out that hold for all dates: a room free on each of them, or a smaller meeting."""
    if isinstance(refusal, (*_OTHER_ROOM, SeriesNotAllowed)):
        now = timezone.now()
        rooms = rooms_bookable_by(actor).filter(
            is_stock=False, is_active=True, blocked_reason="", seats__gte=seats
        )
        if room is not None:
            rooms = rooms.exclude(id=room.id)
        candidates = list(rooms.select_related("room_class").order_by("seats", "name")[:ROOMS_LOOKED_AT])
        wide = [Span(d, d.starts_at - WIDEST_BUFFER, d.ends_at + WIDEST_BUFFER) for d in dates]
        near = occupancy.rooms_busy_on([r.id for r in candidates], wide)
        for other in candidates:
            policy = policy_of(other.room_class)
            try:
                check_entitled(other, policy, actor)
                check_series(policy, len(dates))
                spans = spans_of(dates, policy, now)
            except Refusal:
                continue
            # with something near by, the room's own buffers decide
            if other.id not in near or not occupancy.clashes(other.id, spans):
                return (Alternative(room_id=other.id, room_name=other.name, room_seats=other.seats),)
    pool = room.pool if room is not None else stock_pool(actor)
    if isinstance(refusal, NoCapacity | QuotaExceeded) and pool is not None:
        window = Window.on_days(pool, authority_id, dates)
        smaller = min(window.seats_free(date.starts_at, date.ends_at) for date in dates)
        if 2 <= smaller < seats:
            return (Alternative(seats=smaller),)
    return ()


def other_times(
    window: Window,
    *,
    room: Room | None,
    starts_at: datetime,
    duration: timedelta,
    seats: int,
    now: datetime,
    except_booking: UUID | None = None,
    most: int = 2,
) -> list[datetime]:
    """The next starts after the asked one at which the room is free and capacity and quota take it."""
    policy = policy_of(room.room_class) if room is not None else None
    before = timedelta(minutes=policy.buffer_before_minutes if policy else 0)
    after = timedelta(minutes=policy.buffer_after_minutes if policy else 0)
    notice = timedelta(minutes=policy.notice_minutes if policy else 0)
    busy = _busy_of(room, starts_at, starts_at + AHEAD + duration, except_booking)
    zone = ledger.installation_zone()
    asked_hour = starts_at.astimezone(zone).hour
    any_hour = not OFFICE_HOURS[0] <= asked_hour < OFFICE_HOURS[1]
    found: list[datetime] = []
    begins = max(starts_at, now + notice)
    begins += (datetime.min.replace(tzinfo=begins.tzinfo) - begins) % GRID
    if begins <= starts_at:
        begins += GRID
    last = starts_at + AHEAD
    while begins <= last and len(found) < most:
        ends = begins + duration
        local = begins.astimezone(zone)
        office = local.weekday() < 5 and OFFICE_HOURS[0] <= local.hour < OFFICE_HOURS[1]
        blocked = next(
            (until for since, until in busy if since < ends + after and begins - before < until), None
        )
        if blocked is not None:
            begins = blocked + before
            begins += (datetime.min.replace(tzinfo=begins.tzinfo) - begins) % GRID
            continue
        wanted = Date(local.replace(tzinfo=None), begins, ends)
        refused = policy is not None and fits_policy(wanted, policy) is not None
        if (office or any_hour) and not refused and window.seats_free(begins, ends) >= seats:
            found.append(begins)
            # the second proposal shall be a real other choice, not a quarter of an hour later
            begins += max(duration, timedelta(hours=1))
            continue
        begins += GRID
    return found


def _busy_of(
    room: Room | None, starts_at: datetime, ends_at: datetime, except_booking: UUID | None
) -> Collection[tuple[datetime, datetime]]:
    if room is None:
        return ()
    rows = Occurrence.objects.filter(
        room=room,
        state__in=OCCUPYING,
        blocks_from__gt=starts_at - occupancy.LONGEST_BLOCK,
        blocks_from__lt=ends_at,
    )
    if except_booking is not None:
        rows = rows.exclude(booking_id=except_booking)
    return sorted(rows.values_list("blocks_from", "blocks_until"))


def stock_pool(actor: Actor) -> Pool | None:
    """The pool that a meeting without a named room would be carried by: that of the room stock."""
    stock = rooms_bookable_by(actor).filter(is_active=True).order_by("-is_stock", "id")
    room = stock.select_related("pool").first()
    return room.pool if room is not None else None
