# SPDX-License-Identifier: EUPL-1.2
"""Simulated conference servers as processes of their own, with their levers, and somebody they can call back.

A folder of tests that needs them imports the fixtures in its conftest:
`from tests.simulator_fixture import simulator, simulator_process`, `import jitsi_shard, jitsi_shard_process`.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

REPOSITORY = Path(__file__).parent.parent
SECRET = "simulated-secret-8f2c"
CONTROL_TOKEN = "control-token-for-tests"
JITSI_OPTIONS = ("--leave-after", "0.3", "--retry-scale", "0.01")


class SimulatorProcess:
    """`python -m simulator` with one server. `base_url` and `secret` are what a ServerAccess needs."""

    def __init__(self, *, name: str = "bbb1", secret: str = SECRET, options: Sequence[str] = ()) -> None:
        self.name = name
        self.secret = secret
        self.options = options
        self.base_url = ""
        self._panel = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def origin(self) -> str:
        return self.base_url.removesuffix("/bigbluebutton/api/")

    def _server_arguments(self, port: int) -> list[str]:
        return ["--name", self.name, "--secret", self.secret, "--port", str(port)]

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, port: int = 0) -> None:
        command = [sys.executable, "-m", "simulator", *self._server_arguments(port), "--control-port", "0"]
        command += ["--control-token", CONTROL_TOKEN, "--parent-pid", str(os.getpid())]
        self._process = subprocess.Popen(
            [*command, *self.options], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
        )
        self.base_url = self._told("simulator listening on ")
        self._panel = self._told("simulator controlled on ")

    def _told(self, words: str) -> str:
        assert self._process is not None and self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith(words):
            self.stop()
            raise RuntimeError(f"the simulator did not start: {line!r}")
        return line.removeprefix(words).strip()

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

    def kill(self) -> None:
        """Its machine is gone: no goodbye, and its port refuses connections."""
        if self._process is not None:
            self._process.kill()
        self.stop()

    def restart(self) -> None:
        """The same server at the same address, its meetings forgotten."""
        port = int(self.origin.rpartition(":")[2])
        self.stop()
        self.start(port)

    # Levers, see simulator/control.py

    def control(
        self, method: str, path: str, body: dict[str, object] | None = None, *, timeout: float = 10
    ) -> dict[str, Any]:
        # thousands of calls: by the standard library they take a quarter of what they do by `requests`
        panel = urlsplit(self._panel)
        connection = HTTPConnection(panel.hostname or "", panel.port, timeout=timeout)
        with closing(connection):
            connection.request(
                method,
                f"{panel.path}{quote(self.name)}/control/{path}",
                body=None if body is None else json.dumps(body),
                headers={"Authorization": f"Bearer {CONTROL_TOKEN}"},
            )
            answer = connection.getresponse()
            content: dict[str, Any] = json.loads(answer.read())
        assert answer.status == 200, content
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
        seconds: int | None = None,
    ) -> None:
        """See `simulator/faults.py` for the kinds. With `seconds` it ends by itself."""
        body: dict[str, object] = {"kind": kind, "call": call, "count": count, "delay_ms": delay_ms}
        self.control("POST", "faults", body | {"after": after, "seconds": seconds})

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def forget(self) -> None:
        self.control("POST", "forget")

    def snapshot(self) -> None:
        """Keeps a copy of the meetings and the people in them, for `restore`."""
        self.control("POST", "snapshot")

    def restore(self) -> int:
        """Brings back the meetings that were kept, as a lost server returns with its old ones; answers how many."""
        return int(self.control("POST", "restore")["restored"])

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


class JitsiShard(SimulatorProcess):
    """`python -m simulator` with one Jitsi shard. `base_url` and `secret` are what a ServerAccess needs."""

    def __init__(
        self, *, name: str = "jitsi1", secret: str = SECRET, options: Sequence[str] = JITSI_OPTIONS
    ) -> None:
        super().__init__(name=name, secret=secret, options=options)

    @property
    def origin(self) -> str:
        return self.base_url.rstrip("/")

    def _server_arguments(self, port: int) -> list[str]:
        return ["--jitsi", f"{self.name}:{self.secret}:{port}"]

    def configure(self, **settings: object) -> dict[str, Any]:
        """Names and values as in `simulator/jitsi/settings.py`: `reservations_url`, `headers`, `events_url`, `tokens`
        ("on", "off"), `modules` ("on", "off" or a list) ... Answers all settings."""
        return self.control("PUT", "jitsi", settings)

    def enter(self, room: str, **client: object) -> dict[str, Any]:
        """Somebody's browser opens the room: `jwt`, `jid`, `name`, `moderator`, `password`. Answers what they see once
        they know: `entered`, and `occupant`, `moderator`, `waiting` or `error`, `code`, `text`."""
        return self.control("POST", "jitsi/enter", {"room": room, **client}, timeout=90)

    def leave(self, room: str, *, occupant: str | None = None) -> int:
        """Lets somebody go, or everybody, which closes the room."""
        body: dict[str, object] = {"meetingID": room} | ({} if occupant is None else {"userIDs": [occupant]})
        return int(self.control("POST", "people/leave", body)["left"])

    def token(self, room: str, /, *, moderator: bool = False, name: str = "Anna", **claims: Any) -> str:
        """A token that this shard takes, unless `claims` say otherwise; None leaves one out."""
        now = int(time.time())
        whole: dict[str, object] = {
            "iss": "vconf",
            "aud": "jitsi",
            "sub": "127.0.0.1",
            "room": room,
            "nbf": now - 60,
            "exp": now + 3_600,
            "context": {"user": {"id": "1", "name": name, "moderator": moderator}},
            **claims,
        }
        return signed_token({key: value for key, value in whole.items() if value is not None}, self.secret)

    def rooms(self) -> dict[str, dict[str, Any]]:
        """By name, as `state` shows them: people, moderators, occupants, waiting, max_occupants, lobby ..."""
        return {room["meetingID"]: room for room in self.state()["meetings"]}


def signed_token(claims: dict[str, object], secret: str) -> str:
    """A JWT of HS256 (RFC 7515), apart from both the adapter's and the simulator's code."""

    def encoded(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    head = encoded(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
    signed = f"{head}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


@pytest.fixture(scope="session")
def jitsi_shard_process() -> Iterator[JitsiShard]:
    process = JitsiShard()
    process.start()
    yield process
    process.stop()


@pytest.fixture
def jitsi_shard(jitsi_shard_process: JitsiShard) -> JitsiShard:
    """A running shard without rooms or faults, set up as at its start."""
    jitsi_shard_process.reset()
    return jitsi_shard_process


@pytest.fixture
def jitsi_shards() -> Iterator[Callable[[int], list[JitsiShard]]]:
    """Starts so many shards of their own: `one, other = jitsi_shards(2)`."""
    started: list[JitsiShard] = []

    def start(count: int) -> list[JitsiShard]:
        for number in range(count):
            shard = JitsiShard(name=f"shard{number + 1}", secret=f"{SECRET}-{number + 1}")
            shard.start()
            started.append(shard)
        return started[-count:]

    yield start
    for shard in started:
        shard.stop()


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
