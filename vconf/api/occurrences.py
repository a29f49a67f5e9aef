# SPDX-License-Identifier: EUPL-1.2
"""`/occurrences`: the dates of bookings, each shown as far as the caller may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from vconf.api.booking_shapes import (
    BookingChangeSerializer,
    BookingSerializer,
    change_request,
    date_change_request,
)
from vconf.api.bookings import DOES_NOT_FIT, ETAG, IF_MATCH, booking_answer
from vconf.api.shapes import SIGHTS
from vconf.authorities.rights import Actor
from vconf.bookings.meetings import end_occurrence
from vconf.bookings.models import Occurrence, OccurrenceState
from vconf.bookings.selectors import (
    OccurrenceView,
    get_occurrence,
    get_own_occurrence,
    occurrences_between,
    occurrences_of,
    views_of,
)
from vconf.bookings.series import (
    cancel_following,
    cancel_occurrence,
    change_occurrence,
    split_booking,
)
from vconf.errors import Invalid
from vconf.rooms.selectors import get_room
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.preconditions import expected_version
from vconf.web.schema import operation
from vconf.web.serializers import (
    InstantField,
    NamedSerializer,
    QuerySerializer,
    StrictSerializer,
    checked,
    queried,
)
from vconf.web.views import Door

#: so that no one answer goes through years of bookings
LONGEST_SPAN = timedelta(days=93)
USUAL_SPAN = timedelta(days=7)

#: to those who may not see the booking it is busy, or ended
STATES = [*OccurrenceState.choices, ("busy", "busy")]


class OccurrenceOrganiserSerializer(StrictSerializer):
    name = serializers.CharField()
    authority = serializers.CharField(help_text="short name of the one that is charged")


class OccurrenceSerializer(StrictSerializer):
    """A date. What the caller may not see is null: `busy` shows room and times only."""

    id = serializers.UUIDField()
    booking = serializers.UUIDField(source="booking_id", allow_null=True)
    room = NamedSerializer()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=STATES)
    seats = serializers.IntegerField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    organiser = OccurrenceOrganiserSerializer(allow_null=True)
    visibility = serializers.ChoiceField(choices=SIGHTS)
    people = serializers.IntegerField(allow_null=True, help_text="who are in it now")
    join_url = serializers.URLField(allow_null=True)


class SpanQuery(PageQuery):
    from_ = InstantField(required=False, help_text="with offset; now, if absent")
    until = InstantField(required=False, help_text="with offset; seven days later, if absent, and 93 at most")


class OccurrencesQuery(SpanQuery):
    room = serializers.UUIDField(required=False)
    mine = serializers.BooleanField(
        required=False, help_text="only dates the caller organises, deputises or attends"
    )


class ScopeQuery(QuerySerializer):
    scope = serializers.ChoiceField(
        choices=["this", "following"],
        required=False,
        default="this",
        help_text="this date, or all from it on",
    )


def show_occurrences(views: Sequence[OccurrenceView]) -> list[Any]:
    return list(
        OccurrenceSerializer(
            [
                {
                    "id": view.id,
                    "booking_id": view.booking_id,
                    "room": view.room,
                    "starts_at": view.starts_at,
                    "ends_at": view.ends_at,
                    "state": view.state,
                    "seats": view.seats,
                    "title": view.title,
                    "organiser": view.organiser
                    and {"name": view.organiser.name, "authority": str(view.authority)},
                    "visibility": view.sight.value,
                    "people": view.people,
                    "join_url": view.join_url,
                }
                for view in views
            ],
            many=True,
        ).data
    )


def showing(actor: Actor) -> Callable[[Sequence[Occurrence]], list[Any]]:
    """How one page of dates is shown to the caller."""
    return lambda page: show_occurrences(views_of(page, actor))


def span_of(query: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The interval asked for, bounded. Raises Invalid."""
    begins = query.get("from") or timezone.now()
    ends = query.get("until") or begins + USUAL_SPAN
    if not begins < ends <= begins + LONGEST_SPAN:
        raise Invalid.field("until", _("The end must be after the start, 93 days later at most."))
    return begins, ends


