# SPDX-License-Identifier: EUPL-1.2
"""What the database went through: triggers write down each row as it was written, with the transaction.

vconf takes no part in it. What is rolled back takes its lines along; lines of one row stand in the order in which
its changes were committed, because a row is locked until then.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

#: table -> the columns that are written down
WATCHED: Mapping[str, tuple[str, ...]] = {
    "bookings_booking": (
        "id", "version", "sequence", "organiser_id", "authority_id", "room_id", "title", "starts_local",
        "rrule", "seats", "cancelled_at", "join_link_id",
    ),
    "bookings_occurrence": (
        "id", "booking_id", "room_id", "pool_id", "reserved_server_id", "recurrence_id", "starts_at", "ends_at",
        "blocks_from", "blocks_until", "seats", "state", "released_at",
    ),
    "authorities_quota": (
        "id", "authority_id", "concurrent_seats", "concurrent_meetings", "seat_hours_per_month",
    ),
    "rooms_room": ("id", "blocked_reason", "is_active", "seats"),
}  # fmt: skip

_POSTGRESQL = """
CREATE TABLE history_journal (
    seq bigserial PRIMARY KEY, tx text NOT NULL, at double precision NOT NULL, relation text NOT NULL,
    gone boolean NOT NULL, line jsonb NOT NULL
);
CREATE FUNCTION history_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history_journal (tx, at, relation, gone, line) VALUES (
        txid_current()::text, extract(epoch FROM clock_timestamp()), TG_TABLE_NAME, TG_OP = 'DELETE',
        to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END)
    );
    RETURN NULL;
END $$;
"""
_SQLITE = """
CREATE TABLE history_journal (
    seq integer PRIMARY KEY AUTOINCREMENT, tx text NOT NULL, at real NOT NULL, relation text NOT NULL,
    gone integer NOT NULL, line text NOT NULL
)
"""


class _Transaction(threading.local):
    """SQLite numbers no transactions. It has one writer at a time, so a number a connection and commit will do."""

    number = 0


_current = _Transaction()


def _teach(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("history_now", 0, time.time)
        connection.connection.create_function(
            "history_tx", 0, lambda: f"{threading.get_ident()}-{_current.number}"
        )


def next_transaction() -> None:
    """To be called by each writer before a call; PostgreSQL knows by itself."""
    _current.number += 1


def install() -> None:
    """Begin to write down. What is there already is taken in first."""
    connection_created.connect(_teach, dispatch_uid="history")
    connection.ensure_connection()
    _teach(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
            for table in WATCHED:
                cursor.execute(
                    f"CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON {table}"
                    " FOR EACH ROW EXECUTE FUNCTION history_note()"
                )
        else:
            cursor.execute(_SQLITE)
            for table, columns in WATCHED.items():
                for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                    pairs = ", ".join(f"'{name}', {row}.{name}" for name in columns)
                    cursor.execute(
                        f"CREATE TRIGGER history_{table}_{event.lower()} AFTER {event} ON {table} BEGIN"
                        " INSERT INTO history_journal (tx, at, relation, gone, line) VALUES (history_tx(),"
                        f" history_now(), '{table}', {int(event == 'DELETE')}, json_object({pairs})); END"
                    )
    for table in ("authorities_quota", "rooms_room"):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET id = id")


def remove() -> None:
    """Leave the database as it was."""
    connection_created.disconnect(dispatch_uid="history")
    with connection.cursor() as cursor:
        for table in WATCHED:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS history ON {table}")
            else:
                for event in ("insert", "update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS history_{table}_{event}")
        cursor.execute("DROP TABLE IF EXISTS history_journal")
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS history_note()")


@contextmanager
def written() -> Iterator[None]:
    """The journal is written within the block."""
    install()
    try:
        yield
    finally:
        remove()


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it was written (`gone`: as it was when it was deleted)."""

    seq: int
    tx: str
    at: float
    table: str
    gone: bool
    row: dict[str, Any]


@dataclass(slots=True)
class Transaction:
    """What was committed together: begun writing at `first`, not committed before `last` (Unix time)."""

    key: str
    lines: list[Line]

    @property
    def first(self) -> float:
        return self.lines[0].at

    @property
    def last(self) -> float:
        return self.lines[-1].at


def read() -> list[Transaction]:
    """All transactions, in the order of their last lines: of two that lock the same, that of their commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, tx, at, relation, gone, line FROM history_journal ORDER BY seq")
        found: dict[str, Transaction] = {}
        for seq, tx, at, table, gone, text in cursor.fetchall():
            row = json.loads(text) if isinstance(text, str) else text
            line = Line(seq, tx, at, table, bool(gone), plain(table, row))
            found.setdefault(tx, Transaction(tx, [])).lines.append(line)
    return sorted(found.values(), key=lambda transaction: transaction.lines[-1].seq)


def tables_now() -> dict[tuple[str, Any], dict[str, Any]]:
    """(table, id) -> the row as it stands, read without vconf."""
    found = {}
    for table, columns in WATCHED.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
            for values in cursor.fetchall():
                row = plain(table, dict(zip(columns, values, strict=True)))
                found[table, row["id"]] = row
    return found


def plain(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The watched columns in one spelling for both databases, texts and values alike."""
    return {name: _plain(name, row[name]) for name in WATCHED[table]}


def _plain(name: str, value: Any) -> Any:
    if value is None:
        return None
    if (name.endswith("_id") or name == "id") and name != "recurrence_id":
        return value if isinstance(value, int | UUID) else UUID(str(value))
    if name.endswith("_at") or name.startswith("blocks_"):
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return bool(value) if name == "is_active" else value
