# SPDX-License-Identifier: EUPL-1.2
"""How a server fares, by many looks in a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from vconf.audit.models import AuditEntry
from vconf.ids import uuid7
from vconf.outbox.models import Message
from vconf.rooms import health
from vconf.rooms.health import (
    FAILURES_TO_DOWN,
    SUCCESSES_TO_OK,
    Condition,
    after_look,
    report_server_seen,
    takes_new_meetings,
)
from vconf.rooms.models import ConferenceServer, ServerEvent, ServerHealth, ServerState

OUT = (ServerHealth.DOWN, ServerHealth.RECOVERING)


def healths(looks: Sequence[bool], *, first: str = ServerHealth.UNKNOWN) -> list[str]:
    condition, seen = Condition(first), []
    for ok in looks:
        condition = after_look(condition, ok=ok)
        seen.append(str(condition.health))
    return seen


def test_the_first_failure_makes_it_suspect_the_third_in_a_row_down() -> None:
    assert healths([True, False, False, False, False]) == ["ok", "suspect", "suspect", "down", "down"]
    assert healths([False, False, True, False, False, True]) == ["suspect", "suspect", "ok"] * 2


def test_one_that_was_down_is_well_after_five_good_looks_in_a_row() -> None:
    back = healths([True] * 6, first=ServerHealth.DOWN)
    assert back == ["recovering"] * 4 + ["ok", "ok"]
    flapping = healths([True, True, True, True, False] * 3, first=ServerHealth.DOWN)
    assert flapping == (["recovering"] * 4 + ["down"]) * 3


@given(st.lists(st.booleans(), max_size=60), st.sampled_from(list(ServerHealth)))
def test_whatever_is_seen(looks: list[bool], first: str) -> None:
    """Never well again without five in a row, never down without three; what it says of itself agrees with that."""
    condition, good, bad = Condition(first), 0, 0
    for ok in looks:
        before = condition
        condition = after_look(before, ok=ok)
        good, bad = (good + 1, 0) if ok else (0, bad + 1)
        assert condition.failures == min(bad, FAILURES_TO_DOWN)
        assert condition.successes < SUCCESSES_TO_OK
        if before.health in OUT:
            assert condition.health in (*OUT, ServerHealth.OK)
            if condition.health == ServerHealth.OK:
                assert good >= SUCCESSES_TO_OK
        else:
            assert condition.health != ServerHealth.RECOVERING
            if condition.health == ServerHealth.DOWN:
                assert bad >= FAILURES_TO_DOWN
        assert (condition.health in (ServerHealth.SUSPECT, ServerHealth.DOWN)) is not ok


@pytest.mark.parametrize("server_health", list(ServerHealth))
@pytest.mark.parametrize("state", list(ServerState))
def test_which_servers_are_given_new_meetings(server_health: str, state: str) -> None:
    server = ConferenceServer(health=server_health, state=state)
    well = server_health in (ServerHealth.OK, ServerHealth.UNKNOWN)
    assert takes_new_meetings(server) is (well and state == ServerState.ENABLED)


# Written down


@pytest.fixture
def server(db: None) -> ConferenceServer:
    return factories.server(factories.pool(servers=()))


def look(server: ConferenceServer, ok: bool = True, **found: Any) -> str:
    """As in the clock's next round, three seconds later."""
    ConferenceServer.objects.filter(id=server.id, looked_at__isnull=False).update(
        looked_at=timezone.now() - timedelta(seconds=3)
    )
    seen = report_server_seen(server.id, ok=ok, detail="" if ok else "timeout", **found)
    assert seen is not None
    return seen.health


def age(server: ConferenceServer, by: timedelta) -> None:
    """Nobody has looked for so long."""
    row = ConferenceServer.objects.filter(id=server.id)
    row.update(looked_at=timezone.now() - by, last_seen_at=timezone.now() - by)


def written(server: ConferenceServer) -> dict[str, Any]:
    return dict(ConferenceServer.objects.filter(id=server.id).values().get())


