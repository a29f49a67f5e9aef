# SPDX-License-Identifier: EUPL-1.2
"""Everything vconf needs besides the web, inside the web process or as its child: worker, clock, simulated servers."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from celery.beat import EmbeddedService
from django.conf import settings

from vconf.celery import app
from vconf.crypto import keyed_hash
from vconf.rooms.models import ConferenceServer, ServerKind
from vconf.tasks import QUEUES
from vconf.webserver import reserve_port

log = structlog.get_logger(__name__)

#: How long a job or a child may take to end when vconf stops, in seconds.
PATIENCE = 10


@contextlib.contextmanager
def jobs() -> Iterator[None]:
    """Run the worker (in threads) and the clock, both in this process.

    Jobs handed to the in-memory broker are lost when the process ends; the outbox hands them out again.
    """
    app.finalize()
    worker = app.WorkController(
        app=app,
        queues=QUEUES,
        pool_cls="threads",
        concurrency=4,
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
        loglevel="WARNING",
    )
    thread = threading.Thread(target=worker.start, name="worker", daemon=True)
    clock = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
    thread.start()
    clock.start()
    try:
        yield
    finally:
        clock.stop()
        worker.stop()
        thread.join(PATIENCE)
        if thread.is_alive():
            log.warning("a job did not end in time", seconds=PATIENCE)


@dataclass(frozen=True)
class SimulatedServer:
    """One of the demo's conference servers. `base_url` is what a ConferenceServer is entered with."""

    name: str
    secret: str
    port: int

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bigbluebutton/api/"


def simulated_fleet() -> list[SimulatedServer]:
    """The demo's two conference servers, on the ports behind vconf's own, with secrets of this installation."""
    return [
        SimulatedServer(name, keyed_hash("simulator", name), settings.VCONF_SIMULATOR_PORT + offset)
        for offset, name in enumerate(("Simulator 1", "Simulator 2"))
    ]


def enter_simulated_fleet() -> None:
    """Let the servers that the demo data knows by these names point to where they listen this time."""
    for simulated in simulated_fleet():
        for entered in ConferenceServer.objects.filter(name=simulated.name, kind=ServerKind.BIGBLUEBUTTON):
            if (entered.base_url, entered.secret) != (simulated.base_url, simulated.secret):
                entered.base_url, entered.secret = simulated.base_url, simulated.secret
                entered.save(update_fields=["base_url", "secret"])


def simulator_command() -> list[str]:
    """What starts the demo's conference servers."""
    entries = [f"--server={server.name}:{server.secret}:{server.port}" for server in simulated_fleet()]
    control = ["--control-token", keyed_hash("simulator", "control")]
    return [sys.executable, "-m", "simulator", *entries, *control]


@contextlib.contextmanager
def simulated_servers() -> Iterator[None]:
    """Run the demo's conference servers as one child that ends with us, however we end."""
    fleet = simulated_fleet()
    for server in fleet:
        reserve_port("127.0.0.1", server.port).close()
    child = subprocess.Popen(  # noqa: S603
        [*simulator_command(), f"--parent-pid={os.getpid()}"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
