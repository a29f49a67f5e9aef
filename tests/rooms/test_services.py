# SPDX-License-Identifier: EUPL-1.2
"""Changing rooms, classes, pools and servers; what is forbidden first."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests import factories
from tests.rsa_keys import pem_of, rsa_key
from vconf.audit.models import AuditEntry
from vconf.authorities.models import Role
from vconf.authorities.rights import Actor
from vconf.bookings.requests import BookingRequest
from vconf.bookings.services import book
from vconf.errors import Forbidden, Invalid, NotFound
from vconf.ids import uuid7
from vconf.outbox.models import Message
from vconf.rooms import services
from vconf.rooms.errors import StillUsed
from vconf.rooms.health import report_server_seen
from vconf.rooms.models import ConferenceServer, Pool, Room, RoomClass
from vconf.rooms.policies import policy_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def wished(world: factories.World, **fields: Any) -> dict[str, Any]:
    """A room of IM that can be had."""
    return {
        "name": "Lageraum Süd",
        "address": "Lage.Sued@raum.mv.example",
        "seats": 25,
        "pool_id": world.pool.id,
        "room_class_id": world.standard.id,
        "authority_id": world.im.id,
        **fields,
    }


def recorded() -> list[tuple[str, str]]:
    return list(Message.objects.values_list("fact", "key"))


# Rooms


def test_who_cannot_open_a_room(world: factories.World) -> None:
    for who, refusal in (
        (world.anna, Forbidden),
        (world.auditor, Forbidden),
        (world.clara, NotFound),
        (factories.person("Fritz", world.fm, Role.AUTHORITY_ADMIN), NotFound),
        (factories.person("Ludwig", world.agency, Role.AUTHORITY_ADMIN), Forbidden),
    ):
        with pytest.raises(refusal):
            services.create_room(**wished(world), actor=Actor.load(who))

    assert Room.objects.count() == 3
    assert recorded() == []


def test_foreign_and_absent_references_open_no_room(world: factories.World) -> None:
    foreign_class = factories.room_class(world.fm, "Kasse")
    for fields in (
        {"authority_id": world.fm.id},
        {"authority_id": uuid7()},
        {"room_class_id": foreign_class.id},
        {"room_class_id": uuid7()},
        {"pool_id": uuid7()},
    ):
        with pytest.raises(NotFound):
            services.create_room(**wished(world, **fields), actor=Actor.load(world.admin))
    # An operator sees the class, and still it belongs to somebody else.
    with pytest.raises(Invalid) as refused:
        services.create_room(
            **wished(world, room_class_id=foreign_class.id), actor=Actor.load(world.operator)
        )

    assert list(refused.value.fields) == ["room_class"]
    assert Room.objects.count() == 3


def test_an_admin_opens_a_room(world: factories.World) -> None:
    room = services.create_room(**wished(world), actor=Actor.load(world.admin))

    room.refresh_from_db()
    assert (room.slug, room.address, room.seats) == ("lageraum-sued", "lage.sued@raum.mv.example", 25)
    assert (room.authority, room.pool, room.room_class) == (world.im, world.pool, world.standard)
    assert not room.open_to_all
    assert not room.is_stock
    assert recorded() == [("RoomChanged", str(room.id))]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.authority_id) == ("room.create", str(room.id), world.im.id)
    assert "Lage" not in str(entry.changes)


def test_an_operator_opens_a_room_anywhere(world: factories.World) -> None:
    room = services.create_room(**wished(world, authority_id=world.fm.id), actor=Actor.load(world.operator))

    assert room.authority == world.fm


def test_two_rooms_of_one_name_have_different_pages(world: factories.World) -> None:
    admin = Actor.load(world.admin)

    services.create_room(**wished(world), actor=admin)
    second = services.create_room(**wished(world, address="b@raum.mv.example"), actor=admin)

    assert second.slug == "lageraum-sued-2"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"address": "nowhere"}, "address"),
        ({"address": "GROSSER-SAAL@raum.mv.example"}, "address"),
        ({"address": "anna@im.mv.example"}, "address"),
        ({"seats": 0}, "seats"),
        ({"seats": 100_001}, "seats"),
    ],
)
def test_wrong_fields_of_a_room(world: factories.World, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.create_room(**wished(world, **fields), actor=Actor.load(world.admin))
    assert list(refused.value.fields) == [wrong]

    with pytest.raises(Invalid) as refused:
        services.change_room(world.small.id, actor=Actor.load(world.admin), **fields)
    assert list(refused.value.fields) == [wrong]
    assert Room.objects.count() == 3


def test_who_cannot_change_a_room(world: factories.World) -> None:
    for who, room, refusal in (
        (world.anna, world.small, Forbidden),
        (world.admin, world.shared, Forbidden),
        (world.clara, world.small, NotFound),
        (factories.person("Ludwig", world.agency, Role.AUTHORITY_ADMIN), world.small, Forbidden),
    ):
        with pytest.raises(refusal):
            services.change_room(room.id, seats=7, actor=Actor.load(who))

    assert set(Room.objects.values_list("seats", flat=True)) == {6, 30, 100}


def test_a_room_is_not_given_away_to_an_authority_that_is_not_the_admins(world: factories.World) -> None:
    admin = Actor.load(world.admin)

    for foreign, refusal in ((world.fm.id, NotFound), (world.land.id, Forbidden)):
        with pytest.raises(refusal):
            services.change_room(world.small.id, authority_id=foreign, actor=admin)

    assert services.change_room(world.small.id, authority_id=world.agency.id, actor=admin).authority == (
        world.agency
    )


def test_changing_a_room_keeps_its_page(world: factories.World) -> None:
    room = services.change_room(
        world.small.id,
        name="Umbenannt",
        seats=8,
        blocked_reason="Umbau",
        open_to_all=True,
        actor=Actor.load(world.admin),
    )

    room.refresh_from_db()
    assert (room.name, room.slug, room.seats, room.blocked_reason) == ("Umbenannt", "beratung", 8, "Umbau")
    assert recorded() == [("RoomRenamed", str(room.id)), ("RoomChanged", str(room.id))]
    assert AuditEntry.objects.get().changes == {
        "name": None,
        "seats": 8,
        "blocked_reason": None,
        "open_to_all": True,
    }


def test_a_retired_room_stays_and_can_be_used_again(world: factories.World) -> None:
    admin = Actor.load(world.admin)

    assert not services.retire_room(world.small.id, actor=admin).is_active
    assert services.change_room(world.small.id, is_active=True, actor=admin).is_active


def test_stock_grows_by_rooms_like_the_others(world: factories.World) -> None:
    like = factories.room(
        "Videoraum", 50, world.land, world.pool, world.standard, is_stock=True, open_to_all=True
    )

    new = [services.add_stock_room(like) for _ in range(3)]

    assert len({room.slug for room in new}) == 3
    for room in new:
        room.refresh_from_db()
        assert (room.name, room.seats, room.is_stock, room.open_to_all) == ("Videoraum", 50, True, True)
        assert (room.pool, room.room_class, room.authority) == (world.pool, world.standard, world.land)
        assert room.address.endswith("@raum.mv.example")


# Room classes


def test_who_cannot_add_or_change_a_room_class(world: factories.World) -> None:
    for who, refusal in ((world.anna, Forbidden), (world.clara, NotFound), (world.auditor, Forbidden)):
        with pytest.raises(refusal):
            services.create_room_class(name="X", authority_id=world.im.id, actor=Actor.load(who))
    with pytest.raises(Forbidden):
        services.change_room_class(
            world.standard.id, settings={"recording": True}, actor=Actor.load(world.admin)
        )

    assert RoomClass.objects.count() == 1


def test_an_admin_adds_and_changes_a_room_class(world: factories.World) -> None:
    admin = Actor.load(world.admin)

    created = services.create_room_class(
        name="Lage", authority_id=world.im.id, settings={"lobby": True}, actor=admin
    )
    changed = services.change_room_class(
        created.id, settings={"buffer_after_minutes": {"value": 5, "enforced": True}}, actor=admin
    )

    assert (changed.name, policy_of(changed).lobby, policy_of(changed).buffer_after_minutes) == (
        "Lage",
        False,
        5,
    )
    assert AuditEntry.objects.filter(object_type="room_class").count() == 2


def test_a_room_class_has_a_name_of_its_own_and_known_settings(world: factories.World) -> None:
    chief = Actor.load(world.chief)

    with pytest.raises(Invalid) as refused:
        services.create_room_class(name="standard", authority_id=world.land.id, actor=chief)
    assert list(refused.value.fields) == ["name"]
    with pytest.raises(Invalid) as refused:
        services.change_room_class(world.standard.id, settings={"loby": True}, actor=chief)
    assert list(refused.value.fields) == ["settings.loby"]


# Pools


def test_pools_are_the_operators(world: factories.World) -> None:
    for who in (world.anna, world.admin, world.chief, world.auditor):
        with pytest.raises(Forbidden):
            services.create_pool(name="X", actor=Actor.load(who))
        with pytest.raises(Forbidden):
            services.change_pool(world.pool.id, n_plus_one=True, actor=Actor.load(who))

    operator = Actor.load(world.operator)
    with pytest.raises(Invalid):
        services.create_pool(name="RECHENZENTRUM", actor=operator)
    with pytest.raises(NotFound):
        services.change_pool(uuid7(), name="X", actor=operator)
    services.create_pool(name="Zweites", n_plus_one=True, actor=operator)
    assert services.change_pool(world.pool.id, n_plus_one=True, actor=operator).n_plus_one
    assert Pool.objects.filter(n_plus_one=True).count() == 2


# Servers


def entered(world: factories.World, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "bigbluebutton",
        "name": "bbb3",
        "base_url": "https://bbb3.example/bigbluebutton/",
        "secret": " 8cd8ef52e8e101574e400365b55e11a6 ",
        "pool_id": world.pool.id,
        "seats": 200,
        **fields,
    }


def test_servers_are_the_operators(world: factories.World) -> None:
    server = world.servers[0]
    for who in (world.anna, world.admin, world.chief, world.auditor):
        actor = Actor.load(who)
        with pytest.raises(Forbidden):
            services.add_server(**entered(world), actor=actor)
        with pytest.raises(Forbidden):
            services.change_server(server.id, state="disabled", actor=actor)
        with pytest.raises(Forbidden):
            services.remove_server(server.id, actor=actor)

    assert set(ConferenceServer.objects.values_list("state", flat=True)) == {"enabled"}


def test_a_server_is_entered_with_its_secret_encrypted(world: factories.World) -> None:
    server = services.add_server(**entered(world), actor=Actor.load(world.operator))

    server.refresh_from_db()
    assert server.base_url == "https://bbb3.example/bigbluebutton/api/"
    assert server.secret == "8cd8ef52e8e101574e400365b55e11a6"
    assert (server.state, server.health, server.meetings, server.weight) == ("enabled", "unknown", None, 100)
    assert len(server.hook_token) >= 43
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM rooms_conferenceserver WHERE name = 'bbb3'")
        assert "8cd8ef52" not in cursor.fetchone()[0]
    assert recorded() == [("ServerChanged", str(server.id))]
    assert "8cd8ef52" not in str(AuditEntry.objects.values())


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": "teams"}, "kind"),
        ({"name": "Rechenzentrum-1"}, "name"),
        ({"base_url": "bbb3"}, "base_url"),
        ({"secret": "  "}, "secret"),
        ({"seats": 0}, "seats"),
        ({"meetings": 0}, "meetings"),
        ({"weight": -1}, "weight"),
        ({"checksum_algorithm": "md5"}, "checksum_algorithm"),
    ],
)
def test_wrong_fields_of_a_server(world: factories.World, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.add_server(**entered(world, **fields), actor=Actor.load(world.operator))

    assert list(refused.value.fields) == [wrong]


# Options and keys of their kind


def jitsi(world: factories.World, **fields: Any) -> dict[str, Any]:
    return entered(world, kind="jitsi", name="jitsi1", base_url="https://meet.example", **fields)


def test_a_jitsi_server_has_options_and_keys_of_its_own(world: factories.World) -> None:
    operator = Actor.load(world.operator)
    options = {
        "app_id": "land",
        "end_url": "https://meet.example/end-meeting/",
        "system_key_id": "s-1",
        "audience": "",
    }
    keys = {"system_key": pem_of(rsa_key("system")), "reservation_token": "0123456789abcdef"}

    server = services.add_server(**jitsi(world, options=options, keys=keys), actor=operator)
    changed = services.change_server(
        server.id,
        actor=operator,
        options={"app_id": "land"},
        keys={"reservation_token": "", "system_key": keys["system_key"]},
    )

    assert server.options == {
        "app_id": "land",
        "end_url": "https://meet.example/end-meeting",
        "system_key_id": "s-1",
    }
    assert json.loads(server.keys) == keys
    assert changed.options == {"app_id": "land"}
    assert set(json.loads(changed.keys)) == {"system_key"}
    told = str(AuditEntry.objects.values())
    assert "PRIVATE KEY" not in told
    assert "0123456789abcdef" not in told


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"options": {"app_id": "*"}}, "options.app_id"),
        ({"options": {"unknown": "x"}}, "options.unknown"),
        ({"keys": {"system_key": "no key"}}, "keys.system_key"),
        ({"options": {"end_url": "https://meet.example/end-meeting"}}, "options.end_url"),
        ({"secret": ""}, "secret"),
        ({"base_url": "https://meet.example/room"}, "base_url"),
    ],
)
def test_wrong_options_and_keys_of_a_server(
    world: factories.World, fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.add_server(**{**jitsi(world), **fields}, actor=Actor.load(world.operator))

    assert list(refused.value.fields) == [wrong]


def test_with_rs256_there_is_no_secret_but_a_key(world: factories.World) -> None:
    operator = Actor.load(world.operator)
    options = {"algorithm": "RS256", "key_id": "k-1"}
    keys = {"private_key": pem_of(rsa_key("people"))}

    with pytest.raises(Invalid) as refused:
        services.add_server(**{**jitsi(world, options=options), "secret": ""}, actor=operator)
    server = services.add_server(**{**jitsi(world, options=options, keys=keys), "secret": ""}, actor=operator)
    with pytest.raises(Invalid) as back:
        services.change_server(server.id, actor=operator, options={})

    assert list(refused.value.fields) == ["keys.private_key"]
    assert server.secret == ""
    assert list(back.value.fields) == ["secret"]


def test_an_unknown_pool_gets_no_server(world: factories.World) -> None:
    with pytest.raises(NotFound):
        services.add_server(**entered(world, pool_id=uuid7()), actor=Actor.load(world.operator))


def test_changing_a_server(world: factories.World) -> None:
    operator = Actor.load(world.operator)
    server = world.servers[0]
    report_server_seen(server.id, ok=True, version="3.0")

    with pytest.raises(Invalid):
        services.change_server(server.id, state="broken", actor=operator)
    changed = services.change_server(server.id, state="draining", seats=100, meetings=9, actor=operator)
    assert (changed.state, changed.seats, changed.meetings, changed.health) == ("draining", 100, 9, "ok")
    assert AuditEntry.objects.latest("id").changes == {"state": "draining", "seats": 100, "meetings": 9}

    changed = services.change_server(server.id, secret="another one", actor=operator)
    assert (changed.secret, changed.health) == ("another one", "unknown")
    assert "another" not in str(AuditEntry.objects.values())
    assert services.change_server(server.id, meetings=None, actor=operator).meetings is None


def test_only_a_server_without_history_is_removed(world: factories.World) -> None:
    operator = Actor.load(world.operator)
    booking = book(
        BookingRequest(
            title="Runde",
            starts_local=(timezone.localtime() + timedelta(days=7)).replace(
                hour=10, minute=0, second=0, microsecond=0, tzinfo=None
            ),
            duration=timedelta(hours=1),
            timezone="Europe/Berlin",
            room_id=world.small.id,
        ),
        actor=Actor.load(world.anna),
    )
    used = booking.occurrences.get().reserved_server
    (unused,) = (server for server in world.servers if server != used)

    with pytest.raises(StillUsed):
        services.remove_server(used.id, actor=operator)
    services.remove_server(unused.id, actor=operator)
    with pytest.raises(NotFound):
        services.remove_server(unused.id, actor=operator)

    assert ConferenceServer.objects.get() == used
    assert AuditEntry.objects.latest("id").action == "server.remove"
