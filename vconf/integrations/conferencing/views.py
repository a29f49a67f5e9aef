# SPDX-License-Identifier: EUPL-1.2
"""`/api/v1/servers`: the operators' door to conference servers. Here, not in `api`, for a check asks the server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from vconf.authorities.rights import require_operator
from vconf.bookings import ledger
from vconf.bookings.reports import server_over_committed
from vconf.integrations.conferencing.port import BackendError, ServerReport
from vconf.integrations.conferencing.registry import backend_for
from vconf.rooms import services
from vconf.rooms.health import report_server_seen
from vconf.rooms.models import ConferenceServer, ServerHealth, ServerKind, ServerState
from vconf.rooms.selectors import get_server, servers_visible_to
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import header, operation
from vconf.web.serializers import (
    MOST,
    NamedSerializer,
    OverCommittedShape,
    QuerySerializer,
    StrictSerializer,
    checked,
    queried,
)
from vconf.web.views import Door

LIMITS = ["seats", "meetings"]


class ServerSerializer(StrictSerializer):
    """A conference server. Its secret is never shown."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ServerKind.choices)
    name = serializers.CharField()
    base_url = serializers.CharField()
    pool = NamedSerializer()
    seats = serializers.IntegerField(help_text="what may be promised on it")
    meetings = serializers.IntegerField(allow_null=True, help_text="at once; null: no limit")
    weight = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ServerState.choices, help_text="what the operator decided")
    health = serializers.ChoiceField(choices=ServerHealth.choices, help_text="what we last saw")
    health_detail = serializers.CharField()
    version = serializers.CharField()
    last_seen_at = serializers.DateTimeField(allow_null=True)
    live_meetings = serializers.IntegerField()
    live_people = serializers.IntegerField()
    reserved_now = serializers.IntegerField(help_text="seats promised on it at this moment")


_SEATS: dict[str, Any] = {"min_value": 1, "max_value": MOST}
_WEIGHT: dict[str, Any] = {"min_value": 1, "max_value": 1000}


class NewServerSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=ServerKind.choices)
    name = serializers.CharField(max_length=100)
    base_url = serializers.CharField(
        max_length=500, help_text="of the API: `bbb-conf --secret` on the server prints it"
    )
    secret = serializers.CharField(max_length=500, help_text="kept encrypted, never shown again")
    pool = serializers.UUIDField()
    seats = serializers.IntegerField(**_SEATS)
    meetings = serializers.IntegerField(required=False, allow_null=True, default=None, **_SEATS)
    weight = serializers.IntegerField(required=False, default=100, **_WEIGHT)


class ServerChangeSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    base_url = serializers.CharField(max_length=500, required=False)
    secret = serializers.CharField(max_length=500, required=False)
    seats = serializers.IntegerField(required=False, **_SEATS)
    meetings = serializers.IntegerField(required=False, allow_null=True, **_SEATS)
    weight = serializers.IntegerField(required=False, **_WEIGHT)
    state = serializers.ChoiceField(choices=ServerState.choices, required=False)


class ServerOverCommittedSerializer(OverCommittedShape):
    """Promised before the server was made smaller, drained or disabled: it stays, new bookings go elsewhere."""

    what = serializers.ChoiceField(choices=LIMITS)


class ServerDetailsSerializer(ServerSerializer):
    over_committed = ServerOverCommittedSerializer(
        many=True, help_text="where more is promised on it than it takes now"
    )


class ServerQuery(QuerySerializer):
    dry_run = serializers.BooleanField(required=False, help_text="only show what the change would mean")


class ServerCheckSerializer(StrictSerializer):
    """What a look at the server found."""

    reachable = serializers.BooleanField(help_text="it answered, and in its protocol")
    secret_ok = serializers.BooleanField(allow_null=True, help_text="null: could not be found out")
    webhooks = serializers.BooleanField(allow_null=True, help_text="tells us of changes by itself")
    version = serializers.CharField()
    meetings = serializers.IntegerField()
    people = serializers.IntegerField()
    latency_ms = serializers.IntegerField(allow_null=True)
    code = serializers.CharField(help_text="empty if all is well")
    detail = serializers.CharField()


class ServersQuery(PageQuery):
    pool = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=ServerState.choices, required=False)


_EXAMPLE = OpenApiExample(
    "Konferenzserver im Rechenzentrum",
    value={
        "kind": "bigbluebutton",
        "name": "bbb-03",
        "base_url": "https://bbb-03.rz.mv.example/bigbluebutton/api/",
        "secret": "what bbb-conf --secret prints",
        "pool": "0199a3c2-7d10-7c11-9d53-0a2b6d4f8e01",
        "seats": 300,
    },
    request_only=True,
)


