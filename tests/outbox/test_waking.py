# SPDX-License-Identifier: EUPL-1.2
"""Those who deliver are woken at once, and once for all that comes in a short while."""

from __future__ import annotations

import threading
from queue import Empty, Queue

import pytest

from vconf.outbox.waking import Waking


def test_the_first_call_wakes_at_once_and_in_another_thread() -> None:
    woken: Queue[threading.Thread] = Queue()
    waking = Waking(lambda: woken.put(threading.current_thread()), pause=0)

    waking()

    assert woken.get(timeout=20) is not threading.current_thread()


def test_all_that_comes_during_a_round_gets_one_more_round() -> None:
    begun, go_on = threading.Semaphore(0), threading.Semaphore(0)
    rounds: list[int] = []

    def wake() -> None:
        rounds.append(1)
        begun.release()
        go_on.acquire(timeout=20)

    waking = Waking(wake, pause=0)
    waking()
    assert begun.acquire(timeout=20)
    for _ in range(50):
        waking()
    go_on.release()
    assert begun.acquire(timeout=20)
    go_on.release()

    assert not begun.acquire(timeout=0.2)
    assert len(rounds) == 2


def test_after_a_round_there_is_a_pause() -> None:
    woken: Queue[int] = Queue()
    waking = Waking(lambda: woken.put(1), pause=60)
    waking()
    assert woken.get(timeout=20)

    waking()

    with pytest.raises(Empty):
        woken.get(timeout=0.2)


def test_a_process_that_was_forked_begins_anew() -> None:
    """It has everything of its parent but the thread."""
    woken: Queue[int] = Queue()
    waking = Waking(lambda: woken.put(1), pause=0)
    gone = waking._thread = threading.Thread(target=lambda: None)
    gone.start()
    gone.join(20)

    waking()

    assert woken.get(timeout=20)
