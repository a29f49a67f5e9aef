# SPDX-License-Identifier: EUPL-1.2
"""Who sees which rooms, classes, pools and servers."""

from __future__ import annotations

import pytest

from tests import factories
from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.errors import Forbidden, NotFound
from vconf.ids import uuid7
from vconf.rooms import selectors
from vconf.rooms.models import Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> factories.World:
    return factories.world()


@pytest.fixture
def rooms(world: factories.World) -> dict[str, Room]:
    """One of every kind, beside those of the world."""
    further = {
        "agencys": factories.room("Amtsraum", 8, world.agency, world.pool, world.standard),
        "fms": factories.room("Kasse", 8, world.fm, world.pool, world.standard),
        "lands": factories.room("Landesraum", 8, world.land, world.pool, world.standard),
        "retired": factories.room("Alt", 8, world.im, world.pool, world.standard, is_active=False),
        "blocked": factories.room("Zu", 8, world.im, world.pool, world.standard, blocked_reason="Umbau"),
        "stock": factories.room(
            "Videoraum", 10, world.land, world.pool, world.standard, is_stock=True, open_to_all=True
        ),
    }
    return {"small": world.small, "big": world.big, "shared": world.shared, **further}


def names(rooms: dict[str, Room], found: object) -> set[str]:
    keys = {room.id: key for key, room in rooms.items()}
    return {keys[room.id] for room in found}  # type: ignore[attr-defined]  # a queryset


def test_rooms_visible_by_role(world: factories.World, rooms: dict[str, Room]) -> None:
    def visible(person: Person) -> set[str]:
        return names(rooms, selectors.rooms_visible_to(Actor.load(person)))

    assert names(rooms, selectors.rooms_visible_to(Actor.nobody())) == set()
    assert visible(world.auditor) == set()
    assert visible(world.anna) == {"small", "big", "blocked", "lands", "shared"}
    assert visible(world.dora) == {"agencys", "small", "big", "blocked", "lands", "shared"}
    assert visible(world.clara) == {"fms", "lands", "shared"}
    assert visible(world.admin) == {"agencys", "small", "big", "blocked", "retired", "lands", "shared"}
    assert visible(world.operator) == set(rooms) - {"stock"}


def test_rooms_bookable_by_role(world: factories.World, rooms: dict[str, Room]) -> None:
    def bookable(person: Person) -> set[str]:
        return names(rooms, selectors.rooms_bookable_by(Actor.load(person)))

    assert names(rooms, selectors.rooms_bookable_by(Actor.nobody())) == set()
    assert bookable(world.auditor) == set()
    assert bookable(world.anna) == {"small", "big", "lands", "shared", "stock"}
    assert bookable(world.dora) == {"agencys", "small", "big", "lands", "shared", "stock"}
    assert bookable(world.clara) == {"fms", "lands", "shared", "stock"}
    # Looking after rooms is no right to book them.
    assert bookable(world.admin) == {"small", "big", "lands", "shared", "stock"}
    assert bookable(world.operator) == {"lands", "shared", "stock"}
    assert names(rooms, selectors.rooms_bookable_by(Actor.system())) == set(rooms) - {"retired", "blocked"}


def test_foreign_absent_and_stock_rooms_are_answered_alike(
    world: factories.World, rooms: dict[str, Room]
) -> None:
    anna = Actor.load(world.anna)

    for absent in (rooms["fms"].id, rooms["agencys"].id, rooms["stock"].id, rooms["retired"].id, uuid7()):
        with pytest.raises(NotFound):
            selectors.get_room(absent, actor=anna)
    assert selectors.get_room(world.small.id, actor=anna) == world.small


def test_only_operators_see_room_stock(world: factories.World, rooms: dict[str, Room]) -> None:
    assert list(selectors.room_stock(Actor.load(world.chief))) == []
    assert list(selectors.room_stock(Actor.load(world.operator))) == [rooms["stock"]]
    assert selectors.get_room(rooms["stock"].id, actor=Actor.load(world.operator)).is_stock


def test_a_room_is_found_by_its_page_and_its_address(world: factories.World, rooms: dict[str, Room]) -> None:
    assert selectors.find_room_page("grosser-saal") == world.big
    assert selectors.find_room_page("videoraum") is None
    assert selectors.find_room_page("alt") is None
    assert selectors.room_by_address(" Grosser-Saal@raum.mv.example") == world.big
    assert selectors.room_by_address("x@raum.mv.example") is None


def test_classes_are_those_of_the_own_authorities_and_above(world: factories.World) -> None:
    ims = factories.room_class(world.im, "Lage")
    agencys = factories.room_class(world.agency, "Amt")
    fms = factories.room_class(world.fm, "Kasse")

    def visible(person: Person) -> set[object]:
        return set(selectors.room_classes_visible_to(Actor.load(person)))

    assert visible(world.auditor) == set()
    assert visible(world.anna) == {world.standard, ims}
    assert visible(world.admin) == {world.standard, ims, agencys}
    assert visible(world.operator) == {world.standard, ims, agencys, fms}
    with pytest.raises(NotFound):
        selectors.get_room_class(fms.id, actor=Actor.load(world.anna))


def test_pools_concern_admins_and_operators(world: factories.World) -> None:
    for who in (world.anna, world.auditor):
        with pytest.raises(NotFound):
            selectors.get_pool(world.pool.id, actor=Actor.load(who))
    for who in (world.admin, world.operator):
        assert selectors.get_pool(world.pool.id, actor=Actor.load(who)) == world.pool
        with pytest.raises(NotFound):
            selectors.get_pool(uuid7(), actor=Actor.load(who))


def test_servers_concern_operators_only(world: factories.World) -> None:
    for who in (world.anna, world.auditor, world.admin, world.chief):
        for server_id in (world.servers[0].id, uuid7()):
            with pytest.raises(Forbidden):
                selectors.get_server(server_id, actor=Actor.load(who))

    operator = Actor.load(world.operator)
    assert set(selectors.servers_visible_to(operator)) == set(world.servers)
    assert selectors.get_server(world.servers[0].id, actor=operator) == world.servers[0]
    with pytest.raises(NotFound):
        selectors.get_server(uuid7(), actor=operator)
    assert list(selectors.servers_of([world.pool.id])) == list(world.servers)
