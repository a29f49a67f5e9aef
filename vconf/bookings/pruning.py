# SPDX-License-Identifier: EUPL-1.2
"""What is kept for a while only. The ledger is not: the audit of the promises asks it about all there ever was."""

from __future__ import annotations

from datetime import datetime

from vconf.bookings.models import IdempotencyKey

#: rows in one transaction, so that a request with a key never waits for long
AT_ONCE = 500


def prune_keys(*, before: datetime) -> int:
    """Forget idempotency keys that came before an instant; returns how many. A repeat after that is a new request."""
    removed = 0
    while True:
        old = IdempotencyKey.objects.filter(created_at__lt=before).order_by("id")
        batch = list(old.values_list("id", flat=True)[:AT_ONCE])
        IdempotencyKey.objects.filter(id__in=batch).delete()
        removed += len(batch)
        if len(batch) < AT_ONCE:
            return removed
