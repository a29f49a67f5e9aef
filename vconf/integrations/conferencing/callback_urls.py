# SPDX-License-Identifier: EUPL-1.2
"""Where a conference server calls us: an unguessable address per server. What arrives there is handled in hooks.py."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from vconf.rooms.models import ConferenceServer, ServerKind


def events_url(server: ConferenceServer) -> str:
    """For webhooks."""
    return settings.VCONF_PUBLIC_URL + reverse("bigbluebutton-events", args=[server.hook_token])


def ended_url(server: ConferenceServer) -> str:
    """For the call at the end of a meeting."""
    return settings.VCONF_PUBLIC_URL + reverse("bigbluebutton-ended", args=[server.hook_token])


def jitsi_prefix(server: ConferenceServer) -> str:
    """For Prosody's `reservations_api_prefix` and `api_prefix`: it appends `/conference` or `/events/...` itself."""
    return f"{settings.VCONF_PUBLIC_URL}/integrations/jitsi/{server.hook_token}"


def callback_urls(server: ConferenceServer) -> dict[str, str | None]:
    """What the server calls, by purpose: `events`, `ended`, `reservations`; None where its kind calls nothing."""
    if server.kind == ServerKind.JITSI:
        return {"events": jitsi_prefix(server), "ended": None, "reservations": jitsi_prefix(server)}
    return {"events": events_url(server), "ended": ended_url(server), "reservations": None}


def recording_ready_url(server: ConferenceServer) -> str:
    """For the signed call when a recording is ready. People in the meeting can see it, so it holds no secret."""
    return settings.VCONF_PUBLIC_URL + reverse("bigbluebutton-recording-ready", args=[server.id])
