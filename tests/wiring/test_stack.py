# SPDX-License-Identifier: EUPL-1.2
"""The scaled mode as `make stack` starts it: web processes, workers, beat, PostgreSQL, Redis, each for itself."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import redis
import requests
from websockets.exceptions import ConnectionClosed

from scripts.keeper import tree
from scripts.stack import Stack
from tests.journeys.actors import PATIENCE, Member, Watcher, eventually
from tests.live_server import ROOT, free_ports
from tests.smtp_sink import SmtpSink, smtp_sink

pytestmark = pytest.mark.journey


@dataclass
class Door:
    """One of the web processes."""

    stack: Stack
    base_url: str

    def manage(self, *arguments: str) -> str:
        return self.stack.manage(*arguments)


@dataclass
class Scene:
    """The stack, Anna at both of its web processes, and where the mails go."""

    stack: Stack
    sink: SmtpSink
    anna: Member
    anna_too: Member
    on_the_board: frozenset[str]

    def book(self, **headers: str) -> dict[str, Any]:
        """Anna books a room that is free now and invites somebody new; returns the booking, `mail` is whom to."""
        starts_at = datetime.now(UTC) + timedelta(minutes=5)
        span = {
            "free_from": starts_at.isoformat(),
            "free_until": (starts_at + timedelta(hours=1)).isoformat(),
        }
        free = self.anna.call("GET", f"rooms?{urlencode({'seats': 3, **span})}").json()["results"]
        # other classes ask for an approval, or send no mail to people without an account
        usual = [one["id"] for one in free if one["room_class"]["name"] == "Standard"]
        room = next(one for one in usual if one in self.on_the_board)
        mail = f"neu-{uuid4().hex[:8]}@im.mv.example"
        answer = self.anna.call(
            "POST",
            "bookings",
            {
                "title": "Lage",
                "starts_at": f"{starts_at:%Y-%m-%dT%H:%M:00Z}",
                "duration": "PT15M",
                "timezone": "Europe/Berlin",
                "room": room,
                "attendees": [{"email": mail}],
            },
            **headers,
        )
        assert answer.status_code == 201, answer.text
        booking: dict[str, Any] = answer.json() | {"mail": mail}
        return booking

    def mails_to(self, address: str) -> list[Any]:
        return [one.message for one in self.sink.received if one.recipient == address]

    def log(self, name: str) -> list[dict[str, Any]]:
        lines = self.stack.processes[name].log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def steps_of(self, correlation_id: str) -> set[tuple[Any, ...]]:
        """What the processes have logged under this id."""
        return {
            (name, line["event"], line.get("status"), line.get("reaction"))
            for name in ("web-1", "worker-swift", "worker-mail")
            for line in self.log(name)
            if line.get("correlation_id") == correlation_id
        }


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    # not pytest's own folder: PostgreSQL runs under another account, which could not get there
    folder = Path(tempfile.mkdtemp(prefix="vconf-stack-"))
    folder.chmod(0o711)
    with smtp_sink() as sink:
        options = {"VCONF_EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
        try:
            with Stack(folder / "data", port=free_ports(6), options=options) as stack:
                first, second = (Door(stack, url) for url in stack.urls)
                anna, anna_too = Member(first, "anna@im.mv.example"), Member(second, "anna@im.mv.example")
                with anna_too.watch() as board:
                    rooms = frozenset(board.rooms)
                yield Scene(stack, sink, anna, anna_too, rooms)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def reserved(board: Watcher, booking: dict[str, Any]) -> None:
    """The room shows this booking."""
    board.until(booking["room"]["id"], lambda status: status.get("booking") == booking["id"])


def test_one_id_leads_from_the_door_to_the_mail_and_to_the_board_of_another_process(scene: Scene) -> None:
    with scene.anna_too.watch() as board:
        booking = scene.book(**{"X-Request-ID": "door-to-mail-4711"})
        reserved(board, booking)
    (mail,) = eventually(lambda: scene.mails_to(booking["mail"]))

    assert mail["X-Correlation-ID"] == "door-to-mail-4711"
    steps = {
        ("web-1", "request", 201, None),
        ("web-1", "audit", None, None),
        ("worker-swift", "outbox.delivered", None, "room_status"),
        ("worker-mail", "outbox.delivered", None, "invitations"),
    }
    eventually(lambda: steps <= scene.steps_of("door-to-mail-4711"))


def test_what_the_broker_forgets_goes_out_all_the_same(scene: Scene) -> None:
    client = redis.Redis.from_url(scene.stack.redis_url)
    scene.stack.freeze("worker-mail")
    booking = scene.book()
    client.flushall()
    scene.stack.thaw("worker-mail")

    (mail,) = eventually(lambda: scene.mails_to(booking["mail"]))

    assert mail["To"] == booking["mail"]


def test_losing_redis_loses_nothing_but_seconds(scene: Scene) -> None:
    with scene.anna_too.watch() as board:
        scene.stack.kill("redis")
        booking = scene.book()
        ready = requests.get(f"{scene.stack.urls[1]}/readyz", timeout=PATIENCE)
        assert (ready.status_code, ready.json()["status"], ready.json()["checks"]["redis"]) == (
            200,
            "degraded",
            "degraded",
        )
        assert scene.anna_too.call("GET", "people?q=anna").status_code == 200  # counted without Redis
        scene.stack.start("redis")
        reserved(board, booking)
    assert len(eventually(lambda: scene.mails_to(booking["mail"]))) == 1
    scene.stack.wait_ready()


def test_a_web_process_that_stops_tells_its_sockets_to_come_back(scene: Scene) -> None:
    with scene.anna_too.watch() as board:
        scene.stack.restart("web-2")
        with pytest.raises(ConnectionClosed) as closed:
            board.read_all()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    scene.stack.wait_ready()
    with scene.anna_too.watch() as board:
        reserved(board, scene.book())


def test_figures_are_shown_by_each_process(scene: Scene) -> None:
    scene.book()

    text = requests.get(f"{scene.stack.urls[0]}/metrics", timeout=PATIENCE).text
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))

    assert float(figures['vconf_bookings_total{action="booking.book"}']) >= 1
    assert float(figures['vconf_job_lag_seconds{job="tick"}']) < 30
    assert figures["vconf_redis_up"] == "1"
    assert set(figures) >= {
        f'vconf_jobs_waiting{{queue="{name}"}}' for name in ("swift", "mail", "intake", "slow")
    }


def test_a_killed_process_and_all_it_has_started_is_gone_until_it_is_started(scene: Scene) -> None:
    process = scene.stack.processes["worker-slow"]
    pids = tree(process.pid)
    assert len(pids) >= 3  # its own, and one for each job at once

    scene.stack.kill("worker-slow")
    assert not process.alive
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids[:1]))
    scene.stack.start("worker-slow")

    assert process.alive
    assert process.starts == 2


def test_what_a_stack_has_started_ends_with_it_however_it_ends() -> None:
    """The keeper's part, with `sleep` in the place of the others."""
    sleeping = subprocess.Popen(["sh", "-c", "sleep 600 & wait"], start_new_session=True)
    ended = subprocess.Popen(["true"])
    ended.wait()
    keeper = subprocess.Popen(
        [sys.executable, "-I", str(ROOT / "scripts" / "keeper.py")], stdin=subprocess.PIPE, text=True
    )
    assert keeper.stdin is not None
    keeper.stdin.write(f"+{sleeping.pid}\n+{ended.pid}\n-{ended.pid}\n")
    keeper.stdin.flush()
    eventually(lambda: len(tree(sleeping.pid)) == 2)
    pids = tree(sleeping.pid)
    assert sleeping.poll() is None

    keeper.stdin.close()

    assert sleeping.wait(PATIENCE) == -signal.SIGKILL
    assert keeper.wait(PATIENCE) == 0
    eventually(lambda: not Path(f"/proc/{pids[1]}/cmdline").exists())
