# SPDX-License-Identifier: EUPL-1.2
"""Reminders before dates, where the organiser wants them: once for each date, as it stands then."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from vconf.bookings.events import ReminderDue
from vconf.bookings.models import Booking, Occurrence, OccurrenceState
from vconf.outbox.record import record

#: dates that take place as far as anybody knows
_STANDS = (OccurrenceState.CONFIRMED, OccurrenceState.OPENING)


def due(now: datetime, *, most: int) -> list[UUID]:
    """Bookings of which a date may have to be reminded of."""
    rows = Booking.objects.filter(remind_at__lte=now)
    return list(rows.order_by("remind_at").values_list("id", flat=True)[:most])


def remind(booking_id: UUID, *, now: datetime) -> bool:
    """Tell of the dates whose time has come, and say when to look again. Whether there was one.

    A date that is moved later is reminded of again. What was booked or changed after its time had come is not: whoever
    is invited has just got a mail.
    """
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
        if booking.remind_at is None:
            return False
        told = False
        booking.remind_at = None
        if booking.remind_minutes is not None and booking.cancelled_at is None:
            before = timedelta(minutes=booking.remind_minutes)
            for starts_at in _starts(booking, now):
                if starts_at - before > now:
                    booking.remind_at = starts_at - before
                    break
                if booking.changed_at <= starts_at - before:
                    record(ReminderDue(booking_id=str(booking_id), starts_at=starts_at.isoformat()))
                    told = True
                booking.reminded_until = starts_at
        Booking.objects.filter(id=booking_id).update(
            remind_at=booking.remind_at, reminded_until=booking.reminded_until
        )
        return told


def _starts(booking: Booking, now: datetime) -> list[datetime]:
    """Of the dates to come that nobody was reminded of."""
    after = max(now, booking.reminded_until or now)
    rows = Occurrence.objects.filter(booking=booking, state__in=_STANDS, starts_at__gt=after)
    return list(rows.order_by("starts_at").values_list("starts_at", flat=True))
