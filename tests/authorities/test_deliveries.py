# SPDX-License-Identifier: EUPL-1.2
"""Operators see how much is parked and pending, and have it tried again; nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from vconf.audit.models import AuditEntry
from vconf.authorities.deliveries import (
    NotParked,
    backlog_visible_to,
    deliveries_visible_to,
    retry_delivery,
    retry_reaction,
)
from vconf.authorities.models import Role
from vconf.authorities.rights import Actor
from vconf.errors import Forbidden, NotFound
from vconf.outbox.deliver import Reaction, deliver_due
from vconf.outbox.models import Delivery, Message
from vconf.outbox.overview import Backlog

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Actor:
    land = factories.authority("Land", short_name="MV")
    return factories.actor(factories.person("Olaf Operator", land, Role.OPERATOR))


def test_only_operators(operator: Actor) -> None:
    parked = factories.parked_delivery("a@im.mv.example")
    for act in (
        lambda: backlog_visible_to(Actor.nobody()),
        lambda: deliveries_visible_to(Actor.nobody(), state="parked"),
        lambda: retry_delivery(parked.id, actor=Actor.nobody()),
        lambda: retry_reaction("invitations", actor=Actor.nobody()),
    ):
        with pytest.raises(Forbidden):
            act()

    assert Delivery.objects.get().state == "parked"
    assert not AuditEntry.objects.filter(outcome="done", action__endswith=".retry").exists()


def test_the_backlog_counts_by_reaction_and_knows_the_oldest(operator: Actor) -> None:
    old = timezone.now() - timedelta(hours=2)
    parked = factories.parked_delivery("a@im.mv.example")
    factories.parked_delivery("b@im.mv.example")
    Message.objects.filter(id=parked.message_id).update(recorded_at=old)
    waiting = factories.parked_delivery("", reaction="provision")
    Delivery.objects.filter(id=waiting.id).update(state="pending")

    assert backlog_visible_to(operator) == [
        Backlog("invitations", 0, 2, None, old),
        Backlog("provision", 1, 0, waiting.message.recorded_at, None),
    ]


def test_what_is_tried_again_is_delivered(operator: Actor) -> None:
    told: list[str] = []
    reactions = {"BookingConfirmed": [Reaction("invitations", lambda _fact, who: told.append(who))]}
    one = factories.parked_delivery("a@im.mv.example")
    factories.parked_delivery("b@im.mv.example")
    deliver_due(reactions, limit=10)
    assert told == []

    retry_delivery(one.id, actor=operator)
    deliver_due(reactions, limit=10)
    assert told == ["a@im.mv.example"]

    assert retry_reaction("invitations", actor=operator) == 1
    deliver_due(reactions, limit=10)
    assert told == ["a@im.mv.example", "b@im.mv.example"]


def test_only_what_was_given_up(operator: Actor) -> None:
    waiting = factories.parked_delivery("a@im.mv.example")
    Delivery.objects.filter(id=waiting.id).update(state="pending", attempts=3)

    with pytest.raises(NotParked):
        retry_delivery(waiting.id, actor=operator)
    with pytest.raises(NotFound):
        retry_delivery(waiting.id + 1, actor=operator)

    assert Delivery.objects.get().attempts == 3
