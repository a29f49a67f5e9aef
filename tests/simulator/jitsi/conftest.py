# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Iterator

import pytest

from tests.simulator.jitsi.booking_service import BookingService
from tests.simulator_fixture import JitsiShard, jitsi_shard, jitsi_shard_process, jitsi_shards, receiver

__all__ = [
    "asking_shard",
    "booking_service",
    "jitsi_shard",
    "jitsi_shard_process",
    "jitsi_shards",
    "receiver",
]


@pytest.fixture
def booking_service() -> Iterator[BookingService]:
    service = BookingService()
    yield service
    service.close()


@pytest.fixture
def asking_shard(jitsi_shard: JitsiShard, booking_service: BookingService) -> JitsiShard:
    """A shard without tokens that asks the booking service before it opens a room."""
    jitsi_shard.configure(reservations_url=booking_service.url, tokens="off")
    return jitsi_shard
