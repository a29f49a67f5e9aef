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

from vconf.authorities.rights import Actor
from vconf.bookings import ledger, overlaps
from vconf.bookings.checks import spans_of
from vconf.bookings.errors import (
    ClosedDay,
    NoCapacity,
    NoRoom,
    NoSuchRoom,
    NotEntitled,
    OutsideHours,
    QuotaExceeded,
    RoomBlocked,
    RoomTooSmall,
    SeriesNotAllowed,
    SlotTaken,
    TooSoon,
)
from vconf.bookings.models import NOT_YET_OPEN, OCCUPYING, Occurrence
from vconf.bookings.policing import check_entitled, check_series
from vconf.bookings.recurrence import Date
from vconf.bookings.spans import LONGEST_BLOCK
from vconf.bookings.window import Blocked, Obstacles, Window
from vconf.errors import Alternative, DomainError, Refusal
from vconf.rooms.models import Pool, Room
from vconf.rooms.policies import Policy, policy_of
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
_OTHER_ROOM = (
    SlotTaken,
    RoomTooSmall,
    RoomBlocked,
    NoSuchRoom,
    TooSoon,
    OutsideHours,
    ClosedDay,
    NotEntitled,
)


def free_rooms(
    actor: Actor,
    starts_at: datetime,
    ends_at: datetime,
    *,
    seats: int,
    room_class_id: UUID | None = None,
    except_booking: UUID | None = None,
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
    busy = overlaps.busy_rooms(starts_at, ends_at, except_booking=except_booking)
    date = Date(starts_at.replace(tzinfo=None), starts_at, ends_at)
    now = timezone.now()
    rows = rooms.exclude(id__in=busy).select_related("room_class", "authority", "pool")
    allowed = [
        room
        for room in rows.order_by("seats", "name")[: limit * 2]
        if takes(room, policy_of(room.room_class), [date], actor, now)
    ]
    buffered = [room for room in allowed if has_buffers(policy_of(room.room_class))]
    taken = overlaps.places_taken_with_buffers(buffered, [date], except_booking=except_booking)
    return [room for room in allowed if (0, room.id) not in taken][:limit]


def has_buffers(policy: Policy) -> bool:
    return bool(policy.buffer_before_minutes or policy.buffer_after_minutes)


def is_allowed(date: Date, policy: Policy, now: datetime) -> bool:
    """Whether the class has nothing against the date."""
    try:
        spans_of([date], policy, now)
    except Refusal:
        return False
    return True


def takes(room: Room, policy: Policy, dates: Sequence[Date], actor: Actor, now: datetime) -> bool:
    """Whether the class lets the actor have the room on all the dates."""
    try:
        check_entitled(room, policy, actor)
        if len(dates) > 1:
            check_series(policy, len(dates))
        spans_of(dates, policy, now)
    except Refusal:
        return False
    return True


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
    except_date: Occurrence | None = None,
) -> tuple[Alternative, ...]:
    """At most three ways out, the one that changes least first; none for refusals that nothing can mend.

    except_booking: one that shall move, so all it has to come counts as free. except_date: only this date moves.
    """
    if not isinstance(refusal, (*_OTHER_ROOM, NoRoom, NoCapacity, QuotaExceeded)):
        return ()
    ends_at = starts_at + duration
    pool = room.pool if room is not None else stock_pool(actor)
    if pool is None:
        return ()
    found: list[Alternative] = []
    if isinstance(refusal, _OTHER_ROOM):
        for other in free_rooms(
            actor, starts_at, ends_at, seats=seats, except_booking=except_booking, limit=2
        ):
            if room is None or other.id != room.id:
                found.append(in_room(other, starts_at, ends_at))
                break
    if isinstance(refusal, RoomTooSmall | RoomBlocked | NoSuchRoom | NotEntitled):
        return tuple(found[:MOST])
    if isinstance(refusal, NoRoom) and refusal.limit is not None:
        return (Alternative(starts_at, ends_at, seats=int(refusal.limit)),) if refusal.limit >= 2 else ()
    window = Window.between(pool, authority_id, starts_at, starts_at + AHEAD + duration)
    if except_booking is not None:
        window = window.without(own_dates(except_booking))
    elif except_date is not None and except_date.state in NOT_YET_OPEN:
        window = window.without([except_date])
    if isinstance(refusal, NoRoom):
        return (*found, *_with_a_room(window, actor, starts_at, duration, seats, now, except_booking))
    if isinstance(refusal, NoCapacity | QuotaExceeded):
        smaller = window.seats_free(starts_at, ends_at)
        if 2 <= smaller < seats:
            found.append(Alternative(starts_at, ends_at, seats=smaller))
    if refusal.unit != "seat_hours":  # no other time gives back what the month has used up
        found += [
            in_room(room, begins, begins + duration)
            for begins in other_times(
                window,
                room=room,
                starts_at=starts_at,
                duration=duration,
                seats=seats,
                now=now,
                except_booking=except_booking,
                except_date=except_date,
            )
        ]
    return tuple(found[:MOST])


