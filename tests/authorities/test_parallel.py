# SPDX-License-Identifier: EUPL-1.2
"""Two admins at the same moment: the database decides, and the slower one gets a sentence, no crash."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import factories
from tests.threads import at_once
from vconf.authorities import services
from vconf.authorities.models import Authority, Person, Quota
from vconf.authorities.rights import Actor
from vconf.errors import Invalid
from vconf.rooms.models import Room
from vconf.rooms.services import create_room

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(work: Callable[[int], object], threads: int = 4) -> tuple[int, int]:
    """How many of several at once were done, and how many refused as Invalid."""
    done: list[int] = []
    refused: list[int] = []

    def run(number: int) -> None:
        try:
            work(number)
        except Invalid:
            refused.append(number)
        else:
            done.append(number)

    at_once(threads, run)
    return len(done), len(refused)


def test_one_address_opens_one_account() -> None:
    world = factories.world()
    admin = Actor.load(world.admin)

    result = outcomes(
        lambda number: services.create_person(
            name=f"N {number}", email="neu@im.mv.example", authority_id=world.im.id, actor=admin
        )
    )

    assert result == (1, 3)
    assert Person.objects.filter(email="neu@im.mv.example").count() == 1


def test_one_name_is_one_authority() -> None:
    world = factories.world()
    admin = Actor.load(world.admin)

    result = outcomes(
        lambda _: services.create_authority(name="Neu", short_name="N", parent_id=world.im.id, actor=admin)
    )

    assert result == (1, 3)
    assert Authority.objects.filter(name="Neu").count() == 1


def test_rooms_of_one_name_get_pages_of_their_own() -> None:
    world = factories.world()
    admin = Actor.load(world.admin)

    result = outcomes(
        lambda number: create_room(
            name="Saal",
            address=f"saal{number}@raum.mv.example",
            seats=5,
            pool_id=world.pool.id,
            room_class_id=world.standard.id,
            authority_id=world.im.id,
            actor=admin,
        ),
        threads=8,
    )

    assert result == (8, 0)
    assert set(Room.objects.filter(name="Saal").values_list("slug", flat=True)) == {
        "saal",
        *(f"saal-{number}" for number in range(2, 9)),
    }


def test_an_authority_has_one_standing_quota() -> None:
    world = factories.world()
    operator = Actor.load(world.operator)

    result = outcomes(
        lambda number: services.set_quota(world.im.id, {"concurrent_seats": number}, actor=operator)
    )

    assert result == (4, 0)
    assert Quota.objects.count() == 1
