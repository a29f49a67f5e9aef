# SPDX-License-Identifier: EUPL-1.2
"""Django's PostgreSQL backend, but a database that was restarted is noticed once, not once per connection.

The pool looks at each connection before it hands it out, and after the second that is broken waits a second before it
looks at the next. A process that had many of them when the database was restarted would let the first who ask wait for
ten seconds each, in vain. One that is broken says enough: all that the pool has kept from before are replaced at once.
"""

from __future__ import annotations

import threading
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool

#: how many connections, each from a pool that was emptied after the one before, may be broken before it is an error
TRIES = 5

_lock = threading.Lock()
_emptied = 0


class DatabaseWrapper(base.DatabaseWrapper):
    """`django.db.backends.postgresql` with CONN_HEALTH_CHECKS off, as it looks at connections itself."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that works, from the pool. Raises PoolTimeout, or what it is that breaks each of them."""
        if self.pool is None:  # of the commands that create and drop databases
            return super().get_new_connection(conn_params)
        for attempt in range(1, TRIES + 1):
            known = _emptied
            connection = super().get_new_connection(conn_params)
            pool = connection._pool  # as Django itself finds the one to give it back to
            try:
                ConnectionPool.check_connection(connection)
            except BaseException as error:
                pool.putconn(connection)
                if attempt == TRIES or not isinstance(error, psycopg.Error):
                    raise
                _replace_all(pool, known)
            else:
                return connection
        raise AssertionError("unreachable")


def _replace_all(pool: ConnectionPool[Any], known: int) -> None:
    """Unless somebody has since the connection was asked for: those that are there now are younger than it."""
    global _emptied
    with _lock:
        if _emptied == known:
            _emptied += 1
            pool.drain()
