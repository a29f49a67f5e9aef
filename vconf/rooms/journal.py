# SPDX-License-Identifier: EUPL-1.2
"""What happens to conference servers, kept for operators: health, states, meetings placed and lost, calls refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from vconf.rooms.models import ServerEvent
from vconf.writing import Writing


def note_event(
    server_id: UUID,
    kind: str,
    *,
    code: str = "",
    meeting_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    detail: str = "",
    writing: Writing | None = None,
) -> None:
    """Add one line, in the caller's transaction if there is one.

    `facts`: JSON, codes and numbers. `detail`: as it came from outside. Neither has a secret, title or person in it.
    `writing`: it is written with the caller's other rows.
    """
    event = ServerEvent(
        server_id=server_id,
        at=timezone.now(),
        kind=kind,
        code=code[:40],
        meeting_id=meeting_id,
        facts=dict(facts or {}),
        detail=detail[:300],
    )
    if writing is None:
        event.save(force_insert=True)
    else:
        writing.add([event])


def prune_events(*, before: datetime) -> int:
    """Forget what is older. The number of lines."""
    return ServerEvent.objects.filter(at__lt=before).delete()[0]
