# SPDX-License-Identifier: EUPL-1.2
"""Somebody who has to wait for what somebody else is changing: real transactions, in an order that holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction

T = TypeVar("T")


def while_others_change(change: Callable[[], object], work: Callable[[], T]) -> T:
    """What `work` finds that began while `change` was done and not committed, and had to wait for it.

    For tests marked `django_db(transaction=True)`. Fails if `work` did not have to wait.
    """
    found: list[T] = []
    errors: list[BaseException] = []
    changed = threading.Event()

    def wait_for_it() -> None:
        try:
            changed.wait(20)
            found.append(work())
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    waiting = threading.Thread(target=wait_for_it)
    waiting.start()
    try:
        with transaction.atomic():
            change()
            changed.set()
            _until_somebody_waits(waiting)
    finally:
        changed.set()
        waiting.join(20)
    if errors:
        raise errors[0]
    return found[0]


def _until_somebody_waits(waiting: threading.Thread) -> None:
    with connection.cursor() as cursor:
        while waiting.is_alive():
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody had to wait")
