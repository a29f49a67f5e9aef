# SPDX-License-Identifier: EUPL-1.2
"""Whoever watches for meetings with two copies sees them."""

from collections.abc import Iterator

import pytest

from bench.copies import Watch
from tests.simulator.calling import create
from tests.simulator_fixture import SimulatorProcess, eventually


@pytest.fixture
def servers() -> Iterator[list[SimulatorProcess]]:
    servers = [SimulatorProcess(name=name) for name in ("one", "other")]
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.stop()


def test_two_copies_of_a_date_are_seen(servers: list[SimulatorProcess]) -> None:
    one, other = servers
    watch = Watch(servers, date_of=lambda name: {"old": "a", "new": "a", "alone": "b"}.get(name))
    for name in ("old", "alone", "nobody's"):
        create(one, name)
    before = watch.look()
    create(other, "new")
    create(other, "nobody's")

    with watch:
        eventually(lambda: watch.doubled)
    one.end_meeting("old")

    assert before == set()
    assert watch.doubled[0][1] == {"a"}
    assert watch.look() == set()


def test_what_nobody_can_enter_does_not_count(servers: list[SimulatorProcess]) -> None:
    one, other = servers
    for server in servers:
        create(server, "m-1")
    watch = Watch(servers, date_of=lambda name: name)

    watch.out_of_reach.add("one")
    hidden = watch.look()
    watch.out_of_reach.clear()
    one.kill()
    killed = watch.look()
    one.start()
    create(one, "m-1")

    assert (hidden, killed) == (set(), set())
    assert watch.look() == {"m-1"}
    assert other.running
