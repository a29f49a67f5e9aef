# SPDX-License-Identifier: EUPL-1.2
"""What is done to whom is decided by the seed; every process has its turn; each is dealt with one at a time."""

from __future__ import annotations

import threading
import time
from collections import Counter

from chaos.faults import WEIGHTS, Destroyer, Fault, plan


def test_the_same_seed_makes_the_same_plan() -> None:
    assert plan(7, 100) == plan(7, 100)
    assert plan(7, 100) != plan(8, 100)


def test_as_many_kills_as_asked_for_and_every_process_among_them() -> None:
    faults = plan(7, 100)
    killed = Counter(fault.process for fault in faults if fault.how == "kill")

    assert killed.total() == 100
    assert set(killed) == set(WEIGHTS)
    assert {fault.how for fault in faults} == {"kill", "restart", "freeze", "stall", "lose", "flush"}


class House:
    """Processes that are only names; fails when one is struck twice at the same time."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.stalled: set[str] = set()
        self.log: list[str] = []
        self._lock = threading.Lock()

    def alive(self, name: str) -> bool:
        return name not in self.down

    def kill(self, name: str) -> None:
        with self._lock:
            assert name not in self.down | self.stalled
            self.down.add(name)
            self.log.append(f"kill {name}")

    def start(self, name: str) -> None:
        with self._lock:
            self.down.remove(name)
            self.log.append(f"start {name}")

    def restart(self, name: str) -> None:
        raise RuntimeError("it does not end")

    def freeze(self, name: str) -> None:
        self.kill(name)

    def thaw(self, name: str) -> None:
        self.start(name)

    def stall(self, name: str, seconds: float) -> None:
        self.log.append(f"stall {name}")
        self.stalled.add(name)
        time.sleep(seconds)
        self.stalled.remove(name)

    def lose(self, name: str, seconds: float) -> None:
        self.log.append(f"lose {name}")

    def flush_redis(self) -> None:
        self.log.append("flush")


def test_each_process_is_dealt_with_one_at_a_time_and_comes_back() -> None:
    house = House()
    faults = [
        Fault("stall", "web-1", 0.0, 0.2),
        Fault("kill", "web-1", 0.0, 0.05),
        Fault("freeze", "web-1", 0.0, 0.05),
        Fault("lose", "simulator", 0.0, 30.0),
        Fault("flush", "redis", 0.0),
    ]
    begun = time.time()
    destroyer = Destroyer(house, faults)

    destroyer.run()

    assert destroyer.errors == []
    assert house.down == set()
    assert sorted(house.log) == [
        "flush",
        *("kill web-1", "kill web-1", "lose simulator", "stall web-1", "start web-1", "start web-1"),
    ]
    assert {strike.how for strike in destroyer.strikes} == {"kill", "freeze", "stall", "lose", "flush"}
    assert all(begun <= strike.at <= strike.over_at for strike in destroyer.strikes)


def test_what_could_not_be_done_is_told() -> None:
    destroyer = Destroyer(House(), [Fault("restart", "web-1", 0.0)])

    destroyer.run()

    assert destroyer.errors == ["restart web-1: RuntimeError: it does not end"]
