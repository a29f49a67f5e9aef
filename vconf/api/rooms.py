# SPDX-License-Identifier: EUPL-1.2
"""`/rooms`: what people book. Room stock is never listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from vconf.api.shapes import AuthorityRefSerializer
from vconf.authorities.rights import Actor
from vconf.bookings.overlaps import busy_rooms
from vconf.bookings.policing import classes_closed
from vconf.realtime.selectors import statuses_for
from vconf.realtime.states import State
from vconf.rooms import services
from vconf.rooms.models import Room
from vconf.rooms.selectors import get_room, rooms_visible_to
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.schema import header, operation
from vconf.web.serializers import (
    MOST,
    AddressField,
    InstantField,
    NamedSerializer,
    StrictSerializer,
    checked,
    queried,
)
from vconf.web.views import Door


class RoomStatusSerializer(StrictSerializer):
    """What the room is doing now, as the socket sends it. `busy`: the caller may not see the booking."""

    room = serializers.UUIDField()
    visibility = serializers.ChoiceField(choices=["details", "busy"])
    state = serializers.ChoiceField(choices=[*(state.value for state in State), "busy"])
    people = serializers.IntegerField(required=False, help_text="with details only")
    since = serializers.DateTimeField(required=False, allow_null=True, help_text="with details only")
    until = serializers.DateTimeField(allow_null=True)
    booking = serializers.UUIDField(required=False, allow_null=True, help_text="with details only")
    occurrence = serializers.UUIDField(required=False, allow_null=True, help_text="with details only")
    next = serializers.DateTimeField(allow_null=True, help_text="when it is taken next")
    version = serializers.IntegerField()


class RoomSerializer(StrictSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    address = serializers.EmailField(help_text="invited like a person, it is booked")
    seats = serializers.IntegerField()
    pool = NamedSerializer()
    room_class = NamedSerializer()
    authority = AuthorityRefSerializer(help_text="the owner")
    open_to_all = serializers.BooleanField()
    is_active = serializers.BooleanField()
    blocked_reason = serializers.CharField()
    url = serializers.URLField(help_text="stable page that leads to the date running now")
    status = RoomStatusSerializer(allow_null=True, help_text="null for room stock")


class NewRoomSerializer(StrictSerializer):
    name = serializers.CharField(max_length=120)
    address = AddressField()
    seats = serializers.IntegerField(min_value=1, max_value=MOST)
    pool = serializers.UUIDField()
    room_class = serializers.UUIDField()
    authority = serializers.UUIDField(help_text="the owner")
    open_to_all = serializers.BooleanField(default=False, help_text="every authority may see and book it")


class RoomChangeSerializer(StrictSerializer):
    name = serializers.CharField(max_length=120, required=False)
    address = AddressField(required=False)
    seats = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    pool = serializers.UUIDField(required=False)
    room_class = serializers.UUIDField(required=False)
    authority = serializers.UUIDField(required=False)
    open_to_all = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)
    blocked_reason = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="while not empty, it cannot be booked"
    )


class RoomsQuery(PageQuery):
    q = serializers.CharField(max_length=100, required=False, help_text="part of name or address")
    seats = serializers.IntegerField(min_value=1, max_value=MOST, required=False, help_text="at least")
    room_class = serializers.UUIDField(required=False)
    authority = serializers.UUIDField(required=False, help_text="the owner")
    free_from = InstantField(
        required=False, help_text="with offset; only rooms that are free until `free_until`"
    )
    free_until = InstantField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        begins, ends = attrs.get("free_from"), attrs.get("free_until")
        if (begins is None) != (ends is None) or (begins and ends and begins >= ends):
            raise serializers.ValidationError(
                {"free_until": _("Please give both ends of the time, the later one last.")}
            )
        return attrs


_EXAMPLE = OpenApiExample(
    "Videoraum des Innenministeriums",
    value={
        "name": "Lagezentrum",
        "address": "lagezentrum@raum.mv.example",
        "seats": 60,
        "pool": "0199a3c2-7d10-7c11-9d53-0a2b6d4f8e01",
        "room_class": "0199a3c2-7d10-7c11-9d53-0a2b6d4f8e02",
        "authority": "0199a3c2-7d10-7c11-9d53-0a2b6d4f8e03",
    },
    request_only=True,
)


def show_rooms(rooms: Sequence[Room], actor: Actor) -> list[dict[str, Any]]:
    """Bodies of many, with their statuses: two queries."""
    statuses = statuses_for(actor, [room.id for room in rooms])
    return [_body(room, statuses.get(room.id)) for room in rooms]


def _body(room: Room, status: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "id": str(room.id),
        "name": room.name,
        "slug": room.slug,
        "address": room.address,
        "seats": room.seats,
        "pool": {"id": str(room.pool.id), "name": room.pool.name},
        "room_class": {"id": str(room.room_class.id), "name": room.room_class.name},
        "authority": dict(AuthorityRefSerializer(room.authority).data),
        "open_to_all": room.open_to_all,
        "is_active": room.is_active,
        "blocked_reason": room.blocked_reason,
        "url": f"{settings.VCONF_PUBLIC_URL}/r/{room.slug}",
        "status": status,
    }


def _fields(wish: Mapping[str, Any]) -> Any:
    """The service names rows by `..._id`."""
    return {
        f"{name}_id" if name in ("pool", "room_class", "authority") else name: wish[name] for name in wish
    }


class Rooms(Door):
    @operation(
        "rooms_list",
        "The rooms the caller may see, by size, class, owner, name or free time",
        tag="rooms",
        query=RoomsQuery,
        answer=page_shape(RoomSerializer),
    )
    def get(self, request: Request) -> Response:
        query = queried(RoomsQuery, request)
        rows = rooms_visible_to(self.actor).order_by("name", "id")
        if "q" in query:
            rows = rows.filter(Q(name__icontains=query["q"]) | Q(address__icontains=query["q"]))
        if "seats" in query:
            rows = rows.filter(seats__gte=query["seats"])
        if "room_class" in query:
            rows = rows.filter(room_class_id=query["room_class"])
        if "authority" in query:
            rows = rows.filter(authority_id=query["authority"])
        if "free_from" in query:
            begins, ends = query["free_from"], query["free_until"]
            rows = rows.filter(is_active=True, blocked_reason="").exclude(id__in=busy_rooms(begins, ends))
            rows = rows.exclude(room_class_id__in=classes_closed(begins, ends))
        return Response(page_of(request, query, rows, lambda page: show_rooms(page, self.actor)))

    @operation(
        "rooms_create",
        "Open a room",
        tag="rooms",
        body=NewRoomSerializer,
        answer=RoomSerializer,
        status=201,
        headers=[header("Location", "the new room", status=[201])],
        refusals=("forbidden", "not_found"),
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        wish = checked(NewRoomSerializer, request)
        room = services.create_room(actor=self.actor, **_fields(wish))
        where = reverse("room", [room.id], request=request)
        return Response(show_rooms([room], self.actor)[0], status=201, headers={"Location": where})


class OneRoom(Door):
    @operation("rooms_show", "One room", tag="rooms", answer=RoomSerializer, refusals=("not_found",))
    def get(self, request: Request, id: UUID) -> Response:
        return self._answer(id)

    @operation(
        "rooms_change",
        "Change a room",
        tag="rooms",
        body=RoomChangeSerializer,
        answer=RoomSerializer,
        refusals=("forbidden", "not_found"),
        description="Bookings made keep seats and pool.",
    )
    def patch(self, request: Request, id: UUID) -> Response:
        wish = checked(RoomChangeSerializer, request)
        services.change_room(id, actor=self.actor, **_fields(wish))
        return self._answer(id)

    @operation(
        "rooms_retire",
        "Take a room out of use",
        tag="rooms",
        answer=RoomSerializer,
        changes=True,
        refusals=("forbidden", "not_found"),
        description="It stays for the bookings that name it, and can be taken into use again (`is_active`).",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        services.retire_room(id, actor=self.actor)
        return self._answer(id)

    def _answer(self, room_id: UUID) -> Response:
        return Response(show_rooms([get_room(room_id, actor=self.actor)], self.actor)[0])
