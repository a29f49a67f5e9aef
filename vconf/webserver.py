# SPDX-License-Identifier: EUPL-1.2
"""How uvicorn serves the web: the same in the embedded mode and in each of several web processes."""

import socket

import uvicorn
from django.conf import settings

from vconf.web.http import LimitedHttp


class PortTaken(Exception):
    """Somebody else listens on a port we were told to use."""


def reserve_port(host: str, port: int) -> socket.socket:
    """A socket bound to the port: from now on nobody can take it before we listen."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise PortTaken(f"Port {port} is taken; choose another by VCONF_PORT.") from error
    bound.set_inheritable(False)
    return bound


def configuration() -> uvicorn.Config:
    """How the web is served, in one process or in one of several."""
    return uvicorn.Config(
        "vconf.asgi:application",
        http=LimitedHttp,
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,  # packing the same frame for each browser costs more than sending it
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.VCONF_TRUSTED_PROXIES),
        forwarded_allow_ips=settings.VCONF_TRUSTED_PROXIES,
        timeout_graceful_shutdown=10,
    )
