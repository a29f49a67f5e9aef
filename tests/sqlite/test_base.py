# SPDX-License-Identifier: EUPL-1.2
"""Writers of SQLite wait for their turn, and hold nobody up while they do."""

from __future__ import annotations

import gc
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import DEFAULT_DB_ALIAS, connections

from vconf.sqlite import base
from vconf.sqlite.base import PatientCursor


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[[], sqlite3.Connection]]:
    """Connections as vconf has them, to a database of their own."""
    made: list[sqlite3.Connection] = []

    def new() -> sqlite3.Connection:
        connection = sqlite3.connect(
            tmp_path / "db.sqlite3", isolation_level=None, timeout=0.05, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        made.append(connection)
        return connection

    yield new
    for connection in made:
        connection.close()


def begin(connection: sqlite3.Connection) -> None:
    connection.cursor(factory=PatientCursor).execute("BEGIN IMMEDIATE")


def test_a_writer_gets_its_turn_when_the_other_is_done(connect: Callable[[], sqlite3.Connection]) -> None:
    first, second = connect(), connect()
    begin(first)
    done = threading.Timer(0.5, first.commit)  # far longer than SQLite itself waits
    done.start()

    begin(second)

    assert second.in_transaction and not first.in_transaction
    done.join()


def test_who_connects_waits_until_the_log_is_written_back(tmp_path: Path) -> None:
    place = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(place)) as first:
        first.execute("PRAGMA journal_mode=WAL")
    alone = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    alone.execute("PRAGMA locking_mode=EXCLUSIVE")
    alone.execute("BEGIN EXCLUSIVE")  # as long as nobody else may even look
    done = threading.Timer(0.5, alone.close)  # far longer than SQLite itself waits
    done.start()

    found = connections[DEFAULT_DB_ALIAS].copy()
    found.settings_dict = {**found.settings_dict, "NAME": str(place)}
    with closing(found.get_new_connection(found.get_connection_params())) as second:
        assert second.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    done.join()


def test_who_waits_in_vain_is_told(
    connect: Callable[[], sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "PATIENCE", 0.2)
    first, second = connect(), connect()
    begin(first)

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        begin(second)

    assert first.in_transaction


def test_what_fails_for_another_reason_is_told_at_once(connect: Callable[[], sqlite3.Connection]) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        connect().cursor(factory=PatientCursor).execute("SELECT * FROM absent")


def test_who_has_the_database_may_collect_a_cursor_of_one_who_waits_for_it(
    connect: Callable[[], sqlite3.Connection],
) -> None:
    """Finalizing it needs the mutex of the connection that waits. If it waited inside SQLite, it would keep the mutex
    until it is told that the database is locked.
    """
    first, second = connect(), connect()
    cycle: list[object] = [second.execute("SELECT 1 UNION ALL SELECT 2")]
    cycle.append(cycle)
    begin(first)
    outcome: list[object] = []

    def wait_for_a_turn() -> None:
        try:
            begin(second)
            outcome.append("begun")
        except sqlite3.OperationalError as error:
            outcome.append(error)

    waiting = threading.Thread(target=wait_for_a_turn)
    waiting.start()
    time.sleep(0.1)  # it waits by now; if it does not yet, the test sees less and does not fail
    del cycle
    gc.collect()
    first.commit()
    waiting.join()

    assert outcome == ["begun"]
