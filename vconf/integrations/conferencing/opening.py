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
from vconf.bookings.retry import retried
from vconf.integrations.conferencing.placement import Placement, place
from vconf.integrations.conferencing.port import Unreachable
from vconf.rooms.selectors import fallbacks_of


@contextmanager
def placing(*occurrences: Occurrence) -> Iterator[None]:
    """In here others who place in the pools of these dates have made their choice and written it, or wait with it.

    For what leaves its reserved server: else a wave of such meetings all see the same server empty. One transaction.
    """
    with transaction.atomic():
        pools = {occurrence.pool_id for occurrence in occurrences}
        locks.lock_pools(pools.union(*(fallbacks_of(pool_id) for pool_id in pools)))
        yield


@retried
def open_placed(occurrence: Occurrence) -> Meeting:
    """Plan the date's meeting on the server that suits it best now; the running one if there is one.

    Raises NotJoinable, and Unreachable (`no_server`) if no server can be had.
    """
    placement = place(occurrence)
    if placement is not None and placement.server_id == occurrence.reserved_server_id:
        return _plan(occurrence, placement)
    with placing(occurrence):
        return _plan(occurrence, place(occurrence))


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
