# SPDX-License-Identifier: EUPL-1.2
"""Room statuses as a caller may see them, in the words of the socket."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.realtime.models import RoomStatus
from vconf.realtime.states import Status, busy_frame, details_frame, sees_details
from vconf.realtime.status import status_in, statuses_now
from vconf.rooms.selectors import rooms_visible_to


def statuses_for(actor: Actor, room_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Room id -> the status that the socket would send, for those of these rooms that the actor sees.

    Two queries; a few more if a room is so new that its status was not yet written (version 0).
    """
    rooms = {room.id: room for room in rooms_visible_to(actor).filter(id__in=room_ids)}
    stored = {row.room_id: row for row in RoomStatus.objects.filter(room_id__in=rooms)}
    faces = {
        room_id: _face(actor, room_id, status_in(row), row.version, row.busy_version)
        for room_id, row in stored.items()
    }
    missing = {room_id: room for room_id, room in rooms.items() if room_id not in stored}
    if missing:
        fresh = statuses_now(missing, now=timezone.now())
        faces.update((room_id, _face(actor, room_id, status, 0, 0)) for room_id, status in fresh.items())
    return faces


def _face(actor: Actor, room_id: UUID, status: Status, version: int, busy_version: int) -> dict[str, Any]:
    full = sees_details(
        status, person_id=actor.person_id, admin_ids=actor.admin_ids, is_operator=actor.operates
    )
    if full:
        return details_frame(room_id, status, version)
    return busy_frame(room_id, status, busy_version)
