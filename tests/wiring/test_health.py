# SPDX-License-Identifier: EUPL-1.2
"""What load balancers ask."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from vconf.bookings.guards import NAME
from vconf.outbox.models import Delivery, Message

OK = {"database": "ok", "guards": "ok", "outbox": "ok"}


def test_healthz_needs_no_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_says_that_all_is_well(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": OK})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readyz_fails_when_a_trigger_is_missing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {NAME}_insert")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "failing", "checks": OK | {"guards": "failing"}},
    )


@pytest.mark.django_db
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


@pytest.mark.django_db
def test_readyz_does_not_mind_what_is_young_done_or_parked(client: Client) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    message = Message.objects.create(
        fact="BookingConfirmed", key="1", recorded_at=long_ago, fanned_out_at=long_ago
    )
    Message.objects.create(fact="BookingConfirmed", key="2")
    for reaction, state in (("push", "done"), ("mail", "parked")):
        Delivery.objects.create(message=message, reaction=reaction, key="1", state=state, due_at=long_ago)

    assert client.get("/readyz").json() == {"status": "ok", "checks": OK}


@pytest.mark.django_db
def test_readyz_does_not_mind_what_waits_behind_a_next_try(client: Client) -> None:
    """A mail server that is down for a while is no reason to take the web processes out of service."""
    long_ago, soon = timezone.now() - timedelta(minutes=5), timezone.now() + timedelta(minutes=5)
    for due_at in (soon, long_ago):
        message = Message.objects.create(
            fact="BookingChanged", key="1", recorded_at=long_ago, fanned_out_at=long_ago
        )
        Delivery.objects.create(message=message, reaction="invitations", key="1", due_at=due_at)

    assert client.get("/readyz").json() == {"status": "ok", "checks": OK}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
