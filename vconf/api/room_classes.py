# SPDX-License-Identifier: EUPL-1.2
"""`/room-classes`: sets of policies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from vconf.api.shapes import AuthorityRefSerializer
from vconf.rooms import services
from vconf.rooms.policies import SETTINGS
from vconf.rooms.selectors import get_room_class, room_classes_visible_to
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import header, operation
from vconf.web.serializers import StrictSerializer, checked, queried
from vconf.web.views import Door

_SETTINGS_HELP = "\n".join(
    ["`name: {value, enforced}`, or `name: value`. The settings there are:", ""]
    + [
        f"- `{one.name}` ({' | '.join(one.choices) or one.type.__name__}, {one.default!r})"
        for one in SETTINGS.values()
    ]
    + ["", "Lists (days, addresses) are given as a list or as one text with commas, and answered as text."]
)


class RoomClassSerializer(StrictSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    authority = AuthorityRefSerializer()
    settings = serializers.DictField(child=serializers.JSONField(), help_text=_SETTINGS_HELP)


class NewRoomClassSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100)
    authority = serializers.UUIDField()
    settings = serializers.DictField(child=serializers.JSONField(), default=dict, help_text=_SETTINGS_HELP)


class RoomClassChangeSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    settings = serializers.DictField(
        child=serializers.JSONField(), required=False, help_text=f"Replaces all.\n\n{_SETTINGS_HELP}"
    )


_EXAMPLE = OpenApiExample(
    "Vertraulich",
    value={
        "name": "Vertraulich",
        "authority": "0199a3c2-7d10-7c11-9d53-0a2b6d4f8e01",
        "settings": {
            "lobby": {"value": True, "enforced": True},
            "max_length_minutes": 240,
            "bookable_from": "07:00",
            "bookable_until": "19:00",
            "bookable_days": "MO,TU,WE,TH,FR",
            "closed_on_holidays": {"value": True, "enforced": True},
            "approval": {"value": "foreign", "enforced": True},
        },
    },
    request_only=True,
)


def _show(rows: Any) -> list[Any]:
    return list(RoomClassSerializer(rows, many=True).data)


class RoomClasses(Door):
    @operation(
        "room_classes_list",
        "The room classes the caller may see",
        tag="rooms",
        query=PageQuery,
        answer=page_shape(RoomClassSerializer),
    )
    def get(self, request: Request) -> Response:
        query = queried(PageQuery, request)
        rows = room_classes_visible_to(self.actor).order_by("name", "id")
        return Response(page_of(request, query, rows, _show))

    @operation(
        "room_classes_create",
        "Add a room class",
        tag="rooms",
        body=NewRoomClassSerializer,
        answer=RoomClassSerializer,
        status=201,
        headers=[header("Location", "the new room class", status=[201])],
        refusals=("forbidden", "not_found"),
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        wish = checked(NewRoomClassSerializer, request)
        created = services.create_room_class(
            name=wish["name"], authority_id=wish["authority"], settings=wish["settings"], actor=self.actor
        )
        where = reverse("room-class", [created.id], request=request)
        return Response(_show([created])[0], status=201, headers={"Location": where})


class OneRoomClass(Door):
    @operation(
        "room_classes_show",
        "One room class",
        tag="rooms",
        answer=RoomClassSerializer,
        refusals=("not_found",),
    )
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_show([get_room_class(id, actor=self.actor)])[0])

    @operation(
        "room_classes_change",
        "Change a room class",
        tag="rooms",
        body=RoomClassChangeSerializer,
        answer=RoomClassSerializer,
        refusals=("forbidden", "not_found"),
        description="Bookings made keep their dates and buffers.",
    )
    def patch(self, request: Request, id: UUID) -> Response:
        wish = checked(RoomClassChangeSerializer, request)
        return Response(_show([services.change_room_class(id, actor=self.actor, **wish)])[0])