#: what a dry run can be about
_CAPACITY = {"seats", "meetings", "state"}


def show_servers(servers: Sequence[ConferenceServer]) -> list[Any]:
    """Bodies of many; what is reserved on them is one query."""
    now = timezone.now()
    moment = (now, now + timedelta(seconds=1))
    levels = ledger.read_range([server.id for server in servers], *moment)
    for server in servers:
        server.reserved_now = levels.peak(server.id, *moment).seats  # type: ignore[attr-defined]  # for the shape
    return list(ServerSerializer(servers, many=True).data)


def show_details(server: ConferenceServer) -> dict[str, Any]:
    """One server, looked at as far ahead as can be booked."""
    ahead = timedelta(days=settings.VCONF_HORIZON_DAYS + 1)
    over = server_over_committed(server, now=timezone.now(), ahead=ahead)
    return {
        **show_servers([server])[0],
        "over_committed": ServerOverCommittedSerializer(over, many=True).data,
    }


class Servers(Door):
    @operation(
        "servers_list",
        "All conference servers",
        tag="servers",
        query=ServersQuery,
        answer=page_shape(ServerSerializer),
        refusals=("forbidden",),
    )
    def get(self, request: Request) -> Response:
        rows = servers_visible_to(self.actor).order_by("name", "id")
        query = queried(ServersQuery, request)
        if "pool" in query:
            rows = rows.filter(pool_id=query["pool"])
        if "state" in query:
            rows = rows.filter(state=query["state"])
        return Response(page_of(request, query, rows, show_servers))

    @operation(
        "servers_create",
        "Register a conference server",
        tag="servers",
        body=NewServerSerializer,
        answer=ServerDetailsSerializer,
        status=201,
        headers=[header("Location", "the new server", status=[201])],
        refusals=("forbidden", "not_found"),
        examples=[_EXAMPLE],
        description="It carries meetings at once. `POST /servers/{id}/check` tells whether it can be reached.",
    )
    def post(self, request: Request) -> Response:
        require_operator(self.actor)
        wish = checked(NewServerSerializer, request)
        server = services.add_server(pool_id=wish.pop("pool"), actor=self.actor, **wish)
        where = reverse("server", [server.id], request=request)
        return Response(show_details(server), status=201, headers={"Location": where})


class OneServer(Door):
    @operation(
        "servers_show",
        "One server",
        tag="servers",
        answer=ServerSerializer,
        refusals=("forbidden", "not_found"),
    )
    def get(self, request: Request, id: UUID) -> Response:
        return Response(show_details(get_server(id, actor=self.actor)))

    @operation(
        "servers_change",
        "Change a server, its capacity or its state",
        tag="servers",
        body=ServerChangeSerializer,
        query=ServerQuery,
        answer=ServerDetailsSerializer,
        refusals=("forbidden", "not_found"),
        description="Never refused for what is reserved on it: that stays, new bookings go elsewhere.",
    )
    def patch(self, request: Request, id: UUID) -> Response:
        server = get_server(id, actor=self.actor)
        query = queried(ServerQuery, request)
        wish = checked(ServerChangeSerializer, request)
        if query.get("dry_run"):
            for name in _CAPACITY & wish.keys():
                setattr(server, name, wish[name])
            return Response(show_details(server))
        services.change_server(id, actor=self.actor, **wish)
        return Response(show_details(get_server(id, actor=self.actor)))

    @operation(
        "servers_remove",
        "Forget a server that was never used",
        tag="servers",
        answer=None,
        status=204,
        changes=True,
        refusals=("forbidden", "not_found", "still_used"),
    )
    def delete(self, request: Request, id: UUID) -> Response:
        services.remove_server(id, actor=self.actor)
        return Response(status=204)


def _look_at(server: ConferenceServer) -> ServerReport:
    try:
        return backend_for(server).check()
    except BackendError as error:
        # a kind we do not speak, or an address that can never work
        return ServerReport(reachable=False, code=error.code, detail=error.detail)


class ServerCheck(Door):
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
        report = _look_at(server)
        report_server_seen(
            server.id,
            ok=report.healthy,
            detail=report.detail,
            version=report.version,
            meetings=report.meetings,
            people=report.people,
        )
        return Response(ServerCheckSerializer(report).data)
