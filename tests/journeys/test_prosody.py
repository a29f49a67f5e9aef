# SPDX-License-Identifier: EUPL-1.2
"""Jitsi shards and vconf, each a process of its own: what Prosody sends, byte for byte, and whole meetings."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from tests.journeys.actors import PATIENCE, Member, eventually
from tests.live_server import LiveServer, with_demo
from tests.prosody import FORM, Answered, Prosody, accepted, answer_on, asking, encoded
from tests.simulator_fixture import SECRET, JitsiShard

pytestmark = pytest.mark.journey

TOKEN = "prosody-bearer-token-51c7"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SEATS = 6


@dataclass
class Place:
    """vconf with a pool of Jitsi shards and one room in it."""

    vconf: LiveServer
    shards: list[JitsiShard]
    prefixes: list[str]
    anna: Member
    room: str

    def book(self, **fields: Any) -> dict[str, Any]:
        """A meeting that can be entered now. One at a time is in the room: it is ended before the next is booked."""
        body = {
            "title": "Geheime Lage",
            "starts_at": (datetime.now(UTC) + timedelta(minutes=1)).isoformat(),
            "duration": 30,
            "room": self.room,
            "seats": SEATS,
            **fields,
        }
        answer = self.anna.call("POST", "bookings", body)
        assert answer.status_code == 201, answer.text
        booking: dict[str, Any] = answer.json()
        return booking

    def date(self, booking: dict[str, Any]) -> dict[str, Any]:
        [date] = booking["occurrences"]
        shown: dict[str, Any] = self.anna.call("GET", f"occurrences/{date['id']}").json()
        return shown

    def end(self, booking: dict[str, Any]) -> None:
        [date] = booking["occurrences"]
        answer = self.anna.call("POST", f"occurrences/{date['id']}/end")
        assert answer.status_code == 200, answer.text

    def shard_at(self, url: str) -> int:
        """Which shard an address leads to."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        return [shard.origin for shard in self.shards].index(origin)

    def prosody(self, number: int) -> Prosody:
        return Prosody(self.prefixes[number], BEARER)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    shards = [JitsiShard(name=f"jitsi{number}", secret=f"{SECRET}-{number}") for number in (1, 2, 3)]
    with LiveServer(with_demo(tmp_path_factory.mktemp("vconf"))) as vconf:
        try:
            for shard in shards:
                shard.start()
            yield set_up(vconf, shards)
            assert ": 0 violations" in vconf.manage("audit_invariants")
        finally:
            for shard in shards:
                shard.stop()


def set_up(vconf: LiveServer, shards: list[JitsiShard]) -> Place:
    operator, anna = Member(vconf, "operator@mv.example"), Member(vconf, "anna@im.mv.example")

    def add(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = operator.call("POST", path, body)
        assert answer.status_code == 201, answer.text
        added: dict[str, Any] = answer.json()
        return added

    pool = add("pools", {"name": "Jitsi der Reise"})
    prefixes = []
    for shard in shards:
        server = add(
            "servers",
            {
                "kind": "jitsi",
                "name": shard.name,
                "base_url": shard.base_url,
                "secret": shard.secret,
                "pool": pool["id"],
                "seats": 200,
                "options": {
                    "census_url": f"{shard.origin}/room-census",
                    "jicofo_url": shard.origin,
                    "reservations": True,
                },
                "keys": {"reservation_token": TOKEN},
            },
        )
        shown = operator.call("GET", f"servers/{server['id']}").json()
        prefixes.append(shown["callback_urls"]["reservations"])
        shard.configure(reservations_url=prefixes[-1], events_url=prefixes[-1], headers=BEARER)
    room = add(
        "rooms",
        {
            "name": "Jitsi-Raum",
            "address": "jitsi-raum@raum.mv.example",
            "seats": SEATS,
            "pool": pool["id"],
            "room_class": operator.call("GET", "room-classes").json()["results"][0]["id"],
            "authority": anna.call("GET", "me").json()["authority"]["id"],
        },
    )
    return Place(vconf, shards, prefixes, anna, room["id"])


@dataclass
class Meeting:
    """One that somebody is on the way to: `token` is theirs."""

    place: Place
    booking: dict[str, Any]
    number: int
    name: str
    token: str

    @property
    def shard(self) -> JitsiShard:
        return self.place.shards[self.number]

    @property
    def prosody(self) -> Prosody:
        return self.place.prosody(self.number)

    def people(self) -> int:
        return int(self.place.date(self.booking)["people"])


@pytest.fixture
def meeting(place: Place) -> Iterator[Meeting]:
    booking = place.book()
    url = handed_over(booking["join_url"])
    yield Meeting(
        place,
        booking,
        place.shard_at(url),
        urlsplit(url).path.strip("/"),
        parse_qs(urlsplit(url).query)["jwt"][0],
    )
    place.end(booking)


def handed_over(url: str, name: str = "Gesine Gast") -> str:
    """Where somebody is sent who presses *Join*."""
    browser = requests.Session()
    page = browser.get(url, timeout=PATIENCE)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None, page.text
    answer = browser.post(
        url,
        data={"csrfmiddlewaretoken": token[1], "name": name},
        timeout=PATIENCE,
        allow_redirects=False,
    )
    where, deadline = url, time.monotonic() + PATIENCE
    while (
        urlsplit(where := urljoin(where, answer.headers.get("Location", where))).netloc
        == urlsplit(url).netloc
    ):
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.3)
        answer = browser.get(where, timeout=PATIENCE, allow_redirects=False)
    return where


