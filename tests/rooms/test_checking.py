# SPDX-License-Identifier: EUPL-1.2
"""What a check found is kept, and told to operators when it is new."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from vconf import tasks
from vconf.ids import uuid7
from vconf.rooms.checking import report_server_checked
from vconf.rooms.journal import note_event
from vconf.rooms.models import ServerEvent

pytestmark = pytest.mark.django_db


def test_the_result_of_a_check_is_kept_and_only_news_are_noted() -> None:
    server = factories.server(factories.pool(servers=()))

    for findings in (["clock_skew"], ["clock_skew"], []):
        abilities = {"lobby", "end"}
        report_server_checked(
            server.id, version="3.0.4", abilities=abilities, findings=findings, clock_skew_ms=-400
        )

    server.refresh_from_db()
    assert (server.version, server.abilities, server.findings) == ("3.0.4", ["end", "lobby"], [])
    assert server.checked_at is not None
    assert server.clock_skew_ms == -400
    assert list(ServerEvent.objects.order_by("id").values_list("kind", "code", "facts")) == [
        ("check", "findings", {"version": "3.0.4", "findings": ["clock_skew"]}),
        ("check", "clean", {"version": "3.0.4", "findings": []}),
    ]


def test_a_server_that_is_gone_is_no_error() -> None:
    report_server_checked(uuid7(), version="3", abilities=(), findings=())

    assert not ServerEvent.objects.exists()


def test_operators_can_look_back_for_ninety_days() -> None:
    server = factories.server(factories.pool(servers=()))
    for days in (91, 89):
        note_event(server.id, "health", detail=str(days))
        at = timezone.now() - timedelta(days=days)
        ServerEvent.objects.filter(detail=str(days)).update(at=at)

    tasks.prune_outbox()

    assert list(ServerEvent.objects.values_list("detail", flat=True)) == ["89"]
