# SPDX-License-Identifier: EUPL-1.2
"""One web process of several (scaled mode): HTTP and sockets, no jobs."""

import signal
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from vconf.realtime.status import refresh_all
from vconf.webserver import PortTaken, configuration, reserve_port

PORT_TAKEN = 2


class _Stopped(Exception):
    """SIGTERM or Ctrl-C."""


class Command(BaseCommand):
    help = (
        "Serve HTTP and sockets only (scaled mode); workers and beat are processes of their own. On SIGTERM, requests "
        "are finished and sockets closed with 1012, at which browsers connect again, to another process."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        try:
            call_command("compile_translations", verbosity=0)
            with reserve_port(settings.VCONF_HOST, settings.VCONF_PORT) as listener:
                refresh_all()  # time has passed that nobody watched
                connection.close()
                uvicorn.Server(configuration()).run(sockets=[listener])
        except PortTaken as taken:
            raise CommandError(str(taken), returncode=PORT_TAKEN) from taken
        except _Stopped:
            self.stdout.write("Stopped.")


def _stop(number: int, frame: FrameType | None) -> None:
    """Ends the start; once uvicorn serves, it takes the signal, finishes its requests and passes it on to here."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    raise _Stopped
