# SPDX-License-Identifier: EUPL-1.2
"""What is BigBlueButton's own in keeping the port's promises. What every server keeps stands in tests/contracts."""

import threading
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.simulator_fixture import Receiver, SimulatorProcess
from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.port import (
    BackendError,
    JoinRequest,
    MeetingSpec,
    RequestRefused,
    ServerAccess,
    ServerBusy,
    Unreachable,
)


def backend(simulator: SimulatorProcess, **changes: float) -> BigBlueButtonBackend:
    access = ServerAccess(
        kind="bigbluebutton", base_url=simulator.base_url, secret=simulator.secret, allow_http=True
    )
    return BigBlueButtonBackend(replace(access, **changes))  # type: ignore[arg-type]  # only limits are changed


SPEC = MeetingSpec(external_id="m-1", name="Lage")


def sent(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_incarnation_is_the_create_time(simulator: SimulatorProcess) -> None:
    created = backend(simulator).create(SPEC)

    meeting = simulator.meeting("m-1")
    assert meeting is not None
    assert created.incarnation == str(meeting["createTime"])
    assert round(created.created_at.timestamp() * 1000) == meeting["createTime"]


def test_settings_reach_the_server(simulator: SimulatorProcess) -> None:
    backend(simulator).create(
        MeetingSpec(
            external_id="m-1",
            name="Lage",
            duration_minutes=90,
            max_participants=25,
            moderator_password="mmm",
            attendee_password="aaa",
            welcome="Willkommen",
            logout_url="https://vconf.example.org/out",
            lobby=True,
            muted_on_start=True,
            cameras_off=True,
            recording=False,
            expire_unused_minutes=30,
            expire_empty_minutes=0,
            metadata={"vconf-epoch": "2", "vconf-booking": "b-1"},
            end_callback_url="https://vconf.example.org/ended/unguessable",
            recording_ready_url="https://vconf.example.org/ready",
        )
    )

    meeting = simulator.meeting("m-1")
    assert meeting is not None
    assert meeting["created_with"] == {
        "meetingID": "m-1",
        "name": "Lage",
        "record": "false",
        "autoStartRecording": "false",
        "allowStartStopRecording": "false",
        "notifyRecordingIsOn": "false",
        "muteOnStart": "true",
        "lockSettingsDisableCam": "true",
        "guestPolicy": "ASK_MODERATOR",
        "duration": "90",
        "maxParticipants": "25",
        "moderatorPW": "mmm",
        "attendeePW": "aaa",
        "welcome": "Willkommen",
        "logoutURL": "https://vconf.example.org/out",
        "meetingExpireIfNoUserJoinedInMinutes": "30",
        "meetingExpireWhenLastUserLeftInMinutes": "0",
        "meetingEndedURL": "https://vconf.example.org/ended/unguessable",
        "meta_bbb-recording-ready-url": "https://vconf.example.org/ready",
        "meta_vconf-booking": "b-1",
        "meta_vconf-epoch": "2",
    }


def test_little_is_sent_when_little_is_asked(simulator: SimulatorProcess) -> None:
    backend(simulator).create(replace(SPEC, recording=True, muted_on_start=False))

    meeting = simulator.meeting("m-1")
    assert meeting is not None
    assert meeting["created_with"] == {
        "meetingID": "m-1",
        "name": "Lage",
        "record": "true",
        "autoStartRecording": "false",
        "allowStartStopRecording": "true",
        "notifyRecordingIsOn": "true",
        "muteOnStart": "false",
        "lockSettingsDisableCam": "false",
        "guestPolicy": "ALWAYS_ACCEPT",
        "duration": "0",
    }


def test_end_is_called_back(simulator: SimulatorProcess, receiver: Receiver) -> None:
    ours = backend(simulator)
    created = ours.create(replace(SPEC, end_callback_url=f"{receiver.url}/ended/unguessable"))

    ours.end("m-1", created.incarnation)

    assert receiver.next().path == "/ended/unguessable"


def test_join_url_of_a_guest(simulator: SimulatorProcess) -> None:
    url = backend(simulator).join_url(
        JoinRequest(
            external_id="m-1",
            incarnation="1700000000000",
            full_name="\tÄnne\nO'Neill \x00",
            user_id="p-1",
            guest=True,
            error_url="https://vconf.example.org/j/abc?again=1",
            language="en",
        )
    )

    query = sent(url)
    query.pop("checksum")
    assert query == {
        "meetingID": "m-1",
        "fullName": "Änne O'Neill",
        "role": "VIEWER",
        "userID": "p-1",
        "createTime": "1700000000000",
        "guest": "true",
        "errorRedirectUrl": "https://vconf.example.org/j/abc?again=1",
        "userdata-bbb_override_default_locale": "en",
        "userdata-bbb_auto_share_webcam": "false",
    }


def test_join_url_of_a_moderator(simulator: SimulatorProcess) -> None:
    url = backend(simulator).join_url(
        JoinRequest(
            external_id="m-1",
            incarnation="1",
            full_name="Anna",
            user_id="p-1",
            moderator=True,
            camera_off=False,
        )
    )

    assert sent(url)["role"] == "MODERATOR"
    assert "guest" not in sent(url)
    assert "userdata-bbb_auto_share_webcam" not in sent(url)


def test_bad_join_leads_back_to_us(simulator: SimulatorProcess, receiver: Receiver) -> None:
    ours = backend(simulator)
    ours.create(SPEC)

    requests.get(
        ours.join_url(
            JoinRequest(
                external_id="m-1",
                incarnation="1",
                full_name="Anna",
                user_id="p",
                error_url=f"{receiver.url}/j/abc",
            )
        ),
        timeout=5,
    )

    received = receiver.next()
    assert received.path == "/j/abc"
    assert "mismatchCreateTimeParam" in received.query


@pytest.mark.parametrize("external_id", ["", "m", "m,1", "m 1", "m/1", "ü1", "m" * 257, "m1\n"])
def test_ids_a_server_would_mangle(external_id: str) -> None:
    with pytest.raises(ValueError, match="not a meeting id"):
        MeetingSpec(external_id=external_id, name="Lage")


@pytest.mark.parametrize("name", ["", "under_score", "a.b", "Upper", "1a", "a\n"])
def test_metadata_names_a_server_would_drop(name: str) -> None:
    with pytest.raises(ValueError, match="not a metadata name"):
        MeetingSpec(external_id="m-1", name="Lage", metadata={name: "x"})


def test_other_passwords_are_refused(simulator: SimulatorProcess) -> None:
    ours = backend(simulator)
    ours.create(replace(SPEC, moderator_password="mmm", attendee_password="aaa"))

    with pytest.raises(RequestRefused) as caught:
        ours.create(replace(SPEC, moderator_password="xxx", attendee_password="aaa"))

    assert caught.value.code == "id_not_unique"


def test_timeout_after_sending_leaves_the_meeting_there(simulator: SimulatorProcess) -> None:
    simulator.set_fault("hang", call="create", count=1, after=True)
    hasty = backend(simulator, create_read_timeout=0.3)

    with pytest.raises(Unreachable) as caught:
        hasty.create(SPEC)
    again = backend(simulator).create(SPEC)

    assert (caught.value.code, caught.value.maybe_done) == ("timeout", True)
    assert again.existed


def test_create_while_the_last_one_is_still_ending(simulator: SimulatorProcess) -> None:
    ours = backend(simulator)
    simulator.let_ended_meetings_linger(60)
    first = ours.create(SPEC)
    ended = ours.end("m-1", first.incarnation)

    with pytest.raises(ServerBusy) as caught:
        ours.create(SPEC)
    listed = list(ours.live_meetings())
    found = ours.find_meeting("m-1")
    simulator.advance_clock(61)
    second = ours.create(SPEC)

    assert ended
    assert (caught.value.code, caught.value.permanent) == ("still_ending", False)
    assert listed == []
    assert found is not None
    assert found.ended
    assert second.incarnation != first.incarnation


def test_end_that_has_no_effect_is_told(simulator: SimulatorProcess) -> None:
    ours = backend(simulator)
    created = ours.create(SPEC)
    simulator.set_fault("swallow", call="end")

    assert not ours.end("m-1", created.incarnation)
    assert simulator.meeting("m-1") is not None


def test_end_of_a_lost_server_is_an_error_not_an_answer(simulator: SimulatorProcess) -> None:
    ours = backend(simulator, read_timeout=0.3)
    created = ours.create(SPEC)
    simulator.set_fault("hang")

    with pytest.raises(BackendError):
        ours.end("m-1", created.incarnation)


def test_end_in_parallel(simulator: SimulatorProcess) -> None:
    ours = backend(simulator)
    created = ours.create(SPEC)
    ended: list[bool] = []
    threads = [
        threading.Thread(target=lambda: ended.append(ours.end("m-1", created.incarnation))) for _ in range(6)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ended == [True] * 6


def test_one_call_lists_a_full_server(simulator: SimulatorProcess) -> None:
    ours = backend(simulator)
    for number in range(100):
        ours.create(MeetingSpec(external_id=f"m-{number}", name=f"Konferenz {number}"))
    for number in range(10):
        simulator.add_people(f"m-{number}", 300)
    before = simulator.state()["calls"].get("getMeetings", 0)

    listed = ours.live_meetings()

    assert (len(listed), sum(one.people for one in listed)) == (100, 3_000)
    assert simulator.state()["calls"]["getMeetings"] == before + 1


def test_wrong_clock_changes_nothing(simulator: SimulatorProcess) -> None:
    simulator.skew_clock(-5 * 365 * 86_400_000)
    ours = backend(simulator)

    created = ours.create(SPEC)
    page = requests.get(
        ours.join_url(
            JoinRequest(external_id="m-1", incarnation=created.incarnation, full_name="Anna", user_id="p")
        ),
        timeout=5,
    )

    assert page.status_code == 200
    assert ours.end("m-1", created.incarnation)


def test_check_tells_a_version_but_not_a_secret(simulator: SimulatorProcess) -> None:
    report = backend(simulator).check()

    assert (report.version, report.webhooks, report.code) == ("3.0.10", True, "")
    assert simulator.secret not in repr(report)


def test_check_knows_a_greeting_is_not_enough(simulator: SimulatorProcess) -> None:
    simulator.set_fault("hang", call="getMeetings")

    report = backend(simulator, read_timeout=0.3).check()

    assert (report.reachable, report.version, report.code) == (False, "3.0.10", "timeout")


def test_plain_http_needs_permission(simulator: SimulatorProcess) -> None:
    with pytest.raises(RequestRefused) as caught:
        BigBlueButtonBackend(
            ServerAccess(kind="bigbluebutton", base_url=simulator.base_url, secret=simulator.secret)
        )

    assert caught.value.code == "invalid_access"


def test_access_and_requests_hide_their_secrets() -> None:
    access = ServerAccess(kind="bigbluebutton", base_url="https://b.example/", secret="top-secret")
    spec = MeetingSpec(
        external_id="m-1", name="x", moderator_password="top-secret", end_callback_url="https://v/top-secret"
    )

    assert "top-secret" not in repr(access) + repr(spec)
