# SPDX-License-Identifier: EUPL-1.2
"""book, change, cancel: the only writers of bookings. One transaction each; what the outside shall do about it
is a fact in the outbox, written in the same transaction (invariant 7).

A refused attempt is rolled back to a savepoint; the outer transaction keeps the audit row of the refusal.
Nothing but SQL happens between the first lock and the commit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.models import Authority, Person
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import persons_by_addresses
from vconf.bookings import ledger, occupancy, suggestions
from vconf.bookings.calendars import show_booking
from vconf.bookings.errors import (
    AlreadyCancelled,
    AlreadyStarted,
    BeyondHorizon,
    IdempotencyMismatch,
    InPast,
    NoRoom,
    RoomBlocked,
    RoomTooSmall,
    SlotTaken,
    TooLong,
    TooSoon,
)
from vconf.bookings.events import BookingCancelled, BookingChanged, BookingConfirmed, MeetingEnded
from vconf.bookings.guards import is_overlap
from vconf.bookings.links import new_link
from vconf.bookings.models import (
    NOT_YET_OPEN,
    OCCUPYING,
    RUNNING,
    Attendee,
    AttendeeRole,
    Booking,
    IdempotencyKey,
    JoinLink,
    Meeting,
    MeetingState,
    Occurrence,
    OccurrenceState,
    PartStat,
)
from vconf.bookings.occupancy import Span
from vconf.bookings.recurrence import Date, dates_of, zone
from vconf.bookings.requests import UNSET, AttendeeRequest, BookingRequest, ChangeRequest, Unset
from vconf.bookings.retry import retried
from vconf.bookings.selectors import get_own_booking
from vconf.errors import DomainError, Forbidden, Invalid, NotFound, Refusal, VersionConflict
from vconf.ids import uuid7
from vconf.outbox.record import record
from vconf.rooms.models import Pool, Room
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.selectors import rooms_bookable_by, rooms_visible_to
from vconf.rooms.services import add_stock_room

LONGEST = timedelta(hours=24)
SHORTEST = timedelta(minutes=1)
#: somebody who takes a minute to fill in the form still gets the quarter-hour that just began
GRACE = timedelta(minutes=15)
MOST_ATTENDEES = 500
MOST_SEATS = 100_000
SMALLEST_GROUP = 3
#: free rooms tried one after the other before giving up on "any room"
ROOMS_TRIED = 20

__all__ = ["book", "cancel", "change"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Guest:
    """An attendee after checking: lower-case address, and the person it belongs to."""

    address: str
    name: str
    role: str
    person: Person | None


@retried
def book(request: BookingRequest, *, actor: Actor) -> Booking:
    """Book a room: the whole promise, or a refusal and nothing.

    Raises Invalid (cannot be understood), NotFound (room or authority absent or foreign) or a Refusal of
    `bookings.errors` with numbers, clashing dates and alternatives. With an idempotency key a repeat returns
    the first booking; the same key with another request raises IdempotencyMismatch.
    """
    now = timezone.now()
    organiser = actor.person
    if organiser is None:
        raise NotFound()
    dates = _plan(request, now)
    authority_id = _charged(request.authority_id, actor)
    guests = _guests(request.attendees, organiser)
    room = None if request.room_id is None else _bookable_room(request.room_id, actor)
    if room is not None:
        _check_room(room, request.seats)
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        repeated = _repeated(request, actor, fingerprint)
        if repeated is not None:
            return repeated
        try:
            with transaction.atomic():
                booking = _book(request, actor, dates, authority_id, guests, room, fingerprint, now)
        except Refusal as refused:
            refusal = refused
        except IntegrityError as error:
            if not is_overlap(error):
                raise
            refusal = SlotTaken()
        else:
            return booking
        _record_refusal("booking.book", refusal, actor=actor, authority_id=authority_id, object_id="")
    policy = policy_of(room.room_class) if room is not None else None
    seats = request.seats or _seats_of(None, guests, room, policy)
    refusal.alternatives = suggestions.alternatives(
        refusal,
        actor=actor,
        room=room,
        authority_id=authority_id,
        starts_at=dates[0].starts_at,
        duration=request.duration,
        seats=seats,
        now=now,
    )
    raise refusal


def _book(
    request: BookingRequest,
    actor: Actor,
    dates: Sequence[Date],
    authority_id: UUID,
    guests: Sequence[Guest],
    room: Room | None,
    fingerprint: str,
    now: datetime,
) -> Booking:
    organiser = actor.person
    assert organiser is not None
    booking_id = uuid7()
    if request.idempotency_key:
        # first of all writes: a parallel repeat waits here and then meets the unique constraint; the foreign
        # key is checked at commit, when the booking is there
        IdempotencyKey.objects.create(
            person=organiser,
            key=request.idempotency_key,
            fingerprint=fingerprint,
            booking_id=booking_id,
        )
    if room is not None:
        room = occupancy.lock_rooms([room.id])[room.id]
        policy = policy_of(room.room_class)
        seats = _seats_of(request.seats, guests, room, policy)
        spans = _spans(dates, policy, now)
        clashes = occupancy.clashes(room.id, spans)
        if clashes:
            raise SlotTaken(conflicts=clashes)
    else:
        room, policy, seats, spans = _any_room(request, actor, dates, guests, now)
    pool = occupancy.lock_pools([room.pool_id])[room.pool_id]
    path = occupancy.lock_path(authority_id)
    path_ids = [authority.id for authority in path]
    server_ids = _reserve(pool.id, path, dates, seats)

    link = new_link()
    link.save(force_insert=True)
    booking = Booking(
        id=booking_id,
        uid=request.uid or f"{booking_id}@{settings.VCONF_UID_DOMAIN}",
        organiser=organiser,
        booked_by=organiser,
        authority_id=authority_id,
        room=room,
        join_link=link,
        title=request.title.strip(),
        description=request.description.strip(),
        language=request.language,
        source=request.source,
        timezone=request.timezone,
        starts_local=dates[0].recurrence_id.isoformat(),
        duration=request.duration,
        rrule=request.rrule,
        seats=seats,
        seats_asked=request.seats,
        created_at=now,
        changed_at=now,
    )
    booking.save(force_insert=True)
    occurrences = [
        Occurrence(
            booking=booking,
            room=room,
            pool_id=room.pool_id,
            reserved_server_id=server_id,
            recurrence_id=span.date.recurrence_id.isoformat(),
            starts_at=span.date.starts_at,
            ends_at=span.date.ends_at,
            blocks_from=span.blocks_from,
            blocks_until=span.blocks_until,
            seats=seats,
        )
        for span, server_id in zip(spans, server_ids, strict=True)
    ]
    Occurrence.objects.bulk_create(occurrences)
    Attendee.objects.bulk_create(
        [
            Attendee(booking=booking, address=g.address, name=g.name, role=g.role, person=g.person)
            for g in guests
        ]
    )
    occupancy.occupy(occurrences, path_ids)
    _show(booking, guests, now)
    record(BookingConfirmed(booking_id=str(booking.id), sequence=0))
    record_audit(
        "booking.book",
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=authority_id,
        numbers={"seats": seats, "dates": len(dates)},
        changes={"room": str(room.id), "starts_at": dates[0].starts_at.isoformat(), "source": request.source},
    )
    return booking


@retried
def change(booking_id: UUID, request: ChangeRequest, *, actor: Actor) -> Booking:
    """Change what the request names. Dates that are past are never changed (invariant 6).

    Raises NotFound or Forbidden before anything else, VersionConflict if `expected_version` is not the
    booking's, AlreadyCancelled, AlreadyStarted, and every refusal of `book`; then the old promise stands.
    """
    now = timezone.now()
    get_own_booking(booking_id, actor=actor)
    with transaction.atomic():
        try:
            with transaction.atomic():
                return _change(booking_id, request, actor, now)
        except Refusal as refused:
            refusal = refused
        except IntegrityError as error:
            if not is_overlap(error):
                raise
            refusal = SlotTaken()
        booking = Booking.objects.select_related("room__room_class").get(id=booking_id)
        _record_refusal(
            "booking.change", refusal, actor=actor, authority_id=booking.authority_id, object_id=booking.id
        )
    if isinstance(refusal, AlreadyCancelled | AlreadyStarted):
        raise refusal
    room = booking.room
    if request.room_id is not UNSET:
        room = _bookable_room(request.room_id, actor)
    starts_local = _or(request.starts_local, datetime.fromisoformat(booking.starts_local))
    duration = _or(request.duration, booking.duration)
    refusal.alternatives = suggestions.alternatives(
        refusal,
        actor=actor,
        room=room,
        authority_id=booking.authority_id,
        starts_at=dates_of(starts_local, duration, _or(request.timezone, booking.timezone))[0].starts_at,
        duration=duration,
        seats=_or(request.seats, booking.seats) or booking.seats,
        now=now,
        except_booking=booking.id,
    )
    raise refusal


def _change(booking_id: UUID, request: ChangeRequest, actor: Actor, now: datetime) -> Booking:
    # a plain lock: a row that somebody else changes while we wait would fall out of a join with what it referred to
    booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
    if request.expected_version is not None and request.expected_version != booking.version:
        raise VersionConflict()
    if booking.cancelled_at is not None:
        raise AlreadyCancelled()
    occurrences = [o for o in booking.occurrences.all() if o.state in OCCUPYING]
    if not occurrences:
        raise AlreadyStarted()

    starts_local = _or(request.starts_local, datetime.fromisoformat(booking.starts_local)).replace(
        microsecond=0
    )
    duration = _or(request.duration, booking.duration)
    zone_name = _or(request.timezone, booking.timezone)
    wanted_dates = _dates(starts_local, duration, zone_name)
    title = _checked_title(_or(request.title, booking.title))
    description = _checked_description(_or(request.description, booking.description))
    language = _checked_language(_or(request.language, booking.language))
    known = list(booking.attendees.select_related("person"))
    guests = [Guest(a.address, a.name, a.role, a.person) for a in known]
    if request.attendees is not UNSET:
        guests = _guests(request.attendees, booking.organiser)
    old_room, room = booking.room, booking.room
    if request.room_id is not UNSET and request.room_id != old_room.id:
        room = _bookable_room(request.room_id, actor)
    seats_asked = _checked_seats(_or(request.seats, booking.seats_asked))

    what: list[str] = []
    moved = (
        starts_local != datetime.fromisoformat(booking.starts_local)
        or duration != booking.duration
        or zone_name != booking.timezone
    )
    if moved:
        what.append("time")
    if room.id != old_room.id:
        what.append("room")
    old_addresses = {a.address for a in known}
    added = sorted({g.address for g in guests} - old_addresses)
    removed = sorted(old_addresses - {g.address for g in guests})
    if title != booking.title:
        what.append("title")
    if description != booking.description:
        what.append("description")
    if (
        added
        or removed
        or {(g.address, g.name, g.role) for g in guests} != {(a.address, a.name, a.role) for a in known}
    ):
        what.append("attendees")

    locked = occupancy.lock_rooms({old_room.id, room.id})
    room = locked[room.id]
    policy = policy_of(room.room_class)
    if "room" in what:
        _check_room(room, None)
    seats = booking.seats
    if request.seats is not UNSET or "room" in what or "attendees" in what:
        seats = _seats_of(seats_asked, guests, room, policy, grow=True)
    if seats != booking.seats:
        what.append("seats")
    if not what and language == booking.language:
        return booking

    if {"time", "room", "seats"} & set(what):
        _check_length(duration, policy)
        dates = wanted_dates if moved else [_date_of(o) for o in occurrences]
        _move_dates(booking, occurrences, dates, room, policy, seats, moved, now)

    if "attendees" in what:
        booking.attendees.filter(address__in=removed).delete()
        Attendee.objects.bulk_create(
            [
                Attendee(booking=booking, address=g.address, name=g.name, role=g.role, person=g.person)
                for g in guests
            ],
            update_conflicts=True,
            unique_fields=["booking", "address"],
            update_fields=["name", "role", "person"],
        )
    if "time" in what:
        booking.attendees.update(partstat=PartStat.NEEDS_ACTION)
    booking.title, booking.description, booking.language = title, description, language
    booking.starts_local, booking.duration = starts_local.isoformat(), duration
    booking.timezone, booking.room = zone_name, room
    booking.seats, booking.seats_asked = seats, seats_asked
    if {"time", "room", "title", "description"} & set(what):
        booking.sequence += 1
    booking.version += 1
    booking.changed_at = now
    booking.save()
    _show(booking, guests, now)
    record(
        BookingChanged(
            booking_id=str(booking.id),
            sequence=booking.sequence,
            version=booking.version,
            what=tuple(what),
            added=tuple(added),
            removed=tuple(removed),
            room_ids=tuple(sorted({str(old_room.id), str(room.id)})),
        )
    )
    record_audit(
        "booking.change",
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=booking.authority_id,
        numbers={"seats": seats},
        changes={"what": ",".join(sorted(what)), "room": str(room.id)},
    )
    return booking


def _move_dates(
    booking: Booking,
    occurrences: Sequence[Occurrence],
    dates: Sequence[Date],
    room: Room,
    policy: Policy,
    seats: int,
    moved: bool,
    now: datetime,
) -> None:
    """Give up what the dates occupy and occupy it anew; on refusal the savepoint brings the old back."""
    running = [o for o in occurrences if o.state not in NOT_YET_OPEN or o.starts_at <= now]
    for o, date in zip(occurrences, dates, strict=True):
        if o in running and (date.starts_at != o.starts_at or room.id != o.room_id or date.ends_at <= now):
            raise AlreadyStarted()
    spans = [Span.of(date, policy) for date in dates]
    if moved and not running:
        _check_time(dates, policy, now)
    clashes = occupancy.clashes(room.id, spans, except_booking=booking.id)
    if clashes:
        raise SlotTaken(conflicts=clashes)
    pools = occupancy.lock_pools({room.pool_id, *(o.pool_id for o in occurrences)})
    path = occupancy.lock_path(booking.authority_id)
    path_ids = [authority.id for authority in path]
    occupancy.release(occurrences, path_ids)
    # out of the way of what may be re-reserved for the new time
    Occurrence.objects.filter(id__in=[o.id for o in occurrences]).update(state=OccurrenceState.CANCELLED)
    server_ids = _reserve(pools[room.pool_id].id, path, dates, seats)
    for o, span, server_id in zip(occurrences, spans, server_ids, strict=True):
        o.room, o.pool_id, o.reserved_server_id = room, room.pool_id, server_id
        o.starts_at, o.ends_at = span.date.starts_at, span.date.ends_at
        o.blocks_from, o.blocks_until = span.blocks_from, span.blocks_until
        o.seats = seats
        if moved and o not in running:
            o.recurrence_id = span.date.recurrence_id.isoformat()
        o.save()
    occupancy.occupy(occurrences, path_ids)


@retried
def cancel(booking_id: UUID, *, actor: Actor, expected_version: int | None = None) -> Booking:
    """Give up all dates that are not over; what they occupied is free at once.

    Raises NotFound or Forbidden first, then VersionConflict, AlreadyCancelled, AlreadyStarted (all is over).
    """
    now = timezone.now()
    get_own_booking(booking_id, actor=actor)
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
        if expected_version is not None and expected_version != booking.version:
            raise VersionConflict()
        if booking.cancelled_at is not None:
            raise AlreadyCancelled()
        occurrences = [o for o in booking.occurrences.all() if o.state in OCCUPYING]
        if not occurrences:
            raise AlreadyStarted(_("The meeting is over; it cannot be cancelled any more."))
        occupancy.lock_rooms({o.room_id for o in occurrences})
        occupancy.lock_pools({o.pool_id for o in occurrences})
        path_ids = [authority.id for authority in occupancy.lock_path(booking.authority_id)]
        begun = [o for o in occurrences if o.starts_at <= now]
        occupancy.release([o for o in occurrences if o not in begun], path_ids)
        # a date that has begun gives back what is left of it; its hours were used
        occupancy.release(begun, path_ids, since=now)
        Occurrence.objects.filter(id__in=[o.id for o in begun]).update(
            state=OccurrenceState.ENDED, released_at=now
        )
        Occurrence.objects.filter(id__in=[o.id for o in occurrences if o not in begun]).update(
            state=OccurrenceState.CANCELLED, released_at=now
        )
        meetings = Meeting.objects.filter(occurrence__booking=booking, state__in=RUNNING)
        for meeting in list(meetings.select_related("occurrence")):
            Meeting.objects.filter(id=meeting.id).update(state=MeetingState.ENDED, ended_at=now, people=0)
            record(
                MeetingEnded(
                    meeting_id=str(meeting.id),
                    booking_id=str(booking.id),
                    room_id=str(meeting.occurrence.room_id),
                    on_server=True,
                )
            )
        booking.sequence += 1
        booking.version += 1
        booking.cancelled_at = booking.changed_at = now
        booking.cancelled_by = actor.person
        booking.save()
        others = Booking.objects.filter(join_link=booking.join_link_id, cancelled_at=None)
        if not others.exclude(id=booking.id).exists():
            JoinLink.objects.filter(id=booking.join_link_id, retired_at=None).update(retired_at=now)
        show_booking(booking, person_ids=(), room_ids=(), now=now)
        record(BookingCancelled(booking_id=str(booking.id), sequence=booking.sequence))
        record_audit(
            "booking.cancel",
            actor=actor,
            object_type="booking",
            object_id=booking.id,
            authority_id=booking.authority_id,
            numbers={"dates": len(occurrences)},
        )
    return booking


# --- reading the request -------------------------------------------------------------------------------


def _or(value: T | Unset, otherwise: T) -> T:
    return otherwise if isinstance(value, Unset) else value


def _plan(request: BookingRequest, now: datetime) -> Sequence[Date]:
    """The dates asked for, after everything that needs no database was checked."""
    _checked_title(request.title)
    _checked_description(request.description)
    _checked_language(request.language)
    _checked_seats(request.seats)
    if request.rrule or request.rdate or request.exdate:
        raise Invalid.field("rrule", _("Series cannot be booked yet."))
    return _dates(request.starts_local, request.duration, request.timezone)


def _dates(starts_local: datetime, duration: timedelta, zone_name: str) -> Sequence[Date]:
    if duration < SHORTEST:
        raise Invalid.field("duration", _("The end must be after the start."))
    if duration > LONGEST:
        raise TooLong(
            _("A meeting may last 24 hours at most."),
            limit=LONGEST.total_seconds() // 60,
            asked=duration.total_seconds() // 60,
            unit="minutes",
        )
    if not 1970 <= starts_local.year <= 9000:
        raise Invalid.field("starts_at", _("That is not a date for a meeting."))
    try:
        zone(zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid.field("timezone", _("There is no such time zone.")) from error
    return dates_of(starts_local.replace(microsecond=0), duration, zone_name)


def _checked_language(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Invalid.field("language", _("Choose German (de) or English (en)."))
    return language


def _checked_seats(seats: int | None) -> int | None:
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        raise Invalid.field("seats", _("The number of seats must be between 1 and 100,000."))
    return seats


def _checked_title(title: str) -> str:
    title = title.strip()
    if not title:
        raise Invalid.field("title", _("Please give the meeting a title."))
    if len(title) > 200:
        raise Invalid.field("title", _("The title may have 200 characters at most."))
    if any(ord(c) < 32 or ord(c) == 127 for c in title):
        raise Invalid.field("title", _("The title may not contain control characters."))
    return title


def _checked_description(description: str) -> str:
    description = description.strip()
    if len(description) > 20_000:
        raise Invalid.field("description", _("The description may have 20,000 characters at most."))
    if any(ord(c) < 32 and c not in "\r\n\t" for c in description):
        raise Invalid.field("description", _("The description may not contain control characters."))
    return description


def _charged(authority_id: UUID | None, actor: Actor) -> UUID:
    """Who is charged: the organiser's home, or another of the authorities the organiser is a member of."""
    if authority_id is None:
        if actor.home_id is None:
            raise Invalid.field("authority", _("You are not a member of any authority."))
        return actor.home_id
    if authority_id not in actor.authority_ids:
        raise Invalid.field("authority", _("There is no such authority, or you are not a member of it."))
    return authority_id


