# SPDX-License-Identifier: EUPL-1.2
"""UUID version 7."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

import pytest

from vconf import ids


def test_an_id_carries_version_variant_and_the_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    fresh = ids.uuid7()
    after = time.time_ns() // 1_000_000

    assert fresh.version == 7
    assert fresh.variant == RFC_4122
    assert before <= fresh.int >> 80 <= after


def test_ids_of_one_process_grow_strictly_also_across_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda _: [ids.uuid7() for _ in range(5000)], range(4)))

    for batch in batches:
        assert batch == sorted(batch)
    assert len({fresh for batch in batches for fresh in batch}) == 20_000


def test_ids_grow_when_the_clock_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ids.uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000_000_000_000)

    assert ids.uuid7() > first
