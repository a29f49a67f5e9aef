# SPDX-License-Identifier: EUPL-1.2
"""/servers: the operators' own. The door lies in integrations/conferencing, and speaks like the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.urls import resolve
from django.utils import timezone

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries, tomorrow, wish
from tests.factories import World
from tests.realtime.dates import a_date, take_this_minute
from tests.rooms.test_certificates import certificate
from tests.simulator_fixture import SimulatorProcess
from vconf.audit.models import AuditEntry
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.recurrence import to_instant
from vconf.integrations.conferencing.callback_urls import ended_url, events_url
from vconf.integrations.conferencing.checks import keep_report
from vconf.integrations.conferencing.port import ServerReport
from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer
from vconf.web.limits import ServerChecks


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
        for what in ("meetings", "events", "drain"):
            problem(caller.get(f"servers/{one}/{what}"), 403, "forbidden")
    problem(caller.get("servers"), 403, "forbidden")
    problem(caller.post("servers", {"nonsense": 1}), 403, "forbidden")
    problem(caller.post("servers/check", {"nonsense": 1}), 403, "forbidden")
    assert set(ConferenceServer.objects.values_list("state", flat=True)) == {"enabled"}


def test_absent_ones_are_not_found(world: World, operator: Caller) -> None:
    problem(operator.get(f"servers/{ABSENT}"), 404, "not_found")
    problem(operator.patch(f"servers/{ABSENT}", {"state": "disabled"}), 404, "not_found")
    problem(operator.delete(f"servers/{ABSENT}"), 404, "not_found")
    problem(operator.post(f"servers/{ABSENT}/check"), 404, "not_found")
    for what in ("meetings", "events", "drain"):
        problem(operator.get(f"servers/{ABSENT}/{what}"), 404, "not_found")
    problem(operator.post("servers/check", new_server(world, pool=str(ABSENT))), 404, "not_found")
    problem(operator.post("servers?unchecked=true", new_server(world, pool=str(ABSENT))), 404, "not_found")


@pytest.mark.parametrize(
    "field", ["id", "health", "hook_token", "live_people", "reserved_now", "pool", "kind"]
)
def test_what_is_seen_is_not_set(world: World, operator: Caller, field: str) -> None:
    response = operator.patch(f"servers/{world.servers[0].id}", {field: "x"})

    assert list(problem(response, 400, "invalid")["fields"]) == [field]


# --- registering ------------------------------------------------------------------------------------------


def test_a_server_is_registered_and_its_secret_never_shown(world: World, operator: Caller) -> None:
    response = operator.post("servers?unchecked=true", new_server(world))

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
        "draining_since": None,
        "health": "unknown",
        "health_since": None,
        "health_detail": "",
        "trouble": None,
        "version": "",
        "last_seen_at": None,
        "live_meetings": 0,
        "live_people": 0,
        "load": None,
        "reserved_now": 0,
        "abilities": [],
        "findings": [],
        "clock_skew_ms": None,
        "checked_at": None,
        "drift": [],
        "checksum_algorithm": "sha256",
        "hook_signature": "raw-body",
        "options": {},
        "keys_set": [],
        "ca_certificates": "",
        "callback_urls": {
            "events": events_url(server),
            "ended": ended_url(server),
            "reservations": None,
        },
        "over_committed": [],
    }
    shown = [
        operator.get("servers"),
        operator.get(f"servers/{server.id}"),
        operator.patch(f"servers/{server.id}", {"secret": "geheim-0815"}),
        operator.post("servers?unchecked=true", new_server(world)),
    ]
    assert server.secret == "geheim-4711"
    assert not any(b"geheim" in answer.content for answer in shown)
    # whoever knows it may call us as the server: shown where it is copied from, not in lists
    assert server.hook_token.encode() not in shown[0].content


def test_certificates_of_its_authority_are_taken_shown_and_taken_back(world: World, operator: Caller) -> None:
    pem = certificate()
    created = operator.post("servers?unchecked=true", new_server(world, ca_certificates=pem)).json()
    assert created["ca_certificates"] == pem

    refused = problem(operator.patch(f"servers/{created['id']}", {"ca_certificates": "x"}), 400, "invalid")
    assert list(refused["fields"]) == ["ca_certificates"]
    assert operator.patch(f"servers/{created['id']}", {"ca_certificates": ""}).json()["ca_certificates"] == ""


def test_keys_are_kept_encrypted_and_only_named(world: World, operator: Caller) -> None:
    body = new_server(world, kind="jitsi", base_url="https://meet.example", options={"app_id": "vconf"})
    created = operator.post(
        "servers?unchecked=true", body | {"keys": {"reservation_token": "geheim-r-0123456789"}}
    )

    server = ConferenceServer.objects.get(name="bbb-03")
    assert created.json()["keys_set"] == ["reservation_token"]
    assert created.json()["options"]["app_id"] == "vconf"
    assert json.loads(server.keys) == {"reservation_token": "geheim-r-0123456789"}
    prefix = f"{settings.VCONF_PUBLIC_URL}/integrations/jitsi/{server.hook_token}"
    assert created.json()["callback_urls"] == {"events": prefix, "ended": None, "reservations": prefix}
    for what in ("conference", "events/room/created"):
        assert resolve(f"{urlsplit(prefix).path}/{what}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT keys FROM rooms_conferenceserver WHERE name = 'bbb-03'")
        assert "geheim" not in cursor.fetchone()[0]

    renamed = operator.patch(f"servers/{server.id}", {"name": "meet-03"})
    emptied = operator.patch(f"servers/{server.id}", {"keys": {"reservation_token": ""}})

    assert renamed.json()["keys_set"] == ["reservation_token"]
    assert emptied.json()["keys_set"] == []
    assert not any(b"geheim" in answer.content for answer in (created, renamed, emptied))
    entries = AuditEntry.objects.filter(object_type="server")
    assert "geheim" not in str(list(entries.values("changes", "numbers")))


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
        ({"options": {"nonsense": 1}}, "options.nonsense"),
        ({"keys": {"nonsense": "x"}}, "keys.nonsense"),
        ({"checksum_algorithm": "md5"}, "checksum_algorithm"),
        ({"hook_signature": "none"}, "hook_signature"),
        ({"state": "disabled"}, "state"),
    ],
)
def test_one_that_cannot_be_is_refused(
    world: World, operator: Caller, changes: dict[str, Any], field: str
) -> None:
    response = operator.post("servers?unchecked=true", new_server(world) | changes)

    assert list(problem(response, 400, "invalid")["fields"]) == [field]
    assert b"geheim" not in response.content
    if field != "name":  # whether it is taken is found out when it is saved
        assert problem(operator.post("servers/check", new_server(world) | changes), 400, "invalid")
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


def test_draining_moves_what_fits_elsewhere_and_is_taken_back(
    world: World, operator: Caller, anna: Caller
) -> None:
    anna.post("bookings", wish(room=str(world.big.id), seats=40))
    (server,) = (one for one in world.servers if _promised(one))

    plan = operator.get(f"servers/{server.id}/drain").json()
    done = operator.patch(f"servers/{server.id}", {"state": "draining"})

    assert plan == {"live": 0, "moves": 1, "stays": [], "stays_count": 0, "empty_at": None}
    assert (done.json()["state"], done.json()["over_committed"]) == ("draining", [])
    assert done.json()["draining_since"]
    assert not _promised(server)
    back = operator.patch(f"servers/{server.id}", {"state": "enabled"}).json()
    assert (back["state"], back["draining_since"]) == ("enabled", None)
    kinds = [
        (row["kind"], row["code"]) for row in operator.get(f"servers/{server.id}/events").json()["results"]
    ]
    assert kinds[:1] == [("state", "enabled")]
    assert ("state", "draining") in kinds


def test_draining_is_not_refused_and_names_beforehand_what_stays(
    world: World, operator: Caller, anna: Caller
) -> None:
    anna.post("bookings", wish(room=str(world.big.id), seats=40))
    (server,) = (one for one in world.servers if _promised(one))
    ConferenceServer.objects.exclude(id=server.id).update(seats=30)
    begins = to_instant(tomorrow(9), "Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%SZ")
    ends = to_instant(tomorrow(10), "Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%SZ")
    over = {"from": begins, "until": ends, "what": "seats", "limit": 0.0, "in_use": 40.0}

    plan = operator.get(f"servers/{server.id}/drain").json()
    tried = operator.patch(f"servers/{server.id}?dry_run=true", {"state": "draining"})
    unchanged = operator.get(f"servers/{server.id}").json()
    done = operator.patch(f"servers/{server.id}", {"state": "draining"})

    (stays,) = plan.pop("stays")
    assert plan == {"live": 0, "moves": 0, "stays_count": 1, "empty_at": ends}
    assert stays.pop("occurrence")
    assert stays == {
        "room": {"id": str(world.big.id), "name": "Großer Saal"},
        "starts_at": begins,
        "ends_at": ends,
        "seats": 40,
        "why": "too_large",
    }
    assert (tried.status_code, tried.json()["over_committed"]) == (200, [over])
    assert (unchanged["state"], unchanged["over_committed"]) == ("enabled", [])
    assert (done.json()["state"], done.json()["over_committed"]) == ("draining", [over])


def test_a_change_of_the_secret_forgets_what_was_seen(world: World, operator: Caller) -> None:
    server = world.servers[0]
    ConferenceServer.objects.filter(id=server.id).update(
        health="down", failures=5, health_detail="timeout: x"
    )

    before = operator.get(f"servers/{server.id}").json()
    after = operator.patch(f"servers/{server.id}", {"secret": "new"}).json()

    assert (before["health"], before["trouble"]["code"]) == ("down", "timeout")
    assert before["trouble"]["detail"] and before["trouble"]["advice"]
    assert (after["health"], after["trouble"]) == ("unknown", None)


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


# --- what runs on it, what happened to it -------------------------------------------------------------------


def test_meetings_on_it_show_numbers_and_no_titles(world: World, operator: Caller) -> None:
    take_this_minute()
    date = a_date(world.big, world.anna, minutes=50)
    why_not = {"code": "lacks", "server": "bbb-9", "abilities": ["lobby"]}
    place = {"server": "bbb-1", "needed": 10, "free": 240, "seats": 300, "load": 0.5}
    meeting = open_occurrence(date.id, explanation={"code": "chosen", **place, "why_not": why_not})

    response = operator.get(f"servers/{meeting.server_id}/meetings", HTTP_ACCEPT_LANGUAGE="de")

    (row,) = response.json()["results"]
    assert row.pop("since")
    assert row == {
        "id": str(meeting.id),
        "state": "planned",
        "room": {"id": str(world.big.id), "name": "Großer Saal"},
        "starts_at": date.starts_at.isoformat().replace("+00:00", "Z"),
        "ends_at": date.ends_at.isoformat().replace("+00:00", "Z"),
        "seats": date.seats,
        "people": 0,
        "epoch": 1,
        "explanation": (
            "bbb-1: 240 von 300 Plätzen frei, Last 50 %, 10 werden gebraucht; "
            "reserviert auf bbb-9, dem fehlt: Wartebereich"
        ),
    }
    english = operator.get(f"servers/{meeting.server_id}/meetings").json()
    assert english["results"][0]["explanation"].endswith("; reserved on bbb-9, which lacks: a lobby")
    assert date.booking.title.encode() not in response.content
    (other,) = (one for one in world.servers if one.id != meeting.server_id)
    assert operator.get(f"servers/{other.id}/meetings").json()["results"] == []


def test_its_events_come_in_pages_the_latest_first(world: World, operator: Caller) -> None:
    server = world.servers[0]
    for number in range(3):
        note_event(server.id, "health", code="down", detail=str(number))
    note_event(world.servers[1].id, "health", code="ok")

    page = operator.get(f"servers/{server.id}/events", {"page_size": 2}).json()

    assert page["count"] == 3
    assert [row["detail"] for row in page["results"]] == ["2", "1"]


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


def test_a_check_that_was_not_made_says_nothing_about_the_server(world: World, operator: Caller) -> None:
    """Who presses the button again and again while a hung server is asked does not bring it down by that."""
    server = factories.server(world.pool, health="ok")
    report = ServerReport(reachable=False, code="too_many_calls")

    keep_report(server.id, report, began_at=timezone.now())

    assert operator.get(f"servers/{server.id}").json()["health"] == "ok"


def test_a_check_tells_an_unreachable_server(world: World, operator: Caller) -> None:
    server = factories.server(world.pool, base_url="http://127.0.0.1:9/bigbluebutton/api/")

    body = operator.post(f"servers/{server.id}/check").json()

    assert (body["reachable"], body["secret_ok"], body["code"]) == (False, None, "unreachable")


def test_a_check_of_a_kind_that_is_not_spoken_says_so(world: World, operator: Caller) -> None:
    server = factories.server(world.pool, kind="teams")

    body = operator.post(f"servers/{server.id}/check").json()

    assert (body["reachable"], body["code"]) == (False, "unknown_kind")


# --- POST /servers/check, and the check of one that is added ------------------------------------------------------


def at(simulator: SimulatorProcess, world: World, **fields: Any) -> dict[str, Any]:
    return new_server(world, base_url=simulator.base_url, secret=simulator.secret, **fields)


def test_a_server_is_looked_at_before_it_is_added(
    world: World, operator: Caller, simulator: SimulatorProcess
) -> None:
    response = operator.post("servers/check", at(simulator, world))

    body = response.json()
    assert response.status_code == 200, response.content
    assert (body["reachable"], body["secret_ok"], body["code"], body["detail"]) == (True, True, "", "")
    assert body["version"]
    assert ConferenceServer.objects.count() == 2
    assert simulator.secret.encode() not in response.content


def test_what_the_check_found_is_kept_of_one_that_is_added(
    world: World, operator: Caller, simulator: SimulatorProcess
) -> None:
    body = operator.post("servers", at(simulator, world)).json()

    assert body["version"]
    assert body["checked_at"]
    assert body["health"] in ("ok", "unknown")
    events = operator.get(f"servers/{body['id']}/events").json()["results"]
    assert "check" in [row["kind"] for row in events]


def test_one_that_does_not_answer_is_added_only_by_somebody_who_says_so(
    world: World, operator: Caller
) -> None:
    silent = new_server(world, base_url="http://127.0.0.1:9/bigbluebutton/api/")

    refused = problem(operator.post("servers", silent), 409, "server_check_failed")
    assert "No connection" in refused["detail"]
    assert "firewall" in refused["detail"]
    assert ConferenceServer.objects.count() == 2

    assert operator.post("servers?unchecked=true", silent).status_code == 201


def test_one_whose_secret_is_wrong_is_told_in_the_language_of_the_caller(
    world: World, operator: Caller, simulator: SimulatorProcess
) -> None:
    wrong = new_server(world, base_url=simulator.base_url, secret="geheim-falsch")

    told = operator.post("servers/check", wrong, headers={"Accept-Language": "de"})
    refused = operator.post("servers", wrong, headers={"Accept-Language": "de"})

    assert (told.json()["code"], told.json()["secret_ok"]) == ("wrong_secret", False)
    assert told.json()["detail"] == "Der Server nimmt das Geheimnis nicht an."
    assert "Prüfsummenverfahren" in told.json()["advice"]
    assert "Geheimnis nicht an" in problem(refused, 409, "server_check_failed")["detail"]
    assert b"falsch" not in told.content + refused.content


def test_checks_are_rationed(world: World, operator: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServerChecks, "rate", "2/min")
    silent = new_server(world, base_url="http://127.0.0.1:9/bigbluebutton/api/")

    answers = [operator.post("servers/check", silent).status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    assert operator.get("servers").status_code == 200
