# SPDX-License-Identifier: EUPL-1.2
"""Which room, when any will do: the smallest that fits and is free, a named one, else one from stock. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from vconf.authorities.rights import Actor
from vconf.bookings import occupancy
from vconf.bookings.checks import Guest, expected_seats, spans_of
from vconf.bookings.errors import NoRoom
from vconf.bookings.occupancy import Span
from vconf.bookings.recurrence import Date
from vconf.bookings.requests import BookingRequest
from vconf.errors import Refusal
from vconf.rooms.models import Room
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.selectors import rooms_bookable_by

#: free rooms tried one after the other before giving up on "any room"
ROOMS_TRIED = 20
#: rooms whose calendars are looked through for a series
ROOMS_LOOKED_AT = 400


def rooms_wanted(
    request: BookingRequest, actor: Actor, guests: Sequence[Guest]
) -> tuple[int, QuerySet[Room]]:
    """Seats to be reserved, and the rooms in use that have them and that the actor may book, of the class if named."""
    seats = expected_seats(request.seats, guests, None, None)
    rooms = rooms_bookable_by(actor).filter(is_active=True, blocked_reason="", seats__gte=seats)
    if request.room_class_id is not None:
        rooms = rooms.filter(room_class_id=request.room_class_id)
    return seats, rooms


def rooms_free_on(
    rooms: QuerySet[Room], dates: Sequence[Date], tried: set[UUID], *, except_booking: UUID | None = None
) -> list[UUID]:
    """Ids of rooms to be tried, the smallest first; buffers and what others book meanwhile are asked later."""
    ordered = rooms.exclude(id__in=tried).order_by("is_stock", "seats", "id")
    if len(dates) == 1:
        busy = occupancy.busy_rooms(dates[0].starts_at, dates[0].ends_at, except_booking=except_booking)
        return list(ordered.exclude(id__in=busy).values_list("id", flat=True)[:ROOMS_TRIED])
    ids = list(ordered.values_list("id", flat=True)[:ROOMS_LOOKED_AT])
    spans = [Span(date, date.starts_at, date.ends_at) for date in dates]
    taken = occupancy.rooms_busy_on(ids, spans, except_booking=except_booking)
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
    dates: Sequence[Date],
    guests: Sequence[Guest],
    now: datetime,
    *,
    except_booking: UUID | None = None,
) -> tuple[Room, Policy, int, list[Span]]:
    """The room that `book` would take now; one of the stock stands for a new one. Raises the refusals of `book`."""
    seats, rooms = rooms_wanted(request, actor, guests)
    last: Refusal | None = None
    tried: set[UUID] = set()
    for _attempt in range(2):
        ids = rooms_free_on(rooms, dates, tried, except_booking=except_booking)
        tried |= set(ids)
        found = rooms.in_bulk(ids)
        spans_by_room: dict[UUID, list[Span]] = {}
        policies = {room_id: policy_of(found[room_id].room_class) for room_id in ids}
        for room_id in ids:
            try:
                spans_by_room[room_id] = spans_of(dates, policies[room_id], now)
            except Refusal as refusal:
                last = refusal
        free = _free_with_buffers(spans_by_room, policies, except_booking)
        for room_id in ids:
            if room_id in free:
                return found[room_id], policies[room_id], seats, spans_by_room[room_id]
    stock = stock_of(rooms)
    if stock is None:
        raise last or no_room(actor, seats)
    policy = policy_of(stock.room_class)
    return stock, policy, seats, spans_of(dates, policy, now)


def _free_with_buffers(
    spans_by_room: dict[UUID, list[Span]], policies: dict[UUID, Policy], except_booking: UUID | None
) -> set[UUID]:
    """One statement for all rooms of equal buffers."""
    alike: dict[tuple[int, int], list[UUID]] = {}
    for room_id in spans_by_room:
        policy = policies[room_id]
        alike.setdefault((policy.buffer_before_minutes, policy.buffer_after_minutes), []).append(room_id)
    free = set(spans_by_room)
    for room_ids in alike.values():
        spans = spans_by_room[room_ids[0]]
        free -= occupancy.rooms_busy_on(room_ids, spans, except_booking=except_booking)
    return free
