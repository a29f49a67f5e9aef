# SPDX-License-Identifier: EUPL-1.2
"""/people: looking up colleagues; accounts and roles for authority admins"""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries
from tests.factories import World
from vconf.authorities.models import Membership, Person, Role


def new_person(world: World, **fields: Any) -> dict[str, Any]:
    return {"name": "Emil Eiche", "email": "Emil@im.mv.example", "authority": str(world.im.id), **fields}


# --- GET /people ------------------------------------------------------------------------------------------


def test_nobody_looks_people_up(world: World, nobody: Caller) -> None:
    problem(nobody.get("people?q=anna"), 401, "not_signed_in")


def test_who_works_nowhere_looks_nobody_up(auditor: Caller) -> None:
    problem(auditor.get("people?q=anna"), 403, "forbidden")


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=an", "?q=%20%20%20", "?q=a%20n", "?q=%00%00%00", "?name=anna"]
)
def test_short_queries_are_refused(anna: Caller, query: str) -> None:
    assert problem(anna.get(f"people{query}"), 400, "invalid")["fields"]


def test_colleagues_everywhere_are_found_by_parts_of_their_name(world: World, anna: Caller) -> None:
    response = anna.get("people?q=cla clas")

    assert response.json() == [
        {
            "id": str(world.clara.id),
            "name": "Clara Clasen",
            "email": "clara@fm.mv.example",
            "authority": {"id": str(world.fm.id), "name": "Finanzministerium", "short_name": "FM"},
        }
    ]


def test_no_more_than_twenty_are_named(world: World, anna: Caller) -> None:
    for number in range(25):
        factories.person(f"Muster {number:02}", world.fm)

    assert len(anna.get("people?q=muster").json()) == 20


def test_disabled_people_are_not_found(world: World, anna: Caller) -> None:
    Person.objects.filter(id=world.clara.id).update(is_active=False)

    assert anna.get("people?q=clara").json() == []


def test_percent_and_underscore_are_letters_like_others(anna: Caller) -> None:
    assert anna.get("people?q=%25%25%25").json() == []
    assert anna.get("people?q=___").json() == []


def test_harvesting_is_slowed_down(anna: Caller, bernd: Caller) -> None:
    answers = [anna.get("people?q=clara") for _ in range(61)]

    assert {answer.status_code for answer in answers[:60]} == {200}
    problem(answers[60], 429, "throttled")
    assert int(answers[60]["Retry-After"]) > 0
    assert bernd.get("people?q=clara").status_code == 200


def test_costs_the_same_for_one_and_for_three(world: World, anna: Caller) -> None:
    factories.person("Muster Eins", world.fm)
    for_one = queries(lambda: anna.get("people?q=muster"))
    factories.person("Muster Zwei", world.fm)
    factories.person("Muster Drei", world.im)

    assert queries(lambda: anna.get("people?q=muster")) == for_one


# --- POST /people -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["anna", "clara", "operator", "auditor"])
def test_only_authority_admins_open_accounts(world: World, who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)
    before = Person.objects.count()

    assert caller.post("people", new_person(world)).status_code in (403, 404)
    assert Person.objects.count() == before


def test_an_admin_opens_none_elsewhere(world: World, admin: Caller) -> None:
    foreign, absent = (
        admin.post("people", new_person(world, authority=str(one))) for one in (world.fm.id, ABSENT)
    )

    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


@pytest.mark.parametrize("role", ["operator", "auditor"])
def test_an_admin_makes_no_operator_of_the_installation(world: World, admin: Caller, role: str) -> None:
    problem(admin.post("people", new_person(world, role=role)), 403, "forbidden")


def test_an_admin_opens_an_account(world: World, admin: Caller) -> None:
    response = admin.post("people", new_person(world, password="eine lange Kennung"))

    assert response.status_code == 201, response.content
    person = Person.objects.get(email="emil@im.mv.example")
    im = {"id": str(world.im.id), "name": "Ministerium für Inneres", "short_name": "IM"}
    assert response["Location"] == f"http://testserver/api/v1/people/{person.id}"
    assert response.json() == {
        "id": str(person.id),
        "name": "Emil Eiche",
        "email": "emil@im.mv.example",
        "authority": im,
        "language": "de",
        "is_active": True,
        "memberships": [{"authority": im, "roles": ["staff"]}],
    }
    assert person.check_password("eine lange Kennung")


