# SPDX-License-Identifier: EUPL-1.2
"""What can be had instead of the dates that a partial acceptance refused. Reads only; no promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vconf.authorities.rights import Actor
from vconf.bookings import occupancy, suggestions
from vconf.bookings.errors import NoCapacity, SlotTaken
from vconf.bookings.models import Booking, Occurrence, OccurrenceState
from vconf.bookings.occupancy import Span
from vconf.bookings.placing import date_of
from vconf.bookings.policing import fits_policy
from vconf.errors import Refusal
from vconf.rooms.policies import policy_of

#: dates for which substitutes are looked for; the others are only named
LOOKED_FOR = 10


@dataclass(frozen=True, slots=True)
class RefusedDate:
    """A date that was refused, and why it cannot be had now (None beyond the first ten). `refusal` has ways out."""

    occurrence: Occurrence
    refusal: Refusal | None


def refused_dates(booking: Booking, *, actor: Actor, now: datetime) -> list[RefusedDate]:
    """The refused dates still to come, soonest first, with substitutes where there are any."""
    rows = booking.occurrences.filter(state=OccurrenceState.REFUSED, starts_at__gt=now).order_by("starts_at")
    found = []
    for place, occurrence in enumerate(rows.select_related("room__room_class", "room__pool")):
        refusal = _why(booking, occurrence) if place < LOOKED_FOR else None
        if refusal is not None:
            room = None if occurrence.room.is_stock else occurrence.room
            refusal.alternatives = suggestions.alternatives(
                refusal,
                actor=actor,
                room=room,
                authority_id=booking.authority_id,
                starts_at=occurrence.starts_at,
                duration=occurrence.ends_at - occurrence.starts_at,
                seats=occurrence.seats,
                now=now,
            )
        found.append(RefusedDate(occurrence, refusal))
    return found


def _why(booking: Booking, occurrence: Occurrence) -> Refusal | None:
    """What stands against the date now: the class first, then the room, the quotas, capacity.

    None if nothing does: somebody declined it, or what stood against it is gone.
    """
    room, date = occurrence.room, date_of(occurrence)
    by_class = fits_policy(date, policy_of(room.room_class))
    if by_class is not None:
        return by_class
    if occupancy.clashes(room.id, [Span.of(date, policy_of(room.room_class))]):
        return SlotTaken()
    window = suggestions.Window.on_days(room.pool, booking.authority_id, [date])
    try:
        occupancy.check_quotas(window.path, [date], occurrence.seats, window.levels)
    except Refusal as refusal:
        return refusal
    loads = window.loads(date.starts_at, date.ends_at)
    if window.seats_free(date.starts_at, date.ends_at) >= occurrence.seats:
        return None
    in_pool = window.levels.peak(room.pool_id, date.starts_at, date.ends_at).seats
    left = occupancy.seats_left_with_largest_lost(room.pool, window.servers, in_pool)
    refused: NoCapacity = occupancy.no_capacity(room.pool, loads, occurrence.seats, left)
    return refused
