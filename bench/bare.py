# SPDX-License-Identifier: EUPL-1.2
"""A view that does nothing, behind all that vconf does before and after each view: `python -m bench.bare PORT`."""

from __future__ import annotations

import os
import socket
import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"id": 1})


urlpatterns = [path("bare", bare)]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
    import django  # noqa: PLC0415  the settings are read from the environment
    from django.conf import settings  # noqa: PLC0415

    settings.ROOT_URLCONF = "bench.bare"
    django.setup()
    import uvicorn  # noqa: PLC0415

    from vconf.webserver import configuration  # noqa: PLC0415

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    listener.listen(2048)
    print("ready", flush=True)
    # its log lines are written as ever, but nobody reads them
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    uvicorn.Server(configuration()).run(sockets=[listener])


if __name__ == "__main__":
    main()
