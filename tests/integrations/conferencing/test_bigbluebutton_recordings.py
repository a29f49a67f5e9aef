# SPDX-License-Identifier: EUPL-1.2
"""Recordings of BigBlueButton: listed in all states and pages, and nothing done before the server says so."""

from __future__ import annotations

import pytest

from tests.simulator_fixture import SimulatorProcess
from vconf.integrations.conferencing.bigbluebutton import recordings
from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.bigbluebutton.client import Answer, parse
from vconf.integrations.conferencing.port import (
    BackendError,
    KeepsRecordings,
    Misbehaving,
    ServerAccess,
    ServerBusy,
)


@pytest.fixture
def backend(simulator: SimulatorProcess) -> BigBlueButtonBackend:
    return BigBlueButtonBackend(
        ServerAccess(
            kind="bigbluebutton", base_url=simulator.base_url, secret=simulator.secret, allow_http=True
        )
    )


def test_it_keeps_recordings(backend: BigBlueButtonBackend) -> None:
    assert isinstance(backend, KeepsRecordings)


def test_all_states_are_listed_of_the_meetings_asked_for(
    backend: BigBlueButtonBackend, simulator: SimulatorProcess
) -> None:
    ready = simulator.add_recording("m-1")
    unfinished = simulator.add_recording("m-1", state="processing")
    simulator.process_recordings_for(600)
    withdrawn = simulator.add_recording("m-2", state="unpublished")
    simulator.add_recording("m-3")

    listed = {one.record_id: one for one in backend.recordings(["m-1", "m-2", "m-none"])}

    assert {key: (one.external_id, one.state) for key, one in listed.items()} == {
        ready: ("m-1", "published"),
        unfinished: ("m-1", "processing"),
        withdrawn: ("m-2", "unpublished"),
    }
    assert listed[ready].playback == {
        "presentation": f"https://simulator.example/playback/presentation/2.3/{ready}"
    }
    assert listed[ready].size_bytes == 1_048_576
    assert listed[ready].started_at is not None
    # whoever has the address may look
    assert "playback" not in repr(listed[ready])


def test_nothing_is_asked_for_no_meeting(backend: BigBlueButtonBackend, simulator: SimulatorProcess) -> None:
    simulator.add_recording("m-1")

    assert backend.recordings([]) == []


def test_long_lists_come_in_pages(
    backend: BigBlueButtonBackend, simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "PAGE", 2)
    made = {simulator.add_recording("m-1") for _ in range(5)}
    before = simulator.state()["calls"].get("getRecordings", 0)

    assert {one.record_id for one in backend.recordings(["m-1"])} == made
    assert simulator.state()["calls"]["getRecordings"] - before == 3


def test_versions_without_pages_list_everything_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "PAGE", 1)
    one = (
        "<recording><recordID>r-1</recordID><meetingID>m-1</meetingID><published>true</published></recording>"
    )
    whole = f"<response><returncode>SUCCESS</returncode><recordings>{one}</recordings></response>".encode()

    class OldServer:
        calls = 0

        def call(self, name: str, parameters: object) -> Answer:
            self.calls += 1
            return Answer(parse(whole))

    server = OldServer()
    listed = list(recordings.recordings_of(server, ["m-1"]))  # type: ignore[arg-type]  # what is called of it

    assert [(found.record_id, found.state) for found in listed] == [("r-1", "published")]
    assert server.calls == 2


def test_ids_are_asked_for_in_portions(
    backend: BigBlueButtonBackend, simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "IDS_AT_ONCE", 2)
    made = {simulator.add_recording(f"m-{number}") for number in range(5)}

    assert {one.record_id for one in backend.recordings([f"m-{number}" for number in range(5)])} == made


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//[", "https://x/" + "y" * 3000])
def test_addresses_that_no_browser_should_open_are_left_out(url: str) -> None:
    text = (
        "<response><returncode>SUCCESS</returncode><recordings><recording><recordID>r</recordID>"
        f"<meetingID>m-1</meetingID><playback><format><type>t</type><url>{url}</url></format></playback>"
        "</recording></recordings></response>"
    )
    entry = next(Answer(parse(text.encode())).each("recordings/recording"))

    assert recordings._read(entry).playback == {}


def test_a_recording_without_id_is_none() -> None:
    text = "<response><recordings><recording><meetingID>m</meetingID></recording></recordings></response>"
    entry = next(Answer(parse(text.encode())).each("recordings/recording"))

    with pytest.raises(Misbehaving):
        recordings._read(entry)


def test_publishing_and_withdrawing_again(backend: BigBlueButtonBackend, simulator: SimulatorProcess) -> None:
    record_id = simulator.add_recording("m-1", state="unpublished")

    assert backend.publish_recording(record_id, publish=True)
    assert simulator.recordings() == {record_id: "published"}
    assert backend.publish_recording(record_id, publish=False)
    assert simulator.recordings() == {record_id: "unpublished"}


def test_deleting_is_safe_to_repeat(backend: BigBlueButtonBackend, simulator: SimulatorProcess) -> None:
    record_id = simulator.add_recording("m-1")

    assert backend.delete_recording(record_id)
    assert backend.delete_recording(record_id)
    assert simulator.recordings() == {record_id: "deleted"}


def test_what_the_server_does_not_know(backend: BigBlueButtonBackend) -> None:
    assert backend.publish_recording("unknown", publish=True) is False
    assert backend.delete_recording("unknown") is True


@pytest.mark.parametrize("call", ["publishRecordings", "deleteRecordings"])
def test_a_server_that_says_done_and_does_nothing_is_found_out(
    backend: BigBlueButtonBackend, simulator: SimulatorProcess, call: str
) -> None:
    record_id = simulator.add_recording("m-1")
    simulator.set_fault("swallow", call=call)
    act = {
        "publishRecordings": lambda: backend.publish_recording(record_id, publish=False),
        "deleteRecordings": lambda: backend.delete_recording(record_id),
    }[call]

    with pytest.raises(ServerBusy) as caught:
        act()

    assert not caught.value.permanent
    assert simulator.recordings() == {record_id: "published"}


def test_a_deletion_that_cannot_be_looked_at_is_not_confirmed(
    backend: BigBlueButtonBackend, simulator: SimulatorProcess
) -> None:
    record_id = simulator.add_recording("m-1")
    simulator.set_fault("fail", call="getRecordings")

    with pytest.raises(BackendError):
        backend.delete_recording(record_id)


def test_the_beginning_of_an_id_is_not_the_id(
    backend: BigBlueButtonBackend, simulator: SimulatorProcess
) -> None:
    """The server finds by the beginning; that would confirm what was done to another one."""
    record_id = simulator.add_recording("m-1")

    assert backend.delete_recording(record_id[:10]) is True
    assert simulator.recordings() == {record_id: "published"}
