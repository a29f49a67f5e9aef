# SPDX-License-Identifier: EUPL-1.2
"""Dates open on the server that is chosen for them: choosing and planning in one step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from vconf.bookings import locks
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Meeting, Occurrence
from vconf.bookings.retry import Meanwhile, retried
from vconf.integrations.conferencing.placement import Placement, place
from vconf.integrations.conferencing.port import Unreachable
from vconf.rooms.selectors import fallbacks_of


@contextmanager
def placing(*occurrences: Occurrence) -> Iterator[None]:
    """In here others who place in the pools of these dates have made their choice and written it, or wait with it.

    For what leaves its reserved server: else a wave of such meetings all see the same server empty. One transaction.
    Where the date is reserved is read anew: it may have been moved before the pools were locked, and stays from here
    on. Raises Meanwhile if it is of another pool now.
    """
    with transaction.atomic():
        pools = {occurrence.pool_id for occurrence in occurrences}
        locks.lock_pools(pools.union(*(fallbacks_of(pool_id) for pool_id in pools)))
        for occurrence in occurrences:
            pool_id = occurrence.pool_id
            occurrence.refresh_from_db(fields=["pool", "reserved_server"])
            if occurrence.pool_id != pool_id:
                raise Meanwhile
        yield


@retried
def open_placed(occurrence: Occurrence) -> Meeting:
    """Plan the date's meeting on the server that suits it best now; the running one if there is one.

    Raises NotJoinable, and Unreachable (`no_server`) if no server can be had.
    """
    meeting = _open_as_reserved(occurrence)
    if meeting is not None:
        return meeting
    with placing(occurrence):
        return _plan(occurrence, place(occurrence))


def _open_as_reserved(occurrence: Occurrence) -> Meeting | None:
    """None if it cannot open there.

    The date is locked before its server is looked at: who takes that out of use moves its dates under this lock, and a
    choice made before it would open the meeting on a server that is being emptied.
    """
    with transaction.atomic():
        locks.lock_dates([occurrence])
        placement = place(occurrence)
        if placement is None or placement.server_id != occurrence.reserved_server_id:
            return None
        return _plan(occurrence, placement)


def open_due(occurrence_id: UUID) -> Meeting | None:
    """`open_placed` for the clock. None if no server can be had: its next round tries again. Raises NotJoinable."""
    occurrence = Occurrence.objects.select_related("room__room_class").get(id=occurrence_id)
    try:
        return open_placed(occurrence)
    except Unreachable:
        return None


def _plan(occurrence: Occurrence, placement: Placement | None) -> Meeting:
    if placement is None:
        raise Unreachable("no server of the pool is enabled", code="no_server")
    return open_occurrence(occurrence.id, server_id=placement.server_id, explanation=placement.explanation)
