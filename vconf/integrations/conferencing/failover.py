# SPDX-License-Identifier: EUPL-1.2
"""Meetings whose server was lost go on elsewhere: at once, without anybody clicking, under the same link.

They are moved many at a time, by one transaction that gives each up there and plans its next epoch on another server,
so whoever dies in the middle of it leaves them either moved or not. They are made there at once, some at a time on each
server; the facts that they are planned do the same if this process does not live to. What finds no server with the
seats stays where it is, says so on the board, and is tried again each round, until there is one or its own is back
with it.

The copy on the lost server is fenced by its epoch: the link leads to it no more, and a look ends it when the server
is back (`poll`).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import OperationalError
from django.db.models import Q, QuerySet
from django.utils import timezone

from vconf.bookings.meetings import meeting_stranded
from vconf.bookings.models import RUNNING, Meeting
from vconf.integrations.conferencing import effects
from vconf.integrations.conferencing.effects import move_all_elsewhere, provision_soon
from vconf.outbox import progress
from vconf.rooms.models import ServerHealth

log = structlog.get_logger(__name__)

#: Meetings moved in one transaction: those who book in the pool wait for so long.
BATCH = 25
#: How long one round may take, in seconds; what is left follows in the next.
ROUND = 5.0
#: How long one that is gone, or stands still, keeps others from moving meetings.
TURN = timedelta(seconds=8)


def move_lost_meetings() -> int:
    """Move what runs on servers that are down; how many were moved.

    One process at a time does it, so that each choice of a server sees the ones before. Two would do no harm.
    """
    if not _lost().exists() and not _stranded().exists():
        return 0
    with progress.turn("failover", TURN) as ours:
        if not ours:
            return 0
        _find_again()
        return _move_all(until=time.monotonic() + ROUND)


def _move_all(*, until: float) -> int:
    moved = 0
    tried: set[UUID] = set()
    while (batch := _next(tried)) and time.monotonic() < until:
        tried |= {meeting.id for meeting in batch}
        moved += _move(batch)
    return moved


def _next(tried: Collection[UUID]) -> list[Meeting]:
    """Some that may be moved now, with people first; what was tried in vain before comes last, each time in another
    order.
    """
    rows = _lost().filter(_may_be_moved(timezone.now())).exclude(id__in=tried).select_related("server")
    fresh = list(rows.filter(stranded_at=None).order_by("-people", "created_at")[:BATCH])
    if fresh:
        return fresh
    return list(rows.filter(stranded_at__isnull=False).order_by("?")[:BATCH])


def _move(meetings: Sequence[Meeting]) -> int:
    """All of them at once, or one by one if that fails: one that cannot be moved is logged and holds up no other; its
    turn comes again. How many were moved.
    """
    try:
        moved = move_all_elsewhere([meeting.id for meeting in meetings], reason=ServerHealth.DOWN)
    except OperationalError:
        raise  # the database is in trouble, not a meeting
    except Exception:
        if len(meetings) > 1:
            return sum(_move([meeting]) for meeting in meetings)
        log.exception("a lost meeting could not be moved", meeting=str(meetings[0].id))
        return 0
    for new in moved:
        provision_soon(new.id, new.server_id)
    elsewhere = {new.occurrence_id for new in moved}
    for meeting in meetings:
        if meeting.occurrence_id not in elsewhere and meeting_stranded(meeting.id, stranded=True):
            log.error("a lost meeting finds no server", meeting=str(meeting.id), server=meeting.server.name)
    return len(moved)


def _find_again() -> None:
    """Servers that are back, with what was stranded on them: it stays there."""
    for meeting_id in _stranded().values_list("id", flat=True):
        meeting_stranded(meeting_id, stranded=False)


def _lost() -> QuerySet[Meeting]:
    return Meeting.objects.filter(state__in=RUNNING, server__health=ServerHealth.DOWN)


def _may_be_moved(now: datetime) -> Q:
    """`effects.is_lost` for those whose server is down: with people in them, they are left in peace for a while."""
    return Q(people=0) | Q(server__last_seen_at=None) | Q(server__last_seen_at__lt=now - effects.LOST_AFTER)


def _stranded() -> QuerySet[Meeting]:
    stranded = Meeting.objects.filter(state__in=RUNNING, stranded_at__isnull=False)
    return stranded.exclude(server__health=ServerHealth.DOWN)
