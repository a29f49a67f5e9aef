# SPDX-License-Identifier: EUPL-1.2
"""The ASGI application: HTTP by Django, websockets by channels."""

import importlib.util
import os
from typing import cast

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
http = get_asgi_application()

from django.conf import settings  # noqa: E402  everything below needs the applications loaded

from vconf.web.limits import Application, limit_body  # noqa: E402

protocols = {"http": limit_body(cast("Application", http), settings.DATA_UPLOAD_MAX_MEMORY_SIZE)}
if importlib.util.find_spec("vconf.realtime.routing"):
    protocols["websocket"] = importlib.import_module("vconf.realtime.routing").websocket

application = ProtocolTypeRouter(protocols)
