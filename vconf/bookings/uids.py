# SPDX-License-Identifier: EUPL-1.2
"""UIDs (RFC 5545, 3.8.4.7): one belongs to its organiser, and to others it means nothing (R5.7, ADR 20)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from vconf.bookings.errors import UidTaken
from vconf.bookings.links import revive_link
from vconf.bookings.models import Booking, CalendarEntry, JoinLink
from vconf.ids import uuid7

#: how long after its end a UID that comes back means the same meeting
SAME_MEETING = timedelta(hours=1)


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


def link_before(organiser_id: UUID, uid: str | None, *, now: datetime) -> JoinLink | None:
    """The link of the meeting that had this UID until a moment ago, alive again; None if there was none.

    Programs that exchange one room for another may call the meeting off before they ask for it anew. For people it is
    the same meeting, and its link never changes. The caller has a transaction.
    """
    if uid is None:
        return None
    entries = CalendarEntry.objects.filter(
        calendar__person=organiser_id,
        uid=uid,
        booking__organiser=organiser_id,
        booking__cancelled_at__gt=now - SAME_MEETING,
    )
    lately = entries.order_by("-booking__cancelled_at")
    link_id = lately.values_list("booking__join_link_id", flat=True).first()
    return None if link_id is None else revive_link(link_id)


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
