# SPDX-License-Identifier: EUPL-1.2
"""Meetings whose server was lost go on elsewhere: at once, without anybody clicking, under the same link.

Each is moved by one transaction that gives it up there and plans its next epoch on another server, so whoever dies in
the middle of it leaves it either moved or not. It is made there at once, many at a time on each server; the fact that
it is planned does the same if this process does not live to. What finds no server stays where it is, says so on the
board, and is tried again each round, until a server has room or its own is back with it.

The copy on the lost server is fenced by its epoch: the link leads to it no more, and a look ends it when the server
is back (`poll`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import OperationalError
from django.db.models import QuerySet

from vconf.bookings.meetings import meeting_stranded
from vconf.bookings.models import RUNNING, Meeting
from vconf.integrations.conferencing.effects import is_lost, move_elsewhere, provision_soon
from vconf.outbox import progress
from vconf.rooms.models import ServerHealth

log = structlog.get_logger(__name__)

#: Meetings read at once.
BATCH = 50
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
    while batch := _next(tried):
        for meeting in batch:
            tried.add(meeting.id)
            moved += _move(meeting)
            if time.monotonic() > until:
                return moved
    return moved


def _next(tried: Collection[UUID]) -> list[Meeting]:
    """Those with people first; what was tried in vain before comes last, each time in another order."""
    rows = _lost().exclude(id__in=tried).select_related("server")
    fresh = list(rows.filter(stranded_at=None).order_by("-people", "created_at")[:BATCH])
    if fresh:
        return fresh
    stranded = list(rows.filter(stranded_at__isnull=False))
    random.shuffle(stranded)
    return stranded


def _move(meeting: Meeting) -> bool:
    """One that fails is logged and holds up no other; its turn comes again."""
    if not is_lost(meeting):
        return False  # its people are left in peace for some seconds more
    try:
        new = move_elsewhere(meeting.id, reason=ServerHealth.DOWN)
        if new is None:
            if meeting_stranded(meeting.id, stranded=True):
                log.error(
                    "a lost meeting finds no server", meeting=str(meeting.id), server=meeting.server.name
                )
            return False
    except OperationalError:
        raise  # the database is in trouble, not the meeting
    except Exception:
        log.exception("a lost meeting could not be moved", meeting=str(meeting.id))
        return False
    provision_soon(new.id, new.server_id)
    return True


def _find_again() -> None:
    """Servers that are back, with what was stranded on them: it stays there."""
    for meeting_id in _stranded().values_list("id", flat=True):
        meeting_stranded(meeting_id, stranded=False)


def _lost() -> QuerySet[Meeting]:
    return Meeting.objects.filter(state__in=RUNNING, server__health=ServerHealth.DOWN)


def _stranded() -> QuerySet[Meeting]:
    stranded = Meeting.objects.filter(state__in=RUNNING, stranded_at__isnull=False)
    return stranded.exclude(server__health=ServerHealth.DOWN)
