# SPDX-License-Identifier: EUPL-1.2
"""The background jobs: who does them, and what becomes of a request when nobody takes them."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import redis

from tests.live_server import ROOT
from tests.realtime.redis_server import RedisServer
from tests.smtp_sink import unused_port
from vconf import tasks
from vconf.outbox import progress
from vconf.outbox.models import Job

TWO_REQUESTS = """
import uuid, django
django.setup()
from vconf.integrations.conferencing import hints
from vconf.tasks import wake, wake_intake
wake()
wake()
wake_intake()
hints.on_hint(uuid.uuid4())
"""


def in_scaled_mode(code: str, folder: Path, redis_url: str) -> str:
    """What a process of its own prints and logs, as one of several with this broker."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VCONF_")}
    options = {
        "DJANGO_SETTINGS_MODULE": "vconf.settings",
        "VCONF_DEMO": "1",
        "VCONF_DATA_DIR": str(folder),
        "VCONF_REDIS_URL": redis_url,
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | options,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.django_db
def test_the_clock_ticks_in_one_process_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks: list[object] = []
    monkeypatch.setattr(tasks, "pass_time", lambda now, **_: ticks.append(now))
    with progress.turn("tick", timedelta(seconds=30)):
        tasks.tick()
    assert ticks == []

    tasks.tick()

    assert len(ticks) == 1
    assert Job.objects.get(name="tick").done_at is not None


def test_requests_do_not_mind_that_the_broker_is_gone_and_ask_it_once(tmp_path: Path) -> None:
    said = in_scaled_mode(TWO_REQUESTS, tmp_path, f"redis://127.0.0.1:{unused_port()}/0")

    assert said.count("the broker takes no jobs") == 1


def test_each_job_goes_into_its_queue(tmp_path: Path) -> None:
    with RedisServer(to_kill=True) as server:
        in_scaled_mode(TWO_REQUESTS, tmp_path, server.url)

        client = redis.Redis.from_url(server.url)
        assert {queue: client.llen(queue) for queue in tasks.QUEUES} == {
            "swift": 2,
            "mail": 2,
            "intake": 1,
            "slow": 1,
        }
