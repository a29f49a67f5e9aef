# SPDX-License-Identifier: EUPL-1.2
"""/authorities"""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries
from tests.factories import World
from vconf.authorities.models import Authority


def names(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["short_name"] for row in response.json()["results"]]


def new_authority(parent: object, **fields: Any) -> dict[str, Any]:
    return {"name": "Landespolizeiamt", "short_name": "LPA", "parent": str(parent), **fields}


def test_nobody_sees_the_tree(world: World, nobody: Caller) -> None:
    problem(nobody.get("authorities"), 401, "not_signed_in")


def test_foreign_and_absent_answer_alike(world: World, clara: Caller) -> None:
    for act in (
        lambda one: clara.get(f"authorities/{one}"),
        lambda one: clara.patch(f"authorities/{one}", {"name": "Meins"}),
    ):
        foreign, absent = act(world.im.id), act(ABSENT)
        problem(foreign, 404, "not_found")
        assert foreign.json() == absent.json()


def test_staff_see_their_own_and_those_above(anna: Caller, clara: Caller) -> None:
    assert names(clara.get("authorities")) == ["FM", "MV"]
    assert names(anna.get("authorities")) == ["MV", "IM"]


def test_an_admin_sees_the_subtree_an_operator_all(admin: Caller, operator: Caller) -> None:
    assert names(admin.get("authorities")) == ["MV", "LAiV", "IM"]
    assert names(operator.get("authorities")) == ["FM", "MV", "LAiV", "IM"]


@pytest.mark.parametrize("who", ["anna", "clara", "auditor"])
def test_staff_add_no_authority(world: World, who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)

    assert caller.post("authorities", new_authority(world.im.id)).status_code in (403, 404)
    assert Authority.objects.count() == 4


def test_an_admin_adds_none_elsewhere(world: World, admin: Caller) -> None:
    problem(admin.post("authorities", new_authority(world.land.id)), 403, "forbidden")
    foreign, absent = (admin.post("authorities", new_authority(one)) for one in (world.fm.id, ABSENT))
    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


def test_an_admin_adds_one_below(world: World, admin: Caller) -> None:
    response = admin.post("authorities", new_authority(world.agency.id, domain="LPA.laiv.mv.example"))

    assert response.status_code == 201, response.content
    created = Authority.objects.get(short_name="LPA")
    assert response["Location"] == f"http://testserver/api/v1/authorities/{created.id}"
    assert response.json() == {
        "id": str(created.id),
        "name": "Landespolizeiamt",
        "short_name": "LPA",
        "domain": "lpa.laiv.mv.example",
        "parent": str(world.agency.id),
        "path": [
            {"id": str(one.id), "short_name": one.short_name}
            for one in (world.land, world.im, world.agency, created)
        ],
        "children_count": 0,
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Landesamt für innere Verwaltung"}, "name"),
        ({"short_name": "x" * 41}, "short_name"),
        ({"parent": None}, "parent"),
        ({"parent": "IM"}, "parent"),
        ({"id": str(ABSENT)}, "id"),
        ({"path": []}, "path"),
    ],
)
def test_one_that_cannot_be_is_refused(
    world: World, admin: Caller, changes: dict[str, Any], field: str
) -> None:
    response = admin.post("authorities", new_authority(world.im.id) | changes)

    assert list(problem(response, 400, "invalid")["fields"]) == [field]


def test_an_admin_renames(world: World, admin: Caller) -> None:
    body = admin.patch(f"authorities/{world.agency.id}", {"short_name": "LAIV"}).json()

    assert (body["short_name"], body["name"]) == ("LAIV", "Landesamt für innere Verwaltung")


def test_its_place_in_the_tree_cannot_be_changed(world: World, chief: Caller) -> None:
    response = chief.patch(f"authorities/{world.agency.id}", {"parent": str(world.fm.id)})

    assert list(problem(response, 400, "invalid")["fields"]) == ["parent"]


def test_search_by_parent_and_name(world: World, chief: Caller) -> None:
    assert names(chief.get("authorities", {"parent": str(world.land.id)})) == ["FM", "IM"]
    assert names(chief.get("authorities", {"q": "inner"})) == ["LAiV", "IM"]


def test_costs_the_same_for_one_and_for_three(world: World, chief: Caller) -> None:
    for_one = queries(lambda: chief.get("authorities?page_size=1"))
    for number in range(3):
        factories.authority(f"Amt {number}", world.agency)

    assert queries(lambda: chief.get("authorities")) == for_one
