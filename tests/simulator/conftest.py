# SPDX-License-Identifier: EUPL-1.2
from tests.simulator_fixture import jitsi_shard, jitsi_shard_process, receiver, simulator, simulator_process

__all__ = ["jitsi_shard", "jitsi_shard_process", "receiver", "simulator", "simulator_process"]
