# SPDX-License-Identifier: EUPL-1.2
"""The socket of the room board: who is there, what they ask for. What they are sent is the hub's.

    -> {"type": "subscribe", "rooms": [ids] | null, "since": N | null}      may be repeated
    -> {"type": "ping"}                                                     <- {"type": "pong"}
    <- {"type": "snapshot", "version": N, "rooms": [S...]}                  everything; forget what was before
    <- {"type": "changes", "version": N, "changes": [S...]}                 answer to `since`, or several at once
    <- {"type": "change", "version": N, ...S}
    <- {"type": "error", "code": "...", "detail": "..."}

The next `since` is the last version received. Gaps are normal: what concerns others is numbered, too.
Close codes: 4400 too many messages that are none, 4401 not signed in or not any more, 4408 does not read,
1013 try again later.
"""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from vconf.realtime.hub import SIGNED_OUT, Listener, in_thread, running_hub
from vconf.realtime.sight import SignIn, sign_in_by_session, sign_in_by_token

log = structlog.get_logger(__name__)

MISBEHAVED = 4400
TRY_AGAIN_LATER = 1013

#: a subscription to a thousand rooms by name fits
LARGEST_MESSAGE = 64 * 1024
MOST_ROOMS = 1_500
#: messages at once, and per second in the long run
BURST, RATE = 30, 2.0
#: wrong messages until the socket is closed
FORGIVEN = 5


class _Wrong(Exception):
    """A message that is answered with an error."""

    def __init__(self, code: str, detail: Promise) -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


class RoomsConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One socket. The channel layer has no part in it."""

    channel_layer_alias = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listener: Listener | None = None
        self.wrongs = 0
        self.allowance, self.counted_at = float(BURST), time.monotonic()

    async def connect(self) -> None:
        """Accept first: a browser is not told why a handshake was refused, but it sees a close code."""
        await self.accept()
        try:
            sign_in = await _sign_in(self.scope)
            if sign_in is None:
                await self.close(SIGNED_OUT)
                return
            self.listener = await running_hub().join(sign_in, send=self.send_text, close=self.close)
        except DatabaseError:
            log.exception("a socket could not be opened")
            await self.close(TRY_AGAIN_LATER)

    async def disconnect(self, code: int) -> None:
        if self.listener is not None:
            running_hub().leave(self.listener)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.listener is None:
            return
        try:
            self._count()
            await self._answer(self.listener, _read(text_data))
        except _Wrong as wrong:
            self.wrongs += 1
            with override(self.listener.sign_in.language):
                detail = str(wrong.detail)
            await self.send_text(json.dumps({"type": "error", "code": wrong.code, "detail": detail}))
            if self.wrongs >= FORGIVEN:
                running_hub().leave(self.listener)
                self.listener = None
                await self.close(MISBEHAVED)

    async def send_text(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    async def _answer(self, listener: Listener, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "subscribe":
                await running_hub().subscribe(
                    listener, rooms=_rooms(message.get("rooms")), since=_since(message.get("since"))
                )
            case "ping":
                await self.send_text('{"type":"pong"}')
            case "pong":
                pass
            case _:
                raise _Wrong("invalid", _("There is no such type of message."))

    def _count(self) -> None:
        """A bucket that holds BURST messages and fills up by RATE a second."""
        now = time.monotonic()
        self.allowance = min(BURST, self.allowance + (now - self.counted_at) * RATE)
        self.counted_at = now
        if self.allowance < 1:
            raise _Wrong("throttled", _("These are too many messages at once."))
        self.allowance -= 1


def _read(text: str | None) -> dict[str, Any]:
    if text is None:
        raise _Wrong("invalid", _("A message is JSON text."))
    if len(text) > LARGEST_MESSAGE:
        raise _Wrong("too_large", _("This message is too large."))
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Wrong("invalid", _("A message is JSON text.")) from error
    if not isinstance(message, dict):
        raise _Wrong("invalid", _("A message is a JSON object."))
    return message


def _rooms(value: object) -> frozenset[UUID] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MOST_ROOMS:
        raise _Wrong("invalid", _("“rooms” is a list of ids, or null for all rooms."))
    try:
        return frozenset(UUID(room_id) for room_id in value)
    except (ValueError, TypeError, AttributeError) as error:
        raise _Wrong("invalid", _("“rooms” is a list of ids, or null for all rooms.")) from error


def _since(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Wrong("invalid", _("“since” is the last version received, or null."))
    return value


async def _sign_in(scope: dict[str, Any]) -> SignIn | None:
    """By `Authorization: Bearer`, else by the session cookie. A wrong token is not made good by a cookie.

    Browsers always name an Origin; a cookie that comes without one is not theirs, and counts for nothing.
    """
    headers = dict(scope["headers"])
    authorization = headers.get(b"authorization")
    if authorization is not None:
        scheme, _separator, token = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return await in_thread(sign_in_by_token, token.strip())
    session_key = scope["cookies"].get(settings.SESSION_COOKIE_NAME)
    if not session_key or b"origin" not in headers:
        return None
    return await in_thread(sign_in_by_session, session_key)
