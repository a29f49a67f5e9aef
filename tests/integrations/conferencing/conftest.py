# SPDX-License-Identifier: EUPL-1.2
from tests.simulator_fixture import receiver, simulator, simulator_process

__all__ = ["receiver", "simulator", "simulator_process"]
