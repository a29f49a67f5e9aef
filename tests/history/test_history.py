# SPDX-License-Identifier: EUPL-1.2
"""Sixteen writers at once, through the services and over HTTP: what was answered is what is there.

`make history` does the same with 20,000 operations and 2,000 over HTTP.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings

from history.doors import HttpDoor, ServiceDoor
from history.judge import judge
from history.server import serving
from history.world import World
from history.writers import History, run
from tests.history.conftest import told

SEED = int(os.environ.get("VCONF_TEST_SEED", "1"))


def kinds_of(history: History) -> set[str]:
    """What was done at least once, and how it was refused."""
    return {call.code or call.wish.kind for call in history.calls}


@pytest.mark.long
def test_every_answer_of_the_services_is_kept(small_world: World) -> None:
    operations = 500

    history = run(ServiceDoor(small_world), small_world, operations=operations, writers=16, seed=SEED)

    findings = judge(history)
    assert findings == [], told(findings)
    assert len(history.calls) == operations
    assert {"book", "change", "change_date", "drop", "cancel"} <= kinds_of(history)
    assert {"slot_taken", "quota_exceeded", "already_started"} <= kinds_of(history)


@pytest.mark.postgresql
def test_every_answer_over_http_is_kept(small_world: World) -> None:
    """On SQLite the triggers of the journal call functions that only this process has, not the server's."""
    with serving(small_world, Path(settings.VCONF_DATA_DIR)) as (url, tokens):
        history = run(HttpDoor(url, tokens), small_world, operations=200, writers=16, seed=SEED)

        findings = judge(history)
    assert findings == [], told(findings)
    assert {"book", "change", "slot_taken"} <= kinds_of(history)
