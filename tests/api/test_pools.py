# SPDX-License-Identifier: EUPL-1.2
"""/pools"""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries
from tests.factories import World
from vconf.rooms.models import ConferenceServer, Pool


def test_nobody_sees_pools(world: World, nobody: Caller) -> None:
    problem(nobody.get("pools"), 401, "not_signed_in")


@pytest.mark.parametrize("who", ["anna", "auditor"])
def test_to_staff_there_are_none(world: World, who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)

    assert caller.get("pools").json()["results"] == []
    foreign, absent = (caller.get(f"pools/{one}") for one in (world.pool.id, ABSENT))
    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


@pytest.mark.parametrize("who", ["anna", "admin", "chief", "auditor"])
def test_only_operators_add_and_change_pools(world: World, who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)

    problem(caller.post("pools", {"name": "Neu"}), 403, "forbidden")
    problem(caller.patch(f"pools/{world.pool.id}", {"n_plus_one": True}), 403, "forbidden")

    assert list(Pool.objects.values_list("name", "n_plus_one")) == [("Rechenzentrum", False)]


def test_shows_seats_of_enabled_servers_and_the_number_of_all(
    world: World, operator: Caller, admin: Caller
) -> None:
    ConferenceServer.objects.filter(id=world.servers[0].id).update(state="draining")

    expected = {
        "id": str(world.pool.id),
        "name": "Rechenzentrum",
        "n_plus_one": False,
        "fallback": None,
        "seats": 300,
        "servers": 2,
    }
    assert operator.get(f"pools/{world.pool.id}").json() == expected
    assert admin.get("pools").json()["results"] == [expected]


def test_an_operator_adds_and_changes_one(operator: Caller) -> None:
    created = operator.post("pools", {"name": "Reserve"})
    changed = operator.patch(f"pools/{created.json()['id']}", {"n_plus_one": True})

    assert (created.status_code, created.json()["servers"], created.json()["seats"]) == (201, 0, 0)
    assert created["Location"] == f"http://testserver/api/v1/pools/{created.json()['id']}"
    assert (changed.json()["name"], changed.json()["n_plus_one"]) == ("Reserve", True)


def test_another_pool_stands_in_when_one_is_full(world: World, operator: Caller) -> None:
    spare = operator.post("pools", {"name": "Reserve"}).json()
    path = f"pools/{world.pool.id}"

    named = operator.patch(path, {"fallback": spare["id"]})
    renamed = operator.patch(path, {"name": "RZ"})
    itself = operator.patch(path, {"fallback": str(world.pool.id)})
    absent = operator.patch(path, {"fallback": str(ABSENT)})
    none = operator.patch(path, {"fallback": None})

    assert named.json()["fallback"] == {"id": spare["id"], "name": "Reserve"}
    assert renamed.json()["fallback"] == {"id": spare["id"], "name": "Reserve"}
    assert list(problem(itself, 400, "invalid")["fields"]) == ["fallback"]
    problem(absent, 404, "not_found")
    assert none.json()["fallback"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "rechenzentrum"}, "name"),
        ({"name": "x", "seats": 1}, "seats"),
    ],
)
def test_one_that_cannot_be_is_refused(
    world: World, operator: Caller, body: dict[str, Any], field: str
) -> None:
    assert list(problem(operator.post("pools", body), 400, "invalid")["fields"]) == [field]


def test_costs_the_same_for_one_and_for_three(world: World, operator: Caller) -> None:
    for_one = queries(lambda: operator.get("pools"))
    factories.pool("Zweiter")
    factories.pool("Dritter")

    assert queries(lambda: operator.get("pools")) == for_one
