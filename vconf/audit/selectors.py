# SPDX-License-Identifier: EUPL-1.2
"""Reading the audit, for the inside."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from vconf.audit.models import AuditEntry, Outcome


def last_changes(
    object_type: str, object_ids: Iterable[UUID], *, action: str = "", fields: Collection[str] = ()
) -> dict[UUID, datetime]:
    """When each object was last changed by somebody; objects never changed are left out. One query.

    action: only this one counts, all if empty. fields: only what changed one of these counts.
    """
    rows = AuditEntry.objects.filter(
        object_type=object_type, object_id__in=[str(i) for i in object_ids], outcome=Outcome.DONE
    )
    if action:
        rows = rows.filter(action=action)
    if fields:
        rows = rows.filter(changes__has_any_keys=list(fields))
    found = rows.order_by().values("object_id").annotate(last=Max("at")).values_list("object_id", "last")
    return {UUID(object_id): last for object_id, last in found}
