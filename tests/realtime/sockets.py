# SPDX-License-Identifier: EUPL-1.2
"""Opening sockets in tests, and asking the database while a loop runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from tests import factories
from vconf.authorities.models import Person
from vconf.realtime.routing import websocket

PATH = "/ws/rooms/"
HOST = b"127.0.0.1:8000"
ORIGIN = b"http://127.0.0.1:8000"

Headers = list[tuple[bytes, bytes]]


async def in_db(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call something that asks the database."""
    return await database_sync_to_async(function)(*args, **kwargs)


def bearer(token: str) -> Headers:
    return [(b"host", HOST), (b"authorization", f"Bearer {token}".encode())]


def cookie(session_key: str, origin: bytes | None = ORIGIN) -> Headers:
    headers = [(b"host", HOST), (b"cookie", f"sessionid={session_key}".encode())]
    return headers if origin is None else [*headers, (b"origin", origin)]


def session_of(person: Person) -> str:
    """The key of a session in which this person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key


class Socket(ApplicationCommunicator):
    """A client; `expect` fails if the frame is of another type.

    The one in `channels.testing` cannot be imported without daphne, which vconf does not use.
    """

    def __init__(self, application: Any, path: str = PATH, *, headers: Headers) -> None:
        address, _, query = path.partition("?")
        scope = {
            "type": "websocket",
            "path": address,
            "query_string": query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        super().__init__(application, scope)

    async def connect(self) -> bool:
        """Whether the handshake was let in."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(3)
        return bool(answer["type"] == "websocket.accept")

    async def send(self, message: str | bytes | dict[str, Any]) -> None:
        if isinstance(message, bytes):
            await self.send_input({"type": "websocket.receive", "bytes": message})
        else:
            text = message if isinstance(message, str) else json.dumps(message)
            await self.send_input({"type": "websocket.receive", "text": text})

    async def receive(self, seconds: float = 3) -> dict[str, Any]:
        output = await self.receive_output(seconds)
        assert output["type"] == "websocket.send", output
        frame: dict[str, Any] = json.loads(output["text"])
        return frame

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(3)

    async def expect(self, kind: str, seconds: float = 3) -> dict[str, Any]:
        frame = await self.receive(seconds)
        assert frame["type"] == kind, frame
        return frame

    async def subscribe(self, rooms: list[str] | None = None, since: int | None = None) -> None:
        await self.send({"type": "subscribe", "rooms": rooms, "since": since})

    async def closed_with(self, seconds: float = 3) -> int:
        frame: dict[str, Any] = await self.receive_output(seconds)
        assert frame["type"] == "websocket.close", frame
        code: int = frame["code"]
        return code

    async def wait_for(self, good: Callable[[dict[str, Any]], bool], seconds: float = 3) -> dict[str, Any]:
        """The first status that fits, whatever comes before."""
        end = time.monotonic() + seconds
        while True:
            frame = await self.receive(end - time.monotonic())
            for status in [frame, *frame.get("changes", ()), *frame.get("rooms", ())]:
                if "room" in status and good(status):
                    return dict(status)


@contextlib.asynccontextmanager
async def opened_socket(headers: Headers, application: Any = websocket) -> AsyncIterator[Socket]:
    socket = Socket(application, headers=headers)
    assert await socket.connect()
    try:
        yield socket
    finally:
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await socket.disconnect()


@contextlib.asynccontextmanager
async def signed_in(person: Person) -> AsyncIterator[Socket]:
    """A socket opened with a bearer token of this person."""
    token = await in_db(factories.token, person)
    async with opened_socket(bearer(token)) as socket:
        yield socket
