# SPDX-License-Identifier: EUPL-1.2
"""The simulated server's own idea of time, so that a wrong clock and the passing of hours can be tried at once."""

from __future__ import annotations

import time


class Clock:
    def __init__(self) -> None:
        self._skew_ms = 0
        self._advanced = 0.0
        #: What passed before the clock was last set right.
        self._forgotten = 0.0
        self._stamps: set[int] = set()

    def skew(self, milliseconds: int) -> None:
        """Sets the clock wrong by that much; what has been timed goes on running as before."""
        self._skew_ms = milliseconds

    def advance(self, seconds: float) -> None:
        """Lets time pass, so that meetings expire."""
        self._advanced += seconds

    def set_right(self) -> None:
        """Shows the true time again; time that was let pass stays passed."""
        self._skew_ms, self._forgotten = 0, self._advanced

    def now_ms(self) -> int:
        """Milliseconds since 1970 as this server believes."""
        return int((time.time() + self._advanced - self._forgotten) * 1000) + self._skew_ms

    def stamp_ms(self) -> int:
        """Like `now_ms`, but never the same twice: a createTime names one incarnation of a meeting."""
        stamp = self.now_ms()
        while stamp in self._stamps:
            stamp += 1
        self._stamps.add(stamp)
        return stamp

    def elapsed(self) -> float:
        """Seconds that only run forward, whatever the clock is set to."""
        return time.monotonic() + self._advanced
