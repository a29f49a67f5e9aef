# SPDX-License-Identifier: EUPL-1.2
"""A booking in other hands: the new organiser has all rights, the old one stays invited.

Who is charged stays, if the new organiser is a member there; else it is their home, whose quota is asked. Dates that
have begun were used by the old authority and stay charged to it (invariant 6): then the dates ahead become a booking
of their own, like *this and following*, and that is handed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.deputies import rights_of_organiser
from vconf.authorities.models import Authority
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import person_by_address
from vconf.bookings import history, ledger, locks, occupancy, quotas
from vconf.bookings.attempts import attempt, record_refusal
from vconf.bookings.changing import guests_of, keep_change, lock_booking
from vconf.bookings.checks import expected_seats, too_small
from vconf.bookings.errors import AlreadyStarted
from vconf.bookings.models import OCCUPYING, OFF, Attendee, AttendeeRole, Booking, Occurrence, PartStat
from vconf.bookings.placing import (
    Place,
    date_of,
    is_ahead,
    lock_rooms_with_policies,
    move_dates,
)
from vconf.bookings.policing import is_entitled
from vconf.bookings.repeats import fingerprint_of, once, repeated
from vconf.bookings.retry import retried
from vconf.bookings.selectors import get_own_booking
from vconf.bookings.series import split_off
from vconf.bookings.uids import check_uid
from vconf.errors import Invalid
from vconf.rooms.models import Room
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.selectors import rooms_bookable_by

#: dates that are over, or never were, and need nobody to answer for them


@retried
def transfer_booking(
    booking_id: UUID,
    address: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
    idempotency_key: str | None = None,
) -> Booking:
    """Make the person with this address the organiser of all dates ahead; the booking that they have then.

    Raises NotFound or Forbidden first, Invalid (nobody's address, somebody who works nowhere, or who may not book the
    room), VersionConflict, AlreadyCancelled, AlreadyStarted, QuotaExceeded, and RoomTooSmall or NoCapacity if the
    additional person finds no seat.
    """
    now = timezone.now()
    fingerprint = fingerprint_of("transfer", booking_id, address.strip().lower())
    known = repeated(idempotency_key, fingerprint, actor=actor)
    if known is not None:
        # before the rights, which went with the first time; what the caller still sees, the door asks
        return known
    booking = get_own_booking(booking_id, actor=actor)
    person = person_by_address(address)
    if person is None:
        raise Invalid.field("email", _("There is no account with this address."))
    heir = Actor.load(person)
    if heir.home_id is None:
        raise Invalid.field("email", _("This person is not a member of any authority."))
    with transaction.atomic():
        refusal = attempt(
            lambda: once(
                idempotency_key,
                fingerprint,
                booking_id,
                lambda: _transfer(booking_id, heir, expected_version, actor, now),
                actor=actor,
            )
        )
        if isinstance(refusal, Booking):
            return refusal
        record_refusal(
            "booking.transfer", refusal, actor=actor, authority_id=booking.authority_id, object_id=booking.id
        )
    raise refusal


def _transfer(
    booking_id: UUID, heir: Actor, expected_version: int | None, actor: Actor, now: datetime
) -> Booking:
    booking = lock_booking(booking_id, expected_version=expected_version)
    person = heir.person
    assert person is not None
    assert heir.home_id is not None
    if person.id == booking.organiser_id:
        return booking
    rows = sorted(booking.occurrences.all(), key=lambda o: o.recurrence_id)
    ahead = [o for o in rows if is_ahead(o, now)]
    if not ahead:
        raise AlreadyStarted()
    room_ids = {o.room_id for o in ahead}
    rooms = rooms_bookable_by(heir).filter(id__in=room_ids).select_related("room_class")
    if len([room for room in rooms if is_entitled(room, policy_of(room.room_class), heir)]) < len(room_ids):
        raise Invalid.field("email", _("This person may not book the room."))
    stays = booking.authority_id in heir.authority_ids
    new_authority_id = booking.authority_id if stays else _other_payer(booking, heir, actor)
    locked = lock_rooms_with_policies({booking.room_id, *room_ids})
    locks.lock_pools({o.pool_id for o in ahead})
    old_path, new_path = locks.lock_paths([booking.authority_id, new_authority_id])
    if not stays and any(o not in ahead and o.state not in OFF for o in rows):
        if ahead[0] is rows[0]:
            raise AlreadyStarted(_("The series has begun; change this and the following dates instead."))
        booking = split_off(booking, rows, ahead[0], actor=actor, now=now)
        rows = list(booking.occurrences.all())
        ahead = [o for o in rows if is_ahead(o, now)]
    # a series that was split just now has a UID of its own
    check_uid(person.id, booking.uid)
    before = history.portrait(booking)
    old = booking.organiser
    if not stays:
        _charge(ahead, [one.id for one in old_path], new_path, now)
    booking.organiser, booking.authority_id = person, new_authority_id
    _invite(booking, old.email, old.name, person.id, old.id)
    guests = guests_of(booking)
    room, policy = locked[booking.room_id]
    seats = expected_seats(booking.seats_asked, guests, room, policy, grow=True)
    _make_room_for(booking, ahead, seats, locked, now)
    booking.seats = max(booking.seats, seats)
    changes = history.differences(before, history.portrait(booking))
    keep_change(
        booking,
        ["organiser", "attendees"],
        guests,
        room_ids,
        actor=actor,
        now=now,
        added=[old.email],
        action="transferred",
        changes={"organiser": (old.name, person.name), **changes},
    )
    record_audit(
        "booking.transfer",
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=new_authority_id,
        changes={"from": str(old.id), "to": str(person.id)},
    )
    return booking


def _other_payer(booking: Booking, heir: Actor, actor: Actor) -> UUID:
    """Who is charged if the heir is no member of who is now: an authority that the organiser may charge as well.

    Else anybody could use up the quota of an authority that they do not belong to, or spare their own.
    """
    shared = heir.authority_ids & rights_of_organiser(booking.organiser_id, actor=actor).authority_ids
    if not shared:
        raise Invalid.field(
            "email", _("This person works for another authority, which would have to pay. Please ask there.")
        )
    return heir.home_id if heir.home_id is not None and heir.home_id in shared else min(shared)


def _charge(
    ahead: Sequence[Occurrence], old_path: Sequence[UUID], path: Sequence[Authority], now: datetime
) -> None:
    """Let other authorities pay; servers, pools and rooms see no difference. All of them are locked.

    Raises QuotaExceeded, AlreadyStarted. What both paths share is given back first, so that it is asked for once.
    """
    locks.lock_unchanged_dates(ahead)
    ledger.write(ledger.Entry(tuple(old_path), o.starts_at, o.ends_at, o.seats).reversed() for o in ahead)
    occupancy.give_back_hours(ahead, old_path)
    groups: dict[int, list[Occurrence]] = defaultdict(list)
    for o in ahead:
        groups[o.seats].append(o)
    new_path = [authority.id for authority in path]
    for seats, group in groups.items():
        dates = [date_of(o) for o in group]
        days = {day for date in dates for day in ledger.days_of(date.starts_at, date.ends_at)}
        quotas.check_quotas(path, dates, seats, ledger.read_levels(new_path, days))
        ledger.write(ledger.Entry(tuple(new_path), o.starts_at, o.ends_at, o.seats) for o in group)
        use = ledger.seat_minutes([(o.starts_at, o.ends_at) for o in group], seats)
        ledger.write_monthly(new_path, use)
    # the quota that held when the dates were booked is not the one that has to hold for them now
    Occurrence.objects.filter(id__in=[o.id for o in ahead]).update(reserved_at=now)


def _invite(booking: Booking, address: str, name: str, new_id: UUID, old_id: UUID) -> None:
    """The old organiser among the attendees, the new one no longer."""
    booking.attendees.filter(person_id=new_id).delete()
    booking.attendees.filter(address=booking.organiser.email).delete()
    Attendee.objects.update_or_create(
        booking=booking,
        address=address,
        defaults={
            "name": name,
            "role": AttendeeRole.REQUIRED,
            "person_id": old_id,
            "partstat": PartStat.NEEDS_ACTION,
        },
    )


def _make_room_for(
    booking: Booking,
    ahead: Sequence[Occurrence],
    seats: int,
    locked: dict[UUID, tuple[Room, Policy]],
    now: datetime,
) -> None:
    """Somebody more than the reserved seats is a change of capacity."""
    tight = [o for o in ahead if o.seats == booking.seats and o.seats < seats and o.state in OCCUPYING]
    if not tight:
        return
    for o in tight:
        if seats > locked[o.room_id][0].seats:
            raise too_small(locked[o.room_id][0], seats)
    places = [Place(date_of(o), *locked[o.room_id], seats, o) for o in tight]
    standing = [o for o in ahead if o not in tight]
    move_dates(booking, places, standing=standing, now=now)
