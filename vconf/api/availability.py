# SPDX-License-Identifier: EUPL-1.2
"""`/availability`: what a wish would get, while it is still being typed. Reserves nothing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.shapes import AuthorityRefSerializer
from vconf.bookings.availability import Availability, find_availability
from vconf.web.problems import moment, problem_of
from vconf.web.schema import AlternativeSerializer, operation
from vconf.web.serializers import (
    MOST,
    InstantField,
    LengthField,
    NamedSerializer,
    QuerySerializer,
    StrictSerializer,
    queried,
)
from vconf.web.views import Door


class CapacitySerializer(StrictSerializer):
    """Whether it can be booked as asked; if not, why, in the words of a refusal."""

    ok = serializers.BooleanField()
    free_seats = serializers.IntegerField(help_text="the largest meeting that would still fit then")
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)
    limit = serializers.FloatField(required=False)
    in_use = serializers.FloatField(required=False)
    asked = serializers.FloatField(required=False)
    unit = serializers.CharField(required=False)


class FreeRoomSerializer(StrictSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    seats = serializers.IntegerField()
    room_class = NamedSerializer()
    authority = AuthorityRefSerializer()
    free = serializers.BooleanField(read_only=True, default=True)


class SuggestionSerializer(StrictSerializer):
    room = FreeRoomSerializer(allow_null=True, help_text="the smallest free room that fits")


class AvailabilitySerializer(StrictSerializer):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    seats = serializers.IntegerField()
    capacity = CapacitySerializer()
    rooms = FreeRoomSerializer(many=True)
    suggestion = SuggestionSerializer()
    alternatives = AlternativeSerializer(many=True)


class AvailabilityQuery(QuerySerializer):
    starts_at = InstantField(help_text="with offset")
    ends_at = InstantField(required=False, help_text="with offset; or `duration`")
    duration = LengthField(required=False)
    seats = serializers.IntegerField(min_value=1, max_value=MOST, default=1)
    room = serializers.UUIDField(required=False)
    room_class = serializers.UUIDField(required=False)
    authority = serializers.UUIDField(required=False, help_text="who would be charged; the home, if absent")
    booking = serializers.UUIDField(
        required=False,
        help_text="one to be changed: what it has now counts as free, its authority is charged",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ends_at" in attrs) == ("duration" in attrs):
            raise serializers.ValidationError({"ends_at": _("Please give either the end or the duration.")})
        if "duration" in attrs:
            attrs["ends_at"] = attrs["starts_at"] + attrs.pop("duration")
        return attrs


class ShowAvailability(Door):
    @operation(
        "availability_show",
        "Which rooms are free, does it fit, and what else would?",
        tag="bookings",
        query=AvailabilityQuery,
        answer=AvailabilitySerializer,
        refusals=("forbidden", "not_found"),
    )
    def get(self, request: Request) -> Response:
        query = queried(AvailabilityQuery, request)
        found = find_availability(
            self.actor,
            starts_at=query["starts_at"],
            ends_at=query["ends_at"],
            seats=query["seats"],
            room_id=query.get("room"),
            room_class_id=query.get("room_class"),
            authority_id=query.get("authority"),
            booking_id=query.get("booking"),
        )
        return Response(_body(found))


def _body(found: Availability) -> dict[str, Any]:
    capacity: dict[str, Any] = {"ok": found.refusal is None, "free_seats": found.seats_free}
    alternatives: list[Any] = []
    if found.refusal is not None:
        found.refusal.alternatives = tuple(found.alternatives)
        refused = problem_of(found.refusal)
        alternatives = refused.get("alternatives", [])
        for name in ("code", "detail", "limit", "in_use", "asked", "unit"):
            if name in refused:
                capacity[name] = refused[name]
    rooms = FreeRoomSerializer(found.rooms, many=True).data
    suggested = found.suggestion
    return {
        "starts_at": moment(found.starts_at),
        "ends_at": moment(found.ends_at),
        "seats": found.seats,
        "capacity": capacity,
        "rooms": rooms,
        "suggestion": {
            "room": next((one for one in rooms if suggested and one["id"] == str(suggested.id)), None)
        },
        "alternatives": alternatives,
    }
