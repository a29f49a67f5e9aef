# SPDX-License-Identifier: EUPL-1.2
"""The clock: turns due times into facts. One process calls it every second; calling it twice does no harm."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from vconf.bookings.meetings import close_occurrence, open_occurrence
from vconf.bookings.models import OCCUPYING, RUNNING, Meeting, Occurrence, OccurrenceState
from vconf.errors import DomainError
from vconf.rooms.models import RoomClass
from vconf.rooms.policies import policy_of

#: dates handled in one call; what is left follows a second later
AT_ONCE = 200


def pass_time(now: datetime) -> int:
    """Open what the class opens by the clock, close what has come to its end. The number of dates changed.

    R4.4: nothing here depends on being called at an exact time; what was missed is made up for.
    """
    return _open_due(now) + _close_due(now)


def _open_due(now: datetime) -> int:
    changed = 0
    for room_class in RoomClass.objects.all():
        policy = policy_of(room_class)
        if policy.opening != "clock":
            continue
        due = Occurrence.objects.filter(
            state=OccurrenceState.CONFIRMED,
            room__room_class=room_class,
            starts_at__lte=now + timedelta(minutes=policy.open_minutes_before),
            ends_at__gt=now,
        ).exclude(meetings__isnull=False)
        for occurrence_id in list(due.values_list("id", flat=True)[:AT_ONCE]):
            try:
                open_occurrence(occurrence_id)
                changed += 1
            except DomainError:
                continue  # cancelled between the look and the lock
    return changed


def _close_due(now: datetime) -> int:
    # a date that runs over is only of interest again when its last piece of overrun is used up, or it is empty
    fresh = Q(overruns__ends_at__gt=now) & Q(
        meetings__in=Meeting.objects.filter(state__in=RUNNING, people__gt=0)
    )
    due = Occurrence.objects.filter(state__in=OCCUPYING, ends_at__lte=now).exclude(
        id__in=Occurrence.objects.filter(fresh, state=OccurrenceState.OVERRUN).values("id")
    )
    ids = list(due.order_by("ends_at").values_list("id", flat=True)[:AT_ONCE])
    return sum(close_occurrence(occurrence_id, now=now) for occurrence_id in ids)