# Whole meetings


def test_enter_count_leave_and_come_back(meeting: Meeting) -> None:
    shard, place = meeting.shard, meeting.place

    seen = shard.enter(meeting.name, jwt=meeting.token)
    assert seen["entered"], seen
    room = shard.rooms()[meeting.name]
    # as many as the room has seats, and jicofo
    assert (room["max_occupants"], room["lobby"]) == (SEATS + 1, False)
    eventually(lambda: meeting.people() == 1)
    assert place.date(meeting.booking)["state"] == "live"

    shard.leave(meeting.name)
    assert meeting.name not in shard.rooms()
    eventually(lambda: meeting.people() == 0)

    # the same token, the same room: nobody has to go back to the link
    again = shard.enter(meeting.name, jwt=meeting.token)
    assert again["entered"], again
    eventually(lambda: meeting.people() == 1)
    # and whoever comes by the link is led to where the others are
    assert urlsplit(handed_over(meeting.booking["join_url"])).path.strip("/") == meeting.name


def test_another_shard_lets_nobody_in(meeting: Meeting) -> None:
    """Somebody with a token that would do: of the two shards only the one the meeting is placed on opens the room."""
    number = (meeting.number + 1) % 3
    other = meeting.place.shards[number]

    seen = other.enter(meeting.name, jwt=other.token(meeting.name))

    assert not seen["entered"]
    assert (seen["error"], seen["code"]) == ("reservation-error", 403)
    assert "nicht auf diesem Server" in seen["text"]
    assert "not held on this server" in seen["text"]
    assert "/r/jitsi-raum" in seen["text"]
    assert "Geheim" not in seen["text"]
    assert meeting.name not in other.rooms()


def test_a_room_nobody_booked_opens_on_no_shard(place: Place) -> None:
    for shard in place.shards:
        seen = shard.enter("kaffeeklatsch", jwt=shard.token("kaffeeklatsch"))
        assert (seen["entered"], seen["code"]) == (False, 404)
        assert "Link in Ihrer Einladung" in seen["text"]


def test_what_was_ended_is_not_opened_again(place: Place) -> None:
    booking = place.book()
    url = handed_over(booking["join_url"])
    shard, name = place.shards[place.shard_at(url)], urlsplit(url).path.strip("/")
    place.end(booking)

    seen = shard.enter(name, jwt=parse_qs(urlsplit(url).query)["jwt"][0])

    assert (seen["entered"], seen["code"]) == (False, 403)
    assert "is over" in seen["text"]


def test_a_shard_that_was_restarted_opens_its_rooms_again(meeting: Meeting) -> None:
    """No DELETE, no event: it asks as if nothing had been."""
    assert meeting.shard.enter(meeting.name, jwt=meeting.token)["entered"]
    meeting.shard.forget()

    assert meeting.shard.enter(meeting.name, jwt=meeting.token)["entered"]


