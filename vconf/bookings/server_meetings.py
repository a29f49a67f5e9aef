# SPDX-License-Identifier: EUPL-1.2
"""What runs on a conference server, for operators: rooms, times and numbers; no titles, no people (R8.6)."""

from __future__ import annotations

from django.db.models import QuerySet

from vconf.authorities.rights import Actor, require_operator
from vconf.bookings.models import RUNNING, Meeting
from vconf.rooms.models import ConferenceServer


def meetings_running_on(server: ConferenceServer, *, actor: Actor) -> QuerySet[Meeting]:
    """Planned, made and live ones, the latest first. Raises Forbidden unless the caller is an operator."""
    require_operator(actor)
    running = Meeting.objects.filter(server=server, state__in=RUNNING)
    return running.select_related("occurrence__room").order_by("-created_at", "id")
