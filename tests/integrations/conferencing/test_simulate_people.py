# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from tests.integrations.conferencing.scene import Scene, make_scene
from tests.simulator_fixture import SimulatorProcess
from vconf.bookings.models import Meeting
from vconf.crypto import keyed_hash
from vconf.integrations.conferencing.poll import poll_servers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo(transactional_db: None) -> Iterator[Scene]:
    """A conference server as the demo starts and enters it."""
    process = SimulatorProcess(options=["--control-token", keyed_hash("simulator", "control")])
    process.start()
    try:
        scene = make_scene(process)
        scene.server.name = "Simulator 1"
        scene.server.save()
        yield scene
    finally:
        process.stop()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    call_command("simulate_people", *arguments)
    return capsys.readouterr().out


def people(meeting: Meeting) -> int:
    poll_servers(patience=5)
    meeting.refresh_from_db()
    return meeting.people


def test_people_enter_every_open_meeting_and_leave_again(demo: Scene, capsys) -> None:
    shared = demo.provisioned(demo.book())
    small = demo.provisioned(demo.book(room_id=demo.world.small.id))

    told = run(capsys, "--count", "5")
    assert sorted(told.splitlines()) == [
        "Beratung: 5 entered, 5 are there now.",
        "Offener Raum: 5 entered, 5 are there now.",
    ]
    assert (people(shared), people(small)) == (5, 5)

    run(capsys, "--leave", "--count", "2", "--room", "beratung")
    assert (people(shared), people(small)) == (5, 3)
    run(capsys, "--leave")
    assert (people(shared), people(small)) == (0, 0)


def test_without_a_number_a_few_enter(demo: Scene, capsys) -> None:
    meeting = demo.provisioned(demo.book())

    told = run(capsys, "--room", demo.world.shared.address)

    found = re.fullmatch(r"Offener Raum: (\d) entered, \1 are there now\.\n", told)
    assert found is not None
    assert 3 <= int(found[1]) <= 8
    assert people(meeting) == int(found[1])


def test_it_says_what_is_missing(demo: Scene, capsys) -> None:
    with pytest.raises(CommandError, match="No meeting is open on a simulated server: join one"):
        run(capsys)
    demo.provisioned(demo.book())
    with pytest.raises(CommandError, match="No meeting is open on a simulated server in the room nowhere"):
        run(capsys, "--room", "nowhere")
    with pytest.raises(CommandError, match="--count must be from 1 to 5000"):
        run(capsys, "--count", "0")
    demo.simulator.stop()
    with pytest.raises(CommandError, match=r"Simulator 1 does not answer at http://127\.0\.0\.1"):
        run(capsys)


def test_without_simulated_servers_it_says_so(scene: Scene, capsys) -> None:
    with pytest.raises(CommandError, match="No simulated conference server is registered here"):
        run(capsys)