#: other times at which a free room is looked for, when none is at the asked one
TIMES_TRIED = 6


def _with_a_room(
    window: Window,
    actor: Actor,
    starts_at: datetime,
    duration: timedelta,
    seats: int,
    now: datetime,
    except_booking: UUID | None,
) -> list[Alternative]:
    found = []
    for begins in other_times(
        window, room=None, starts_at=starts_at, duration=duration, seats=seats, now=now, most=TIMES_TRIED
    ):
        rooms = free_rooms(
            actor, begins, begins + duration, seats=seats, except_booking=except_booking, limit=1
        )
        found += [in_room(room, begins, begins + duration) for room in rooms]
        if len(found) == 2:
            break
    return found


def own_dates(booking_id: UUID) -> list[Occurrence]:
    """What a change of the booking would give up: its dates that have not begun."""
    return list(Occurrence.objects.filter(booking_id=booking_id, state__in=NOT_YET_OPEN))


def in_room(room: Room | None, starts_at: datetime, ends_at: datetime) -> Alternative:
    """That time in that room; one of the stock is never named."""
    if room is None or room.is_stock:
        return Alternative(starts_at, ends_at)
    return Alternative(starts_at, ends_at, room_id=room.id, room_name=room.name, room_seats=room.seats)


def ways_out(
    refusal: DomainError,
    *,
    actor: Actor,
    room: Room | None,
    authority_id: UUID,
    dates: Sequence[Date],
    seats: int,
    now: datetime,
    except_booking: UUID | None = None,
) -> tuple[Alternative, ...]:
    """What can be had instead of all these dates: `alternatives` of a single one, `series_alternatives` of more."""
    if len(dates) == 1:
        return alternatives(
            refusal,
            actor=actor,
            room=room,
            authority_id=authority_id,
            starts_at=dates[0].starts_at,
            duration=dates[0].ends_at - dates[0].starts_at,
            seats=seats,
            now=now,
            except_booking=except_booking,
        )
    return series_alternatives(
        refusal,
        actor=actor,
        room=room,
        authority_id=authority_id,
        dates=dates,
        seats=seats,
        now=now,
        except_booking=except_booking,
    )


