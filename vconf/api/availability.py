# SPDX-License-Identifier: EUPL-1.2
"""`/availability`: what a wish would get, while it is still being typed. Reserves nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.shapes import AuthorityRefSerializer
from vconf.bookings.availability import Availability, find_availability
from vconf.bookings.common_slot import MOST_PEOPLE, MOST_ROOMS, SlotRequest, first_common_slots
from vconf.web.limits import SlotSearches
from vconf.web.problems import moment, problem_of
from vconf.web.schema import AlternativeSerializer, OfferedRoomSerializer, operation
from vconf.web.serializers import (
    MOST,
    AddressField,
    BoundedListField,
    ClockField,
    InstantField,
    LengthField,
    NamedSerializer,
    QuerySerializer,
    StrictSerializer,
    ZoneField,
    checked,
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


class SlotWishSerializer(StrictSerializer):
    people = BoundedListField(
        child=AddressField(), max_length=MOST_PEOPLE, help_text="who has to be free; name yourself as well"
    )
    rooms = BoundedListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_ROOMS, help_text="one of these; or any"
    )
    seats = serializers.IntegerField(min_value=1, max_value=MOST, required=False, allow_null=True)
    duration = LengthField()
    from_ = InstantField(required=False, help_text="with offset; now, if absent")
    until = InstantField(required=False, help_text="with offset; 14 days later, if absent, and 31 at most")
    timezone = ZoneField(required=False, help_text="of `day_from`, `day_until` and `days`")
    day_from = ClockField(
        required=False, help_text="wall time at which the meeting may start; 08:00, if absent"
    )
    day_until = ClockField(required=False, help_text="wall time at which it is over; 18:00, if absent")
    days = BoundedListField(
        child=serializers.ChoiceField(choices=["MO", "TU", "WE", "TH", "FR", "SA", "SU"]),
        required=False,
        max_length=7,
        help_text="Monday to Friday, if absent",
    )
    booking = serializers.UUIDField(
        required=False, help_text="one to be moved: what it has now counts as free"
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class SlotSerializer(StrictSerializer):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    room = OfferedRoomSerializer(allow_null=True, help_text="null: one without a name")


class SlotsSerializer(StrictSerializer):
    slots = SlotSerializer(many=True, help_text="the first ones, five at most")
    people_without_calendar = serializers.ListField(
        child=serializers.EmailField(), help_text="who are unknown here, and count as free"
    )


class FirstSlots(Door):
    throttle_classes = [SlotSearches]

    @operation(
        "availability_first",
        "When are all of these people free, with a room and enough seats?",
        tag="bookings",
        body=SlotWishSerializer,
        answer=SlotsSerializer,
        refusals=("forbidden", "not_found", "room_blocked"),
        description=(
            "People are busy with what they organise or are invited to and have not declined. The answer names times"
            " only, not who is busy with what; nothing is reserved."
        ),
    )
    def post(self, request: Request) -> Response:
        wish = checked(SlotWishSerializer, request)
        hours: dict[str, Any] = {name: wish[name] for name in ("day_from", "day_until") if name in wish}
        if "days" in wish:
            hours["days"] = frozenset(wish["days"])
        found = first_common_slots(
            SlotRequest(
                people=tuple(wish["people"]),
                duration=wish["duration"],
                timezone=wish.get("timezone", settings.VCONF_TIME_ZONE),
                room_ids=tuple(wish.get("rooms", ())),
                seats=wish.get("seats"),
                begins=wish.get("from"),
                until=wish.get("until"),
                booking_id=wish.get("booking"),
                **hours,
            ),
            actor=self.actor,
        )
        slots = [{"starts_at": s.starts_at, "ends_at": s.ends_at, "room": s.room} for s in found.slots]
        body = {"slots": slots, "people_without_calendar": found.without_calendar}
        return Response(SlotsSerializer(body).data)


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
