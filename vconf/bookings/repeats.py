# SPDX-License-Identifier: EUPL-1.2
"""The same request twice (R2.6): a key that comes again gets what it got, and nothing is done a second time.

The key is written in the transaction of what it stands for, so after a crash it is known exactly if that was
committed. A parallel repeat waits for the unique constraint and is tried again; then it finds the row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any
from uuid import UUID

from vconf.authorities.rights import Actor
from vconf.bookings.errors import IdempotencyMismatch
from vconf.bookings.models import Booking, IdempotencyKey
from vconf.crashpoints import reach


def fingerprint_of(action: str, *parts: Any) -> str:
    """SHA-256 of what is asked for: equal for equal requests, whenever they come."""
    plain = [asdict(part) if is_dataclass(part) and not isinstance(part, type) else part for part in parts]
    return hashlib.sha256(json.dumps([action, *plain], default=str, sort_keys=True).encode()).hexdigest()


def repeated(key: str | None, fingerprint: str, *, actor: Actor) -> Booking | None:
    """What this key stands for already. Raises IdempotencyMismatch if that was another request."""
    if not key or actor.person is None:
        return None
    known = IdempotencyKey.objects.filter(person=actor.person, key=key).select_related("booking").first()
    if known is None:
        return None
    if known.fingerprint != fingerprint:
        raise IdempotencyMismatch()
    reach("idempotency.repeated")
    return known.booking


def is_known(key: str | None, *, actor: Actor) -> bool:
    """Whether the caller has used this key before, for whatever request."""
    return bool(key) and IdempotencyKey.objects.filter(person=actor.person, key=key).exists()


def remember(key: str | None, fingerprint: str, booking_id: UUID, *, actor: Actor) -> None:
    """First of all writes, so that a repeat waits here. The foreign key is checked at commit, not before."""
    if key and actor.person is not None:
        IdempotencyKey.objects.create(
            person=actor.person, key=key, fingerprint=fingerprint, booking_id=booking_id
        )
        reach("idempotency.after_key")


def once(
    key: str | None, fingerprint: str, booking_id: UUID, act: Callable[[], Booking], *, actor: Actor
) -> Booking:
    """Act on a booking, unless the key says that it was done; inside the transaction."""
    known = repeated(key, fingerprint, actor=actor)
    if known is not None:
        return known
    remember(key, fingerprint, booking_id, actor=actor)
    booking = act()
    if key and actor.person is not None and booking.id != booking_id:
        IdempotencyKey.objects.filter(person=actor.person, key=key).update(booking=booking)
    return booking
