# SPDX-License-Identifier: EUPL-1.2
"""The whole of vconf against people and servers that mean no good: nothing breaks, hangs or leaks."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
import requests

from tests.journeys.actors import PATIENCE, Guest, Member
from tests.live_server import LiveServer, with_demo

pytestmark = pytest.mark.journey

CLICKS = 8
Result = TypeVar("Result")


@pytest.fixture(scope="module")
def vconf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Logs all it can, which is what the last test looks through. What all of them left must hold together."""
    with LiveServer(with_demo(tmp_path_factory.mktemp("vconf")), VCONF_LOG_LEVEL="DEBUG") as vconf:
        yield vconf
        assert ": 0 violations" in vconf.manage("audit_invariants")


@pytest.fixture(scope="module")
def anna(vconf: LiveServer) -> Member:
    return Member(vconf, "anna@im.mv.example")


def wish(days: int, **fields: Any) -> dict[str, Any]:
    starts_at = (datetime.now(UTC) + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
    return {
        "title": "Angriff",
        "starts_at": starts_at.isoformat(),
        "duration": 30,
        "seats": 3,
        **fields,
    }


def now_for(minutes: int = 30) -> dict[str, Any]:
    return wish(0, starts_at=(datetime.now(UTC) + timedelta(minutes=1)).isoformat(), duration=minutes)


def at_once(act: Callable[[int], Result], count: int = CLICKS) -> list[Result]:
    """What so many get who act in the same instant."""
    together = threading.Barrier(count)
    results: list[Result] = []

    def run(number: int) -> None:
        together.wait(PATIENCE)
        results.append(act(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    assert len(results) == count
    return results


def statuses(answers: list[requests.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_clicks_in_the_same_instant_have_one_effect(vconf: LiveServer, anna: Member) -> None:
    """R2.1, R2.4, R2.6, R2.7."""
    key = {"Idempotency-Key": "the-same-click"}
    booked = at_once(lambda _: anna.call("POST", "bookings", wish(40), **key))
    assert statuses(booked) == {201: CLICKS}
    assert len({answer.json()["id"] for answer in booked}) == 1
    booking = booked[0].json()

    room, start = booking["room"]["id"], wish(41)["starts_at"]
    taken = at_once(lambda _: anna.call("POST", "bookings", wish(41, room=room, starts_at=start)))
    assert statuses(taken) == {201: 1, 409: CLICKS - 1}

    path = f"bookings/{booking['id']}"
    changed = at_once(lambda n: anna.call("PATCH", path, {"title": f"Titel {n}"}, **{"If-Match": '"1"'}))
    assert statuses(changed) == {200: 1, 412: CLICKS - 1}

    cancelled = at_once(lambda _: anna.call("DELETE", path))
    assert statuses(cancelled) == {200: 1, 409: CLICKS - 1}
    assert anna.call("GET", path).json()["sequence"] == 2

    running = anna.call("POST", "bookings", now_for()).json()
    Guest("Gast").join(running["join_url"])
    end = f"occurrences/{running['occurrences'][0]['id']}/end"
    assert statuses(at_once(lambda _: anna.call("POST", end))) == {200: 1, 409: CLICKS - 1}


def test_a_head_without_end_keeps_nobody_waiting(vconf: LiveServer) -> None:
    """R7.4: what is not a request yet is bounded as well."""
    port = urlsplit(vconf.base_url).port
    assert port is not None
    slowest = 0.0
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:

        def flood() -> None:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
            with contextlib.suppress(OSError):
                for _ in range(100):
                    connection.sendall(b"a" * 1_000_000)

        flooding = threading.Thread(target=flood, daemon=True)
        flooding.start()
        for _ in range(20):
            started = time.monotonic()
            assert requests.get(f"{vconf.base_url}/healthz", timeout=PATIENCE).status_code == 200
            slowest = max(slowest, time.monotonic() - started)
        flooding.join(PATIENCE)
        assert not flooding.is_alive()
    assert slowest < 5


def control(vconf: LiveServer, method: str, lever: str, body: Any = None) -> None:
    """A lever of both simulated servers."""
    code = "from vconf.crypto import keyed_hash; print('token', keyed_hash('simulator', 'control'))"
    token = re.search(r"token (\S+)", vconf.manage("shell", "-c", code))
    assert token is not None
    for port in (vconf.port + 1, vconf.port + 2):
        answer = requests.request(
            method,
            f"http://127.0.0.1:{port}/control/{lever}",
            json=body,
            headers={"Authorization": f"Bearer {token[1]}"},
            timeout=PATIENCE,
        )
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("kind", ["hang", "drip", "bomb", "garbage"])
def test_while_conference_servers_misbehave_pages_answer_in_time(
    vconf: LiveServer, anna: Member, kind: str
) -> None:
    """Booking needs no server; who joins is told to wait, and gets in once a server is back."""
    booking = anna.call("POST", "bookings", now_for()).json()
    control(vconf, "POST", "faults", {"kind": kind, "delay_ms": 2_000})
    try:
        started = time.monotonic()
        assert anna.call("POST", "bookings", wish(50)).status_code == 201
        assert time.monotonic() - started < 5

        def press(number: int) -> tuple[float, str]:
            browser = requests.Session()
            page = browser.get(booking["join_url"], timeout=PATIENCE)
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
            assert token is not None
            form = {"csrfmiddlewaretoken": token[1], "name": f"Gast {number}"}
            pressed = time.monotonic()
            answer = browser.post(booking["join_url"], form, allow_redirects=False, timeout=PATIENCE)
            return time.monotonic() - pressed, answer.headers["Location"]

        pressing = threading.Thread(target=lambda: pressed.extend(at_once(press)))
        pressed: list[tuple[float, str]] = []
        pressing.start()
        slowest = 0.0
        while pressing.is_alive():
            started = time.monotonic()
            assert anna.call("GET", "rooms").status_code == 200
            slowest = max(slowest, time.monotonic() - started)
        assert slowest < 5
        assert max(seconds for seconds, _ in pressed) < 15
        assert {urlsplit(where).netloc + urlsplit(where).query for _, where in pressed} == {"wait=1"}
    finally:
        control(vconf, "DELETE", "faults")
    deadline = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(AssertionError):
            Guest("Nachzüglerin").join(booking["join_url"])
            break
        assert time.monotonic() < deadline
    assert anna.call("DELETE", f"bookings/{booking['id']}").status_code == 200


def test_no_secret_gets_into_logs_or_lies_open_in_the_database(vconf: LiveServer, anna: Member) -> None:
    """R7.7, R6.2: links, PINs, tokens, passwords, and the secrets of servers."""
    booking = anna.call("POST", "bookings", now_for(20)).json()
    link = urlsplit(booking["join_url"]).path
    secrets = {
        "link": link.removeprefix("/j/"),
        "PIN": booking["pin"],
        "moderator PIN": booking["moderator_pin"],
        "bearer token": anna.token,
        "password": "a-password-nobody-has-7731",
        "wrong PIN": "912345678",
        "wrong link": "wrong-link-0123456789abcdef",
        "wrong token": "vconf_wrong-token-0123456789",
    }
    browser = requests.Session()
    _sign_in(browser, vconf, secrets["password"])
    Guest("Gast").join(booking["join_url"])
    for pin in (secrets["wrong PIN"], booking["moderator_pin"]):
        page = browser.get(booking["join_url"], timeout=PATIENCE)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        form = {"csrfmiddlewaretoken": token[1], "name": "Gast", "pin": pin}
        browser.post(booking["join_url"], form, allow_redirects=False, timeout=PATIENCE)
    for path in (f"/j/{secrets['wrong link']}", f"{link}?errors=%5B", f"{link}/nothing", f"{link}%00"):
        assert requests.get(vconf.base_url + path, timeout=PATIENCE).status_code in (200, 404)
    wrong = {"Authorization": f"Bearer {secrets['wrong token']}"}
    assert requests.get(f"{vconf.base_url}/api/v1/me", headers=wrong, timeout=PATIENCE).status_code == 401
    code = (
        "from vconf.rooms.models import ConferenceServer as S\n"
        "print('secrets', *(text for s in S.objects.all() for text in (s.secret,)))"
    )
    found = re.search(r"secrets (.+)", vconf.manage("shell", "-c", code))
    assert found is not None
    secrets |= {f"server's secret {n}": secret for n, secret in enumerate(found[1].split())}

    database = b"".join(path.read_bytes() for path in vconf.data_folder.glob("vconf.sqlite3*"))
    for name, secret in secrets.items():
        assert secret not in vconf.log, f"{name} in the log"
        assert secret.encode() not in database, f"{name} in the database"
    assert booking["title"].encode() in database  # it is the database


def _sign_in(browser: requests.Session, vconf: LiveServer, password: str) -> None:
    browser.get(f"{vconf.base_url}/api/v1/session", timeout=PATIENCE)
    refused = browser.post(
        f"{vconf.base_url}/api/v1/session",
        json={"email": "anna@im.mv.example", "password": password},
        headers={"X-CSRFToken": browser.cookies["csrftoken"]},
        timeout=PATIENCE,
    )
    assert refused.status_code == 401


def test_what_they_did_left_the_data_folder_to_its_owner(vconf: LiveServer) -> None:
    for path in [vconf.data_folder / "secret_key", *Path(vconf.data_folder / "mails").glob("*.eml")]:
        assert path.stat().st_mode & 0o077 == 0, path
