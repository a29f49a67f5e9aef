# SPDX-License-Identifier: EUPL-1.2
"""`/approvals`: requests that wait for a decision, and the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.booking_shapes import ApprovalShownSerializer, rule_text
from vconf.api.shapes import AuthorityRefSerializer
from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.bookings import approvals
from vconf.bookings.approval_inbox import get_approval, get_approval_to_decide, list_approvals, may_decide
from vconf.bookings.models import Approval, ApprovalState, AttendeeRole, Occurrence, OccurrenceState
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.preconditions import expected_version
from vconf.web.schema import header, operation
from vconf.web.serializers import NamedSerializer, StrictSerializer, checked, queried
from vconf.web.views import Door

#: dates of a request that are written out
MOST_DATES = 50
DECISIONS = ["approve", "decline"]
LISTS = ["asked", "decided"]


class RequestOrganiserSerializer(StrictSerializer):
    name = serializers.CharField()
    email = serializers.EmailField()
    authority = AuthorityRefSerializer(help_text="who is charged")


class BookedBySerializer(StrictSerializer):
    name = serializers.CharField()


class RequestAttendeeSerializer(StrictSerializer):
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=AttendeeRole.choices)


class RequestDateSerializer(StrictSerializer):
    id = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=OccurrenceState.choices)


class RequestedBookingSerializer(StrictSerializer):
    """The booking in full, for those who decide about it."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="for If-Match")
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    organiser = RequestOrganiserSerializer()
    booked_by = BookedBySerializer(allow_null=True, help_text="null if the organiser did it")
    seats = serializers.IntegerField()
    attendees = RequestAttendeeSerializer(many=True)
    room = NamedSerializer()
    rule_text = serializers.CharField(allow_blank=True, help_text="the rule in words")
    dates = RequestDateSerializer(many=True, help_text="those that wait, while asked; the first 50")
    dates_count = serializers.IntegerField()


class ApprovalSerializer(ApprovalShownSerializer):
    decided_by = NamedSerializer(allow_null=True)
    may_decide = serializers.BooleanField(help_text="nobody decides about a booking of their own")
    room_class = NamedSerializer()
    booking = RequestedBookingSerializer()


class ApprovalsQuery(PageQuery):
    state = serializers.ChoiceField(
        choices=LISTS, default="asked", help_text="what waits, or what the caller has decided"
    )


class DecisionSerializer(StrictSerializer):
    decision = serializers.ChoiceField(choices=DECISIONS)
    reason = serializers.CharField(
        max_length=approvals.LONGEST_REASON,
        required=False,
        allow_blank=True,
        default="",
        help_text="needed to decline; the organiser is told",
    )


_EXAMPLES = [
    OpenApiExample("Genehmigen", value={"decision": "approve"}, request_only=True),
    OpenApiExample(
        "Ablehnen",
        value={"decision": "decline", "reason": "Das Lagezentrum wird an diesem Tag selbst gebraucht."},
        request_only=True,
    ),
]


class Approvals(Door):
    @operation(
        "approvals_list",
        "Requests that wait for the caller's decision, or that the caller decided",
        tag="approvals",
        query=ApprovalsQuery,
        answer=page_shape(ApprovalSerializer),
    )
    def get(self, request: Request) -> Response:
        query = queried(ApprovalsQuery, request)
        rows = list_approvals(self.actor, decided=query["state"] == "decided")
        return Response(page_of(request, query, rows, self._show))

    def _show(self, page: Sequence[Approval]) -> list[Any]:
        return [_body(approval, self.actor) for approval in page]


class OneApproval(Door):
    @operation(
        "approvals_show",
        "One request",
        tag="approvals",
        answer=ApprovalSerializer,
        refusals=("not_found",),
        description="While it waits, to all who decide about its room class; afterwards to who decided.",
    )
    def get(self, request: Request, id: UUID) -> Response:
        return Response(_body(get_approval(id, actor=self.actor), self.actor))


class DecideApproval(Door):
    @operation(
        "approvals_decide",
        "Approve or decline",
        tag="approvals",
        body=DecisionSerializer,
        answer=ApprovalSerializer,
        headers=[header("If-Match", "the booking's version as the caller saw it")],
        refusals=("forbidden", "not_found", "already_decided", "version_conflict"),
        examples=_EXAMPLES,
        description=(
            "Approved dates are confirmed and the invitations go out. Declined ones are free at once, and the"
            " organiser is told the reason."
        ),
    )
    def post(self, request: Request, id: UUID) -> Response:
        get_approval_to_decide(id, actor=self.actor)
        wish = checked(DecisionSerializer, request)
        approvals.decide(
            id,
            approve=wish["decision"] == "approve",
            reason=wish["reason"],
            actor=self.actor,
            expected_version=expected_version(request),
        )
        return Response(_body(get_approval(id, actor=self.actor), self.actor))


def _body(approval: Approval, actor: Actor) -> dict[str, Any]:
    booking = approval.booking
    dates = _dates(approval)
    shown = {
        "id": approval.id,
        "state": approval.state,
        "asked_at": approval.asked_at,
        "lapses_at": approval.lapses_at,
        "decided_at": approval.decided_at,
        "decided_by": approval.decided_by,
        "reason": approval.reason,
        "may_decide": may_decide(approval, actor),
        "room_class": approval.room_class,
        "booking": {
            "id": booking.id,
            "version": booking.version,
            "title": booking.title,
            "description": booking.description,
            "organiser": _organiser(booking.organiser, booking.authority),
            "booked_by": booking.booked_by if booking.booked_by_id != booking.organiser_id else None,
            "seats": booking.seats,
            "attendees": [
                {"email": one.address, "name": one.name, "role": one.role} for one in booking.attendees.all()
            ],
            "room": booking.room,
            "rule_text": rule_text(
                booking.rrule, datetime.fromisoformat(booking.starts_local), booking.timezone
            ),
            "dates": dates[:MOST_DATES],
            "dates_count": len(dates),
        },
    }
    return dict(ApprovalSerializer(shown).data)


def _dates(approval: Approval) -> list[Occurrence]:
    """What the decision is about: the dates that wait, or all there are once it has been made."""
    rows = list(approval.booking.occurrences.all())
    if approval.state != ApprovalState.ASKED:
        return [one for one in rows if one.state != OccurrenceState.CANCELLED]
    return [one for one in rows if one.state == OccurrenceState.PENDING]


def _organiser(person: Person, authority: object) -> dict[str, object]:
    return {"name": person.name, "email": person.email, "authority": authority}
