# SPDX-License-Identifier: EUPL-1.2
"""A world that is too small for its writers, with the journal running."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from history import journal, world
from history.judge import Finding


@pytest.fixture
def small_world(transactional_db) -> Iterator[world.World]:
    log = logging.getLogger("vconf.audit")
    level = log.level
    log.setLevel(logging.WARNING)  # a line for each of thousands
    built = world.build()
    with journal.written():
        yield built
    log.setLevel(level)


def told(findings: list[Finding]) -> str:
    return "\n".join(str(finding) for finding in findings[:20])
