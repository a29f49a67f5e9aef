# SPDX-License-Identifier: EUPL-1.2
"""An attempt either succeeds wholly or leaves nothing but the audit row of its refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings.errors import SlotTaken
from vconf.bookings.guards import is_overlap
from vconf.errors import DomainError, Refusal

T = TypeVar("T")


def attempt(act: Callable[[], T]) -> T | Refusal:
    """Run it under a savepoint. A refusal undoes what it did and is handed back, for the caller to record."""
    try:
        with transaction.atomic():
            return act()
    except Refusal as refusal:
        return refusal
    except IntegrityError as error:
        if not is_overlap(error):
            raise
        return SlotTaken()


def record_refusal(
    action: str, refusal: DomainError, *, actor: Actor, authority_id: UUID, object_id: UUID | str
) -> None:
    """The row that outlives the attempt: code and numbers, no words."""
    numbers = {"limit": refusal.limit, "in_use": refusal.in_use, "asked": refusal.asked}
    record_audit(
        action,
        actor=actor,
        object_type="booking",
        object_id=object_id,
        authority_id=authority_id,
        outcome="refused",
        code=refusal.code,
        numbers={name: number for name, number in numbers.items() if number is not None},
    )
