# SPDX-License-Identifier: EUPL-1.2
"""Django's SQLite backend, but writers wait for their turn in Python.

SQLite itself would wait inside a call, for seconds, with the connection's mutex in hand. Whoever has the database
meanwhile may be the one whose allocation sets off the garbage collector; if that finds a cursor of the waiting
connection in a cycle, it wants the mutex to finalize it. Then each waits for the other, and all stand still until
SQLite gives up. So SQLite waits for a blink only, and is asked again from here.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Any

from django.db.backends.sqlite3 import base

#: how long a writer queues before it is told that the database is locked, in seconds
PATIENCE = 20.0


class PatientCursor(base.SQLiteCursorWrapper):
    """Only what begins a transaction, or is one, ever waits: with IMMEDIATE the rest has the lock already."""

    def execute(self, query: str, params: Any = None) -> Any:
        give_up_at: float | None = None
        while True:
            try:
                return super().execute(query, params)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or self.connection.in_transaction:
                    raise
                now = time.monotonic()
                give_up_at = give_up_at or now + PATIENCE
                if now > give_up_at:
                    raise
                time.sleep(random.uniform(0.001, 0.01))  # noqa: S311 - lets others by, keeps no secret


class DatabaseWrapper(base.DatabaseWrapper):
    """`django.db.backends.sqlite3`, with patient cursors."""

    def create_cursor(self, name: str | None = None) -> PatientCursor:
        cursor: PatientCursor = self.connection.cursor(factory=PatientCursor)
        return cursor
