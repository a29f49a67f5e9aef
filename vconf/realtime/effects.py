# SPDX-License-Identifier: EUPL-1.2
"""What follows from facts for the room board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from vconf.bookings.models import Occurrence
from vconf.realtime.status import refresh_rooms


def push_room_status(payload: Mapping[str, Any], recipient: str = "") -> None:
    """Reaction to every fact that names rooms (`room_id`, `room_ids`) or a booking: show them as they are now."""
    room_ids = {UUID(room_id) for room_id in payload.get("room_ids", ())}
    if "room_id" in payload:
        room_ids.add(UUID(payload["room_id"]))
    elif "booking_id" in payload:
        room_ids.update(
            Occurrence.objects.filter(booking_id=payload["booking_id"])
            .order_by()
            .values_list("room_id", flat=True)
            .distinct()
        )
    refresh_rooms(room_ids)