def _guests(attendees: Sequence[AttendeeRequest], organiser: Person) -> list[Guest]:
    """Attendees with their persons, each address once, the organiser left out."""
    if len(attendees) > MOST_ATTENDEES:
        raise Invalid.field(
            "attendees", format_lazy(_("At most {limit} people can be invited."), limit=MOST_ATTENDEES)
        )
    wanted: dict[str, AttendeeRequest] = {}
    for attendee in attendees:
        address = attendee.address.strip().lower()
        try:
            validate_email(address)
        except ValidationError as error:
            raise Invalid.field(
                "attendees", format_lazy(_("“{address}” is not an e-mail address."), address=address[:100])
            ) from error
        if attendee.role not in AttendeeRole.values:
            raise Invalid.field("attendees", _("There is no such role."))
        if len(attendee.name) > 200 or any(ord(c) < 32 or ord(c) == 127 for c in attendee.name):
            raise Invalid.field("attendees", _("A name may have 200 characters and no control characters."))
        wanted.setdefault(address, attendee)
    persons = persons_by_addresses([*wanted])
    return [
        Guest(address, attendee.name.strip(), attendee.role, persons.get(address))
        for address, attendee in sorted(wanted.items())
        if address != organiser.email and persons.get(address) != organiser
    ]


def _bookable_room(room_id: UUID, actor: Actor) -> Room:
    rooms = rooms_bookable_by(actor).filter(is_stock=False, id=room_id)
    room = rooms.select_related("room_class", "pool").first()
    if room is not None:
        return room
    seen = rooms_visible_to(actor).filter(id=room_id).first()
    if seen is None:
        raise NotFound(
            _("There is no such room, or you may not book it."), fields={"room": [NotFound.sentence]}
        )
    if seen.blocked_reason or not seen.is_active:
        raise RoomBlocked()
    raise Forbidden(_("You may see this room, but not book it."))


