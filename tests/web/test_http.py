# SPDX-License-Identifier: EUPL-1.2
"""What a connection may cost before there is a request: bytes and time, at a real server (R7.4)."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from websockets.sync.client import connect

from vconf.web import http
from vconf.web.http import LimitedHttp

MEGABYTE = b"a" * 1_000_000


async def greet(scope: Any, receive: Any, send: Any) -> None:
    """Says hello to a request once it is whole, and to a socket, which it then leaves open."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "hello"})
        await receive()
        return
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(
        uvicorn.Config(greet, lifespan="off", log_config=None, http=LimitedHttp, timeout_keep_alive=30)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()
    server.force_exit = server.should_exit = True
    thread.join(10)


def send(connection: socket.socket, *parts: bytes) -> int:
    """Sends until the server closes; the number of bytes that went out."""
    sent = 0
    with contextlib.suppress(ConnectionError):
        for part in parts:
            connection.sendall(part)
            sent += len(part)
    return sent


def answer(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    got = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65_536):
            got += part
    return got


def test_requests_are_answered_one_after_the_other(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=10) as connection:
        for head in (b"Host: x\r\nCookie: " + b"a" * 30_000, b"Host: x\r\nContent-Length: 200000"):
            send(connection, b"POST / HTTP/1.1\r\n", head, b"\r\n\r\n")
            if b"Content-Length" in head:
                send(connection, MEGABYTE[:200_000])
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")


def test_a_head_without_end_is_cut_short(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=10) as connection:
        sent = send(connection, b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ", *[MEGABYTE] * 30)
        got = answer(connection)

    assert sent < 30_000_000
    assert got == b"" or got.startswith(b"HTTP/1.1 431")


def test_a_head_that_is_too_large_is_told(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=10) as connection:
        for _ in range(7):
            send(connection, b"GET / HTTP/1.1\r\n" if not _ else b"X-Long: " + MEGABYTE[:10_000] + b"\r\n")
            time.sleep(0.02)
        send(connection, b"X-More: " + MEGABYTE[:10_000])

        assert answer(connection).startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize("where", ["in the framing of a chunk", "in a trailer"])
def test_nor_is_there_another_place_for_it(address: tuple[str, int], where: str) -> None:
    start = b"0;x=" if where == "in the framing of a chunk" else b"0\r\nX-Long: "
    with socket.create_connection(address, timeout=10) as connection:
        send(connection, b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", start)
        sent = send(connection, *[MEGABYTE] * 30)

        assert sent < 30_000_000
        assert answer(connection) == b""


@pytest.mark.parametrize(
    "slowly",
    [
        [b""],
        [b"GET / HTTP/1.1\r\n", b"Host: x\r\n"],
        [b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n", b"a"],
        [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n", b"\r\n", b"\r\n"],
    ],
    ids=["nothing", "half a head", "half a body", "empty lines after a request"],
)
def test_who_never_finishes_is_not_waited_for(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch, slowly: list[bytes]
) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.5)
    started = time.monotonic()
    with socket.create_connection(address, timeout=10) as connection:
        for part in slowly:
            send(connection, part)
            time.sleep(0.1)
        answer(connection)

    assert 0.4 < time.monotonic() - started < 5


def test_an_open_socket_may_be_silent(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.3)
    with connect(f"ws://{address[0]}:{address[1]}/") as connection:
        assert connection.recv(timeout=5) == "hello"
        time.sleep(0.8)
        connection.ping().wait(5)
        assert connection.state.name == "OPEN"
