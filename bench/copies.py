# SPDX-License-Identifier: EUPL-1.2
"""Somebody who looks at all simulated servers twice a second for meetings that run on more than one of them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.simulator_fixture import SimulatorProcess

EVERY = 0.5


@dataclass
class Watch:
    """`date_of` tells the date of a meeting by its name on servers. `out_of_reach`: names of servers that nobody can
    enter just now; what runs there does not count."""

    servers: Sequence[SimulatorProcess]
    date_of: Callable[[str], str | None]
    out_of_reach: set[str] = field(default_factory=set)
    #: of each look with any: when (monotonic), and the dates that had two copies
    doubled: list[tuple[float, set[str]]] = field(default_factory=list)
    looks: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            self.look()

    def look(self) -> set[str]:
        """The dates with two copies at this moment."""
        at, running = time.monotonic(), Counter[str]()
        for server in self.servers:
            if server.name in self.out_of_reach or not server.running:
                continue
            for meeting in server.state()["meetings"]:
                date = None if meeting["ended"] else self.date_of(meeting["meetingID"])
                if date is not None:
                    running[date] += 1
        found = {date for date, count in running.items() if count > 1}
        self.looks += 1
        if found:
            self.doubled.append((at, found))
        return found
