# SPDX-License-Identifier: EUPL-1.2
"""`/deputies`: who stands in for the caller, and for whom the caller does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.shapes import PersonRefSerializer
from vconf.authorities.deputies import deputyships_of, end_deputyship, name_deputy
from vconf.authorities.models import Deputy
from vconf.web.limits import Namings
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import operation
from vconf.web.serializers import AddressField, InstantField, StrictSerializer, checked, queried
from vconf.web.views import Door


class DeputySerializer(StrictSerializer):
    """A deputy books, changes and sees for the principal, who alone names them; either side ends it."""

    id = serializers.UUIDField()
    principal = PersonRefSerializer()
    deputy = PersonRefSerializer()
    valid_until = serializers.DateTimeField(allow_null=True)
    mine = serializers.ChoiceField(choices=["principal", "deputy"], help_text="what the caller is in it")


class NewDeputySerializer(StrictSerializer):
    email = AddressField(help_text="of somebody with an account")
    valid_until = InstantField(required=False, allow_null=True, help_text="with offset; absent: until ended")


class Deputies(Door):
    throttle_classes = [Namings]

    @operation(
        "deputies_list",
        "Who stands in for me, and for whom I do",
        tag="deputies",
        query=PageQuery,
        answer=page_shape(DeputySerializer),
    )
    def get(self, request: Request) -> Response:
        query = queried(PageQuery, request)
        rows = deputyships_of(self.actor).order_by("principal__name", "deputy__name", "id")
        return Response(page_of(request, query, rows, self._show))

    @operation(
        "deputies_create",
        "Name a deputy",
        tag="deputies",
        body=NewDeputySerializer,
        answer=DeputySerializer,
        status=201,
        refusals=("forbidden",),
        description=(
            "They see and change the caller's bookings as the caller does, and book for the caller, until it is ended"
            " or has run out. Somebody who is named again gets the new end."
        ),
    )
    def post(self, request: Request) -> Response:
        wish = checked(NewDeputySerializer, request)
        deputy = name_deputy(wish["email"], valid_until=wish.get("valid_until"), actor=self.actor)
        return Response(self._show([deputy])[0], status=201)

    def _show(self, rows: Sequence[Deputy]) -> list[Any]:
        for row in rows:
            is_mine = row.principal_id == self.actor.person_id
            row.mine = "principal" if is_mine else "deputy"  # type: ignore[attr-defined]  # for the shape
        return list(DeputySerializer(rows, many=True).data)


class OneDeputy(Door):
    @operation(
        "deputies_end",
        "End a deputyship, from either side",
        tag="deputies",
        answer=None,
        status=204,
        changes=True,
        refusals=("not_found",),
        description="At once: the bookings of the principal are no longer theirs to see, whoever made them.",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        end_deputyship(id, actor=self.actor)
        return Response(status=204)
