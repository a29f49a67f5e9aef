# SPDX-License-Identifier: EUPL-1.2
"""Mail to somebody invited came back: their organiser sees it, at every door."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.bookings import history
from vconf.bookings.calendars import count_on
from vconf.bookings.models import Attendee, Booking
from vconf.bookings.retry import retried


@retried
def note_undeliverable(booking_id: UUID, address: str, status: str, *, now: datetime | None = None) -> bool:
    """Remember that mail to an attendee came back, and why. False if they are not invited (any more), or it is known.

    status: RFC 3463, such as `5.1.1`. Changes neither `version` nor SEQUENCE; calendars that show the booking count on.
    """
    now = now or timezone.now()
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).filter(id=booking_id).first()
        if booking is None:
            return False
        row = Attendee.objects.filter(booking=booking, address=address.strip().lower()).first()
        if row is None or row.undeliverable == status[:20]:
            return False
        Attendee.objects.filter(id=row.id).update(undeliverable=status[:20])
        count_on(booking)
        history.note(
            booking,
            "undeliverable",
            actor=Actor.system("mail"),
            changes={"attendee": ("", row.address)},
            now=now,
            source="mail",
        )
    return True
