# SPDX-License-Identifier: EUPL-1.2
"""Recordings of the simulated server, called as the documentation says."""

import base64
import json
from urllib.parse import parse_qs
from xml.etree.ElementTree import Element

import pytest

from tests.simulator.calling import call, create
from tests.simulator_fixture import Receiver, SimulatorProcess, eventually


def listed(server: SimulatorProcess, **parameters: object) -> list[Element]:
    return call(server, "getRecordings", **parameters).findall("recordings/recording")


def test_a_recordable_meeting_with_people_is_recorded(simulator: SimulatorProcess) -> None:
    simulator.process_recordings_for(600)
    made = create(simulator, "m-1", record="true")
    simulator.add_people("m-1", 2)
    simulator.end_meeting("m-1")

    assert listed(simulator, meetingID="m-1") == []
    (recording,) = listed(simulator, meetingID="m-1", state="any")
    assert recording.findtext("recordID") == made["internalMeetingID"]
    assert recording.findtext("state") == "processing"


@pytest.mark.parametrize(("record", "people"), [("false", 1), ("true", 0)])
def test_others_are_not(simulator: SimulatorProcess, record: str, people: int) -> None:
    create(simulator, "m-1", record=record)
    if people:
        simulator.add_people("m-1", people)
    simulator.end_meeting("m-1")

    assert simulator.recordings() == {}


def test_it_is_published_after_a_while_and_tells_so_signed(
    simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.process_recordings_for(0)
    create(simulator, "m-1", record="true", **{"meta_bbb-recording-ready-url": f"{receiver.url}/ready"})
    simulator.add_people("m-1", 1)
    simulator.end_meeting("m-1")

    told = receiver.next()
    _, claims, _ = parse_qs(told.body.decode())["signed_parameters"][0].split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))

    assert told.path == "/ready"
    assert read == {"meeting_id": "m-1", "record_id": next(iter(simulator.recordings()))}
    eventually(lambda: list(simulator.recordings().values()) == ["published"])


def test_pages(simulator: SimulatorProcess) -> None:
    made = [simulator.add_recording("m-1") for _ in range(5)]

    pages = [listed(simulator, offset=offset, limit=2) for offset in (0, 2, 4, 6)]

    assert [[one.findtext("recordID") for one in page] for page in pages] == [
        made[:2],
        made[2:4],
        made[4:],
        [],
    ]
    assert call(simulator, "getRecordings", limit=101).findtext("returncode") == "FAILED"


def test_withdrawing_and_deleting(simulator: SimulatorProcess) -> None:
    record_id = simulator.add_recording("m-1")

    answer = call(simulator, "publishRecordings", recordID=record_id, publish="false")
    assert answer.findtext("published") == "false"
    assert listed(simulator, recordID=record_id[:8])[0].findtext("published") == "false"
    assert call(simulator, "deleteRecordings", recordID=record_id).findtext("deleted") == "true"
    assert listed(simulator, recordID=record_id) == []
    assert listed(simulator, recordID=record_id, state="deleted")[0].findtext("state") == "deleted"
    assert call(simulator, "deleteRecordings", recordID=record_id).findtext("messageKey") == "notFound"


def test_they_outlive_a_restart(simulator: SimulatorProcess) -> None:
    record_id = simulator.add_recording("m-1")

    simulator.forget()

    assert simulator.recordings() == {record_id: "published"}
