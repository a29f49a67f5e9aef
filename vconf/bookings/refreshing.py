# SPDX-License-Identifier: EUPL-1.2
"""Telling somebody once more what they were told already: an invitation (RFC 5546, 3.2.6; RFC 6638, 7.2) or an answer.

Nothing of the booking changes, so no version does. How often that reaches anybody is up to the exits.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from vconf.bookings.events import AttendeeAnswered, RefreshAsked
from vconf.bookings.models import Booking, PartStat
from vconf.outbox.record import record


def refresh(booking: Booking, addresses: Collection[str]) -> None:
    """The invitation goes once more to those of these addresses (lower case) that are invited; none does for what is
    cancelled or was never booked. The caller has the booking's lock and a transaction.
    """
    if booking.cancelled_at is not None or booking.is_refused:
        return
    invited = booking.attendees.filter(address__in=addresses)
    for address in invited.order_by("address").values_list("address", flat=True):
        record(RefreshAsked(booking_id=str(booking.id), address=address, asked_at=_now()))


def answer_once_more(booking: Booking, person_id: UUID) -> None:
    """What the person has answered is told to the organiser once more. Like `refresh`."""
    rows = booking.attendees.filter(person=person_id).exclude(partstat=PartStat.NEEDS_ACTION)
    mine = rows.order_by("address").first()
    if mine is not None and booking.cancelled_at is None:
        record(
            AttendeeAnswered(
                booking_id=str(booking.id),
                attendee_id=str(mine.id),
                answers=booking.answers,
                asked_at=_now(),
            )
        )


def _now() -> int:
    return int(timezone.now().timestamp())
