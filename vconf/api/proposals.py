# SPDX-License-Identifier: EUPL-1.2
"""Counter-proposals: `/bookings/{id}/proposals` by who is invited, and what the organiser makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.booking_shapes import BookingSerializer
from vconf.api.bookings import DOES_NOT_FIT, ETAG, IF_MATCH, booking_answer
from vconf.bookings.checks import LONGEST_COMMENT
from vconf.bookings.models import Proposal, ProposalState
from vconf.bookings.proposal_views import get_proposal_to_decide, list_proposals, state_of
from vconf.bookings.proposing import decline_proposal, propose, take_proposal
from vconf.bookings.selectors import get_booking
from vconf.bookings.sight import BookingView
from vconf.errors import Forbidden, Invalid
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.preconditions import expected_version
from vconf.web.schema import operation
from vconf.web.serializers import InstantField, LengthField, StrictSerializer, checked, queried
from vconf.web.views import Door


class NewProposalSerializer(StrictSerializer):
    occurrence = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="one date of a series; if absent all of them, and the time is that of the first",
    )
    starts_at = InstantField()
    ends_at = InstantField(required=False, help_text="or `duration`")
    duration = LengthField(required=False)
    comment = serializers.CharField(
        max_length=LONGEST_COMMENT,
        required=False,
        allow_blank=True,
        default="",
        help_text="for the organiser",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ends_at" in attrs) == ("duration" in attrs):
            raise serializers.ValidationError({"ends_at": _("Please give either the end or the duration.")})
        return attrs


class ProposedBySerializer(StrictSerializer):
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)


class TimeSerializer(StrictSerializer):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class ProposalSerializer(StrictSerializer):
    """Another time that somebody invited would like. It reserves nothing."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(
        choices=ProposalState.choices,
        help_text="superseded: the time it was instead of is another by now, or its author did otherwise",
    )
    attendee = ProposedBySerializer()
    occurrence = serializers.UUIDField(allow_null=True, help_text="null: all dates of the series")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    instead_of = TimeSerializer(help_text="when it took place as this was proposed")
    comment = serializers.CharField(allow_blank=True)
    made_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class Proposals(Door):
    @operation(
        "proposals_list",
        "Other times that were proposed, newest first",
        tag="bookings",
        query=PageQuery,
        answer=page_shape(ProposalSerializer),
        refusals=("forbidden", "not_found"),
        description="All of them for the organiser, their own for who is invited.",
    )
    def get(self, request: Request, id: UUID) -> Response:
        rows = list_proposals(id, actor=self.actor)
        return Response(page_of(request, queried(PageQuery, request), rows, _shown))

    @operation(
        "proposals_make",
        "Propose another time",
        tag="bookings",
        body=NewProposalSerializer,
        answer=ProposalSerializer,
        status=201,
        refusals=(
            "forbidden",
            "not_found",
            "already_cancelled",
            "already_started",
            "in_past",
            "not_booked",
            "too_long",
            "too_many_proposals",
        ),
        description=(
            "For who is invited, about themselves. The organiser is told and takes it or declines; a second proposal"
            " for the same date replaces the first. It is no answer: whether they come as things are is said by that."
        ),
    )
    def post(self, request: Request, id: UUID) -> Response:
        view = get_booking(id, actor=self.actor)
        if not view.may_be_answered:
            raise Forbidden
        wish = checked(NewProposalSerializer, request)
        starts_at = wish["starts_at"]
        made = propose(
            id,
            address=_own_address(view),
            recurrence_id=_date_named(view, wish.get("occurrence")),
            starts_at=starts_at,
            duration=wish["duration"] if "duration" in wish else wish["ends_at"] - starts_at,
            comment=wish["comment"],
            actor=self.actor,
            now=timezone.now(),
        )
        [row] = _shown([list_proposals(id, actor=self.actor).get(id=made.id)])
        return Response(row, status=201)


class TakeProposal(Door):
    @operation(
        "proposals_take",
        "Move the booking, or its date, to the time that was proposed",
        tag="bookings",
        answer=BookingSerializer,
        headers=[IF_MATCH, ETAG],
        changes=True,
        refusals=(
            *DOES_NOT_FIT,
            "forbidden",
            "not_found",
            "version_conflict",
            "invalid",
            "already_cancelled",
            "already_decided",
            "already_started",
            "not_booked",
        ),
        description="A change like any other. If it is refused, everything stays as it is, and the proposal open.",
    )
    def post(self, request: Request, id: UUID) -> Response:
        get_proposal_to_decide(id, actor=self.actor)
        booking = take_proposal(id, actor=self.actor, expected_version=expected_version(request))
        return booking_answer(booking.id, self.actor)


class DeclineProposal(Door):
    @operation(
        "proposals_decline",
        "Leave it at the time there is",
        tag="bookings",
        answer=ProposalSerializer,
        changes=True,
        refusals=("forbidden", "not_found", "already_cancelled", "already_decided", "not_booked"),
        description="Who proposed the other time is told.",
    )
    def post(self, request: Request, id: UUID) -> Response:
        get_proposal_to_decide(id, actor=self.actor)
        declined = decline_proposal(id, actor=self.actor)
        [row] = _shown([list_proposals(declined.booking_id, actor=self.actor).get(id=id)])
        return Response(row)


def _own_address(view: BookingView) -> str:
    return min(one.address for one in view.booking.attendees.all() if one.id in view.invited_as)


def _date_named(view: BookingView, occurrence_id: UUID | None) -> datetime | None:
    if occurrence_id is None:
        return None
    for one in view.dates.shown:
        if one.id == occurrence_id:
            return datetime.fromisoformat(one.recurrence_id)
    raise Invalid.field("occurrence", _("There is no such date, or it is over."))


def _shown(rows: Sequence[Proposal]) -> list[Any]:
    now = timezone.now()
    return list(
        ProposalSerializer(
            [
                {
                    "id": row.id,
                    "state": state_of(row, now),
                    "attendee": {
                        "email": row.attendee.address,
                        "name": row.attendee.name
                        or (row.attendee.person.name if row.attendee.person else ""),
                    },
                    "occurrence": row.occurrence_id,
                    "starts_at": row.starts_at,
                    "ends_at": row.ends_at,
                    "instead_of": {"starts_at": row.instead_of_start, "ends_at": row.instead_of_end},
                    "comment": row.comment,
                    "made_at": row.made_at,
                    "decided_at": row.decided_at,
                }
                for row in rows
            ],
            many=True,
        ).data
    )