class Occurrences(Door):
    @operation(
        "occurrences_list",
        "The dates between two instants, as far as the caller may see them",
        tag="occurrences",
        query=OccurrencesQuery,
        answer=page_shape(OccurrenceSerializer),
        refusals=("not_found",),
    )
    def get(self, request: Request) -> Response:
        query = queried(OccurrencesQuery, request)
        begins, ends = span_of(query)
        room_ids = [get_room(query["room"], actor=self.actor).id] if "room" in query else None
        rows = occurrences_between(self.actor, begins, ends, room_ids=room_ids, mine=query.get("mine", False))
        return Response(page_of(request, query, rows, showing(self.actor)))


class BookingOccurrences(Door):
    @operation(
        "bookings_occurrences",
        "All dates of a booking",
        tag="bookings",
        query=PageQuery,
        answer=page_shape(OccurrenceSerializer),
        refusals=("not_found",),
    )
    def get(self, request: Request, id: UUID) -> Response:
        rows = occurrences_of(id, actor=self.actor)
        return Response(page_of(request, queried(PageQuery, request), rows, showing(self.actor)))


class RoomOccurrences(Door):
    @operation(
        "rooms_occurrences",
        "The dates of one room",
        tag="rooms",
        query=SpanQuery,
        answer=page_shape(OccurrenceSerializer),
        refusals=("not_found",),
    )
    def get(self, request: Request, id: UUID) -> Response:
        room = get_room(id, actor=self.actor)
        query = queried(SpanQuery, request)
        begins, ends = span_of(query)
        rows = occurrences_between(self.actor, begins, ends, room_ids=[room.id])
        return Response(page_of(request, query, rows, showing(self.actor)))


class OneOccurrence(Door):
    @operation(
        "occurrences_show",
        "One date",
        tag="occurrences",
        answer=OccurrenceSerializer,
        refusals=("not_found",),
    )
    def get(self, request: Request, id: UUID) -> Response:
        return Response(show_occurrences([get_occurrence(id, actor=self.actor)])[0])

    @operation(
        "occurrences_change",
        "Change one date of a series, or it and all that follow",
        tag="occurrences",
        query=ScopeQuery,
        body=BookingChangeSerializer,
        answer=BookingSerializer,
        headers=[IF_MATCH, ETAG],
        refusals=(
            *DOES_NOT_FIT,
            "forbidden",
            "not_found",
            "version_conflict",
            "already_cancelled",
            "already_started",
            "not_booked",
        ),
        description=(
            "`scope=this`: title, time, room and seats of this date. `scope=following`: the series ends before it and"
            " goes on, changed, as a booking of its own with the same link; the answer is that booking."
        ),
    )
    def patch(self, request: Request, id: UUID) -> Response:
        occurrence = get_own_occurrence(id, actor=self.actor)
        expected = expected_version(request)
        scope = queried(ScopeQuery, request)["scope"]
        wish = checked(BookingChangeSerializer, request)
        if scope == "this":
            this = date_change_request(wish, occurrence, expected_version=expected)
            booking = change_occurrence(id, this, actor=self.actor)
        else:
            first = datetime.fromisoformat(occurrence.recurrence_id)
            following = change_request(wish, occurrence.booking, expected_version=expected, begins=first)
            booking = split_booking(id, following, actor=self.actor)
        return booking_answer(booking.id, self.actor)

    @operation(
        "occurrences_cancel",
        "Drop one date of a series, or it and all that follow",
        tag="occurrences",
        query=ScopeQuery,
        answer=BookingSerializer,
        headers=[IF_MATCH, ETAG],
        changes=True,
        refusals=(
            "invalid",
            "forbidden",
            "not_found",
            "version_conflict",
            "already_cancelled",
            "already_started",
            "not_booked",
        ),
        description="Room and seats are free at once. With its last date the booking is cancelled.",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        get_own_occurrence(id, actor=self.actor)
        expected = expected_version(request)
        scope = queried(ScopeQuery, request)["scope"]
        drop = cancel_occurrence if scope == "this" else cancel_following
        booking = drop(id, actor=self.actor, expected_version=expected)
        return booking_answer(booking.id, self.actor)


class EndOccurrence(Door):
    @operation(
        "occurrences_end",
        "End the meeting that runs, for everybody",
        tag="occurrences",
        answer=OccurrenceSerializer,
        changes=True,
        refusals=("forbidden", "not_found", "already_started"),
        description="For moderators. Room and seats are free at once.",
    )
    def post(self, request: Request, id: UUID) -> Response:
        end_occurrence(id, actor=self.actor)
        return Response(show_occurrences([get_occurrence(id, actor=self.actor)])[0])
