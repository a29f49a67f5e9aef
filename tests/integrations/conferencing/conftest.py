# SPDX-License-Identifier: EUPL-1.2
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.integrations.conferencing.scene import Scene, make_scene
from tests.simulator_fixture import SimulatorProcess, receiver, simulator, simulator_process
from vconf.integrations.conferencing import poll

__all__ = ["receiver", "simulator", "simulator_process"]

#: seconds; whoever still asks a server of the test before by then is not waited for
PATIENCE = 10.0


@pytest.fixture
def scene(transactional_db: None, simulator: SimulatorProcess) -> Iterator[Scene]:
    """Real transactions, for the code under test has threads of its own. What is under way in the end comes to it, so
    that the next test finds neither its calls nor its webhooks.
    """
    yield replace(make_scene(simulator), calls_before=simulator.state()["calls"])
    if simulator.running and poll._under_way:
        simulator.clear_faults()
    end = time.monotonic() + PATIENCE
    while poll._under_way and time.monotonic() < end:
        time.sleep(0.01)
