# SPDX-License-Identifier: EUPL-1.2
"""Who did what to a booking, for those who see it in full. Written in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking, HistoryEntry


def note(
    booking: Booking,
    action: str,
    *,
    actor: Actor,
    changes: Mapping[str, tuple[str, str]] | None = None,
    now: datetime,
) -> None:
    """`changes`: name of a field -> what it was and what it is now, as text."""
    HistoryEntry.objects.create(
        booking=booking,
        at=now,
        person=actor.person,
        action=action,
        source=booking.source if actor.person is not None else actor.label,
        version=booking.version,
        changes={name: list(pair) for name, pair in (changes or {}).items()},
    )
