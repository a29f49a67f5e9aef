# SPDX-License-Identifier: EUPL-1.2
"""What occupies a room when: asked under its lock by who books, without one by who only suggests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from vconf.bookings.errors import SlotTaken
from vconf.bookings.models import OCCUPYING, Occurrence
from vconf.bookings.recurrence import Date
from vconf.bookings.spans import LONGEST_BLOCK, Span
from vconf.errors import Clash
from vconf.rooms.models import Pool, Room
from vconf.rooms.policies import Policy, policy_of


def clashes(room_id: UUID, spans: Sequence[Span], *, except_booking: UUID | None = None) -> list[Clash]:
    """The dates that another occupying one of the room overlaps. The caller holds the room's lock."""
    taken = {place for place, _room in places_taken([room_id], spans, except_booking=except_booking)}
    return [
        Clash(span.date.starts_at, span.date.ends_at, SlotTaken.code)
        for place, span in enumerate(spans)
        if place in taken
    ]


def overlapping_each_other(spans: Iterable[Span]) -> list[Clash]:
    """The dates of one booking that begin before another of its dates has ended."""
    ordered = sorted(spans, key=lambda span: span.blocks_from)
    found: list[Clash] = []
    until: datetime | None = None
    for span in ordered:
        if until is not None and span.blocks_from < until:
            found.append(Clash(span.date.starts_at, span.date.ends_at, SlotTaken.code))
        until = span.blocks_until if until is None else max(until, span.blocks_until)
    return found


def rooms_busy_on(
    room_ids: Sequence[UUID], spans: Sequence[Span], *, except_booking: UUID | None = None
) -> set[UUID]:
    """Which of these rooms something occupies on any of the dates."""
    rows = _read_overlaps(room_ids, spans, except_booking, "DISTINCT other.room_id")
    return {room_id for (room_id,) in rows}


def places_taken(
    room_ids: Sequence[UUID], spans: Sequence[Span], *, except_booking: UUID | None = None
) -> set[tuple[int, UUID]]:
    """(place of the span, room) of whatever overlaps."""
    return {
        (place, room_id)
        for room_id, place in _read_overlaps(
            room_ids, spans, except_booking, "DISTINCT other.room_id, wanted.place"
        )
    }


def places_taken_with_buffers(
    rooms: Collection[Room], dates: Sequence[Date], *, except_booking: UUID | None = None
) -> set[tuple[int, UUID]]:
    """(place of the date, room) where the room with its own buffers is taken: one statement for all of equal ones."""
    alike: dict[tuple[int, int], tuple[Policy, list[UUID]]] = {}
    for room in rooms:
        policy = policy_of(room.room_class)
        buffers = (policy.buffer_before_minutes, policy.buffer_after_minutes)
        alike.setdefault(buffers, (policy, []))[1].append(room.id)
    found: set[tuple[int, UUID]] = set()
    for policy, room_ids in alike.values():
        spans = [Span.of(date, policy) for date in dates]
        found |= places_taken(room_ids, spans, except_booking=except_booking)
    return found


def busy_on(
    room_id: UUID, spans: Sequence[Span], *, except_booking: UUID | None = None
) -> list[tuple[int, datetime, datetime]]:
    """(place of the span, from, until) of all that occupies the room on these dates, buffers included."""
    rows = _read_overlaps(
        [room_id], spans, except_booking, "other.room_id, wanted.place, other.blocks_from, other.blocks_until"
    )
    return [(place, moment_of(begins), moment_of(ends)) for _room_id, place, begins, ends in rows]


_AT = Occurrence._meta.get_field("blocks_from")


_STATES = ", ".join(f"'{state.value}'" for state in OCCUPYING)


#: rooms in one statement; the dates are bound by the horizon
_ROOMS_AT_ONCE = 400


#: dates in one statement: three values each, far below SQLite's limit
_DATES_AT_ONCE = 400


def _read_overlaps(
    room_ids: Sequence[UUID], spans: Sequence[Span], except_booking: UUID | None, columns: str
) -> list[tuple[Any, ...]]:
    """These columns, the room's id first, of whatever overlaps: one statement, for each date a range on an index.

    The range begins at the longest possible block before the date: exact, and never a scan of the past.
    """
    key = Occurrence._meta.get_field("id")
    moment = "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(spans), _DATES_AT_ONCE):
        values: list[object] = []
        for place, span in enumerate(spans[start : start + _DATES_AT_ONCE], start=start):
            moments = (span.blocks_from - LONGEST_BLOCK, span.blocks_from, span.blocks_until)
            values += [place, *(_AT.get_db_prep_value(moment_, connection) for moment_ in moments)]
        rows = ", ".join([f"(%s, {moment}, {moment}, {moment})"] * (len(values) // 4))
        for first in range(0, len(room_ids), _ROOMS_AT_ONCE):
            rooms = [key.get_db_prep_value(r, connection) for r in room_ids[first : first + _ROOMS_AT_ONCE]]
            statement = (
                "WITH wanted (place, lowest, blocks_from, blocks_until)"  # noqa: S608 - only placeholders
                f" AS (VALUES {rows})"
                f" SELECT {columns}"
                " FROM wanted CROSS JOIN bookings_occurrence AS other"
                f" WHERE other.room_id IN ({', '.join(['%s'] * len(rooms))})"
                f" AND other.state IN ({_STATES})"
                " AND other.blocks_from > wanted.lowest AND other.blocks_from < wanted.blocks_until"
                " AND other.blocks_until > wanted.blocks_from"
            )
            parameters = [*values, *rooms]
            if except_booking is not None:
                statement += " AND other.booking_id <> %s"
                parameters.append(key.get_db_prep_value(except_booking, connection))
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                found += [(key.to_python(room_id), *rest) for room_id, *rest in cursor.fetchall()]
    return found


def moment_of(value: Any) -> datetime:
    """What the database answers for a moment in SQL of our own: SQLite has text, PostgreSQL an instant."""
    found: datetime = _AT.to_python(value)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def busy_rooms(
    starts_at: datetime,
    ends_at: datetime,
    room_ids: Iterable[UUID] | None = None,
    *,
    except_booking: UUID | None = None,
) -> QuerySet[Occurrence, UUID]:
    """Rooms that something occupies within the interval, to be asked within a larger question: one index range of
    each pool, the busy ones, not all rooms.
    """
    overlapping = Q(
        pool__in=Pool.objects.order_by().values("id"),
        state__in=OCCUPYING,
        blocks_from__gt=starts_at - LONGEST_BLOCK,
        blocks_from__lt=ends_at,
        blocks_until__gt=starts_at,
    )
    found = Occurrence.objects.filter(overlapping)
    if room_ids is not None:
        found = found.filter(room_id__in=room_ids)
    if except_booking is not None:
        found = found.exclude(booking_id=except_booking)
    return found.order_by().values_list("room_id", flat=True)
