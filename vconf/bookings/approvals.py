# SPDX-License-Identifier: EUPL-1.2
"""Approval: dates in rooms of some classes wait until somebody decides. Meanwhile they are pending and occupy all
that they will occupy, so that an approval cannot fail.

One request per booking at a time; `follow` keeps it in step with the pending dates after everything that changes
them. It goes to the class of one room; where a series waits in rooms of two classes, the second is asked after the
first has decided. A decision needs no lock but those of the booking and its dates, unless it gives back what they
occupied.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.authorities.tree import path_ids
from vconf.bookings import locks, occupancy
from vconf.bookings.approval_inbox import decides_for_itself, get_approval_to_decide
from vconf.bookings.calendars import show_booking
from vconf.bookings.errors import AlreadyDecided, TooSoon
from vconf.bookings.events import ApprovalAsked, ApprovalDecided, BookingChanged, BookingConfirmed
from vconf.bookings.history import note
from vconf.bookings.models import Approval, ApprovalState, Booking, Occurrence, OccurrenceState
from vconf.bookings.retry import retried
from vconf.errors import Forbidden, Invalid, VersionConflict
from vconf.outbox.record import record
from vconf.rooms.models import RoomClass
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.selectors import is_admin_above

LONGEST_REASON = 500

#: what the history says of a request that was decided
_DONE = {
    ApprovalState.APPROVED: "approved",
    ApprovalState.DECLINED: "declined",
    ApprovalState.LAPSED: "lapsed",
}


def is_needed(
    room_class: RoomClass, policy: Policy, *, seats: int, authority_id: UUID, organiser_id: UUID
) -> bool:
    """Whether a date with so many seats in a room of the class has to be approved. authority_id: who is charged.

    Admins of the class's authority need nobody's approval: they would decide themselves.
    """
    if policy.approval == "always" or 0 < policy.approval_over_seats < seats:
        asks = True
    else:
        asks = policy.approval == "foreign" and room_class.authority_id not in path_ids(authority_id)
    return asks and not is_admin_above(organiser_id, room_class.authority_id)


def follow(booking: Booking, *, actor: Actor) -> None:
    """Let the request say what is pending now: asked, asked anew, or withdrawn. The booking is locked, its rows are
    written.

    What was asked for stays asked as long as nothing is pending that the approvers have not been told of. Raises
    TooSoon if a date would have to be approved after it has begun.
    """
    now = timezone.now()
    asked = booking.approvals.filter(state=ApprovalState.ASKED).first()
    waiting = _waiting(booking)
    if asked is not None and waiting and all(o.reserved_at <= asked.asked_at for o in waiting):
        asked.lapses_at = _lapses_at(asked.room_class, waiting, asked.asked_at)
        asked.save(update_fields=["lapses_at"])
        return
    if asked is not None:
        _close(asked, booking, ApprovalState.WITHDRAWN, actor=actor, now=now)
    if waiting:
        _ask(booking, waiting, actor=actor, now=now)
    elif asked is not None and booking.cancelled_at is None:
        # what had to wait stands now, and nobody may have been invited yet
        record(BookingConfirmed(booking_id=str(booking.id), sequence=booking.sequence))


def withdraw(booking: Booking, *, actor: Actor, now: datetime) -> None:
    """The booking was given up; nobody has to decide any more. The booking is locked."""
    for asked in booking.approvals.filter(state=ApprovalState.ASKED):
        _close(asked, booking, ApprovalState.WITHDRAWN, actor=actor, now=now)


@retried
def decide(
    approval_id: UUID,
    *,
    approve: bool,
    reason: str = "",
    actor: Actor,
    expected_version: int | None = None,
) -> Approval:
    """Approve or decline. Approved dates stand, and invitations go out; declined ones are free at once.

    Raises NotFound (absent, or not the actor's to decide), Forbidden (the actor's own booking, or
    one of somebody they stand in for), Invalid (declined
    without a reason), AlreadyDecided, VersionConflict (the booking is not what the actor saw).
    """
    approval = get_approval_to_decide(approval_id, actor=actor)
    _require_others(approval.booking, actor)
    reason = _checked_reason(reason, needed=not approve)
    state = ApprovalState.APPROVED if approve else ApprovalState.DECLINED
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(id=approval.booking_id)
        _require_others(booking, actor)  # it may have been handed over meanwhile
        approval = Approval.objects.select_related("room_class", "decided_by").get(id=approval_id)
        now = timezone.now()
        if approval.state != ApprovalState.ASKED:
            raise AlreadyDecided()
        if approval.lapses_at <= now:
            raise AlreadyDecided(_("The request has lapsed."))
        if expected_version is not None and expected_version != booking.version:
            raise VersionConflict()
        _settle(approval, booking, state, reason=reason, actor=actor, now=now)
        return approval


@retried
def lapse(approval_id: UUID, *, now: datetime) -> bool:
    """Nobody decided in time: the dates are free again. False if somebody did."""
    booking_id = Approval.objects.values_list("booking_id", flat=True).get(id=approval_id)
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
        approval = Approval.objects.select_related("room_class").get(id=approval_id)
        if approval.state != ApprovalState.ASKED or approval.lapses_at > now:
            return False
        _settle(approval, booking, ApprovalState.LAPSED, reason="", actor=Actor.system("clock"), now=now)
        return True


def due(now: datetime, *, most: int) -> list[UUID]:
    """Requests that nobody has decided in time, the oldest first."""
    rows = Approval.objects.filter(state=ApprovalState.ASKED, lapses_at__lte=now).order_by("lapses_at")
    return list(rows.values_list("id", flat=True)[:most])


def _require_others(booking: Booking, actor: Actor) -> None:
    if decides_for_itself(booking, actor):
        raise Forbidden(_("Somebody else has to decide about your own booking."))


def _checked_reason(reason: str, *, needed: bool) -> str:
    reason = reason.strip()
    if needed and not reason:
        raise Invalid.field("reason", _("Please say why."))
    if len(reason) > LONGEST_REASON or any(ord(c) < 32 and c not in "\r\n\t" for c in reason):
        raise Invalid.field("reason", _("A reason may have 500 characters and no control characters."))
    return reason


def _waiting(booking: Booking) -> list[Occurrence]:
    rows = Occurrence.objects.filter(booking=booking, state=OccurrenceState.PENDING)
    return list(rows.select_related("room__room_class").order_by("starts_at"))


def _ask(booking: Booking, waiting: Sequence[Occurrence], *, actor: Actor, now: datetime) -> None:
    first = waiting[0]
    if first.starts_at <= now:
        raise TooSoon(_("This booking needs an approval, and the meeting would have begun by then."))
    of_room = [o for o in waiting if o.room_id == booking.room_id]
    room_class = (of_room or waiting)[0].room.room_class
    approval = Approval.objects.create(
        booking=booking,
        room_class=room_class,
        asked_at=now,
        lapses_at=_lapses_at(room_class, waiting, now),
    )
    note(booking, "approval_asked", actor=actor, now=now)
    record(ApprovalAsked(booking_id=str(booking.id), approval_id=str(approval.id)))
    _tell_audit("approval.ask", approval, booking, actor, dates=len(waiting))


def _lapses_at(room_class: RoomClass, waiting: Sequence[Occurrence], asked_at: datetime) -> datetime:
    hours = timedelta(hours=policy_of(room_class).approval_hours)
    return min(asked_at + hours, waiting[0].starts_at)


def _settle(
    approval: Approval,
    booking: Booking,
    state: ApprovalState,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the decision and what follows for the dates in rooms of the class that was asked."""
    rows = _waiting(booking)
    asked_for = [o for o in rows if o.room.room_class_id == approval.room_class_id]
    over = (OccurrenceState.PENDING, OccurrenceState.CANCELLED, OccurrenceState.REFUSED)
    stood = booking.occurrences.exclude(state__in=over).exists()
    if state == ApprovalState.APPROVED:
        locks.lock_dates(asked_for)
        _write_state(asked_for, OccurrenceState.CONFIRMED)
    else:
        # what has begun while nobody decided cannot be had any more either, whoever would decide about it
        asked_for = [o for o in rows if o in asked_for or o.starts_at <= now]
        path = locks.lock_accounts(asked_for, booking.authority_id)
        locks.lock_dates(asked_for)
        occupancy.release(asked_for, path)
        _write_state(asked_for, OccurrenceState.REFUSED)
    approval.reason = reason
    booking.version += 1
    booking.changed_at = now
    if stood or state != ApprovalState.APPROVED:
        # calendars that were told of the other dates learn that there are more, or fewer, of them
        booking.sequence += 1
    booking.save(update_fields=["version", "changed_at", "sequence"])
    _close(approval, booking, state, actor=actor, now=now, dates=len(asked_for))
    _show(booking, now)
    record(ApprovalDecided(booking_id=str(booking.id), approval_id=str(approval.id)))
    if state == ApprovalState.APPROVED and not stood:
        record(BookingConfirmed(booking_id=str(booking.id), sequence=booking.sequence))
    else:
        record(
            BookingChanged(
                booking_id=str(booking.id),
                sequence=booking.sequence,
                version=booking.version,
                what=("time",),
                room_ids=tuple(sorted({str(o.room_id) for o in asked_for})),
            )
        )
    follow(booking, actor=actor)


