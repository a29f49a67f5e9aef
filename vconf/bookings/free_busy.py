# SPDX-License-Identifier: EUPL-1.2
"""When people and rooms have something (RFC 5545, 3.6.4): times and no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from vconf.authorities.rights import Actor
from vconf.bookings.models import (
    OCCUPYING,
    Attendee,
    AttendeeAnswer,
    BusyTime,
    Occurrence,
    OccurrenceState,
    PartStat,
)
from vconf.bookings.spans import LONGEST_BLOCK
from vconf.errors import Invalid
from vconf.rooms.selectors import rooms_visible_to

#: no more is answered at once
LONGEST_RANGE = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class BusyPeriod:
    """Aware instants, half open. kind: FBTYPE (RFC 5545, 3.2.9), `BUSY` or `BUSY-TENTATIVE`."""

    starts_at: datetime
    ends_at: datetime
    kind: str = "BUSY"


def busy_times(
    *,
    person_ids: Collection[UUID] = (),
    room_ids: Collection[UUID] = (),
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
    except_uid: str | None = None,
) -> dict[UUID, list[BusyPeriod]]:
    """Person or room -> when they have something in [starts_at, ends_at): merged, in order, cut to the range.

    Everyone who signed in may ask about everybody, and about the rooms they may see; others are left out. Rooms are
    taken with their buffers. Tentative is what waits for approval, and what somebody has accepted tentatively.
    except_uid: a meeting of the actor's (or a principal's) that is left out, as it is the one being planned.
    Raises Invalid for an empty or too long range.
    """
    if not starts_at < ends_at or ends_at - starts_at > LONGEST_RANGE:
        raise Invalid.field("ends_at", _("Please ask for a shorter time."))
    found: dict[UUID, list[Stretch]] = defaultdict(list)
    found.update({one: [] for one in person_ids if actor.person_id is not None or actor.is_system})
    rooms = rooms_visible_to(actor).filter(id__in=room_ids).values_list("id", flat=True) if room_ids else ()
    found.update({one: [] for one in rooms})
    dates = Occurrence.objects.filter(state__in=OCCUPYING)
    if except_uid is not None:
        dates = dates.exclude(booking__uid=except_uid, booking__organiser__in=actor.organiser_ids)
    for person_id, begins, ends, tentative in _of_people(
        set(person_ids) & found.keys(), starts_at, ends_at, dates
    ):
        found[person_id].append((begins, ends, tentative))
    taken = dates.filter(
        room__in=set(room_ids) & found.keys(),
        blocks_from__gt=starts_at - LONGEST_BLOCK,
        blocks_from__lt=ends_at,
        blocks_until__gt=starts_at,
    )
    for room_id, begins, ends, state in taken.order_by().values_list(
        "room_id", "blocks_from", "blocks_until", "state"
    ):
        found[room_id].append((begins, ends, state == OccurrenceState.PENDING))
    return {one: merged(stretches, starts_at, ends_at) for one, stretches in found.items()}


#: start, end, whether it is tentative; not all of it need lie in the range
Stretch = tuple[datetime, datetime, bool]


def _of_people(
    person_ids: Collection[UUID], starts_at: datetime, ends_at: datetime, dates: QuerySet[Occurrence]
) -> Iterable[tuple[UUID, datetime, datetime, bool]]:
    if not person_ids:
        return
    answered = AttendeeAnswer.objects.filter(
        attendee=OuterRef("id"), occurrence=OuterRef(OuterRef("occurrence"))
    )
    comes = (
        Attendee.objects.filter(booking=OuterRef("occurrence__booking"), person=OuterRef("person_id"))
        .annotate(said=Coalesce(answered.values("partstat")[:1], "partstat"))
        .filter(said__in=[PartStat.ACCEPTED, PartStat.NEEDS_ACTION])
    )
    rows = BusyTime.objects.filter(
        person__in=person_ids,
        starts_at__gt=starts_at - LONGEST_BLOCK,
        starts_at__lt=ends_at,
        ends_at__gt=starts_at,
        occurrence__in=dates,
    ).annotate(comes=Exists(comes))
    for person_id, begins, ends, state, organiser_id, comes_surely in rows.order_by().values_list(
        "person_id", "starts_at", "ends_at", "occurrence__state", "occurrence__booking__organiser_id", "comes"
    ):
        surely = comes_surely or organiser_id == person_id
        yield person_id, begins, ends, state == OccurrenceState.PENDING or not surely


def merged(stretches: Iterable[Stretch], starts_at: datetime, ends_at: datetime) -> list[BusyPeriod]:
    """One after the other: what is certain hides what is tentative at the same time."""
    edges: dict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    for begins, ends, tentative in stretches:
        edges[max(begins, starts_at)][tentative] += 1
        edges[min(ends, ends_at)][tentative] -= 1
    periods: list[BusyPeriod] = []
    sure = perhaps = 0
    since, kind = starts_at, ""
    for at in sorted(edges):
        sure, perhaps = sure + edges[at][0], perhaps + edges[at][1]
        now = "BUSY" if sure else "BUSY-TENTATIVE" if perhaps else ""
        if now != kind:
            if kind:
                periods.append(BusyPeriod(since, at, kind))
            since, kind = at, now
    return periods
