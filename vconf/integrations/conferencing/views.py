# SPDX-License-Identifier: EUPL-1.2
"""`/api/v1/servers`: the operators' door to conference servers. Here, not in `api`, for adding one asks the server."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from vconf.authorities.rights import require_operator
from vconf.bookings.draining import drain, enable
from vconf.integrations.conferencing.checks import keep_report, look_at
from vconf.integrations.conferencing.findings import failure_told
from vconf.integrations.conferencing.port import ServerReport
from vconf.integrations.conferencing.registry import new_backend_of
from vconf.integrations.conferencing.server_shapes import (
    NewServerSerializer,
    ServerChangeSerializer,
    ServerDetailsSerializer,
    ServerSerializer,
    show_details,
    show_servers,
)
from vconf.rooms import services
from vconf.rooms.errors import ServerCheckFailed
from vconf.rooms.models import ServerState
from vconf.rooms.selectors import get_server, servers_visible_to
from vconf.web.limits import ServerChecks
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import header, operation
from vconf.web.serializers import QuerySerializer, checked, queried
from vconf.web.views import Door

#: what a dry run can be about
_CAPACITY = {"seats", "meetings", "state"}


class NewServerQuery(QuerySerializer):
    unchecked = serializers.BooleanField(required=False, help_text="add it without asking the server first")


class ServerQuery(QuerySerializer):
    dry_run = serializers.BooleanField(required=False, help_text="only show what the change would mean")


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


class Servers(Door):
    throttle_classes = [ServerChecks]

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
        query=NewServerQuery,
        answer=ServerDetailsSerializer,
        status=201,
        headers=[header("Location", "the new server", status=[201])],
        refusals=("forbidden", "not_found", "server_check_failed"),
        examples=[_EXAMPLE],
        description=(
            "The server is asked first; one that does not answer, or does not accept the secret, is added with "
            "`?unchecked=true` only. It carries meetings at once."
        ),
    )
    def post(self, request: Request) -> Response:
        require_operator(self.actor)
        query = queried(NewServerQuery, request)
        wish = checked(NewServerSerializer, request)
        pool = wish.pop("pool")
        report: ServerReport | None = None
        began_at = timezone.now()
        if not query.get("unchecked"):
            draft = services.draft_server(pool_id=pool, actor=self.actor, **wish)
            report = look_at(lambda: new_backend_of(draft))
            if not report.healthy:
                raise ServerCheckFailed(_refusal_of(report.code))
        server = services.add_server(pool_id=pool, actor=self.actor, **wish)
        if report is not None:
            keep_report(server.id, report, began_at=began_at)
        where = reverse("server", [server.id], request=request)
        shown = show_details(get_server(server.id, actor=self.actor))
        return Response(shown, status=201, headers={"Location": where})


def _refusal_of(code: str) -> str:
    told = failure_told(code)
    ways = _("Correct it, or add the server all the same: it gets no meetings until it answers.")
    return f"{told.detail} {told.advice} {ways}"


class OneServer(Door):
    @operation(
        "servers_show",
        "One server",
        tag="servers",
        answer=ServerDetailsSerializer,
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
        description=(
            "Never refused for what is reserved on it: that stays, new bookings go elsewhere. Draining one moves the "
            "planned dates to other servers as far as they fit (`GET /servers/{id}/drain` tells beforehand)."
        ),
    )
    def patch(self, request: Request, id: UUID) -> Response:
        server = get_server(id, actor=self.actor)
        query = queried(ServerQuery, request)
        wish: dict[str, Any] = checked(ServerChangeSerializer, request)
        if query.get("dry_run"):
            for name in _CAPACITY & wish.keys():
                setattr(server, name, wish[name])
            return Response(show_details(server))
        state = wish.pop("state", server.state)
        if wish:
            services.change_server(id, actor=self.actor, **wish)
        if state != server.state:
            if state == ServerState.ENABLED:
                enable(id, actor=self.actor)
            else:
                drain(id, actor=self.actor, disable=state == ServerState.DISABLED)
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
