# SPDX-License-Identifier: EUPL-1.2
"""Changing authorities, people, quotas and tokens; what is forbidden first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from vconf.audit.models import AuditEntry
from vconf.authorities import services
from vconf.authorities.models import ApiToken, Authority, Membership, Person, PersonAddress, Quota, Role
from vconf.authorities.rights import Actor
from vconf.authorities.services import MembershipRequest
from vconf.errors import Forbidden, Invalid, NotFound
from vconf.ids import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> factories.World:
    return factories.world()


def roles_of(person: Person) -> set[tuple[str, str]]:
    return set(Membership.objects.filter(person=person).values_list("authority__short_name", "role"))


# Authorities


def test_staff_auditors_and_foreign_admins_cannot_add_authorities(world: factories.World) -> None:
    for who, refusal in (
        (world.anna, Forbidden),
        (world.auditor, Forbidden),
        (factories.person("Fritz", world.fm, Role.AUTHORITY_ADMIN), NotFound),
    ):
        with pytest.raises(refusal):
            services.create_authority(
                name="Neu", short_name="N", parent_id=world.im.id, actor=Actor.load(who)
            )

    assert Authority.objects.count() == 4


def test_nobody_adds_a_second_root(world: factories.World) -> None:
    for who in (world.operator, world.chief):
        with pytest.raises(Invalid):
            services.create_authority(name="X", short_name="X", parent_id=None, actor=Actor.load(who))


def test_admins_add_authorities_in_their_subtree_and_operators_anywhere(world: factories.World) -> None:
    below = services.create_authority(
        name="  Neue   Stelle ",
        short_name="NS",
        parent_id=world.agency.id,
        domain=" NS.laiv.mv.example",
        actor=Actor.load(world.admin),
    )
    services.create_authority(
        name="Zehntes", short_name="10", parent_id=world.land.id, actor=Actor.load(world.operator)
    )

    assert (below.name, below.domain, below.parent_id) == (
        "Neue Stelle",
        "ns.laiv.mv.example",
        world.agency.id,
    )
    entry = AuditEntry.objects.get(object_id=str(below.id))
    assert (entry.action, entry.actor_person_id) == ("authority.create", world.admin.id)
    assert entry.changes == {"parent": str(world.agency.id)}


def test_names_are_unique_below_one_authority(world: factories.World) -> None:
    with pytest.raises(Invalid) as refused:
        services.create_authority(
            name="finanzministerium", short_name="F", parent_id=world.land.id, actor=Actor.load(world.chief)
        )

    assert list(refused.value.fields) == ["name"]
    services.create_authority(
        name="Finanzministerium", short_name="F", parent_id=world.im.id, actor=Actor.load(world.chief)
    )


def test_renaming_an_authority(world: factories.World) -> None:
    with pytest.raises(Forbidden):
        services.change_authority(world.im.id, name="Mein Haus", actor=Actor.load(world.anna))
    with pytest.raises(NotFound):
        services.change_authority(world.fm.id, name="Unser Haus", actor=Actor.load(world.admin))

    changed = services.change_authority(
        world.im.id, name="Ministerium für Inneres und Bau", actor=Actor.load(world.admin)
    )

    assert (changed.name, changed.short_name) == ("Ministerium für Inneres und Bau", "IM")
    assert AuditEntry.objects.get(action="authority.change").changes == {"name": None}


# People


def test_only_admins_of_the_authority_open_accounts(world: factories.World) -> None:
    for who, refusal in (
        (world.anna, Forbidden),
        (world.operator, Forbidden),
        (world.auditor, Forbidden),
        (world.clara, NotFound),
    ):
        with pytest.raises(refusal):
            services.create_person(
                name="Neu", email="neu@im.mv.example", authority_id=world.im.id, actor=Actor.load(who)
            )


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_only_admins_of_the_root_give_roles_that_reach_everywhere(world: factories.World, role: Role) -> None:
    with pytest.raises(Forbidden):
        services.create_person(
            name="N", email="n@x.example", authority_id=world.im.id, role=role, actor=Actor.load(world.admin)
        )
    with pytest.raises(Forbidden):
        services.set_memberships(
            world.anna.id,
            [MembershipRequest(world.im.id, role)],
            actor=Actor.load(world.admin),
        )

    assert roles_of(world.anna) == {("IM", "staff")}
    services.create_person(
        name="N", email="n@x.example", authority_id=world.im.id, role=role, actor=Actor.load(world.chief)
    )


def test_an_account_that_is_opened_is_local_and_its_addresses_count_as_verified(
    world: factories.World,
) -> None:
    person = services.create_person(
        name="Emil Ertl",
        email="Emil@LAiV.mv.example",
        authority_id=world.agency.id,
        password="a-long-enough-one",
        further_addresses=["e.ertl@laiv.mv.example", "emil@laiv.mv.example"],
        actor=Actor.load(world.admin),
    )

    assert (person.issuer, person.email) == (Person.LOCAL, "emil@laiv.mv.example")
    assert person.check_password("a-long-enough-one")
    assert set(person.addresses.values_list("address", "is_primary")) == {
        ("emil@laiv.mv.example", True),
        ("e.ertl@laiv.mv.example", False),
    }
    membership = person.memberships.get()
    assert (membership.authority, membership.role, membership.is_home) == (world.agency, "staff", True)
    entry = AuditEntry.objects.get(action="person.create")
    assert "mil" not in str(entry.changes)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"email": "ANNA@im.mv.example"}, "email"),
        ({"email": "no address"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"language": "fr"}, "language"),
        ({"password": "short"}, "password"),
        ({"role": "emperor"}, "role"),
    ],
)
def test_wrong_fields_of_a_new_account(world: factories.World, fields: dict[str, str], wrong: str) -> None:
    values = {"name": "Neu", "email": "neu@im.mv.example", **fields}

    with pytest.raises(Invalid) as refused:
        services.create_person(authority_id=world.im.id, actor=Actor.load(world.admin), **values)

    assert list(refused.value.fields) == [wrong]
    assert Person.objects.count() == 8


@pytest.mark.parametrize(
    "address",
    [
        "clara.neu@fm.mv.example",  # another ministry's
        "x@sub.fm.mv.example",  # and what lies below it
        "minister@mv.example",  # the Land's
        "somebody@outside.example",
        "x@im.mv.example.outside.example",
        "x@notim.mv.example",
    ],
)
def test_an_admin_vouches_for_addresses_of_the_own_subtree_only(world: factories.World, address: str) -> None:
    admin = Actor.load(world.admin)
    with pytest.raises(Invalid) as refused:
        services.create_person(name="Neu", email=address, authority_id=world.im.id, actor=admin)
    assert list(refused.value.fields) == ["email"]
    with pytest.raises(Invalid):
        services.create_person(
            name="Neu",
            email="neu@im.mv.example",
            further_addresses=[address],
            authority_id=world.im.id,
            actor=admin,
        )
    with pytest.raises(Invalid):
        services.change_person(world.anna.id, email=address, actor=admin)

    assert not Person.objects.filter(name="Neu").exists()
    assert Person.objects.get(id=world.anna.id).email == "anna@im.mv.example"


def test_an_admin_vouches_for_what_lies_below_and_the_roots_admin_for_any(world: factories.World) -> None:
    for who, address, at in (
        (world.admin, "neu@laiv.mv.example", world.agency),
        (world.admin, "neu@nord.laiv.mv.example", world.agency),
        (world.chief, "neu@outside.example", world.fm),
    ):
        services.create_person(name="Neu", email=address, authority_id=at.id, actor=Actor.load(who))


def test_a_mail_domain_is_given_from_above(world: factories.World) -> None:
    """Whoever has a domain vouches for its addresses, so nobody takes one that is not theirs."""
    admin = Actor.load(world.admin)
    for domain in ("fm.mv.example", "outside.example", "mv.example"):
        with pytest.raises(Invalid) as refused:
            services.change_authority(world.im.id, domain=domain, actor=admin)
        assert list(refused.value.fields) == ["domain"]
        with pytest.raises(Invalid):
            services.create_authority(
                name="N", short_name="N", parent_id=world.im.id, domain=domain, actor=admin
            )

    services.change_authority(world.agency.id, domain="laiv.im.mv.example", actor=admin)
    services.change_authority(world.im.id, domain="innen.example", actor=Actor.load(world.operator))
    services.change_authority(world.im.id, name="Inneres", domain="innen.example", actor=admin)
    assert Authority.objects.get(id=world.im.id).domain == "innen.example"


def test_an_account_that_reaches_beyond_the_subtree_is_not_the_admins_to_change(
    world: factories.World,
) -> None:
    admin = Actor.load(world.admin)
    Membership.objects.create(person=world.anna, authority=world.fm)
    Membership.objects.create(person=world.bernd, authority=world.im, role=Role.OPERATOR)

    for person in (world.anna, world.bernd):
        with pytest.raises(Forbidden):
            services.change_person(person.id, email="mine@im.mv.example", actor=admin)
        with pytest.raises(Forbidden):
            services.set_password(person.id, "mine-from-now-on", actor=admin)
    with pytest.raises(NotFound):
        services.change_person(world.clara.id, name="X", actor=admin)

    services.change_person(world.anna.id, name="Anna Ahorn", actor=Actor.load(world.chief))


def test_a_changed_address_is_free_again(world: factories.World) -> None:
    admin = Actor.load(world.admin)

    services.change_person(world.anna.id, email="Amsel@im.mv.example", language="en", actor=admin)
    services.change_person(world.bernd.id, email="anna@im.mv.example", actor=admin)

    world.anna.refresh_from_db()
    assert (world.anna.email, world.anna.language) == ("amsel@im.mv.example", "en")
    assert list(PersonAddress.objects.filter(person=world.anna).values_list("address", "is_primary")) == [
        ("amsel@im.mv.example", True)
    ]
    assert PersonAddress.objects.get(address="anna@im.mv.example").person == world.bernd


def test_disabling_a_person(world: factories.World) -> None:
    services.change_person(world.anna.id, is_active=False, actor=Actor.load(world.admin))

    world.anna.refresh_from_db()
    assert not world.anna.is_active
    assert AuditEntry.objects.get(action="person.change").changes == {"is_active": False}


def test_people_of_the_directory_have_no_password_here(world: factories.World) -> None:
    Person.objects.filter(id=world.anna.id).update(issuer="https://login.mv.example")

    with pytest.raises(Forbidden):
        services.set_password(world.anna.id, "long-enough-word", actor=Actor.load(world.admin))


def test_choosing_a_language(world: factories.World) -> None:
    with pytest.raises(Forbidden):
        services.choose_language("en", actor=Actor.system())
    with pytest.raises(Invalid):
        services.choose_language("xx", actor=Actor.load(world.anna))

    assert services.choose_language("en", actor=Actor.load(world.anna)).language == "en"


# Memberships


def test_one_foreign_authority_and_nothing_changes(world: factories.World) -> None:
    for foreign, refusal in ((world.fm.id, NotFound), (uuid7(), NotFound), (world.land.id, Forbidden)):
        with pytest.raises(refusal):
            services.set_memberships(
                world.anna.id,
                [MembershipRequest(world.agency.id), MembershipRequest(foreign)],
                actor=Actor.load(world.admin),
            )

    assert roles_of(world.anna) == {("IM", "staff")}


def test_memberships_elsewhere_stay(world: factories.World) -> None:
    Membership.objects.create(person=world.anna, authority=world.fm)

    services.set_memberships(
        world.anna.id,
        [
            MembershipRequest(world.agency.id, Role.AUTHORITY_ADMIN, is_home=True),
            MembershipRequest(world.agency.id),
        ],
        actor=Actor.load(world.admin),
    )

    assert roles_of(world.anna) == {("LAiV", "authority_admin"), ("LAiV", "staff"), ("FM", "staff")}
    assert Membership.objects.get(person=world.anna, is_home=True).authority == world.agency
    entry = AuditEntry.objects.get(action="person.memberships")
    assert entry.changes == {
        "given": [f"authority_admin@{world.agency.id}", f"staff@{world.agency.id}"],
        "taken": [f"staff@{world.im.id}"],
    }


def test_a_home_elsewhere_is_not_taken_away(world: factories.World) -> None:
    Membership.objects.create(person=world.clara, authority=world.im)

    with pytest.raises(Invalid):
        services.set_memberships(
            world.clara.id,
            [MembershipRequest(world.im.id, is_home=True)],
            actor=Actor.load(world.admin),
        )

    assert Membership.objects.get(person=world.clara, is_home=True).authority == world.fm


def test_an_admin_cannot_take_away_a_role_that_reaches_everywhere(world: factories.World) -> None:
    Membership.objects.create(person=world.anna, authority=world.im, role=Role.OPERATOR)

    with pytest.raises(Forbidden):
        services.set_memberships(world.anna.id, [], actor=Actor.load(world.admin))

    services.set_memberships(
        world.anna.id,
        [MembershipRequest(world.im.id), MembershipRequest(world.im.id, Role.OPERATOR)],
        actor=Actor.load(world.admin),
    )
    assert roles_of(world.anna) == {("IM", "staff"), ("IM", "operator")}


# Quotas


def test_who_may_not_set_a_quota(world: factories.World) -> None:
    for who, of, refusal in (
        (world.anna, world.im, Forbidden),
        (world.admin, world.im, Forbidden),
        (world.admin, world.land, Forbidden),
        (world.admin, world.fm, NotFound),
        (world.clara, world.im, NotFound),
        (world.auditor, world.im, Forbidden),
        (world.chief, world.land, Forbidden),
    ):
        with pytest.raises(refusal):
            services.set_quota(of.id, {"concurrent_seats": 1}, actor=Actor.load(who))

    assert not Quota.objects.exists()


def test_an_admin_splits_among_those_below(world: factories.World) -> None:
    admin = Actor.load(world.admin)

    services.set_quota(world.agency.id, {"concurrent_seats": 50, "concurrent_meetings": 5}, actor=admin)
    quota = services.set_quota(world.agency.id, {"concurrent_seats": 0}, actor=admin)

    assert Quota.objects.get() == quota
    assert (quota.concurrent_seats, quota.concurrent_meetings, quota.seat_hours_per_month) == (
        0,
        None,
        None,
    )
    entry = AuditEntry.objects.filter(action="quota.set").latest("id")
    assert entry.changes == {
        "concurrent_seats": 0,
        "concurrent_meetings": None,
        "seat_hours_per_month": None,
    }
    assert entry.authority_id == world.agency.id


def test_an_operator_sets_the_roots(world: factories.World) -> None:
    services.set_quota(world.land.id, {"seat_hours_per_month": 10_000}, actor=Actor.load(world.operator))

    assert Quota.objects.get().authority == world.land


@pytest.mark.parametrize(
    "limits",
    [
        {"concurrent_seats": -1},
        {"concurrent_seats": True},
        {"concurrent_seats": 1.5},
        {"concurrent_seats": "7"},
        {"concurrent_seats": 10**9},
        {"seats": 7},
    ],
)
def test_wrong_limits(world: factories.World, limits: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        services.set_quota(world.im.id, limits, actor=Actor.load(world.operator))  # type: ignore[arg-type]  # on purpose

    assert list(refused.value.fields) == list(limits)


def test_a_quota_with_a_period_stays_beside_the_standing_one(world: factories.World) -> None:
    today = timezone.localdate()
    factories.quota(world.im, seats=5, valid_from=today, valid_until=today)

    services.set_quota(world.im.id, {"concurrent_seats": 9}, actor=Actor.load(world.operator))

    assert set(Quota.objects.values_list("concurrent_seats", flat=True)) == {5, 9}


# Tokens


def test_nobody_makes_or_ends_a_token_for_somebody_else(world: factories.World) -> None:
    row, _ = services.create_api_token(world.anna, actor=Actor.system())

    for who in (world.bernd, world.admin, world.operator):
        with pytest.raises(NotFound):
            services.create_api_token(world.anna, actor=Actor.load(who))
        with pytest.raises(NotFound):
            services.revoke_api_token(row.id, actor=Actor.load(who))
    with pytest.raises(NotFound):
        services.revoke_api_token(row.id, actor=Actor.nobody())

    assert ApiToken.objects.get().revoked_at is None


def test_a_token_is_random_and_only_its_digest_is_kept(world: factories.World) -> None:
    anna = Actor.load(world.anna)

    row, clear = services.create_api_token(world.anna, "laptop", actor=anna)
    _, other = services.create_api_token(world.anna, actor=anna)

    assert clear != other
    assert len(clear) >= 43
    assert clear not in str(ApiToken.objects.filter(id=row.id).values())


def test_a_token_ends_within_two_years_and_never_in_the_past(world: factories.World) -> None:
    anna = Actor.load(world.anna)

    for distance in (timedelta(0), timedelta(days=731)):
        with pytest.raises(Invalid):
            services.create_api_token(world.anna, expires_at=timezone.now() + distance, actor=anna)


def test_revoking_twice_keeps_the_first_instant(world: factories.World) -> None:
    anna = Actor.load(world.anna)
    row, _ = services.create_api_token(world.anna, actor=anna)

    services.revoke_api_token(row.id, actor=anna)
    first = ApiToken.objects.get().revoked_at
    services.revoke_api_token(row.id, actor=anna)

    assert first is not None
    assert ApiToken.objects.get().revoked_at == first
    assert AuditEntry.objects.filter(action="api_token.revoke").count() == 1
