# SPDX-License-Identifier: EUPL-1.2
"""Writing the audit: services call this in their own transaction, for what was done and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from django.db import connection

from vconf.audit.models import AuditEntry
from vconf.logs import correlation_id

#: what may stand in numbers and changes: nothing that could hold a sentence somebody wrote about somebody
Value = str | int | float | bool | None


class Doer(Protocol):
    """Whoever acted; an `Actor` is one. Rights are not our business."""

    @property
    def person_id(self) -> UUID | None: ...

    @property
    def label(self) -> str: ...


def record_audit(
    action: str,
    *,
    actor: Doer,
    object_type: str,
    object_id: UUID | str | int,
    authority_id: UUID | None = None,
    outcome: str = "done",
    code: str = "",
    numbers: Mapping[str, Value] | None = None,
    changes: Mapping[str, Value | list[Value]] | None = None,
) -> AuditEntry:
    """Add one entry in the caller's transaction, so that it exists exactly if what it tells of does (R8.9).

    For a refusal: roll the attempt back to a savepoint, then call this outside of it. `numbers` are those of the
    refusal, `changes` maps changed fields to new values. Never pass titles, names, addresses or secrets.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("The audit is written in the transaction of what it tells of.")
    return AuditEntry.objects.create(
        actor_person_id=actor.person_id,
        actor_label=actor.label,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        authority_id=authority_id,
        outcome=outcome,
        code=code,
        numbers=dict(numbers or {}),
        changes=dict(changes or {}),
        correlation_id=correlation_id(),
    )
