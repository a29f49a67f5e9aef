# SPDX-License-Identifier: EUPL-1.2
"""A look at a conference server on the spot, saved or not: does it answer, is the secret right, is it set up safely?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.authorities.rights import require_operator
from vconf.integrations.conferencing.connections import let_go_of_the_database
from vconf.integrations.conferencing.drift import keep_checked
from vconf.integrations.conferencing.findings import failure_told
from vconf.integrations.conferencing.port import BackendError, ServerReport
from vconf.integrations.conferencing.registry import backend_for, new_backend_of
from vconf.integrations.conferencing.server_shapes import (
    ABILITY_NAMES,
    FindingSerializer,
    NewServerSerializer,
    show_findings,
)
from vconf.rooms import services
from vconf.rooms.health import report_server_seen
from vconf.rooms.selectors import get_server
from vconf.web.limits import ServerChecks
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer, checked
from vconf.web.views import Door


class Checkable(Protocol):
    def check(self) -> ServerReport: ...


def look_at(backend: Callable[[], Checkable]) -> ServerReport:
    """Ask the server. Raises nothing: a kind we do not speak and an address that can never work are reports, too."""
    try:
        asked = backend()
        let_go_of_the_database()
        return asked.check()
    except BackendError as error:
        return ServerReport(reachable=False, code=error.code, detail=error.detail)


def keep_report(server_id: UUID, report: ServerReport, *, began_at: datetime) -> None:
    """Note for the server what a look at it found. That it was not even asked, as others do, says nothing about it."""
    if report.code == "too_many_calls":
        return
    report_server_seen(
        server_id,
        ok=report.healthy,
        detail=f"{report.code}: {report.detail}" if report.code else report.detail,
        version=report.version,
        meetings=report.meetings,
        people=report.people,
        began_at=began_at,
    )
    if report.healthy:
        keep_checked(server_id, report)


class ServerCheckSerializer(StrictSerializer):
    """What a look at the server found."""

    reachable = serializers.BooleanField(help_text="it answered, and in its protocol")
    secret_ok = serializers.BooleanField(allow_null=True, help_text="null: could not be found out")
    webhooks = serializers.BooleanField(allow_null=True, help_text="tells us of changes by itself")
    version = serializers.CharField()
    meetings = serializers.IntegerField()
    people = serializers.IntegerField()
    latency_ms = serializers.IntegerField(allow_null=True)
    clock_skew_ms = serializers.IntegerField(allow_null=True, help_text="its clock less ours; null: unknown")
    code = serializers.CharField(help_text="empty if all is well")
    detail = serializers.CharField(help_text="why it did not pass; empty if all is well")
    advice = serializers.CharField(help_text="what to do about it")
    abilities = serializers.ListField(child=serializers.ChoiceField(choices=ABILITY_NAMES))
    findings = FindingSerializer(many=True, help_text="what is unsafe or missing although it works")


def show_report(report: ServerReport) -> dict[str, object]:
    told = None if report.healthy else failure_told(report.code)
    return dict(
        ServerCheckSerializer(
            {
                "reachable": report.reachable,
                "secret_ok": report.secret_ok,
                "webhooks": report.webhooks,
                "version": report.version,
                "meetings": report.meetings,
                "people": report.people,
                "latency_ms": report.latency_ms,
                "clock_skew_ms": report.clock_skew_ms,
                "code": report.code,
                "detail": "" if told is None else str(told.detail),
                "advice": "" if told is None else str(told.advice),
                "abilities": sorted(report.abilities),
                "findings": show_findings(report.findings),
            }
        ).data
    )


class NewServerCheck(Door):
    throttle_classes = [ServerChecks]

    @operation(
        "servers_check_new",
        "Ask a server that is not registered yet; nothing is saved",
        tag="servers",
        body=NewServerSerializer,
        answer=ServerCheckSerializer,
        refusals=("forbidden", "not_found"),
    )
    def post(self, request: Request) -> Response:
        require_operator(self.actor)
        wish = checked(NewServerSerializer, request)
        draft = services.draft_server(pool_id=wish.pop("pool"), actor=self.actor, **wish)
        return Response(show_report(look_at(lambda: new_backend_of(draft))))


class ServerCheck(Door):
    throttle_classes = [ServerChecks]

    @operation(
        "servers_check",
        "Ask the server whether it answers and accepts our secret",
        tag="servers",
        answer=ServerCheckSerializer,
        changes=True,
        refusals=("forbidden", "not_found"),
    )
    def post(self, request: Request, id: UUID) -> Response:
        server = get_server(id, actor=self.actor)
        began_at = timezone.now()
        report = look_at(lambda: backend_for(server))
        keep_report(server.id, report, began_at=began_at)
        return Response(show_report(report))
