# SPDX-License-Identifier: EUPL-1.2
"""Writes that need not survive a power cut."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def without_waiting_for_the_disk() -> Iterator[None]:
    """Let SQLite keep a commit in memory for now: half of what a small write costs, and the lock is held shorter.

    For claims, which need not survive a power cut, as whoever holds one does not either.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        (usual,) = cursor.execute("PRAGMA synchronous").fetchone()
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA synchronous={usual:d}")
