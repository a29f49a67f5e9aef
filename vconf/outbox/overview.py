# SPDX-License-Identifier: EUPL-1.2
"""What has not been delivered yet, for operators: which reaction, how much of it, since when, and why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from vconf.outbox.models import Delivery, DeliveryState

#: of an error's text, so much is shown
MOST_OF_ERROR = 200

_ADDRESS = re.compile(r"[^\s@<>'\"(),;:=]+@([A-Za-z0-9.-]+)")


@dataclass(frozen=True, slots=True)
class Backlog:
    """What one reaction has still to deliver (`pending`), and what was given up (`parked`)."""

    reaction: str
    pending: int
    parked: int
    oldest_pending_at: datetime | None
    oldest_parked_at: datetime | None


def open_deliveries(state: str, reaction: str = "") -> QuerySet[Delivery]:
    """Parked ones newest first, pending ones oldest first; of one reaction, or of all."""
    rows = Delivery.objects.filter(state=state).select_related("message")
    if reaction:
        rows = rows.filter(reaction=reaction)
    return rows.order_by("-id") if state == DeliveryState.PARKED else rows.order_by("id")


def backlog() -> list[Backlog]:
    """A line for each reaction that has anything pending or parked; ages are those of the facts."""
    pending, parked = Q(state=DeliveryState.PENDING), Q(state=DeliveryState.PARKED)
    rows = (
        Delivery.objects.filter(pending | parked)
        .order_by("reaction")
        .values("reaction")
        .annotate(
            pending=Count("id", filter=pending),
            parked=Count("id", filter=parked),
            oldest_pending_at=Min("message__recorded_at", filter=pending),
            oldest_parked_at=Min("message__recorded_at", filter=parked),
        )
    )
    return [Backlog(**row) for row in rows]


def masked(text: str) -> str:
    """Addresses are people: of each only the domain is left."""
    return _ADDRESS.sub(r"…@\1", text)


def told_error(delivery: Delivery) -> str:
    """The last error as operators may read it: its first line (databases quote rows in the next), addresses masked."""
    first = delivery.last_error.split("\n", 1)[0]
    return masked(first)[:MOST_OF_ERROR]
