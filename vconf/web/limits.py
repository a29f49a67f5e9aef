# SPDX-License-Identifier: EUPL-1.2
"""How much and how often: the size of a body, also without Content-Length (R7.4), and rates."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

import redis
import structlog
from django.core.cache import caches
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from vconf.web.problems import TooLarge, problem_response

log = structlog.get_logger(__name__)

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class _BodyTooLarge(Exception):
    pass


def as_problem(_scope: Scope) -> HttpResponse:
    """What the API says of a body that is too large."""
    return problem_response("too_large", TooLarge.sentence)


def limit_body(
    application: Application, most: int, refusal: Callable[[Scope], HttpResponse] = as_problem
) -> Application:
    """Around the ASGI application: answers 413 as soon as a body is announced, or has come in, beyond `most` bytes.

    refusal: the answer, from the scope of the request.

    Django keeps a body in a file before any view runs and looks at Content-Length only.
    """

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        answered = False
        received = 0

        async def counting_receive() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > most:
                    raise _BodyTooLarge
            return message

        async def noting_send(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        announced = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if announced.isdigit() and int(announced[:20]) > most:
                raise _BodyTooLarge
            await application(scope, counting_receive, noting_send)
        except _BodyTooLarge:
            if not answered:
                await _refuse(send, refusal(scope))

    return limited


async def _refuse(send: Send, answer: HttpResponse) -> None:
    body = answer.content
    headers = [
        (b"content-type", answer.headers["Content-Type"].encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),  # the rest of the body is not read
    ]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Rate(SimpleRateThrottle):
    """A rate with its number in the class. The address is the peer's: the server has put the one behind a trusted
    proxy there, and no header of the caller's is believed."""

    def allow_request(self, request: Any, view: Any) -> bool:
        """Without Redis each process counts for itself; the limit is then that many times as high, and still one."""
        try:
            return super().allow_request(request, view)
        except (redis.RedisError, OSError) as error:
            log.warning("no Redis to count requests in", error=type(error).__name__)
            self.cache = caches["own"]
            return super().allow_request(request, view)

    def get_ident(self, request: Any) -> str:
        return str(request.META.get("REMOTE_ADDR", ""))

    def hashed(self, text: str) -> str:
        # hashed: no addresses in the cache, and no character that a cache cannot take
        return f"rate:{self.scope}:{hashlib.sha256(text.encode(errors='replace')).hexdigest()}"


class SignInsFromAddress(_Rate):
    """Generous, for a whole authority may sit behind one address; axes locks account + address after few."""

    scope = "sign-in-address"
    rate = "300/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.hashed(self.get_ident(request))


class SignInsOfAccount(_Rate):
    """One account, guessed at from many addresses."""

    scope = "sign-in-account"
    rate = "20/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        email = request.data.get("email") if isinstance(request.data, dict) else None
        return self.hashed(email.strip().lower()) if isinstance(email, str) else None


class CalendarSignIns(_Rate):
    """Wrong calendar passwords of one name from one network. The right one is accepted whatever this says."""

    scope = "calendar-sign-in"
    rate = "20/min"

    def __init__(self, *, key: str) -> None:
        super().__init__()
        self._key = key

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.hashed(self._key)


class CalendarSignInsFromAddress(SignInsFromAddress):
    """The same from one address, whatever name is tried. Has nothing to do with who signs in to the web page there."""

    scope = "calendar-sign-in-address"


class PeopleSearches(_Rate):
    """R1.8: typing a name is fine, harvesting the directory is not."""

    scope = "people-search"
    rate = "60/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.hashed(str(request.user.pk))


class Namings(_Rate):
    """Naming somebody by their address says whether they have an account: not for trying out addresses (R1.8)."""

    scope = "namings"
    rate = "30/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return self.hashed(str(request.user.pk)) if request.method == "POST" else None


class Searches(_Rate):
    """Previews and searches for times: often enough for typing, too seldom to keep the machine busy."""

    scope = "searches"
    rate = "240/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.hashed(str(request.user.pk))


class SlotSearches(Searches):
    """Looking for common times is fine, watching somebody's calendar with it is not."""

    scope = "slot-searches"
    rate = "60/min"


class BusyLookUps(Searches):
    """When somebody else is busy, from a calendar client, which asks for each invited person alone, or for all at once:
    it is the addresses that are counted, for each tells whether somebody has it (R1.8).
    """

    scope = "busy-look-ups"
    # made of the rate when a request comes
    duration: int
    num_requests: int

    def take(self, request: Any, wanted: int) -> int:
        """How many of so many addresses may be asked about now; these count."""
        self.key = self.get_cache_key(request, None)  # type: ignore[arg-type]
        try:
            return self._take(wanted)
        except (redis.RedisError, OSError) as error:
            log.warning("no Redis to count requests in", error=type(error).__name__)
            self.cache = caches["own"]
            return self._take(wanted)

    def _take(self, wanted: int) -> int:
        now = self.timer()
        counted = [at for at in self.cache.get(self.key, []) if at > now - self.duration]
        taken = max(0, min(wanted, self.num_requests - len(counted)))
        self.cache.set(self.key, [now] * taken + counted, self.duration)
        return taken


class ServerChecks(_Rate):
    """A check speaks to an address that the caller names: for operators' servers, not for trying out addresses."""

    scope = "server-checks"
    rate = "30/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return self.hashed(str(request.user.pk)) if request.method == "POST" else None