def _check_room(room: Room, seats: int | None) -> None:
    if not room.is_active or room.blocked_reason:
        raise RoomBlocked()
    if seats is not None and seats > room.seats:
        raise _too_small(room, seats)


def _too_small(room: Room, seats: int) -> RoomTooSmall:
    return RoomTooSmall(
        occupancy.too_small_sentence(room.seats, seats),
        limit=room.seats,
        in_use=0,
        asked=seats,
        unit="seats",
    )


def _seats_of(
    asked: int | None,
    guests: Sequence[Guest],
    room: Room | None,
    policy: Policy | None,
    *,
    grow: bool = False,
) -> int:
    """Expected seats (design, Words): the caller's number; else people invited + organiser, at least 3, at most
    the room's; nobody named: the room's seats, or the class default. `grow`: people added past the caller's
    number raise it. Raises RoomTooSmall.
    """
    people = len(guests) + 1
    if asked is not None:
        seats = max(asked, people) if grow and guests else asked
    elif guests:
        seats = max(people, SMALLEST_GROUP)
        if room is not None:
            seats = max(people, min(seats, room.seats))
    elif room is not None and not room.is_stock:
        seats = room.seats
    else:
        seats = policy.default_seats if policy is not None else 10
    if room is not None and seats > room.seats:
        raise _too_small(room, seats)
    return seats


