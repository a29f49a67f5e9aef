# SPDX-License-Identifier: EUPL-1.2
"""Ending with the process that started us, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1

#: Sent by the kernel when the *thread* that started us ends. That thread may be a short-lived one of a living process,
#: so the signal only makes us look at the parent at once instead of within a second.
PARENT_SIGNAL = signal.SIGUSR1


class Lifeline:
    def __init__(self, parent: int | None = None) -> None:
        """`parent` is who started us, if they told; then not even their death during our start goes unnoticed."""
        self._parent = parent or os.getppid()
        if sys.platform == "linux":
            try:
                ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, PARENT_SIGNAL, 0, 0, 0)
            except (OSError, AttributeError):
                # Without prctl there is still the look once a second.
                return

    def parent_lives(self) -> bool:
        """Whoever loses its parent is adopted by another process."""
        return os.getppid() == self._parent
