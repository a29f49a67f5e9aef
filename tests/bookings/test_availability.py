# SPDX-License-Identifier: EUPL-1.2
"""A wish is answered as `book` would answer it now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.bookings.availability import find_availability
from vconf.bookings.recurrence import to_instant
from vconf.bookings.services import book

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return factories.world()


@pytest.fixture
def anna(world):
    return factories.actor(world.anna)


def ask(actor, starts_at=None, hours=1, seats=5, **fields):
    starts_at = starts_at or to_instant(at(10), "Europe/Berlin")
    return find_availability(
        actor, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), seats=seats, **fields
    )


def code_of(found):
    return None if found.refusal is None else found.refusal.code


def test_what_a_class_rules_out_is_not_offered(world, anna):
    short = factories.room_class(world.land, "Kurz", max_length_minutes=30)
    room = factories.room("Kurzer Raum", 5, world.im, world.pool, short)

    assert room in ask(anna, hours=0.5).rooms
    assert room not in ask(anna, hours=1).rooms
    assert code_of(ask(anna, hours=1, room_id=room.id)) == "too_long"


@pytest.mark.parametrize("named", [False, True])
def test_past_and_far_future_are_refused(world, anna, named):
    room = {"room_id": world.small.id} if named else {}
    assert code_of(ask(anna, timezone.now() - timedelta(days=1), **room)) == "in_past"
    assert code_of(ask(anna, timezone.now() + timedelta(days=600), **room)) == "beyond_horizon"
    assert ask(anna, timezone.now() - timedelta(days=1), **room).rooms == []


def test_a_room_behind_many_smaller_ones_is_still_free(world, anna):
    for n in range(50):
        factories.room(f"Raum {n}", 10, world.im, world.pool, world.standard)
    assert code_of(ask(anna, room_id=world.big.id)) is None


def test_a_taken_room(world, anna):
    book(wish(10, room_id=world.small.id), actor=anna)
    found = ask(anna, room_id=world.small.id)
    assert code_of(found) == "slot_taken"
    assert found.alternatives
