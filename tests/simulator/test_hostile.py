# SPDX-License-Identifier: EUPL-1.2
"""Bytes that no honest client sends, and more of everything than a demonstration has."""

import socket
import time

import pytest
import requests

from tests.simulator.calling import call, create, info
from tests.simulator_fixture import SimulatorProcess


def speak(simulator: SimulatorProcess, raw: bytes, *, finish: bool = True) -> bytes:
    host, _, port = simulator.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=3) as connection:
        connection.sendall(raw)
        if finish:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
        return received


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"POST /bigbluebutton/api/create HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /bigbluebutton/api/create HTTP/1.1\r\nContent-Length: abc\r\n\r\n", b"400"),
        (
            b"POST /bigbluebutton/api/create HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            b"400",
        ),
        (b"POST /bigbluebutton/api/create HTTP/1.1\r\nContent-Length: 99\r\n\r\nshort", b"400"),
        (b"POST /bigbluebutton/api/create HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n", b"413"),
        (b"POST /bigbluebutton/api/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"GET /bigbluebutton/api/create?" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
        (b"BREW / HTTP/1.1\r\n\r\n", b"501"),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"\x00\xff\x7f\r\n\r\n", b"400"),
        (b"GET /html5client/../../etc/passwd HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET /html5client/%2e%2e/cli.py HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
        (
            b"GET /bigbluebutton/api/\xff\xfe?\xff=\xff&checksum=\xff HTTP/1.1\r\nConnection: close\r\n\r\n",
            b"200",
        ),
        (b"GET /bigbluebutton/api/end?%ff=%&&&;;=&checksum HTTP/1.1\r\nConnection: close\r\n\r\n", b"200"),
    ],
)
def test_broken_requests_get_an_answer_and_harm_nobody(
    simulator: SimulatorProcess, raw: bytes, status: bytes
) -> None:
    answer = speak(simulator, raw)

    # Python answers a line that is no HTTP at all in the manner of HTTP/0.9, without a status line.
    assert status in answer.split(b"\r\n")[0] or b"Error code: " + status in answer
    assert requests.get(simulator.base_url, timeout=5).status_code == 200


def test_thousands_of_parameters_are_refused(simulator: SimulatorProcess) -> None:
    answer = requests.get(simulator.base_url + "create?" + "a=&" * 2_000, timeout=5)

    assert "<messageKey>validationError</messageKey>" in answer.text


def test_control_characters_never_reach_the_xml(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", name="La\x00ge\x1b\x0b \ufffe\U0001f600")
    simulator.add_people("m-1", names=["A\x00\x08b", "\ud800", "\r\n]]>"])

    answer = info(simulator)

    assert answer.findtext("meetingName") == "Lage \U0001f600"
    assert [one.text for one in answer.iterfind("attendees/attendee/fullName")] == ["Ab", None, "\r\n]]>"]


def test_connections_that_say_nothing_do_not_keep_others_out(simulator: SimulatorProcess) -> None:
    host, _, port = simulator.origin.removeprefix("http://").partition(":")
    silent = [socket.create_connection((host, int(port)), timeout=3) for _ in range(100)]
    try:
        assert requests.get(simulator.base_url, timeout=5).status_code == 200
    finally:
        for connection in silent:
            connection.close()


def test_two_hundred_meetings_and_thousands_of_people(simulator: SimulatorProcess) -> None:
    for number in range(200):
        create(simulator, f"m-{number}")
    for number in range(20):
        simulator.add_people(f"m-{number}", 200)

    started = time.monotonic()
    listed = call(simulator, "getMeetings")
    seconds = time.monotonic() - started

    counts = [int(one.text or "0") for one in listed.iterfind("meetings/meeting/participantCount")]
    assert (len(counts), sum(counts)) == (200, 4_000)
    assert seconds < 2


def test_an_idle_server_is_idle(simulator: SimulatorProcess) -> None:
    for number in range(50):
        create(simulator, f"m-{number}")
        simulator.add_people(f"m-{number}", 20)

    def used_seconds() -> float:
        with open(f"/proc/{simulator.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    before = used_seconds()
    time.sleep(1)

    assert used_seconds() - before < 0.2
