# SPDX-License-Identifier: EUPL-1.2
"""Held dates whose time is up are given up by the clock, and the organiser is told (ADR 19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from vconf.authorities.rights import Actor
from vconf.bookings import history, locks
from vconf.bookings.changing import guests_of, keep_change
from vconf.bookings.events import BookingReleased
from vconf.bookings.giving_up import give_up_all
from vconf.bookings.models import OCCUPYING, Booking, Occurrence
from vconf.bookings.placing import move_dates
from vconf.bookings.retry import retried
from vconf.outbox.record import record


def due(now: datetime, *, most: int) -> list[UUID]:
    """Bookings with a refused change that the clock has to look at, the longest due first."""
    rows = Booking.objects.filter(wish_until__lte=now).order_by("wish_until")
    return list(rows.values_list("id", flat=True)[:most])


@retried
def release(booking_id: UUID, *, now: datetime) -> bool:
    """Give up what was held until now; with the last of it the wish is forgotten. With its last date the booking is
    cancelled. False if somebody decided in time.
    """
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
        if booking.wish_until is None or booking.wish_until > now:
            return False
        rows = list(booking.occurrences.all())
        held = [o for o in rows if o.held_until is not None]
        over = [o for o in held if o.held_until is not None and o.held_until <= now]
        left = [o for o in held if o not in over]
        actor = Actor.system("clock")
        if not any(o.state in OCCUPYING for o in rows if o not in over):
            path_ids = locks.lock_accounts(over, booking.authority_id)
            locks.lock_dates(over)
            give_up_all(booking, over, path_ids, actor=actor, now=now, source="clock", action="released")
        else:
            _give_up(booking, over, left, actor, now)
        if over:
            record(BookingReleased(booking_id=str(booking.id), released_at=now.isoformat()))
        return True


def _give_up(
    booking: Booking, over: Sequence[Occurrence], left: Sequence[Occurrence], actor: Actor, now: datetime
) -> None:
    rooms = {booking.room_id, *(o.room_id for o in over)}
    if over:
        locks.lock_rooms(rooms)
        move_dates(booking, (), dropped=over, now=now)
        Occurrence.objects.filter(id__in=[o.id for o in over]).update(held_until=None)
        booking.exdate = sorted({*booking.exdate, *(o.recurrence_id for o in over)})
    if left:
        booking.wish_until = min(o.held_until for o in left if o.held_until is not None)
    else:
        booking.wish = booking.refusal = booking.wish_until = None
    keep_change(
        booking,
        ["time"] if over else [],
        guests_of(booking),
        rooms,
        actor=actor,
        now=now,
        action="released",
        changes={"dates": (history.dates(over, booking.timezone), "")} if over else {},
        settles=False,
    )
