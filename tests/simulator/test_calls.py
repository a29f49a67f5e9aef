# SPDX-License-Identifier: EUPL-1.2
"""What the simulator answers to each call of BigBlueButton's API, over real sockets."""

import hashlib
import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.simulator.calling import Browser, call, create, info, signed, texts
from tests.simulator_fixture import SimulatorProcess


def test_version_needs_no_checksum(simulator: SimulatorProcess) -> None:
    answer = requests.get(simulator.base_url, timeout=5)

    assert answer.status_code == 200
    assert "<returncode>SUCCESS</returncode><version>2.0</version><apiVersion>2.0</apiVersion>" in answer.text
    assert "<bbbVersion>3.0.10</bbbVersion>" in answer.text


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_every_algorithm_is_accepted(simulator: SimulatorProcess, algorithm: str) -> None:
    assert call(simulator, "getMeetings", algorithm).findtext("returncode") == "SUCCESS"


@pytest.mark.parametrize(
    "name", ["create", "end", "isMeetingRunning", "getMeetings", "getMeetingInfo", "hooks/list"]
)
def test_wrong_checksum_is_refused_with_status_200(simulator: SimulatorProcess, name: str) -> None:
    answer = requests.get(f"{simulator.base_url}{name}?meetingID=m-1&checksum={'0' * 64}", timeout=5)

    assert answer.status_code == 200
    assert "<returncode>FAILED</returncode><messageKey>checksumError</messageKey>" in answer.text


def test_checksum_covers_the_bytes_on_the_wire(simulator: SimulatorProcess) -> None:
    query = "meetingID=m-1&name=A%20b+%C3%BC%7e*"
    checksum = hashlib.sha256(f"create{query}{simulator.secret}".encode()).hexdigest()
    host, port = simulator.origin.removeprefix("http://").split(":")
    # requests would rewrite %7e, so this goes over a plain connection.
    import http.client

    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    connection.request("GET", f"/bigbluebutton/api/create?{query}&checksum={checksum}")
    body = connection.getresponse().read().decode()
    connection.close()

    assert "<returncode>SUCCESS</returncode>" in body
    assert info(simulator).findtext("meetingName") == "A b ü~*"


def test_unknown_call(simulator: SimulatorProcess) -> None:
    assert texts(call(simulator, "configXML"))["messageKey"] == "unsupportedRequest"


def test_create_answers_the_new_meeting(simulator: SimulatorProcess) -> None:
    before = simulator.state()["now_ms"]

    answer = create(simulator, "m-1", duration=60)

    create_time = int(answer["createTime"])
    assert before <= create_time <= before + 5000
    assert answer["internalMeetingID"] == f"{hashlib.sha1(b'm-1').hexdigest()}-{create_time}"
    assert answer["parentMeetingID"] == "bbb-none"
    assert answer["duration"] == "60"
    assert answer["hasUserJoined"] == "false"
    assert answer["messageKey"] == ""
    assert len(answer["voiceBridge"]) == 5
    assert answer["attendeePW"] != answer["moderatorPW"]


def test_create_again_finds_the_same_meeting(simulator: SimulatorProcess) -> None:
    first = create(simulator, "m-1")

    again = create(simulator, "m-1", name="Anders", duration=5)

    assert again["messageKey"] == "duplicateWarning"
    assert again["createTime"] == first["createTime"]
    assert info(simulator).findtext("meetingName") == "Lagebesprechung"


