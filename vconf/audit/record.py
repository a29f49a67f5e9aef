# SPDX-License-Identifier: EUPL-1.2
"""Writing the audit: services call this in their own transaction, for what was done and what was refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from vconf.audit.digests import mac_of
from vconf.audit.models import AuditEntry
from vconf.logs import correlation_id
from vconf.writing import Writing

log = structlog.get_logger("vconf.audit")

#: (action, outcome, code) -> how often it was written and committed by this process, for /metrics
told: Counter[tuple[str, str, str]] = Counter()

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
    writing: Writing | None = None,
) -> AuditEntry:
    """Add one entry in the caller's transaction, so that it exists exactly if what it tells of does (R8.9).

    For a refusal: roll the attempt back, then call this outside of it. `numbers` are those of the
    refusal, `changes` maps changed fields to new values. Never pass titles, names, addresses or secrets. `writing`: it
    is written, and gets its number, with the caller's other rows.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("The audit is written in the transaction of what it tells of.")
    entry = AuditEntry(
        at=timezone.now(),
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
    entry.mac = mac_of(entry)
    if writing is None:
        entry.save(force_insert=True)
    else:
        writing.add([entry])
    transaction.on_commit(lambda: _tell(entry), robust=True)
    return entry


def record_event(
    action: str,
    *,
    actor: Doer,
    object_type: str,
    object_id: UUID | str = "",
    outcome: str = "done",
    code: str = "",
) -> AuditEntry:
    """Add an entry of its own for what changes nothing else: a sign-in, a wrong PIN, a request without the right."""
    with transaction.atomic():
        return record_audit(
            action, actor=actor, object_type=object_type, object_id=object_id, outcome=outcome, code=code
        )


def _tell(entry: AuditEntry) -> None:
    """The security event for whoever collects log lines (R8.8): ids, codes and numbers, nothing anybody wrote."""
    told[entry.action, str(entry.outcome), entry.code] += 1
    log.info(
        "audit",
        entry=entry.id,
        at=entry.at.isoformat(),
        actor=entry.actor_label or str(entry.actor_person_id or ""),
        action=entry.action,
        object_type=entry.object_type,
        object=entry.object_id,
        authority=str(entry.authority_id) if entry.authority_id else None,
        outcome=str(entry.outcome),
        code=entry.code,
        numbers=entry.numbers,
        correlation_id=entry.correlation_id,
    )
