# SPDX-License-Identifier: EUPL-1.2
"""The GET that a server makes when a meeting has ended.

One thread sends for all meetings, so that a receiver that hangs delays everybody's callbacks as it does in reality.
What is not delivered is tried again, five times in all; the queue lives in memory and is lost with the process.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time

from simulator.delivery import attempt, with_query

#: Seconds before each attempt.
PAUSES = (0.0, 30.0, 60.0, 120.0, 300.0)
ATTEMPT_SECONDS = 60.0


class EndCallbacks:
    def __init__(self, *, retry_scale: float) -> None:
        self._retry_scale = retry_scale
        self._due: list[tuple[float, int, str, int]] = []
        self._number = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self.delivered = 0
        self.given_up = 0

    def start(self) -> None:
        threading.Thread(target=self._send, name="end callbacks", daemon=True).start()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def pending(self) -> int:
        with self._changed:
            return len(self._due)

    def ended(self, url: str, *, recorded: bool) -> None:
        self._plan(with_query(url, f"recordingmarks={'true' if recorded else 'false'}"), 0)

    def _plan(self, url: str, attempts: int) -> None:
        with self._changed:
            at = time.monotonic() + PAUSES[attempts] * self._retry_scale
            heapq.heappush(self._due, (at, next(self._number), url, attempts))
            self._changed.notify_all()

    def _next(self) -> tuple[str, int] | None:
        with self._changed:
            while not self._closed:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    _, _, url, attempts = heapq.heappop(self._due)
                    return url, attempts
                self._changed.wait(wait)
        return None

    def _send(self) -> None:
        while (due := self._next()) is not None:
            url, attempts = due
            if 200 <= attempt("GET", url, timeout=ATTEMPT_SECONDS) < 300:
                self.delivered += 1
            elif attempts + 1 < len(PAUSES):
                self._plan(url, attempts + 1)
            else:
                self.given_up += 1
