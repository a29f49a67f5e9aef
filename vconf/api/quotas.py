# SPDX-License-Identifier: EUPL-1.2
"""`/quotas` and `/authorities/{id}/quota`: limits and their use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.authorities import PathStepSerializer
from vconf.api.shapes import AuthorityRefSerializer
from vconf.authorities.models import Authority, Quota
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import (
    get_authority_for_quota,
    may_set_quota,
    paths_of,
    quotas_visible_to,
)
from vconf.authorities.services import Limits, set_quota
from vconf.authorities.tree import in_tree_order
from vconf.bookings.reports import QuotaUse, quota_use
from vconf.errors import Forbidden
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.problems import moment
from vconf.web.schema import operation
from vconf.web.serializers import OverCommittedShape, QuerySerializer, StrictSerializer, checked, queried
from vconf.web.views import Door

#: how far ahead the list looks for peaks; one authority's own quota looks as far as can be booked
LIST_AHEAD = timedelta(days=93)
MOST = 10_000_000
LIMITS = ["concurrent_seats", "concurrent_meetings", "seat_hours_per_month"]

_LIMIT: dict[str, Any] = {"min_value": 0, "max_value": MOST, "allow_null": True}


class LimitsSerializer(StrictSerializer):
    concurrent_seats = serializers.IntegerField(**_LIMIT)
    concurrent_meetings = serializers.IntegerField(**_LIMIT)
    seat_hours_per_month = serializers.IntegerField(**_LIMIT)


class NewLimitsSerializer(StrictSerializer):
    """The limits as a whole: null or absent is no limit."""

    concurrent_seats = serializers.IntegerField(required=False, default=None, **_LIMIT)
    concurrent_meetings = serializers.IntegerField(required=False, default=None, **_LIMIT)
    seat_hours_per_month = serializers.IntegerField(required=False, default=None, **_LIMIT)


class UseSerializer(StrictSerializer):
    """What the authority and all below it use. Peaks: of what is booked from now on."""

    concurrent_seats_now = serializers.IntegerField()
    concurrent_seats_peak = serializers.IntegerField()
    peak_at = serializers.DateTimeField(allow_null=True, help_text="when the peak of seats is reached first")
    concurrent_meetings_now = serializers.IntegerField()
    concurrent_meetings_peak = serializers.IntegerField()
    seat_hours_this_month = serializers.FloatField()


class OverCommittedSerializer(OverCommittedShape):
    """Booked before the limit was set: it stays, and new bookings are refused."""

    what = serializers.ChoiceField(choices=LIMITS)


class QuotaAuthoritySerializer(AuthorityRefSerializer):
    path = PathStepSerializer(many=True, help_text="from the root to itself")


class QuotaSerializer(StrictSerializer):
    authority = QuotaAuthoritySerializer()
    limits = LimitsSerializer()
    use = UseSerializer()
    over_committed = OverCommittedSerializer(many=True)
    may_set = serializers.BooleanField(help_text="whether the caller may set these limits")


class QuotaQuery(QuerySerializer):
    dry_run = serializers.BooleanField(required=False, help_text="only show what these limits would mean")


_EXAMPLE = OpenApiExample(
    "200 Plätze gleichzeitig, 1500 Platzstunden im Monat",
    value={"concurrent_seats": 200, "concurrent_meetings": None, "seat_hours_per_month": 1500},
    request_only=True,
)


def _show(uses: Sequence[QuotaUse], actor: Actor) -> list[dict[str, Any]]:
    paths = paths_of([use.authority.id for use in uses])
    return [_body(use, paths[use.authority.id], actor) for use in uses]


def _body(use: QuotaUse, path: Sequence[Authority], actor: Actor) -> dict[str, Any]:
    authority = use.authority
    return {
        "authority": {
            "id": str(authority.id),
            "name": authority.name,
            "short_name": authority.short_name,
            "path": [{"id": str(step.id), "short_name": step.short_name} for step in path],
        },
        "limits": {
            "concurrent_seats": use.concurrent_seats,
            "concurrent_meetings": use.concurrent_meetings,
            "seat_hours_per_month": use.seat_hours_per_month,
        },
        "use": {
            "concurrent_seats_now": use.seats_now,
            "concurrent_seats_peak": use.seats_peak,
            "peak_at": moment(use.seats_peak_at),
            "concurrent_meetings_now": use.meetings_now,
            "concurrent_meetings_peak": use.meetings_peak,
            "seat_hours_this_month": use.seat_hours_this_month,
        },
        "over_committed": OverCommittedSerializer(use.over_committed, many=True).data,
        "may_set": may_set_quota(actor, authority),
    }


def _show_one(authority: Authority, actor: Actor, instead: Quota | None = None) -> dict[str, Any]:
    ahead = timedelta(days=settings.VCONF_HORIZON_DAYS + 1)
    return _show(quota_use([authority], now=timezone.now(), ahead=ahead, instead=instead), actor)[0]


class Quotas(Door):
    @operation(
        "quotas_list",
        "Limits and use of every authority the caller administers, in the order of the tree",
        tag="quotas",
        query=PageQuery,
        answer=page_shape(QuotaSerializer),
        description="Peaks and over-committed intervals of the next 93 days.",
    )
    def get(self, request: Request) -> Response:
        query = queried(PageQuery, request)
        rows = in_tree_order(quotas_visible_to(self.actor))
        return Response(page_of(request, query, rows, self._show_page()))

    def _show_page(self) -> Callable[[Sequence[Authority]], list[dict[str, Any]]]:
        now = timezone.now()
        return lambda page: _show(quota_use(page, now=now, ahead=LIST_AHEAD), self.actor)


class OneQuota(Door):
    @operation(
        "quotas_show",
        "Limits and use of one authority, as far ahead as can be booked",
        tag="quotas",
        answer=QuotaSerializer,
        refusals=("forbidden", "not_found"),
    )
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_show_one(get_authority_for_quota(id, actor=self.actor), self.actor))

    @operation(
        "quotas_set",
        "Set the limits of an authority",
        tag="quotas",
        body=NewLimitsSerializer,
        query=QuotaQuery,
        answer=QuotaSerializer,
        refusals=("forbidden", "not_found"),
        examples=[_EXAMPLE],
        description="Never refused for what is booked: `over_committed` lists where it exceeds the new limits.",
    )
    def put(self, request: Request, id: UUID) -> Response:
        authority = get_authority_for_quota(id, actor=self.actor)
        if not may_set_quota(self.actor, authority):
            raise Forbidden
        query = queried(QuotaQuery, request)
        wish = checked(NewLimitsSerializer, request)
        if query.get("dry_run"):
            return Response(_show_one(authority, self.actor, Quota(authority=authority, **wish)))
        set_quota(
            authority.id,
            Limits(
                concurrent_seats=wish["concurrent_seats"],
                concurrent_meetings=wish["concurrent_meetings"],
                seat_hours_per_month=wish["seat_hours_per_month"],
            ),
            actor=self.actor,
        )
        return Response(_show_one(authority, self.actor))
