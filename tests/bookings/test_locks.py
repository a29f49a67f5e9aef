# SPDX-License-Identifier: EUPL-1.2
"""Room, pool and path locked in one statement: as they are once they are had, whoever had them before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.bookings.wishes import at, wish
from tests.waiting import while_others_change
from vconf.authorities.models import Authority
from vconf.authorities.selectors import path_of
from vconf.bookings.locks import lock_place
from vconf.bookings.services import book
from vconf.errors import NotFound
from vconf.ids import uuid7
from vconf.rooms.models import Pool, Room


@pytest.mark.django_db
def test_room_pool_and_path_from_the_root_down(world):
    with transaction.atomic():
        room, pool, path = lock_place(world.small.id, world.agency.id)
    assert (room, pool, path) == (world.small, world.pool, [world.land, world.im, world.agency])
    assert (room.name, room.seats, pool.name, path[2].name) == (
        world.small.name,
        world.small.seats,
        world.pool.name,
        world.agency.name,
    )


@pytest.mark.django_db
def test_an_authority_that_is_gone(world):
    with pytest.raises(NotFound), transaction.atomic():
        lock_place(world.small.id, uuid7())


def locked_while_others_change(world, change: Callable[[], object]) -> tuple[Room, Pool, list[Authority]]:
    """What is had by somebody who has to wait for a change that is committed meanwhile."""

    @transaction.atomic
    def lock() -> tuple[Room, Pool, list[Authority]]:
        return lock_place(world.small.id, world.agency.id)

    return while_others_change(change, lock)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["small", "pool", "land", "im", "agency"])
def test_whoever_waited_for_one_of_them_has_it_as_it_is_now(world, what):
    one = getattr(world, what)
    room, pool, path = locked_while_others_change(
        world, lambda: type(one).objects.filter(id=one.id).update(name="Umbenannt")
    )
    names = {room.id: room.name, pool.id: pool.name, **{row.id: row.name for row in path}}
    assert names[one.id] == "Umbenannt"
    assert path == [world.land, world.im, world.agency]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_room_that_gets_another_pool_meanwhile(world):
    other = factories.pool("Zweitpool")
    room, pool, _ = locked_while_others_change(
        world, lambda: Room.objects.filter(id=world.small.id).update(pool=other)
    )
    assert room.pool_id == pool.id == other.id


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_authority_that_moves_in_the_tree_meanwhile(world):
    _, _, path = locked_while_others_change(
        world, lambda: Authority.objects.filter(id=world.agency.id).update(parent=world.fm)
    )
    assert path == path_of(world.agency.id) == [world.land, world.fm, world.agency]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_whoever_books_is_waited_for_during_four_statements(world):
    """Everybody waits for the root authority: what is added here, the whole installation pays for."""
    anna = factories.actor(world.anna)
    request = wish(10, room_id=world.small.id, invite=f"{world.bernd.email} guest@elsewhere.example")
    book(replace(request, starts_local=at(8)), actor=anna)  # now all have their calendars
    with CaptureQueriesContext(connection) as asked:
        book(request, actor=anna)
    statements = [query["sql"] for query in asked.captured_queries]
    first = next(n for n, one in enumerate(statements) if "FOR NO KEY UPDATE" in one)
    under_locks = [one for one in statements[first:] if not one.startswith("RELEASE SAVEPOINT")]
    assert len(under_locks) == 4, "\n".join(under_locks)
