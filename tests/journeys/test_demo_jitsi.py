# SPDX-License-Identifier: EUPL-1.2
"""The demo's room on Jitsi, as anybody who tries vconf out meets it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from tests.journeys.actors import Guest, Member, eventually
from tests.live_server import LiveServer, with_demo

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def vconf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(with_demo(tmp_path_factory.mktemp("vconf"))) as vconf:
        yield vconf


def test_book_join_live_end(vconf: LiveServer) -> None:
    anna, operator = Member(vconf, "anna@im.mv.example"), Member(vconf, "operator@mv.example")
    shard = f"http://127.0.0.1:{vconf.port + 3}"
    rooms = anna.call("GET", "rooms?q=jitsi").json()["results"]
    room = next(one["id"] for one in rooms if one["name"] == "Videoraum Schwerin (Jitsi)")
    answer = anna.call(
        "POST",
        "bookings",
        {
            "title": "Lage",
            "starts_at": (datetime.now(UTC) + timedelta(minutes=1)).isoformat(),
            "duration": 30,
            "room": room,
        },
    )
    assert answer.status_code == 201, answer.text
    booking = answer.json()
    date = booking["occurrences"][0]["id"]

    # The shard asks vconf before it opens the room, and tells it who came.
    guest = Guest("Gisela Gast")
    guest.join(booking["join_url"])
    live = eventually(lambda: _live(anna, date))
    [listed] = requests.get(f"{shard}/room-census", timeout=5).json()["room_census"]

    # the next look at it counts the meeting
    eventually(lambda: _health_of_jitsi(operator) == ("ok", 1))
    assert listed["room_name"].startswith("vconf-")
    assert live["people"] == 1

    # Who leaves last closes the room; the link opens it again.
    session = parse_qs(urlsplit(guest.conference).query)["session"][0]
    left = guest.browser.post(
        urljoin(guest.conference, "/_client/leave"), data={"sessionToken": session}, timeout=5
    )
    assert left.status_code == 200
    eventually(lambda: not requests.get(f"{shard}/room-census", timeout=5).json()["room_census"])
    guest.join(booking["join_url"])

    # Anna ends it for everybody; the shard is told by a key of this installation.
    ended = anna.call("POST", f"occurrences/{date}/end")
    assert ended.status_code == 200, ended.text
    eventually(lambda: not requests.get(f"{shard}/room-census", timeout=5).json()["room_census"])
    vconf.manage("audit_invariants")


def _health_of_jitsi(operator: Member) -> tuple[str, int]:
    [server] = [one for one in operator.call("GET", "servers").json()["results"] if one["kind"] == "jitsi"]
    return server["health"], server["live_meetings"]


def _live(anna: Member, date: str) -> dict[str, Any] | None:
    shown: dict[str, Any] = anna.call("GET", f"occurrences/{date}").json()
    return shown if shown["people"] else None
