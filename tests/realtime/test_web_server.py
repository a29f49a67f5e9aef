# SPDX-License-Identifier: EUPL-1.2
"""The socket as a client meets it: over TCP, through uvicorn."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.typing import Origin

from tests import factories
from tests.factories import World
from tests.realtime.dates import NOW, a_date
from tests.realtime.sockets import in_db, session_of
from tests.realtime.web_server import WebServer
from vconf.realtime.hub import Hub
from vconf.realtime.status import refresh_all, refresh_room
from vconf.rooms.models import Room

pytestmark = pytest.mark.asyncio


@pytest.fixture
def server(scene: World) -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


async def frame_of(client: ClientConnection, kind: str) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await asyncio.wait_for(client.recv(), 5))
    assert frame["type"] == kind, frame
    return frame


async def close_code(client: ClientConnection) -> int | None:
    """The code it was closed with, after everything else was read."""
    try:
        while True:
            await asyncio.wait_for(client.recv(), 5)
    except ConnectionClosedError as closed:
        return None if closed.rcvd is None else int(closed.rcvd.code)


SUBSCRIBE = json.dumps({"type": "subscribe", "rooms": None, "since": None})


async def test_a_program_with_a_token_sees_a_booking_as_it_happens(scene: World, server: WebServer) -> None:
    headers = {"Authorization": f"Bearer {await in_db(factories.token, scene.anna)}"}
    async with connect(server.socket_url, additional_headers=headers) as client:
        await client.send(SUBSCRIBE)
        await frame_of(client, "snapshot")
        await in_db(a_date, scene.small, scene.anna)
        await in_db(refresh_room, scene.small.id, now=NOW)
        assert (await frame_of(client, "change"))["state"] == "reserved"


async def test_a_page_of_ours_is_let_in_and_a_foreign_one_is_not(scene: World, server: WebServer) -> None:
    cookie = {"Cookie": f"sessionid={await in_db(session_of, scene.anna)}"}
    async with connect(server.socket_url, additional_headers=cookie, origin=server.origin) as client:
        await client.send(SUBSCRIBE)
        await frame_of(client, "snapshot")
    with pytest.raises(InvalidStatus, match="403"):
        await connect(server.socket_url, additional_headers=cookie, origin=Origin("http://evil.example"))


async def test_a_browser_sees_why_it_was_not_let_in(scene: World, server: WebServer) -> None:
    async with connect(server.socket_url, origin=server.origin) as client:
        assert await close_code(client) == 4401


async def test_who_does_not_read_is_closed_with_a_code_and_holds_nobody_up(
    scene: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hub, "PATIENCE", 0.5)
    await in_db(
        Room.objects.bulk_create,
        [
            Room(
                name=f"Raum {number}",
                slug=f"raum-{number}",
                address=f"raum-{number}@raum.mv.example",
                seats=10,
                authority=scene.im,
                room_class=scene.standard,
                pool=scene.pool,
            )
            for number in range(400)
        ],
    )
    await in_db(refresh_all, now=NOW)
    headers = {"Authorization": f"Bearer {await in_db(factories.token, scene.anna)}"}
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with WebServer(send_buffer=4096) as server:
        narrow.connect(("127.0.0.1", server.port))
        async with (
            # max_queue: the client stops reading from the network when so many frames wait
            connect(
                server.socket_url,
                sock=narrow,
                additional_headers=headers,
                max_queue=1,
                compression=None,
                ping_interval=None,
            ) as slow,
            connect(server.socket_url, additional_headers=headers) as quick,
        ):
            await quick.send(SUBSCRIBE)
            await frame_of(quick, "snapshot")
            for _ in range(8):
                await slow.send(SUBSCRIBE)  # each is answered by 60 kB
            await asyncio.sleep(0.3)
            await in_db(a_date, scene.small, scene.anna)
            begun = time.monotonic()
            await in_db(refresh_room, scene.small.id, now=NOW)
            await frame_of(quick, "change")
            assert time.monotonic() - begun < 1
            await asyncio.sleep(1.5)
            assert await close_code(slow) == 4408
