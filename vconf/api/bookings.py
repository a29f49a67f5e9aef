# SPDX-License-Identifier: EUPL-1.2
"""`/bookings`: book, look, change, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from vconf.api.booking_shapes import (
    BOOKING_EXAMPLES,
    CHANGE_EXAMPLES,
    BookingChangeSerializer,
    BookingSerializer,
    NewBookingSerializer,
    booking_request,
    change_request,
)
from vconf.authorities.deputies import rights_of_organiser
from vconf.authorities.rights import Actor
from vconf.bookings import services
from vconf.bookings.models import Booking
from vconf.bookings.selectors import (
    get_booking,
    get_own_booking,
    list_bookings,
    listed,
    single_answers_of,
    view_of_new,
)
from vconf.bookings.sight import BookingView
from vconf.bookings.substitutes import RefusedDate, refused_dates
from vconf.crashpoints import reach
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.preconditions import etag, expected_version, idempotency_key
from vconf.web.schema import header, operation
from vconf.web.serializers import InstantField, checked, queried
from vconf.web.views import Door

#: what a wish for a time, a room and seats can meet
DOES_NOT_FIT = (
    "slot_taken",
    "no_room",
    "room_too_small",
    "room_blocked",
    "no_capacity",
    "quota_exceeded",
    "in_past",
    "too_long",
    "too_soon",
    "beyond_horizon",
    "outside_hours",
    "closed_day",
    "series_not_allowed",
    "partial_not_allowed",
    "too_few_dates",
    "not_entitled",
)
ETAG = header(
    "ETag",
    'for If-Match: the booking\'s version; behind a point, how often people have answered, as in `"3.2"`',
    status=[200, 201],
)
IDEMPOTENCY_KEY = header(
    "Idempotency-Key", "the same key with the same body gets the same answer; nothing is done a second time"
)
IF_MATCH = header(
    "If-Match",
    'the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came'
    " since do not stand in the way",
)


class BookingsQuery(PageQuery):
    mine = serializers.BooleanField(
        required=False,
        default=True,
        help_text="what the caller organises, deputises or attends; false: all they may see",
    )
    from_ = InstantField(required=False, help_text="with offset; with a date that ends after it")
    until = InstantField(required=False, help_text="with offset; with a date that starts before it")
    status = serializers.ChoiceField(choices=["confirmed", "cancelled"], required=False)
    q = serializers.CharField(max_length=100, required=False, help_text="part of the title")


def booking_answer(
    booking_id: UUID, actor: Actor, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """The booking as it is now, with its ETag and, where dates were refused, what can be had instead."""
    return answer_for(get_booking(booking_id, actor=actor), actor, status, headers)


def answer_for(
    view: BookingView, actor: Actor, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    refused: Sequence[RefusedDate] = ()
    if view.status == "partly":
        # a deputy can take what the organiser could
        rights = rights_of_organiser(view.booking.organiser_id, actor=actor) if view.owns else actor
        refused = refused_dates(view.booking, actor=rights, now=timezone.now())
    body = BookingSerializer.of(view, actor, refused, single_answers_of(view.booking))
    tag = etag(view.booking.version, view.booking.answers)
    return Response(body, status=status, headers={"ETag": tag, **(headers or {})})


class Bookings(Door):
    @operation(
        "bookings_list",
        "Bookings, the soonest first",
        tag="bookings",
        query=BookingsQuery,
        answer=page_shape(BookingSerializer),
        description=(
            "By their next date; what is over comes last. Each row has the next three dates of the booking only (or its"
            " last, if all are over): `dates_count` says how many there are, `/bookings/{id}/occurrences` lists them."
        ),
    )
    def get(self, request: Request) -> Response:
        query = queried(BookingsQuery, request)
        rows = list_bookings(
            self.actor,
            mine=query["mine"],
            starts_from=query.get("from"),
            starts_until=query.get("until"),
            text=query.get("q", ""),
        )
        if "status" in query:
            rows = rows.filter(cancelled_at__isnull=query["status"] == "confirmed")
        return Response(page_of(request, query, rows, self._show))

    def _show(self, page: Sequence[Booking]) -> list[Any]:
        return [BookingSerializer.of(view, self.actor) for view in listed(page, self.actor)]

    @operation(
        "bookings_create",
        "Book a room, or any room for so many people",
        tag="bookings",
        body=NewBookingSerializer,
        answer=BookingSerializer,
        status=201,
        headers=[
            IDEMPOTENCY_KEY,
            ETAG,
            header("Location", "the new booking", status=[201]),
        ],
        refusals=(*DOES_NOT_FIT, "forbidden", "not_found", "idempotency_mismatch"),
        examples=BOOKING_EXAMPLES,
        description=(
            "All dates or none, unless `partial` is set; then `refused` names those that could not be had, with"
            " substitutes. Link, PINs and seats are promised by this answer, and mails go out. Where the room class"
            " asks for approval the `status` is `pending`: seats are kept, and mails go out once it is approved."
            " A deputy names the `organiser`, whose authority is charged and whose rooms can be booked."
        ),
    )
    def post(self, request: Request) -> Response:
        key = idempotency_key(request)
        wish = checked(NewBookingSerializer, request)
        language = self.actor.person.language if self.actor.person else "de"
        booking = services.book(
            booking_request(wish, self.actor, idempotency_key=key, language=language), actor=self.actor
        )
        reach("book.before_answer")
        where = reverse("booking", [booking.id], request=request)
        return answer_for(view_of_new(booking, actor=self.actor), self.actor, 201, {"Location": where})


class OneBooking(Door):
    @operation(
        "bookings_show",
        "One booking",
        tag="bookings",
        answer=BookingSerializer,
        headers=[ETAG],
        refusals=("not_found",),
        description="Authority admins and operators get `visibility: restricted`: what they may not see is null.",
    )
    def get(self, request: Request, id: UUID) -> Response:
        return booking_answer(id, self.actor)

    @operation(
        "bookings_change",
        "Change a booking",
        tag="bookings",
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
            "no_such_room",
        ),
        examples=CHANGE_EXAMPLES,
        description=(
            "What is not named stays; what is named holds for all dates to come. Past dates are never changed, and"
            " dropped ones stay dropped. If the change does not fit, the old promise stands."
        ),
    )
    def patch(self, request: Request, id: UUID) -> Response:
        booking = get_own_booking(id, actor=self.actor)
        expected = expected_version(request)
        wish = checked(BookingChangeSerializer, request)
        services.change(
            booking.id, change_request(wish, booking, expected_version=expected), actor=self.actor
        )
        reach("change.before_answer")
        return booking_answer(id, self.actor)

    @operation(
        "bookings_cancel",
        "Cancel a booking",
        tag="bookings",
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
        ),
        description="All dates that are not over are given up; room and seats are free at once.",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        booking = get_own_booking(id, actor=self.actor)
        services.cancel(booking.id, actor=self.actor, expected_version=expected_version(request))
        reach("cancel.before_answer")
        return booking_answer(id, self.actor)
