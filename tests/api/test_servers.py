# SPDX-License-Identifier: EUPL-1.2
"""/servers: the operators' own. The door lies in integrations/conferencing, and speaks like the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries, tomorrow, wish
from tests.factories import World
from tests.simulator_fixture import SimulatorProcess
from vconf.bookings.recurrence import to_instant
from vconf.rooms.models import ConferenceServer


def new_server(world: World, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "bigbluebutton",
        "name": "bbb-03",
        "base_url": "https://bbb-03.rz.mv.example/bigbluebutton",
        "secret": "geheim-4711",
        "pool": str(world.pool.id),
        "seats": 300,
        **fields,
    }


# --- who may not ------------------------------------------------------------------------------------------


def test_nobody_sees_servers(world: World, nobody: Caller) -> None:
    problem(nobody.get("servers"), 401, "not_signed_in")
    problem(nobody.post("servers", new_server(world)), 401, "not_signed_in")


@pytest.mark.parametrize("who", ["anna", "admin", "chief", "auditor"])
def test_only_operators_see_and_change_them(world: World, who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)

    for one in (world.servers[0].id, ABSENT):
        problem(caller.get(f"servers/{one}"), 403, "forbidden")
        problem(caller.patch(f"servers/{one}", {"state": "disabled"}), 403, "forbidden")
        problem(caller.delete(f"servers/{one}"), 403, "forbidden")
        problem(caller.post(f"servers/{one}/check"), 403, "forbidden")
    problem(caller.get("servers"), 403, "forbidden")
    problem(caller.post("servers", {"nonsense": 1}), 403, "forbidden")
    assert set(ConferenceServer.objects.values_list("state", flat=True)) == {"enabled"}


def test_absent_ones_are_not_found(world: World, operator: Caller) -> None:
    problem(operator.get(f"servers/{ABSENT}"), 404, "not_found")
    problem(operator.patch(f"servers/{ABSENT}", {"state": "disabled"}), 404, "not_found")
    problem(operator.delete(f"servers/{ABSENT}"), 404, "not_found")
    problem(operator.post(f"servers/{ABSENT}/check"), 404, "not_found")
    problem(operator.post("servers", new_server(world, pool=str(ABSENT))), 404, "not_found")


@pytest.mark.parametrize(
    "field", ["id", "health", "hook_token", "live_people", "reserved_now", "pool", "kind"]
)
def test_what_is_seen_is_not_set(world: World, operator: Caller, field: str) -> None:
    response = operator.patch(f"servers/{world.servers[0].id}", {field: "x"})

    assert list(problem(response, 400, "invalid")["fields"]) == [field]


# --- registering ------------------------------------------------------------------------------------------


def test_a_server_is_registered_and_its_secret_never_shown(world: World, operator: Caller) -> None:
    response = operator.post("servers", new_server(world))

    server = ConferenceServer.objects.get(name="bbb-03")
    assert response.status_code == 201, response.content
    assert response["Location"] == f"http://testserver/api/v1/servers/{server.id}"
    assert response.json() == {
        "id": str(server.id),
        "kind": "bigbluebutton",
        "name": "bbb-03",
        "base_url": "https://bbb-03.rz.mv.example/bigbluebutton/api/",
        "pool": {"id": str(world.pool.id), "name": "Rechenzentrum"},
        "seats": 300,
        "meetings": None,
        "weight": 100,
        "state": "enabled",
        "health": "unknown",
        "health_detail": "",
        "version": "",
        "last_seen_at": None,
        "live_meetings": 0,
        "live_people": 0,
        "reserved_now": 0,
        "over_committed": [],
    }
    shown = [
        operator.get("servers"),
        operator.get(f"servers/{server.id}"),
        operator.patch(f"servers/{server.id}", {"secret": "geheim-0815"}),
        operator.post("servers", new_server(world)),
    ]
    assert server.secret == "geheim-4711"
    assert not any(
        b"geheim" in answer.content or server.hook_token.encode() in answer.content for answer in shown
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "zoom"}, "kind"),
        ({"name": ""}, "name"),
        ({"name": "rechenzentrum-1"}, "name"),
        ({"base_url": "ftp://bbb.example"}, "base_url"),
        ({"base_url": "https://user:word@bbb.example/"}, "base_url"),
        ({"secret": ""}, "secret"),
        ({"seats": 0}, "seats"),
        ({"seats": 10**19}, "seats"),
        ({"meetings": 0}, "meetings"),
        ({"weight": 0}, "weight"),
        ({"state": "disabled"}, "state"),
    ],
)
def test_one_that_cannot_be_is_refused(
    world: World, operator: Caller, changes: dict[str, Any], field: str
) -> None:
    response = operator.post("servers", new_server(world) | changes)

    assert list(problem(response, 400, "invalid")["fields"]) == [field]
    assert b"geheim" not in response.content
    assert ConferenceServer.objects.count() == 2


# --- listing ----------------------------------------------------------------------------------------------


def test_shows_what_is_reserved_at_this_moment(world: World, operator: Caller, anna: Caller) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    anna.post("bookings", wish(starts_at=now.isoformat(), ends_at=None, duration=30, seats=25))

    rows = operator.get("servers").json()["results"]

    assert sorted(row["reserved_now"] for row in rows) == [0, 25]


def test_search_by_pool_and_state(world: World, operator: Caller) -> None:
    other = factories.pool("Reserve", servers=(100,))
    ConferenceServer.objects.filter(id=world.servers[0].id).update(state="draining")

    def names(**query: str) -> list[str]:
        return [row["name"] for row in operator.get("servers", query).json()["results"]]

    assert names(pool=str(other.id)) == ["reserve-1"]
    assert names(state="draining") == ["rechenzentrum-1"]


def test_costs_the_same_for_two_and_for_five(world: World, operator: Caller) -> None:
    for_two = queries(lambda: operator.get("servers"))
    for _ in range(3):
        factories.server(world.pool)

    assert queries(lambda: operator.get("servers")) == for_two


# --- changing, removing -----------------------------------------------------------------------------------


def test_draining_is_not_refused_and_lists_what_was_promised(
    world: World, operator: Caller, anna: Caller
) -> None:
    anna.post("bookings", wish(room=str(world.big.id), seats=40))
    (server,) = (one for one in world.servers if operator.get(f"servers/{one.id}").json() and _promised(one))
    over = {
        "from": to_instant(tomorrow(9), "Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%SZ"),
        "until": to_instant(tomorrow(10), "Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%SZ"),
        "what": "seats",
        "limit": 0.0,
        "in_use": 40.0,
    }

    tried = operator.patch(f"servers/{server.id}?dry_run=true", {"state": "draining"})
    unchanged = operator.get(f"servers/{server.id}").json()
    done = operator.patch(f"servers/{server.id}", {"state": "draining"})

    assert (tried.status_code, tried.json()["over_committed"]) == (200, [over])
    assert (unchanged["state"], unchanged["over_committed"]) == ("enabled", [])
    assert (done.json()["state"], done.json()["over_committed"]) == ("draining", [over])


def _promised(server: ConferenceServer) -> bool:
    from vconf.bookings.models import Occurrence

    return Occurrence.objects.filter(reserved_server=server).exists()


def test_one_that_was_never_used_is_removed_others_are_not(
    world: World, operator: Caller, anna: Caller
) -> None:
    anna.post("bookings", wish())
    used = next(one for one in world.servers if _promised(one))
    unused = next(one for one in world.servers if not _promised(one))

    problem(operator.delete(f"servers/{used.id}"), 409, "still_used")
    assert operator.delete(f"servers/{unused.id}").status_code == 204
    assert list(ConferenceServer.objects.all()) == [used]


# --- POST /servers/{id}/check -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulator() -> Iterator[SimulatorProcess]:
    simulator = SimulatorProcess()
    simulator.start()
    yield simulator
    simulator.stop()


def test_a_check_asks_the_server(world: World, operator: Caller, simulator: SimulatorProcess) -> None:
    server = factories.server(world.pool, base_url=simulator.base_url, secret=simulator.secret)

    response = operator.post(f"servers/{server.id}/check")

    body = response.json()
    assert (response.status_code, body["reachable"], body["secret_ok"], body["code"]) == (200, True, True, "")
    assert body["version"]
    shown = operator.get(f"servers/{server.id}").json()
    assert shown["health"] == "ok"
    assert timezone.now() - datetime.fromisoformat(shown["last_seen_at"]) < timedelta(minutes=1)


def test_a_check_tells_a_wrong_secret(world: World, operator: Caller, simulator: SimulatorProcess) -> None:
    server = factories.server(world.pool, base_url=simulator.base_url, secret="not the simulator's")

    body = operator.post(f"servers/{server.id}/check").json()

    assert (body["reachable"], body["secret_ok"], body["code"]) == (True, False, "wrong_secret")
    assert "not the simulator's" not in str(body)
    assert operator.get(f"servers/{server.id}").json()["health"] == "suspect"


def test_a_check_tells_an_unreachable_server(world: World, operator: Caller) -> None:
    server = factories.server(world.pool, base_url="http://127.0.0.1:9/bigbluebutton/api/")

    body = operator.post(f"servers/{server.id}/check").json()

    assert (body["reachable"], body["secret_ok"], body["code"]) == (False, None, "unreachable")


def test_a_check_of_a_kind_that_is_not_spoken_yet_says_so(world: World, operator: Caller) -> None:
    server = factories.server(world.pool, kind="jitsi")

    body = operator.post(f"servers/{server.id}/check").json()

    assert (body["reachable"], body["code"]) == (False, "unknown_kind")
