# SPDX-License-Identifier: EUPL-1.2
"""The ASGI application: HTTP by Django, websockets by channels."""

import importlib
import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")

http = get_asgi_application()

protocols = {"http": http}
if importlib.util.find_spec("vconf.realtime.routing"):
    protocols["websocket"] = importlib.import_module("vconf.realtime.routing").websocket

application = ProtocolTypeRouter(protocols)
