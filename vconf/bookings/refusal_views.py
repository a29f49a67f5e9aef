# SPDX-License-Identifier: EUPL-1.2
"""What mails tell of a refused wish, and of dates that were held for one. For exits: knows no caller and no rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vconf.authorities.rights import Actor
from vconf.bookings.checks import SHORTEST
from vconf.bookings.holding import read
from vconf.bookings.mail_views import DateView, date_view
from vconf.bookings.models import Booking, OccurrenceState
from vconf.bookings.recurrence import dates_of
from vconf.bookings.refusals import told
from vconf.bookings.requests import BookingRequest
from vconf.bookings.substitutes import refused_dates
from vconf.errors import Refusal
from vconf.rooms.models import Room


@dataclass(frozen=True, slots=True)
class RefusalMail:
    """wished: of the first date that was asked for. room_name: the one that was asked for by name, else "".

    held: dates that are kept until `held_until`; None if it is a booking that was never made. source: the door that the
    wish came through.
    """

    refusal: Refusal
    wished: tuple[datetime, datetime]
    room_name: str
    held: tuple[DateView, ...]
    held_until: datetime | None
    source: str


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
        source=wish.source,
    )


@dataclass(frozen=True, slots=True)
class WishStanding:
    """A wish that was refused and is kept. held_until: of the dates that are held for it; None if nothing was booked.
    source: the door that it came through.
    """

    refusal: Refusal
    held_until: datetime | None
    source: str


def wish_standing(booking_id: UUID | str) -> WishStanding | None:
    """None if nothing that was refused is kept with the booking."""
    booking = Booking.objects.filter(id=booking_id, cancelled_at=None).first()
    if booking is None or booking.wish is None or booking.refusal is None:
        return None
    return WishStanding(told(booking.refusal), booking.wish_until, read(booking.wish).source)


def dates_left_out(booking_id: UUID | str, *, now: datetime, most: int) -> Mapping[str, Refusal | None]:
    """Why dates that a series was booked without cannot be had now, by recurrence id, with what the organiser could
    have instead; None: the date is free by now. Of the `most` that come soonest. Why they were refused was not kept.
    """
    booking = Booking.objects.select_related("organiser").filter(id=booking_id, cancelled_at=None).first()
    if booking is None:
        return {}
    rights = Actor.load(booking.organiser)
    found = refused_dates(booking, actor=rights, now=now, most=most)
    return {one.occurrence.recurrence_id: one.refusal for one in found}


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
