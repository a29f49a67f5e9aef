# SPDX-License-Identifier: EUPL-1.2
"""Listeners of the room board that go on where they were after every break. At the end they must know what is so."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from chaos.journal import Journal


class Listener(threading.Thread):
    """One socket at one door, opened again whenever it breaks."""

    def __init__(self, name: str, door: str, token: str, journal: Journal) -> None:
        super().__init__(name=name, daemon=True)
        self.door, self.token, self.journal = door, token, journal
        self.rooms: dict[str, dict[str, Any]] = {}
        self.version: int | None = None
        self.breaks = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                with open_socket(self.door, self.token, self.version) as socket:
                    while not self.ended.is_set():
                        try:
                            self._take(json.loads(socket.recv(timeout=1)))
                        except TimeoutError:
                            continue
            except (OSError, WebSocketException):
                self.breaks += 1
                self.ended.wait(0.5)

    def _take(self, message: dict[str, Any]) -> None:
        if "version" not in message:
            return
        if self.version is not None and message["version"] < self.version:
            self.journal.surprise(f"{self.name}: version went back, {self.version} to {message['version']}")
        self.version = message["version"]
        take(self.rooms, message)
        if message["type"] != "snapshot":
            with self.journal.lock:
                self.journal.board_news_at.append(time.time())

    def differences(self) -> tuple[str, ...]:
        """Rooms that this listener sees otherwise than somebody who comes new. Waits a moment for what is under way."""
        until = time.monotonic() + 20
        while True:
            fresh: dict[str, dict[str, Any]] = {}
            with open_socket(self.door, self.token, None) as socket:
                take(fresh, json.loads(socket.recv(timeout=10)))
            differing = {
                room for room in fresh.keys() | self.rooms.keys() if fresh.get(room) != self.rooms.get(room)
            }
            if not differing or time.monotonic() > until:
                return tuple(sorted(differing))
            time.sleep(1)


def open_socket(door: str, token: str, since: int | None) -> ClientConnection:
    """A socket that has asked for all rooms."""
    socket = connect(
        door.replace("http", "ws", 1) + "/ws/rooms/",
        additional_headers={"Authorization": f"Bearer {token}"},
        open_timeout=5,
        close_timeout=1,
        ping_interval=5,
        ping_timeout=10,
        max_size=None,
        proxy=None,
    )
    socket.send(json.dumps({"type": "subscribe", "rooms": None, "since": since}))
    return socket


def take(rooms: dict[str, dict[str, Any]], message: dict[str, Any]) -> None:
    """Bring a picture of the board up to date by one message."""
    match message["type"]:
        case "snapshot":
            rooms.clear()
            rooms.update({one["room"]: one for one in message["rooms"]})
        case "changes":
            rooms.update({one["room"]: one for one in message["changes"]})
        case "change":
            rooms[message["room"]] = {name: value for name, value in message.items() if name != "type"}
