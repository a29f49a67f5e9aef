# SPDX-License-Identifier: EUPL-1.2
"""A booking as JSON: what is sent in, turned into a request, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from vconf.api.shapes import (
    LANGUAGES,
    SIGHTS,
    AuthorityRefSerializer,
    PersonRefSerializer,
    RoomRefSerializer,
)
from vconf.authorities.deputies import principal_by_address
from vconf.authorities.rights import Actor
from vconf.bookings.checks import MOST_REMIND_MINUTES, chosen
from vconf.bookings.copying import USUAL_LENGTH, CopyRequest, InstantRequest
from vconf.bookings.holding import wish_of
from vconf.bookings.models import (
    ApprovalState,
    Attendee,
    AttendeeRole,
    Booking,
    Occurrence,
    OccurrenceState,
    PartStat,
)
from vconf.bookings.recurrence import parse_rule, to_instant, to_local
from vconf.bookings.refusals import refusal_of
from vconf.bookings.requests import UNSET, AttendeeRequest, BookingRequest, ChangeRequest, Unset
from vconf.bookings.selectors import SingleAnswer
from vconf.bookings.sight import BookingView, Sight
from vconf.bookings.substitutes import RefusedDate
from vconf.bookings.wording import describe_rule
from vconf.errors import Invalid, Refusal
from vconf.web.problems import problem_of
from vconf.web.schema import AlternativeSerializer, refusal_example
from vconf.web.serializers import (
    MOST,
    AddressField,
    BoundedListField,
    LengthField,
    MomentField,
    NamedSerializer,
    StrictSerializer,
    ZoneField,
)

MOST_ATTENDEES = 500
MOST_DATES = 1000

# --- in ---------------------------------------------------------------------------------------------------


class InviteeSerializer(StrictSerializer):
    """Somebody to invite. CHAIR is a co-host: a moderator after signing in."""

    email = AddressField()
    name = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    role = serializers.ChoiceField(choices=AttendeeRole.choices, default=AttendeeRole.REQUIRED.value)


class _WishSerializer(StrictSerializer):
    """What both a new booking and a change can say."""

    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    ends_at = MomentField(required=False, help_text="or `duration`")
    duration = LengthField(required=False)
    timezone = ZoneField(required=False, help_text="zone of times without offset, and of the booking")
    seats = serializers.IntegerField(
        min_value=1,
        max_value=MOST,
        required=False,
        allow_null=True,
        help_text="expected; null or absent: worked out from the people",
    )
    attendees = BoundedListField(child=InviteeSerializer(), required=False, max_length=MOST_ATTENDEES)
    language = serializers.ChoiceField(
        choices=LANGUAGES, required=False, help_text="of mails to people without an account"
    )
    remind_minutes = serializers.IntegerField(
        min_value=1,
        max_value=MOST_REMIND_MINUTES,
        required=False,
        allow_null=True,
        help_text="how long before each date organiser and attendees are reminded by mail; null: they are not",
    )
    rrule = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="value of an RRULE (RFC 5545) with at most one date a day; without an end, as far as the horizon",
    )
    rdate = serializers.ListField(
        child=MomentField(), required=False, max_length=MOST_DATES, help_text="starts of further dates"
    )
    exdate = serializers.ListField(
        child=MomentField(), required=False, max_length=MOST_DATES, help_text="starts of dates left out"
    )


class NewBookingSerializer(_WishSerializer):
    title = serializers.CharField(max_length=200)
    starts_at = MomentField()
    room = serializers.UUIDField(required=False, allow_null=True, help_text="or any that fits `seats`")
    room_class = serializers.UUIDField(required=False, allow_null=True, help_text="of the room to be found")
    authority = serializers.UUIDField(
        required=False, allow_null=True, help_text="who is charged; the caller's home, if absent"
    )
    organiser = AddressField(required=False, help_text="whom the caller stands in for; the caller, if absent")
    partial = serializers.BooleanField(  # type: ignore[assignment]  # a member of the body, not the serializer's own
        required=False, default=False, help_text="take the dates that can be had; `refused` names the others"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ends_at" in attrs) == ("duration" in attrs):
            raise serializers.ValidationError({"ends_at": _("Please give either the end or the duration.")})
        return attrs


class CopySerializer(StrictSerializer):
    starts_at = MomentField()
    ends_at = MomentField(
        required=False, help_text="or `duration`; as long as the original, if both are absent"
    )
    duration = LengthField(required=False)
    timezone = ZoneField(required=False, help_text="the original's, if absent")
    room = serializers.UUIDField(required=False, help_text="the original's, if absent")
    title = serializers.CharField(max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "ends_at" in attrs and "duration" in attrs:
            raise serializers.ValidationError({"ends_at": _("Please give either the end or the duration.")})
        return attrs


class InstantSerializer(StrictSerializer):
    title = serializers.CharField(max_length=200, required=False)
    duration = LengthField(required=False, help_text="half an hour, if absent")
    seats = serializers.IntegerField(min_value=1, max_value=MOST, required=False, allow_null=True)
    room = serializers.UUIDField(required=False, allow_null=True, help_text="or any that fits")
    attendees = BoundedListField(child=InviteeSerializer(), required=False, max_length=MOST_ATTENDEES)


class BookingChangeSerializer(_WishSerializer):
    title = serializers.CharField(max_length=200, required=False)
    starts_at = MomentField(required=False)
    room = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "ends_at" in attrs and "duration" in attrs:
            raise serializers.ValidationError({"ends_at": _("Please give either the end or the duration.")})
        return attrs


def booking_request(
    wish: Mapping[str, Any], actor: Actor, *, idempotency_key: str | None, language: str
) -> BookingRequest:
    """The request behind a checked `NewBooking`. Raises Invalid for a time that cannot be kept, NotFound for an
    organiser whom the caller does not stand in for.
    """
    organiser = principal_by_address(wish["organiser"], actor=actor) if "organiser" in wish else None
    zone = wish.get("timezone") or settings.VCONF_TIME_ZONE
    starts_local = _wall_time("starts_at", wish["starts_at"], zone)
    return BookingRequest(
        title=wish["title"],
        starts_local=starts_local,
        duration=wish["duration"]
        if "duration" in wish
        else _elapsed(to_instant(starts_local, zone), wish["ends_at"], zone),
        timezone=zone,
        room_id=wish.get("room"),
        seats=wish.get("seats"),
        room_class_id=wish.get("room_class"),
        attendees=_attendees(wish.get("attendees", ())),
        description=wish.get("description", ""),
        authority_id=wish.get("authority"),
        language=wish.get("language") or language,
        remind_minutes=wish.get("remind_minutes"),
        rrule=wish.get("rrule", ""),
        rdate=_wall_times("rdate", wish.get("rdate", ()), zone),
        exdate=_wall_times("exdate", wish.get("exdate", ()), zone),
        partial=wish.get("partial", False),
        organiser_id=None if organiser is None or organiser == actor.person else organiser.id,
        idempotency_key=idempotency_key,
    )


def copy_request(wish: Mapping[str, Any], original: Booking, *, idempotency_key: str | None) -> CopyRequest:
    """The request behind a checked `Copy`. Raises Invalid."""
    zone = wish.get("timezone") or original.timezone
    starts_local = _wall_time("starts_at", wish["starts_at"], zone)
    duration: timedelta | Unset = wish.get("duration", UNSET)
    if "ends_at" in wish:
        duration = _elapsed(to_instant(starts_local, zone), wish["ends_at"], zone)
    return CopyRequest(
        starts_local=starts_local,
        duration=duration,
        timezone=wish.get("timezone", UNSET),
        room_id=wish.get("room", UNSET),
        title=wish.get("title", UNSET),
        idempotency_key=idempotency_key,
    )


def instant_request(wish: Mapping[str, Any], *, idempotency_key: str | None, language: str) -> InstantRequest:
    """The request behind a checked `Instant`."""
    return InstantRequest(
        title=wish.get("title", ""),
        duration=wish.get("duration", USUAL_LENGTH),
        seats=wish.get("seats"),
        room_id=wish.get("room"),
        attendees=_attendees(wish.get("attendees", ())),
        language=language,
        idempotency_key=idempotency_key,
    )


def change_request(
    wish: Mapping[str, Any],
    booking: Booking,
    *,
    expected_version: int | None,
    begins: datetime | None = None,
) -> ChangeRequest:
    """The request behind a checked `BookingChange` of this booking (or what `begins` then of it). Raises Invalid."""
    zone = wish.get("timezone") or booking.timezone
    starts_local: datetime | Unset = UNSET
    if "starts_at" in wish:
        starts_local = _wall_time("starts_at", wish["starts_at"], zone)
    duration: timedelta | Unset = wish.get("duration", UNSET)
    if "ends_at" in wish:
        first = begins or datetime.fromisoformat(booking.starts_local)
        duration = _elapsed(to_instant(chosen(starts_local, first), zone), wish["ends_at"], zone)
        if starts_local is UNSET and expected_version is None:
            # the new length follows from the start that was read: nobody may move it in between
            expected_version = booking.version
    return ChangeRequest(
        title=wish.get("title", UNSET),
        description=wish.get("description", UNSET),
        starts_local=starts_local,
        duration=duration,
        timezone=wish.get("timezone", UNSET),
        room_id=wish.get("room", UNSET),
        seats=wish.get("seats", UNSET),
        attendees=_attendees(wish["attendees"]) if "attendees" in wish else UNSET,
        language=wish.get("language", UNSET),
        remind_minutes=wish.get("remind_minutes", UNSET),
        rrule=wish.get("rrule", UNSET),
        rdate=_wall_times("rdate", wish["rdate"], zone) if "rdate" in wish else UNSET,
        exdate=_wall_times("exdate", wish["exdate"], zone) if "exdate" in wish else UNSET,
        expected_version=expected_version,
    )


def date_change_request(
    wish: Mapping[str, Any], occurrence: Occurrence, *, expected_version: int | None
) -> ChangeRequest:
    """The request behind a checked `BookingChange` of one date: its end follows from its own start. Raises Invalid."""
    request = change_request(
        {name: value for name, value in wish.items() if name != "ends_at"},
        occurrence.booking,
        expected_version=expected_version,
    )
    if "ends_at" not in wish:
        return request
    zone = wish.get("timezone") or occurrence.booking.timezone
    begins = occurrence.starts_at
    if not isinstance(request.starts_local, Unset):
        begins = to_instant(request.starts_local, zone)
    elif expected_version is None:
        expected_version = occurrence.booking.version
    duration = _elapsed(begins, wish["ends_at"], zone)
    return replace(request, duration=duration, expected_version=expected_version)


def _attendees(rows: Any) -> tuple[AttendeeRequest, ...]:
    return tuple(AttendeeRequest(address=one["email"], name=one["name"], role=one["role"]) for one in rows)


def _wall_time(field: str, moment: datetime, zone: str) -> datetime:
    """The wall time in the zone. An instant in the second pass of a doubled hour has none of its own."""
    if moment.tzinfo is None:
        return moment
    local = to_local(moment, zone)
    if to_instant(local, zone) != moment:
        raise Invalid.field(field, _("This hour comes twice that night; only its first pass can be booked."))
    return local


def _wall_times(field: str, moments: Sequence[datetime], zone: str) -> tuple[datetime, ...]:
    return tuple(_wall_time(field, one, zone) for one in moments)


def _elapsed(starts_at: datetime, ends: datetime, zone: str) -> timedelta:
    ends_at = to_instant(ends, zone) if ends.tzinfo is None else ends.astimezone(UTC)
    if ends_at <= starts_at:
        raise Invalid.field("ends_at", _("The end must be after the start."))
    return ends_at - starts_at


_ROOM = "0199a3c2-7d10-7c11-9d53-0a2b6d4f8e01"

BOOKING_EXAMPLES = [
    OpenApiExample(
        "Lagebesprechung in einem bestimmten Videoraum",
        value={
            "title": "Lagebesprechung Hochwasserschutz",
            "starts_at": "2027-05-03T09:00",
            "ends_at": "2027-05-03T10:30",
            "timezone": "Europe/Berlin",
            "room": _ROOM,
            "attendees": [
                {"email": "bernd@im.mv.example", "name": "Bernd Buche", "role": "CHAIR"},
                {"email": "buergermeisterin@gemeinde.example"},
            ],
            "description": "Bitte die Pegelstände vom Wochenende mitbringen.",
        },
        request_only=True,
    ),
    OpenApiExample(
        "Irgendein Videoraum für 25 Personen",
        value={
            "title": "Einführung E-Akte",
            "starts_at": "2027-05-03T13:00:00+02:00",
            "duration": "PT1H30M",
            "seats": 25,
        },
        request_only=True,
    ),
    refusal_example(
        "no_capacity",
        title="Keine Kapazität",
        detail="Zu dieser Zeit haben die Konferenzserver nicht mehr genug Plätze.",
        limit=300,
        in_use=250,
        asked=100,
        unit="seats",
        alternatives=[
            {"starts_at": "2027-05-03T11:00:00Z", "ends_at": "2027-05-03T12:30:00Z"},
            {"seats": 50},
        ],
    ),
]
CHANGE_EXAMPLES = [
    OpenApiExample(
        "Eine Stunde später",
        value={"starts_at": "2027-05-03T10:00", "ends_at": "2027-05-03T11:30"},
        request_only=True,
    ),
    OpenApiExample("Mehr Personen", value={"seats": 60}, request_only=True),
]

# --- out --------------------------------------------------------------------------------------------------


class BookingOrganiserSerializer(PersonRefSerializer):
    authority = AuthorityRefSerializer(help_text="the one that is charged")


class SingleAnswerSerializer(StrictSerializer):
    occurrence = serializers.UUIDField()
    partstat = serializers.ChoiceField(choices=PartStat.choices)
    comment = serializers.CharField(
        allow_null=True, help_text="what they said with it; for the organiser and themselves"
    )


class AttendeeSerializer(StrictSerializer):
    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=AttendeeRole.choices)
    partstat = serializers.ChoiceField(
        choices=PartStat.choices, help_text="the answer to all dates that are not named in `answers`"
    )
    answers = SingleAnswerSerializer(
        many=True, help_text="to single dates, where they differ; in the answers about one booking only"
    )
    comment = serializers.CharField(
        allow_null=True, help_text="what they said with their last answer; for the organiser and themselves"
    )
    undeliverable = serializers.CharField(
        allow_null=True,
        help_text="why mail to them came back (RFC 3463, such as 5.1.1), for the organiser; null: none did",
    )
    is_me = serializers.BooleanField()


class DateSerializer(StrictSerializer):
    """One date of a booking."""

    id = serializers.UUIDField()
    recurrence_id = serializers.CharField(help_text="its original wall time")
    title = serializers.CharField(allow_null=True, help_text="of this date alone; null: the booking's")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=OccurrenceState.choices)
    seats = serializers.IntegerField()
    room = NamedSerializer()
    held_until = serializers.DateTimeField(
        allow_null=True, help_text="a change of it was refused: when it is given up unless somebody decides"
    )
    restorable_until = serializers.DateTimeField(
        allow_null=True, help_text="until when the caller can take back that it was dropped"
    )

    @classmethod
    def body(cls, occurrence: Occurrence, view: BookingView) -> dict[str, Any]:
        return {
            "id": occurrence.id,
            "recurrence_id": occurrence.recurrence_id,
            "title": (occurrence.title or None) if view.sight is Sight.FULL else None,
            "starts_at": occurrence.starts_at,
            "ends_at": occurrence.ends_at,
            "state": occurrence.state,
            "seats": occurrence.seats,
            "room": occurrence.room,
            "held_until": occurrence.held_until,
            "restorable_until": view.date_restorable_until(occurrence),
        }


class RefusedDateSerializer(StrictSerializer):
    """A date that a partial acceptance refused. `PATCH /occurrences/{id}` with a time that can be had takes it in."""

    id = serializers.UUIDField()
    recurrence_id = serializers.CharField(help_text="its original wall time")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    code = serializers.CharField(required=False, help_text="why it cannot be had now")
    detail = serializers.CharField(required=False)
    alternatives = AlternativeSerializer(many=True)

    @classmethod
    def body(cls, refused: RefusedDate) -> dict[str, Any]:
        date = refused.occurrence
        why = problem_of(refused.refusal) if refused.refusal is not None else {}
        return {
            "id": date.id,
            "recurrence_id": date.recurrence_id,
            "starts_at": date.starts_at,
            "ends_at": date.ends_at,
            **{name: why[name] for name in ("code", "detail") if name in why},
            "alternatives": why.get("alternatives", []),
        }


class ApprovalShownSerializer(StrictSerializer):
    """How a request for approval stands."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ApprovalState.choices)
    asked_at = serializers.DateTimeField()
    lapses_at = serializers.DateTimeField(help_text="undecided then, the dates are free again")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class RefusalSerializer(StrictSerializer):
    """A refusal as it was answered when it was asked for."""

    code = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()
    limit = serializers.FloatField(required=False)
    in_use = serializers.FloatField(required=False)
    asked = serializers.FloatField(required=False)
    unit = serializers.CharField(required=False)
    alternatives = AlternativeSerializer(many=True)

    @classmethod
    def body(cls, refusal: Refusal) -> dict[str, Any]:
        found = problem_of(refusal)
        names = ("code", "title", "detail", "limit", "in_use", "asked", "unit")
        return {
            **{name: found[name] for name in names if name in found},
            "alternatives": found.get("alternatives", []),
        }


