# SPDX-License-Identifier: EUPL-1.2
"""The embedded mode: the web, the jobs and, in the demo, the simulated conference servers by one command."""

import contextlib
import signal
import socket
import sys
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from vconf.embedded import enter_simulated_fleet, jobs, mail_intake, simulated_servers
from vconf.realtime.status import refresh_all
from vconf.tasks import tick
from vconf.webserver import PortTaken, configuration, reserve_port

PORT_TAKEN = 2

DEMO_PASSWORD = "vconf-demo"  # noqa: S105  the demo's published password
DEMO_PEOPLE = (
    ("operator@mv.example", "runs the conference servers"),
    ("admin@im.mv.example", "administers the Ministry of the Interior"),
    ("anna@im.mv.example", "books, Ministry of the Interior"),
    ("bernd@im.mv.example", "books, Ministry of the Interior"),
    ("clara@fm.mv.example", "books, Ministry of Finance"),
)


class _Stopped(Exception):
    """SIGTERM or Ctrl-C."""


class _Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self.greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(self.greeting)
        sys.stdout.flush()


class Command(BaseCommand):
    help = "Serve everything from one process (embedded mode): web, live updates, background jobs, simulated servers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")
        parser.add_argument(
            "--load-demo", action="store_true", help="load the demo data first (VCONF_DEMO=1)"
        )

        parser.add_argument("--bookings", action="store_true", help="with --load-demo: book a week as well")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.VCONF_REDIS_URL:
            raise CommandError(
                "VCONF_REDIS_URL is set: start `manage.py web`, workers and beat as processes of their own."
            )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        try:
            with contextlib.ExitStack() as running:
                listener = running.enter_context(reserve_port(settings.VCONF_HOST, settings.VCONF_PORT))
                if settings.VCONF_DEMO:
                    running.enter_context(simulated_servers())
                self._prepare(
                    migrate=options["migrate"], demo=options["load_demo"], bookings=options["bookings"]
                )
                running.enter_context(jobs())
                intake = self._intake(running)
                _Server(configuration(), _greeting(intake)).run(sockets=[listener])
        except PortTaken as taken:
            raise CommandError(str(taken), returncode=PORT_TAKEN) from taken
        except _Stopped:
            self.stdout.write("Stopped.")

    def _intake(self, running: contextlib.ExitStack) -> str:
        """Where mails come in, "" for nowhere. The demo goes on without, unless it was told where."""
        url = settings.VCONF_MAIL_INTAKE
        if url is None:
            return ""
        try:
            return running.enter_context(mail_intake(url))
        except OSError as error:
            line = f"{url} is taken; choose another by VCONF_MAIL_INTAKE."
            if settings.VCONF_MAIL_INTAKE_GIVEN:
                raise PortTaken(line) from error
            self.stdout.write(f"No mails come in: {line}")
            return ""

    def _prepare(self, *, migrate: bool, demo: bool, bookings: bool) -> None:
        call_command("compile_translations", verbosity=0)
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if pending and not migrate:
            raise CommandError(
                f"The database lacks {pending} migrations: run `manage.py migrate`, or add --migrate."
            )
        if migrate:
            if pending:
                self.stdout.write(f"Bringing the database up to date ({pending} migrations) ...")
            call_command("migrate", verbosity=0, interactive=False)
        if demo:
            self.stdout.write("Loading the demo data ...")
            call_command("load_demo", verbosity=0, bookings=bookings)
        if settings.VCONF_DEMO:
            enter_simulated_fleet()
        refresh_all()  # time has passed that nobody watched
        tick()
        connection.close()


def _stop(number: int, frame: FrameType | None) -> None:
    """Ends the start; once uvicorn serves, it takes the signal, finishes its requests and passes it on to here."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    raise _Stopped


def _greeting(intake: str) -> str:
    url = settings.VCONF_PUBLIC_URL
    lines = ["", f"vconf is running: {url}/", f"  API documentation  {url}/api/docs/"]
    if settings.VCONF_MAIL_FOLDER is not None:
        lines.append(f"  sent mails         {url}/mails/")
    if intake:
        lines.append(f"  mails to rooms     {intake}")
    if settings.VCONF_DEMO:
        lines += ["", f"Sign in with the password {DEMO_PASSWORD} as"]
        lines += [f"  {address:22} {who}" for address, who in DEMO_PEOPLE]
    return "\n".join([*lines, "", "Ctrl-C stops it.", "", ""])
