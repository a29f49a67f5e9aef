# SPDX-License-Identifier: EUPL-1.2
"""What is kept for a while only. The ledger is not: the audit of the promises asks it about all there ever was."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from vconf.bookings.models import Calendar, CalendarEntry, FormerName, IdempotencyKey

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


def prune_tombstones(*, before: datetime) -> int:
    """Forget what was taken out of calendars before an instant; returns how much. Who has not looked since then has to
    read the calendar anew (`Calendar.known_since`, RFC 6578, 3.8).

    An entry that its owner put away stays as long as a change of the booking may show it again.
    """
    gone = CalendarEntry.objects.filter(deleted_at__lt=before, hidden_at=None)
    names = FormerName.objects.filter(left_at__lt=before)
    removed = 0
    ids = {id for rows in (gone, names) for id in rows.order_by().values_list("calendar_id", flat=True)}
    for calendar_id in sorted(ids):
        with transaction.atomic():
            calendar = Calendar.objects.select_for_update(no_key=True).get(id=calendar_id)
            known_since = calendar.known_since
            # one of them may have been shown again meanwhile
            for old in (gone.filter(calendar=calendar), names.filter(calendar=calendar)):
                latest = old.aggregate(latest=Max("change"))["latest"]
                if latest is not None:
                    removed += old.delete()[0]
                    known_since = max(known_since, latest)
            Calendar.objects.filter(id=calendar_id).update(known_since=known_since)
    return removed
