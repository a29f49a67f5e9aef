# SPDX-License-Identifier: EUPL-1.2
"""The ASGI application: HTTP by Django, websockets by channels."""

import os
import sys
from typing import cast

import django
from asgiref.sync import sync_to_async
from channels.routing import ProtocolTypeRouter
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
django.setup(set_prefix=False)


class InOneThread(ASGIHandler):
    """A request goes to its thread once, middleware and view together, none of which has anything to await.

    Django would send it there and back for every middleware: twenty times.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


http = InOneThread()

# Whoever has an answer of the database goes on after half a millisecond at most, whatever others compute: there may be
# locks that many wait for. Python's own 5 ms would come on top of every round trip under them.
sys.setswitchinterval(0.0005)

from django.conf import settings  # noqa: E402  everything below needs the applications loaded

from vconf.integrations.caldav import paths  # noqa: E402
from vconf.integrations.caldav.http import too_large  # noqa: E402
from vconf.realtime.routing import websocket  # noqa: E402
from vconf.web.limits import Application, Scope, as_problem, limit_body  # noqa: E402


def _too_large(scope: Scope) -> HttpResponse:
    """Calendar programs know it by the name of their standard."""
    return too_large(scope["method"]) if scope["path"].startswith(paths.ROOT) else as_problem(scope)


application = ProtocolTypeRouter(
    {
        "http": limit_body(cast("Application", http), settings.DATA_UPLOAD_MAX_MEMORY_SIZE, _too_large),
        "websocket": websocket,
    }
)