def _check_length(duration: timedelta, policy: Policy) -> None:
    longest = timedelta(minutes=policy.max_length_minutes)
    if duration > longest:
        raise TooLong(
            format_lazy(
                _("In this room a meeting may last {limit} minutes at most."), limit=policy.max_length_minutes
            ),
            limit=policy.max_length_minutes,
            asked=duration.total_seconds() // 60,
            unit="minutes",
        )


def _check_time(dates: Sequence[Date], policy: Policy, now: datetime) -> None:
    first = dates[0]
    if first.starts_at < now - GRACE or first.ends_at <= now:
        raise InPast()
    if policy.notice_minutes and first.starts_at < now + timedelta(minutes=policy.notice_minutes):
        raise TooSoon(limit=policy.notice_minutes, unit="minutes")
    horizon = now + timedelta(days=settings.VCONF_HORIZON_DAYS)
    if dates[-1].starts_at > horizon:
        raise BeyondHorizon(
            format_lazy(
                _("Bookings are possible up to {days} days ahead."), days=settings.VCONF_HORIZON_DAYS
            ),
            limit=settings.VCONF_HORIZON_DAYS,
            asked=(dates[-1].starts_at - now).days,
            unit="days",
        )


def _spans(dates: Sequence[Date], policy: Policy, now: datetime) -> list[Span]:
    _check_length(dates[0].ends_at - dates[0].starts_at, policy)
    _check_time(dates, policy, now)
    return [Span.of(date, policy) for date in dates]


