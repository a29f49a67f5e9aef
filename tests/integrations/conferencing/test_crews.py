# SPDX-License-Identifier: EUPL-1.2
"""A few threads per server; a server that hangs keeps nobody else's busy."""

from __future__ import annotations

import threading

import pytest

from tests.simulator_fixture import eventually
from vconf.ids import uuid7
from vconf.integrations.conferencing import crews
from vconf.integrations.conferencing.crews import AT_ONCE, hand_over, is_worth_waiting


def test_what_is_asked_for_twice_is_done_once() -> None:
    server, meeting, done, go = uuid7(), uuid7(), [], threading.Event()

    def make() -> bool:
        go.wait(5)
        done.append(1)
        return True

    outcomes = [hand_over(server, ("make", meeting), make) for _ in range(5)]
    go.set()

    assert [outcome.result(5) for outcome in outcomes] == [True] * 5
    assert len(done) == 1
    assert hand_over(server, ("make", meeting), make).result(5)
    assert len(done) == 2


def test_only_a_few_at_a_time_and_none_is_left_out() -> None:
    server, at_once, most, lock = uuid7(), 0, 0, threading.Lock()
    turn = threading.Semaphore(0)

    def make() -> bool:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        turn.acquire(timeout=5)
        with lock:
            at_once -= 1
        return True

    outcomes = [hand_over(server, ("make", uuid7()), make) for _ in range(AT_ONCE * 3)]
    eventually(lambda: at_once == AT_ONCE)
    assert not is_worth_waiting(server, ("make", uuid7()))
    turn.release(AT_ONCE * 3)

    assert all(outcome.result(5) for outcome in outcomes)
    assert most == AT_ONCE
    eventually(lambda: crews._working[server] == 0)
    assert is_worth_waiting(server, ("make", uuid7()))


def test_one_server_that_hangs_keeps_no_other_waiting() -> None:
    hung, well, never = uuid7(), uuid7(), threading.Event()
    for _ in range(50):
        hand_over(hung, ("make", uuid7()), lambda: never.wait(10))

    assert hand_over(well, ("make", uuid7()), lambda: True).result(2) is True
    never.set()


def test_what_is_under_way_is_not_waited_for_again() -> None:
    server, key, go = uuid7(), ("make", uuid7()), threading.Event()
    assert is_worth_waiting(server, key)

    outcome = hand_over(server, key, lambda: go.wait(5))

    assert not is_worth_waiting(server, key)
    assert is_worth_waiting(server, ("make", uuid7()))
    go.set()
    assert outcome.result(5)
    assert is_worth_waiting(server, key)


def test_a_failure_is_told_to_whoever_waits_and_to_nobody_else() -> None:
    server = uuid7()

    def fail() -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hand_over(server, ("make", uuid7()), fail).result(5)
    assert hand_over(server, ("make", uuid7()), lambda: True).result(5) is True
