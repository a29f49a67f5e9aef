# SPDX-License-Identifier: EUPL-1.2
"""What mails and calendar objects tell. For exits: knows no caller and no rights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone

from vconf.authorities.deputies import deputies_of
from vconf.bookings.links import join_url
from vconf.bookings.models import (
    OFF,
    Approval,
    ApprovalState,
    Attendee,
    AttendeeAnswer,
    AttendeeRole,
    Booking,
    HistoryEntry,
    Occurrence,
    OccurrenceState,
    PartStat,
)
from vconf.bookings.sight import status_of
from vconf.rooms.policies import policy_of
from vconf.rooms.selectors import people_deciding


@dataclass(frozen=True, slots=True)
class DateView:
    """room_name, room_address, title: of a date that has its own, else empty. given_up_at: of one that does not take
    place.
    """

    recurrence_id: str
    starts_at: datetime
    ends_at: datetime
    state: str
    room_name: str = ""
    room_address: str = ""
    title: str = ""
    given_up_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttendeeView:
    """`language` is None for people without an account."""

    address: str
    name: str
    role: str
    partstat: str
    language: str | None
    is_moderator: bool
    person_id: UUID | None
    told_by_client: bool = False


@dataclass(frozen=True, slots=True)
class BookingMail:
    """Everything a mail or a calendar object tells of a booking. For exits: knows no caller and no rights.

    cancelled: nothing of it takes place, be it that it was cancelled or `refused`. waits: no date stands before
    somebody has approved it.
    """

    booking_id: UUID
    uid: str
    sequence: int
    version: int
    title: str
    description: str
    language: str
    organiser_name: str
    organiser_email: str
    organiser_language: str
    authority_name: str
    room_name: str
    room_address: str
    room_is_stock: bool
    seats: int
    timezone: str
    starts_local: datetime
    duration: timedelta
    rrule: str
    rdate: tuple[str, ...]
    exdate: tuple[str, ...]
    join_url: str
    pin: str
    moderator_pin: str
    phone: str
    mail_outside: bool
    cancelled: bool
    waits: bool
    refused: bool
    created_at: datetime
    changed_at: datetime
    occurrences: tuple[DateView, ...]
    attendees: tuple[AttendeeView, ...]
    #: who made the booking, if it was not the organiser
    booked_by_name: str = ""
    promised_until: datetime | None = None
    #: the door that it came through
    source: str = "api"
    organiser_id: UUID | None = None
    authority_id: UUID | None = None


def mail_view(booking_id: UUID | str) -> BookingMail | None:
    """The booking as mails and calendar objects tell it, or None if it is gone (erased)."""
    booking = (
        Booking.objects.filter(id=booking_id)
        .select_related("organiser", "booked_by", "authority", "room__room_class", "join_link")
        .prefetch_related(
            Prefetch("occurrences", Occurrence.objects.select_related("room")),
            Prefetch("attendees", Attendee.objects.select_related("person")),
        )
        .first()
    )
    if booking is None:
        return None
    states = {o.state for o in booking.occurrences.all()}
    refused = booking.cancelled_at is None and status_of(states) == "refused"
    return BookingMail(
        booking_id=booking.id,
        uid=booking.uid,
        sequence=booking.sequence,
        version=booking.version,
        title=booking.title,
        description=booking.description,
        language=booking.language,
        organiser_name=booking.organiser.name,
        organiser_email=booking.organiser.email,
        organiser_language=booking.organiser.language,
        booked_by_name="" if booking.booked_by_id == booking.organiser_id else booking.booked_by.name,
        promised_until=booking.promised_until,
        source=booking.source,
        organiser_id=booking.organiser_id,
        authority_id=booking.authority_id,
        authority_name=booking.authority.name,
        room_name=booking.room.name,
        room_address=booking.room.address,
        room_is_stock=booking.room.is_stock,
        seats=booking.seats,
        timezone=booking.timezone,
        starts_local=datetime.fromisoformat(booking.starts_local),
        duration=booking.duration,
        rrule=booking.rrule,
        rdate=tuple(booking.rdate),
        exdate=tuple(booking.exdate),
        join_url=join_url(booking.join_link),
        pin=booking.join_link.pin,
        moderator_pin=booking.join_link.moderator_pin,
        phone=settings.VCONF_PHONE_NUMBER,
        mail_outside=policy_of(booking.room.room_class).mail_outside,
        cancelled=booking.cancelled_at is not None or refused,
        waits=_waits(states),
        refused=refused,
        created_at=booking.created_at,
        changed_at=booking.changed_at,
        occurrences=tuple(date_view(o, booking) for o in booking.occurrences.all()),
        attendees=tuple(
            AttendeeView(
                address=a.address,
                name=a.name or (a.person.name if a.person else ""),
                role=a.role,
                partstat=a.partstat,
                language=a.person.language if a.person else None,
                is_moderator=a.role == AttendeeRole.CO_HOST,
                person_id=a.person_id,
                told_by_client=a.told_by_client,
            )
            for a in booking.attendees.all()
        ),
    )


def last_approval(booking_id: UUID) -> ApprovalMail | None:
    """How the newest request for approval of a booking stands; None if there was none."""
    newest = Approval.objects.filter(booking=booking_id).order_by("-asked_at")
    approval_id = newest.values_list("id", flat=True).first()
    return None if approval_id is None else approval_mail(approval_id)


def declined_by(booking_id: UUID, recurrence_id: str) -> frozenset[str]:
    """Addresses of those who do not come on this date."""
    answers = AttendeeAnswer.objects.filter(
        attendee__booking=booking_id, occurrence__recurrence_id=recurrence_id
    )
    to_date = dict(answers.values_list("attendee__address", "partstat"))
    people = Attendee.objects.filter(booking=booking_id).values_list("address", "partstat")
    return frozenset(
        address for address, partstat in people if to_date.get(address, partstat) == PartStat.DECLINED
    )


def told_elsewhere(booking_id: UUID | str) -> list[str]:
    """Addresses of those whose invitation somebody else's program sends, in lower case: attendees, and the organiser of
    a booking that was made by mail.
    """
    people = Attendee.objects.filter(booking_id=booking_id, told_by_client=True)
    by_mail = Booking.objects.filter(id=booking_id, source="mail").values_list("organiser__email", flat=True)
    return sorted({*people.values_list("address", flat=True), *(address.lower() for address in by_mail)})


def last_door(booking_id: UUID) -> str:
    """The door that the last change of a booking came through; "" if nothing is known of it."""
    rows = HistoryEntry.objects.filter(booking=booking_id).order_by("-at", "-id")
    return rows.values_list("source", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who is told that a request waits."""

    address: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class ApprovalMail:
    """What a mail tells of a request for approval, besides its booking. dates: those it is about, as they are now.

    deciding: whom to tell while it waits; the organiser and who stands in for them never decide. decided_by: "" if
    nobody did.
    """

    state: str
    room_class: str
    lapses_at: datetime
    decided_by: str
    reason: str
    dates: tuple[DateView, ...]
    deciding: tuple[Decider, ...]


