# SPDX-License-Identifier: EUPL-1.2
"""What is done to which process, and when: chosen by a seed, done beside each other, each process one at a time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

#: process -> how often it is chosen
WEIGHTS = {
    "web-1": 15,
    "web-2": 15,
    "worker-swift": 15,
    "worker-mail": 15,
    "worker-intake": 8,
    "worker-slow": 5,
    "beat": 8,
    "postgresql": 12,
    "redis": 8,
    "simulator": 7,
    "mail-server": 8,
    "mail-intake": 8,
}
#: what is asked to end and started again, as at an upgrade
RESTARTED = (
    "web-1",
    "web-2",
    "worker-swift",
    "worker-mail",
    "worker-intake",
    "worker-slow",
    "beat",
    "mail-intake",
)
#: what stands still, and for how many seconds; workers longer than the lease of what they have taken (60 s)
FROZEN = {
    "web-1": (5.0, 20.0),
    "worker-mail": (62.0, 66.0),
    "redis": (3.0, 10.0),
    "worker-swift": (62.0, 66.0),
    "web-2": (5.0, 20.0),
    "beat": (5.0, 20.0),
    "postgresql": (3.0, 10.0),
    "simulator": (5.0, 20.0),
    "mail-server": (5.0, 25.0),
}


#: seconds for which one of the conference servers answers nobody: long enough for its meetings to be moved
LOST = (30.0, 45.0)
#: what is reached only while one is lost, and how long it takes until a worker has died at each, one after the other
LOSS_POINTS = frozenset({"meeting.after_loss", "meeting.before_move_commit", "meeting.after_move_commit"})
LOST_FOR_ALL = 90.0

#: workers of which one child stands still, longer than the lease, while the other goes on: both may do the same then
STALLED = ("worker-mail", "worker-swift")


class House(Protocol):
    """The processes, by name."""

    def alive(self, name: str) -> bool: ...
    def kill(self, name: str) -> None: ...
    def start(self, name: str) -> None: ...
    def restart(self, name: str) -> None: ...
    def freeze(self, name: str) -> None: ...
    def thaw(self, name: str) -> None: ...
    def stall(self, name: str, seconds: float) -> None: ...
    def lose(self, name: str, seconds: float) -> None: ...
    def flush_redis(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """how: kill, restart, freeze, stall, lose or flush. after: seconds since the last. lasts: seconds down or still."""

    how: str
    process: str
    after: float
    lasts: float = 0.0


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that was done. over_at: when the process was started again or let go on."""

    how: str
    process: str
    at: float
    over_at: float


def plan(seed: int, kills: int, *, pause: float = 2.0) -> list[Fault]:
    """So many kills and, for every twenty of them, four restarts, two freezes, a child that stalls, a conference server
    that is lost and comes back with its meetings, an empty Redis."""
    dice = random.Random(f"{seed}/faults")
    names = list(WEIGHTS) if kills >= len(WEIGHTS) else []
    names += dice.choices(list(WEIGHTS), weights=list(WEIGHTS.values()), k=kills - len(names))
    faults = [("kill", name, dice.uniform(0.2, 3.0)) for name in names]
    faults += [("restart", dice.choice(RESTARTED), 0.0) for _ in range(kills // 5)]
    frozen = [list(FROZEN)[number % len(FROZEN)] for number in range(kills // 10)]
    faults += [("freeze", name, dice.uniform(*FROZEN[name])) for name in frozen]
    faults += [("stall", STALLED[number % 2], dice.uniform(62.0, 66.0)) for number in range(-(-kills // 20))]
    faults += [("lose", "simulator", dice.uniform(*LOST)) for _ in range(-(-kills // 20))]
    faults += [("flush", "redis", 0.0) for _ in range(kills // 20)]
    dice.shuffle(faults)
    return [Fault(how, name, dice.uniform(0.5, 1.5) * pause, lasts) for how, name, lasts in faults]


class Destroyer:
    """Does a plan to a house. `strikes` is what was done, `errors` what could not be done."""

    def __init__(self, house: House, faults: Sequence[Fault]) -> None:
        self.house = house
        self.faults = faults
        self.strikes: list[Strike] = []
        self.errors: list[str] = []
        self._turns = {name: threading.Lock() for name in WEIGHTS}
        self._lock = threading.Lock()
        self._begun = time.time()

    def run(self) -> None:
        """Until all are done and everything is up again."""
        self._begun = time.time()
        under_way = []
        for fault in self.faults:
            time.sleep(fault.after)
            thread = threading.Thread(target=self._do, args=(fault,), name=fault.how, daemon=True)
            thread.start()
            under_way.append(thread)
        for thread in under_way:
            thread.join()

    def strike_once_more(self, fault: Fault) -> None:
        """One that was not planned; returns when it is over."""
        self.faults = [*self.faults, fault]
        self._do(fault)

    def _do(self, fault: Fault) -> None:
        with self._turns[fault.process]:
            try:
                self._wait_until_alive(fault.process)
                at = time.time()
                self._strike(fault)
            except Exception as error:
                with self._lock:
                    self.errors.append(f"{fault.how} {fault.process}: {type(error).__name__}: {error}")
                return
            strike = Strike(fault.how, fault.process, at, time.time())
            with self._lock:
                self.strikes.append(strike)
                done = len(self.strikes)
            took = f"{strike.at - self._begun:6.1f} s to {strike.over_at - self._begun:6.1f} s"
            print(f"{done:4}/{len(self.faults)}  {fault.how:7} {fault.process:12} {took}", flush=True)

    def _strike(self, fault: Fault) -> None:
        match fault.how:
            case "kill":
                self.house.kill(fault.process)
                time.sleep(fault.lasts)
                self.house.start(fault.process)
            case "restart":
                self.house.restart(fault.process)
            case "freeze":
                self.house.freeze(fault.process)
                time.sleep(fault.lasts)
                self.house.thaw(fault.process)
            case "stall":
                self.house.stall(fault.process, fault.lasts)
            case "lose":
                self.house.lose(fault.process, fault.lasts)
            case "flush":
                self.house.flush_redis()

    def _wait_until_alive(self, name: str) -> None:
        """One that has ended by itself (a crash point) is started again by its keeper."""
        until = time.monotonic() + 45
        while not self.house.alive(name):
            if time.monotonic() > until:
                raise RuntimeError("it is down and stays down")
            time.sleep(0.1)
