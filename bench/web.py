# SPDX-License-Identifier: EUPL-1.2
"""Web processes as in scaled mode (uvicorn, PostgreSQL, Redis), and clients that cost as little as they can.

No worker runs beside them: what happens after a booking is answered takes its own time, not the booking's.
`python -m bench.web` is one such process; it prints its port.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from tests.services import redis_binary

#: seconds after which an answer is taken for lost, which ends the benchmark
PATIENCE = 60
#: seconds after which a connection is opened again: the server closes idle ones after five
IDLE = 3


@contextmanager
def redis() -> Iterator[str]:
    """A Redis on a free port; the address for VCONF_REDIS_URL."""
    with tempfile.TemporaryDirectory(prefix="vconf-redis-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = subprocess.Popen(
            [redis_binary(), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                if server.poll() is not None:
                    raise SystemExit("Redis ended at once.")
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


@contextmanager
def web_processes(count: int, environment: Mapping[str, str]) -> Iterator[list[int]]:
    """So many web processes with this environment; their ports."""
    with ExitStack() as running:
        servers = []
        for _ in range(count):
            server = subprocess.Popen(
                [sys.executable, "-m", "bench.web"],
                env={**environment, "VCONF_LOG_LEVEL": "WARNING"},
                stdout=subprocess.PIPE,
                text=True,
            )
            running.callback(_stop, server)
            servers.append(server)
        ports = []
        for server in servers:
            assert server.stdout is not None
            line = server.stdout.readline()
            if not line:
                raise SystemExit("A web process did not start; the reason stands above.")
            ports.append(int(line))
        yield ports


def _stop(server: subprocess.Popen[str]) -> None:
    server.terminate()
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@dataclass(frozen=True, slots=True)
class Answer:
    """ms: from sending the request to having the answer."""

    status: int
    body: bytes
    ms: float
    etag: str = ""

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One kept-alive connection of somebody with a token."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token

    async def open(self) -> Client:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._used = time.monotonic()
        return self

    async def ask(self, method: str, path: str, body: object = None) -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        if time.monotonic() - self._used > IDLE:
            self.close()
            await self.open()
        begun = time.perf_counter()
        self._writer.write(head.encode() + content)
        async with asyncio.timeout(PATIENCE):
            lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        received = await self._reader.readexactly(int(headers.get("content-length", 0)))
        ms = (time.perf_counter() - begun) * 1000
        self._used = time.monotonic()
        return Answer(int(lines[0].split()[1]), received, ms, headers.get("etag", ""))

    def close(self) -> None:
        self._writer.close()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
    import django  # noqa: PLC0415  the settings are read from the environment

    django.setup()
    import uvicorn  # noqa: PLC0415

    from vconf.webserver import configuration  # noqa: PLC0415

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    print(listener.getsockname()[1], flush=True)
    # its log lines are written as ever, but nobody reads them
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    uvicorn.Server(configuration()).run(sockets=[listener])


if __name__ == "__main__":
    main()
