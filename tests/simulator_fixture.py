# SPDX-License-Identifier: EUPL-1.2
"""A simulated conference server as a process of its own, with its levers, and somebody it can call back.

A folder of tests that needs it imports the fixture in its conftest: `from tests.simulator_fixture import simulator`.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

REPOSITORY = Path(__file__).parent.parent
SECRET = "simulated-secret-8f2c"
CONTROL_TOKEN = "control-token-for-tests"


class SimulatorProcess:
    """`python -m simulator` with one server. `base_url` and `secret` are what a ServerAccess needs."""

    def __init__(self, *, name: str = "bbb1", secret: str = SECRET, options: Sequence[str] = ()) -> None:
        self.name = name
        self.secret = secret
        self.options = options
        self.base_url = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def origin(self) -> str:
        return self.base_url.removesuffix("/bigbluebutton/api/")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, port: int = 0) -> None:
        command = [sys.executable, "-m", "simulator", "--name", self.name, "--secret", self.secret]
        command += ["--port", str(port), "--control-token", CONTROL_TOKEN, "--parent-pid", str(os.getpid())]
        self._process = subprocess.Popen(
            [*command, *self.options], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("simulator listening on "):
            self.stop()
            raise RuntimeError(f"the simulator did not start: {line!r}")
        self.base_url = line.removeprefix("simulator listening on ").strip()

    def stop(self) -> None:
        """Ends it; its port then refuses connections, as that of a server that is down."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        finally:
            self._process.kill()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def restart(self) -> None:
        """The same server at the same address, its meetings forgotten."""
        port = int(self.origin.rpartition(":")[2])
        self.stop()
        self.start(port)

    # Levers, see simulator/control.py

    def control(self, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        answer = requests.request(
            method,
            f"{self.origin}/control/{path}",
            data=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {CONTROL_TOKEN}"},
            timeout=10,
        )
        content: dict[str, Any] = answer.json()
        assert answer.status_code == 200, content
        return content

    def state(self) -> dict[str, Any]:
        return self.control("GET", "state")

    def meeting(self, external_id: str) -> dict[str, Any] | None:
        """The meeting as `state` shows it: meetingID, createTime, people, moderators, ended, created_with ..."""
        return next((one for one in self.state()["meetings"] if one["meetingID"] == external_id), None)

    def add_people(
        self, external_id: str, count: int = 1, *, names: list[str] | None = None, role: str = "VIEWER"
    ) -> list[str]:
        """Answers their user ids."""
        body: dict[str, object] = {"meetingID": external_id, "role": role}
        body |= {"count": count} if names is None else {"names": names}
        people: list[str] = self.control("POST", "people", body)["people"]
        return people

    def remove_people(self, external_id: str, count: int | None = None) -> int:
        """Lets so many go, or everybody; answers how many went."""
        body: dict[str, object] = {"meetingID": external_id}
        if count is not None:
            body["count"] = count
        return int(self.control("POST", "people/leave", body)["left"])

    def admit_people(self, external_id: str) -> None:
        self.control("POST", "people/admit", {"meetingID": external_id})

    def end_meeting(self, external_id: str) -> None:
        self.control("POST", "end", {"meetingID": external_id})

    def set_fault(
        self,
        kind: str,
        *,
        call: str | None = None,
        count: int | None = None,
        delay_ms: int = 100,
        after: bool = False,
    ) -> None:
        self.control(
            "POST",
            "faults",
            {"kind": kind, "call": call, "count": count, "delay_ms": delay_ms, "after": after},
        )

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def forget(self) -> None:
        self.control("POST", "forget")

    def skew_clock(self, milliseconds: int) -> None:
        self.control("POST", "clock", {"skew_ms": milliseconds})

    def advance_clock(self, seconds: int) -> None:
        self.control("POST", "clock", {"advance_seconds": seconds})

    def let_ended_meetings_linger(self, seconds: int) -> None:
        self.control("POST", "settings", {"end_lingers_seconds": seconds})

    def process_recordings_for(self, seconds: int) -> None:
        self.control("POST", "settings", {"recording_seconds": seconds})

    def add_recording(self, external_id: str, *, state: str = "published") -> str:
        """Answers its recordID."""
        body: dict[str, object] = {"meetingID": external_id, "state": state}
        return str(self.control("POST", "recordings", body)["recordID"])

    def recordings(self) -> dict[str, str]:
        """recordID -> state."""
        return {one["recordID"]: one["state"] for one in self.state()["recordings"]}

    def reset(self) -> None:
        """As freshly started, except that time that was let pass stays passed."""
        if not self.running:
            self.start()
        self.control("POST", "reset")


@pytest.fixture(scope="session")
def simulator_process() -> Iterator[SimulatorProcess]:
    process = SimulatorProcess(options=["--leave-after", "0.3", "--retry-scale", "0.01"])
    process.start()
    yield process
    process.stop()


@pytest.fixture
def simulator(simulator_process: SimulatorProcess) -> SimulatorProcess:
    """A running conference server without meetings, faults or hooks."""
    simulator_process.reset()
    return simulator_process


@dataclass(frozen=True)
class Received:
    """One request somebody was sent."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Listens on loopback and keeps what it is sent. `statuses` are answered in turn, then 200."""

    def __init__(self) -> None:
        self.requests: queue.Queue[Received] = queue.Queue()
        self.statuses: list[int] = []
        receiver = self

        class Keep(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                receiver.requests.put(
                    Received(self.command, path, query, {k.lower(): v for k, v in self.headers.items()}, body)
                )
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_GET  # noqa: N815  the base class finds it by this name

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Keep)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def next(self, seconds: float = 5.0) -> Received:
        return self.requests.get(timeout=seconds)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def eventually(holds: Callable[[], object], seconds: float = 5.0) -> None:
    """Waits until it holds; fails if it does not in time."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not become true in time"
        time.sleep(0.02)
