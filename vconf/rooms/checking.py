# SPDX-License-Identifier: EUPL-1.2
"""What a check found out about a conference server: what it can do, and what is unsafe there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer


def report_server_checked(
    server_id: UUID,
    *,
    version: str,
    abilities: Collection[str],
    findings: Sequence[str],
    clock_skew_ms: int | None = None,
) -> None:
    """Keep the result of a check that the server answered. What is new since the last one is noted for operators."""
    with transaction.atomic():
        server = ConferenceServer.objects.select_for_update(no_key=True).filter(id=server_id).first()
        if server is None:
            return
        before = (server.checked_at is not None, server.version, server.findings)
        server.version = version[:50] or server.version
        server.abilities = sorted(abilities)
        server.findings = list(findings)
        server.clock_skew_ms = clock_skew_ms
        server.checked_at = timezone.now()
        server.save(update_fields=["version", "abilities", "findings", "clock_skew_ms", "checked_at"])
        if before != (True, server.version, server.findings):
            code = "findings" if server.findings else "clean"
            facts = {"version": server.version, "findings": server.findings}
            note_event(server.id, "check", code=code, facts=facts)
