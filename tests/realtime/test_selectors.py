# SPDX-License-Identifier: EUPL-1.2
"""Statuses beside a list of rooms: the same as the socket sends, for the same people."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import factories
from tests.factories import World
from tests.realtime.dates import NOW, a_date
from vconf.authorities.rights import Actor
from vconf.realtime.models import RoomStatus
from vconf.realtime.selectors import statuses_for
from vconf.realtime.status import refresh_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.mark.parametrize(
    ("who", "small", "shared"),
    [
        ("anna", "details", "details"),
        ("bernd", "details", "details"),
        ("clara", None, "busy"),
        ("dora", "busy", "busy"),
        ("admin", "details", "details"),
        ("operator", "details", "details"),
        ("auditor", None, None),
    ],
)
def test_rights(world: World, who: str, small: str | None, shared: str | None) -> None:
    for room in (world.small, world.shared):
        a_date(room, world.anna, invite=[world.bernd])
    refresh_all(now=NOW)
    actor = factories.actor(getattr(world, who))
    seen = statuses_for(actor, [world.small.id, world.shared.id])
    assert {room_id: status["visibility"] for room_id, status in seen.items()} == {
        room.id: sight for room, sight in ((world.small, small), (world.shared, shared)) if sight
    }


def test_nobody_sees_nothing(world: World) -> None:
    refresh_all(now=NOW)
    assert statuses_for(Actor.nobody(), [world.shared.id]) == {}


def test_a_busy_room_has_the_version_of_its_busy_face(world: World) -> None:
    a_date(world.shared, world.anna)
    refresh_all(now=NOW)
    RoomStatus.objects.filter(room=world.shared).update(version=90, busy_version=80)
    room_id = world.shared.id
    assert statuses_for(factories.actor(world.anna), [room_id])[room_id]["version"] == 90
    assert statuses_for(factories.actor(world.clara), [room_id])[room_id]["version"] == 80


def test_a_room_without_a_status_is_worked_out_and_not_written(world: World) -> None:
    a_date(world.small, world.anna)
    status = statuses_for(factories.actor(world.anna), [world.small.id])[world.small.id]
    assert (status["state"], status["version"]) == ("reserved", 0)
    assert RoomStatus.objects.count() == 0


@pytest.mark.parametrize("rooms", [1, 30])
def test_the_number_of_queries_does_not_grow(
    world: World, rooms: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [
        factories.room(f"Raum {number}", 10, world.im, world.pool, world.standard) for number in range(rooms)
    ]
    refresh_all(now=NOW)
    actor = factories.actor(world.anna)
    with django_assert_num_queries(2):
        assert len(statuses_for(actor, [room.id for room in made])) == rooms
