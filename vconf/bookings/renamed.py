# SPDX-License-Identifier: EUPL-1.2
"""Names of people and rooms stand in calendars. When one is another, whatever shows it counts on, so that clients read
it anew (RFC 9110, 8.8.3: one ETag, one text).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from vconf.bookings.calendars import count_on
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.retry import retried


def show_room_anew(payload: Mapping[str, Any], _recipient: str) -> None:
    """RoomRenamed: what is to come in the room. What is over is history, and keeps the name it had."""
    _count_all(_to_come().filter(Q(room=payload["room_id"]) | Q(occurrences__room=payload["room_id"])))


def show_person_anew(payload: Mapping[str, Any], _recipient: str) -> None:
    """PersonRenamed: what they organise and are invited to."""
    _count_all(
        _to_come().filter(Q(organiser=payload["person_id"]) | Q(attendees__person=payload["person_id"]))
    )


def _to_come() -> QuerySet[Booking]:
    ahead = Occurrence.objects.filter(ends_at__gt=timezone.now())
    return Booking.objects.filter(cancelled_at=None, id__in=ahead.values("booking")).order_by()


def _count_all(bookings: QuerySet[Booking]) -> None:
    """One after the other: nobody waits for all of them."""
    for booking_id in sorted(set(bookings.values_list("id", flat=True))):
        _count(booking_id)


@retried
def _count(booking_id: UUID) -> None:
    with transaction.atomic():
        count_on(Booking.objects.select_for_update(no_key=True).get(id=booking_id))
