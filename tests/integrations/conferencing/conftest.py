# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace

import pytest

from tests.integrations.conferencing.scene import Scene, make_scene
from tests.simulator_fixture import SimulatorProcess, receiver, simulator, simulator_process

__all__ = ["receiver", "simulator", "simulator_process"]


@pytest.fixture
def scene(transactional_db: None, simulator: SimulatorProcess) -> Scene:
    """Real transactions, for the code under test has threads of its own."""
    return replace(make_scene(simulator), calls_before=simulator.state()["calls"])
