# SPDX-License-Identifier: EUPL-1.2
"""book, change, cancel: the only writers of bookings. One transaction each; what the outside shall do about it
is a fact in the outbox, written in the same transaction (invariant 7).

A refused attempt is rolled back, a change or cancellation to a savepoint, and the audit row of the refusal is kept
(ADR 14). Nothing but SQL happens between the first lock and the commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.deputies import rights_of_organiser
from vconf.authorities.rights import Actor
from vconf.bookings import approvals, history, locks, occupancy, suggestions
from vconf.bookings.apart import claim_together, place_apart
from vconf.bookings.attempts import attempt, record_refusal, refusals_noted
from vconf.bookings.calendars import NewInCalendars, expect_calendars, show_booking
from vconf.bookings.changing import apply_change, lock_booking, with_alternatives
from vconf.bookings.checks import (
    Guest,
    charged_authority,
    check_words,
    checked_reminder,
    expected_seats,
)
from vconf.bookings.errors import AlreadyStarted
from vconf.bookings.events import BookingConfirmed
from vconf.bookings.giving_up import give_up_all
from vconf.bookings.holding import wish_of
from vconf.bookings.links import new_link
from vconf.bookings.models import OCCUPYING, Attendee, Booking, OccurrenceState
from vconf.bookings.overriding import Overridden, folded, understand
from vconf.bookings.placing import Place, approvals_needed, people_of, row_of
from vconf.bookings.refusals import can_be_kept
from vconf.bookings.refusing import store_refused
from vconf.bookings.repeats import fingerprint_of, remember, repeated
from vconf.bookings.replacing import replace_booking
from vconf.bookings.requests import BookingRequest, ChangeRequest, changed
from vconf.bookings.retry import retried
from vconf.bookings.selectors import get_own_booking
from vconf.bookings.sight import status_of
from vconf.bookings.uids import check_uid, first_sequence, link_before, own_uid
from vconf.crashpoints import reach
from vconf.errors import NotFound, Refusal
from vconf.ids import uuid7
from vconf.outbox.record import record
from vconf.rooms.models import Room
from vconf.writing import Writing

__all__ = ["book", "cancel", "change"]


@retried
@refusals_noted("booking.book")
def book(request: BookingRequest, *, actor: Actor, fingerprint: str = "") -> Booking:
    """Book a room: the whole promise, or a refusal and nothing. A deputy books with the rights of the organiser.

    With `store_refused` a refusal is kept as a booking that occupies nothing (`refusing`), and that is returned.

    Raises Invalid (cannot be understood), NotFound (room or authority absent or foreign) or a Refusal of
    `bookings.errors` with numbers, clashing dates and alternatives. With an idempotency key a repeat returns
    the first booking; the same key with another request raises IdempotencyMismatch. `fingerprint`: what the caller
    was asked for, where the request was made out of something that changes.
    """
    now = timezone.now()
    if actor.person is None:
        raise NotFound()
    rights = rights_of_organiser(request.organiser_id, actor=actor)
    organiser = rights.person
    assert organiser is not None
    key = request.idempotency_key
    fingerprint = fingerprint or fingerprint_of("book", request)
    known = repeated(key, fingerprint, actor=actor)
    if known is not None:
        # before all checks: what was promised stays promised when the room is blocked now, or the date has begun
        return known
    request = folded(request)
    check_words(request)
    authority_id = charged_authority(request.authority_id, rights)
    try:
        return _book_or_refuse(request, actor, rights, authority_id, fingerprint, now)
    except Refusal as refusal:
        if not (request.store_refused and can_be_kept(refusal)):
            raise
        with transaction.atomic():
            booking = store_refused(
                request, refusal, actor=actor, rights=rights, fingerprint=fingerprint, now=now
            )
            reach("wish.before_commit")
            transaction.on_commit(lambda: reach("wish.after_commit"))
        return booking


def _book_or_refuse(
    request: BookingRequest, actor: Actor, rights: Actor, authority_id: UUID, fingerprint: str, now: datetime
) -> Booking:
    organiser = rights.person
    assert organiser is not None
    wanted = understand(request, rights=rights, now=now)
    room, overridden, guests = wanted.room, wanted.overridden, wanted.guests
    # in a transaction of its own: two first bookings of one person must not wait for each other over this; two of one
    # room do so anyway
    expect_calendars({organiser.id, *(g.person.id for g in guests if g.person is not None)})
    refusal = attempt(
        lambda: _book(request, actor, rights, overridden, authority_id, guests, room, fingerprint, now)
    )
    if isinstance(refusal, Booking):
        return refusal
    with transaction.atomic():
        record_refusal("booking.book", refusal, actor=actor, authority_id=authority_id, object_id="")
    fitting = room if room is not None and len(guests) < room.seats else None
    seats = request.seats or expected_seats(None, guests, fitting, wanted.policy)
    refusal.alternatives = suggestions.ways_out(
        refusal,
        actor=rights,
        room=room,
        authority_id=authority_id,
        dates=overridden.plan.dates,
        seats=seats,
        now=now,
    )
    raise refusal


def _book(
    request: BookingRequest,
    actor: Actor,
    rights: Actor,
    overridden: Overridden,
    authority_id: UUID,
    guests: Sequence[Guest],
    room: Room | None,
    fingerprint: str,
    now: datetime,
) -> Booking:
    organiser = rights.person
    assert organiser is not None
    known = repeated(request.idempotency_key, fingerprint, actor=actor)
    if known is not None:
        return known
    if request.uid is not None:
        check_uid(organiser.id, request.uid)
    booking_id = uuid7()
    remember(request.idempotency_key, fingerprint, booking_id, actor=actor)
    # before the locks, so that others wait no longer than they must
    writing = Writing()
    new = new_link()
    claim = claim_together(request, overridden, rights, authority_id, guests, room, now)
    link = link_before(organiser.id, request.uid, now=now) or new
    if link is new:
        writing.add([link])
    room, policy, seats = claim.room, claim.policy, claim.seats
    plan = overridden.plan

    booking = Booking(
        id=booking_id,
        uid=request.uid or own_uid(booking_id),
        sequence=max(request.sequence, first_sequence(organiser.id, request.uid)),
        organiser=organiser,
        booked_by=actor.person,
        authority=claim.path[-1],
        room=room,
        join_link=link,
        title=request.title.strip(),
        description=request.description.strip(),
        language=request.language,
        source=request.source,
        remind_minutes=checked_reminder(request.remind_minutes),
        remind_at=None if request.remind_minutes is None else now,
        timezone=request.timezone,
        starts_local=plan.starts_local.isoformat(),
        duration=request.duration,
        rrule=plan.rrule,
        rdate=[local.isoformat() for local in plan.rdate],
        exdate=[local.isoformat() for local in plan.exdate],
        promised_until=plan.promised_until,
        seats=seats,
        seats_asked=request.seats,
        created_at=now,
        changed_at=now,
    )
    if booking.sequence:
        booking.outdated = {"": booking.sequence - 1}  # whatever was invited before, it was not this
    writing.add([booking])
    titles = overridden.titles
    places = {
        date: Place(date, room, policy, seats, title=titles.get(date.recurrence_id, ""))
        for date in plan.dates
        if date.recurrence_id not in overridden.apart
    }
    waits = bool(approvals_needed(booking, [places[date] for date in claim.server_ids]))
    occurrences = [
        row_of(booking, places[date], server_id, waits=waits) for date, server_id in claim.server_ids.items()
    ]
    # a refused date occupies nothing; it is kept so that every answer can name it
    some_server = occurrences[0].reserved_server_id
    left_out = [row_of(booking, places[date], some_server) for date in claim.missing]
    for occurrence in left_out:
        occurrence.state = OccurrenceState.REFUSED
    writing.add([*occurrences, *left_out])
    attendees = [
        Attendee(
            booking=booking,
            address=g.address,
            name=g.name,
            role=g.role,
            person=g.person,
            told_by_client=bool(g.told_by_client),
        )
        for g in guests
    ]
    writing.add(attendees)
    occupancy.occupy_with(writing, occurrences, [authority.id for authority in claim.path])
    in_calendars = NewInCalendars(
        writing, booking, [*occurrences, *left_out], people_of(booking, guests), href=request.href
    )
    told = history.portrait(booking)
    history.note(
        booking,
        "booked",
        actor=actor,
        changes={name: ("", text) for name, text in told.items() if text},
        now=now,
        source=request.source,
        writing=writing,
    )
    if not waits:
        record(BookingConfirmed(booking_id=str(booking.id), sequence=booking.sequence), writing=writing)
    record_audit(
        "booking.book",
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=authority_id,
        numbers={"seats": seats, "dates": len(occurrences), "refused": len(left_out)},
        changes={
            "room": str(room.id),
            "starts_at": plan.dates[0].starts_at.isoformat(),
            "source": request.source,
            **({"organiser": str(organiser.id)} if organiser != actor.person else {}),
        },
        writing=writing,
    )
    writing.send()
    in_calendars.make_sure(now)
    if overridden.apart:
        place_apart(booking, overridden, occurrences, rights, now)
        show_booking(booking, person_ids=people_of(booking, guests), now=now, href=request.href)
    if waits or overridden.apart:
        approvals.follow(booking, actor=actor)
    if not waits and not left_out and not overridden.apart:
        booking.just_written = ([*occurrences, *left_out], attendees)
    reach("book.before_commit")
    return booking


@retried
def change(booking_id: UUID, request: ChangeRequest, *, actor: Actor) -> Booking:
    """Change what the request names. Dates that are past are never changed (invariant 6).

    Raises NotFound or Forbidden before anything else, VersionConflict if `expected_version` is not the
    booking's, AlreadyCancelled, AlreadyStarted, and every refusal of `book`; then the old promise stands.
    One that was refused is booked with the change, if it can be.
    """
    now = timezone.now()
    wish = wish_of(get_own_booking(booking_id, actor=actor), refused_only=True)
    if wish is not None:
        return replace_booking(
            booking_id, changed(wish, request), actor=actor, expected_version=request.expected_version
        )
    with transaction.atomic():
        refusal = attempt(lambda: _change(booking_id, request, actor, now))
        if isinstance(refusal, Booking):
            reach("change.before_commit")
            return refusal
        booking = Booking.objects.select_related("room__room_class").get(id=booking_id)
        record_refusal(
            "booking.change", refusal, actor=actor, authority_id=booking.authority_id, object_id=booking.id
        )
    raise with_alternatives(refusal, booking, request, actor, now)


def _change(booking_id: UUID, request: ChangeRequest, actor: Actor, now: datetime) -> Booking:
    booking = lock_booking(booking_id, expected_version=request.expected_version)
    reach("change.after_lock")
    return apply_change(booking, request, actor=actor, now=now)


@retried
@refusals_noted("booking.cancel")
def cancel(
    booking_id: UUID, *, actor: Actor, expected_version: int | None = None, source: str = "api"
) -> Booking:
    """Give up all dates that are not over; what they occupied is free at once. `restoring` takes it back. A
    booking that was refused is only taken out of the calendar.

    Raises NotFound or Forbidden first, then VersionConflict, AlreadyCancelled, AlreadyStarted (all is over).
    """
    now = timezone.now()
    get_own_booking(booking_id, actor=actor)
    with transaction.atomic():
        booking = lock_booking(booking_id, expected_version=expected_version, refused_too=True)
        occurrences = [o for o in booking.occurrences.all() if o.state in OCCUPYING]
        path_ids = locks.lock_accounts(occurrences, booking.authority_id)
        locks.lock_dates(occurrences)
        reach("cancel.after_locks")
        occurrences = [o for o in occurrences if o.state in OCCUPYING]
        if not occurrences and not _is_refused(booking):
            raise AlreadyStarted(_("The meeting is over; it cannot be cancelled any more."))
        give_up_all(booking, occurrences, path_ids, actor=actor, now=now, source=source)
        reach("cancel.before_commit")
    return booking


def _is_refused(booking: Booking) -> bool:
    return status_of(set(booking.occurrences.values_list("state", flat=True))) == "refused"
