# SPDX-License-Identifier: EUPL-1.2
"""Hints of servers, taken in so that a flood of them costs little: many in a row become one look, and one more after.

What is kept here is this process's memory and may be lost at any time: the clock looks all the same.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

import structlog

from vconf.integrations.conferencing.poll import poll_soon

log = structlog.get_logger(__name__)

#: Between two hints of one server that are handed on, in seconds.
PAUSE = 0.5
#: So long a delivery is known again, in seconds; servers repeat theirs for five minutes.
KNOWN_FOR = 600.0
MOST_KNOWN = 4096

#: What a hint leads to; must not block. The wiring may hand it to a background job instead.
on_hint: Callable[[UUID], object] = poll_soon


def tell(server_id: UUID) -> None:
    """Have the server looked at."""
    try:
        on_hint(server_id)
    except Exception:
        # The queue may be gone; the clock's next look finds out all the same.
        log.exception("hint lost", server=str(server_id))


class Hints:
    """Hands the first hint of a server on at once, and what comes within PAUSE after it as one, at its end."""

    def __init__(self, tell: Callable[[UUID], object] = tell) -> None:
        """`tell` raises nothing and does not block."""
        self._tell = tell
        self._lock = threading.Lock()
        self._told_at: dict[UUID, float] = {}
        self._late: set[UUID] = set()

    def give(self, server_id: UUID) -> None:
        now = time.monotonic()
        with self._lock:
            if server_id in self._late:
                return
            wait = self._told_at.get(server_id, -PAUSE) + PAUSE - now
            if wait > 0:
                self._late.add(server_id)
            else:
                self._told_at[server_id] = now
        if wait <= 0:
            self._tell(server_id)
            return
        later = threading.Timer(wait, self._tell_late, [server_id])
        later.daemon = True
        later.start()

    def _tell_late(self, server_id: UUID) -> None:
        with self._lock:
            self._late.discard(server_id)
            self._told_at[server_id] = time.monotonic()
        self._tell(server_id)


class Deliveries:
    """Which deliveries have come already."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, float] = OrderedDict()

    def is_new(self, server_id: UUID, body: bytes) -> bool:
        """Once true for each body of each server."""
        digest = hashlib.sha256(server_id.bytes + body).digest()
        now = time.monotonic()
        with self._lock:
            while self._known and (
                len(self._known) >= MOST_KNOWN or now - next(iter(self._known.values())) >= KNOWN_FOR
            ):
                self._known.popitem(last=False)
            if digest in self._known:
                return False
            self._known[digest] = now
            return True


class Rarely:
    """Lets something through once in a while for each key."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._last: dict[object, float] = {}

    def admits(self, key: object) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._last.get(key, -self._seconds) < self._seconds:
                return False
            if len(self._last) >= MOST_KNOWN:
                self._last = {known: at for known, at in self._last.items() if now - at < self._seconds}
            self._last[key] = now
            return True
