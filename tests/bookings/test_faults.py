# SPDX-License-Identifier: EUPL-1.2
"""R2.10: whichever step of an action fails, nothing of it stays: no seat, no link, no fact, no audit entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import end_occurrence, open_occurrence
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.services import book, cancel, change

pytestmark = pytest.mark.django_db

#: also as a part of one statement (`vconf.writing`)
WRITES = re.compile(r"\s*(WITH part_0 AS \()?(INSERT|UPDATE|DELETE)\b")


class Fault(Exception):
    pass


class FailAt:
    """Lets so many statements that write pass, then fails: before the next one, or right after it."""

    def __init__(self, passing: int, *, after: bool) -> None:
        self.left, self.after, self.hit = passing, after, False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not WRITES.match(sql) or self.hit:
            return execute(sql, params, many, context)
        if self.left:
            self.left -= 1
            return execute(sql, params, many, context)
        self.hit = True
        if self.after:
            execute(sql, params, many, context)
        raise Fault


def everything() -> dict[str, list[Any]]:
    """All rows of all our tables."""
    labels = ("audit", "authorities", "bookings", "outbox", "realtime", "rooms")
    return {
        model._meta.label: sorted(model._default_manager.values_list(), key=repr)
        for label in labels
        for model in apps.get_app_config(label).get_models()
    }


def fail_everywhere(act: Callable[[], object], *, after: bool) -> int:
    """Fail `act` at each of its writing steps in turn; then let it succeed. The number of steps."""
    before = everything()
    steps = 0
    while True:
        fault = FailAt(steps, after=after)
        with connection.execute_wrapper(fault), suppress(Fault):
            act()
        if not fault.hit:
            assert everything() != before
            assert audit_invariants() == []
            return steps
        assert everything() == before, f"step {steps}"
        steps += 1


@pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
class TestNothingStays:
    @pytest.fixture
    def world(self) -> factories.World:
        world = factories.world()
        anna = factories.actor(world.anna)
        # the calendars of all who take part are made outside of the transaction, once
        for room in (world.small, world.big):
            cancel(
                book(wish(2, room_id=room.id, seats=3, invite="bernd@im.mv.example"), actor=anna).id,
                actor=anna,
            )
        return world

    def test_of_a_booking(self, world: factories.World, after: bool) -> None:
        anna = factories.actor(world.anna)
        request = wish(
            room_id=world.small.id, seats=5, invite="bernd@im.mv.example x@y.example", idempotency_key="k"
        )

        # the key and, on PostgreSQL, all the rest at once
        at_least = 2 if connection.vendor == "postgresql" else 9
        assert fail_everywhere(lambda: book(request, actor=anna), after=after) >= at_least

    def test_of_a_change(self, world: factories.World, after: bool) -> None:
        anna = factories.actor(world.anna)
        booking = book(wish(room_id=world.small.id, seats=4, invite="x@y.example"), actor=anna)
        request = ChangeRequest(
            starts_local=at(15),
            room_id=world.big.id,
            seats=60,
            attendees=(AttendeeRequest(address="bernd@im.mv.example"),),
        )

        assert fail_everywhere(lambda: change(booking.id, request, actor=anna), after=after) > 8

    def test_of_a_cancellation(self, world: factories.World, after: bool) -> None:
        anna = factories.actor(world.anna)
        booking = book(wish(room_id=world.small.id, seats=4, invite="x@y.example"), actor=anna)

        assert fail_everywhere(lambda: cancel(booking.id, actor=anna), after=after) > 5

    def test_of_the_end_of_a_meeting(self, world: factories.World, after: bool) -> None:
        anna = factories.actor(world.anna)
        now = timezone.now().astimezone(UTC).replace(tzinfo=None) - timedelta(minutes=5)
        booking = book(wish(starts_local=now, timezone="UTC", room_id=world.small.id, seats=4), actor=anna)
        date = booking.occurrences.get()
        open_occurrence(date.id)

        assert fail_everywhere(lambda: end_occurrence(date.id, actor=anna), after=after) > 4
