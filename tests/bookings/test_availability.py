# SPDX-License-Identifier: EUPL-1.2
"""A wish is answered as `book` would answer it now."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import DAY, at, wish
from vconf.bookings.availability import find_availability
from vconf.bookings.errors import NoRoom, SlotTaken
from vconf.bookings.recurrence import to_instant
from vconf.bookings.services import book
from vconf.errors import NotFound

pytestmark = pytest.mark.django_db

#: so many days after the test day it is Monday
MONDAY = -DAY.weekday() % 7


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


def test_what_shall_be_moved_is_no_obstacle_to_itself(world, anna):
    factories.quota(world.im, seats=100)
    booking = book(wish(room_id=world.big.id), actor=anna)
    half_past = to_instant(at(10.5), "Europe/Berlin")

    assert code_of(ask(anna, half_past, room_id=world.big.id, seats=100)) == "slot_taken"
    found = ask(anna, half_past, room_id=world.big.id, seats=100, booking_id=booking.id)
    assert (code_of(found), found.rooms, found.seats_free) == (None, [world.big], 100)
    with pytest.raises(NotFound):
        ask(factories.actor(world.clara), half_past, booking_id=booking.id)


def test_a_blocked_room_is_said_to_be_blocked(world, anna):
    world.big.blocked_reason = "Umbau"
    world.big.save()
    found = ask(anna, room_id=world.big.id)
    assert code_of(found) == "room_blocked"
    assert found.alternatives[0].room_id == world.small.id


def test_when_no_room_is_free_the_times_offered_have_one(world, anna):
    for room in (world.small, world.big, world.shared):
        book(wish(10, hours=2, day=MONDAY, room_id=room.id, seats=5), actor=anna)
    with pytest.raises(NoRoom) as refused:
        book(wish(10, day=MONDAY, seats=5), actor=anna)
    noon = to_instant(at(12, day=MONDAY), "Europe/Berlin")
    first, second = refused.value.alternatives
    assert (first.room_name, second.room_name) == ("Beratung", "Beratung")
    assert first.starts_at is not None and noon <= first.starts_at < noon + timedelta(hours=1)
    assert second.starts_at == first.starts_at + timedelta(hours=1)


def test_too_large_a_meeting_is_offered_the_largest_room(world, anna):
    with pytest.raises(NoRoom) as refused:
        book(wish(10, seats=150), actor=anna)
    assert [one.seats for one in refused.value.alternatives] == [100]


def test_other_times_on_a_busy_pool_cost_few_queries(world, anna):
    book(wish(10, hours=9, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=20", seats=100), actor=anna)
    with CaptureQueriesContext(connection) as queries, pytest.raises(SlotTaken):
        book(wish(10, room_id=world.big.id, seats=5), actor=anna)
    assert len([q for q in queries if "ledgerstep" in q["sql"]]) <= 2
