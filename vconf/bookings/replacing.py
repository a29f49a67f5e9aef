# SPDX-License-Identifier: EUPL-1.2
"""A booking as somebody's calendar has it now, put in the place of what it was: one transaction for the whole object."""

from __future__ import annotations

from uuid import UUID

from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking
from vconf.bookings.requests import UNSET, BookingRequest, ChangeRequest
from vconf.bookings.retry import retried
from vconf.bookings.services import change

__all__ = ["replace_booking"]


@retried
def replace_booking(
    booking_id: UUID,
    wanted: BookingRequest,
    *,
    actor: Actor,
    expected_version: int | None = None,
    store_refused: bool = False,
) -> Booking:
    """Make the booking what `wanted` says, as a whole. Raises like `change`."""
    return change(
        booking_id,
        ChangeRequest(
            title=wanted.title,
            description=wanted.description,
            starts_local=wanted.starts_local,
            duration=wanted.duration,
            timezone=wanted.timezone,
            room_id=UNSET if wanted.room_id is None else wanted.room_id,
            seats=UNSET if wanted.seats is None else wanted.seats,
            attendees=wanted.attendees,
            rrule=wanted.rrule,
            rdate=wanted.rdate,
            exdate=wanted.exdate,
            source=wanted.source,
            expected_version=expected_version,
        ),
        actor=actor,
    )
