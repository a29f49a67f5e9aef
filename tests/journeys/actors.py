# SPDX-License-Identifier: EUPL-1.2
"""Who takes part in a journey: people with a token, somebody who watches the board, a guest with a browser."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any, Protocol
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from websockets.sync.client import ClientConnection, connect

#: seconds for anything to happen; the machine may be busy
PATIENCE = 30.0


class Served(Protocol):
    """A vconf that answers at an address."""

    base_url: str

    def manage(self, *arguments: str) -> str: ...


class Member:
    """Somebody with an account, who calls the API with a token of `manage.py create_api_token`."""

    def __init__(self, vconf: Served, email: str) -> None:
        self.vconf = vconf
        self.email = email
        self.token = vconf.manage("create_api_token", email).strip()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        return requests.request(
            method,
            f"{self.vconf.base_url}/api/v1/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", "Accept-Language": "en", **headers},
            timeout=PATIENCE,
        )

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        address = f"{self.vconf.base_url.replace('http', 'ws', 1)}/ws/rooms/"
        with connect(address, additional_headers={"Authorization": f"Bearer {self.token}"}) as connection:
            yield Watcher(connection)


class Watcher:
    """An open board: the latest status of each room, kept up by the socket, and every frame that came."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []
        self.rooms: dict[str, dict[str, Any]] = {}
        self.version = 0
        connection.send(json.dumps({"type": "subscribe", "rooms": None, "since": None}))
        self._read(time.monotonic() + PATIENCE)
        assert self.frames[0]["type"] == "snapshot"

    def until(self, room: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The room's status once it is as wanted."""
        deadline = time.monotonic() + PATIENCE
        while not wanted(self.rooms[room]):
            if time.monotonic() > deadline:
                raise AssertionError(f"the board still shows {self.rooms[room]}")
            self._read(deadline)
        return self.rooms[room]

    def read_all(self) -> None:
        """Take in what has come by now."""
        while self._read(time.monotonic() + 1.0):
            pass

    def _read(self, deadline: float) -> bool:
        try:
            frame = json.loads(self.connection.recv(timeout=max(0.0, deadline - time.monotonic())))
        except TimeoutError:
            return False
        self.frames.append(frame)
        if frame["type"] == "ping":
            self.connection.send(json.dumps({"type": "pong"}))
            return True
        assert frame["type"] in ("snapshot", "changes", "change"), frame
        assert frame["version"] >= self.version, "versions never go back"
        self.version = frame["version"]
        for status in frame.get("rooms", []) + frame.get("changes", []):
            self.rooms[status["room"]] = status
        if frame["type"] == "change":
            self.rooms[frame["room"]] = frame
        return True


class Guest:
    """Somebody with the link, a browser without JavaScript, and no account."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.browser = requests.Session()
        self.browser.headers["Accept-Language"] = "en"
        self.conference = ""

    def open(self, url: str) -> requests.Response:
        return self.browser.get(url, timeout=PATIENCE)

    def join(self, url: str) -> None:
        """Press *Join*, and wait with everybody else until the meeting is there."""
        page = self.open(url)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None, page.text
        page = self.browser.post(
            url, data={"csrfmiddlewaretoken": token[1], "name": self.name}, timeout=PATIENCE
        )
        deadline = time.monotonic() + PATIENCE
        while urlsplit(page.url).netloc == urlsplit(url).netloc:
            assert page.status_code == 200, page.text
            assert time.monotonic() < deadline, f"the meeting did not open: {page.text}"
            time.sleep(0.3)
            page = self.open(page.url)
        assert page.status_code == 200, page.text
        assert self.name in unescape(page.text)
        self.conference = page.url

    def leave(self) -> None:
        """Press the conference's *Leave*."""
        session = parse_qs(urlsplit(self.conference).query)["sessionToken"][0]
        page = self.browser.post(
            urljoin(self.conference, "leave"), data={"sessionToken": session}, timeout=PATIENCE
        )
        assert page.status_code == 200, page.text


def eventually(act: Callable[[], Any]) -> Any:
    """What `act` answers once it is something."""
    deadline = time.monotonic() + PATIENCE
    while not (found := act()):
        assert time.monotonic() < deadline, f"{act} did not come to pass"
        time.sleep(0.1)
    return found