def approval_mail(approval_id: UUID | str) -> ApprovalMail | None:
    """For exits: knows no caller and no rights. None if it is gone (erased)."""
    approval = (
        Approval.objects.filter(id=approval_id).select_related("room_class", "decided_by", "booking").first()
    )
    if approval is None:
        return None
    booking = approval.booking
    deciding: tuple[Decider, ...] = ()
    rows = booking.occurrences.select_related("room").order_by("starts_at")
    match approval.state:
        case ApprovalState.ASKED:
            rows = rows.filter(state=OccurrenceState.PENDING)
            own = {booking.organiser_id, booking.booked_by_id}
            own |= deputies_of([booking.organiser_id], now=timezone.now())[booking.organiser_id]
            people = people_deciding(approval.room_class, now=timezone.now())
            deciding = tuple(Decider(p.email, p.name, p.language) for p in people if p.id not in own)
        case ApprovalState.DECLINED | ApprovalState.LAPSED:
            # those left out when it was booked were never asked about, and released nothing
            rows = rows.filter(state=OccurrenceState.REFUSED, released_at__gte=approval.asked_at)
        case _:
            rows = rows.exclude(state__in=OFF)
    return ApprovalMail(
        state=approval.state,
        room_class=approval.room_class.name,
        lapses_at=approval.lapses_at,
        decided_by=approval.decided_by.name if approval.decided_by is not None else "",
        reason=approval.reason,
        dates=tuple(date_view(o, booking) for o in rows),
        deciding=deciding,
    )


def _waits(states: Collection[str]) -> bool:
    return set(states) - set(OFF) == {OccurrenceState.PENDING}


def date_view(o: Occurrence, booking: Booking) -> DateView:
    own_room = o.room_id != booking.room_id
    return DateView(
        o.recurrence_id,
        o.starts_at,
        o.ends_at,
        o.state,
        o.room.name if own_room else "",
        o.room.address if own_room else "",
        o.title,
        o.released_at if o.state in OFF else None,
    )
