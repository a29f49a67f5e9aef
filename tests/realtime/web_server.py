# SPDX-License-Identifier: EUPL-1.2
"""vconf's ASGI application under a real uvicorn, in a thread of the test: real sockets, the test's database."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from types import TracebackType
from typing import Self

import uvicorn
from websockets.typing import Origin


class WebServer:
    """`with WebServer() as server:` listens on a free port at `server.socket_url` until the block ends.

    send_buffer: bytes the system keeps for each connection; few make a client slow that does not read.
    """

    def __init__(self, *, send_buffer: int | None = None) -> None:
        self._listener = socket.socket()
        if send_buffer is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        self._listener.bind(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.origin = Origin(f"http://127.0.0.1:{self.port}")
        self.socket_url = f"ws://127.0.0.1:{self.port}/ws/rooms/"
        config = uvicorn.Config(
            "vconf.asgi:application",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))

    def __enter__(self) -> Self:
        self._thread.start()
        end = time.monotonic() + 10
        while not self._server.started:
            if time.monotonic() > end or not self._thread.is_alive():
                raise RuntimeError("uvicorn did not start")
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)
