# SPDX-License-Identifier: EUPL-1.2
"""Whoever waits for a conference server keeps no database connection from others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.integrations.conferencing.scene import Scene, date_of
from vconf.integrations.conferencing import effects
from vconf.integrations.conferencing.effects import bring_up, end_meeting
from vconf.integrations.conferencing.poll import poll_servers
from vconf.integrations.conferencing.registry import GuardedBackend

# one in memory cannot be closed
pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("call", ["create", "live_meetings", "find_meeting", "end"])
def test_no_connection_is_kept_during_a_call(scene: Scene, monkeypatch, call: str) -> None:
    monkeypatch.setattr(effects, "JOB_PATIENCE", 20.0)
    kept: list[bool] = []
    real: Callable[..., Any] = getattr(GuardedBackend, call)

    def watched(*args: Any) -> Any:
        kept.append(connection.connection is not None)
        return real(*args)

    monkeypatch.setattr(GuardedBackend, call, watched)
    meeting = bring_up(date_of(scene.book()))
    assert meeting is not None
    poll_servers(patience=20)
    end_meeting({"meeting_id": str(meeting.id), "on_server": True}, "")

    assert kept
    assert not any(kept)


def test_no_connection_is_kept_by_who_waits_at_the_door(scene: Scene, monkeypatch) -> None:
    monkeypatch.setattr(effects, "PATIENCE", 0.5)
    kept: list[bool] = []
    real = effects.provision_soon

    def watched(*args: Any) -> Any:
        kept.append(connection.connection is not None)
        return real(*args)

    monkeypatch.setattr(effects, "provision_soon", watched)
    scene.simulator.set_fault("hang", call="create")

    assert bring_up(date_of(scene.book())) is None

    assert kept == [False]
    scene.simulator.clear_faults()
