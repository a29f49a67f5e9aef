# SPDX-License-Identifier: EUPL-1.2
"""Which room, when any will do: the smallest that fits and is free, a named one, else one from stock. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from vconf.authorities.rights import Actor
from vconf.bookings import overlaps, policing
from vconf.bookings.checks import Guest, default_policy, expected_seats, spans_of
from vconf.bookings.errors import NoRoom, SlotTaken
from vconf.bookings.plans import Plan
from vconf.bookings.recurrence import Date
from vconf.bookings.requests import BookingRequest
from vconf.bookings.spans import Span
from vconf.errors import Refusal
from vconf.rooms.models import Room, RoomClass
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.selectors import rooms_bookable_by

#: free rooms tried one after the other before giving up on "any room"
ROOMS_TRIED = 20
#: rooms whose calendars are looked through for a series
ROOMS_LOOKED_AT = 400


def rooms_wanted(
    request: BookingRequest, actor: Actor, guests: Sequence[Guest], *, full: Collection[UUID] = ()
) -> tuple[int, QuerySet[Room]]:
    """Seats to be reserved, and the rooms in use that have them and that the actor may book, of the class if named.

    full: pools that are known to have no capacity left.

    Rooms that somebody has to approve are for those who name them, or their class.
    """
    named = None if request.seats or guests else default_policy(actor, request.room_class_id)
    seats = expected_seats(request.seats, guests, None, named)
    rooms = rooms_bookable_by(actor).filter(is_active=True, blocked_reason="", seats__gte=seats)
    if full:
        rooms = rooms.exclude(pool_id__in=full)
    if request.room_class_id is not None:
        rooms = rooms.filter(room_class_id=request.room_class_id)
    else:
        rooms = rooms.exclude(room_class_id__in=_classes_asking(rooms))
    return seats, rooms


def _classes_asking(rooms: QuerySet[Room]) -> list[UUID]:
    """The classes of these rooms in which bookings may have to wait for approval."""
    classes = RoomClass.objects.filter(id__in=rooms.order_by().values("room_class_id"))
    return [one.id for one in classes if policy_of(one).asks_approval]


def spans_in(
    room: Room, policy: Policy, plan: Plan, request: BookingRequest, actor: Actor, now: datetime
) -> list[Span]:
    """The dates with their buffers, if the class lets the actor have them; with `partial` those that it takes."""
    policing.check_entitled(room, policy, actor)
    if plan.is_series:
        policing.check_series(policy, len(plan.dates))
    dates = policing.sort_out(plan.dates, policy) if request.partial else plan.dates
    return spans_of(dates, policy, now)


def reasons_of(dates: Sequence[Date], policy: Policy, taken: Collection[datetime]) -> dict[Date, str]:
    """Why these dates are left out, as far as room and class say so."""
    found = {}
    for date in dates:
        refusal = policing.fits_policy(date, policy)
        if refusal is not None:
            found[date] = refusal.code
        elif date.starts_at in taken:
            found[date] = SlotTaken.code
    return found


def rooms_free_on(
    rooms: QuerySet[Room], dates: Sequence[Date], tried: set[UUID], *, except_booking: UUID | None = None
) -> list[UUID]:
    """Ids of rooms to be tried, the smallest first; buffers and what others book meanwhile are asked later."""
    ordered = rooms.exclude(id__in=tried).order_by("is_stock", "seats", "name", "id")
    if len(dates) == 1:
        busy = overlaps.busy_rooms(dates[0].starts_at, dates[0].ends_at, except_booking=except_booking)
        return list(ordered.exclude(id__in=busy).values_list("id", flat=True)[:ROOMS_TRIED])
    ids = list(ordered.values_list("id", flat=True)[:ROOMS_LOOKED_AT])
    spans = [Span(date, date.starts_at, date.ends_at) for date in dates]
    taken = overlaps.rooms_busy_on(ids, spans, except_booking=except_booking)
    return [room_id for room_id in ids if room_id not in taken][:ROOMS_TRIED]


def stock_of(rooms: QuerySet[Room]) -> Room | None:
    """The room that a new one would be made after, when all are taken; None without room stock."""
    stock = rooms.filter(is_stock=True).order_by("-seats", "id")
    return stock.select_related("room_class", "pool").first()


def no_room(actor: Actor, seats: int) -> NoRoom:
    """The refusal: with the largest room's seats, if it is too small."""
    largest = rooms_bookable_by(actor).filter(is_active=True).order_by("-seats").first()
    limit = largest.seats if largest is not None else 0
    return NoRoom(limit=limit, asked=seats, unit="seats") if limit < seats else NoRoom()


def room_in_sight(
    request: BookingRequest,
    actor: Actor,
    plan: Plan,
    guests: Sequence[Guest],
    now: datetime,
    *,
    full: Collection[UUID] = (),
    except_booking: UUID | None = None,
) -> tuple[Room, Policy, int, list[Span]]:
    """The room that `book` would take now, of a pool that is not full; one of the stock stands for a new one. Raises
    the refusals of `book`.
    """
    seats, rooms = rooms_wanted(request, actor, guests, full=full)
    last: Refusal | None = None
    tried: set[UUID] = set()
    for _attempt in range(2):
        ids = rooms_free_on(rooms, plan.dates, tried, except_booking=except_booking)
        tried |= set(ids)
        found = rooms.in_bulk(ids)
        spans_by_room: dict[UUID, list[Span]] = {}
        policies = {room_id: policy_of(found[room_id].room_class) for room_id in ids}
        for room_id in ids:
            try:
                spans = spans_in(found[room_id], policies[room_id], plan, request, actor, now)
            except Refusal as refusal:
                last = refusal
                continue
            if len(spans) == len(plan.dates):
                spans_by_room[room_id] = spans
        able = [found[room_id] for room_id in spans_by_room]
        places = overlaps.places_taken_with_buffers(able, plan.dates, except_booking=except_booking)
        taken = {room_id for _place, room_id in places}
        for room_id in spans_by_room:
            if room_id not in taken:
                return found[room_id], policies[room_id], seats, spans_by_room[room_id]
    stock = stock_of(rooms)
    if stock is None:
        raise last or no_room(actor, seats)
    policy = policy_of(stock.room_class)
    return stock, policy, seats, spans_in(stock, policy, plan, request, actor, now)
