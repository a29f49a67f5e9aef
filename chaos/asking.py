# SPDX-License-Identifier: EUPL-1.2
"""Somebody who asks at both web processes, and asks again until they are answered."""

from __future__ import annotations

import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import requests

from chaos.journal import Answered, Journal

#: seconds to connect and to be answered, then the next door is tried
TIMEOUT = (3.0, 12.0)
#: methods that change nothing
_READING = frozenset({"GET", "PROPFIND", "REPORT"})


class GaveUp(Exception):
    """The load has ended and there is still no answer."""


class Asker(threading.Thread, ABC):
    """One of the load. Their choices depend on the seed, the answers on what is killed.

    pause: seconds between two things they do, about. enough: set when the load ends.
    """

    def __init__(
        self,
        name: str,
        seed: int,
        *,
        doors: Sequence[str],
        journal: Journal,
        enough: threading.Event,
        pause: float,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.dice = random.Random(f"{seed}/{name}")
        self.doors = doors
        self.journal = journal
        self.enough = enough
        self.pause = pause
        self.patient_until: float | None = None
        self.session = requests.Session()
        self.session.trust_env = False

    @abstractmethod
    def _act(self) -> None:
        """One thing they do."""

    def run(self) -> None:
        try:
            while not self.enough.is_set():
                self._act()
                self.enough.wait(self.dice.uniform(0.5, 1.5) * self.pause)
        except GaveUp:
            return
        except Exception as error:  # a bug of the load must not look like a quiet end
            self.journal.surprise(f"{self.name} ended by {type(error).__name__}: {error}")
            raise

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[requests.Response, int]:
        """The answer, and how many tries it took. Raises GaveUp some time after the load has ended."""
        tries = 0
        while True:
            tries += 1
            door = self.dice.choice(self.doors)
            sent_at = time.time()
            try:
                answer = self.session.request(
                    method,
                    door + path,
                    data=body,
                    headers=dict(headers),
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                self.journal.miss(type(error).__name__)
            else:
                if answer.status_code < 500 and answer.status_code != 429:
                    changes = method not in _READING and answer.status_code < 300
                    self.journal.note(Answered(sent_at, time.time(), door, changes))
                    return answer, tries
                self.journal.miss(str(answer.status_code))
            self._wait_before_next_try()

    def _wait_before_next_try(self) -> None:
        time.sleep(self.dice.uniform(0.1, 0.6))
        if self.enough.is_set():
            if self.patient_until is None:
                self.patient_until = time.monotonic() + 120
            if time.monotonic() > self.patient_until:
                raise GaveUp
