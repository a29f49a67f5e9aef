# SPDX-License-Identifier: EUPL-1.2
"""The main job end to end, over HTTP and websocket as programs use them: book a room, get a link, see it live."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.journeys.actors import Guest, Member, Watcher, eventually
from tests.live_server import LiveServer, with_demo

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def vconf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(with_demo(tmp_path_factory.mktemp("vconf"))) as vconf:
        yield vconf


def next_quarter() -> datetime:
    now = datetime.now(UTC)
    return now + (datetime.min.replace(tzinfo=UTC) - now) % timedelta(minutes=15)


def mails_about(folder: Path, uid: str) -> list[EmailMessage]:
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]
    return [mail for mail in mails if any(uid in calendar.get_content() for calendar in _calendars(mail))]


def _calendars(mail: EmailMessage) -> list[Any]:
    return [part for part in mail.walk() if part.get_content_type() == "text/calendar"]


def test_book_join_live_end(vconf: LiveServer) -> None:
    anna, bernd, clara = (
        Member(vconf, address)
        for address in ("anna@im.mv.example", "bernd@im.mv.example", "clara@fm.mv.example")
    )
    with bernd.watch() as board, clara.watch() as foreign_board:
        room, booking_id = _book_join_live_end(vconf, anna, bernd, board)
        foreign_board.read_all()

    # Clara of another ministry saw a room that is open to all turn busy and free, and nothing else. All promises hold.
    of_room = [frame for frame in foreign_board.frames if frame.get("room") == room]
    assert {(frame["visibility"], frame["state"]) for frame in of_room} == {
        ("busy", "busy"),
        ("busy", "free"),
    }
    assert booking_id not in str(foreign_board.frames)
    assert clara.call("GET", f"bookings/{booking_id}").status_code == 404
    vconf.manage("audit_invariants")


def _book_join_live_end(vconf: LiveServer, anna: Member, bernd: Member, board: Watcher) -> tuple[str, str]:
    # Anna looks for a room for 25 people that everybody may see and that stays free for a while.
    starts_at = next_quarter()
    span = {"free_from": starts_at.isoformat(), "free_until": (starts_at + timedelta(hours=2)).isoformat()}
    free = anna.call("GET", f"rooms?{urlencode({'seats': 25, **span})}").json()["results"]
    room: str = next(one["id"] for one in free if one["open_to_all"])

    # She books it for the next quarter of an hour and invites Bernd.
    answer = anna.call(
        "POST",
        "bookings",
        {
            "title": "Lage zum Onlinezugang",
            "starts_at": starts_at.isoformat(),
            "duration": "PT15M",
            "timezone": "Europe/Berlin",
            "room": room,
            "seats": 25,
            "attendees": [
                {"email": "bernd@im.mv.example"},
                {"email": "gast@gemeinde.example", "name": "Gesine Gast"},
            ],
        },
        **{"Idempotency-Key": "journey-1"},
    )
    assert answer.status_code == 201, answer.text
    booking = answer.json()
    assert (booking["room"]["id"], booking["seats"]) == (room, 25)

    # Bernd sees the room turn reserved without asking.
    reserved = board.until(room, lambda status: status["state"] == "reserved")
    assert (reserved["booking"], reserved["visibility"], reserved["people"]) == (booking["id"], "details", 0)

    # The mail folder holds one meeting request for each.
    mails = eventually(
        lambda: len(found := mails_about(vconf.data_folder / "mails", booking["uid"])) >= 2 and found
    )
    to_bernd = [mail for mail in mails if "bernd@im.mv.example" in mail["To"]]
    assert len(to_bernd) == 1
    (calendar,) = _calendars(to_bernd[0])
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "REQUEST"
    text = calendar.get_content().replace("\r\n ", "").replace("\n ", "")
    assert "METHOD:REQUEST" in text
    assert booking["join_url"] in text

    # A guest joins through the link, and is counted on Bernd's board.
    guest = Guest("Gesine Gast")
    guest.join(booking["join_url"])
    live = board.until(room, lambda status: status["state"] == "live" and status["people"] == 1)
    assert live["booking"] == booking["id"]
    (date,) = anna.call("GET", f"bookings/{booking['id']}").json()["occurrences"]
    assert anna.call("GET", f"occurrences/{date['id']}").json()["people"] == 1

    # The guest leaves; Anna ends it; the board is free again.
    guest.leave()
    board.until(room, lambda status: status["people"] == 0)
    refused = bernd.call("POST", f"occurrences/{date['id']}/end")
    ended = anna.call("POST", f"occurrences/{date['id']}/end")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    board.until(room, lambda status: status["state"] == "free")
    assert bernd.call("GET", f"rooms/{room}").json()["status"]["state"] == "free"
    assert "is over" in guest.open(booking["join_url"]).text
    return room, booking["id"]


def test_the_third_of_250_250_100_is_refused_until_one_is_cancelled(vconf: LiveServer) -> None:
    """Two servers of 300, the same hour next year; the refusal has the numbers and another time."""
    clara, operator = Member(vconf, "clara@fm.mv.example"), Member(vconf, "operator@mv.example")
    ministry = clara.call("GET", "me").json()["authority"]["id"]
    assert operator.call("PUT", f"authorities/{ministry}/quota", {}).json()["may_set"]
    starts_at = (datetime.now(UTC) + timedelta(days=365)).replace(hour=9, minute=0, second=0, microsecond=0)

    def book(seats: int, at: datetime = starts_at) -> Any:
        body = {"title": f"Für {seats}", "starts_at": at.isoformat(), "duration": 60, "seats": seats}
        return clara.call("POST", "bookings", body)

    first, second = book(250), book(250)
    assert (first.status_code, second.status_code) == (201, 201), (first.text, second.text)

    third = book(100)

    problem = third.json()
    assert (third.status_code, problem["code"]) == (409, "no_capacity"), third.text
    assert (problem["limit"], problem["in_use"], problem["asked"]) == (300, 250, 100)
    other_times = [one for one in problem["alternatives"] if one["starts_at"] != first.json()["starts_at"]]
    assert book(100, datetime.fromisoformat(other_times[0]["starts_at"])).status_code == 201
    assert clara.call("DELETE", f"bookings/{first.json()['id']}").status_code == 200
    assert book(100).status_code == 201
    vconf.manage("audit_invariants")