class WishSerializer(StrictSerializer):
    """What was asked for in vain. `DELETE /bookings/{id}/wish` keeps what is held, `POST` tries again."""

    starts_at = serializers.DateTimeField(help_text="of the first date")
    ends_at = serializers.DateTimeField(help_text="of the first date")
    timezone = serializers.CharField()
    rule_text = serializers.CharField(help_text="the rule in words, in the language of the request")
    title = serializers.CharField()
    held_until = serializers.DateTimeField(
        allow_null=True, help_text="when the next held dates are given up; null: nothing was booked"
    )

    @classmethod
    def body(cls, wish: BookingRequest, held_until: datetime | None) -> dict[str, Any]:
        begins = to_instant(wish.starts_local, wish.timezone)
        return {
            "starts_at": begins,
            "ends_at": begins + wish.duration,
            "timezone": wish.timezone,
            "rule_text": rule_text(wish.rrule, wish.starts_local, wish.timezone),
            "title": wish.title,
            "held_until": held_until,
        }


class BookingPermissionsSerializer(StrictSerializer):
    """What the caller can do with it now."""

    change = serializers.BooleanField()
    cancel = serializers.BooleanField()
    moderate = serializers.BooleanField()
    answer = serializers.BooleanField(help_text="is invited, and something is still ahead")