def test_what_a_look_found_is_noted(server: ConferenceServer) -> None:
    look(server, version="3.0.4", meetings=3, people=40, load=0.25)

    row = written(server)
    assert (row["health"], row["version"], row["live_meetings"], row["live_people"], row["load"]) == (
        "ok",
        "3.0.4",
        3,
        40,
        0.25,
    )
    assert row["last_seen_at"] is not None
    assert row["health_since"] is not None


def test_a_change_is_a_fact_and_a_line_for_operators(server: ConferenceServer) -> None:
    for ok in (True, False, False, False, True):
        look(server, ok)

    assert Message.objects.filter(fact="ServerChanged").count() == 4
    events = [
        (event.kind, event.code, event.facts, event.detail) for event in ServerEvent.objects.order_by("id")
    ]
    assert events == [
        ("health", "ok", {}, ""),
        ("health", "suspect", {"why": "timeout"}, ""),
        ("health", "down", {"why": "timeout"}, ""),
        ("health", "recovering", {}, ""),
    ]


def test_the_audit_has_what_took_it_out_and_what_brought_it_back(server: ConferenceServer) -> None:
    for ok in (True, False, True, False, False, False, True, False, *[True] * SUCCESSES_TO_OK):
        look(server, ok)

    entries = AuditEntry.objects.filter(action="server.health").order_by("id")
    assert [entry.changes["health"] for entry in entries] == ["ok", "down", "ok"]
    assert {entry.actor_label for entry in entries} == {"clock"}


def test_nothing_new_is_not_written(server: ConferenceServer, django_assert_num_queries: Any) -> None:
    look(server, people=7)
    before = written(server)

    with django_assert_num_queries(1):
        report_server_seen(server.id, ok=True, people=7)
    assert written(server) == before

    age(server, timedelta(seconds=4))
    with django_assert_num_queries(1):
        report_server_seen(server.id, ok=True, people=7)

    age(server, timedelta(seconds=6))
    with django_assert_num_queries(2):  # when it was seen, and nothing else
        report_server_seen(server.id, ok=True, people=7)
    assert written(server)["last_seen_at"] >= before["last_seen_at"]

    for _ in range(3):
        look(server, ok=False)
    with django_assert_num_queries(1):
        report_server_seen(server.id, ok=False, detail="timeout")


@pytest.mark.parametrize(
    ("ok", "change", "column"),
    [
        (True, {"version": "3.0.5"}, "version"),
        (True, {"meetings": 4}, "live_meetings"),
        (True, {"people": 41}, "live_people"),
        (True, {"detail": "occupancy_unknown"}, "health_detail"),
        (False, {"detail": "refused"}, "health_detail"),
    ],
)
def test_whatever_is_new_is_written(
    server: ConferenceServer, ok: bool, change: dict[str, Any], column: str
) -> None:
    found: dict[str, Any] = {
        "version": "3.0.4",
        "meetings": 3,
        "people": 40,
        "detail": "" if ok else "timeout",
    }
    for _ in range(3):
        report_server_seen(server.id, ok=ok, **found)

    report_server_seen(server.id, ok=ok, **(found | change))

    assert [written(server)[column]] == list(change.values())


def test_a_load_that_hardly_moves_is_no_news(
    server: ConferenceServer, django_assert_num_queries: Any
) -> None:
    look(server, load=0.50)
    with django_assert_num_queries(1):
        report_server_seen(server.id, ok=True, load=0.51)
    look(server, load=0.60)
    assert written(server)["load"] == 0.60


def test_failures_of_before_vconf_stood_still_do_not_count(server: ConferenceServer) -> None:
    look(server)
    look(server, ok=False)
    look(server, ok=False)
    age(server, timedelta(seconds=46))

    assert report_server_seen(server.id, ok=False, detail="timeout").health == ServerHealth.SUSPECT  # type: ignore[union-attr]
    assert written(server)["failures"] == 1


