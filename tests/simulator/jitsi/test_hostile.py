# SPDX-License-Identifier: EUPL-1.2
"""Bytes that no honest client of a shard sends, and more rooms than a demonstration has."""

import time

import pytest
import requests

from tests.simulator.test_hostile import speak
from tests.simulator_fixture import JitsiShard


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"PUT /kick-participant?room=r1 HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"PUT /kick-participant?room=r1 HTTP/1.1\r\nContent-Length: 99\r\n\r\nshort", b"400"),
        (b"POST /end-meeting?%ff=%&&conference=\xff HTTP/1.1\r\nConnection: close\r\n\r\n", b"401"),
        (b"POST /end-meeting?" + b"a=&" * 2_000 + b" HTTP/1.1\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /room-size?" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET /\xff\xfe?\xff=\xff HTTP/1.1\r\nConnection: close\r\n\r\n", b"403"),
        (b"GET /_client/../../etc/passwd HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET /_client/%2e%2e/cli.py HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
        (b"DELETE /r1 HTTP/1.1\r\nConnection: close\r\n\r\n", b"405"),
    ],
)
def test_broken_requests_get_an_answer_and_harm_nobody(
    jitsi_shard: JitsiShard, raw: bytes, status: bytes
) -> None:
    answer = speak(jitsi_shard, raw)

    assert status in answer.split(b"\r\n")[0]
    assert requests.get(jitsi_shard.base_url, timeout=5).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"\xff", b"[" * 100_000, b'{"participantId": {"a": 1}}'])
def test_bodies_that_are_nothing(jitsi_shard: JitsiShard, body: bytes) -> None:
    answer = requests.put(
        f"{jitsi_shard.origin}/kick-participant?room=r1",
        data=body,
        headers={"Content-Type": "application/json"},
        timeout=5,
    )

    assert answer.status_code in (400, 403)


def test_names_reach_page_and_json_whole_or_harmless(jitsi_shard: JitsiShard) -> None:
    jitsi_shard.configure(tokens="off")
    jitsi_shard.enter("r1", name="<script>\x00\ud800&\U0001f600")

    page = requests.get(f"{jitsi_shard.origin}/r1", timeout=5)
    listed = requests.get(f"{jitsi_shard.origin}/room?room=r1&domain=127.0.0.1", timeout=5).json()

    assert page.status_code == 200
    assert "<script>\x00" not in page.text
    assert len(listed) == 2


def test_two_hundred_rooms_and_thousands_of_people(jitsi_shard: JitsiShard) -> None:
    for number in range(200):
        jitsi_shard.add_people(f"r{number}", 20)

    census = requests.get(f"{jitsi_shard.origin}/room-census", timeout=5).json()["room_census"]
    before = _used_seconds(jitsi_shard.pid)
    time.sleep(1)

    assert (len(census), sum(room["participants"] for room in census)) == (200, 4_000)
    assert _used_seconds(jitsi_shard.pid) - before < 0.3


def _used_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
