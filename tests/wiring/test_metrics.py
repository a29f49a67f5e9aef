# SPDX-License-Identifier: EUPL-1.2
"""`/metrics`: who may read it, and what it says."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import Settings

from tests import factories
from tests.bookings.wishes import wish
from vconf.bookings.services import book
from vconf.errors import DomainError
from vconf.outbox.models import Delivery, Message

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "t0ken-for-the-figures-0123456789-abcdefghijklmnopqrstuvwxyz"
LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+')


def figures(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_what_was_booked_and_refused_is_counted(client: Client) -> None:
    world = factories.world()
    anna = factories.actor(world.anna)
    before = figures(client.get("/metrics").text)
    book(wish(10, room_id=world.big.id, seats=5, invite="b@mv.example"), actor=anna)
    with pytest.raises(DomainError):
        book(wish(10, room_id=world.big.id, seats=5), actor=anna)

    answer = client.get("/metrics")
    after = figures(answer.text)

    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    for name in (
        'vconf_bookings_total{action="booking.book"}',
        'vconf_refusals_total{action="booking.book",code="slot_taken"}',
    ):
        assert after[name] - before.get(name, 0) == 1
    assert after["vconf_outbox_messages_new"] - before["vconf_outbox_messages_new"] == 1
    assert after["vconf_sockets"] == 0
    assert sum(name.startswith("vconf_server_up{") for name in after) == 2
    for name in ("Anna", "anna@", "Land", "Lagebesprechung", world.big.name):
        assert name not in answer.text


def test_what_waits_and_what_was_given_up_is_shown(client: Client) -> None:
    message = Message.objects.create(fact="BookingConfirmed", key="1")
    for number, state in enumerate(("pending", "parked", "parked", "done")):
        Delivery.objects.create(message=message, reaction=str(number), key="1", state=state)

    shown = figures(client.get("/metrics").text)

    assert shown['vconf_outbox_deliveries{state="pending"}'] == 1
    assert shown['vconf_outbox_deliveries{state="parked"}'] == 2
    assert shown["vconf_outbox_oldest_seconds"] >= 0


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("", {}, 404),
        # a proxy on this machine that nobody has told vconf of
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 404),
        ("192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("192.0.2.7", {"Authorization": f"Basic {TOKEN}"}, 404),
        ("192.0.2.7", {"Authorization": "Bearer wrong"}, 404),
        ("192.0.2.7", {"Authorization": "Bearer "}, 404),
    ],
)
def test_it_is_for_this_machine_and_for_who_has_the_token(
    client: Client, settings: Settings, address: str, headers: dict[str, str], status: int
) -> None:
    settings.VCONF_METRICS_TOKEN = TOKEN

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_without_a_token_nobody_has_it(client: Client) -> None:
    answer = client.get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="192.0.2.7")

    assert answer.status_code == 404