def test_create_again_with_other_passwords_is_refused(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", attendeePW="aaa", moderatorPW="mmm")

    same = create(simulator, "m-1", attendeePW="aaa", moderatorPW="mmm")
    other = texts(
        call(simulator, "create", meetingID="m-1", name="Lage", attendeePW="aaa", moderatorPW="xxx")
    )

    assert same["messageKey"] == "duplicateWarning"
    assert other["messageKey"] == "idNotUnique"


def test_create_in_parallel_makes_one_incarnation(simulator: SimulatorProcess) -> None:
    answers: list[dict[str, str]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(create(simulator, "m-parallel"))) for _ in range(16)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 16
    assert len({answer["createTime"] for answer in answers}) == 1
    assert sorted(answer["messageKey"] for answer in answers) == [""] + 15 * ["duplicateWarning"]


def test_create_anew_after_end_is_another_incarnation(simulator: SimulatorProcess) -> None:
    first = create(simulator, "m-1")
    call(simulator, "end", meetingID="m-1")

    second = create(simulator, "m-1")

    assert int(second["createTime"]) > int(first["createTime"])


@pytest.mark.parametrize(
    ("parameters", "key"),
    [
        ({"name": "Lage"}, "missingParamMeetingID"),
        ({"meetingID": "m-1"}, "missingParamName"),
        ({"meetingID": "m", "name": "Lage"}, "sizeError"),
        ({"meetingID": "m" * 257, "name": "Lage"}, "sizeError"),
        ({"meetingID": "m,1", "name": "Lage"}, "validationError"),
        ({"meetingID": "m-1", "name": "L"}, "sizeError"),
        ({"meetingID": "m-1", "name": "Lage", "record": "yes"}, "validationError"),
        ({"meetingID": "m-1", "name": "Lage", "duration": "-1"}, "validationError"),
        ({"meetingID": "m-1", "name": "Lage", "guestPolicy": "MAYBE"}, "validationError"),
        ({"meetingID": "m-1", "name": "Lage", "moderatorPW": "x"}, "sizeError"),
    ],
)
def test_create_refuses_what_the_real_one_refuses(
    simulator: SimulatorProcess, parameters: dict[str, str], key: str
) -> None:
    assert texts(call(simulator, "create", **parameters))["messageKey"] == key


def test_clashing_voice_bridge_fails_in_the_old_shape(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", voiceBridge="70001")

    answer = call(simulator, "create", meetingID="m-2", name="Lage", voiceBridge="70001")

    assert answer.findtext("returncode") == "FAILED"
    assert answer.findtext("messageKey") is None
    assert answer.findtext("errors/error/key") == "nonUniqueVoiceBridge"


def test_metadata_names_are_lower_cased_and_odd_ones_dropped(simulator: SimulatorProcess) -> None:
    create(
        simulator,
        "m-1",
        **{"meta_vconf-Booking": "b-1 <&>", "meta_under_score": "x", "meta_a.b": "x", "meta_1a": "x"},
    )

    metadata = info(simulator).find("metadata")

    assert metadata is not None
    assert texts(metadata) == {"vconf-booking": "b-1 <&>"}


def test_post_with_modules_hashes_the_query_only(simulator: SimulatorProcess) -> None:
    url = signed(simulator, "create", meetingID="m-1", name="Lage")

    accepted = requests.post(url, data=b"<modules/>", headers={"Content-Type": "application/xml"}, timeout=5)
    refused = requests.post(url, data=b"x", headers={"Content-Type": "text/plain"}, timeout=5)

    assert "<returncode>SUCCESS</returncode>" in accepted.text
    assert "<messageKey>unsupportedContentType</messageKey>" in refused.text


def test_post_with_a_form_hashes_the_sorted_fields(simulator: SimulatorProcess) -> None:
    checksum = hashlib.sha256(f"createmeetingID=m-1&name=A+%7Eb*{simulator.secret}".encode()).hexdigest()
    fields = {"name": "A ~b*", "meetingID": "m-1", "checksum": checksum}

    accepted = requests.post(f"{simulator.base_url}create", data=fields, timeout=5)
    twice = requests.post(signed(simulator, "create", meetingID="m-1", name="Lage"), data=fields, timeout=5)

    assert "<returncode>SUCCESS</returncode>" in accepted.text
    assert "<messageKey>checksumError</messageKey>" in twice.text


def test_running_only_once_somebody_has_joined(simulator: SimulatorProcess) -> None:
    def running(meeting_id: str) -> str | None:
        return call(simulator, "isMeetingRunning", meetingID=meeting_id).findtext("running")

    create(simulator, "m-1")
    empty = running("m-1")
    Browser(simulator)

    assert empty == "false"
    assert running("m-1") == "true"
    assert running("m-unknown") == "false"


def test_meeting_info(simulator: SimulatorProcess) -> None:
    created = create(simulator, "m-1", maxParticipants=20, name="Lage <A> & „B“")
    Browser(simulator, fullName="Anna <b>", role="MODERATOR", userID="p-1")
    Browser(simulator, fullName="Bernd & Co", userID="p-2")

    answer = info(simulator)

    found = texts(answer)
    assert found["meetingName"] == "Lage <A> & „B“"
    assert found["createTime"] == created["createTime"]
    assert found["internalMeetingID"] == created["internalMeetingID"]
    assert (found["running"], found["hasUserJoined"], found["endTime"]) == ("true", "true", "0")
    assert (found["participantCount"], found["moderatorCount"], found["maxUsers"]) == ("2", "1", "20")
    attendees = [texts(attendee) for attendee in answer.iterfind("attendees/attendee")]
    assert [(one["userID"], one["fullName"], one["role"]) for one in attendees] == [
        ("p-1", "Anna <b>", "MODERATOR"),
        ("p-2", "Bernd & Co", "VIEWER"),
    ]


def test_info_of_an_unknown_meeting(simulator: SimulatorProcess) -> None:
    assert texts(info(simulator, "m-unknown"))["messageKey"] == "notFound"


def test_list_of_meetings(simulator: SimulatorProcess) -> None:
    nothing = call(simulator, "getMeetings")
    create(simulator, "m-1")
    create(simulator, "m-2")

    listed = call(simulator, "getMeetings")

    assert (nothing.findtext("returncode"), nothing.findtext("messageKey")) == ("SUCCESS", "noMeetings")
    assert nothing.find("meetings") is not None
    assert [one.findtext("meetingID") for one in listed.iterfind("meetings/meeting")] == ["m-1", "m-2"]


def test_end_removes_everybody(simulator: SimulatorProcess) -> None:
    created = create(simulator, "m-1")
    simulator.add_people("m-1", 3)

    wrong = texts(call(simulator, "end", meetingID="m-1", password="wrong"))
    right = texts(call(simulator, "end", meetingID="m-1", password=created["moderatorPW"]))
    again = texts(call(simulator, "end", meetingID="m-1"))

    assert wrong["messageKey"] == "invalidPassword"
    assert (right["returncode"], right["messageKey"]) == ("SUCCESS", "sentEndMeetingRequest")
    assert again["messageKey"] == "notFound"


def test_ended_meeting_may_linger(simulator: SimulatorProcess) -> None:
    simulator.let_ended_meetings_linger(30)
    first = create(simulator, "m-1")
    call(simulator, "end", meetingID="m-1")

    listed = texts(info(simulator))
    again = create(simulator, "m-1")
    joined = texts(call(simulator, "join", meetingID="m-1", fullName="Anna", role="VIEWER", redirect="false"))
    simulator.advance_clock(31)

    assert (listed["hasBeenForciblyEnded"], int(listed["endTime"]) > 0) == ("true", True)
    assert (again["messageKey"], again["createTime"]) == ("duplicateWarning", first["createTime"])
    assert joined["messageKey"] == "meetingForciblyEnded"
    assert texts(info(simulator))["messageKey"] == "notFound"


# Joining


def test_join_redirects_to_the_page(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1")

    answer = requests.get(
        signed(simulator, "join", meetingID="m-1", fullName="Anna", role="viewer"),
        timeout=5,
        allow_redirects=False,
    )

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/html5client/join?sessionToken=")


def test_join_without_redirect_answers_xml(simulator: SimulatorProcess) -> None:
    created = create(simulator, "m-1")

    answer = texts(call(simulator, "join", meetingID="m-1", fullName="Anna", role="VIEWER", redirect="false"))

    assert answer["messageKey"] == "successfullyJoined"
    assert answer["meeting_id"] == created["internalMeetingID"]
    assert answer["guestStatus"] == "ALLOW"
    assert answer["url"] == f"{simulator.origin}/html5client/join?sessionToken={answer['session_token']}"


def test_joined_people_count_once_they_have_the_page(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1")

    answer = texts(call(simulator, "join", meetingID="m-1", fullName="Anna", role="VIEWER", redirect="false"))
    before = info(simulator).findtext("participantCount")
    requests.get(answer["url"], timeout=5)

    assert before == "0"
    assert info(simulator).findtext("participantCount") == "1"


@pytest.mark.parametrize(
    ("parameters", "key"),
    [
        ({"meetingID": "m-unknown"}, "notFound"),
        ({"createTime": "1"}, "mismatchCreateTimeParam"),
        ({"role": "", "password": "wrong"}, "invalidPassword"),
        ({"role": "ADMIN"}, "validationError"),
        ({"fullName": ""}, "missingParamFullName"),
        ({"meetingID": ""}, "missingParamMeetingID"),
        ({"role": "", "password": ""}, "Params required"),
    ],
)
def test_bad_join_in_xml(simulator: SimulatorProcess, parameters: dict[str, str], key: str) -> None:
    create(simulator, "m-1")
    join = {"meetingID": "m-1", "fullName": "Anna", "role": "VIEWER", "redirect": "false", **parameters}

    assert texts(call(simulator, "join", **join))["messageKey"] == key


@pytest.mark.parametrize("errorRedirectUrl", ["", "https://vconf.example.org/j/x?a=1"])
def test_bad_join_leads_the_browser_away(simulator: SimulatorProcess, errorRedirectUrl: str) -> None:  # noqa: N803  the API's name
    create(simulator, "m-1", logoutURL="https://vconf.example.org/out")

    answer = requests.get(
        signed(
            simulator,
            "join",
            meetingID="m-1",
            fullName="Anna",
            role="VIEWER",
            createTime="1",
            errorRedirectUrl=errorRedirectUrl,
        ),
        timeout=5,
        allow_redirects=False,
    )

    assert answer.status_code == 302
    target = urlsplit(answer.headers["Location"])
    errors = json.loads(parse_qs(target.query)["errors"][0])
    assert errors[0]["key"] == "mismatchCreateTimeParam"
    assert target.path == ("/j/x" if errorRedirectUrl else "/out")


def test_unsigned_join_does_not_redirect_elsewhere(simulator: SimulatorProcess) -> None:
    answer = requests.get(
        f"{simulator.base_url}join?meetingID=m-1&errorRedirectUrl=https://evil.example/&checksum={'0' * 40}",
        timeout=5,
        allow_redirects=False,
    )

    assert answer.headers["Location"].startswith("/bigbluebutton/error?errors=")


def test_join_by_password_decides_the_role(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", attendeePW="aaa", moderatorPW="mmm")

    Browser(simulator, role="", password="mmm")
    Browser(simulator, role="", password="aaa")

    assert info(simulator).findtext("moderatorCount") == "1"


def test_same_user_id_is_the_same_person(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", maxParticipants=1)

    Browser(simulator, userID="p-1")
    again = Browser(simulator, userID="p-1")
    other = texts(
        call(simulator, "join", meetingID="m-1", fullName="B", role="VIEWER", userID="p-2", redirect="false")
    )

    assert again.page.status_code == 200
    assert other["messageKey"] == "maxParticipantsReached"
    assert info(simulator).findtext("participantCount") == "1"


def test_parallel_joins_never_pass_the_limit(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", maxParticipants=5)
    threads = [threading.Thread(target=lambda: Browser(simulator)) for _ in range(16)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert info(simulator).findtext("participantCount") == "5"


def test_guest_waits_where_a_moderator_decides(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", guestPolicy="ASK_MODERATOR")
    join = {"meetingID": "m-1", "fullName": "Anna", "redirect": "false"}

    guest = texts(call(simulator, "join", **join, role="VIEWER", guest="true"))
    member = texts(call(simulator, "join", **join, role="VIEWER"))

    assert (guest["messageKey"], guest["guestStatus"]) == ("guestWait", "WAIT")
    assert member["messageKey"] == "successfullyJoined"


def test_guest_is_denied_where_guests_are(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", guestPolicy="ALWAYS_DENY")

    answer = call(
        simulator, "join", meetingID="m-1", fullName="Anna", role="VIEWER", guest="true", redirect="false"
    )

    assert texts(answer)["messageKey"] == "guestDeny"


# What happens by itself


@pytest.mark.parametrize(
    ("parameters", "seconds"),
    [
        ({"duration": 10, "meetingExpireIfNoUserJoinedInMinutes": 0}, 600),
        ({}, 300),
        ({"meetingExpireIfNoUserJoinedInMinutes": 20}, 1200),
    ],
)
def test_empty_meeting_expires(
    simulator: SimulatorProcess, parameters: dict[str, object], seconds: int
) -> None:
    create(simulator, "m-1", **parameters)

    simulator.advance_clock(seconds - 5)
    before = simulator.meeting("m-1")
    simulator.advance_clock(10)

    assert before is not None
    assert simulator.meeting("m-1") is None


def test_meeting_expires_after_the_last_has_left(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1")
    simulator.add_people("m-1", 2)

    simulator.advance_clock(3600)
    used = simulator.meeting("m-1")
    simulator.remove_people("m-1")
    simulator.advance_clock(61)

    assert used is not None
    assert simulator.meeting("m-1") is None


def test_meeting_may_end_without_moderator(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", endWhenNoModerator="true", endWhenNoModeratorDelayInMinutes=2)
    simulator.add_people("m-1", 3)
    simulator.advance_clock(3600)
    never_had_one = simulator.meeting("m-1")
    simulator.add_people("m-1", names=["Anna"], role="MODERATOR")
    simulator.control("POST", "people/leave", {"meetingID": "m-1", "names": ["Anna"]})

    simulator.advance_clock(100)
    before = simulator.meeting("m-1")
    simulator.advance_clock(30)

    assert never_had_one is not None
    assert before is not None
    assert simulator.meeting("m-1") is None


def test_no_recordings(simulator: SimulatorProcess) -> None:
    assert call(simulator, "getRecordings").findtext("messageKey") == "noRecordings"
