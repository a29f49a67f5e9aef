# SPDX-License-Identifier: EUPL-1.2
"""Wishes that were refused and are kept as bookings: they occupy nothing, nobody is invited, their link opens nothing.

Where a calendar or a mail asked, there has to be something that says no (ADR 19). What was refused can be tried again,
as it was or otherwise, under the same UID and link; then it is a booking like all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings import approvals, history, occupancy
from vconf.bookings.apart import claim_together, place_apart
from vconf.bookings.attempts import record_refusal
from vconf.bookings.calendars import show_booking
from vconf.bookings.changing import keep_people
from vconf.bookings.checks import (
    SHORTEST,
    Guest,
    charged_authority,
    dates_from,
    resolve_guests,
)
from vconf.bookings.choosing import rooms_wanted
from vconf.bookings.events import BookingConfirmed, BookingRefused
from vconf.bookings.holding import written
from vconf.bookings.links import new_link
from vconf.bookings.models import Booking, Occurrence, OccurrenceState
from vconf.bookings.overriding import Overridden, folded, plan_with_overrides, understand
from vconf.bookings.placing import Place, approvals_needed, row_of, show
from vconf.bookings.plans import Plan
from vconf.bookings.recurrence import Date
from vconf.bookings.refusals import kept
from vconf.bookings.repeats import remember, repeated
from vconf.bookings.requests import BookingRequest
from vconf.bookings.uids import check_uid, first_sequence, link_before, own_uid
from vconf.errors import Refusal
from vconf.ids import uuid7
from vconf.outbox.record import record
from vconf.rooms.models import ConferenceServer, Room
from vconf.rooms.policies import policy_of
from vconf.rooms.selectors import rooms_bookable_by, rooms_visible_to


def store_refused(
    request: BookingRequest,
    refusal: Refusal,
    *,
    actor: Actor,
    rights: Actor,
    fingerprint: str,
    now: datetime,
    booking: Booking | None = None,
) -> Booking:
    """Keep the wish and why it was refused, as a new booking or in the place of an earlier wish (`booking`, locked).
    The caller has a transaction.

    Raises the refusal if there is no room at all that the organiser might have had.
    """
    known = repeated(request.idempotency_key, fingerprint, actor=actor)
    if known is not None:
        return known
    organiser = rights.person
    assert organiser is not None
    authority_id = charged_authority(request.authority_id, rights)
    guests = resolve_guests(request.attendees, organiser)
    room = _room_for(request, rights, guests)
    server = None if room is None else _any_server(room)
    if room is None or server is None:
        raise refusal
    is_new = booking is None
    if booking is None:
        if request.uid is not None:
            check_uid(organiser.id, request.uid)
        booking_id = uuid7()
        remember(request.idempotency_key, fingerprint, booking_id, actor=actor)
        link = link_before(organiser.id, request.uid, now=now)
        if link is None:
            link = new_link()
            link.save(force_insert=True)
        booking = Booking(
            id=booking_id,
            uid=request.uid or own_uid(booking_id),
            organiser=organiser,
            booked_by=actor.person,
            authority_id=authority_id,
            join_link=link,
            # whoever books it in the end: its UID is that door's, where somebody else may write the invitations
            source=request.source,
            sequence=max(request.sequence, first_sequence(organiser.id, request.uid)),
            created_at=now,
        )
    else:
        booking.version += 1
        booking.sequence = max(booking.sequence + 1, request.sequence)
        booking.occurrences.all().delete()
    plan = _plan_told(request, now)
    seats = request.seats or len(guests) + 1
    booking.room, booking.seats, booking.seats_asked = room, seats, request.seats
    _describe(booking, request, plan.plan)
    booking.changed_at = now
    booking.wish, booking.refusal = written(request), kept(refusal)
    booking.save(force_insert=is_new)
    policy = policy_of(room.room_class)
    rows = []
    for date in plan.plan.dates:
        place = Place(date, room, policy, seats, title=plan.titles.get(date.recurrence_id, ""))
        row = row_of(booking, place, server.id)
        row.state = OccurrenceState.REFUSED
        rows.append(row)
    Occurrence.objects.bulk_create(rows)
    # addresses only: nobody is asked to come, so nobody's account is to see it
    keep_people(booking, [replace(guest, person=None) for guest in guests])
    show_booking(booking, person_ids={organiser.id}, now=now, href=request.href)
    why = {"refusal": ("", refusal.code)}
    history.note(booking, "refused", actor=actor, changes=why, now=now, source=request.source)
    record(BookingRefused(booking_id=str(booking.id), version=booking.version))
    if not refusal.noted:
        record_refusal(
            "booking.book", refusal, actor=actor, authority_id=booking.authority_id, object_id=booking.id
        )
    _tell_audit("booking.keep_refused", booking, actor, len(rows))
    return booking


def book_anew(
    booking: Booking, request: BookingRequest, *, actor: Actor, rights: Actor, now: datetime
) -> Booking:
    """Book what had been refused: same UID, same link. The booking is locked, inside of an attempt.

    Raises like `book`.
    """
    organiser = rights.person
    assert organiser is not None
    request = folded(request)
    wanted = understand(request, rights=rights, now=now)
    room, overridden, guests = wanted.room, wanted.overridden, wanted.guests
    claim = claim_together(request, overridden, rights, booking.authority_id, guests, room, now)
    booking.occurrences.all().delete()
    booking.wish = booking.refusal = None
    booking.room, booking.seats, booking.seats_asked = claim.room, claim.seats, request.seats
    _describe(booking, request, overridden.plan)
    booking.sequence = max(booking.sequence + 1, request.sequence)
    booking.version += 1
    booking.changed_at = now
    booking.save()
    titles = overridden.titles
    places = {
        date: Place(date, claim.room, claim.policy, claim.seats, title=titles.get(date.recurrence_id, ""))
        for date in claim.server_ids
    }
    waits = bool(approvals_needed(booking, [*places.values()]))
    rows = [row_of(booking, places[date], server, waits=waits) for date, server in claim.server_ids.items()]
    occupancy.occupy(rows, [authority.id for authority in claim.path])
    Occurrence.objects.bulk_create(rows)
    place_apart(booking, overridden, rows, rights, now)
    keep_people(booking, guests)
    show(booking, guests, now)
    told = {name: ("", text) for name, text in history.portrait(booking).items() if text}
    history.note(booking, "booked", actor=actor, changes=told, now=now, source=request.source)
    if not waits:
        record(BookingConfirmed(booking_id=str(booking.id), sequence=booking.sequence))
    approvals.follow(booking, actor=actor)
    _tell_audit("booking.book", booking, actor, len(overridden.plan.dates))
    return booking


def _describe(booking: Booking, request: BookingRequest, plan: Plan) -> None:
    booking.title, booking.description = request.title.strip(), request.description.strip()
    booking.language = request.language
    booking.timezone, booking.duration = request.timezone, request.duration
    booking.starts_local = plan.starts_local.isoformat()
    booking.rrule = plan.rrule
    booking.rdate = [local.isoformat() for local in plan.rdate]
    booking.exdate = [local.isoformat() for local in plan.exdate]
    booking.promised_until = plan.promised_until


def _room_for(request: BookingRequest, rights: Actor, guests: Sequence[Guest]) -> Room | None:
    """The room that says no: the one asked for, else the smallest that would fit, or the largest there is."""
    if request.room_id is not None:
        return rooms_visible_to(rights).filter(id=request.room_id).first()
    fitting = rooms_wanted(request, rights, guests)[1].order_by("is_stock", "seats", "name", "id").first()
    return fitting or rooms_bookable_by(rights).filter(is_active=True).order_by("-seats", "id").first()


def _any_server(room: Room) -> ConferenceServer | None:
    """A row of a date names a server, though a refused date takes nothing from it."""
    servers = ConferenceServer.objects.order_by("id")
    return servers.filter(pool_id=room.pool_id).first() or servers.first()


def _plan_told(request: BookingRequest, now: datetime) -> Overridden:
    """The dates that were asked for; the first alone, if there are too many, or each is too long for any."""
    try:
        return plan_with_overrides(request, now=now)
    except Refusal:
        [first] = dates_from(request.starts_local, SHORTEST, request.timezone)
        date = Date(first.recurrence_id, first.starts_at, first.starts_at + request.duration)
        return Overridden(Plan(first.recurrence_id, [date]), None)


def _tell_audit(action: str, booking: Booking, actor: Actor, dates: int) -> None:
    record_audit(
        action,
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=booking.authority_id,
        numbers={"seats": booking.seats, "dates": dates},
        changes={"room": str(booking.room_id), "source": booking.source},
    )