def _write_state(occurrences: Sequence[Occurrence], state: OccurrenceState) -> None:
    rows = Occurrence.objects.filter(id__in=[o.id for o in occurrences])
    if state == OccurrenceState.CONFIRMED:
        rows.filter(held_until=None).update(state=state, released_at=None)
        # approved, and still waiting for what the organiser makes of a refused change
        rows.filter(held_until__isnull=False).update(state=OccurrenceState.HELD, released_at=None)
    else:
        rows.update(state=state, released_at=timezone.now(), held_until=None)


def _close(
    approval: Approval,
    booking: Booking,
    state: ApprovalState,
    *,
    actor: Actor,
    now: datetime,
    dates: int = 0,
) -> None:
    approval.state = state
    approval.decided_at = now
    approval.decided_by = actor.person if state in (ApprovalState.APPROVED, ApprovalState.DECLINED) else None
    approval.save()
    if state in _DONE:
        note(booking, _DONE[state], actor=actor, now=now)
    _tell_audit(f"approval.{state}", approval, booking, actor, dates=dates)


def _show(booking: Booking, now: datetime) -> None:
    invited = booking.attendees.filter(person__isnull=False).values_list("person_id", flat=True)
    people = {booking.organiser_id, *(person_id for person_id in invited if person_id is not None)}
    show_booking(booking, person_ids=people, now=now)


def _tell_audit(action: str, approval: Approval, booking: Booking, actor: Actor, *, dates: int) -> None:
    record_audit(
        action,
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=approval.room_class.authority_id,
        numbers={"dates": dates},
        changes={"approval": str(approval.id), "room_class": str(approval.room_class_id)},
    )
