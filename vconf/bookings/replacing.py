# SPDX-License-Identifier: EUPL-1.2
"""A booking as its organiser's calendar has it now, in the place of what it was: the whole object in one transaction.

What is different is worked out date by date (`differing`) and done as one change: one SEQUENCE, one fact, one line in
the history. Dates that have begun stay as they are, whatever the object says; a dropped one stays dropped, unless the
organiser takes that back just now (ADR 19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from vconf.audit.record import record_audit
from vconf.authorities.deputies import rights_of_organiser
from vconf.authorities.rights import Actor
from vconf.bookings import answers, history, overlaps, policing, suggestions
from vconf.bookings.attempts import attempt, record_refusal
from vconf.bookings.calendars import expect_calendars
from vconf.bookings.changing import guests_of, keep_change, keep_people, lock_booking, move_to, seats_of
from vconf.bookings.checks import (
    Guest,
    bookable_room,
    bookable_rooms,
    check_room,
    check_rooms_known,
    check_words,
    checked_description,
    checked_title,
    expected_seats,
    resolve_guests,
)
from vconf.bookings.choosing import room_in_sight
from vconf.bookings.differing import TakesBack, differing, given_up
from vconf.bookings.errors import (
    AlreadyStarted,
    NoCapacity,
    NothingWished,
    RoomBlocked,
    RoomTooSmall,
    SlotTaken,
)
from vconf.bookings.events import BookingRefused
from vconf.bookings.holding import hold, wish_of, written
from vconf.bookings.models import OCCUPYING, Booking, Occurrence
from vconf.bookings.overriding import folded, plan_with_overrides
from vconf.bookings.placing import Place, lock_rooms_with_policies, show
from vconf.bookings.plans import Plan
from vconf.bookings.recurrence import Date
from vconf.bookings.refusals import can_be_kept, refusal_of
from vconf.bookings.refusing import book_anew
from vconf.bookings.refusing import store_refused as keep_refused
from vconf.bookings.requests import BookingRequest
from vconf.bookings.retiming import is_series
from vconf.bookings.retry import Meanwhile, retried
from vconf.bookings.selectors import get_own_booking
from vconf.bookings.under_way import with_dates_to_come
from vconf.crashpoints import reach
from vconf.errors import Alternative, DomainError, Refusal
from vconf.outbox.record import record
from vconf.rooms.models import Room
from vconf.rooms.policies import policy_of
from vconf.rooms.services import add_stock_room

__all__ = ["keep_old_times", "replace_booking", "try_again"]

#: what another room may mend, where none was asked for by name
_OTHER_ROOM = (SlotTaken, RoomTooSmall, RoomBlocked, NoCapacity)


@retried
def replace_booking(
    booking_id: UUID,
    wanted: BookingRequest,
    *,
    actor: Actor,
    expected_version: int | None = None,
    store_refused: bool = False,
    takes_back: TakesBack = False,
) -> Booking:
    """Make the booking what `wanted` says, as a whole, but for what has begun. What was refused is booked anew.

    No room named: it keeps its room as long as that can be had. No number of seats: the one that was asked for before,
    or what the people need. Zone, rule, EXDATE, RDATE, overrides, people and words are those of `wanted`; organiser,
    authority, UID and language stay. takes_back: True if whoever asks has seen the booking as it is, so that a date
    dropped minutes ago, and named by the object, is taken back; or the recurrence ids of those that are.

    Raises NotFound or Forbidden before anything else, VersionConflict, Invalid, AlreadyCancelled, AlreadyStarted
    (nothing of it is ahead), and every refusal of `book`; then all is as it was. With `store_refused` the wish is kept
    instead (`holding.hold`): the dates that it would have given up are held, and the booking is returned.
    """
    now = timezone.now()
    before = get_own_booking(booking_id, actor=actor)
    wanted = folded(wanted)
    if before.is_refused:
        wanted = with_dates_to_come(wanted, now=now)
    check_words(wanted)
    expect_calendars(_accounts(wanted, before))
    refusal = attempt(lambda: _replace(booking_id, wanted, expected_version, takes_back, actor, now))
    if isinstance(refusal, Booking):
        return refusal
    booking = Booking.objects.select_related("room__room_class", "organiser").get(id=booking_id)
    with transaction.atomic():
        record_refusal(
            "booking.change", refusal, actor=actor, authority_id=booking.authority_id, object_id=booking.id
        )
    keeps = store_refused and can_be_kept(refusal)
    refusal.alternatives = tuple(_ways_out(refusal, booking, wanted, actor, now))
    if not keeps:
        raise refusal
    with transaction.atomic():
        booking = _keep_wish(booking_id, booking.version, wanted, refusal, actor, now)
        reach("wish.before_commit")
        transaction.on_commit(lambda: reach("wish.after_commit"))
    return booking


@retried
def try_again(booking_id: UUID, *, actor: Actor, expected_version: int | None = None) -> Booking:
    """What was refused is asked for once more, as it was. Raises NothingWished, and like `replace_booking`."""
    booking = get_own_booking(booking_id, actor=actor)
    wanted = wish_of(booking)
    if wanted is None:
        raise NothingWished()
    return replace_booking(
        booking_id,
        wanted,
        actor=actor,
        expected_version=booking.version if expected_version is None else expected_version,
    )


@retried
def keep_old_times(booking_id: UUID, *, actor: Actor, expected_version: int | None = None) -> Booking:
    """The refused change is given up: what is held stands as it was before.

    Raises NotFound or Forbidden first, VersionConflict, AlreadyCancelled, NotBooked, NothingWished.
    """
    now = timezone.now()
    get_own_booking(booking_id, actor=actor)
    with transaction.atomic():
        booking = lock_booking(booking_id, expected_version=expected_version)
        if not booking.is_held:
            raise NothingWished()
        keep_change(booking, [], guests_of(booking), _rooms_of(booking), actor=actor, now=now, action="kept")
    return booking


def _replace(
    booking_id: UUID,
    wanted: BookingRequest,
    expected_version: int | None,
    takes_back: TakesBack,
    actor: Actor,
    now: datetime,
) -> Booking:
    booking = lock_booking(booking_id, expected_version=expected_version, refused_too=True)
    rights = rights_of_organiser(booking.organiser_id, actor=actor)
    if booking.is_refused:
        booking = book_anew(booking, wanted, actor=actor, rights=rights, now=now)
        reach("anew.before_commit")
        return booking
    try:
        with transaction.atomic():
            return _apply(booking, wanted, booking.room, takes_back, rights, actor, now)
    except _OTHER_ROOM as refusal:
        if wanted.room_id is not None:
            raise
        kept_refusal = refusal
    booking.refresh_from_db()
    full = isinstance(kept_refusal, NoCapacity)
    room = _other_room(booking, wanted, takes_back, full, rights, now)
    if room is None:
        raise kept_refusal
    return _apply(booking, wanted, room, takes_back, rights, actor, now)


def _apply(
    booking: Booking,
    wanted: BookingRequest,
    room: Room,
    takes_back: TakesBack,
    rights: Actor,
    actor: Actor,
    now: datetime,
) -> Booking:
    """`room`: where the dates shall be that the object gives no room."""
    before = history.portrait(booking)
    rows = list(booking.occurrences.all())
    check_rooms_known(wanted)
    if wanted.room_id is not None and wanted.room_id != booking.room_id:
        room = bookable_room(wanted.room_id, rights)
    known, guests = guests_of(booking), resolve_guests(wanted.attendees, booking.organiser)
    title, description = checked_title(wanted.title), checked_description(wanted.description)
    horizon = policing.horizon_days(policy_of(room.room_class))
    what = differing(booking, wanted, rows, now=now, days_ahead=horizon, takes_back=takes_back)
    timing = what.timing
    own_rooms = {
        own for local, own in what.rooms.items() if local in {date.recurrence_id for date, _ in what.ahead}
    }
    bookable_rooms(own_rooms - {o.room_id for o in rows} - {room.id}, rights)
    rooms = {booking.room_id, room.id, *own_rooms, *(o.room_id for o in rows if o.state in OCCUPYING)}
    locked = lock_rooms_with_policies(rooms)
    room, policy = locked[room.id]
    moves = room.id != booking.room_id
    if moves:
        check_room(room, None)
    people = _as_shown(guests) != _as_shown(known)
    asked = booking.seats_asked if wanted.seats is None else wanted.seats
    seats = booking.seats
    if wanted.seats is not None or moves or people:
        seats = expected_seats(asked, guests, room, policy, grow=True)
    places = []
    for date, o in what.ahead:
        there, its_policy = locked[what.room_of(o, date.recurrence_id, moves=moves) or room.id]
        number = seats
        if o is not None:
            anew = wanted.seats is not None or o.state not in OCCUPYING
            number = seats_of(o, booking, seats, there, anew=anew)
        own_title = what.titles.get(date.recurrence_id, "")
        places.append(Place(date, there, its_policy, number, o, title=own_title))
    moving = [place for place in places if not place.is_taken]
    retitled = [p for p in places if p.occurrence is not None and p.occurrence.title != p.title]
    is_retimed = what.is_retimed or any(_is_elsewhen(p) for p in moving)
    changed = {
        "time": is_retimed,
        "title": title != booking.title or bool(retitled),
        "description": description != booking.description,
        "attendees": people,
        "room": moves or any(_is_elsewhere(p) for p in moving),
        "seats": seats != booking.seats or any(_is_resized(p) for p in moving),
    }
    names = [name for name, is_new in changed.items() if is_new]
    if not names and not booking.is_held:
        return booking
    if not moving and not any(o.state in OCCUPYING for o in rows):
        raise AlreadyStarted()
    if timing.is_series and (moves or not is_series(booking)):
        policing.check_series(policy, len(places))
    shifted = [p.occurrence for p in moving if p.occurrence is not None and _is_elsewhen(p)]
    single_dates = {} if what.is_other_time else _told(moving, timing.gone, booking.timezone)
    if moving or timing.gone or timing.delta:
        move_to(booking, rows, places, timing.gone, timing.delta, rights, now)
    timing.keep(booking)
    for place in retitled:
        if place.is_taken and place.occurrence is not None:
            Occurrence.objects.filter(id=place.occurrence.id).update(title=place.title)
    if people:
        keep_people(booking, guests)
    if what.is_other_time and (moving or timing.gone):
        answers.ask_again(booking, with_sequence=wanted.sequence if wanted.source == "mail" else None)
    else:
        answers.ask_again_about(booking, shifted)
    booking.title, booking.description = title, description
    booking.room, booking.seats, booking.seats_asked = room, seats, asked
    came = {g.address for g in guests} - {g.address for g in known}
    went = {g.address for g in known} - {g.address for g in guests}
    changes = history.differences(before, history.portrait(booking)) | history.people(came, went)
    keep_change(
        booking,
        names,
        guests,
        rooms,
        actor=actor,
        now=now,
        added=sorted(came),
        removed=sorted(went),
        action="changed" if names else "kept",
        changes=changes | single_dates,
        source=wanted.source,
        sequence=wanted.sequence if names else 0,
    )
    reach("replace.before_commit")
    transaction.on_commit(lambda: reach("replace.after_commit"))
    return booking


def _as_shown(guests: Sequence[Guest]) -> set[tuple[str, str, str]]:
    """As programs read them, and send them back: who was invited without a name has that of their account there."""
    return {(g.address, g.name or (g.person.name if g.person is not None else ""), g.role) for g in guests}


def _is_elsewhen(place: Place) -> bool:
    o = place.occurrence
    there = (place.date.starts_at, place.date.ends_at)
    return o is None or o.state not in OCCUPYING or (o.starts_at, o.ends_at) != there


def _is_elsewhere(place: Place) -> bool:
    o = place.occurrence
    return o is not None and o.state in OCCUPYING and o.room_id != place.room.id


def _is_resized(place: Place) -> bool:
    o = place.occurrence
    return o is not None and o.state in OCCUPYING and o.seats != place.seats


def _told(moving: Sequence[Place], gone: Sequence[Occurrence], zone_name: str) -> dict[str, tuple[str, str]]:
    """Dates that were moved, came or went by themselves, for the history."""
    before = [o for place in moving if (o := place.occurrence) is not None and o.state in OCCUPYING]
    left = history.dates([*before, *gone], zone_name)
    come = history.spans([(place.date.starts_at, place.date.ends_at) for place in moving], zone_name)
    return {"dates": (left, come)} if left != come else {}


def _other_room(
    booking: Booking, wanted: BookingRequest, takes_back: TakesBack, full: bool, rights: Actor, now: datetime
) -> Room | None:
    """Another room that takes what is to come, or None. full: the pool of the present one has nothing left."""
    rows = list(booking.occurrences.all())
    horizon = policing.horizon_days(policy_of(booking.room.room_class))
    what = differing(booking, wanted, rows, now=now, days_ahead=horizon, takes_back=takes_back)
    dates = [date for date, _ in what.ahead]
    if not dates:
        return None
    guests = resolve_guests(wanted.attendees, booking.organiser)
    asked = booking.seats_asked if wanted.seats is None else wanted.seats
    seats = (
        booking.seats
        if asked is None and not guests
        else expected_seats(asked, guests, None, None, grow=True)
    )
    rule = what.timing
    plan = Plan(rule.starts_local, dates, rule.rrule, tuple(rule.rdate), tuple(rule.exdate))
    try:
        room, _policy, _seats, spans = room_in_sight(
            replace(wanted, seats=seats, partial=False),
            rights,
            plan,
            guests,
            now,
            full={booking.room.pool_id} if full else (),
            except_booking=booking.id,
        )
    except Refusal:
        return None
    if overlaps.clashes(room.id, spans, except_booking=booking.id):
        room = add_stock_room(room)  # it stands for a new one of the stock
    return None if room.id == booking.room_id else room


def _keep_wish(
    booking_id: UUID, version: int, wanted: BookingRequest, refusal: Refusal, actor: Actor, now: datetime
) -> Booking:
    booking = lock_booking(booking_id, expected_version=None, refused_too=True)
    if booking.version != version:
        raise Meanwhile()
    before = refusal_of(booking)
    if before is not None and before.code == refusal.code and booking.wish == written(wanted):
        return booking  # the same once more: whoever asked was told
    if booking.is_refused:
        rights = rights_of_organiser(booking.organiser_id, actor=actor)
        return keep_refused(
            wanted, refusal, actor=actor, rights=rights, fingerprint="", now=now, booking=booking
        )
    guests = guests_of(booking)
    people = len(resolve_guests(wanted.attendees, booking.organiser)) + 1
    rows = list(booking.occurrences.all())
    dates = given_up(booking, wanted, rows, people, now)
    hold(booking, dates, wanted, refusal, now)
    booking.version += 1
    booking.changed_at = now
    booking.save()
    show(booking, guests, now)
    history.note(
        booking,
        "held",
        actor=actor,
        changes={"refusal": ("", refusal.code), "dates": (history.dates(dates, booking.timezone), "")},
        now=now,
        source=wanted.source,
    )
    record(BookingRefused(booking_id=str(booking.id), version=booking.version))
    record_audit(
        "booking.hold",
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=booking.authority_id,
        numbers={"dates": len(dates)},
    )
    return booking


def _ways_out(
    refusal: Refusal, booking: Booking, wanted: BookingRequest, actor: Actor, now: datetime
) -> Sequence[Alternative]:
    """What could be had instead of all that the object wants from now on. Outside of any lock."""
    rights = rights_of_organiser(booking.organiser_id, actor=actor)
    room: Room | None = booking.room
    try:
        if wanted.room_id is not None and wanted.room_id != booking.room_id:
            room = bookable_room(wanted.room_id, rights)
        dates = _dates_wanted(booking, wanted, now)
    except DomainError:
        return ()
    if booking.is_refused and wanted.room_id is None:
        room = None
    return suggestions.ways_out(
        refusal,
        actor=rights,
        room=room,
        authority_id=booking.authority_id,
        dates=dates,
        seats=wanted.seats or max(booking.seats, len(wanted.attendees) + 1),
        now=now,
        except_booking=booking.id,
    )


def _dates_wanted(booking: Booking, wanted: BookingRequest, now: datetime) -> Sequence[Date]:
    if booking.is_refused:
        return plan_with_overrides(wanted, now=now).plan.dates
    rows = list(booking.occurrences.all())
    return [date for date, _ in differing(booking, wanted, rows, now=now, days_ahead=None).ahead]


def _accounts(wanted: BookingRequest, booking: Booking) -> set[UUID]:
    guests = resolve_guests(wanted.attendees, booking.organiser)
    return {booking.organiser_id, *(g.person.id for g in guests if g.person is not None)}


def _rooms_of(booking: Booking) -> set[UUID]:
    return {
        booking.room_id,
        *booking.occurrences.filter(state__in=OCCUPYING).values_list("room_id", flat=True),
    }
