# SPDX-License-Identifier: EUPL-1.2
"""A cancellation taken back within minutes, if what it gave up is still free: nothing was kept aside for it.

UID and link are the old ones and SEQUENCE goes on, so that calendars and people find the meeting they knew. What has
begun meanwhile stays over, and a meeting that ran is not revived: the next opening makes the next epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings import history
from vconf.bookings.attempts import attempt, record_refusal
from vconf.bookings.changing import guests_of, keep_change, lock_booking
from vconf.bookings.checks import check_room
from vconf.bookings.errors import AlreadyStarted, NotCancelled, TooLate
from vconf.bookings.events import BookingConfirmed
from vconf.bookings.links import revive_link
from vconf.bookings.models import (
    OCCUPYING,
    Approval,
    ApprovalState,
    Booking,
    Occurrence,
    OccurrenceState,
)
from vconf.bookings.placing import Place, date_of, lock_rooms_with_policies, move_dates, show
from vconf.bookings.plans import wall_times_of
from vconf.bookings.repeats import fingerprint_of, once, repeated
from vconf.bookings.retiming import locals_of
from vconf.bookings.retry import retried
from vconf.bookings.selectors import get_own_booking, get_own_occurrence
from vconf.bookings.sight import undo_ends_at
from vconf.bookings.uids import check_uid
from vconf.errors import NotFound
from vconf.outbox.record import record
from vconf.rooms.models import Room


@retried
def restore_booking(
    booking_id: UUID, *, actor: Actor, expected_version: int | None = None, idempotency_key: str | None = None
) -> Booking:
    """Take the cancellation of a booking back: all dates that it gave up and that have not begun, or none.

    Raises NotFound or Forbidden first, then VersionConflict, NotCancelled, TooLate, AlreadyStarted, UidTaken, and
    SlotTaken, RoomBlocked, NoCapacity or QuotaExceeded if somebody else has what was given up.
    """
    now = timezone.now()
    booking = get_own_booking(booking_id, actor=actor)
    return _attempt(
        booking,
        actor,
        idempotency_key,
        fingerprint_of("restore", booking_id),
        lambda: _restore_all(booking_id, expected_version, actor, now),
    )


@retried
def restore_occurrence(
    occurrence_id: UUID,
    *,
    following: bool = False,
    actor: Actor,
    expected_version: int | None = None,
    idempotency_key: str | None = None,
) -> Booking:
    """Take back that a date was dropped; `following`: and those after it that were dropped with it.

    If the whole booking was cancelled with it, that is taken back. Raises like `restore_booking`.
    """
    now = timezone.now()
    booking = get_own_occurrence(occurrence_id, actor=actor).booking
    return _attempt(
        booking,
        actor,
        idempotency_key,
        fingerprint_of("restore-date", occurrence_id, following),
        lambda: _restore_dates(booking.id, occurrence_id, following, expected_version, actor, now),
    )


def _attempt(
    booking: Booking, actor: Actor, key: str | None, fingerprint: str, act: Callable[[], Booking]
) -> Booking:
    known = repeated(key, fingerprint, actor=actor)
    if known is not None:
        return known
    with transaction.atomic():
        refusal = attempt(lambda: once(key, fingerprint, booking.id, act, actor=actor))
        if isinstance(refusal, Booking):
            return refusal
        record_refusal(
            "booking.restore",
            refusal,
            actor=actor,
            authority_id=booking.authority_id,
            object_id=booking.id,
        )
    raise refusal


def _restore_all(booking_id: UUID, expected_version: int | None, actor: Actor, now: datetime) -> Booking:
    booking = lock_booking(booking_id, expected_version=expected_version, cancelled_too=True)
    if booking.cancelled_at is None:
        raise NotCancelled()
    _check_time_left(booking.cancelled_at, now)
    rows = list(booking.occurrences.all())
    given_up = [
        o for o in rows if o.state == OccurrenceState.CANCELLED and o.released_at == booking.cancelled_at
    ]
    back = [o for o in given_up if o.starts_at > now]
    if not back:
        raise AlreadyStarted()
    _check_approval(booking, back, booking.cancelled_at)
    check_uid(booking.organiser_id, booking.uid)
    _take_again(booking, rows, back, now)
    booking.join_link = revive_link(booking.join_link_id)
    booking.cancelled_at = booking.cancelled_by = None
    _name_dates(booking, rows)
    booking.sequence += 1
    booking.version += 1
    booking.changed_at = now
    booking.save()
    show(booking, guests_of(booking), now)
    told = {"dates": ("", history.dates(back, booking.timezone))}
    history.note(booking, "restored", actor=actor, changes=told, now=now)
    record(BookingConfirmed(booking_id=str(booking.id), sequence=booking.sequence))
    _audit(booking, len(back), actor)
    return booking


def _restore_dates(
    booking_id: UUID,
    occurrence_id: UUID,
    following: bool,
    expected_version: int | None,
    actor: Actor,
    now: datetime,
) -> Booking:
    booking = lock_booking(booking_id, expected_version=expected_version, cancelled_too=True)
    rows = list(booking.occurrences.all())
    first = next((o for o in rows if o.id == occurrence_id), None)
    if first is None:
        raise NotFound()  # it went to another booking meanwhile
    if first.state != OccurrenceState.CANCELLED or first.released_at is None:
        raise NotCancelled()
    if booking.cancelled_at is not None:
        if first.released_at != booking.cancelled_at:
            raise TooLate(_("The booking was cancelled later; only that can be undone."))
        return _restore_all(booking_id, None, actor, now)
    _check_time_left(first.released_at, now)
    with_it = [
        o
        for o in rows
        if o.state == OccurrenceState.CANCELLED
        and o.released_at == first.released_at
        and o.recurrence_id >= first.recurrence_id
    ]
    back = [o for o in (with_it if following else [first]) if o.starts_at > now]
    if not back:
        raise AlreadyStarted()
    dropped_at = first.released_at
    _check_approval(booking, back, dropped_at)
    rooms = _take_again(booking, rows, back, now)
    _name_dates(booking, rows, dropped_at=dropped_at)
    told = {"dates": ("", history.dates(back, booking.timezone))}
    keep_change(
        booking,
        ["time"],
        guests_of(booking),
        {booking.room_id, *rooms},
        actor=actor,
        now=now,
        action="restored",
        changes=told,
    )
    _audit(booking, len(back), actor)
    return booking


def _check_time_left(cancelled_at: datetime, now: datetime) -> None:
    ends_at = undo_ends_at(cancelled_at)
    if ends_at is None or ends_at <= now:
        raise TooLate()


def _check_approval(booking: Booking, back: Sequence[Occurrence], cancelled_at: datetime) -> None:
    """What was cancelled before it was approved would come back as approved, whatever was decided afterwards.

    Only the classes of these dates' rooms matter: others may wait for a decision about other dates.
    """
    rooms = Room.objects.filter(id__in={o.room_id for o in back})
    asked = Approval.objects.filter(room_class__in=rooms.values("room_class"))
    # a part of a series that was split off may have been decided about while it was not yet one
    sharing = asked.filter(booking__join_link_id=booking.join_link_id)
    newest = max(asked.filter(booking=booking) or sharing, key=lambda one: one.asked_at, default=None)
    if newest is None:
        return
    decided_at = newest.decided_at
    if newest.state != ApprovalState.APPROVED or decided_at is None or decided_at > cancelled_at:
        raise TooLate(_("This was not approved yet. Please book it again."))


def _take_again(
    booking: Booking, rows: Sequence[Occurrence], back: Sequence[Occurrence], now: datetime
) -> set[UUID]:
    """Occupy what the dates had: asked for afresh, as everybody has to. The rooms."""
    locked = lock_rooms_with_policies({o.room_id for o in back})
    for room, _policy in locked.values():
        check_room(room, None)
    places = []
    for o in back:
        room, policy = locked[o.room_id]
        check_room(room, o.seats)
        places.append(Place(date_of(o), room, policy, o.seats, o))
    standing = [o for o in rows if o.state in OCCUPYING]
    move_dates(booking, places, standing=standing, now=now, approved=True)
    return set(locked)


def _name_dates(booking: Booking, rows: Sequence[Occurrence], *, dropped_at: datetime | None = None) -> None:
    """Let the rule (unsaved) name exactly the dates there are: EXDATE without those that are back.

    A series that was ended early gets its old rule back, if all that it lost then is there again; else the dates are
    added to it.
    """
    there = {o.recurrence_id for o in rows if o.state != OccurrenceState.CANCELLED}
    cut = booking.cut
    if cut is not None and dropped_at is not None and cut["at"] == dropped_at.isoformat():
        lost = any(o.state == OccurrenceState.CANCELLED and o.released_at == dropped_at for o in rows)
        named = _named(booking, cut["rrule"], cut["rdate"])
        if not lost and there <= named:
            booking.rrule, booking.rdate = cut["rrule"], cut["rdate"]
            booking.exdate = sorted(named - there)
            promised = cut["promised_until"]
            booking.promised_until = None if promised is None else datetime.fromisoformat(promised)
            booking.cut = None
            return
    named = _named(booking, booking.rrule, booking.rdate)
    booking.rdate = sorted({*booking.rdate, *(there - named)})
    booking.exdate = sorted(({*booking.exdate} | named) - there)


def _named(booking: Booking, rrule: str, rdate: Sequence[str]) -> set[str]:
    starts_local = datetime.fromisoformat(booking.starts_local)
    found = wall_times_of(starts_local, rrule, locals_of(rdate), booking.timezone)
    return {local.isoformat() for local in found}


def _audit(booking: Booking, dates: int, actor: Actor) -> None:
    record_audit(
        "booking.restore",
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=booking.authority_id,
        numbers={"dates": dates},
    )
