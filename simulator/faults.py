# SPDX-License-Identifier: EUPL-1.2
"""Failures on demand: which calls fail, how, and how often."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Protocol

KINDS = {
    "refuse": "refuses connections and cuts those that are open, as if the machine were gone; for every call",
    "reset": "resets the connection (RST) instead of answering",
    "hang": "accepts the connection and stays silent",
    "fail": "HTTP 500 from the proxy in front",
    "close": "closes the connection without an answer",
    "slow": "answers after delay_ms",
    "drip": "answers one byte every delay_ms, headers included",
    "stall": "sends half the answer, then nothing",
    "garbage": "sends bytes that are no HTTP",
    "html": "answers 200 with a web page",
    "empty": "answers 200 with nothing",
    "broken": "answers 200 with XML that ends too early",
    "bomb": "answers XML whose entities expand to gigabytes",
    "huge": "answers without end",
    "redirect": "redirects to the same call elsewhere",
    "checksum": "rejects every checksum",
    "swallow": "answers that it has been done, and does nothing",
    "busy": "fails with internalError, as balancers do",
}


@dataclass
class Fault:
    """`call` is a call's name, or None for every call. BigBlueButton: `version` for the call without a name, `create`,
    `hooks/create` and so on. Jitsi: the path, `room-census`, `about/health`, and `page` for the web page.

    `remaining` counts down; None is for ever. With `after`, the call takes effect first and only the answer fails.
    `until` is when the fault ends by itself, on the monotonic clock."""

    kind: str
    call: str | None = None
    remaining: int | None = None
    delay_ms: int = 100
    after: bool = False
    until: float | None = None


class Door(Protocol):
    """What listens, and may refuse to."""

    def shut(self) -> None: ...

    def open(self) -> None: ...


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self.door: Door | None = None
        #: Set when faults are cleared, so that whoever hangs lets go.
        self.cleared = threading.Event()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)
            self.cleared = threading.Event()
        self._mind_the_door()

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self.cleared.set()
        self._mind_the_door()

    def sweep(self) -> None:
        """Ends what was to last only so long."""
        now = time.monotonic()
        with self._lock:
            lasting = [fault for fault in self._faults if fault.until is None or now < fault.until]
            if len(lasting) == len(self._faults):
                return
            self._faults = lasting
            self.cleared.set()
            self.cleared = threading.Event()
        self._mind_the_door()

    def _mind_the_door(self) -> None:
        if self.door is None:
            return
        if any(fault.kind == "refuse" for fault in self._faults):
            self.door.shut()
        else:
            self.door.open()

    def take(self, call: str) -> Fault | None:
        """The fault this call meets, counted as used."""
        with self._lock:
            for fault in self._faults:
                if fault.kind != "refuse" and fault.call in (None, call):
                    if fault.remaining is not None:
                        fault.remaining -= 1
                        if fault.remaining <= 0:
                            self._faults.remove(fault)
                    return fault
        return None

    def listed(self) -> list[dict[str, object]]:
        with self._lock:
            return [
                {
                    "kind": fault.kind,
                    "call": fault.call,
                    "count": fault.remaining,
                    "delay_ms": fault.delay_ms,
                    "after": fault.after,
                }
                for fault in self._faults
            ]
