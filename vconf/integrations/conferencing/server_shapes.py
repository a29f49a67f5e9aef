# SPDX-License-Identifier: EUPL-1.2
"""How conference servers are shown to operators, and what operators may say of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers

from vconf.bookings import ledger
from vconf.bookings.reports import server_over_committed
from vconf.integrations.conferencing.callback_urls import callback_urls
from vconf.integrations.conferencing.findings import failure_told, finding_told
from vconf.integrations.conferencing.port import ABILITIES
from vconf.rooms.certificates import LONGEST
from vconf.rooms.models import ConferenceServer, ServerHealth, ServerKind, ServerState
from vconf.rooms.services import CHECKSUM_ALGORITHMS, HOOK_SIGNATURES
from vconf.web.serializers import MOST, NamedSerializer, OverCommittedShape, StrictSerializer

LIMITS = ["seats", "meetings"]
ABILITY_NAMES = sorted(ABILITIES)


class FindingSerializer(StrictSerializer):
    """Something unsafe or missing on a server."""

    code = serializers.CharField()
    detail = serializers.CharField(help_text="what is the matter")
    advice = serializers.CharField(help_text="what to do about it")


class ServerSerializer(StrictSerializer):
    """A conference server. Its secret and keys are never shown."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ServerKind.choices)
    name = serializers.CharField()
    base_url = serializers.CharField()
    pool = NamedSerializer()
    seats = serializers.IntegerField(help_text="what may be promised on it")
    meetings = serializers.IntegerField(allow_null=True, help_text="at once; null: no limit")
    weight = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ServerState.choices, help_text="what the operator decided")
    draining_since = serializers.DateTimeField(allow_null=True)
    health = serializers.ChoiceField(choices=ServerHealth.choices, help_text="what we last saw")
    health_since = serializers.DateTimeField(allow_null=True)
    health_detail = serializers.CharField()
    trouble = FindingSerializer(allow_null=True, help_text="why it fails, in words; null if it does not")
    version = serializers.CharField()
    last_seen_at = serializers.DateTimeField(allow_null=True)
    live_meetings = serializers.IntegerField()
    live_people = serializers.IntegerField()
    load = serializers.FloatField(allow_null=True, help_text="0 idle to 1 full, as it says itself")
    reserved_now = serializers.IntegerField(help_text="seats promised on it at this moment")
    abilities = serializers.ListField(
        child=serializers.ChoiceField(choices=ABILITY_NAMES), help_text="by the last check"
    )
    findings = FindingSerializer(many=True, help_text="by the last check")
    clock_skew_ms = serializers.IntegerField(
        allow_null=True, help_text="its clock less ours by the last check; null: unknown"
    )
    checked_at = serializers.DateTimeField(allow_null=True, help_text="when it last passed a check")
    drift = FindingSerializer(
        many=True, help_text="why vconf itself drained it: found at a check, and not there at the one before"
    )


class ServerOverCommittedSerializer(OverCommittedShape):
    """Promised before the server was made smaller, drained or disabled: it stays, new bookings go elsewhere."""

    what = serializers.ChoiceField(choices=LIMITS)


class CallbackUrlsSerializer(StrictSerializer):
    """Where the server calls vconf: secret, as whoever knows them may call. Null where its kind calls nothing."""

    events = serializers.CharField(
        allow_null=True, help_text="webhooks; vconf registers them itself if it can"
    )
    ended = serializers.CharField(allow_null=True, help_text="the call at the end of a meeting")
    reservations = serializers.CharField(allow_null=True, help_text="Prosody's `reservations_api_prefix`")


class ServerDetailsSerializer(ServerSerializer):
    checksum_algorithm = serializers.ChoiceField(choices=CHECKSUM_ALGORITHMS)
    hook_signature = serializers.ChoiceField(choices=HOOK_SIGNATURES)
    options = serializers.DictField(child=serializers.JSONField(), help_text="settings of its kind")
    keys_set = serializers.ListField(child=serializers.CharField(), help_text="names of the keys it has")
    ca_certificates = serializers.CharField(help_text="PEM; empty: the public authorities are trusted")
    callback_urls = CallbackUrlsSerializer()
    over_committed = ServerOverCommittedSerializer(
        many=True, help_text="where more is promised on it than it takes now"
    )


_SEATS: dict[str, Any] = {"min_value": 1, "max_value": MOST}
_WEIGHT: dict[str, Any] = {"min_value": 1, "max_value": 1000}
_OPTIONS_HELP = "settings of its kind, as a whole"
_CA: dict[str, Any] = {
    "max_length": LONGEST,
    "allow_blank": True,
    "required": False,
    "help_text": "PEM: certificates of the authority that is trusted for this server instead of the public ones",
}
_KEYS_HELP = "further secrets of its kind, by name; kept encrypted, never shown again"


class NewServerSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=ServerKind.choices)
    name = serializers.CharField(max_length=100)
    base_url = serializers.CharField(
        max_length=500,
        help_text="BigBlueButton: of the API, as `bbb-conf --secret` prints it; Jitsi: of its web page",
    )
    secret = serializers.CharField(
        max_length=500,
        allow_blank=True,
        help_text="kept encrypted, never shown again; empty where only keys are used (Jitsi with RS256)",
    )
    pool = serializers.UUIDField()
    seats = serializers.IntegerField(**_SEATS)
    meetings = serializers.IntegerField(required=False, allow_null=True, default=None, **_SEATS)
    weight = serializers.IntegerField(required=False, default=100, **_WEIGHT)
    checksum_algorithm = serializers.ChoiceField(choices=CHECKSUM_ALGORITHMS, required=False)
    hook_signature = serializers.ChoiceField(choices=HOOK_SIGNATURES, required=False)
    options = serializers.DictField(child=serializers.JSONField(), required=False, help_text=_OPTIONS_HELP)
    keys = serializers.DictField(
        child=serializers.CharField(max_length=10_000, trim_whitespace=False),
        required=False,
        help_text=_KEYS_HELP,
    )
    ca_certificates = serializers.CharField(**_CA)


class ServerChangeSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    base_url = serializers.CharField(max_length=500, required=False)
    secret = serializers.CharField(max_length=500, allow_blank=True, required=False)
    checksum_algorithm = serializers.ChoiceField(choices=CHECKSUM_ALGORITHMS, required=False)
    hook_signature = serializers.ChoiceField(choices=HOOK_SIGNATURES, required=False)
    options = serializers.DictField(child=serializers.JSONField(), required=False, help_text=_OPTIONS_HELP)
    keys = serializers.DictField(
        child=serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=False),
        required=False,
        help_text=f"{_KEYS_HELP}. Those not named stay, empty ones are forgotten",
    )
    ca_certificates = serializers.CharField(**_CA)
    seats = serializers.IntegerField(required=False, **_SEATS)
    meetings = serializers.IntegerField(required=False, allow_null=True, **_SEATS)
    weight = serializers.IntegerField(required=False, **_WEIGHT)
    state = serializers.ChoiceField(choices=ServerState.choices, required=False)


def show_findings(codes: Iterable[str]) -> list[dict[str, str]]:
    """Findings in the caller's language."""
    told = [(code, finding_told(code)) for code in codes]
    return [{"code": code, "detail": str(one.detail), "advice": str(one.advice)} for code, one in told]


def show_trouble(server: ConferenceServer) -> dict[str, str] | None:
    """Why the last look at it failed; the detail kept begins with the code of the error."""
    if not server.failures or not server.health_detail:
        return None
    code = server.health_detail.partition(":")[0]
    told = failure_told(code)
    return {"code": code[:40], "detail": str(told.detail), "advice": str(told.advice)}


def show_servers(servers: Sequence[ConferenceServer]) -> list[dict[str, Any]]:
    """Bodies of many; what is reserved on them is one query."""
    now = timezone.now()
    moment = (now, now + timedelta(seconds=1))
    levels = ledger.read_range([server.id for server in servers], *moment)
    return [_body(server, levels.peak(server.id, *moment).seats) for server in servers]


def show_details(server: ConferenceServer) -> dict[str, Any]:
    """One server, looked at as far ahead as can be booked."""
    ahead = timedelta(days=settings.VCONF_HORIZON_DAYS + 1)
    over = server_over_committed(server, now=timezone.now(), ahead=ahead)
    return {
        **show_servers([server])[0],
        "checksum_algorithm": server.checksum_algorithm,
        "hook_signature": server.hook_signature,
        "options": server.options,
        "keys_set": sorted(json.loads(server.keys)) if server.keys else [],
        "ca_certificates": server.ca_certificates,
        "callback_urls": callback_urls(server),
        "over_committed": ServerOverCommittedSerializer(over, many=True).data,
    }


def _body(server: ConferenceServer, reserved: int) -> dict[str, Any]:
    shown = {name: getattr(server, name) for name in _PLAIN}
    more = {
        "reserved_now": reserved,
        "trouble": show_trouble(server),
        "findings": show_findings(server.findings),
        "drift": show_findings(server.drift),
    }
    return dict(ServerSerializer({**shown, **more}).data)


_PLAIN = ServerSerializer().fields.keys() - {"reserved_now", "trouble", "findings", "drift"}
