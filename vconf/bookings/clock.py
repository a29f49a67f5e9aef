# SPDX-License-Identifier: EUPL-1.2
"""The clock: turns due times into facts. One process calls it every second; calling it twice does no harm."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q

from vconf.bookings import approvals, releasing, reminding
from vconf.bookings.events import SeriesEnding
from vconf.bookings.meetings import close_occurrence, open_occurrence
from vconf.bookings.models import OCCUPYING, RUNNING, Booking, Meeting, Occurrence, OccurrenceState
from vconf.crashpoints import reach
from vconf.errors import DomainError
from vconf.outbox.record import record
from vconf.rooms.models import RoomClass
from vconf.rooms.policies import policy_of

log = structlog.get_logger(__name__)

#: dates handled in one call; what is left follows a second later
AT_ONCE = 200
#: how long before the last promised date of a series without end its organiser is told
REMINDED_BEFORE = timedelta(weeks=4)


def pass_time(now: datetime, *, opens: Callable[[UUID], object] = open_occurrence) -> int:
    """Let undecided requests lapse and held dates go, open what the class opens by the clock, close what has come to
    its end, remind of series that end soon and of dates that begin soon. The number of requests, dates and bookings
    changed.

    opens: plans the meeting of a date; None if it cannot be opened just now. By default on its reserved server.

    R4.4: nothing here depends on being called at an exact time; what was missed is made up for.
    """
    lapsed = _lapse_due(now) + _release_due(now)
    reach("clock.before_open")
    opened = _open_due(now, opens)
    reach("clock.after_open")
    return lapsed + opened + _close_due(now) + _remind_due(now) + _remind_of_dates(now)


def _lapse_due(now: datetime) -> int:
    return _each(approvals.due(now, most=AT_ONCE), lambda approval_id: approvals.lapse(approval_id, now=now))


def _release_due(now: datetime) -> int:
    ids = releasing.due(now, most=AT_ONCE)
    return _each(ids, lambda booking_id: releasing.release(booking_id, now=now))


def _open_due(now: datetime, opens: Callable[[UUID], object]) -> int:
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
        ids = due.order_by("starts_at").values_list("id", flat=True)[:AT_ONCE]
        changed += _each(ids, lambda occurrence_id: _opened(occurrence_id, opens))
    return changed


def _opened(occurrence_id: UUID, opens: Callable[[UUID], object]) -> bool:
    try:
        return opens(occurrence_id) is not None
    except DomainError:
        return False  # cancelled between the look and the lock


def _close_due(now: datetime) -> int:
    # a date that runs over is only of interest again when its last piece of overrun is used up, or it is empty
    fresh = Q(overruns__ends_at__gt=now) & Q(
        meetings__in=Meeting.objects.filter(state__in=RUNNING, people__gt=0)
    )
    # what waits for approval lapses, and what is held goes
    waiting = (OccurrenceState.PENDING, OccurrenceState.HELD)
    states = [state for state in OCCUPYING if state not in waiting]
    due = Occurrence.objects.filter(state__in=states, ends_at__lte=now).exclude(
        id__in=Occurrence.objects.filter(fresh, state=OccurrenceState.OVERRUN).values("id")
    )
    ids = due.order_by("ends_at").values_list("id", flat=True)[:AT_ONCE]
    return _each(ids, lambda occurrence_id: close_occurrence(occurrence_id, now=now))


def _remind_due(now: datetime) -> int:
    due = Booking.objects.filter(
        promised_until__isnull=False,
        promised_until__lte=now + REMINDED_BEFORE,
        promised_until__gt=now,
        reminded_at=None,
        cancelled_at=None,
    )
    ids = due.order_by("promised_until").values_list("id", flat=True)[:AT_ONCE]
    return _each(ids, lambda booking_id: _remind(booking_id, now))


def _remind_of_dates(now: datetime) -> int:
    ids = reminding.due(now, most=AT_ONCE)
    return _each(ids, lambda booking_id: reminding.remind(booking_id, now=now))


def _remind(booking_id: UUID, now: datetime) -> bool:
    """Once: the mark and the fact are of one transaction. Extended later, a series is reminded of again."""
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
        promised = booking.promised_until
        if promised is None or booking.reminded_at is not None or booking.cancelled_at is not None:
            return False
        Booking.objects.filter(id=booking_id).update(reminded_at=now)
        record(SeriesEnding(booking_id=str(booking_id), promised_until=promised.isoformat()))
        return True


def _each(ids: Iterable[UUID], act: Callable[[UUID], bool]) -> int:
    """How many were changed. One that fails is logged and holds up no other; its turn comes again."""
    changed = 0
    for one_id in list(ids):
        try:
            changed += act(one_id)
        except OperationalError:
            raise  # the database is in trouble, not the date
        except Exception:
            log.exception("the clock failed for a date or a request", id=str(one_id))
    return changed
