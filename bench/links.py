# SPDX-License-Identifier: EUPL-1.2
"""People with a link who want into their meeting: they press *Join* and then wait as the waiting page does."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests

#: the waiting page looks again after so many seconds
LOOK_AGAIN = 3.0
#: so many of them at a time
HANDS = 16
TIMEOUT = 20
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Follower:
    """Somebody with the link of one date. `address` may be another than the link's host: the web process to ask."""

    date: str
    link: str
    browser: requests.Session = field(default_factory=requests.Session)
    _waits_at: str = ""

    def is_in(self) -> bool:
        """One attempt: pressing the button, or looking at the waiting page. True once the server's page is there."""
        try:
            answer = self._wait() if self._waits_at else self._press()
            where = urljoin(self.link, answer.headers.get("Location", ""))
            if answer.status_code != 303:
                return False
            if urlsplit(where).netloc == urlsplit(self.link).netloc:
                self._waits_at = where
                return False
            self._waits_at = ""
            return self.browser.get(where, timeout=TIMEOUT).status_code == 200
        except requests.RequestException:
            self._waits_at = ""
            return False

    def _press(self) -> requests.Response:
        page = self.browser.get(self.link, timeout=TIMEOUT)
        token = _TOKEN.search(page.text)
        form = {"csrfmiddlewaretoken": token[1] if token else "", "name": "Gast", "again": "1"}
        return self.browser.post(self.link, data=form, timeout=TIMEOUT, allow_redirects=False)

    def _wait(self) -> requests.Response:
        return self.browser.get(self._waits_at, timeout=TIMEOUT, allow_redirects=False)


def seconds_until_in(followers: Collection[Follower], *, since: float, patience: float) -> dict[str, float]:
    """By date: seconds from `since` (monotonic) until its follower was in; who never was is missing."""
    found: dict[str, float] = {}
    due: queue.PriorityQueue[tuple[float, int, Follower]] = queue.PriorityQueue()
    for number, follower in enumerate(followers):
        due.put((since, number, follower))

    def follow() -> None:
        while time.monotonic() < since + patience:
            try:
                at, number, follower = due.get_nowait()
            except queue.Empty:
                return
            time.sleep(max(0.0, at - time.monotonic()))
            if follower.is_in():
                found[follower.date] = time.monotonic() - since
            else:
                due.put((time.monotonic() + LOOK_AGAIN, number, follower))

    hands = [threading.Thread(target=follow, daemon=True) for _ in range(HANDS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return found
