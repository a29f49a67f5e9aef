# SPDX-License-Identifier: EUPL-1.2
"""The size of a body is limited with and without Content-Length, at a real server (R7.4)."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from vconf.web.limits import limit_body

MOST = 10_000


async def echo_length(scope: Any, receive: Any, send: Any) -> None:
    """Reads all of the body, as Django does, then answers its length."""
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(limit_body(echo_length, MOST), lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join(10)


def call(address: tuple[str, int], head: str, *chunks: bytes) -> tuple[int, bytes]:
    """Status and body of the answer; sending stops when the server closes."""
    with socket.create_connection(address, timeout=10) as connection:
        try:
            connection.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
            for chunk in chunks:
                connection.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = b""
        try:
            while b"\r\n\r\n" not in answer or not answer.partition(b"\r\n\r\n")[2]:
                part = connection.recv(65_536)
                if not part:
                    break
                answer += part
        except ConnectionResetError:
            pass
    head_of_answer, _, body = answer.partition(b"\r\n\r\n")
    return int(head_of_answer.split()[1]), body


def chunked(size: int, count: int) -> list[bytes]:
    return [f"{size:x}\r\n".encode() + b"x" * size + b"\r\n"] * count + [b"0\r\n\r\n"]


def test_a_body_of_the_largest_size_passes(address: tuple[str, int]) -> None:
    announced = call(address, f"Connection: close\r\nContent-Length: {MOST}", b"x" * MOST)
    unannounced = call(address, "Connection: close\r\nTransfer-Encoding: chunked", *chunked(1_000, 10))

    assert announced[0] == unannounced[0] == 200
    assert str(MOST).encode() in announced[1]


def test_one_byte_more_is_refused_as_soon_as_it_is_announced(address: tuple[str, int]) -> None:
    status, body = call(address, f"Content-Length: {MOST + 1}")

    assert (status, json.loads(body)["code"]) == (413, "too_large")


def test_one_byte_more_is_refused_without_announcement(address: tuple[str, int]) -> None:
    status, body = call(address, "Transfer-Encoding: chunked", *chunked(1_000, 10)[:-1], b"1\r\nx\r\n")

    assert (status, json.loads(body)["code"]) == (413, "too_large")


def test_an_endless_body_is_cut_short(address: tuple[str, int]) -> None:
    status, _body = call(address, "Transfer-Encoding: chunked", *chunked(5_000, 2_000))

    assert status == 413


@pytest.mark.parametrize("announced", ["-1", "1e9", "9" * 400, "abc"])
def test_a_length_that_is_none_does_not_break_anything(address: tuple[str, int], announced: str) -> None:
    assert call(address, f"Content-Length: {announced}")[0] in (400, 413)


@pytest.mark.django_db
def test_a_chunked_body_is_read_although_it_has_no_length(rf: Any) -> None:
    from rest_framework.response import Response

    from vconf.web.views import Door

    class Echo(Door):
        permission_classes = []
        authentication_classes = []

        def post(self, request: Any) -> Response:
            return Response(request.data)

    request = rf.post("/api/v1/x", data=b'{"a": 1}', content_type="application/json")
    del request.META["CONTENT_LENGTH"]
    request.META["HTTP_TRANSFER_ENCODING"] = "chunked"

    response = Echo.as_view()(request)

    assert (response.status_code, response.data) == (200, {"a": 1})


def test_the_parser_itself_reads_no_more_than_the_limit(settings: Any) -> None:
    from io import BytesIO

    from vconf.web.problems import TooLarge
    from vconf.web.views import StrictJsonParser

    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    assert StrictJsonParser().parse(BytesIO(b'{"a": 123}')) == {"a": 123}
    with pytest.raises(TooLarge):
        StrictJsonParser().parse(BytesIO(b'{"a": 1234}'))
