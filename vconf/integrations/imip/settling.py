# SPDX-License-Identifier: EUPL-1.2
"""What is wished by now becomes the booking: made, changed or cancelled through the services, as by every door."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from vconf.bookings.errors import AlreadyStarted
from vconf.bookings.models import Booking, OccurrenceState
from vconf.bookings.overriding import told_dates
from vconf.bookings.recurrence import to_local
from vconf.bookings.replacing import replace_booking
from vconf.bookings.requests import BookingRequest
from vconf.bookings.services import cancel
from vconf.bookings.sight import undo_ends_at
from vconf.bookings.unasked import book_unasked
from vconf.errors import DomainError, Refusal
from vconf.integrations.imip.composing import Composed
from vconf.integrations.imip.invitation_model import Invitation
from vconf.integrations.imip.letters import Author, at_instance
from vconf.integrations.imip.refused import refusal_kept
from vconf.integrations.imip.rooms import AskedRoom


@dataclass(frozen=True, slots=True)
class Settled:
    """booking: None if there is none. refusal: why nothing was stored."""

    booking: Booking | None
    refusal: Mapping[str, Any] | None = None


def standing_booking(author: Author, uid: str) -> Booking | None:
    """What the organiser has under this UID (`uids.uid_key`), through whichever door it came."""
    if author.organiser is None:
        return None
    known = Invitation.objects.filter(owner=author.owner, uid=uid, booking_id__isnull=False)
    mine = Booking.objects.filter(organiser=author.organiser, cancelled_at=None)
    found = mine.filter(Q(uid=uid) | Q(id__in=known.values("booking_id"))).order_by("created_at")
    # mostly there is none, and putting together a question for all of its columns takes longer than asking it
    booking_id = found.values_list("id", flat=True).first()
    if booking_id is None:
        return None
    return Booking.objects.select_related("room__room_class", "organiser").filter(id=booking_id).first()


def settle(
    author: Author,
    uid: str,
    wanted: Composed,
    *,
    left_out: Collection[datetime] = (),
    asked: Collection[str] = (),
) -> Settled:
    """left_out: dates that the mails did not want until now. asked: instances that are asked for by name: dropped
    minutes ago on the page, they come back.
    """
    assert author.organiser is not None
    booking = standing_booking(author, uid)
    if wanted.request is None:
        if booking is None:
            return Settled(None)
        return _given_up(booking, author)
    request = replace(
        wanted.request,
        uid=uid,
        organiser_id=author.organiser.id,
        language=author.organiser.language,
        source="mail",
        # their own program invites them, and counts what they answer
        attendees=tuple(replace(one, told_by_client=True) for one in wanted.request.attendees),
    )
    try:
        if booking is None:
            wishes = [_in(room, request) for room in wanted.rooms]
            return Settled(book_unasked(wishes, actor=author.actor))
        back = set(left_out) | _dropped_lately(booking, asked) | _never_booked(booking, request)
        back -= set(request.exdate)
        return Settled(_replaced(booking, request, wanted.rooms, author, back))
    except DomainError as error:
        return Settled(booking, refusal_kept(error))


def _dropped_lately(booking: Booking, asked: Collection[str]) -> set[datetime]:
    named = {to_local(at_instance(one), booking.timezone).isoformat() for one in asked}
    rows = booking.occurrences.filter(state=OccurrenceState.CANCELLED, recurrence_id__in=named)
    found = set()
    for recurrence_id, released_at in rows.values_list("recurrence_id", "released_at"):
        ends_at = None if released_at is None else undo_ends_at(released_at)
        if ends_at is not None and ends_at > timezone.now():
            found.add(datetime.fromisoformat(recurrence_id))
    return found


def _never_booked(booking: Booking, request: BookingRequest) -> set[datetime]:
    """Dates to come that mails left out, or that were over, when they booked this: nobody dropped them on the page.
    What wanted them again may have been refused since.
    """
    if booking.source != "mail":
        return set()
    known = set(booking.occurrences.values_list("recurrence_id", flat=True))
    missing = {datetime.fromisoformat(one) for one in booking.exdate if one not in known}
    dates = told_dates(request, missing) if missing else ()
    return {date.recurrence_id for date in dates if date.starts_at > timezone.now()}


def _given_up(booking: Booking, author: Author) -> Settled:
    try:
        return Settled(cancel(booking.id, actor=author.actor, source="mail"))
    except AlreadyStarted:
        return Settled(booking)  # what is over took place, whatever its organiser tidies up


def _replaced(
    booking: Booking,
    request: BookingRequest,
    rooms: Sequence[AskedRoom],
    author: Author,
    back: Collection[datetime],
) -> Booking:
    """In the present room, if that is still asked for, else in the first that can be had."""
    first = sorted(rooms, key=lambda room: room.room_id != booking.room_id and not room.is_any)
    wishes = [_in(room, request) for room in first]
    for wish in wishes if len(wishes) > 1 else ():
        try:
            return replace_booking(booking.id, wish, actor=author.actor, takes_back=back)
        except Refusal as refusal:
            if isinstance(refusal, AlreadyStarted):
                raise
    return replace_booking(booking.id, wishes[0], actor=author.actor, store_refused=True, takes_back=back)


def _in(room: AskedRoom, request: BookingRequest) -> BookingRequest:
    unknown = room.address if room.room_id is None and not room.is_any else ""
    return replace(request, room_id=room.room_id, unknown_room=unknown, seats=room.seats)