class BookingSerializer(StrictSerializer):
    """A booking. With `visibility: restricted` all that is not the caller's to see is null or empty."""

    id = serializers.UUIDField()
    visibility = serializers.ChoiceField(choices=SIGHTS)
    uid = serializers.CharField()
    version = serializers.IntegerField(help_text="as in the ETag")
    sequence = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["confirmed", "pending", "partly", "refused", "cancelled"])
    title = serializers.CharField(allow_null=True)
    description = serializers.CharField(allow_null=True)
    starts_at = serializers.DateTimeField(help_text="of the first date")
    ends_at = serializers.DateTimeField(help_text="of the first date")
    timezone = serializers.CharField()
    rrule = serializers.CharField(help_text="empty for a single date")
    rdate = serializers.ListField(child=serializers.CharField(), help_text="wall times")
    exdate = serializers.ListField(child=serializers.CharField(), help_text="wall times")
    rule_text = serializers.CharField(help_text="the rule in words, in the language of the request")
    promised_until = serializers.DateTimeField(
        allow_null=True, help_text="start of the last date, where a rule without end was cut at the horizon"
    )
    room = RoomRefSerializer()
    seats = serializers.IntegerField(help_text="reserved for each date")
    organiser = BookingOrganiserSerializer(allow_null=True)
    booked_by = PersonRefSerializer(
        allow_null=True, help_text="who made it for the organiser; null: nobody else"
    )
    authority = AuthorityRefSerializer(allow_null=True, help_text="who is charged")
    attendees = AttendeeSerializer(many=True)
    join_url = serializers.URLField(allow_null=True)
    pin = serializers.CharField(allow_null=True)
    moderator_pin = serializers.CharField(allow_null=True, help_text="for moderators only")
    occurrences = DateSerializer(many=True, help_text="all dates; in lists the next three, or the last one")
    dates_count = serializers.IntegerField(help_text="of all dates, cancelled and refused ones included")
    next_date = serializers.DateTimeField(
        allow_null=True, help_text="start of the one that runs or comes next"
    )
    refused = RefusedDateSerializer(many=True, help_text="in the answers about one booking only")
    approval = ApprovalShownSerializer(allow_null=True, help_text="the newest request for approval")
    refusal = RefusalSerializer(
        allow_null=True,
        help_text="why it was not booked, or not changed as wished, at a door that keeps wishes",
    )
    wish = WishSerializer(allow_null=True, help_text="what was wished and refused")
    permissions = BookingPermissionsSerializer()
    restorable_until = serializers.DateTimeField(
        allow_null=True, help_text="until when the caller can take the cancellation back"
    )
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    source = serializers.CharField(  # type: ignore[assignment]  # a member of the body, not the field's own `source`
        help_text="the door it came through"
    )
    language = serializers.ChoiceField(choices=LANGUAGES)
    remind_minutes = serializers.IntegerField(
        allow_null=True, help_text="how long before each date people are reminded by mail; null: they are not"
    )

    @classmethod
    def of(
        cls,
        view: BookingView,
        actor: Actor,
        refused: Sequence[RefusedDate] = (),
        answers: Mapping[UUID, Sequence[SingleAnswer]] | None = None,
    ) -> dict[str, Any]:
        """The body for a booking seen in full or restricted. Of whom it is, operators do not learn."""
        booking = view.booking
        coming = view.dates.next(timezone.now())
        full = view.sight is Sight.FULL
        begins = to_instant(datetime.fromisoformat(booking.starts_local), booking.timezone)
        shown: dict[str, Any] = {
            "id": booking.id,
            "visibility": view.sight.value,
            "uid": booking.uid,
            "version": booking.version,
            "sequence": booking.sequence,
            "status": view.status,
            "title": None,
            "description": None,
            "starts_at": begins,
            "ends_at": begins + booking.duration,
            "timezone": booking.timezone,
            "rrule": booking.rrule,
            "rdate": booking.rdate,
            "exdate": booking.exdate,
            "rule_text": rule_text(
                booking.rrule, datetime.fromisoformat(booking.starts_local), booking.timezone
            ),
            "promised_until": booking.promised_until,
            "room": booking.room,
            "seats": booking.seats,
            "organiser": None,
            "booked_by": None,
            "authority": None,
            "attendees": [],
            "join_url": None,
            "pin": None,
            "moderator_pin": None,
            "occurrences": [DateSerializer.body(one, view) for one in view.dates.shown],
            "dates_count": view.dates.count,
            "next_date": coming and coming.starts_at,
            "refused": [RefusedDateSerializer.body(one) for one in refused] if full else [],
            "approval": view.approval if full else None,
            "refusal": None,
            "wish": None,
            "permissions": {
                "change": view.may_change,
                "cancel": view.may_cancel,
                "moderate": view.may_moderate,
                "answer": view.may_be_answered and coming is not None and booking.cancelled_at is None,
            },
            "restorable_until": view.restorable_until,
            "created_at": booking.created_at,
            "changed_at": booking.changed_at,
            "source": booking.source,
            "language": booking.language,
            "remind_minutes": booking.remind_minutes,
        }
        if full or booking.authority_id in actor.admin_ids:
            shown["organiser"] = _organiser(booking)
            shown["booked_by"] = None if booking.booked_by_id == booking.organiser_id else booking.booked_by
            shown["authority"] = booking.authority
        if full:
            shown["title"] = booking.title
            shown["description"] = booking.description
            shown["attendees"] = [
                _attendee(one, view, (answers or {}).get(one.id, ()))
                for one in sorted(booking.attendees.all(), key=lambda one: one.address)
            ]
            shown["join_url"] = view.join_url
            shown["pin"] = booking.join_link.pin
        if view.owns:
            refusal, wish = refusal_of(booking), wish_of(booking)
            shown["refusal"] = None if refusal is None else RefusalSerializer.body(refusal)
            shown["wish"] = None if wish is None else WishSerializer.body(wish, booking.wish_until)
        if view.may_moderate:
            shown["moderator_pin"] = booking.join_link.moderator_pin
        return cls.told(shown)


def _attendee(one: Attendee, view: BookingView, answers: Sequence[SingleAnswer]) -> dict[str, Any]:
    is_me = one.id in view.invited_as
    told = view.owns or is_me
    return {
        "email": one.address,
        "name": one.name,
        "role": one.role,
        "partstat": one.partstat,
        "answers": [
            {
                "occurrence": said.occurrence_id,
                "partstat": said.partstat,
                "comment": said.comment if told else None,
            }
            for said in answers
        ],
        "comment": one.comment if told else None,
        "undeliverable": one.undeliverable or None if view.owns else None,
        "is_me": is_me,
    }


def _organiser(booking: Booking) -> dict[str, Any]:
    person = booking.organiser
    return {"id": person.id, "name": person.name, "email": person.email, "authority": booking.authority}


def rule_text(rrule: str, starts_local: datetime, zone: str) -> str:
    """The rule in words, in the language of the request; empty without one."""
    if not rrule:
        return ""
    language = "en" if get_language() == "en" else "de"
    return describe_rule(parse_rule(rrule, zone), starts_local, language)
