# SPDX-License-Identifier: EUPL-1.2
"""A real Redis for the tests: VCONF_TEST_REDIS_URL, or the server that tests/services.py finds, on a free port.

There is no third way: without Redis its tests fail, they are never skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Self

import redis

from tests.services import redis_binary


class RedisServer:
    """`with RedisServer() as server:` answers at `server.url` until the block ends; it keeps nothing on disk.

    to_kill: the test ends it in between, so the one at VCONF_TEST_REDIS_URL is spared.
    """

    def __init__(self, *, to_kill: bool = False) -> None:
        self.url = "" if to_kill else os.environ.get("VCONF_TEST_REDIS_URL", "")
        self._is_ours = not self.url
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._port = 0

    def start(self) -> None:
        """Start it, at the same address as before if it has run already."""
        self._folder = self._folder or tempfile.mkdtemp(prefix="vconf-redis-")
        self._port = self._port or _free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        options = {"port": str(self._port), "bind": "127.0.0.1", "save": "", "dir": self._folder}
        self._process = subprocess.Popen(
            [redis_binary(), *(part for name, value in options.items() for part in (f"--{name}", value))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        client = redis.Redis.from_url(self.url)
        for _ in range(200):
            try:
                client.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.05)
        raise RuntimeError("redis-server does not answer.")

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        if self._is_ours:
            self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
        return port