def test_a_shard_that_comes_back_after_its_meeting_was_moved_opens_it_no_more(place: Place) -> None:
    booking = place.book()
    url = handed_over(booking["join_url"])
    number, name = place.shard_at(url), urlsplit(url).path.strip("/")
    old, token = place.shards[number], parse_qs(urlsplit(url).query)["jwt"][0]
    assert old.enter(name, jwt=token)["entered"]
    port = urlsplit(old.origin).port
    assert port is not None

    old.stop()
    moved = eventually(
        lambda: (there := handed_over(booking["join_url"])) and place.shard_at(there) != number and there
    )
    old.start(port)
    old.configure(reservations_url=place.prefixes[number], events_url=place.prefixes[number], headers=BEARER)

    seen = old.enter(name, jwt=token)
    assert (seen["entered"], seen["code"]) == (False, 403)
    assert "not held on this server" in seen["text"]
    new, new_name = place.shards[place.shard_at(moved)], urlsplit(moved).path.strip("/")
    assert not old.enter(new_name, jwt=old.token(new_name))["entered"]
    assert new.enter(new_name, jwt=parse_qs(urlsplit(moved).query)["jwt"][0])["entered"]
    place.end(booking)


# Byte for byte


@pytest.mark.parametrize("version", ["0.9", "0.12"])
def test_a_request_as_prosody_writes_it(meeting: Meeting, version: str) -> None:
    form = asking(meeting.name)

    answered = meeting.prosody.call("POST", "/conference", encoded(form, version=version), FORM)

    id, start, seconds = accepted(answered, meeting.name)
    assert answered.json["mail_owner"] == form["mail_owner"]
    assert abs(start - datetime.now(UTC)) < timedelta(seconds=10)
    ends = datetime.fromisoformat(meeting.booking["occurrences"][0]["ends_at"])
    assert start + timedelta(seconds=seconds) >= ends - timedelta(seconds=2)
    found = meeting.prosody.get_conference(id)
    assert (found.status, found.json["name"]) == (200, meeting.name)
    assert meeting.prosody.delete_conference(id).status == 204
    assert meeting.prosody.delete_conference(id).status == 204
    assert meeting.prosody.delete_conference("12").status == 204


def test_literally_these_bytes(meeting: Meeting) -> None:
    where = urlsplit(meeting.prosody.prefix)
    body = (
        f"mail%5fowner=3f2a%40meet%2eexample&start%5ftime=2026%2d11%2d27T09%3a00%3a00%2e000Z"
        f"&name={meeting.name.replace('-', '%2d')}"
    )
    answered = meeting.prosody.send(
        (
            f"POST {where.path}/conference HTTP/1.1\r\n"
            f"Content-Length: {len(body)}\r\n"
            "User-Agent: Prosody (0.12.4; Linux)\r\n"
            f"Authorization: Bearer {TOKEN}\r\n"
            f"Host: {where.netloc}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            "\r\n"
            f"{body}"
        ).encode()
    )

    assert answered.status == 200, answered
    assert answered.headers["content-type"] == "application/json"
    assert "location" not in answered.headers
    assert answered.json["name"] == meeting.name
    assert answered.json["mail_owner"] == "3f2a@meet.example"


def test_of_three_shards_that_ask_at_once_one_is_let_in(meeting: Meeting) -> None:
    def knock(number: int) -> tuple[int, Answered]:
        return number % 3, meeting.place.prosody(number % 3).post_conference(meeting.name)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(knock, range(12)))

    assert {number for number, answered in answers if answered.status == 200} == {meeting.number}
    assert {answered.status for number, answered in answers if number != meeting.number} == {403}
    assert all(answered.status == 200 for number, answered in answers if number == meeting.number)


def test_the_token_counts(meeting: Meeting) -> None:
    answers = [
        Prosody(meeting.prosody.prefix, headers).post_conference(meeting.name)
        for headers in ({}, {"Authorization": f"Bearer {TOKEN[:-1]}"}, {"Authorization": f"bearer{TOKEN}"})
    ]
    unknown = Prosody(f"{meeting.place.vconf.base_url}/integrations/jitsi/{'x' * 43}", BEARER)

    assert {(answered.status, answered.body) for answered in answers} == {
        (404, unknown.post_conference(meeting.name).body)
    }


def test_events_in_any_order(meeting: Meeting) -> None:
    """The numbers are believed at once; the look at the server, where nobody is, puts them right."""
    moment = int(time.time())

    def event(what: str, people: int, at: int) -> Answered:
        told = {
            "event_name": f"muc-occupant-{what}",
            "room_name": meeting.name,
            "room_jid": f"{meeting.name}@conference.127.0.0.1",
            "is_breakout": False,
            "occupant": {"occupant_jid": f"{meeting.name}@conference.127.0.0.1/{at}", f"{what}_at": at},
            "active_occupants_count": people,
        }
        return meeting.prosody.event("occupant", what, told)

    assert event("joined", 1, moment).status == 204
    assert event("joined", 1, moment).status == 204
    assert event("left", 0, moment + 2).status == 204
    assert event("joined", 2, moment + 1).status == 204
    eventually(lambda: meeting.people() == 0)


