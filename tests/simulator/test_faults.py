# SPDX-License-Identifier: EUPL-1.2
"""What can go wrong with a connection, with either kind of server."""

import contextlib
import socket
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.simulator_fixture import JitsiShard, SimulatorProcess, eventually


@pytest.fixture(params=["bigbluebutton", "jitsi"])
def server(request: pytest.FixtureRequest) -> SimulatorProcess:
    name = {"bigbluebutton": "simulator", "jitsi": "jitsi_shard"}[request.param]
    found: SimulatorProcess = request.getfixturevalue(name)
    return found


def a_call(server: SimulatorProcess) -> str:
    """A call that needs no right."""
    return f"{server.origin}/room-census" if isinstance(server, JitsiShard) else server.base_url


@contextlib.contextmanager
def connected(server: SimulatorProcess, request: bytes) -> Iterator[socket.socket]:
    host, _, port = server.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=3) as connection:
        connection.sendall(request)
        yield connection


def request_line(server: SimulatorProcess) -> bytes:
    path = a_call(server).removeprefix(server.origin)
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def test_refused_connections_and_the_way_back(server: SimulatorProcess) -> None:
    with connected(server, request_line(server)) as before:
        before.recv(65_536)
        server.set_fault("refuse")

        # Whoever was connected is cut off.
        assert before.recv(1) == b""
        for _ in range(3):
            with pytest.raises(ConnectionRefusedError), connected(server, b""):
                pass

        server.clear_faults()

        assert requests.get(a_call(server), timeout=5).status_code == 200


def test_refusing_keeps_what_is_going_on(server: SimulatorProcess) -> None:
    """A server whose network was gone comes back with its old meetings."""
    if isinstance(server, JitsiShard):
        server.add_people("r1", 2)
    server.set_fault("refuse")
    server.clear_faults()

    assert requests.get(a_call(server), timeout=5).status_code == 200
    if isinstance(server, JitsiShard):
        assert server.rooms()["r1"]["people"] == 2


def test_faults_that_end_by_themselves(server: SimulatorProcess) -> None:
    server.set_fault("refuse", seconds=1)
    server.set_fault("fail", seconds=1)

    with pytest.raises(requests.ConnectionError):
        requests.get(a_call(server), timeout=5)

    def well() -> bool:
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(a_call(server), timeout=5).status_code == 200
        return False

    eventually(well)
    assert server.state()["faults"] == []


def test_reset(server: SimulatorProcess) -> None:
    server.set_fault("reset")

    with connected(server, request_line(server)) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)


def test_close_is_an_orderly_end(server: SimulatorProcess) -> None:
    server.set_fault("close")

    with connected(server, request_line(server)) as connection:
        assert connection.recv(1) == b""


def test_silence(server: SimulatorProcess) -> None:
    server.set_fault("hang")

    with connected(server, request_line(server)) as connection:
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_drip(server: SimulatorProcess) -> None:
    server.set_fault("drip", delay_ms=20)

    with connected(server, request_line(server)) as connection:
        pieces = [connection.recv(64) for _ in range(5)]

    assert max(len(piece) for piece in pieces) < 5
    assert b"".join(pieces).startswith(b"HTT")


@pytest.mark.parametrize("kind", ["fail", "html", "empty", "broken", "bomb", "busy", "swallow", "redirect"])
def test_answers_that_are_wrong(server: SimulatorProcess, kind: str) -> None:
    right = requests.get(a_call(server), timeout=5)
    server.set_fault(kind)

    wrong = requests.get(a_call(server), timeout=5, allow_redirects=False)

    assert (wrong.status_code, wrong.content) != (right.status_code, right.content)


def test_garbage(server: SimulatorProcess) -> None:
    server.set_fault("garbage")

    with pytest.raises(requests.RequestException):
        requests.get(a_call(server), timeout=5)


def test_answer_without_end(server: SimulatorProcess) -> None:
    server.set_fault("huge")

    with requests.get(a_call(server), stream=True, timeout=5) as answer:
        taken = 0
        for piece in answer.iter_content(65_536):
            taken += len(piece)
            if taken > 10_000_000:
                break

    assert taken > 10_000_000


def test_half_an_answer(server: SimulatorProcess) -> None:
    server.set_fault("stall")

    with pytest.raises(requests.RequestException):
        _ = requests.get(a_call(server), timeout=1).content


def test_wrong_clock_shows_in_the_date(server: SimulatorProcess) -> None:
    server.skew_clock(-3_600_000)

    date = parsedate_to_datetime(requests.get(a_call(server), timeout=5).headers["Date"])

    assert abs(time.time() - 3_600 - date.timestamp()) < 10


def test_levers_are_within_reach_whatever_happens(server: SimulatorProcess) -> None:
    for kind in ("refuse", "hang", "reset"):
        server.set_fault(kind)

    assert [fault["kind"] for fault in server.state()["faults"]] == ["refuse", "hang", "reset"]


def test_unknown_servers_have_no_levers(server: SimulatorProcess) -> None:
    answer = requests.get(f"{server._panel}nobody/control/state", timeout=5)

    assert answer.status_code == 404
