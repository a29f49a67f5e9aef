# SPDX-License-Identifier: EUPL-1.2
"""The websocket side of vconf as one ASGI application: origin, cookies, routes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import path, re_path

from vconf.realtime.consumers import RoomsConsumer

routes = URLRouter(
    [
        path("ws/rooms/", RoomsConsumer.as_asgi()),
        re_path(r"", WebsocketDenier.as_asgi()),
    ]
)


class OwnOrigin:
    """Refuses the handshake to pages of other sites (R7.3).

    The rule is the one Django has for requests that change something: an Origin must be that of the public address,
    or of the very host the request was sent to, and that host one of ours. No Origin means no browser; whoever
    comes without one has to show a token (see `consumers`).
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        allowed = not origins or (len(origins) == 1 and _is_own(origins[0], headers.get(b"host", b""), scope))
        await (self.inner if allowed else WebsocketDenier.as_asgi())(scope, receive, send)


def _is_own(origin: bytes, host: bytes, scope: dict[str, Any]) -> bool:
    named, asked = origin.decode("latin-1"), host.decode("latin-1")
    if named == settings.VCONF_PUBLIC_URL:
        return True
    domain, _port = split_domain_port(asked)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    parts = urlsplit(named)
    secure = scope.get("scheme") == "wss"
    return parts.scheme == ("https" if secure else "http") and parts.netloc.lower() == asked.lower()


websocket = OwnOrigin(CookieMiddleware(routes))
