# SPDX-License-Identifier: EUPL-1.2
"""The limit of a booking: one insert and commit of the same row, nothing else, by so many processes at once.

`python -m bench.plain URL CLIENTS SECONDS` prints how many a second. The row is an occurrence's, in a table that has
its columns and primary key only. On SQLite durable as vconf has it: WAL, FULL, IMMEDIATE.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg

_COLUMNS = (
    "id",
    "booking_id",
    "room_id",
    "pool_id",
    "reserved_server_id",
    "recurrence_id",
    "title",
    "starts_at",
    "ends_at",
    "blocks_from",
    "blocks_until",
    "seats",
    "state",
    "reserved_at",
)


def _row() -> tuple[Any, ...]:
    now = datetime.now(UTC)
    ids = [uuid.uuid4() for _ in range(5)]
    return (*ids, "2026-01-01T00:00:00", "", now, now, now, now, 4, "confirmed", now)


def prepare(url: str) -> None:
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS bench_plain")
            connection.execute("CREATE TABLE bench_plain (LIKE bookings_occurrence INCLUDING DEFAULTS)")
            connection.execute("ALTER TABLE bench_plain ADD PRIMARY KEY (id)")
    else:
        connection_ = sqlite3.connect(url.removeprefix("sqlite://"))
        connection_.execute("DROP TABLE IF EXISTS bench_plain")
        connection_.execute(
            f"CREATE TABLE bench_plain ({', '.join(_COLUMNS)}, PRIMARY KEY (id)) WITHOUT ROWID"
        )
        connection_.close()


def _writer(url: str) -> Callable[[], object]:
    names, count = ", ".join(_COLUMNS), len(_COLUMNS)
    if url.startswith("postgresql"):
        connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
        statement = f"INSERT INTO bench_plain ({names}) VALUES ({', '.join(['%s'] * count)})"
        cursor = connection.cursor()
        return lambda: cursor.execute(statement, _row())
    lite = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None, timeout=20)
    lite.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    insert = f"INSERT INTO bench_plain ({names}) VALUES ({', '.join(['?'] * count)})"

    def write() -> None:
        lite.execute("BEGIN IMMEDIATE")
        lite.execute(insert, [str(value) for value in _row()])
        lite.execute("COMMIT")

    return write


def _insert(url: str, seconds: float, begin: Any, counts: Any) -> None:
    write = _writer(url)
    begin.wait()
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        write()
        count += 1
    counts.put(count)


def main() -> None:
    url, clients, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    prepare(url)
    begin = multiprocessing.Barrier(clients)
    counts: multiprocessing.Queue[int] = multiprocessing.Queue()
    writers = [
        multiprocessing.Process(target=_insert, args=(url, seconds, begin, counts)) for _ in range(clients)
    ]
    for writer in writers:
        writer.start()
    total = sum(counts.get() for _ in writers)
    for writer in writers:
        writer.join()
    print(total / seconds)


if __name__ == "__main__":
    main()
