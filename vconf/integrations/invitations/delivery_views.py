# SPDX-License-Identifier: EUPL-1.2
"""`/api/v1/bookings/{id}/mails`: what became of the mails about a booking, for who may change it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.integrations.invitations.deliveries import AddressState, DeliveryOf, deliveries_of
from vconf.integrations.invitations.models import Method
from vconf.web.schema import operation
from vconf.web.serializers import StrictSerializer
from vconf.web.views import Door

DELIVERIES = [(one.value, one.value) for one in DeliveryOf]
METHODS = [(one, one) for one in Method.values if one != Method.REPLY]


class MailSerializer(StrictSerializer):
    method = serializers.ChoiceField(
        choices=METHODS,
        help_text=(
            "REQUEST invites or tells what changed, CANCEL ends that, PUBLISH confirms to the organiser, DECLINECOUNTER"
            " declines another time that was proposed, NOTICE tells of a decision or refusal, WAYIN has link and PIN,"
            " REMIND reminds"
        ),
    )
    sequence = serializers.IntegerField()
    state = serializers.ChoiceField(choices=DELIVERIES)
    at = serializers.DateTimeField(help_text="when it was sent or came back, else when it was last tried")
    detail = serializers.CharField(allow_blank=True, help_text="what a mail server said, if it did")


class AddressMailsSerializer(StrictSerializer):
    """All mails to one address."""

    email = serializers.EmailField()
    is_organiser = serializers.BooleanField()
    delivery = serializers.ChoiceField(
        choices=DELIVERIES,
        help_text="of the newest; not_mailed: the room's class, or the organiser's own calendar, sends none from here",
    )
    detail = serializers.CharField(allow_blank=True)
    mails = MailSerializer(many=True, help_text="newest first, at most 50")


class BookingMails(Door):
    @operation(
        "bookings_mails",
        "What became of the mails about a booking",
        tag="bookings",
        answer=AddressMailsSerializer,
        many=True,
        refusals=("forbidden", "not_found"),
        description="For organiser and deputies: the organiser first, then who is or was invited.",
    )
    def get(self, request: Request, id: UUID) -> Response:
        return Response([_shown(one) for one in deliveries_of(id, actor=self.actor)])


def _shown(one: AddressState) -> dict[str, Any]:
    mails = [
        {
            "method": mail.method,
            "sequence": mail.sequence,
            "state": mail.state,
            "at": mail.at,
            "detail": mail.detail,
        }
        for mail in one.mails
    ]
    return dict(
        AddressMailsSerializer(
            {
                "email": one.address,
                "is_organiser": one.is_organiser,
                "delivery": one.delivery,
                "detail": one.detail,
                "mails": mails,
            }
        ).data
    )
