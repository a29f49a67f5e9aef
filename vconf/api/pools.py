# SPDX-License-Identifier: EUPL-1.2
"""`/pools`: conference servers that stand in for one another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from vconf.authorities.rights import Actor, require_operator
from vconf.bookings.reports import pool_over_committed
from vconf.errors import NotFound
from vconf.rooms import services
from vconf.rooms.models import Pool, ServerState
from vconf.rooms.selectors import pools_visible_to
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import header, operation
from vconf.web.serializers import (
    NamedSerializer,
    OverCommittedShape,
    QuerySerializer,
    StrictSerializer,
    checked,
    queried,
)
from vconf.web.views import Door


class PoolSerializer(StrictSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    n_plus_one = serializers.BooleanField(help_text="promises hold even if the largest server is lost")
    fallback = NamedSerializer(
        allow_null=True, help_text="the pool that a meeting opens in when no server of this one can take it"
    )
    seats = serializers.IntegerField(source="seats_sum", help_text="of its enabled servers")
    servers = serializers.IntegerField(source="server_count", help_text="how many, whatever their state")


class PoolOverCommittedSerializer(OverCommittedShape):
    """Promised before a server was lost from the reckoning: it stays, new bookings are refused."""

    what = serializers.ChoiceField(choices=["seats"])


class PoolDetailsSerializer(PoolSerializer):
    over_committed = PoolOverCommittedSerializer(
        many=True,
        allow_null=True,
        help_text="where more is promised than the pool takes with its largest server lost; null: not yours to see",
    )


class PoolQuery(QuerySerializer):
    dry_run = serializers.BooleanField(required=False, help_text="only show what the change would mean")


class NewPoolSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100)
    n_plus_one = serializers.BooleanField(default=False)
    fallback = serializers.UUIDField(required=False, allow_null=True, default=None)


class PoolChangeSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    n_plus_one = serializers.BooleanField(required=False)
    fallback = serializers.UUIDField(required=False, allow_null=True)


def _with_sums(pools: QuerySet[Pool]) -> QuerySet[Any]:
    enabled = Q(servers__state=ServerState.ENABLED)
    return (
        pools.annotate(
            seats_sum=Coalesce(Sum("servers__seats", filter=enabled), 0), server_count=Count("servers")
        )
        .select_related("fallback")
        .order_by("name", "id")
    )


def _pool(pool_id: UUID, actor: Actor) -> Any:
    pool = _with_sums(pools_visible_to(actor)).filter(id=pool_id).first()
    if pool is None:
        raise NotFound
    return pool


def _show_pool(pool: Any, actor: Actor) -> Any:
    """One pool, looked at as far ahead as can be booked."""
    shown = {**PoolSerializer(pool).data, "over_committed": None}
    if actor.operates:
        ahead = timedelta(days=settings.VCONF_HORIZON_DAYS + 1)
        over = pool_over_committed(pool, now=timezone.now(), ahead=ahead)
        shown["over_committed"] = PoolOverCommittedSerializer(over, many=True).data
    return shown


class Pools(Door):
    @operation(
        "pools_list",
        "The pools, for operators and authority admins",
        tag="pools",
        query=PageQuery,
        answer=page_shape(PoolSerializer),
    )
    def get(self, request: Request) -> Response:
        query = queried(PageQuery, request)
        rows = _with_sums(pools_visible_to(self.actor))
        return Response(page_of(request, query, rows, lambda page: PoolSerializer(page, many=True).data))

    @operation(
        "pools_create",
        "Add a pool",
        tag="pools",
        body=NewPoolSerializer,
        answer=PoolDetailsSerializer,
        status=201,
        headers=[header("Location", "the new pool", status=[201])],
        refusals=("forbidden",),
    )
    def post(self, request: Request) -> Response:
        wish = checked(NewPoolSerializer, request)
        pool = services.create_pool(actor=self.actor, fallback_id=wish.pop("fallback"), **wish)
        where = reverse("pool", [pool.id], request=request)
        shown = _show_pool(_pool(pool.id, self.actor), self.actor)
        return Response(shown, status=201, headers={"Location": where})


class OnePool(Door):
    @operation("pools_show", "One pool", tag="pools", answer=PoolDetailsSerializer, refusals=("not_found",))
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_show_pool(_pool(id, self.actor), self.actor))

    @operation(
        "pools_change",
        "Change a pool",
        tag="pools",
        body=PoolChangeSerializer,
        query=PoolQuery,
        answer=PoolDetailsSerializer,
        refusals=("forbidden", "not_found"),
        description="Never refused for what is reserved in it: that stays, new bookings are refused.",
    )
    def patch(self, request: Request, id: UUID) -> Response:
        require_operator(self.actor)
        pool = _pool(id, self.actor)
        query = queried(PoolQuery, request)
        wish = checked(PoolChangeSerializer, request)
        if query.get("dry_run"):
            pool.n_plus_one = wish.get("n_plus_one", pool.n_plus_one)
            return Response(_show_pool(pool, self.actor))
        if "fallback" in wish:
            wish["fallback_id"] = wish.pop("fallback")
        services.change_pool(id, actor=self.actor, **wish)
        return Response(_show_pool(_pool(id, self.actor), self.actor))
