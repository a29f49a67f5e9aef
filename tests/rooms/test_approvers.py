# SPDX-License-Identifier: EUPL-1.2
"""Who decides about requests: admins, approvers, and who stands in for them for a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import factories
from tests.factories import World, actor
from vconf.audit.models import AuditEntry
from vconf.authorities.models import Membership, Person
from vconf.errors import Forbidden, Invalid, NotFound
from vconf.rooms.models import Approver, RoomClass
from vconf.rooms.selectors import (
    approvers_of,
    class_ids_decided_by,
    delegates_visible_to,
    people_deciding,
)
from vconf.rooms.services import name_approver, name_delegate, withdraw_approver

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def kind(world: World) -> RoomClass:
    return factories.room_class(world.im, "Vertraulich")


def decides(who: Person, kind: RoomClass, *, later: timedelta = timedelta()) -> bool:
    return kind.id in class_ids_decided_by(actor(who), now=timezone.now() + later)


def told(kind: RoomClass) -> set[str]:
    return {one.name for one in people_deciding(kind, now=timezone.now())}


def test_admins_of_the_authority_and_above_decide_and_the_nearest_are_told(
    world: World, kind: RoomClass
) -> None:
    assert decides(world.admin, kind)
    assert decides(world.chief, kind)
    for other in (world.anna, world.clara, world.operator, world.auditor):
        assert not decides(other, kind)
    assert told(kind) == {"Ada Admin"}


def test_an_admin_names_an_approver_for_a_time(world: World, kind: RoomClass) -> None:
    until = timezone.now() + DAY
    name_approver(kind.id, email="Bernd@IM.mv.example", valid_until=until, actor=actor(world.admin))

    assert decides(world.bernd, kind)
    assert not decides(world.bernd, kind, later=2 * DAY)
    assert told(kind) == {"Ada Admin", "Bernd Buche"}


def test_named_again_the_new_period_counts(world: World, kind: RoomClass) -> None:
    admin = actor(world.admin)
    first = name_approver(kind.id, email=world.bernd.email, valid_until=timezone.now() + DAY, actor=admin)
    second = name_approver(kind.id, email=world.bernd.email, actor=admin)

    assert first.id == second.id
    assert decides(world.bernd, kind, later=30 * DAY)
    assert approvers_of(kind).count() == 1


def test_others_name_none(world: World, kind: RoomClass) -> None:
    """An operator looks after classes, but approvers see titles, and who may is not the operator's to say."""
    for who in (world.anna, world.operator):
        with pytest.raises(Forbidden):
            name_approver(kind.id, email=world.bernd.email, actor=actor(who))
    with pytest.raises(NotFound):
        name_approver(kind.id, email=world.bernd.email, actor=actor(world.clara))


@pytest.mark.parametrize("fields", [{"email": "nobody@mv.example"}, {"valid_until": timezone.now() - DAY}])
def test_what_is_wrong_is_named(world: World, kind: RoomClass, fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        name_approver(kind.id, **{"email": world.bernd.email, "actor": actor(world.admin), **fields})

    assert list(refused.value.fields) == list(fields)


def test_an_approver_names_somebody_to_stand_in(world: World, kind: RoomClass) -> None:
    name_approver(kind.id, email=world.bernd.email, actor=actor(world.admin))
    begins = timezone.now() + DAY

    rows = name_delegate(
        email=world.anna.email, valid_from=begins, valid_until=begins + DAY, actor=actor(world.bernd)
    )

    assert [(row.room_class, row.person, row.stands_in_for) for row in rows] == [
        (kind, world.anna, world.bernd)
    ]
    assert [decides(world.anna, kind, later=n * DAY) for n in (0, 1.5, 3)] == [False, True, False]
    assert list(delegates_visible_to(actor(world.anna))) == rows
    assert list(delegates_visible_to(actor(world.bernd))) == rows
    assert not delegates_visible_to(actor(world.clara)).exists()


def test_who_stands_in_passes_nothing_on(world: World, kind: RoomClass) -> None:
    name_delegate(email=world.anna.email, valid_until=timezone.now() + DAY, actor=actor(world.admin))
    assert decides(world.anna, kind)

    with pytest.raises(Forbidden):
        name_delegate(email=world.dora.email, valid_until=timezone.now() + DAY, actor=actor(world.anna))


def test_nobody_stands_in_for_themselves(world: World, kind: RoomClass) -> None:
    with pytest.raises(Invalid):
        name_delegate(email=world.admin.email, valid_until=timezone.now() + DAY, actor=actor(world.admin))


def test_who_stands_in_can_no_more_than_the_other_still_can(world: World, kind: RoomClass) -> None:
    """The approver's own right ends, or the admin is admin no more: with it the delegate's."""
    approver = name_approver(kind.id, email=world.bernd.email, actor=actor(world.admin))
    until = timezone.now() + DAY
    name_delegate(email=world.anna.email, valid_until=until, actor=actor(world.bernd))
    name_delegate(email=world.dora.email, valid_until=until, actor=actor(world.admin))
    assert told(kind) == {"Ada Admin", "Bernd Buche", "Anna Amsel", "Dora Dorn"}

    withdraw_approver(approver.id, actor=actor(world.admin))
    assert not decides(world.anna, kind)
    assert told(kind) == {"Ada Admin", "Dora Dorn"}

    Membership.objects.filter(person=world.admin).update(role="staff")
    assert not decides(world.dora, kind)
    assert told(kind) == set()


def test_who_takes_the_right_away(world: World, kind: RoomClass) -> None:
    approver = name_approver(kind.id, email=world.bernd.email, actor=actor(world.admin))
    [delegate] = name_delegate(
        email=world.anna.email, valid_until=timezone.now() + DAY, actor=actor(world.bernd)
    )

    with pytest.raises(NotFound):
        withdraw_approver(approver.id, actor=actor(world.clara))
    with pytest.raises(Forbidden):
        withdraw_approver(approver.id, actor=actor(world.bernd))
    with pytest.raises(Forbidden):
        withdraw_approver(delegate.id, actor=actor(world.anna))
    withdraw_approver(delegate.id, actor=actor(world.bernd))
    withdraw_approver(approver.id, actor=actor(world.chief))

    assert not Approver.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="approver.").order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "approver.name",
        "approver.delegate",
        "approver.remove",
        "approver.remove",
    ]


def test_people_who_left_are_told_nothing(world: World, kind: RoomClass) -> None:
    name_approver(kind.id, email=world.bernd.email, actor=actor(world.admin))
    Person.objects.filter(id=world.bernd.id).update(is_active=False)

    assert told(kind) == {"Ada Admin"}
