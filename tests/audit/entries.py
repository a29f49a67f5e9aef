# SPDX-License-Identifier: EUPL-1.2
"""Entries for tests, and the hands of somebody who has the database but not our key."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from vconf.audit.models import AuditEntry
from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor


def note(count: int = 1, action: str = "kettle.boil", **fields: Any) -> list[int]:
    """So many entries, one transaction each; their ids."""
    ids = []
    for number in range(count):
        with transaction.atomic():
            entry = record_audit(
                action, actor=Actor.system("clock"), object_type="kettle", object_id=number, **fields
            )
        ids.append(entry.id)
    return ids


def sql(statement: str, *values: Any) -> None:
    """Past all of our code. `AuditEntry` and `AuditSeal` stand for the tables."""
    table = statement.replace("AuditEntry", "audit_auditentry").replace("AuditSeal", "audit_auditseal")
    with connection.cursor() as cursor:
        cursor.execute(table, values)
        assert cursor.rowcount > 0, "nothing was tampered with"


COLUMNS = ", ".join(str(field.column) for field in AuditEntry._meta.fields if not field.primary_key)
