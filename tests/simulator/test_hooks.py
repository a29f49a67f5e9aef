# SPDX-License-Identifier: EUPL-1.2
"""Webhooks and end callbacks, delivered to a real receiver."""

import hashlib
import json
from urllib.parse import parse_qs

import pytest
import requests

from tests.simulator.calling import Browser, call, create, texts
from tests.simulator_fixture import Received, Receiver, SimulatorProcess, eventually

ONLY_OURS = "meeting-created,meeting-ended,user-joined,user-left"


def event(received: Received) -> dict[str, object]:
    events = json.loads(parse_qs(received.body.decode())["event"][0])
    assert len(events) == 1
    data: dict[str, object] = events[0]["data"]
    return data


def test_hook_hears_of_meetings_and_people_in_order(simulator: SimulatorProcess, receiver: Receiver) -> None:
    call(simulator, "hooks/create", callbackURL=f"{receiver.url}/h", eventID=ONLY_OURS)

    create(simulator, "m-1", **{"meta_vconf-booking": "b-1"})
    Browser(simulator, fullName="Anna", userID="p-1", role="MODERATOR")
    simulator.add_people("m-1", names=["Bernd"])
    call(simulator, "end", meetingID="m-1")

    events = [event(receiver.next()) for _ in range(6)]
    assert [one["id"] for one in events] == [
        "meeting-created",
        "user-joined",
        "user-joined",
        "user-left",
        "user-left",
        "meeting-ended",
    ]
    created, joined = (one["attributes"] for one in events[:2])
    assert isinstance(created, dict)
    assert isinstance(joined, dict)
    assert created["meeting"]["external-meeting-id"] == "m-1"
    assert created["meeting"]["metadata"] == {"vconf-booking": "b-1"}
    assert joined["user"]["external-user-id"] == "p-1"
    assert joined["user"]["role"] == "MODERATOR"


def test_delivery_is_signed_over_its_raw_body(simulator: SimulatorProcess, receiver: Receiver) -> None:
    url = f"{receiver.url}/h?server=1"
    call(simulator, "hooks/create", callbackURL=url)

    create(simulator)
    received = receiver.next()

    expected = hashlib.sha1(url.encode() + received.body + simulator.secret.encode()).hexdigest()
    assert received.method == "POST"
    assert received.query == f"server=1&checksum={expected}"
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"
    assert list(parse_qs(received.body.decode())) == ["domain", "event", "timestamp"]


def test_failed_delivery_is_repeated_with_the_same_timestamp(
    simulator: SimulatorProcess, receiver: Receiver
) -> None:
    receiver.statuses = [500, 404, 302]
    call(simulator, "hooks/create", callbackURL=receiver.url)

    create(simulator)

    assert len({receiver.next().body for _ in range(4)}) == 1


def test_hook_that_never_answers_is_deleted(receiver: Receiver) -> None:
    server = SimulatorProcess(options=["--retry-scale", "0"])
    server.start()
    try:
        receiver.statuses = [500] * 13
        call(server, "hooks/create", callbackURL=receiver.url)

        create(server)

        eventually(lambda: server.state()["hooks"] == [])
        assert server.state()["deliveries"]["hooks"] == {"delivered": 0, "given_up": 1}
        assert receiver.requests.qsize() == 13
    finally:
        server.stop()


def test_unauthorized_counts_as_delivered(simulator: SimulatorProcess, receiver: Receiver) -> None:
    receiver.statuses = [401]
    call(simulator, "hooks/create", callbackURL=receiver.url)

    create(simulator, "m-1")
    create(simulator, "m-2")

    assert [event(receiver.next())["id"] for _ in range(2)] == ["meeting-created", "meeting-created"]
    assert receiver.requests.empty()


