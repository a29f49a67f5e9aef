# SPDX-License-Identifier: EUPL-1.2
"""Which handshakes are let in."""

from __future__ import annotations

import pytest

from tests import factories
from tests.factories import World
from tests.realtime.sockets import HOST, PATH, Socket, bearer, in_db, session_of
from vconf.realtime.routing import websocket

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("origin", "host", "let_in"),
    [
        (b"http://127.0.0.1:8000", HOST, True),
        (b"http://localhost:8000", b"localhost:8000", True),
        (b"http://127.0.0.1:8000", b"vconf.internal:9000", True),  # a proxy that does not pass the host on
        (b"http://127.0.0.1:3000", HOST, False),  # another program on the same machine
        (b"http://localhost:8000", HOST, False),
        (b"https://127.0.0.1:8000", HOST, False),
        (b"http://evil.example", HOST, False),
        (b"http://evil.example", b"evil.example", False),  # rebinding: not a host of ours
        (b"http://127.0.0.1:8000.evil.example", HOST, False),
        (b"http://127.0.0.1:8000@evil.example", HOST, False),
        (b"null", HOST, False),
        (b"", HOST, False),
        (b"\xff\xfe", HOST, False),
    ],
)
async def test_only_pages_of_our_own_may_open_a_socket(
    scene: World, origin: bytes, host: bytes, let_in: bool
) -> None:
    session = await in_db(session_of, scene.anna)
    headers = [(b"host", host), (b"origin", origin), (b"cookie", f"sessionid={session}".encode())]
    socket = Socket(websocket, PATH, headers=headers)
    assert await socket.connect() is let_in
    if let_in:
        await socket.subscribe()
        await socket.expect("snapshot")
    await socket.disconnect()


async def test_a_token_does_not_excuse_a_foreign_origin(scene: World) -> None:
    token = await in_db(factories.token, scene.anna)
    socket = Socket(websocket, PATH, headers=[*bearer(token), (b"origin", b"http://evil.example")])
    assert not await socket.connect()


async def test_two_origins_are_none(scene: World) -> None:
    token = await in_db(factories.token, scene.anna)
    own = (b"origin", b"http://127.0.0.1:8000")
    socket = Socket(websocket, PATH, headers=[*bearer(token), own, (b"origin", b"http://evil.example")])
    assert not await socket.connect()


async def test_a_token_in_the_address_counts_for_nothing(scene: World) -> None:
    token = await in_db(factories.token, scene.anna)
    socket = Socket(websocket, f"{PATH}?token={token}&access_token={token}", headers=[(b"host", HOST)])
    await socket.connect()
    assert await socket.closed_with() == 4401
    await socket.disconnect()


async def test_there_are_no_other_sockets(scene: World) -> None:
    socket = Socket(websocket, "/ws/elsewhere/", headers=[(b"host", HOST)])
    assert not await socket.connect()
