# SPDX-License-Identifier: EUPL-1.2
"""When any room will do, a pool without capacity is passed over, and nothing of it is held meanwhile."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests import factories
from tests.bookings.wishes import wish
from tests.threads import at_once
from vconf.authorities.models import Authority
from vconf.bookings import choosing, claiming, placing
from vconf.bookings.errors import NoCapacity, QuotaExceeded
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.preview import preview
from vconf.bookings.services import book
from vconf.rooms.models import Pool, Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """The first pool takes 50 people at once, of which 45 are there."""
    scene = factories.world(servers=(50,))
    book(wish(10, room_id=scene.big.id, seats=45), actor=factories.actor(scene.anna))
    return scene


@pytest.fixture
def other(world):
    """A larger room in a pool of its own."""
    pool = factories.pool("Außenstelle", servers=(40,))
    return factories.room("Außen", 40, world.land, pool, world.standard, open_to_all=True)


def test_the_next_pool_takes_what_the_first_cannot(world, anna, other):
    found = preview(wish(10, seats=20), actor=anna)
    booking = book(wish(10, seats=20), actor=anna)
    assert booking.room == found.room == other
    assert booking.occurrences.get().pool == other.pool
    assert audit_invariants() == []


def test_the_smallest_room_is_taken_as_long_as_its_pool_has_capacity(world, anna, other):
    assert book(wish(10, seats=5), actor=anna).room == world.small


def test_with_all_pools_full_the_first_one_says_why(world, anna, other):
    book(wish(10, room_id=other.id, seats=30), actor=anna)
    with pytest.raises(NoCapacity) as refused:
        book(wish(10, seats=20), actor=anna)
    assert (refused.value.limit, refused.value.in_use) == (50, 45)
    said = preview(wish(10, seats=20), actor=anna).refusal
    assert said is not None
    assert (said.limit, said.in_use) == (50, 45)


def test_a_named_room_stays_in_its_pool(world, anna, other):
    with pytest.raises(NoCapacity):
        book(wish(10, room_id=world.shared.id, seats=20), actor=anna)


def test_no_other_pool_mends_a_quota(world, anna, other):
    factories.quota(world.im, seats=50)
    with pytest.raises(QuotaExceeded):
        book(wish(10, seats=20), actor=anna)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_the_first_pool_refused_is_not_held(world, anna, other, monkeypatch):
    """Of rows alone: SQLite admits one writer at a time, and locks everything or nothing."""
    reserve, choose, tried = placing.reserve, choosing.rooms_wanted, []

    def lock_the_first(_number):
        with transaction.atomic():  # fails if anybody has them
            assert Room.objects.select_for_update(nowait=True, no_key=True).get(id=world.shared.id)
            assert Pool.objects.select_for_update(nowait=True, no_key=True).get(id=world.pool.id)
            assert Authority.objects.select_for_update(nowait=True, no_key=True).get(id=world.im.id)

    def reserve_and_note(pool, *arguments):
        tried.append(pool)
        return reserve(pool, *arguments)

    def look_and_choose(*arguments, **options):
        if tried:
            at_once(1, lock_the_first)
        return choose(*arguments, **options)

    monkeypatch.setattr(claiming, "reserve", reserve_and_note)
    monkeypatch.setattr(claiming, "rooms_wanted", look_and_choose)
    assert book(wish(10, seats=20), actor=anna).room == other
    assert tried == [world.pool, other.pool]
