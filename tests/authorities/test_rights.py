# SPDX-License-Identifier: EUPL-1.2
"""What memberships allow."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import factories
from vconf.authorities.models import Membership, Role
from vconf.authorities.rights import Actor

pytestmark = pytest.mark.django_db


def test_nobody_has_no_rights() -> None:
    actor = Actor.nobody()

    assert not actor.operates
    assert not actor.is_member
    assert not actor.is_system
    assert not actor.administers(None)


def test_the_system_passes_every_check_and_is_no_member() -> None:
    actor = Actor.system("clock")

    assert actor.operates
    assert actor.administers(factories.authority("Land").id)
    assert not actor.is_member
    assert (actor.person_id, actor.label) == (None, "clock")


def test_a_disabled_person_has_no_rights() -> None:
    land = factories.authority("Land")
    person = factories.person("Ida", land, Role.OPERATOR, is_active=False)
    Membership.objects.create(person=person, authority=land, role=Role.AUTHORITY_ADMIN)

    actor = Actor.load(person)

    assert actor == Actor(person=person)


def test_staff_work_at_theirs_and_see_upwards() -> None:
    world = factories.world()

    actor = Actor.load(world.dora)

    assert actor.authority_ids == {world.agency.id}
    assert actor.ancestor_ids == {world.agency.id, world.im.id, world.land.id}
    assert actor.admin_ids == frozenset()
    assert actor.home_id == world.agency.id
    assert not actor.operates
    assert not actor.is_auditor


def test_an_admin_administers_downwards_only() -> None:
    world = factories.world()

    actor = Actor.load(world.admin)

    assert actor.admin_ids == {world.im.id, world.agency.id}
    assert not actor.administers(world.land.id)
    assert not actor.administers(world.fm.id)


def test_an_auditor_works_nowhere() -> None:
    world = factories.world()

    actor = Actor.load(world.auditor)

    assert actor.is_auditor
    assert not actor.is_member
    assert actor.ancestor_ids == frozenset()
    assert actor.home_id is None


def test_several_memberships_add_up_and_the_home_is_the_one_marked() -> None:
    world = factories.world()
    Membership.objects.create(person=world.anna, authority=world.fm, role=Role.AUTHORITY_ADMIN)

    actor = Actor.load(world.anna)

    assert actor.authority_ids == {world.im.id, world.fm.id}
    assert actor.admin_ids == {world.fm.id}
    assert actor.home_id == world.im.id


def test_loading_takes_as_many_queries_in_a_big_tree_as_in_a_small_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    world = factories.world()
    with django_assert_num_queries(1):
        Actor.load(world.admin)

    below = world.agency
    for number in range(30):
        below = factories.authority(f"Stelle {number}", below)

    with django_assert_num_queries(1):
        actor = Actor.load(world.admin)
    assert len(actor.admin_ids) == 32
