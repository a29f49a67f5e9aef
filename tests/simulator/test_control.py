# SPDX-License-Identifier: EUPL-1.2
"""The levers for tests and demonstrations."""

import time

import pytest
import requests

from tests.simulator.calling import Browser, call, create, info, texts
from tests.simulator_fixture import CONTROL_TOKEN, SimulatorProcess


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer wrong", f"Basic {CONTROL_TOKEN}", "Bearer \xff"])
def test_levers_need_the_token(simulator: SimulatorProcess, token: str) -> None:
    answer = requests.post(
        f"{simulator.origin}/control/forget", headers={"Authorization": token.encode("latin-1")}, timeout=5
    )

    assert answer.status_code == 401


def test_without_token_there_are_no_levers() -> None:
    server = SimulatorProcess(options=["--control-token", ""])
    server.start()
    try:
        answers = [
            requests.get(f"{server.origin}/control/state", headers=headers, timeout=5).status_code
            for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {CONTROL_TOKEN}"})
        ]
    finally:
        server.stop()

    assert answers == [404, 404, 404]


def test_people_come_and_go(simulator: SimulatorProcess) -> None:
    create(simulator)

    simulator.add_people("m-1", 30)
    simulator.add_people("m-1", names=["Mia Moderatorin"], role="MODERATOR")
    many = texts(info(simulator))
    simulator.remove_people("m-1", 11)
    fewer = texts(info(simulator))
    left = simulator.remove_people("m-1")

    assert (many["participantCount"], many["moderatorCount"]) == ("31", "1")
    # The last to come go first.
    assert (fewer["participantCount"], fewer["moderatorCount"]) == ("20", "0")
    assert left == 20


def test_people_by_user_id_and_limit(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", maxParticipants=3)
    ids = simulator.add_people("m-1", 3)

    full = requests.post(
        f"{simulator.origin}/control/people",
        json={"meetingID": "m-1"},
        headers={"Authorization": f"Bearer {CONTROL_TOKEN}"},
        timeout=5,
    )
    simulator.control("POST", "people/leave", {"meetingID": "m-1", "userIDs": ids[:1]})

    assert (full.status_code, full.json()["key"]) == (409, "maxParticipantsReached")
    assert info(simulator).findtext("participantCount") == "2"


def test_admitting_the_lobby(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", guestPolicy="ASK_MODERATOR")
    guest = Browser(simulator, guest="true")

    simulator.admit_people("m-1")

    assert "1 Person ist" in guest.http.get(guest.page.url, timeout=5).text


def test_state_shows_everything(simulator: SimulatorProcess) -> None:
    created = create(simulator, "m-1", name="Lage")
    simulator.add_people("m-1", 2)
    calls = simulator.state()["calls"].get("getMeetings", 0)
    call(simulator, "getMeetings")

    state = simulator.state()

    assert state["name"] == "bbb1"
    assert state["people"] == 2
    assert state["calls"]["getMeetings"] == calls + 1
    assert state["meetings"] == [
        {
            "meetingID": "m-1",
            "name": "Lage",
            "createTime": int(created["createTime"]),
            "people": 2,
            "moderators": 0,
            "waiting": 0,
            "ended": False,
            "created_with": {"meetingID": "m-1", "name": "Lage"},
        }
    ]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"kind": "explode"}),
        ("faults", {"kind": "hang", "count": 0}),
        ("faults", {"kind": "hang", "call": 1}),
        ("faults", {"kind": "hang", "delay_ms": -1}),
        ("people", {"meetingID": "m-none"}),
        ("people", {"meetingID": "m-1", "count": 10**9}),
        ("people", {"meetingID": "m-1", "count": True}),
        ("people", {"meetingID": "m-1", "names": "Anna"}),
        ("people", {"meetingID": "m-1", "role": "KING"}),
        ("people/leave", {"meetingID": "m-1", "userIDs": "x"}),
        ("clock", {"advance_seconds": "x"}),
        ("settings", {"end_lingers_seconds": -1}),
    ],
)
def test_wrong_pulls_are_explained(simulator: SimulatorProcess, path: str, body: dict[str, object]) -> None:
    create(simulator)

    answer = requests.post(
        f"{simulator.origin}/control/{path}",
        json=body,
        headers={"Authorization": f"Bearer {CONTROL_TOKEN}"},
        timeout=5,
    )

    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_object(simulator: SimulatorProcess, body: bytes) -> None:
    answer = requests.post(
        f"{simulator.origin}/control/forget",
        data=body,
        headers={"Authorization": f"Bearer {CONTROL_TOKEN}"},
        timeout=5,
    )

    assert answer.status_code == 400


def test_fault_counts_down_and_is_for_one_call(simulator: SimulatorProcess) -> None:
    simulator.set_fault("fail", call="getMeetings", count=2)

    statuses = [requests.get(f"{simulator.base_url}getMeetings", timeout=5).status_code for _ in range(3)]
    other = requests.get(simulator.base_url, timeout=5).status_code

    assert statuses == [500, 500, 200]
    assert other == 200


def test_fault_after_the_call_has_taken_effect(simulator: SimulatorProcess) -> None:
    simulator.set_fault("close", call="create", after=True)

    with pytest.raises(requests.ConnectionError):
        create(simulator)

    assert simulator.meeting("m-1") is not None


def test_clearing_faults_lets_go_of_who_hangs(simulator: SimulatorProcess) -> None:
    import threading

    simulator.set_fault("hang")
    threading.Timer(0.3, simulator.clear_faults).start()
    started = time.monotonic()

    with pytest.raises(requests.ConnectionError):
        requests.get(simulator.base_url, timeout=5)

    assert time.monotonic() - started < 4.5


def test_skewed_clock_only_shows_in_times(simulator: SimulatorProcess) -> None:
    right = int(create(simulator, "m-1")["createTime"])

    simulator.skew_clock(-7_200_000)
    wrong = int(create(simulator, "m-2")["createTime"])
    simulator.skew_clock(3_600_000)
    ahead = int(create(simulator, "m-3")["createTime"])

    assert right - 7_200_000 < wrong < right - 7_190_000
    assert right + 3_590_000 < ahead < right + 3_610_000


def test_old_meetings_come_back_with_their_people(simulator: SimulatorProcess) -> None:
    old = create(simulator, "m-1")
    simulator.add_people("m-1", 3)
    simulator.snapshot()
    simulator.forget()
    create(simulator, "m-2")

    restored = simulator.restore()

    assert restored == 1
    assert info(simulator).findtext("createTime") == old["createTime"]
    assert {one["meetingID"]: one["people"] for one in simulator.state()["meetings"]} == {"m-1": 3, "m-2": 0}


def test_old_meetings_do_not_replace_new_ones(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1")
    simulator.snapshot()
    simulator.forget()
    new = create(simulator, "m-1")

    restored = simulator.restore()

    assert restored == 0
    assert info(simulator).findtext("createTime") == new["createTime"]