def test_failures_of_a_server_that_hangs_count_however_slowly_they_come(server: ConferenceServer) -> None:
    look(server)
    for expected in ("suspect", "suspect", "down"):
        age(server, timedelta(seconds=25))
        report_server_seen(server.id, ok=False, detail="timeout")
        assert written(server)["health"] == expected


def test_what_one_that_comes_back_has_proven_counts_after_vconf_stood_still(server: ConferenceServer) -> None:
    for ok in (False, False, False, True, True, True, True):
        look(server, ok)
    age(server, timedelta(minutes=5))

    report_server_seen(server.id, ok=True)

    assert written(server)["health"] == "ok"


def test_a_failure_right_after_a_good_look_throws_it_back(server: ConferenceServer) -> None:
    for ok in (False, False, False, True):
        look(server, ok)

    report_server_seen(server.id, ok=False, detail="timeout")

    assert written(server)["health"] == "down"


def test_a_failure_leaves_when_it_was_seen_and_what_was_known(server: ConferenceServer) -> None:
    """How long it has been silent decides when people are moved."""
    look(server, version="3.0.4", meetings=3, people=40, load=0.25)
    kept = ("last_seen_at", "version", "live_meetings", "live_people", "load")
    before = written(server)

    look(server, ok=False)
    assert [written(server)[name] for name in kept] == [before[name] for name in kept]

    look(server, meetings=3, people=41)  # says nothing of version and load
    row = written(server)
    assert (row["version"], row["load"], row["live_people"]) == ("3.0.4", 0.25, 41)


def test_since_when_it_fares_so_stays_while_it_does(server: ConferenceServer) -> None:
    look(server, people=1)
    since = written(server)["health_since"]

    look(server, people=2)

    assert written(server)["health_since"] == since


def test_servers_that_talk_too_much_are_cut_short(server: ConferenceServer) -> None:
    report_server_seen(server.id, ok=True, detail="x" * 400, version="3" * 80)

    row = written(server)
    assert (len(row["health_detail"]), len(row["version"])) == (300, 50)


def test_looks_at_the_same_time_are_one_failure(server: ConferenceServer) -> None:
    began_at = timezone.now() - timedelta(seconds=5)
    for _ in range(5):
        report_server_seen(server.id, ok=False, detail="timeout", began_at=began_at)
    assert (written(server)["health"], written(server)["failures"]) == ("suspect", 1)


def test_an_older_look_does_not_speak_against_a_newer_one(server: ConferenceServer) -> None:
    began_at = timezone.now() - timedelta(seconds=5)
    look(server)
    report_server_seen(server.id, ok=False, detail="timeout", began_at=began_at)
    assert written(server)["health"] == "ok"


def test_a_server_that_calls_us_often_is_not_well_sooner(server: ConferenceServer) -> None:
    for _ in range(3):
        look(server, ok=False)
    for _ in range(20):
        report_server_seen(server.id, ok=True, people=3)
    row = written(server)
    assert (row["health"], row["successes"], row["live_people"]) == ("recovering", 1, 3)


def test_a_server_that_is_gone_is_no_error(db: None) -> None:
    assert report_server_seen(uuid7(), ok=True) is None


def test_another_address_is_another_server(server: ConferenceServer) -> None:
    began_at = timezone.now()
    for _ in range(3):
        look(server, ok=False)
    server.refresh_from_db()
    since = server.health_since
    assert since is not None

    health.forget_health(server)
    server.save()

    row = written(server)
    assert (row["health"], row["health_detail"], row["failures"]) == ("unknown", "", 0)
    assert row["health_since"] > since
    # one of the looks at the old address takes until now
    report_server_seen(server.id, ok=False, detail="timeout", began_at=began_at)
    assert written(server)["health"] == "unknown"
    assert look(server, ok=False) == ServerHealth.SUSPECT
    assert look(server) == ServerHealth.OK


def test_one_that_was_coming_back_before_another_address_has_nothing_to_prove(
    server: ConferenceServer,
) -> None:
    for ok in (False, False, False, True, True):
        look(server, ok)
    server.refresh_from_db()

    health.forget_health(server)

    assert server.successes == 0