def _any_room(
    request: BookingRequest, actor: Actor, dates: Sequence[Date], guests: Sequence[Guest], now: datetime
) -> tuple[Room, Policy, int, list[Span]]:
    """The smallest free room that fits, locked: a named one, else one from stock, else a new stock room.

    Each is tried under a savepoint of its own, so that at most one room is locked at a time.
    """
    seats = _seats_of(request.seats, guests, None, None)
    rooms = rooms_bookable_by(actor).filter(is_active=True, blocked_reason="", seats__gte=seats)
    if request.room_class_id is not None:
        rooms = rooms.filter(room_class_id=request.room_class_id)
    last: Refusal | None = None
    tried: set[UUID] = set()
    for _attempt in range(2):
        busy = occupancy.busy_rooms(dates[0].starts_at, dates[0].ends_at)
        candidates = rooms.exclude(id__in=busy | tried).order_by("is_stock", "seats", "id")
        for room_id in list(candidates.values_list("id", flat=True)[:ROOMS_TRIED]):
            tried.add(room_id)
            try:
                with transaction.atomic():
                    room = occupancy.lock_rooms([room_id])[room_id]
                    policy = policy_of(room.room_class)
                    spans = _spans(dates, policy, now)
                    clashes = occupancy.clashes(room.id, spans)
                    if not clashes:
                        return room, policy, seats, spans
                    raise SlotTaken(conflicts=clashes)
            except SlotTaken:
                continue
            except Refusal as refusal:
                last = refusal
    if last is not None and not isinstance(last, SlotTaken):
        raise last
    stock = rooms.filter(is_stock=True).order_by("-seats", "id").select_related("room_class").first()
    if stock is None:
        largest = rooms_bookable_by(actor).filter(is_active=True).order_by("-seats").first()
        limit = largest.seats if largest is not None else 0
        raise NoRoom(limit=limit, asked=seats, unit="seats") if limit < seats else NoRoom()
    room = add_stock_room(stock)
    policy = policy_of(room.room_class)
    return room, policy, seats, _spans(dates, policy, now)


