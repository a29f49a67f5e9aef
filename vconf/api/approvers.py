# SPDX-License-Identifier: EUPL-1.2
"""`/room-classes/{id}/approvers` and `/approvers`: who decides about requests, and who stands in for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.shapes import PersonRefSerializer
from vconf.authorities.rights import require_administers
from vconf.rooms import services
from vconf.rooms.models import Approver
from vconf.rooms.selectors import approvers_of, delegates_visible_to, get_room_class
from vconf.web.limits import Namings
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import operation
from vconf.web.serializers import (
    AddressField,
    InstantField,
    NamedSerializer,
    StrictSerializer,
    checked,
    queried,
)
from vconf.web.views import Door


class ApproverSerializer(StrictSerializer):
    """Somebody who decides about requests for rooms of a class."""

    id = serializers.UUIDField()
    room_class = NamedSerializer()
    person = PersonRefSerializer()
    stands_in_for = NamedSerializer(allow_null=True, help_text="null: decides in their own name")
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)


class NewApproverSerializer(StrictSerializer):
    email = AddressField(help_text="an address of somebody with an account")
    valid_from = InstantField(required=False, allow_null=True, help_text="with offset; at once, if absent")
    valid_until = InstantField(required=False, allow_null=True, help_text="with offset; for good, if absent")


class NewDelegateSerializer(StrictSerializer):
    email = AddressField(help_text="an address of somebody with an account")
    valid_from = InstantField(required=False, allow_null=True, help_text="with offset; at once, if absent")
    valid_until = InstantField(help_text="with offset")


_DELEGATE = OpenApiExample(
    "Vertretung im Urlaub",
    value={
        "email": "anna@im.mv.example",
        "valid_from": "2027-07-05T00:00:00+02:00",
        "valid_until": "2027-07-24T00:00:00+02:00",
    },
    request_only=True,
)


def _show(rows: Sequence[Approver]) -> list[Any]:
    return list(ApproverSerializer(rows, many=True).data)


class ClassApprovers(Door):
    throttle_classes = [Namings]

    @operation(
        "room_class_approvers_list",
        "Who decides about requests for rooms of this class",
        tag="approvals",
        query=PageQuery,
        answer=page_shape(ApproverSerializer),
        refusals=("forbidden", "not_found"),
        description="For admins of the class's authority, who decide as well and are not listed.",
    )
    def get(self, request: Request, id: UUID) -> Response:
        room_class = get_room_class(id, actor=self.actor)
        require_administers(self.actor, room_class.authority_id)
        query = queried(PageQuery, request)
        return Response(page_of(request, query, approvers_of(room_class), _show))

    @operation(
        "room_class_approvers_name",
        "Let somebody decide about requests for rooms of this class",
        tag="approvals",
        body=NewApproverSerializer,
        answer=ApproverSerializer,
        status=201,
        refusals=("forbidden", "not_found"),
        examples=[
            OpenApiExample("Genehmigt auf Dauer", value={"email": "bernd@im.mv.example"}, request_only=True)
        ],
        description="Named again, the new period counts.",
    )
    def post(self, request: Request, id: UUID) -> Response:
        room_class = get_room_class(id, actor=self.actor)
        require_administers(self.actor, room_class.authority_id)
        wish = checked(NewApproverSerializer, request)
        return Response(_show([services.name_approver(id, actor=self.actor, **wish)])[0], status=201)


class OneApprover(Door):
    @operation(
        "approvers_remove",
        "Let somebody decide no longer",
        tag="approvals",
        answer=None,
        status=204,
        changes=True,
        refusals=("forbidden", "not_found"),
        description="By who named them, or an admin of the class's authority. What they decided stays.",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        services.withdraw_approver(id, actor=self.actor)
        return Response(status=204)


class Delegates(Door):
    throttle_classes = [Namings]

    @operation(
        "approvers_delegates_list",
        "Who stands in for me, and for whom I stand in",
        tag="approvals",
        query=PageQuery,
        answer=page_shape(ApproverSerializer),
    )
    def get(self, request: Request) -> Response:
        query = queried(PageQuery, request)
        return Response(page_of(request, query, delegates_visible_to(self.actor), _show))

    @operation(
        "approvers_delegates_name",
        "Let somebody decide in my stead for a time",
        tag="approvals",
        body=NewDelegateSerializer,
        answer=ApproverSerializer,
        status=201,
        many=True,
        refusals=("forbidden",),
        examples=[_DELEGATE],
        description="One row for each room class that the caller decides for.",
    )
    def post(self, request: Request) -> Response:
        wish = checked(NewDelegateSerializer, request)
        return Response(_show(services.name_delegate(actor=self.actor, **wish)), status=201)
