# SPDX-License-Identifier: EUPL-1.2
"""What people see of authorities, quotas and other people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import factories
from vconf.authorities import selectors
from vconf.authorities.models import ApiToken, Authority, Membership, Person, PersonAddress
from vconf.authorities.rights import Actor
from vconf.authorities.services import create_api_token, revoke_api_token
from vconf.errors import Forbidden, Invalid, NotFound
from vconf.ids import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def visible_to(person: Person) -> set[Authority]:
    return set(selectors.authorities_visible_to(Actor.load(person)))


def test_authorities_visible_by_role(world: factories.World) -> None:
    everything = {world.land, world.im, world.agency, world.fm}

    assert set(selectors.authorities_visible_to(Actor.nobody())) == set()
    assert visible_to(world.anna) == {world.land, world.im}
    assert visible_to(world.dora) == {world.land, world.im, world.agency}
    assert visible_to(world.admin) == {world.land, world.im, world.agency}
    assert visible_to(world.operator) == everything
    assert visible_to(world.auditor) == everything
    assert visible_to(world.chief) == everything


def test_foreign_and_absent_authorities_are_answered_alike(world: factories.World) -> None:
    anna = Actor.load(world.anna)

    for absent in (world.fm.id, world.agency.id, uuid7()):
        with pytest.raises(NotFound):
            selectors.get_authority(absent, actor=anna)
    assert selectors.get_authority(world.im.id, actor=anna) == world.im


def test_staff_see_no_quota_not_even_their_own(world: factories.World) -> None:
    anna = Actor.load(world.anna)

    assert not selectors.quotas_visible_to(anna).exists()
    with pytest.raises(Forbidden):
        selectors.get_authority_for_quota(world.im.id, actor=anna)
    with pytest.raises(NotFound):
        selectors.get_authority_for_quota(world.fm.id, actor=anna)


def test_quotas_visible_by_role(world: factories.World) -> None:
    assert set(selectors.quotas_visible_to(Actor.load(world.admin))) == {world.im, world.agency}
    assert selectors.quotas_visible_to(Actor.load(world.operator)).count() == 4
    assert selectors.quotas_visible_to(Actor.load(world.auditor)).count() == 4


def test_quotas_are_set_from_above(world: factories.World) -> None:
    may = {
        (who.name, of.short_name)
        for who in (world.anna, world.admin, world.chief, world.operator, world.auditor)
        for of in (world.land, world.im, world.agency, world.fm)
        if selectors.may_set_quota(Actor.load(who), of)
    }

    assert may == {
        (world.admin.name, "LAiV"),
        (world.chief.name, "IM"),
        (world.chief.name, "FM"),
        (world.chief.name, "LAiV"),
        (world.operator.name, "MV"),
        (world.operator.name, "IM"),
        (world.operator.name, "FM"),
        (world.operator.name, "LAiV"),
    }


def test_standing_quotas_leave_out_those_with_a_period(world: factories.World) -> None:
    today = timezone.localdate()
    standing = factories.quota(world.im, seats=10)
    factories.quota(world.im, seats=500, valid_from=today, valid_until=today)
    factories.quota(world.fm, seats=500, valid_from=today, valid_until=today)

    assert selectors.standing_quotas([world.im.id, world.fm.id]) == {world.im.id: standing}


def test_paths_lead_from_the_root(
    world: factories.World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert selectors.path_of(world.agency.id) == [world.land, world.im, world.agency]

    with django_assert_num_queries(2):
        paths = selectors.paths_of([world.agency.id, world.fm.id])
    assert paths == {
        world.agency.id: [world.land, world.im, world.agency],
        world.fm.id: [world.land, world.fm],
    }
    assert selectors.subtree_ids(world.im.id) == {world.im.id, world.agency.id}


# People


def test_people_are_administered_within_the_subtree(world: factories.World) -> None:
    assert not selectors.people_administered_by(Actor.load(world.anna)).exists()
    assert not selectors.people_administered_by(Actor.load(world.operator)).exists()
    assert set(selectors.people_administered_by(Actor.load(world.admin))) == {
        world.admin,
        world.anna,
        world.bernd,
        world.dora,
    }


def test_foreign_and_absent_people_are_answered_alike(world: factories.World) -> None:
    admin = Actor.load(world.admin)

    for absent in (world.clara.id, world.operator.id, uuid7()):
        with pytest.raises(NotFound):
            selectors.get_person(absent, actor=admin)
    assert selectors.get_person(world.dora.id, actor=admin) == world.dora


@pytest.mark.parametrize("q", ["", "an", "a n", "  a  "])
def test_a_search_for_people_needs_three_letters(world: factories.World, q: str) -> None:
    with pytest.raises(Invalid) as refused:
        selectors.search_people(Actor.load(world.anna), q)

    assert list(refused.value.fields) == ["q"]


def test_who_works_nowhere_cannot_search_for_people(world: factories.World) -> None:
    for actor in (Actor.nobody(), Actor.load(world.auditor)):
        with pytest.raises(Forbidden):
            selectors.search_people(actor, "clara")


def test_people_are_found_by_parts_of_names_and_beginnings_of_addresses(world: factories.World) -> None:
    anna = Actor.load(world.anna)
    PersonAddress.objects.create(person=world.bernd, address="b.buche@other.example")

    assert selectors.search_people(anna, "clas") == [world.clara]
    assert selectors.search_people(anna, "clasen clara") == [world.clara]
    assert selectors.search_people(anna, "CLARA@fm") == [world.clara]
    assert selectors.search_people(anna, "b.buche") == [world.bernd]
    assert selectors.search_people(anna, "%%%") == []


def test_a_search_leaves_out_disabled_people_and_is_capped(
    world: factories.World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(25):
        factories.person(f"Meier {number:02}", world.im, is_active=number != 0)

    anna = Actor.load(world.anna)

    with django_assert_num_queries(2):
        found = selectors.search_people(anna, "meier")

    assert [person.name for person in found] == [f"Meier {number:02}" for number in range(1, 21)]
    with django_assert_num_queries(0):
        assert {selectors.home_of(person) for person in found} == {world.im}


def test_home_and_roles_of_a_person(world: factories.World) -> None:
    Membership.objects.create(person=world.admin, authority=world.im, role="staff")
    Membership.objects.create(person=world.admin, authority=world.fm, role="staff")

    assert selectors.home_of(world.admin) == world.im
    assert selectors.member_roles(world.admin) == {
        world.im: ["authority_admin", "staff"],
        world.fm: ["staff"],
    }
    assert selectors.home_of(factories.person("Loner")) is None


def test_addresses_lead_to_active_people(
    world: factories.World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factories.person("Gone", world.im, email="gone@im.mv.example", is_active=False)

    with django_assert_num_queries(1):
        found = selectors.persons_by_addresses(
            ["ANNA@im.mv.example ", "clara@fm.mv.example", "gone@im.mv.example", "x@y.example"]
        )
    assert found == {"anna@im.mv.example": world.anna, "clara@fm.mv.example": world.clara}
    assert selectors.person_by_address(" Anna@IM.mv.example") == world.anna
    assert selectors.person_by_address("gone@im.mv.example") is None


# Tokens


def test_unknown_expired_and_revoked_tokens_are_nobodys(world: factories.World) -> None:
    anna = Actor.load(world.anna)
    now = timezone.now()
    _, lasting = create_api_token(world.anna, actor=anna)
    _, short = create_api_token(world.anna, expires_at=now + timedelta(hours=1), actor=anna)
    row, revoked = create_api_token(world.anna, actor=anna)
    revoke_api_token(row.id, actor=anna)

    assert selectors.person_for_token("") is None
    assert selectors.person_for_token("vconf_" + "x" * 43) is None
    assert selectors.person_for_token(revoked) is None
    assert selectors.person_for_token(short) == world.anna
    assert selectors.person_for_token(short, now=now + timedelta(hours=1)) is None
    assert selectors.person_for_token(lasting, now=now + timedelta(days=9999)) == world.anna
    assert [token.id for token in selectors.tokens_of(anna)] != [row.id]
    assert selectors.tokens_of(Actor.load(world.bernd)).count() == 0


def test_a_disabled_persons_tokens_end(world: factories.World) -> None:
    clear = factories.token(world.anna)
    Person.objects.filter(id=world.anna.id).update(is_active=False)

    assert selectors.person_for_token(clear) is None


def test_the_use_of_a_token_is_noted_now_and_then(
    world: factories.World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clear = factories.token(world.anna)
    now = timezone.now()

    selectors.person_for_token(clear, now=now)
    with django_assert_num_queries(1):
        selectors.person_for_token(clear, now=now + timedelta(minutes=9))

    assert ApiToken.objects.get().last_used_at == now
    selectors.person_for_token(clear, now=now + timedelta(minutes=11))
    assert ApiToken.objects.get().last_used_at == now + timedelta(minutes=11)
