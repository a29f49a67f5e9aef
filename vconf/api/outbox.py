# SPDX-License-Identifier: EUPL-1.2
"""`/outbox`: what could not be delivered, for operators. No addresses: of a recipient only the domain is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.authorities.deliveries import (
    backlog_visible_to,
    deliveries_visible_to,
    retry_delivery,
    retry_reaction,
)
from vconf.authorities.rights import require_operator
from vconf.errors import NotFound
from vconf.outbox.deliver import UNRESOLVED
from vconf.outbox.models import Delivery, DeliveryState
from vconf.outbox.overview import masked, told_error
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer, checked, queried
from vconf.web.views import Door

OPEN_STATES = [DeliveryState.PARKED.value, DeliveryState.PENDING.value]
#: a delivery's number; more digits name none
_MOST_DIGITS = 18


class DeliverySerializer(StrictSerializer):
    """One reaction to one fact for one recipient."""

    id = serializers.IntegerField()
    fact = serializers.CharField(help_text="what happened")
    reaction = serializers.CharField(help_text="what is to be done about it")
    recipient = serializers.CharField(
        help_text="`…@domain` of an address, the id of a meeting; empty if there is only one"
    )
    state = serializers.ChoiceField(choices=OPEN_STATES)
    attempts = serializers.IntegerField()
    last_error = serializers.CharField(help_text="without addresses; empty if it was not tried yet")
    recorded_at = serializers.DateTimeField(help_text="when it happened")
    due_at = serializers.DateTimeField(help_text="of pending ones: when it is tried again")


class DeliveriesQuery(PageQuery):
    state = serializers.ChoiceField(choices=OPEN_STATES, default=DeliveryState.PARKED.value)
    reaction = serializers.CharField(max_length=60, required=False)


class BacklogSerializer(StrictSerializer):
    """What one reaction has still to deliver, and what was given up."""

    reaction = serializers.CharField()
    pending = serializers.IntegerField()
    parked = serializers.IntegerField()
    oldest_pending_at = serializers.DateTimeField(allow_null=True)
    oldest_parked_at = serializers.DateTimeField(allow_null=True)


class ReactionSerializer(StrictSerializer):
    reaction = serializers.CharField(max_length=60)


class RetriedSerializer(StrictSerializer):
    retried = serializers.IntegerField(help_text="deliveries that are tried again")


def _show(rows: Sequence[Delivery]) -> list[dict[str, Any]]:
    return [_body(row) for row in rows]


def _body(row: Delivery) -> dict[str, Any]:
    return dict(
        DeliverySerializer(
            {
                "id": row.id,
                "fact": row.message.fact,
                "reaction": row.reaction,
                "recipient": "" if row.recipient == UNRESOLVED else masked(row.recipient),
                "state": row.state,
                "attempts": row.attempts,
                "last_error": told_error(row),
                "recorded_at": row.message.recorded_at,
                "due_at": row.due_at,
            }
        ).data
    )


class Outbox(Door):
    @operation(
        "outbox_list",
        "What was given up, or is still to be delivered",
        tag="outbox",
        query=DeliveriesQuery,
        answer=page_shape(DeliverySerializer),
        refusals=("forbidden",),
        description="For operators. Parked ones newest first, pending ones oldest first.",
    )
    def get(self, request: Request) -> Response:
        require_operator(self.actor)
        query = queried(DeliveriesQuery, request)
        rows = deliveries_visible_to(self.actor, state=query["state"], reaction=query.get("reaction", ""))
        return Response(page_of(request, query, rows, _show))


class OutboxSummary(Door):
    @operation(
        "outbox_summary",
        "How much is pending and parked, by reaction",
        tag="outbox",
        answer=BacklogSerializer,
        many=True,
        refusals=("forbidden",),
    )
    def get(self, request: Request) -> Response:
        return Response(BacklogSerializer(backlog_visible_to(self.actor), many=True).data)


class RetryDelivery(Door):
    @operation(
        "outbox_retry",
        "Try again what was given up",
        tag="outbox",
        answer=DeliverySerializer,
        changes=True,
        refusals=("forbidden", "not_found", "not_parked"),
        description="It is due at once and has all its tries again.",
    )
    def post(self, request: Request, id: str) -> Response:
        require_operator(self.actor)
        if not (id.isascii() and id.isdigit() and len(id) <= _MOST_DIGITS):
            raise NotFound
        return Response(_body(retry_delivery(int(id), actor=self.actor)))


class RetryReaction(Door):
    @operation(
        "outbox_retry_reaction",
        "Try everything again that one reaction gave up",
        tag="outbox",
        body=ReactionSerializer,
        answer=RetriedSerializer,
        refusals=("forbidden",),
    )
    def post(self, request: Request) -> Response:
        require_operator(self.actor)
        wish = checked(ReactionSerializer, request)
        return Response({"retried": retry_reaction(wish["reaction"], actor=self.actor)})
