# SPDX-License-Identifier: EUPL-1.2
"""`/bookings/preview`: what a booking would get, while it is still being typed. Stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.booking_shapes import NewBookingSerializer, booking_request, rule_text
from vconf.bookings.models import Booking
from vconf.bookings.preview import Preview, PreviewedDate, preview
from vconf.bookings.selectors import get_own_booking
from vconf.web.limits import Searches
from vconf.web.problems import moment, problem_of
from vconf.web.schema import AlternativeSerializer, OfferedRoomSerializer, ProblemSerializer, operation
from vconf.web.serializers import StrictSerializer, checked
from vconf.web.views import Door


class PreviewWishSerializer(NewBookingSerializer):
    """A new booking; or, with `booking`, what that one shall become: people, seats and room not named stay."""

    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    booking = serializers.UUIDField(
        required=False, help_text="one to be changed: what it has now counts as free"
    )


class PreviewedDateSerializer(StrictSerializer):
    recurrence_id = serializers.CharField(help_text="its wall time")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    fits = serializers.BooleanField()
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)
    limit = serializers.FloatField(required=False)
    in_use = serializers.FloatField(required=False)
    asked = serializers.FloatField(required=False)
    unit = serializers.CharField(required=False)
    alternatives = AlternativeSerializer(many=True)


class PreviewSerializer(StrictSerializer):
    fits = serializers.BooleanField(
        help_text="whether it could be booked as asked; with `partial`: at least one date"
    )
    rule_text = serializers.CharField(help_text="the rule in words, in the language of the request")
    promised_until = serializers.DateTimeField(
        allow_null=True, help_text="where a rule without end would be cut"
    )
    seats = serializers.IntegerField(help_text="that would be reserved for each date")
    room = OfferedRoomSerializer(
        allow_null=True, help_text="asked for or found; null: none, or an unnamed one"
    )
    approval = serializers.BooleanField(help_text="somebody would have to approve it")
    dates = PreviewedDateSerializer(many=True, help_text="empty if the times cannot be booked at all")
    refusal = ProblemSerializer(allow_null=True, help_text="what `POST /bookings` would answer now")


class BookingPreview(Door):
    throttle_classes = [Searches]

    @operation(
        "bookings_preview",
        "What would a booking get?",
        tag="bookings",
        body=PreviewWishSerializer,
        answer=PreviewSerializer,
        refusals=("forbidden", "not_found"),
        description=(
            "Takes the body of a new booking and says, date for date, what would be refused and what could be had"
            " instead. Nothing is stored or reserved; a moment later somebody else may have been faster."
        ),
    )
    def post(self, request: Request) -> Response:
        wish = checked(PreviewWishSerializer, request)
        booking_id: UUID | None = wish.pop("booking", None)
        if booking_id is not None:
            wish = _filled(wish, get_own_booking(booking_id, actor=self.actor))
        wish["title"] = wish.get("title", "").strip() or "-"
        asked = booking_request(wish, self.actor, idempotency_key=None, language="de")
        found = preview(asked, actor=self.actor, booking_id=booking_id)
        return Response(_body(found, asked.timezone))


def _filled(wish: Mapping[str, Any], booking: Booking) -> dict[str, Any]:
    """The wish, with what it does not name as it is in the booking."""
    kept: dict[str, Any] = {
        "timezone": booking.timezone,
        "room": booking.room_id,
        "seats": booking.seats_asked,
        "attendees": [
            {"email": one.address, "name": one.name, "role": one.role} for one in booking.attendees.all()
        ],
    }
    return {**kept, **wish}


def _body(found: Preview, zone: str) -> dict[str, Any]:
    plan = found.plan
    return {
        "fits": found.fits,
        "rule_text": "" if plan is None else rule_text(plan.rrule, plan.starts_local, zone),
        "promised_until": None
        if plan is None or plan.promised_until is None
        else moment(plan.promised_until),
        "seats": found.seats,
        "room": found.room and {"id": found.room.id, "name": found.room.name, "seats": found.room.seats},
        "approval": found.approval,
        "dates": [_date(one) for one in found.dates],
        "refusal": None if found.refusal is None else problem_of(found.refusal),
    }


def _date(one: PreviewedDate) -> dict[str, Any]:
    why = {} if one.refusal is None else problem_of(one.refusal)
    return {
        "recurrence_id": one.date.recurrence_id.isoformat(),
        "starts_at": moment(one.date.starts_at),
        "ends_at": moment(one.date.ends_at),
        "fits": one.refusal is None,
        **{name: why[name] for name in ("code", "detail", "limit", "in_use", "asked", "unit") if name in why},
        "alternatives": why.get("alternatives", []),
    }
