# SPDX-License-Identifier: EUPL-1.2
"""Bookings that are made out of less than a whole wish: a copy of another one, and a meeting that starts now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from vconf.authorities.deputies import rights_of_organiser
from vconf.authorities.rights import Actor
from vconf.bookings.checks import chosen
from vconf.bookings.errors import NotJoinable
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Booking, OccurrenceState
from vconf.bookings.recurrence import to_local
from vconf.bookings.repeats import fingerprint_of
from vconf.bookings.requests import UNSET, AttendeeRequest, BookingRequest, Unset
from vconf.bookings.selectors import get_own_booking
from vconf.bookings.services import book

#: of an instant meeting, unless told otherwise
USUAL_LENGTH = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """When the copy shall be; what is UNSET is as in the original. A copy is a single date."""

    starts_local: datetime
    duration: timedelta | Unset = UNSET
    timezone: str | Unset = UNSET
    room_id: UUID | Unset = UNSET
    title: str | Unset = UNSET
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantRequest:
    """A meeting that starts now, in any room that fits unless one is named."""

    title: str = ""
    duration: timedelta = USUAL_LENGTH
    seats: int | None = None
    room_id: UUID | None = None
    attendees: tuple[AttendeeRequest, ...] = ()
    language: str = "de"
    idempotency_key: str | None = None


def copy_booking(booking_id: UUID, request: CopyRequest, *, actor: Actor) -> Booking:
    """Book once more, with title, people, description and seats of a booking that the caller may change.

    Without a room named it is the same one, or any if that was from stock. Raises NotFound or Forbidden, then like
    `book`.
    """
    original = get_own_booking(booking_id, actor=actor)
    works_at = rights_of_organiser(original.organiser_id, actor=actor).authority_ids
    same_room = None if original.room.is_stock else original.room_id
    wish = BookingRequest(
        title=chosen(request.title, original.title),
        starts_local=request.starts_local,
        duration=chosen(request.duration, original.duration),
        timezone=chosen(request.timezone, original.timezone),
        room_id=chosen(request.room_id, same_room),
        # a room of another size: as many as were reserved
        seats=original.seats if original.room.is_stock else original.seats_asked,
        attendees=tuple(
            AttendeeRequest(address=a.address, name=a.name, role=a.role) for a in original.attendees.all()
        ),
        description=original.description,
        authority_id=original.authority_id if original.authority_id in works_at else None,
        language=original.language,
        remind_minutes=original.remind_minutes,
        organiser_id=original.organiser_id,
        idempotency_key=request.idempotency_key,
    )
    return book(wish, actor=actor, fingerprint=fingerprint_of("copy", booking_id, request))


def book_instant(request: InstantRequest, *, actor: Actor) -> Booking:
    """Book from this minute on and open the meeting. Raises like `book`.

    While it waits for approval it stays shut. The opening is a transaction of its own: should it be lost, the first
    who clicks the link opens the meeting, as always.
    """
    now = timezone.now().replace(second=0, microsecond=0)
    zone_name = settings.VCONF_TIME_ZONE
    wish = BookingRequest(
        title=request.title or _("Instant meeting"),
        starts_local=to_local(now, zone_name),
        duration=request.duration,
        timezone=zone_name,
        seats=request.seats,
        room_id=request.room_id,
        attendees=request.attendees,
        language=request.language,
        idempotency_key=request.idempotency_key,
    )
    booking = book(wish, actor=actor, fingerprint=fingerprint_of("instant", request))
    date = booking.occurrences.filter(state=OccurrenceState.CONFIRMED).first()
    if date is not None and date.ends_at > timezone.now():
        _open(date.id)
    return booking


def _open(occurrence_id: UUID) -> None:
    try:
        open_occurrence(occurrence_id)
    except NotJoinable:
        return  # cancelled in between
