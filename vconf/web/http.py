# SPDX-License-Identifier: EUPL-1.2
"""The web server's HTTP, with an end to what it would otherwise wait and read for without one.

A reverse proxy does the same; the embedded mode has none.
"""

from __future__ import annotations

from asyncio import Transport
from asyncio.events import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Bytes that bring a request no further: of its head, of what frames its chunks, of trailers. Checked after each
#: read, so one read's worth (256 KiB) may come on top.
MOST_HEAD = 64 * 1024
#: Seconds until a request has come in as a whole, also the first one of a connection.
PATIENCE = 60.0

_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)


class LimitedHttp(HttpToolsProtocol):
    """uvicorn's, which keeps a header of any length and copies it again with every read: one connection that goes on
    sending such a header holds up everybody else's. Its own time limit is only for connections between requests.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_in_vain = 0
        self._got_on = False
        self._is_whole = False
        self._patience: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._got_on = self._is_whole = False
        super().data_received(data)
        self._read_in_vain = 0 if self._got_on else self._read_in_vain + len(data)
        if self._read_in_vain > MOST_HEAD and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()
        elif not self._is_whole:
            self._wait()

    def handle_websocket_upgrade(self) -> None:
        self._stop_waiting()
        self._is_whole = True
        super().handle_websocket_upgrade()

    def on_headers_complete(self) -> None:
        self._got_on = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._got_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._got_on = self._is_whole = True
        self._stop_waiting()
        super().on_message_complete()

    def _wait(self) -> None:
        if self._patience is None and not self.transport.is_closing():
            self._patience = self.loop.call_later(PATIENCE, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