# Hostile and slow


def test_a_body_that_comes_byte_by_byte_holds_nobody_up(meeting: Meeting) -> None:
    request = meeting.prosody.request("POST", "/conference", encoded(asking(meeting.name)), FORM)
    head, _, body = request.partition(b"\r\n\r\n")
    with meeting.prosody.connected() as slow:
        slow.sendall(head + b"\r\n\r\n")
        for number, byte in enumerate(body):
            slow.sendall(bytes([byte]))
            if number % 25 == 0:
                assert meeting.prosody.post_conference(meeting.name).status == 200
                time.sleep(0.02)
        assert answer_on(slow).status == 200


def test_who_hangs_up_in_the_middle_harms_nobody(meeting: Meeting) -> None:
    request = meeting.prosody.request("POST", "/conference", encoded(asking(meeting.name)), FORM)
    for length in range(1, len(request), 40):
        with meeting.prosody.connected() as connection:
            connection.sendall(request[:length])
    assert meeting.prosody.post_conference(meeting.name).status == 200


@pytest.mark.parametrize("path", ["/conference", "/events/room/created"])
def test_a_body_without_end_is_not_waited_for(meeting: Meeting, path: str) -> None:
    where = urlsplit(meeting.prosody.prefix)
    head = (
        f"POST {where.path}{path} HTTP/1.1\r\nHost: {where.netloc}\r\n{bearer_line()}Content-Type: {FORM}\r\n"
    )
    with meeting.prosody.connected() as connection:
        connection.sendall(f"{head}Content-Length: 99999999999\r\n\r\n".encode())
        assert answer_on(connection).status == 413
    with meeting.prosody.connected() as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        assert flooded(connection) == 413


def bearer_line() -> str:
    return f"Authorization: {BEARER['Authorization']}\r\n"


def flooded(connection: socket.socket) -> int:
    """Sends chunks until it is answered, or cut off after its answer."""
    stop = threading.Event()

    def flood() -> None:
        chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        try:
            for _ in range(200):
                if stop.is_set():
                    return
                connection.sendall(chunk)
        except OSError:
            return

    flooding = threading.Thread(target=flood, daemon=True)
    flooding.start()
    try:
        return answer_on(connection).status
    finally:
        stop.set()
        flooding.join(PATIENCE)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&" * 5000,
        b"name",
        b"name=%00",
        b"name=%ff%ff",
        b"\xff" * 1000,
        b"name=a&name=b",
        b"name=" + b"a" * 20_000,
        b"{}",
    ],
)
def test_what_is_no_form_is_refused(meeting: Meeting, body: bytes) -> None:
    answered = meeting.prosody.call("POST", "/conference", body, FORM)

    assert answered.status in (400, 404, 413), answered


def test_addresses_with_a_slash_too_many_are_not_redirected(meeting: Meeting) -> None:
    for method, path in (
        ("POST", "/conference/"),
        ("DELETE", "/conference/1/"),
        ("POST", "/events/room/created/"),
    ):
        answered = meeting.prosody.call(method, path, encoded(asking(meeting.name)), FORM)
        assert answered.status in (404, 405), answered
        assert "location" not in answered.headers


def test_a_restart_of_vconf_keeps_nobody_out(place: Place) -> None:
    """Prosody asks three times more, after a pause, before it gives up: fail-closed, but patient."""
    booking = place.book()
    url = handed_over(booking["join_url"])
    shard, name = place.shards[place.shard_at(url)], urlsplit(url).path.strip("/")
    shard.configure(retry_scale=5.0)  # 15 s between attempts: this machine may be busy
    try:
        place.vconf.stop()
        with ThreadPoolExecutor(1) as pool:
            attempt = pool.submit(shard.enter, name, jwt=parse_qs(urlsplit(url).query)["jwt"][0])
            time.sleep(0.5)
            assert not attempt.done()
            place.vconf.start("--migrate")
            assert attempt.result(PATIENCE * 3)["entered"]
    finally:
        shard.configure(retry_scale=0.01)
    place.end(booking)
