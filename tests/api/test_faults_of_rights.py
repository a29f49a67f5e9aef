# SPDX-License-Identifier: EUPL-1.2
"""R1.7: if it cannot be found out what somebody may do, nothing is shown and nothing is changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.caller import Caller, problem, wish
from tests.api.test_reads_change_nothing import WRITES
from tests.factories import World
from vconf.authorities.rights import Actor


def fault(*_: object) -> Any:
    raise RuntimeError("the memberships cannot be read")


def test_every_route_answers_with_nothing(
    world: World, anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = anna.post("bookings", wish(title="Geheime Sache", room=str(world.small.id))).json()
    paths = anna.get("openapi.json").json()["paths"]
    anna.raise_request_exception = False
    monkeypatch.setattr(Actor, "load", fault)

    tried = 0
    for path, verbs in paths.items():
        if path.endswith("/session"):
            continue
        for verb in verbs:
            call: Any = getattr(anna, verb)
            with CaptureQueriesContext(connection) as captured:
                answer = call(path.replace("{id}", booking["id"]))

            assert answer.status_code >= 400, (verb, path)
            assert "Geheime Sache" not in answer.content.decode(), (verb, path)
            assert "memberships" not in answer.content.decode(), (verb, path)
            assert [query["sql"] for query in captured if WRITES.match(query["sql"])] == [], (verb, path)
            tried += 1
    assert tried > 40


def test_whoever_asks_for_one_thing_gets_a_server_error(
    world: World, anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna.raise_request_exception = False
    monkeypatch.setattr(Actor, "load", fault)

    problem(anna.get("bookings"), 500, "error")
