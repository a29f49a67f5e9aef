# SPDX-License-Identifier: EUPL-1.2
"""An attempt either succeeds wholly or leaves nothing but the audit row of its refusal."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings.errors import SlotTaken
from vconf.bookings.guards import is_overlap
from vconf.bookings.models import Booking, Occurrence
from vconf.errors import DomainError, Refusal

T = TypeVar("T")
W = TypeVar("W")
P = ParamSpec("P")


def attempt(act: Callable[[], T]) -> T | Refusal:
    """Run it in a transaction, under a savepoint if the caller has one. A refusal undoes what it did and is handed
    back, for the caller to record.
    """
    try:
        with transaction.atomic():
            return act()
    except Refusal as refusal:
        return refusal
    except IntegrityError as error:
        if not is_overlap(error):
            raise
        return SlotTaken()


def refusals_noted(
    action: str,
) -> Callable[[Callable[Concatenate[W, P], T]], Callable[Concatenate[W, P], T]]:
    """Around a service: what it refuses before or without an `attempt` leaves its audit row as well.

    The service's first argument is the id of a booking or of a date (`occurrence.…`), or a request.
    """

    def around(service: Callable[Concatenate[W, P], T]) -> Callable[Concatenate[W, P], T]:
        @functools.wraps(service)
        def run(what: W, /, *args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return service(what, *args, **kwargs)
            except Refusal as refusal:
                if not refusal.noted:
                    _note(action, refusal, what, kwargs["actor"])
                raise

        return run

    return around


def _note(action: str, refusal: Refusal, what: object, actor: Any) -> None:
    object_type = action.partition(".")[0]
    authority_id = actor.home_id
    if isinstance(what, UUID):
        owner: UUID | None
        if object_type == "occurrence":
            owner = Occurrence.objects.filter(id=what).values_list("booking__authority_id", flat=True).first()
        else:
            owner = Booking.objects.filter(id=what).values_list("authority_id", flat=True).first()
        authority_id = owner or authority_id
    with transaction.atomic():
        _record(
            action,
            refusal,
            actor=actor,
            authority_id=authority_id,
            object_type=object_type,
            object_id=what if isinstance(what, UUID) else "",
        )


def record_refusal(
    action: str, refusal: DomainError, *, actor: Actor, authority_id: UUID, object_id: UUID | str
) -> None:
    """The row that outlives the attempt: code and numbers, no words."""
    _record(
        action,
        refusal,
        actor=actor,
        authority_id=authority_id,
        object_type="booking",
        object_id=object_id,
    )
    refusal.noted = True


def _record(
    action: str,
    refusal: DomainError,
    *,
    actor: Actor,
    authority_id: UUID | None,
    object_type: str,
    object_id: UUID | str,
) -> None:
    numbers = {"limit": refusal.limit, "in_use": refusal.in_use, "asked": refusal.asked}
    record_audit(
        action,
        actor=actor,
        object_type=object_type,
        object_id=object_id,
        authority_id=authority_id,
        outcome="refused",
        code=refusal.code,
        numbers={name: number for name, number in numbers.items() if number is not None},
    )
