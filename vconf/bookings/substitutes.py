# SPDX-License-Identifier: EUPL-1.2
"""What can be had instead of single dates that were refused: another time that day, another room at that time, or a
smaller meeting. Reads only; no promise. The number of queries does not depend on the number of dates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as calendar_day
from datetime import datetime, time, timedelta
from itertools import islice
from uuid import UUID

from vconf.authorities.rights import Actor
from vconf.bookings import ledger, overlaps
from vconf.bookings.errors import (
    ClosedDay,
    NoCapacity,
    NotEntitled,
    OutsideHours,
    QuotaExceeded,
    RoomBlocked,
    RoomTooSmall,
    SlotTaken,
    TooSoon,
)
from vconf.bookings.models import OCCUPYING, Booking, Occurrence, OccurrenceState
from vconf.bookings.placing import date_of
from vconf.bookings.policing import fits_policy
from vconf.bookings.recurrence import Date
from vconf.bookings.spans import Span
from vconf.bookings.suggestions import (
    GRID,
    MOST,
    OFFICE_HOURS,
    ROOMS_LOOKED_AT,
    Office,
    free_from,
    in_room,
    is_allowed,
    on_grid,
    takes,
)
from vconf.bookings.window import Blocked, Interval, Obstacles, Window
from vconf.errors import Alternative, Refusal
from vconf.rooms.models import Room
from vconf.rooms.policies import policy_of
from vconf.rooms.selectors import rooms_bookable_by

#: dates of one wish that get ways out; of a daily series on a taken room nobody reads hundreds of them
MOST_MENDED = 60
#: refusals that another room mends, and those that another time mends
_OTHER_ROOM = (SlotTaken, RoomTooSmall, RoomBlocked, TooSoon, OutsideHours, ClosedDay, NotEntitled)
_OTHER_TIME = (SlotTaken, NoCapacity, QuotaExceeded, TooSoon, OutsideHours)


@dataclass(frozen=True, slots=True)
class RefusedDate:
    """A date that was refused, and why it cannot be had now. `refusal` has ways out; None: it could be had now."""

    occurrence: Occurrence
    refusal: Refusal | None


def refused_dates(
    booking: Booking, *, actor: Actor, now: datetime, most: int | None = None
) -> list[RefusedDate]:
    """The refused dates still to come, soonest first, with substitutes where there are any. most: no more of them, and
    none that somebody declined, for which it does not matter what is free.
    """
    refused = booking.occurrences.filter(state=OccurrenceState.REFUSED, starts_at__gt=now)
    if most is not None:
        refused = refused.filter(released_at=None)
    rows = list(refused.order_by("starts_at").select_related("room__room_class", "room__pool")[:most])
    if not rows:
        return []
    # all were refused in the booking's room, with its seats
    room, seats = rows[0].room, rows[0].seats
    dates = {o.id: date_of(o) for o in rows}
    window = Window.on_days(room.pool, booking.authority_id, list(dates.values()))
    policy = policy_of(room.room_class)
    spans = [Span.of(date, policy) for date in dates.values()]
    taken = {clash.starts_at for clash in overlaps.clashes(room.id, spans)}
    reasons = {
        date: fits_policy(date, policy) or why_not(date, seats, window, is_taken=date.starts_at in taken)
        for date in dates.values()
    }
    kept = [(o.blocks_from, o.blocks_until) for o in booking.occurrences.all() if o.state in OCCUPYING]
    add_substitutes(
        {date: refusal for date, refusal in reasons.items() if refusal is not None},
        room=None if room.is_stock else room,
        window=window,
        actor=actor,
        seats=seats,
        now=now,
        kept=kept,
    )
    return [RefusedDate(o, reasons[dates[o.id]]) for o in rows]


def why_not(date: Date, seats: int, window: Window, *, is_taken: bool) -> Refusal | None:
    """What stands against one date: the room first, then the quotas, else capacity; None if nothing does."""
    if is_taken:
        return SlotTaken()
    try:
        window.take([date], seats)
    except Refusal as refusal:
        refusal.conflicts = ()
        return refusal
    return None


def add_substitutes(
    refused: Mapping[Date, Refusal],
    *,
    room: Room | None,
    window: Window,
    actor: Actor,
    seats: int,
    now: datetime,
    kept: Collection[Interval] = (),
    except_booking: UUID | None = None,
) -> None:
    """Give the refusals of the first MOST_MENDED dates their alternatives, three at most.

    room: None, if any will do. window: of the room's pool, with all these days. kept: what the booking has on its
    other dates, which a substitute must not meet. except_booking: its dates count as free.
    """
    soonest_first = sorted(refused.items(), key=lambda one: one[0].starts_at)
    of_any_help = (one for one in soonest_first if isinstance(one[1], _OTHER_ROOM + _OTHER_TIME))
    mendable = dict(islice(of_any_help, MOST_MENDED))
    if not mendable:
        return
    obstacles = {
        day: window.obstacles(seats, ledger.midnight(day), ledger.midnight(day + timedelta(days=1)))
        for day in {day for date in mendable for day in ledger.days_of(date.starts_at, date.ends_at)}
    }
    rooms = _other_rooms(
        [date for date, why in mendable.items() if isinstance(why, _OTHER_ROOM)],
        room,
        window,
        obstacles,
        actor=actor,
        seats=seats,
        now=now,
        except_booking=except_booking,
    )
    busy = _busy_days(list(mendable), room, except_booking)
    for date, why in mendable.items():
        found = [in_room(rooms[date], date.starts_at, date.ends_at)] if date in rooms else []
        if isinstance(why, NoCapacity | QuotaExceeded) and why.unit != "seat_hours":
            smaller = window.seats_free(date.starts_at, date.ends_at)
            if 2 <= smaller < seats:
                found.append(Alternative(date.starts_at, date.ends_at, seats=smaller))
        if isinstance(why, _OTHER_TIME) and why.unit != "seat_hours":
            blocked = Blocked([*busy[date], *kept])
            found += _that_day(date, room, blocked, obstacles, now)
        why.alternatives = tuple(found[:MOST])


def _other_rooms(
    dates: Sequence[Date],
    room: Room | None,
    window: Window,
    obstacles: Mapping[calendar_day, Obstacles],
    *,
    actor: Actor,
    seats: int,
    now: datetime,
    except_booking: UUID | None,
) -> dict[Date, Room]:
    """For each date the smallest other room of the same pool that is free, where there is one: two queries."""
    if not dates:
        return {}
    rows = rooms_bookable_by(actor).filter(is_stock=False, seats__gte=seats, pool=window.pool)
    if room is not None:
        rows = rows.exclude(id=room.id)
    candidates = list(rows.order_by("seats", "name")[:ROOMS_LOOKED_AT])
    policies = {other.id: policy_of(other.room_class) for other in candidates}
    taken = overlaps.places_taken_with_buffers(candidates, dates, except_booking=except_booking)
    found: dict[Date, Room] = {}
    for place, date in enumerate(dates):
        if not _fits(obstacles, date):
            continue
        for other in candidates:
            if (place, other.id) not in taken and takes(other, policies[other.id], [date], actor, now):
                found[date] = other
                break
    return found


def _fits(obstacles: Mapping[calendar_day, Obstacles], date: Date) -> bool:
    return all(
        obstacles[day].free_from(date.starts_at, date.ends_at) is None
        for day in ledger.days_of(date.starts_at, date.ends_at)
    )


def _busy_days(
    dates: Sequence[Date], room: Room | None, except_booking: UUID | None
) -> dict[Date, list[Interval]]:
    """What occupies the room on the days of these dates: one statement."""
    found: dict[Date, list[Interval]] = {date: [] for date in dates}
    if room is None:
        return found
    spans = []
    for date in dates:
        days = ledger.days_of(date.starts_at, date.ends_at)
        wide = (ledger.midnight(days[0]), ledger.midnight(days[-1] + timedelta(days=1)))
        spans.append(Span(date, *wide))
    for place, begins, ends in overlaps.busy_on(room.id, spans, except_booking=except_booking):
        found[dates[place]].append((begins, ends))
    return found


def _that_day(
    date: Date, room: Room | None, busy: Blocked, obstacles: Mapping[calendar_day, Obstacles], now: datetime
) -> list[Alternative]:
    """The next start later on the day (UTC, as the ledger counts) and the next one before it."""
    policy = policy_of(room.room_class) if room is not None else None
    zone = ledger.installation_zone()
    office = Office.around(date.starts_at)
    length = date.ends_at - date.starts_at
    days = ledger.days_of(date.starts_at, date.ends_at)
    first, last = ledger.midnight(days[0]), ledger.midnight(days[-1] + timedelta(days=1))
    local_day = date.starts_at.astimezone(zone).date()
    opens = datetime.combine(local_day, time(OFFICE_HOURS[0]), tzinfo=zone).astimezone(first.tzinfo)
    closes = datetime.combine(local_day, time(OFFICE_HOURS[1]), tzinfo=zone).astimezone(first.tzinfo)
    if not office.any_hour:
        first, last = max(first, opens), min(last, closes + length)

    def free_at(begins: datetime) -> datetime | None:
        moved = Date(date.recurrence_id, begins, begins + length)
        for day in ledger.days_of(moved.starts_at, moved.ends_at):
            blocked = free_from(moved, policy, busy, obstacles[day])
            if blocked is not None:
                return blocked
        return None if policy is None or is_allowed(moved, policy, now) else begins + GRID

    found = []
    begins = on_grid(max(date.starts_at + GRID, now))
    while begins + length <= last:
        blocked = free_at(begins)
        if blocked is None:
            found.append(in_room(room, begins, begins + length))
            break
        begins = max(on_grid(min(blocked, last)), begins + GRID)
    begins = on_grid(date.starts_at) - GRID
    while begins >= max(first, now):
        if free_at(begins) is None:
            found.append(in_room(room, begins, begins + length))
            break
        begins -= GRID
    return found
