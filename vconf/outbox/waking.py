# SPDX-License-Identifier: EUPL-1.2
"""Waking those who deliver: at once, in a thread of its own, and once for all that is recorded in a short while.

To hand jobs to a broker costs a good part of what a booking costs, and nobody who books should wait for one that hangs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Waking:
    """Called after each commit that recorded facts. `pause`: seconds between two rounds of `wake`.

    A round that is lost with its process is made up for by the clock.
    """

    def __init__(self, wake: Callable[[], object], *, pause: float) -> None:
        self._wake, self._pause = wake, pause
        self._asked = threading.Event()
        self._beginning = threading.Lock()
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        self._asked.set()
        # a process that was forked has the object, but not its thread
        if self._thread is None or not self._thread.is_alive():
            self._begin()

    def _begin(self) -> None:
        with self._beginning:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="waking", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            self._wake()
            time.sleep(self._pause)
