# SPDX-License-Identifier: EUPL-1.2
"""The levers of all servers of this process on a port of their own, at `/NAME/control/`: there they can be pulled
whatever the server itself does."""

from __future__ import annotations

import threading
from collections import Counter
from urllib.parse import unquote

from simulator.clock import Clock
from simulator.connections import NOT_FOUND, Control, Handler
from simulator.faults import Faults


class ControlPanel:
    """`controls`: the levers of each server, by its name."""

    def __init__(self, port: int, controls: dict[str, Control]) -> None:
        self.name = "control"
        self.port = port
        self.controls = controls
        self.clock = Clock()
        self.faults = Faults()
        self.calls: Counter[str] = Counter()
        self.origin = ""
        self.stopped = threading.Event()

    @property
    def address(self) -> str:
        return f"{self.origin}/"

    def start(self) -> None:
        return

    def stop(self) -> None:
        self.stopped.set()


class Panel(Handler):
    def route(self, path: str, query: str, body: bytes) -> None:
        panel = self.server.site
        assert isinstance(panel, ControlPanel)
        name, found, lever = unquote(path.removeprefix("/")).partition("/control/")
        control = panel.controls.get(name)
        if not found or control is None:
            self.send(NOT_FOUND)
            return
        self.send(control(self.command, lever, self.headers.get("Authorization", ""), body))
