# SPDX-License-Identifier: EUPL-1.2
"""What mails tell of a refused wish, and of dates that were held for one. For exits: knows no caller and no rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vconf.bookings.checks import SHORTEST
from vconf.bookings.holding import read
from vconf.bookings.mail_views import DateView, date_view
from vconf.bookings.models import Booking, OccurrenceState
from vconf.bookings.recurrence import dates_of
from vconf.bookings.refusals import told
from vconf.bookings.requests import BookingRequest
from vconf.errors import Refusal
from vconf.rooms.models import Room


@dataclass(frozen=True, slots=True)
class RefusalMail:
    """wished: of the first date that was asked for. room_name: the one that was asked for by name, else "".

    held: dates that are kept until `held_until`; None if it is a booking that was never made.
    """

    refusal: Refusal
    wished: tuple[datetime, datetime]
    room_name: str
    held: tuple[DateView, ...]
    held_until: datetime | None


def refusal_mail(booking_id: UUID | str, version: int) -> RefusalMail | None:
    """None if the booking is another by now: whatever changed it was told."""
    booking = Booking.objects.filter(id=booking_id, version=version, cancelled_at=None).first()
    if booking is None or booking.wish is None or booking.refusal is None:
        return None
    wish = read(booking.wish)
    rows = booking.occurrences.select_related("room").filter(held_until__isnull=False).order_by("starts_at")
    return RefusalMail(
        refusal=told(booking.refusal),
        wished=_first_of(wish),
        room_name=_room_named(wish),
        held=tuple(date_view(o, booking) for o in rows),
        held_until=booking.wish_until,
    )


def dates_released(booking_id: UUID | str, released_at: datetime) -> tuple[DateView, ...]:
    """Those that were given up then and have not been taken back."""
    booking = Booking.objects.filter(id=booking_id).first()
    if booking is None:
        return ()
    rows = booking.occurrences.select_related("room").filter(
        state=OccurrenceState.CANCELLED, released_at=released_at
    )
    return tuple(date_view(o, booking) for o in rows.order_by("starts_at"))


def _first_of(wish: BookingRequest) -> tuple[datetime, datetime]:
    [first] = dates_of(wish.starts_local, SHORTEST, wish.timezone)
    return first.starts_at, first.starts_at + wish.duration


def _room_named(wish: BookingRequest) -> str:
    room = None if wish.room_id is None else Room.objects.filter(id=wish.room_id, is_stock=False).first()
    return "" if room is None else room.name
