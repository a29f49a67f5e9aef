# SPDX-License-Identifier: EUPL-1.2
"""Settings that a shard finds in a file, for whoever starts it before knowing them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator_fixture import JITSI_OPTIONS, JitsiShard, eventually


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


@pytest.fixture
def shard(file: Path) -> Iterator[JitsiShard]:
    shard = JitsiShard(name="one", options=[*JITSI_OPTIONS, "--jitsi-settings", str(file)])
    shard.start()
    yield shard
    shard.stop()


def domain(shard: JitsiShard) -> str:
    found: str = shard.state()["settings"]["domain"]
    return found


def write(file: Path, content: object) -> None:
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(content))
    partial.replace(file)


def test_file_may_come_later_and_change(shard: JitsiShard, file: Path) -> None:
    before = domain(shard)

    write(file, {"one": {"domain": "meet.example"}, "another": {"domain": "other.example"}})
    eventually(lambda: domain(shard) == "meet.example")
    write(file, {"one": {"domain": "changed.example"}})
    eventually(lambda: domain(shard) == "changed.example")

    assert before == "127.0.0.1"


@pytest.mark.parametrize("content", [[], {"one": {"colour": "red"}}, {"one": 5}])
def test_what_is_wrong_with_it_changes_nothing(shard: JitsiShard, file: Path, content: object) -> None:
    write(file, content)

    with pytest.raises(AssertionError):
        eventually(lambda: domain(shard) != "127.0.0.1", seconds=1.5)
    assert shard.running
