# SPDX-License-Identifier: EUPL-1.2
"""What could be booked: free rooms, free seats and other times for a wish that is still being typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.authorities.rights import Actor
from vconf.bookings import overlaps, suggestions
from vconf.bookings.checks import bookable_room, check_room, default_policy, spans_of
from vconf.bookings.errors import RoomBlocked, SlotTaken
from vconf.bookings.models import Occurrence
from vconf.bookings.policing import check_entitled
from vconf.bookings.recurrence import Date
from vconf.bookings.selectors import get_own_booking
from vconf.bookings.window import Window
from vconf.errors import Alternative, Invalid, NotFound, Refusal
from vconf.rooms.models import Room
from vconf.rooms.policies import Policy, policy_of

__all__ = ["Availability", "find_availability"]


@dataclass(frozen=True, slots=True)
class Availability:
    """`refusal` is what `book` would answer now, or None. `rooms`: free ones that fit, the smallest first."""

    starts_at: datetime
    ends_at: datetime
    seats: int
    seats_free: int
    rooms: Sequence[Room]
    suggestion: Room | None
    refusal: Refusal | None
    alternatives: Sequence[Alternative]


def find_availability(
    actor: Actor,
    *,
    starts_at: datetime,
    ends_at: datetime,
    seats: int,
    room_id: UUID | None = None,
    room_class_id: UUID | None = None,
    authority_id: UUID | None = None,
    booking_id: UUID | None = None,
) -> Availability:
    """Answer a wish without reserving anything. Instants are aware; the interval is at most 24 h.

    booking_id: a booking of the actor's that shall be there instead; what it has now counts as free.
    Raises Invalid for an empty or too long interval, NotFound for a room, booking or authority not the actor's,
    Forbidden for a room or booking they only see.
    """
    if not starts_at < ends_at <= starts_at + timedelta(hours=24):
        raise Invalid.field("ends_at", _("The end must be after the start, 24 hours later at most."))
    authority = authority_id or actor.home_id
    if authority is None or authority not in actor.authority_ids:
        raise NotFound()
    own: Sequence[Occurrence] = ()
    if booking_id is not None:
        authority = get_own_booking(booking_id, actor=actor).authority_id
        own = suggestions.own_dates(booking_id)
    room: Room | None = None
    refusal: Refusal | None = None
    if room_id is not None:
        try:
            room = bookable_room(room_id, actor)
        except RoomBlocked as blocked:
            refusal = blocked
    free = suggestions.free_rooms(
        actor, starts_at, ends_at, seats=seats, room_class_id=room_class_id, except_booking=booking_id
    )
    pool = room.pool if room is not None else (free[0].pool if free else suggestions.stock_pool(actor))
    if pool is None:
        raise NotFound()
    window = Window.between(pool, authority, starts_at, ends_at).without(own)
    now = timezone.now()
    suggested = _suggested(free, room_class_id)
    # what no named room takes falls to the room stock, whose class decides
    otherwise = Policy() if suggested is not None else default_policy(actor, room_class_id)
    refusal = refusal or _refusal(window, starts_at, ends_at, seats, room, otherwise, actor, now, booking_id)
    options: Sequence[Alternative] = ()
    if refusal is not None:
        options = suggestions.alternatives(
            refusal,
            actor=actor,
            room=room,
            authority_id=authority,
            starts_at=starts_at,
            duration=ends_at - starts_at,
            seats=seats,
            now=now,
            except_booking=booking_id,
        )
    return Availability(
        starts_at=starts_at,
        ends_at=ends_at,
        seats=seats,
        seats_free=window.seats_free(starts_at, ends_at),
        rooms=free,
        suggestion=suggested if refusal is None else None,
        refusal=refusal,
        alternatives=options,
    )


def _suggested(free: Sequence[Room], room_class_id: UUID | None) -> Room | None:
    """The room that `book` would take: none that has to be approved, unless its class was named."""
    for room in free:
        if room_class_id is not None or not policy_of(room.room_class).asks_approval:
            return room
    return None


def _refusal(
    window: Window,
    starts_at: datetime,
    ends_at: datetime,
    seats: int,
    room: Room | None,
    otherwise: Policy,
    actor: Actor,
    now: datetime,
    booking_id: UUID | None,
) -> Refusal | None:
    date = Date(starts_at.replace(tzinfo=None), starts_at, ends_at)
    try:
        if room is None:
            spans_of([date], otherwise, now)
        else:
            check_room(room, seats)
            policy = policy_of(room.room_class)
            check_entitled(room, policy, actor)
            spans = spans_of([date], policy, now)
            clashes = overlaps.clashes(room.id, spans, except_booking=booking_id)
            if clashes:
                raise SlotTaken(conflicts=clashes)
        window.take([date], seats)
    except Refusal as refusal:
        return refusal
    return None