def _reserve(pool_id: UUID, path: Sequence[Authority], dates: Sequence[Date], seats: int) -> list[UUID]:
    """Check quota and capacity of all dates and name the server of each. Pool and path are locked."""
    pool = Pool.objects.get(id=pool_id)
    path_ids = [authority.id for authority in path]
    days = {day for date in dates for day in ledger.days_of(date.starts_at, date.ends_at)}
    levels = ledger.read_levels(occupancy.accounts_of([pool_id], path_ids), days)
    occupancy.check_quotas(path, dates, seats, levels)
    return occupancy.reserve_servers(pool, dates, seats, levels, path_ids).server_ids


def _date_of(occurrence: Occurrence) -> Date:
    return Date(datetime.fromisoformat(occurrence.recurrence_id), occurrence.starts_at, occurrence.ends_at)


def _show(booking: Booking, guests: Sequence[Guest], now: datetime) -> None:
    people = {booking.organiser_id, *(g.person.id for g in guests if g.person is not None)}
    show_booking(booking, person_ids=people, room_ids={booking.room_id}, now=now)


# --- repeats and refusals ------------------------------------------------------------------------------


def _fingerprint(request: BookingRequest) -> str:
    text = json.dumps(asdict(request), default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _repeated(request: BookingRequest, actor: Actor, fingerprint: str) -> Booking | None:
    if not request.idempotency_key:
        return None
    known = (
        IdempotencyKey.objects.filter(person=actor.person, key=request.idempotency_key)
        .select_related("booking")
        .first()
    )
    if known is None:
        return None
    if known.fingerprint != fingerprint:
        raise IdempotencyMismatch()
    return known.booking


def _record_refusal(
    action: str, refusal: DomainError, *, actor: Actor, authority_id: UUID, object_id: UUID | str
) -> None:
    numbers = {"limit": refusal.limit, "in_use": refusal.in_use, "asked": refusal.asked}
    record_audit(
        action,
        actor=actor,
        object_type="booking",
        object_id=object_id,
        authority_id=authority_id,
        outcome="refused",
        code=refusal.code,
        numbers={name: number for name, number in numbers.items() if number is not None},
    )
