# SPDX-License-Identifier: EUPL-1.2
"""What the live status of rooms is worked out from. For the board: who may know it is said with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from vconf.authorities.deputies import deputies_of
from vconf.bookings.models import OCCUPYING, Attendee, Meeting, Occurrence, OccurrenceState
from vconf.bookings.spans import LONGEST_BLOCK


@dataclass(frozen=True, slots=True)
class StatusSource:
    """What a room's live status is worked out from: its dates around now, with the running meeting of each."""

    occurrence: Occurrence
    meeting: Meeting | None
    audience: frozenset[UUID]


def dates_around(
    room_ids: Collection[UUID] | None, *, now: datetime, ahead: timedelta = timedelta(days=7)
) -> dict[UUID, list[StatusSource]]:
    """For each room its occupying dates from now on (running ones included), soonest first.

    Four queries, whatever the number of rooms. `audience`: persons who see the booking in full.
    """
    rows = Occurrence.objects.filter(
        state__in=OCCUPYING, blocks_from__gt=now - LONGEST_BLOCK, blocks_from__lt=now + ahead
    ).filter(Q(ends_at__gt=now) | Q(state__in=[OccurrenceState.LIVE, OccurrenceState.OVERRUN]))
    if room_ids is not None:
        rows = rows.filter(room_id__in=room_ids)
    found: Sequence[Occurrence] = list(rows.select_related("booking").order_by("starts_at", "id"))
    meetings: dict[UUID, Meeting] = {}
    for meeting in Meeting.objects.filter(occurrence_id__in=[o.id for o in found]).order_by("epoch"):
        meetings[meeting.occurrence_id] = meeting
    invited: dict[UUID, set[UUID]] = {}
    people = Attendee.objects.filter(booking_id__in={o.booking_id for o in found}, person__isnull=False)
    for booking_id, person_id in people.values_list("booking_id", "person_id"):
        if person_id is not None:
            invited.setdefault(booking_id, set()).add(person_id)
    deputies = deputies_of({o.booking.organiser_id for o in found}, now=now)
    by_room: dict[UUID, list[StatusSource]] = {}
    for o in found:
        organiser_id = o.booking.organiser_id
        audience = {organiser_id, *deputies.get(organiser_id, ()), *invited.get(o.booking_id, ())}
        by_room.setdefault(o.room_id, []).append(StatusSource(o, meetings.get(o.id), frozenset(audience)))
    return by_room
