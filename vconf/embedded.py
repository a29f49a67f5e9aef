# SPDX-License-Identifier: EUPL-1.2
"""Everything vconf needs besides the web, inside the web process or as its child: worker, clock, simulated servers."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from celery.beat import EmbeddedService
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from vconf.celery import app
from vconf.crypto import keyed_hash
from vconf.integrations.conferencing.callback_urls import jitsi_prefix
from vconf.integrations.imip.listener import Listener
from vconf.integrations.imip.mailbox import keep_reading
from vconf.rooms.models import ConferenceServer, ServerKind
from vconf.tasks import QUEUES
from vconf.webserver import reserve_port

log = structlog.get_logger(__name__)

SIMULATED_NAMES = ("Simulator 1", "Simulator 2", "Simulator 3")
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


@contextlib.contextmanager
def mail_intake(url: str) -> Iterator[str]:
    """Take mails in, in a thread of its own; gives the address that is listened on, or the mailbox's host.

    :raises OSError: somebody else listens there
    """
    if url.startswith("imap"):
        stopping = threading.Event()
        reader = threading.Thread(target=keep_reading, args=(url, stopping), name="mailbox", daemon=True)
        reader.start()
        try:
            yield url.rpartition("@")[2]
        finally:
            stopping.set()
            reader.join(PATIENCE)
        return
    loop = asyncio.new_event_loop()
    listener = Listener(url)
    try:
        loop.run_until_complete(listener.open())
    except OSError:
        loop.close()
        raise
    thread = threading.Thread(target=loop.run_forever, name="mail intake", daemon=True)
    thread.start()
    try:
        yield f"{listener.channel}://{listener.host}:{listener.port}"
    finally:
        asyncio.run_coroutine_threadsafe(listener.close(), loop).result(PATIENCE + 5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


#: Where the simulated shard finds how it is set up; in the data folder, and secret.
SHARD_SETTINGS = "simulated-jitsi.json"
_SYSTEM_KEY_ID = "demo"


@dataclass(frozen=True)
class SimulatedServer:
    """One of the demo's conference servers. `base_url` and `options` are what a ConferenceServer is entered with."""

    kind: ServerKind
    name: str
    secret: str
    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return (
            f"{self.origin}/bigbluebutton/api/"
            if self.kind == ServerKind.BIGBLUEBUTTON
            else f"{self.origin}/"
        )

    @property
    def options(self) -> dict[str, str | bool]:
        if self.kind == ServerKind.BIGBLUEBUTTON:
            return {}
        return {
            "census_url": f"{self.origin}/room-census",
            "size_url": f"{self.origin}/room-size",
            "jicofo_url": self.origin,
            "bridge_urls": self.origin,
            "end_url": f"{self.origin}/end-meeting",
            "kick_url": f"{self.origin}/kick-participant",
            "system_key_id": _SYSTEM_KEY_ID,
            "reservations": True,
            "roles": True,
            "lobby": True,
            "limit": True,
        }

    @property
    def argument(self) -> str:
        option = "server" if self.kind == ServerKind.BIGBLUEBUTTON else "jitsi"
        return f"--{option}={self.name}:{self.secret}:{self.port}"


def simulated_fleet() -> list[SimulatedServer]:
    """The demo's three conference servers, on the ports behind vconf's own, with secrets of this installation."""
    kinds = (ServerKind.BIGBLUEBUTTON, ServerKind.BIGBLUEBUTTON, ServerKind.JITSI)
    return [
        SimulatedServer(kind, name, keyed_hash("simulator", name), settings.VCONF_SIMULATOR_PORT + offset)
        for offset, (kind, name) in enumerate(zip(kinds, SIMULATED_NAMES, strict=True))
    ]


def enter_simulated_fleet() -> None:
    """Let the servers that the demo data knows by these names point to where they listen this time."""
    fleet = {simulated.name: simulated for simulated in simulated_fleet()}
    for entered in ConferenceServer.objects.filter(name__in=fleet):
        simulated = fleet[entered.name]
        if entered.kind != simulated.kind:
            continue
        wanted = (simulated.base_url, simulated.secret, {**entered.options, **simulated.options})
        if (entered.base_url, entered.secret, entered.options) != wanted:
            entered.base_url, entered.secret, entered.options = wanted
            entered.save(update_fields=["base_url", "secret", "options"])
        if entered.kind == ServerKind.JITSI:
            _set_up_shard(entered)


def _set_up_shard(server: ConferenceServer) -> None:
    """Tell the simulated shard whom to ask and which key gives orders, as its operator would in its configuration."""
    keys = json.loads(server.keys) if server.keys else {}
    if "system_key" not in keys:
        private = rsa.generate_private_key(public_exponent=65_537, key_size=3_072)
        keys["system_key"] = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        server.keys = json.dumps(keys)
        server.save(update_fields=["keys"])
    system_key = serialization.load_pem_private_key(keys["system_key"].encode(), password=None)
    public = system_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    prefix = jitsi_prefix(server)
    given = {
        "reservations_url": prefix,
        "events_url": prefix,
        "enable_roomsize_token_verification": True,
        "census_milliseconds": True,
        "system_keys": {_SYSTEM_KEY_ID: public.decode()},
    }
    path = settings.VCONF_DATA_DIR / SHARD_SETTINGS
    partial = path.with_name(path.name + ".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps({server.name: given}))
    partial.replace(path)


def simulator_command() -> list[str]:
    """What starts the demo's conference servers."""
    entries = [server.argument for server in simulated_fleet()]
    control = ["--control-token", keyed_hash("simulator", "control")]
    given = ["--jitsi-settings", str(settings.VCONF_DATA_DIR / SHARD_SETTINGS)]
    return [sys.executable, "-m", "simulator", *entries, *control, *given]


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
