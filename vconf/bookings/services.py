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
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.models import Authority
from vconf.authorities.rights import Actor
from vconf.bookings import ledger, occupancy, suggestions
from vconf.bookings.calendars import ensure_calendars, show_booking
from vconf.bookings.checks import (
    Guest,
    bookable_room,
    charged_authority,
    check_length,
    check_room,
    check_time,
    checked_description,
    checked_language,
    checked_seats,
    checked_title,
    chosen,
    dates_from,
    expected_seats,
    plan_dates,
    resolve_guests,
    spans_of,
)
from vconf.bookings.errors import (
    AlreadyCancelled,
    AlreadyStarted,
    IdempotencyMismatch,
    NoRoom,
    SlotTaken,
)
from vconf.bookings.events import BookingCancelled, BookingChanged, BookingConfirmed, MeetingEnded
from vconf.bookings.guards import is_overlap
from vconf.bookings.links import new_link
from vconf.bookings.models import (
    NOT_YET_OPEN,
    OCCUPYING,
    RUNNING,
    Attendee,
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
from vconf.bookings.recurrence import Date, dates_of
from vconf.bookings.requests import UNSET, BookingRequest, ChangeRequest
from vconf.bookings.retry import retried
from vconf.bookings.selectors import get_own_booking
from vconf.errors import DomainError, NotFound, Refusal, VersionConflict
from vconf.ids import uuid7
from vconf.outbox.record import record
from vconf.rooms.models import Pool, Room
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.selectors import rooms_bookable_by
from vconf.rooms.services import add_stock_room

#: free rooms tried one after the other before giving up on "any room"
ROOMS_TRIED = 20

__all__ = ["book", "cancel", "change"]


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
    fingerprint = _fingerprint(request)
    repeated = _repeated(request, actor, fingerprint)
    if repeated is not None:
        # before all checks: what was promised stays promised when the room is blocked now, or the date has begun
        return repeated
    dates = plan_dates(request, now)
    authority_id = charged_authority(request.authority_id, actor)
    guests = resolve_guests(request.attendees, organiser)
    room = None if request.room_id is None else bookable_room(request.room_id, actor)
    if room is not None:
        check_room(room, request.seats)
    # in a transaction of its own: two first bookings of one person must not wait for each other over this
    ensure_calendars(
        person_ids={organiser.id, *(g.person.id for g in guests if g.person is not None)},
        room_ids=() if room is None else {room.id},
    )
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
    seats = request.seats or expected_seats(None, guests, room, policy)
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
    # before the locks, so that others wait no longer than they must
    link = new_link()
    link.save(force_insert=True)
    if room is not None:
        known = room.room_class
        room = occupancy.lock_rooms([room.id])[room.id]
        room.room_class = known if known.id == room.room_class_id else room.room_class
        check_room(room, None)  # it may have been blocked meanwhile
        policy = policy_of(room.room_class)
        seats = expected_seats(request.seats, guests, room, policy)
        spans = spans_of(dates, policy, now)
        clashes = occupancy.clashes(room.id, spans)
        if clashes:
            raise SlotTaken(conflicts=clashes)
    else:
        room, policy, seats, spans = _any_room(request, actor, dates, guests, now)
    pool = occupancy.lock_pools([room.pool_id])[room.pool_id]
    path = occupancy.lock_path(authority_id)
    path_ids = [authority.id for authority in path]
    server_ids = _reserve(pool, path, dates, seats)

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
        room = bookable_room(request.room_id, actor)
    starts_local = chosen(request.starts_local, datetime.fromisoformat(booking.starts_local))
    duration = chosen(request.duration, booking.duration)
    refusal.alternatives = suggestions.alternatives(
        refusal,
        actor=actor,
        room=room,
        authority_id=booking.authority_id,
        starts_at=dates_of(starts_local, duration, chosen(request.timezone, booking.timezone))[0].starts_at,
        duration=duration,
        seats=chosen(request.seats, booking.seats) or booking.seats,
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

    starts_local = chosen(request.starts_local, datetime.fromisoformat(booking.starts_local)).replace(
        microsecond=0
    )
    duration = chosen(request.duration, booking.duration)
    zone_name = chosen(request.timezone, booking.timezone)
    wanted_dates = dates_from(starts_local, duration, zone_name)
    title = checked_title(chosen(request.title, booking.title))
    description = checked_description(chosen(request.description, booking.description))
    language = checked_language(chosen(request.language, booking.language))
    known = list(booking.attendees.select_related("person"))
    guests = [Guest(a.address, a.name, a.role, a.person) for a in known]
    if request.attendees is not UNSET:
        guests = resolve_guests(request.attendees, booking.organiser)
    old_room, room = booking.room, booking.room
    if request.room_id is not UNSET and request.room_id != old_room.id:
        room = bookable_room(request.room_id, actor)
    seats_asked = checked_seats(chosen(request.seats, booking.seats_asked))

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
        check_room(room, None)
    seats = booking.seats
    if request.seats is not UNSET or "room" in what or "attendees" in what:
        seats = expected_seats(seats_asked, guests, room, policy, grow=True)
    if seats != booking.seats:
        what.append("seats")
    if not what and language == booking.language:
        return booking

    if {"time", "room", "seats"} & set(what):
        check_length(duration, policy)
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
    spans = [Span.of(date, policy) for date in dates]
    clashes = occupancy.clashes(room.id, spans, except_booking=booking.id)
    if clashes:
        raise SlotTaken(conflicts=clashes)
    pools = occupancy.lock_pools({room.pool_id, *(o.pool_id for o in occurrences)})
    path = occupancy.lock_path(booking.authority_id)
    path_ids = [authority.id for authority in path]
    occupancy.lock_dates(occurrences)
    if any(o.state not in OCCUPYING for o in occurrences):
        raise AlreadyStarted()
    running = [o for o in occurrences if o.state not in NOT_YET_OPEN or o.starts_at <= now]
    for o, date in zip(occurrences, dates, strict=True):
        if o in running and (date.starts_at != o.starts_at or room.id != o.room_id or date.ends_at <= now):
            raise AlreadyStarted()
    if moved and not running:
        check_time(dates, policy, now)
    occupancy.release(occurrences, path_ids)
    # out of the way of what may be re-reserved for the new time
    Occurrence.objects.filter(id__in=[o.id for o in occurrences]).update(state=OccurrenceState.CANCELLED)
    server_ids = _reserve(pools[room.pool_id], path, dates, seats)
    for o, span, server_id in zip(occurrences, spans, server_ids, strict=True):
        o.room, o.pool_id, o.reserved_server_id = room, room.pool_id, server_id
        o.starts_at, o.ends_at = span.date.starts_at, span.date.ends_at
        o.blocks_from, o.blocks_until = span.blocks_from, span.blocks_until
        o.seats = seats
        if o.state == OccurrenceState.OVERRUN:
            o.state = (
                OccurrenceState.LIVE
            )  # its new end is ahead: what it took beyond the old one is planned now
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
        occupancy.lock_rooms({o.room_id for o in occurrences})
        occupancy.lock_pools({o.pool_id for o in occurrences})
        path_ids = [authority.id for authority in occupancy.lock_path(booking.authority_id)]
        occupancy.lock_dates(occurrences)
        occurrences = [o for o in occurrences if o.state in OCCUPYING]
        if not occurrences:
            raise AlreadyStarted(_("The meeting is over; it cannot be cancelled any more."))
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


def _any_room(
    request: BookingRequest, actor: Actor, dates: Sequence[Date], guests: Sequence[Guest], now: datetime
) -> tuple[Room, Policy, int, list[Span]]:
    """The smallest free room that fits, locked: a named one, else one from stock, else a new stock room.

    Each is tried under a savepoint of its own, so that at most one room is locked at a time.
    """
    seats = expected_seats(request.seats, guests, None, None)
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
                    check_room(room, seats)
                    policy = policy_of(room.room_class)
                    spans = spans_of(dates, policy, now)
                    clashes = occupancy.clashes(room.id, spans)
                    if not clashes:
                        return room, policy, seats, spans
                    raise SlotTaken(conflicts=clashes)
            except SlotTaken:
                continue
            except Refusal as refusal:
                last = refusal
    stock = rooms.filter(is_stock=True).order_by("-seats", "id").select_related("room_class").first()
    if stock is None:
        if last is not None:
            raise last
        largest = rooms_bookable_by(actor).filter(is_active=True).order_by("-seats").first()
        limit = largest.seats if largest is not None else 0
        raise NoRoom(limit=limit, asked=seats, unit="seats") if limit < seats else NoRoom()
    # what other rooms refuse by their class is no reason: the class of the stock decides
    policy = policy_of(stock.room_class)
    spans = spans_of(dates, policy, now)
    return add_stock_room(stock), policy, seats, spans


def _reserve(pool: Pool, path: Sequence[Authority], dates: Sequence[Date], seats: int) -> list[UUID]:
    """Check quota and capacity of all dates and name the server of each. Pool and path are locked."""
    servers = occupancy.servers_taking(pool.id)
    path_ids = [authority.id for authority in path]
    days = {day for date in dates for day in ledger.days_of(date.starts_at, date.ends_at)}
    levels = ledger.read_levels([*(s.id for s in servers), pool.id, *path_ids], days)
    occupancy.check_quotas(path, dates, seats, levels)
    return occupancy.reserve_servers(pool, servers, dates, seats, levels)


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
