# SPDX-License-Identifier: EUPL-1.2
"""Dates of a new booking that have a room of their own, beside those that share one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from vconf.authorities.rights import Actor
from vconf.bookings import locks
from vconf.bookings.changing import check_places
from vconf.bookings.checks import Guest, bookable_rooms, check_room, check_rooms_known, too_small
from vconf.bookings.claiming import Claim, Claiming
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.overriding import Overridden
from vconf.bookings.placing import Place, move_dates
from vconf.bookings.requests import BookingRequest
from vconf.rooms.models import Room
from vconf.rooms.policies import policy_of


def claim_together(
    request: BookingRequest,
    overridden: Overridden,
    rights: Actor,
    authority_id: UUID,
    guests: Sequence[Guest],
    room: Room | None,
    now: datetime,
) -> Claim:
    """Claim what the dates without a room of their own need. Rooms and pools of the others are locked first, so that
    they can follow (`place_apart`).
    """
    check_rooms_known(request)
    apart = overridden.apart
    rooms = bookable_rooms([*apart.values()], rights)
    if rooms:
        known = locks.lock_rooms({one.id for one in rooms} | ({room.id} if room is not None else set()))
        locks.lock_pools({one.pool_id for one in known.values()})
    together = [date for date in overridden.plan.dates if date.recurrence_id not in apart]
    plan = replace(overridden.plan, dates=together)
    claiming = Claiming(request, rights, plan, authority_id, guests, now)
    return claiming.in_any_room() if room is None else claiming.in_room(room)


def place_apart(
    booking: Booking, overridden: Overridden, standing: Sequence[Occurrence], rights: Actor, now: datetime
) -> None:
    """Give the dates with a room of their own their places. standing: the other dates, which are written.

    Raises what the classes of these rooms have against it, SlotTaken, NoCapacity, QuotaExceeded.
    """
    apart = overridden.apart
    if not apart:
        return
    rooms = {one.id: one for one in bookable_rooms([*apart.values()], rights)}
    places = []
    for date in overridden.plan.dates:
        if date.recurrence_id not in apart:
            continue
        room = rooms[apart[date.recurrence_id]]
        check_room(room, None)
        if booking.seats > room.seats:
            raise too_small(room, booking.seats)
        title = overridden.titles.get(date.recurrence_id, "")
        places.append(Place(date, room, policy_of(room.room_class), booking.seats, title=title))
    check_places(places, rights, now)
    move_dates(booking, places, standing=standing, now=now)
