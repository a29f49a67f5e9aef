# SPDX-License-Identifier: EUPL-1.2
"""Who stands in for whom: named by the principal alone, ended by either side, over when it has run out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from vconf.audit.models import AuditEntry
from vconf.authorities.deputies import (
    deputies_of,
    deputyships_of,
    end_deputyship,
    name_deputy,
    rights_of_organiser,
)
from vconf.authorities.models import Deputy
from vconf.authorities.rights import Actor
from vconf.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def test_the_principal_names_and_the_deputy_has_the_right_at_once(world: factories.World) -> None:
    row = name_deputy("BERND@im.mv.example", actor=factories.actor(world.anna))

    assert (row.principal, row.deputy, row.valid_until) == (world.anna, world.bernd, None)
    assert factories.actor(world.bernd).principal_ids == {world.anna.id}
    assert factories.actor(world.anna).principal_ids == frozenset()
    assert AuditEntry.objects.get(action="deputy.name").actor_person_id == world.anna.id


def test_named_again_only_the_end_changes(world: factories.World) -> None:
    anna = factories.actor(world.anna)
    until = timezone.now() + timedelta(days=3)
    first = name_deputy(world.bernd.email, actor=anna)
    again = name_deputy(world.bernd.email, valid_until=until, actor=anna)
    assert (again.id, again.valid_until, Deputy.objects.count()) == (first.id, until, 1)


def test_nobody_oneself_and_a_time_past_are_refused(world: factories.World) -> None:
    anna = factories.actor(world.anna)
    for address, until, field in (
        ("nobody@im.mv.example", None, "email"),
        (world.anna.email, None, "email"),
        (world.bernd.email, timezone.now() - timedelta(seconds=1), "valid_until"),
    ):
        with pytest.raises(Invalid) as refused:
            name_deputy(address, valid_until=until, actor=anna)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Forbidden):
        name_deputy(world.bernd.email, actor=factories.actor(world.auditor))
    assert not Deputy.objects.exists()


@pytest.mark.parametrize("who", ["anna", "bernd"])
def test_either_side_ends_it(world: factories.World, who: str) -> None:
    row = factories.deputy(world.bernd, world.anna)
    end_deputyship(row.id, actor=factories.actor(getattr(world, who)))
    assert factories.actor(world.bernd).principal_ids == frozenset()


def test_others_neither_see_nor_end_it(world: factories.World) -> None:
    row = factories.deputy(world.bernd, world.anna)
    for person in (world.clara, world.admin, world.operator):
        actor = factories.actor(person)
        assert not deputyships_of(actor).exists()
        with pytest.raises(NotFound):
            end_deputyship(row.id, actor=actor)
    assert Deputy.objects.exists()


def test_it_ends_by_itself_and_with_the_account_of_the_principal(world: factories.World) -> None:
    row = factories.deputy(world.bernd, world.anna, valid_until=timezone.now() + timedelta(minutes=1))
    assert factories.actor(world.bernd).principal_ids == {world.anna.id}

    Deputy.objects.filter(id=row.id).update(valid_until=timezone.now())
    assert factories.actor(world.bernd).principal_ids == frozenset()
    assert not deputyships_of(factories.actor(world.bernd)).exists()
    assert deputies_of([world.anna.id], now=timezone.now()) == {}

    Deputy.objects.filter(id=row.id).update(valid_until=None)
    world.anna.is_active = False
    world.anna.save()
    assert factories.actor(world.bernd).principal_ids == frozenset()


def test_a_deputys_deputy_stands_in_for_the_deputy_alone(world: factories.World) -> None:
    factories.deputy(world.bernd, world.anna)
    factories.deputy(world.dora, world.bernd)
    assert factories.actor(world.dora).principal_ids == {world.bernd.id}


def test_a_deputy_acts_with_the_rights_of_the_organiser(world: factories.World) -> None:
    factories.deputy(world.clara, world.anna)
    clara = factories.actor(world.clara)

    assert rights_of_organiser(None, actor=clara) is clara
    assert rights_of_organiser(world.anna.id, actor=clara).authority_ids == {world.im.id}
    with pytest.raises(NotFound):
        rights_of_organiser(world.bernd.id, actor=clara)
    system = Actor.system()
    assert rights_of_organiser(world.bernd.id, actor=system) is system
