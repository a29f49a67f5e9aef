# SPDX-License-Identifier: EUPL-1.2
"""Work on conference servers that takes its time: done by a few threads per server, never by those who wait for it.

A server that hangs keeps its own crew busy and nobody else's. What is under way, or waits for its turn, is done once:
whoever asks for the same again waits for the same outcome. Nothing here outlives the process; what has to be done in
any case stands in the outbox or is found by the next look.
"""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeAlias
from uuid import UUID

from django.db import close_old_connections, connection

#: Threads for one server in one process: this many meetings are made there at the same time.
AT_ONCE = 6

#: What is done, and to which meeting.
Key: TypeAlias = tuple[str, UUID]

_lock = threading.Lock()
_under_way: dict[Key, Future[bool]] = {}
_waiting: dict[UUID, deque[Callable[[], None]]] = {}
_working: dict[UUID, int] = {}


def hand_over(server_id: UUID, key: Key, work: Callable[[], bool]) -> Future[bool]:
    """Have `work` done by the server's crew; the outcome is what it returns or raises."""
    context = contextvars.copy_context()
    with _lock:
        known = _under_way.get(key)
        if known is not None:
            return known
        outcome = _under_way[key] = Future()
        _waiting.setdefault(server_id, deque()).append(lambda: context.run(_do, key, work, outcome))
        if _working.get(server_id, 0) < AT_ONCE:
            _working[server_id] = _working.get(server_id, 0) + 1
            threading.Thread(target=_work, args=(server_id,), name="crew", daemon=True).start()
    return outcome


def is_worth_waiting(server_id: UUID, key: Key) -> bool:
    """Whether it would be begun at once: nobody has handed it over before, and not all of the crew are at work."""
    with _lock:
        return key not in _under_way and _working.get(server_id, 0) < AT_ONCE


def _work(server_id: UUID) -> None:
    try:
        while True:
            with _lock:
                if not _waiting[server_id]:
                    _working[server_id] -= 1
                    return
                work = _waiting[server_id].popleft()
            close_old_connections()  # the database may have been restarted since the last one
            work()
    finally:
        connection.close()


def _do(key: Key, work: Callable[[], bool], outcome: Future[bool]) -> None:
    done, failure = False, None
    try:
        done = work()
    except Exception as error:  # whoever waits gets it, whatever it is
        failure = error
    with _lock:
        del _under_way[key]
    if failure is None:
        outcome.set_result(done)
    else:
        outcome.set_exception(failure)
