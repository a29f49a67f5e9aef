# SPDX-License-Identifier: EUPL-1.2
"""What is done with a booking besides changing it: take its end back, hand it over, copy it, renew its link, look back;
and the meeting that starts now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from vconf.api.booking_shapes import (
    BookingSerializer,
    CopySerializer,
    InstantSerializer,
    copy_request,
    instant_request,
)
from vconf.api.bookings import DOES_NOT_FIT, ETAG, IDEMPOTENCY_KEY, IF_MATCH, booking_answer
from vconf.api.occurrences import ScopeQuery
from vconf.authorities.rights import Actor
from vconf.bookings.copying import book_instant, copy_booking
from vconf.bookings.history import history_of
from vconf.bookings.models import Booking, HistoryEntry
from vconf.bookings.renewing import renew_link
from vconf.bookings.repeats import is_known
from vconf.bookings.replacing import keep_old_times, try_again
from vconf.bookings.restoring import restore_booking, restore_occurrence
from vconf.bookings.selectors import get_own_booking, get_own_occurrence, last_look_at
from vconf.bookings.sight import bookings_visible_to
from vconf.bookings.transferring import transfer_booking
from vconf.web.limits import Namings
from vconf.web.paging import PageQuery, page_of, page_shape
from vconf.web.preconditions import expected_version, idempotency_key
from vconf.web.schema import header, operation
from vconf.web.serializers import AddressField, StrictSerializer, checked, queried
from vconf.web.views import Door

_SEEN = ("forbidden", "not_found")
_RIGHTS = (*_SEEN, "version_conflict", "idempotency_mismatch")
_UNDO = (*DOES_NOT_FIT, *_RIGHTS, "invalid", "not_cancelled", "too_late", "already_started", "not_booked")


class NewOrganiserSerializer(StrictSerializer):
    email = AddressField(help_text="of somebody with an account who may book the room")


class ChangedFieldSerializer(StrictSerializer):
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class NameSerializer(StrictSerializer):
    name = serializers.CharField()


class HistorySerializer(StrictSerializer):
    """One thing that somebody did. Texts are as they were then; times are wall times with their zone."""

    at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="of the booking afterwards")
    action = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]  # a member of the body, not the field's own `source`
        help_text="the door it came through"
    )
    person = NameSerializer(allow_null=True, help_text="null: vconf itself")
    changes = ChangedFieldSerializer(many=True)


class RestoreBooking(Door):
    @operation(
        "bookings_restore",
        "Take a cancellation back",
        tag="bookings",
        answer=BookingSerializer,
        headers=[IF_MATCH, IDEMPOTENCY_KEY, ETAG],
        changes=True,
        refusals=_UNDO,
        description=(
            "For some minutes (`restorable_until`), and if what was given up is still free; quota and capacity are"
            " asked for afresh. UID and link are the old ones, and everybody invited gets mail."
        ),
    )
    def post(self, request: Request, id: UUID) -> Response:
        get_own_booking(id, actor=self.actor)
        booking = restore_booking(
            id,
            actor=self.actor,
            expected_version=expected_version(request),
            idempotency_key=idempotency_key(request),
        )
        return booking_answer(booking.id, self.actor)


class RestoreOccurrence(Door):
    @operation(
        "occurrences_restore",
        "Take back that a date was dropped, or it and those dropped with it",
        tag="occurrences",
        query=ScopeQuery,
        answer=BookingSerializer,
        headers=[IF_MATCH, IDEMPOTENCY_KEY, ETAG],
        changes=True,
        refusals=_UNDO,
        description="As for a booking. If the whole booking was cancelled with the date, that is taken back.",
    )
    def post(self, request: Request, id: UUID) -> Response:
        get_own_occurrence(id, actor=self.actor)
        expected, key = expected_version(request), idempotency_key(request)
        following = queried(ScopeQuery, request)["scope"] == "following"
        booking = restore_occurrence(
            id, following=following, actor=self.actor, expected_version=expected, idempotency_key=key
        )
        return booking_answer(booking.id, self.actor)


class RefusedWish(Door):
    @operation(
        "bookings_try_again",
        "Try once more what was refused",
        tag="bookings",
        answer=BookingSerializer,
        headers=[IF_MATCH, ETAG],
        changes=True,
        refusals=(
            *DOES_NOT_FIT,
            *_SEEN,
            "version_conflict",
            "invalid",
            "already_cancelled",
            "already_started",
            "no_such_room",
            "nothing_wished",
        ),
        description=(
            "A wish that came from a calendar or by mail and was refused is kept (`refusal`, `wish`). If it can be had"
            " by now, the booking is made or changed as wished; else everything stays as it is."
        ),
    )
    def post(self, request: Request, id: UUID) -> Response:
        get_own_booking(id, actor=self.actor)
        booking = try_again(id, actor=self.actor, expected_version=expected_version(request))
        return booking_answer(booking.id, self.actor)

    @operation(
        "bookings_keep",
        "Keep the dates that are held, and forget the change that was refused",
        tag="bookings",
        answer=BookingSerializer,
        headers=[IF_MATCH, ETAG],
        changes=True,
        refusals=(
            *_SEEN,
            "version_conflict",
            "invalid",
            "already_cancelled",
            "not_booked",
            "nothing_wished",
        ),
        description="They stand as before the change was tried. What was never booked is taken away by cancelling it.",
    )
    def delete(self, request: Request, id: UUID) -> Response:
        get_own_booking(id, actor=self.actor)
        booking = keep_old_times(id, actor=self.actor, expected_version=expected_version(request))
        return booking_answer(booking.id, self.actor)


class BookingHistory(Door):
    @operation(
        "bookings_history",
        "Who changed what, newest first",
        tag="bookings",
        query=PageQuery,
        answer=page_shape(HistorySerializer),
        refusals=_SEEN,
        description="For those who see the booking in full.",
    )
    def get(self, request: Request, id: UUID) -> Response:
        rows = history_of(id, actor=self.actor)
        return Response(page_of(request, queried(PageQuery, request), rows, _show_history))


def _show_history(rows: Sequence[HistoryEntry]) -> list[Any]:
    return list(
        HistorySerializer(
            [
                {
                    "at": row.at,
                    "version": row.version,
                    "action": row.action,
                    "source": row.source,
                    "person": row.person,
                    "changes": [
                        {"field": name, "before": before, "after": after}
                        for name, (before, after) in row.changes.items()
                    ],
                }
                for row in rows
            ],
            many=True,
        ).data
    )


class TransferBooking(Door):
    throttle_classes = [Namings]

    @operation(
        "bookings_transfer",
        "Hand a booking over to another organiser",
        tag="bookings",
        body=NewOrganiserSerializer,
        answer=BookingSerializer,
        headers=[IF_MATCH, IDEMPOTENCY_KEY, ETAG],
        refusals=(
            *_RIGHTS,
            "already_cancelled",
            "already_started",
            "not_booked",
            "quota_exceeded",
            "no_capacity",
            "room_too_small",
        ),
        description=(
            "The old organiser stays invited. Who is charged stays if the new organiser is a member there, else it is"
            " their home; then dates that have begun stay behind and the answer is the booking that goes on."
        ),
    )
    def post(self, request: Request, id: UUID) -> Response:
        key = idempotency_key(request)
        if not is_known(key, actor=self.actor):
            # a repeat is answered although the right went with the first time
            get_own_booking(id, actor=self.actor)
        expected = expected_version(request)
        wish = checked(NewOrganiserSerializer, request)
        booking = transfer_booking(
            id, wish["email"], actor=self.actor, expected_version=expected, idempotency_key=key
        )
        return _last_answer(booking, self.actor)


def _last_answer(booking: Booking, actor: Actor) -> Response:
    if bookings_visible_to(actor).filter(id=booking.id).exists():
        return booking_answer(booking.id, actor)
    # a deputy has just handed it over to somebody else: they see once more what they did
    view = last_look_at(booking.id, actor=actor)
    return Response(BookingSerializer.of(view, actor))


class CopyBooking(Door):
    @operation(
        "bookings_copy",
        "Book once more with the same title, people, description and seats",
        tag="bookings",
        body=CopySerializer,
        answer=BookingSerializer,
        status=201,
        headers=[IDEMPOTENCY_KEY, ETAG, header("Location", "the new booking", status=[201])],
        refusals=(*DOES_NOT_FIT, *_SEEN, "idempotency_mismatch"),
        description="A single date with a link of its own; in the same room, unless another one is named.",
    )
    def post(self, request: Request, id: UUID) -> Response:
        original = get_own_booking(id, actor=self.actor)
        key = idempotency_key(request)
        wish = checked(CopySerializer, request)
        booking = copy_booking(id, copy_request(wish, original, idempotency_key=key), actor=self.actor)
        return _new_booking(booking, request, self.actor)


class InstantBooking(Door):
    @operation(
        "bookings_instant",
        "Start a meeting now",
        tag="bookings",
        body=InstantSerializer,
        answer=BookingSerializer,
        status=201,
        headers=[IDEMPOTENCY_KEY, ETAG, header("Location", "the new booking", status=[201])],
        refusals=(*DOES_NOT_FIT, *_SEEN, "idempotency_mismatch"),
        description="In any room that fits, for half an hour unless told otherwise. The link can be used at once.",
    )
    def post(self, request: Request) -> Response:
        key = idempotency_key(request)
        wish = checked(InstantSerializer, request)
        language = self.actor.person.language if self.actor.person else "de"
        booking = book_instant(
            instant_request(wish, idempotency_key=key, language=language), actor=self.actor
        )
        return _new_booking(booking, request, self.actor)


def _new_booking(booking: Booking, request: Request, actor: Actor) -> Response:
    where = reverse("booking", [booking.id], request=request)
    return booking_answer(booking.id, actor, 201, {"Location": where})


class RenewLink(Door):
    @operation(
        "bookings_renew_link",
        "Give a booking a new link and new PINs",
        tag="bookings",
        answer=BookingSerializer,
        headers=[IF_MATCH, IDEMPOTENCY_KEY, ETAG],
        changes=True,
        refusals=(*_RIGHTS, "invalid", "already_cancelled", "already_started"),
        description=(
            "The old link and PINs open nothing any more, also for parts of the series that were split off. Everybody"
            " invited gets mail. Who is in the meeting stays in it."
        ),
    )
    def post(self, request: Request, id: UUID) -> Response:
        get_own_booking(id, actor=self.actor)
        booking = renew_link(
            id,
            actor=self.actor,
            expected_version=expected_version(request),
            idempotency_key=idempotency_key(request),
        )
        return booking_answer(booking.id, self.actor)
