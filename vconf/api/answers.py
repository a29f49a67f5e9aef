# SPDX-License-Identifier: EUPL-1.2
"""`/bookings/{id}/answer`: somebody who is invited says whether they come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.booking_shapes import BookingSerializer
from vconf.api.bookings import ETAG, booking_answer
from vconf.bookings.answering import answer
from vconf.bookings.checks import LONGEST_COMMENT
from vconf.bookings.models import PartStat
from vconf.bookings.selectors import get_booking
from vconf.errors import Forbidden, Invalid
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer, checked
from vconf.web.views import Door

ANSWERS = [one for one in PartStat.choices if one[0] != PartStat.NEEDS_ACTION]


class AnswerSerializer(StrictSerializer):
    partstat = serializers.ChoiceField(choices=ANSWERS)
    occurrence = serializers.UUIDField(
        required=False, allow_null=True, help_text="one date of the booking; all dates to come, if absent"
    )
    comment = serializers.CharField(
        max_length=LONGEST_COMMENT,
        required=False,
        allow_blank=True,
        default="",
        help_text="for the organiser",
    )


class AnswerBooking(Door):
    @operation(
        "bookings_answer",
        "Accept, decline, or accept tentatively",
        tag="bookings",
        body=AnswerSerializer,
        answer=BookingSerializer,
        headers=[ETAG],
        refusals=("forbidden", "not_found", "already_cancelled", "already_started"),
        description=(
            "For who is invited, about themselves. An answer to all dates replaces those to single dates ahead. The"
            " booking keeps its version: what others are about to change goes on."
        ),
    )
    def post(self, request: Request, id: UUID) -> Response:
        view = get_booking(id, actor=self.actor)
        if not view.may_be_answered:
            raise Forbidden
        wish = checked(AnswerSerializer, request)
        recurrence_id = None
        if wish.get("occurrence") is not None:
            named = [o for o in view.dates.shown if o.id == wish["occurrence"]]
            if not named:
                raise Invalid.field("occurrence", _("There is no such date, or it is over."))
            recurrence_id = datetime.fromisoformat(named[0].recurrence_id)
        answer(
            id,
            partstat=wish["partstat"],
            recurrence_id=recurrence_id,
            comment=wish["comment"],
            actor=self.actor,
        )
        return booking_answer(id, self.actor)