def test_hooks_are_listed_and_destroyed(simulator: SimulatorProcess) -> None:
    first = texts(call(simulator, "hooks/create", callbackURL="http://127.0.0.1:9/a?x=1&y=2"))
    again = texts(
        call(simulator, "hooks/create", callbackURL="http://127.0.0.1:9/a?x=1&y=2", eventID="user-left")
    )
    other = texts(call(simulator, "hooks/create", callbackURL="http://127.0.0.1:9/b", meetingID="m-1"))

    listed = [texts(hook) for hook in call(simulator, "hooks/list").iterfind("hooks/hook")]
    of_another = call(simulator, "hooks/list", meetingID="m-2").findall("hooks/hook")
    destroyed = texts(call(simulator, "hooks/destroy", hookID=first["hookID"]))
    missing = texts(call(simulator, "hooks/destroy", hookID=first["hookID"]))

    assert (first["permanentHook"], first["rawData"]) == ("false", "false")
    assert (again["hookID"], again["messageKey"]) == (first["hookID"], "duplicateWarning")
    assert listed == [
        {
            "hookID": first["hookID"],
            "callbackURL": "http://127.0.0.1:9/a?x=1&y=2",
            "permanentHook": "false",
            "rawData": "false",
        },
        {
            "hookID": other["hookID"],
            "callbackURL": "http://127.0.0.1:9/b",
            "meetingID": "m-1",
            "permanentHook": "false",
            "rawData": "false",
        },
    ]
    assert len(of_another) == 1
    assert destroyed["removed"] == "true"
    assert missing["messageKey"] == "destroyMissingHook"


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "javascript:x", "http://", "http://a b/", "http://h:99999/"]
)
def test_hook_needs_a_web_address(simulator: SimulatorProcess, url: str) -> None:
    answer = texts(call(simulator, "hooks/create", callbackURL=url))

    assert answer["messageKey"] == ("createHookError" if url else "missingParamCallbackURL")


def test_hook_of_one_meeting_hears_only_of_that(simulator: SimulatorProcess, receiver: Receiver) -> None:
    call(simulator, "hooks/create", callbackURL=receiver.url, meetingID="m-2", eventID="meeting-created")

    create(simulator, "m-1")
    create(simulator, "m-2")
    simulator.add_people("m-2")

    attributes = event(receiver.next())["attributes"]
    assert isinstance(attributes, dict)
    assert attributes["meeting"]["external-meeting-id"] == "m-2"
    assert receiver.requests.empty()


def test_ping_and_absent_package(simulator: SimulatorProcess) -> None:
    without = SimulatorProcess(options=["--no-webhooks"])
    without.start()
    try:
        present = requests.get(f"{simulator.base_url}hooks/ping", timeout=5)
        absent = requests.get(f"{without.base_url}hooks/ping", timeout=5)
    finally:
        without.stop()

    assert (present.status_code, present.headers["Content-Type"]) == (200, "text/plain;charset=UTF-8")
    assert (absent.status_code, absent.headers["Content-Type"]) == (404, "text/html")


@pytest.mark.parametrize("parameter", ["meetingEndedURL", "meta_endCallbackUrl"])
def test_end_callback_is_repeated_until_taken(
    simulator: SimulatorProcess, receiver: Receiver, parameter: str
) -> None:
    receiver.statuses = [503]
    create(simulator, "m-1", record="true", **{parameter: f"{receiver.url}/ended/unguessable?a=1"})
    call(simulator, "end", meetingID="m-1")

    first, second = receiver.next(), receiver.next()

    assert (first.method, first.path, first.query) == ("GET", "/ended/unguessable", "a=1&recordingmarks=true")
    assert second == first


def test_forgetting_tells_nobody(simulator: SimulatorProcess, receiver: Receiver) -> None:
    create(simulator, "m-1", meetingEndedURL=receiver.url)
    call(simulator, "hooks/create", callbackURL=receiver.url)

    simulator.forget()
    create(simulator, "m-2")

    assert event(receiver.next())["id"] == "meeting-created"
    assert receiver.requests.empty()