def series_alternatives(
    refusal: DomainError,
    *,
    actor: Actor,
    room: Room | None,
    authority_id: UUID,
    dates: Sequence[Date],
    seats: int,
    now: datetime,
    except_booking: UUID | None = None,
) -> tuple[Alternative, ...]:
    """Ways out that hold for all dates: a room free on each of them, or a smaller meeting."""
    if not dates:
        return ()
    if isinstance(refusal, (*_OTHER_ROOM, SeriesNotAllowed)):
        rooms = rooms_bookable_by(actor).filter(
            is_stock=False, is_active=True, blocked_reason="", seats__gte=seats
        )
        if room is not None:
            rooms = rooms.exclude(id=room.id)
        candidates = list(rooms.select_related("room_class").order_by("seats", "name")[:ROOMS_LOOKED_AT])
        places = overlaps.places_taken_with_buffers(candidates, dates, except_booking=except_booking)
        busy = {room_id for _place, room_id in places}
        for other in candidates:
            policy = policy_of(other.room_class)
            if other.id not in busy and takes(other, policy, dates, actor, now):
                return (Alternative(room_id=other.id, room_name=other.name, room_seats=other.seats),)
    pool = room.pool if room is not None else stock_pool(actor)
    if isinstance(refusal, NoCapacity | QuotaExceeded) and pool is not None:
        window = Window.of(pool, authority_id, dates)
        if except_booking is not None:
            window = window.without(own_dates(except_booking))
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
    except_date: Occurrence | None = None,
    most: int = 2,
) -> list[datetime]:
    """The next starts after the asked one at which the room is free and capacity and quota take it."""
    until = starts_at + AHEAD + duration
    policy = policy_of(room.room_class) if room is not None else None
    notice = timedelta(minutes=policy.notice_minutes if policy else 0)
    busy = Blocked(_busy_of(room, starts_at, until, except_booking, except_date))
    obstacles = window.obstacles(seats, starts_at, until)
    found: list[datetime] = []
    begins = on_grid(max(starts_at, now + notice))
    if begins <= starts_at:
        begins += GRID
    last = starts_at + AHEAD
    office = Office.around(starts_at)
    while begins <= last and len(found) < most:
        date = Date(begins.replace(tzinfo=None), begins, begins + duration)
        blocked = free_from(date, policy, busy, obstacles)
        if blocked is not None:
            begins = max(on_grid(blocked), begins + GRID) if blocked < last else last + GRID
        elif office.is_open(begins) and (policy is None or is_allowed(date, policy, now)):
            found.append(begins)
            # the second proposal shall be a real other choice, not a quarter of an hour later
            begins += max(duration, timedelta(hours=1))
        else:
            begins += GRID
    return found


def free_from(date: Date, policy: Policy | None, busy: Blocked, obstacles: Obstacles) -> datetime | None:
    """None if room, capacity and quota take the date, else a start from which another try is worth it."""
    before = timedelta(minutes=policy.buffer_before_minutes if policy else 0)
    after = timedelta(minutes=policy.buffer_after_minutes if policy else 0)
    blocked = busy.free_from(date.starts_at - before, date.ends_at + after)
    if blocked is not None:
        return blocked + before
    return obstacles.free_from(date.starts_at, date.ends_at)


def on_grid(moment: datetime) -> datetime:
    """The moment, or the next quarter-hour after it."""
    return moment + (datetime.min.replace(tzinfo=moment.tzinfo) - moment) % GRID


@dataclass(frozen=True, slots=True)
class Office:
    """When times are proposed: working hours of the installation; any hour, if the asked one lies outside of them."""

    any_hour: bool

    @classmethod
    def around(cls, asked: datetime) -> Office:
        hour = asked.astimezone(ledger.installation_zone()).hour
        return cls(not OFFICE_HOURS[0] <= hour < OFFICE_HOURS[1])

    def is_open(self, begins: datetime) -> bool:
        local = begins.astimezone(ledger.installation_zone())
        return self.any_hour or (local.weekday() < 5 and OFFICE_HOURS[0] <= local.hour < OFFICE_HOURS[1])


def _busy_of(
    room: Room | None,
    starts_at: datetime,
    ends_at: datetime,
    except_booking: UUID | None,
    except_date: Occurrence | None,
) -> Collection[tuple[datetime, datetime]]:
    if room is None:
        return ()
    rows = Occurrence.objects.filter(
        room=room,
        state__in=OCCUPYING,
        blocks_from__gt=starts_at - LONGEST_BLOCK,
        blocks_from__lt=ends_at,
    )
    if except_booking is not None:
        rows = rows.exclude(booking_id=except_booking)
    if except_date is not None:
        rows = rows.exclude(id=except_date.id)
    return list(rows.values_list("blocks_from", "blocks_until"))


def stock_pool(actor: Actor) -> Pool | None:
    """The pool that a meeting without a named room would be carried by: that of the room stock."""
    stock = rooms_bookable_by(actor).filter(is_active=True).order_by("-is_stock", "id")
    room = stock.select_related("pool").first()
    return room.pool if room is not None else None
