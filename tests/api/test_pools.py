# SPDX-License-Identifier: EUPL-1.2
"""/pools"""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries, tomorrow, wish
from tests.factories import World
from vconf.bookings.recurrence import to_instant
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
    assert operator.get(f"pools/{world.pool.id}").json() == {**expected, "over_committed": []}
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


def test_pools_do_not_stand_in_for_one_another_in_a_circle(world: World, operator: Caller) -> None:
    near, far = (operator.post("pools", {"name": name}).json() for name in ("Nah", "Fern"))
    operator.patch(f"pools/{world.pool.id}", {"fallback": near["id"]})
    operator.patch(f"pools/{near['id']}", {"fallback": far["id"]})

    circle = operator.patch(f"pools/{far['id']}", {"fallback": str(world.pool.id)})

    assert list(problem(circle, 400, "invalid")["fields"]) == ["fallback"]
    assert Pool.objects.get(id=far["id"]).fallback is None


def test_keeping_a_server_in_reserve_is_not_refused_and_lists_what_was_promised(
    world: World, operator: Caller, admin: Caller, anna: Caller
) -> None:
    halls = [factories.room(f"Halle {n}", 200, world.im, world.pool, world.standard) for n in range(2)]
    for hall in halls:
        assert anna.post("bookings", wish(room=str(hall.id), seats=200)).status_code == 201
    path = f"pools/{world.pool.id}"
    over = {
        "from": to_instant(tomorrow(9), "Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%SZ"),
        "until": to_instant(tomorrow(10), "Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%SZ"),
        "what": "seats",
        "limit": 300.0,
        "in_use": 400.0,
    }

    tried = operator.patch(f"{path}?dry_run=true", {"n_plus_one": True})
    unchanged = operator.get(path)
    done = operator.patch(path, {"n_plus_one": True})

    assert tried.json()["over_committed"] == done.json()["over_committed"] == [over]
    assert (unchanged.json()["n_plus_one"], unchanged.json()["over_committed"]) == (False, [])
    assert admin.get(path).json()["over_committed"] is None
    third = factories.room("Halle 3", 5, world.im, world.pool, world.standard)
    refused = problem(anna.post("bookings", wish(room=str(third.id), seats=5)), 409, "no_capacity")
    assert (refused["limit"], refused["in_use"], refused["asked"]) == (300, 400, 5)


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
