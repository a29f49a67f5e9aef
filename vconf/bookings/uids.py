# SPDX-License-Identifier: EUPL-1.2
"""UIDs (RFC 5545, 3.8.4.7): one belongs to its organiser, and to others it means nothing (R5.7, ADR 20)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from vconf.bookings.errors import UidTaken
from vconf.bookings.models import Booking, CalendarEntry
from vconf.ids import uuid7


def own_uid(booking_id: UUID) -> str:
    """The UID of a booking that came without one."""
    return f"{booking_id}@{settings.VCONF_UID_DOMAIN}"


def new_uid() -> str:
    """One that nobody can have guessed."""
    return own_uid(uuid7())


def check_uid(organiser_id: UUID, uid: str) -> None:
    """Raises UidTaken if a booking of the organiser, which is not cancelled, has this UID."""
    if Booking.objects.filter(organiser_id=organiser_id, uid=uid, cancelled_at=None).exists():
        raise UidTaken()


def first_sequence(organiser_id: UUID, uid: str | None) -> int:
    """The SEQUENCE with which a booking of this UID begins: beyond that of the cancelled one which had it before, or
    else calendars that have seen its end would take the new one for an old message (RFC 5546, 2.1.4).
    """
    if uid is None:
        return 0
    entries = CalendarEntry.objects.filter(
        calendar__person=organiser_id, uid=uid, booking__organiser=organiser_id
    )
    before = entries.values_list("booking__sequence", flat=True).first()
    return 0 if before is None else before + 1
