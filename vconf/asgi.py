# SPDX-License-Identifier: EUPL-1.2
"""The ASGI application: HTTP by Django, websockets by channels."""

import os
from typing import cast

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
http = get_asgi_application()

from django.conf import settings  # noqa: E402  everything below needs the applications loaded

from vconf.realtime.routing import websocket  # noqa: E402
from vconf.web.limits import Application, limit_body  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": limit_body(cast("Application", http), settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
        "websocket": websocket,
    }
)
