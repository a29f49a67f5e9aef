# SPDX-License-Identifier: EUPL-1.2
"""People with a link who want into their meeting: they press *Join* and then wait as the waiting page does."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests

#: the waiting page looks again after so many seconds
LOOK_AGAIN = 3.0
#: so long a browser is given for vconf's pages, and for a conference that does not show
PATIENCE, CONFERENCE_PATIENCE = 20, 5
#: stands on the join page only
_NAME = '<input id="name"'
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Follower:
    """Somebody with the link of one date. `address` may be another than the link's host: the web process to ask."""

    date: str
    link: str
    browser: requests.Session = field(default_factory=requests.Session)
    #: what came of the last attempt
    last: str = ""
    _waits_at: str = ""

    def is_in(self) -> bool:
        """One attempt: pressing the button, or looking at the waiting page. True once the server's page is there."""
        try:
            answer = self._wait() if self._waits_at else self._press()
            where = urljoin(self.link, answer.headers.get("Location", ""))
            self.last = f"{answer.status_code} {urlsplit(where).path}"
            if answer.status_code != 303:
                # Whoever has waited too long is shown the button again.
                if _NAME in answer.text:
                    self._waits_at = ""
                return False
            if urlsplit(where).netloc == urlsplit(self.link).netloc:
                self._waits_at = where
                return False
            self._waits_at = ""
            page = self.browser.get(where, timeout=CONFERENCE_PATIENCE)
            self.last = f"{page.status_code} at the conference"
            return page.status_code == 200
        except requests.RequestException as error:
            self.last = type(error).__name__
            self._waits_at = ""
            return False

    def _press(self) -> requests.Response:
        page = self.browser.get(self.link, timeout=PATIENCE)
        token = _TOKEN.search(page.text)
        form = {"csrfmiddlewaretoken": token[1] if token else "", "name": "Gast", "again": "1"}
        return self.browser.post(self.link, data=form, timeout=PATIENCE, allow_redirects=False)

    def _wait(self) -> requests.Response:
        return self.browser.get(self._waits_at, timeout=PATIENCE, allow_redirects=False)


def seconds_until_in(followers: Collection[Follower], *, since: float, patience: float) -> dict[str, float]:
    """By date: seconds from `since` (monotonic) until its follower was in; who never was is missing.

    Everybody has a browser of their own, and they do not all press at the same moment."""
    found: dict[str, float] = {}

    def follow(follower: Follower, first: float) -> None:
        time.sleep(max(0.0, first - time.monotonic()))
        while time.monotonic() < since + patience:
            if follower.is_in():
                found[follower.date] = time.monotonic() - since
                return
            time.sleep(LOOK_AGAIN)

    people = [
        threading.Thread(target=follow, args=(one, since + LOOK_AGAIN * n / len(followers)), daemon=True)
        for n, one in enumerate(followers)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return found
