# SPDX-License-Identifier: EUPL-1.2
"""What load balancers ask."""

from datetime import timedelta

import pytest
import redis
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.realtime.redis_server import RedisServer
from tests.smtp_sink import unused_port
from vconf.bookings.guards import NAME
from vconf.health import MOST_WAITING
from vconf.outbox.models import Delivery, Job, Message

OK = {"database": "ok", "guards": "ok", "clock": "ok", "outbox": "ok", "intake": "ok", "jobs": "ok"}


@pytest.fixture
def ticking(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock has just ticked, and the process is young, however long these tests run."""
    monkeypatch.setattr("vconf.health._started_at", timezone.now())
    Job.objects.create(name="tick", done_at=timezone.now())


def test_healthz_needs_no_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("ticking")
def test_readyz_says_that_all_is_well(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": OK})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("ticking")
def test_readyz_fails_when_a_trigger_is_missing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {NAME}_insert")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "failing", "checks": OK | {"guards": "failing"}},
    )


@pytest.mark.usefixtures("ticking")
@pytest.mark.parametrize("fanned_out", [False, True])
def test_readyz_fails_when_the_outbox_stands_still(client: Client, fanned_out: bool) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    message = Message.objects.create(
        fact="BookingConfirmed", key="1", recorded_at=long_ago, fanned_out_at=long_ago if fanned_out else None
    )
    if fanned_out:
        Delivery.objects.create(message=message, reaction="send_invitations", key="1", due_at=long_ago)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "failing", "checks": OK | {"outbox": "failing"}},
    )


@pytest.mark.usefixtures("ticking")
def test_readyz_does_not_mind_what_is_young_done_or_parked(client: Client) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    message = Message.objects.create(
        fact="BookingConfirmed", key="1", recorded_at=long_ago, fanned_out_at=long_ago
    )
    Message.objects.create(fact="BookingConfirmed", key="2")
    for reaction, state in (("push", "done"), ("mail", "parked")):
        Delivery.objects.create(message=message, reaction=reaction, key="1", state=state, due_at=long_ago)

    assert client.get("/readyz").json() == {"status": "ok", "checks": OK}


@pytest.mark.usefixtures("ticking")
def test_readyz_does_not_mind_what_waits_behind_a_next_try(client: Client) -> None:
    """A mail server that is down for a while is no reason to take the web processes out of service."""
    long_ago, soon = timezone.now() - timedelta(minutes=5), timezone.now() + timedelta(minutes=5)
    for due_at in (soon, long_ago):
        message = Message.objects.create(
            fact="BookingChanged", key="1", recorded_at=long_ago, fanned_out_at=long_ago
        )
        Delivery.objects.create(message=message, reaction="invitations", key="1", due_at=due_at)

    assert client.get("/readyz").json() == {"status": "ok", "checks": OK}


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [None, 40])
def test_readyz_fails_when_the_clock_stands_still(
    client: Client, seconds: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vconf.health._started_at", timezone.now())
    if seconds is not None:
        Job.objects.create(name="tick", done_at=timezone.now() - timedelta(seconds=seconds))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "failing", "checks": OK | {"clock": "failing"}},
    )


@pytest.mark.usefixtures("ticking")
@pytest.mark.parametrize("job", ["deliver", "mail", "poll", "seal"])
def test_readyz_fails_when_a_job_does_not_get_through(
    client: Client, monkeypatch: pytest.MonkeyPatch, job: str
) -> None:
    """Judged by what got done; what happened before this process was there is not held against anybody."""
    long_ago = timezone.now() - timedelta(minutes=20)
    Job.objects.create(name=job, done_at=long_ago)
    assert client.get("/readyz").json() == {"status": "ok", "checks": OK}

    monkeypatch.setattr("vconf.health._started_at", long_ago)
    Job.objects.exclude(name=job).update(done_at=timezone.now())
    for other in {"deliver", "mail", "poll", "seal"} - {job}:
        Job.objects.create(name=other, done_at=timezone.now())

    assert client.get("/readyz").json() == {"status": "failing", "checks": OK | {"jobs": "failing"}}


@pytest.mark.usefixtures("ticking")
def test_readyz_is_degraded_without_redis(client: Client, settings: Settings) -> None:
    """Bookings are taken all the same; the processes stay in service."""
    settings.VCONF_REDIS_URL = f"redis://127.0.0.1:{unused_port()}/0"

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "degraded", "checks": OK | {"redis": "degraded", "queues": "degraded"}},
    )


@pytest.mark.usefixtures("ticking")
def test_readyz_fails_when_nobody_empties_a_queue(client: Client, settings: Settings) -> None:
    with RedisServer(to_kill=True) as server:
        settings.VCONF_REDIS_URL = server.url
        all_is_well = OK | {"redis": "ok", "queues": "ok"}
        redis.Redis.from_url(server.url).rpush("mail", *["job"] * MOST_WAITING)
        assert client.get("/readyz").json() == {"status": "ok", "checks": all_is_well}

        redis.Redis.from_url(server.url).rpush("mail", "one too many")

        assert client.get("/readyz").json() == {
            "status": "failing",
            "checks": all_is_well | {"queues": "failing"},
        }


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
