# SPDX-License-Identifier: EUPL-1.2
"""Invariant 1, held by the database: no two occupying dates of a room overlap, buffers included.

PostgreSQL: an exclusion constraint. SQLite: two triggers. Both are made after every `migrate`, because
SQLite drops the triggers of a table whenever a column of it is altered; readiness and the audit look for them.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from vconf.bookings.models import OCCUPYING
from vconf.bookings.spans import LONGEST_BLOCK

NAME = "occurrence_room_exclusive"
_STATES = ", ".join(f"'{state.value}'" for state in OCCUPYING)

_POSTGRESQL = f"""
ALTER TABLE bookings_occurrence ADD CONSTRAINT {NAME}
EXCLUDE USING gist (room_id WITH =, tstzrange(blocks_from, blocks_until) WITH &&)
WHERE (state IN ({_STATES}))
"""

# Texts of one format compare like the instants they name; Django writes all of them in UTC. What began longer ago than
# anything lasts is not looked at, however long a room's past is.
_LONGEST = int(LONGEST_BLOCK.total_seconds() // 3600)
_SQLITE = """
CREATE TRIGGER {name} BEFORE {event} ON bookings_occurrence
WHEN NEW.state IN ({states}) AND EXISTS (
    SELECT 1 FROM bookings_occurrence AS other
    WHERE other.room_id = NEW.room_id AND other.id <> NEW.id AND other.state IN ({states})
    AND other.blocks_from > datetime(NEW.blocks_from, '-{longest} hours')
    AND other.blocks_from < NEW.blocks_until AND NEW.blocks_from < other.blocks_until
)
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
_SQLITE_EVENTS = {
    f"{NAME}_insert": "INSERT",
    f"{NAME}_update": "UPDATE OF room_id, state, blocks_from, blocks_until",
}


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the guards this database lacks; empty when all is well."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT conname FROM pg_constraint WHERE conname = %s", [NAME])
            wanted = {NAME}
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'bookings_occurrence'"
            )
            wanted = set(_SQLITE_EVENTS)
        found = {row[0] for row in cursor.fetchall()}
    return sorted(wanted - found)


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing; safe to repeat."""
    missing = missing_guards(connection)
    if not missing:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            cursor.execute(_POSTGRESQL)
            return
        for name in missing:
            event = _SQLITE_EVENTS[name]
            cursor.execute(
                _SQLITE.format(name=name, event=event, states=_STATES, message=NAME, longest=_LONGEST)
            )


def install_after_migrate(*, using: str, **_: Any) -> None:
    """Receiver of `post_migrate`."""
    install_guards(connections[using])


def is_overlap(error: BaseException) -> bool:
    """Whether a database error is this guard speaking (SQLSTATE 23P01, or our trigger's message)."""
    return NAME in str(error)
