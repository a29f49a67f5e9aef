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
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.backends.sqlite3 import base

_Result = TypeVar("_Result")

#: how long a writer queues before it is told that the database is locked, in seconds
PATIENCE = 20.0


def _patiently(ask: Callable[[], _Result], *, has_begun: Callable[[], bool] = lambda: False) -> _Result:
    """has_begun: the transaction is ours already, so waiting is of no use."""
    give_up_at = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or has_begun() or time.monotonic() > give_up_at:
                raise
            time.sleep(random.uniform(0.001, 0.01))  # noqa: S311 - lets others by, keeps no secret


class PatientCursor(base.SQLiteCursorWrapper):
    """Only what begins a transaction, or is one, ever waits: with IMMEDIATE the rest has the lock already."""

    def execute(self, query: str, params: Any = None) -> Any:
        def ask() -> Any:
            return super(PatientCursor, self).execute(query, params)

        return _patiently(ask, has_begun=lambda: self.connection.in_transaction)


class DatabaseWrapper(base.DatabaseWrapper):
    """`django.db.backends.sqlite3`, with patient cursors, and patient when it connects: whoever closes the last
    connection writes the log back, and nobody gets in meanwhile.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        return _patiently(lambda: super(DatabaseWrapper, self).get_new_connection(conn_params))

    def create_cursor(self, name: str | None = None) -> PatientCursor:
        cursor: PatientCursor = self.connection.cursor(factory=PatientCursor)
        return cursor