def test_a_rooms_address_is_nobodys_own(world: World, chief: Caller) -> None:
    problem(chief.post("people", new_person(world) | {"email": world.big.address}), 400, "invalid")
    problem(chief.patch(f"people/{world.anna.id}", {"email": world.big.address.upper()}), 400, "invalid")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "emil"}, "email"),
        ({"email": "anna@im.mv.example"}, "email"),
        ({"password": "kurz"}, "password"),
        ({"role": "king"}, "role"),
        ({"language": "fr"}, "language"),
        ({"subject": "x"}, "subject"),
        ({"issuer": "x"}, "issuer"),
        ({"is_superuser": True}, "is_superuser"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    world: World, admin: Caller, changes: dict[str, Any], field: str
) -> None:
    response = admin.post("people", new_person(world) | changes)

    assert list(problem(response, 400, "invalid")["fields"]) == [field]


# --- GET, PATCH /people/{id} ------------------------------------------------------------------------------


def test_accounts_elsewhere_are_as_absent(world: World, admin: Caller) -> None:
    for act in (
        lambda one: admin.get(f"people/{one}"),
        lambda one: admin.patch(f"people/{one}", {"name": "Meins"}),
        lambda one: admin.put(f"people/{one}/memberships", {"memberships": []}),
    ):
        foreign, absent = act(world.clara.id), act(ABSENT)
        problem(foreign, 404, "not_found")
        assert foreign.json() == absent.json()


def test_staff_see_no_account_not_even_their_own(world: World, anna: Caller) -> None:
    problem(anna.get(f"people/{world.anna.id}"), 404, "not_found")


def test_an_admin_changes_an_account_and_disables_it(world: World, admin: Caller, bernd: Caller) -> None:
    changed = admin.patch(f"people/{world.bernd.id}", {"name": "Bernd Birke", "is_active": False})

    assert (changed.json()["name"], changed.json()["is_active"]) == ("Bernd Birke", False)
    problem(bernd.get("me"), 401, "not_signed_in")


def test_who_also_works_elsewhere_is_not_one_admins_to_change(world: World, admin: Caller) -> None:
    Membership.objects.create(person=world.bernd, authority=world.fm)

    problem(admin.patch(f"people/{world.bernd.id}", {"email": "minister@fm.mv.example"}), 403, "forbidden")
    shown = admin.get(f"people/{world.bernd.id}").json()["memberships"]
    assert [one["authority"]["short_name"] for one in shown] == ["IM"]


# --- PUT /people/{id}/memberships -------------------------------------------------------------------------


def test_one_foreign_authority_and_nothing_changes(world: World, admin: Caller) -> None:
    wanted = [{"authority": str(one), "roles": ["staff"]} for one in (world.agency.id, world.fm.id)]

    problem(admin.put(f"people/{world.bernd.id}/memberships", {"memberships": wanted}), 404, "not_found")

    assert [one.authority for one in Membership.objects.filter(person=world.bernd)] == [world.im]


def test_roles_of_the_installation_are_not_an_authoritys_to_give(world: World, admin: Caller) -> None:
    wanted = [{"authority": str(world.im.id), "roles": ["staff", "operator"]}]

    problem(admin.put(f"people/{world.bernd.id}/memberships", {"memberships": wanted}), 403, "forbidden")


def test_sets_roles_within_the_subtree(world: World, admin: Caller) -> None:
    wanted = [
        {"authority": str(world.im.id), "roles": ["staff", "authority_admin"], "is_home": True},
        {"authority": str(world.agency.id), "roles": ["staff"]},
    ]

    body = admin.put(f"people/{world.bernd.id}/memberships", {"memberships": wanted}).json()

    assert [(one["authority"]["short_name"], one["roles"]) for one in body["memberships"]] == [
        ("IM", ["authority_admin", "staff"]),
        ("LAiV", ["staff"]),
    ]
    assert body["authority"]["short_name"] == "IM"


def test_an_empty_list_takes_only_what_is_the_admins_to_take(world: World, admin: Caller) -> None:
    Membership.objects.create(person=world.bernd, authority=world.fm, role=Role.STAFF)

    response = admin.put(f"people/{world.bernd.id}/memberships", {"memberships": []})

    assert response.status_code == 200, response.content
    assert [one.authority for one in Membership.objects.filter(person=world.bernd)] == [world.fm]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "memberships"),
        ({"memberships": "staff"}, "memberships"),
        ({"memberships": [{"roles": ["staff"]}]}, "memberships.0.authority"),
        ({"memberships": [{"authority": str(ABSENT), "roles": []}]}, "memberships.0.roles"),
        ({"memberships": [{"authority": str(ABSENT), "roles": ["king"]}]}, "memberships.0.roles.0"),
        (
            {"memberships": [{"authority": str(ABSENT), "roles": ["staff"], "person": "x"}]},
            "memberships.0.person",
        ),
    ],
)
def test_memberships_that_cannot_be_are_refused(world: World, admin: Caller, wanted: Any, field: str) -> None:
    response = admin.put(f"people/{world.bernd.id}/memberships", wanted)

    assert list(problem(response, 400, "invalid")["fields"]) == [field]
