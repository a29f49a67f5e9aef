# SPDX-License-Identifier: EUPL-1.2
"""People who hold the meetings they book: they come in through the join page, leave, end it and see to its recording.

So a Jitsi shard asks whether it may open a room, and a recording is published, withdrawn and deleted, while whoever has
to answer is killed. What a visitor does not get to in time is left; only bookings and answers are judged.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from chaos.asking import TIMEOUT
from chaos.load import Person

#: seconds for one step: a server that died is asked again, a recording is processed
PATIENCE = 150.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LEAVE = re.compile(r'action="([^"]*/leave)"><input type="hidden" name="sessionToken" value="([^"]+)"')


class Visitor(Person):
    """Books, enters and ends one meeting after the other, in the rooms that are there to be entered."""

    def _act(self) -> None:
        # one of two sees to recordings, which takes long, so that the other comes to open rooms often
        room = self.dice.choice(self.places.entered if self.number % 2 else self.places.recorded)
        self._book_for_now(room, "PT10M")
        if not self.mine:
            return
        promise, booking = self.mine.pop()
        self._come_and_go(booking["join_url"])
        [date] = booking["occurrences"]
        status, body, tries = self._ask("POST", f"/occurrences/{date['id']}/end", None, {})
        self.journal.count("end", tries)
        if status != 200 and body.get("code") != "already_started":
            self.journal.surprise(f"end of {promise.key}: {status} {body.get('code')}")
        if room in self.places.recorded:
            self._see_to_recording(booking["id"])
        status, body, _ = self._ask("GET", f"/bookings/{booking['id']}", None, {})
        if status == 200:
            self.journal.tell(promise, body)

    def _come_and_go(self, link: str) -> None:
        """In as a guest, and out again by the button of the conference's page."""
        browser = requests.Session()
        browser.trust_env = False
        until = time.monotonic() + PATIENCE
        while not self.enough.is_set() and time.monotonic() < until:
            door = self.dice.choice(self.doors)
            try:
                page = self._join(browser, door + urlsplit(link).path)
                button = _LEAVE.search(page.text)
                if button is not None:
                    leave = urljoin(page.url, unescape(button[1]))
                    browser.post(leave, data={"sessionToken": unescape(button[2])}, timeout=TIMEOUT)
                    self.journal.count("enter", 1)
                    return
            except requests.RequestException as error:
                self.journal.miss(type(error).__name__)
            self.enough.wait(0.5)

    def _join(self, browser: requests.Session, address: str) -> requests.Response:
        """The page that pressing *Join* leads to, of the conference if it could be opened."""
        token = _TOKEN.search(browser.get(address, timeout=TIMEOUT).text)
        given = {"csrfmiddlewaretoken": token[1] if token else "", "name": self.name, "consent": "1"}
        page = browser.post(address, data=given, timeout=TIMEOUT)
        while "?wait" in page.url and page.status_code == 200 and not self.enough.is_set():
            self.enough.wait(0.5)
            page = browser.get(page.url, timeout=TIMEOUT)
        return page

    def _see_to_recording(self, booking_id: str) -> None:
        """Withdraw the recording, publish it again, delete it; each is done once the server has said so."""
        of_booking = f"/bookings/{booking_id}/recordings"
        found = self._until(of_booking, lambda listed: bool(listed) and listed[0]["state"] == "published")
        if not found:
            return
        path = f"/recordings/{found[0]['id']}"
        for published in (False, True):
            self._ask("PATCH", path, {"published": published}, {})
            self._until(of_booking, lambda listed: not listed or listed[0]["asked"] is None)
        self._ask("DELETE", path, None, {})
        if not self._until(of_booking, lambda listed: not listed):
            self.journal.count("recording", 1)

    def _until(self, path: str, is_so: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """What is listed there once it is so, or when there is no more time."""
        until = time.monotonic() + PATIENCE
        while True:
            status, listed, _ = self._ask("GET", path, None, {})
            found: list[dict[str, Any]] = listed if status == 200 else []
            if is_so(found) or self.enough.is_set() or time.monotonic() > until:
                return found
            self.enough.wait(1.0)
