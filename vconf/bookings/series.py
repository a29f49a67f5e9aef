# SPDX-License-Identifier: EUPL-1.2
"""One date of a series, or one and all that follow: move it, drop it, split. One transaction each, like `services`.

Past dates and those that run are never touched (invariant 6). A date that is moved keeps its recurrence id; a
dropped one is in EXDATE and stays out. A split makes a second booking with a UID of its own and the same join link.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.deputies import rights_of_organiser
from vconf.authorities.rights import Actor
from vconf.bookings import answers, approvals, history, locks
from vconf.bookings.attempts import attempt, record_refusal, refusals_noted
from vconf.bookings.changing import (
    apply_change,
    check_places,
    guests_of,
    keep_change,
    lock_booking,
    with_date_alternatives,
)
from vconf.bookings.checks import (
    bookable_room,
    check_room,
    checked_seats,
    checked_title,
    chosen,
    dates_from,
    expected_seats,
    too_small,
)
from vconf.bookings.errors import AlreadyCancelled, AlreadyStarted
from vconf.bookings.events import BookingConfirmed
from vconf.bookings.holding import let_stand
from vconf.bookings.models import OCCUPYING, Attendee, Booking, Occurrence, OccurrenceState
from vconf.bookings.placing import (
    Place,
    is_ahead,
    lock_rooms_with_policies,
    move_dates,
    show,
)
from vconf.bookings.plans import expressed, wall_times_of
from vconf.bookings.recurrence import Date, Rule, parse_rule
from vconf.bookings.requests import UNSET, ChangeRequest
from vconf.bookings.retiming import is_series, locals_of, wall_time
from vconf.bookings.retry import retried
from vconf.bookings.selectors import get_own_occurrence
from vconf.bookings.services import cancel, change
from vconf.bookings.uids import own_uid
from vconf.crashpoints import reach
from vconf.errors import Invalid, Refusal, VersionConflict
from vconf.ids import uuid7
from vconf.outbox.record import record

__all__ = [
    "apply_date_change",
    "cancel_following",
    "cancel_occurrence",
    "change_occurrence",
    "split_booking",
    "split_off",
]

#: what belongs to the booking, not to one of its dates
_OF_ALL_DATES = ("description", "attendees", "language", "remind_minutes", "rrule", "rdate", "exdate")


@retried
@refusals_noted("occurrence.cancel")
def cancel_occurrence(occurrence_id: UUID, *, actor: Actor, expected_version: int | None = None) -> Booking:
    """Drop one date. It stays dropped, whatever becomes of the series; with the last one the booking is cancelled.

    Raises NotFound or Forbidden first, then VersionConflict, AlreadyCancelled, AlreadyStarted (past or running).
    """
    return _drop(occurrence_id, following=False, actor=actor, expected_version=expected_version)


@retried
@refusals_noted("occurrence.cancel")
def cancel_following(occurrence_id: UUID, *, actor: Actor, expected_version: int | None = None) -> Booking:
    """End the series before this date: it and all that follow are dropped. Raises like `cancel_occurrence`."""
    return _drop(occurrence_id, following=True, actor=actor, expected_version=expected_version)


@retried
def change_occurrence(occurrence_id: UUID, request: ChangeRequest, *, actor: Actor) -> Booking:
    """Title, time, room or seats of one date; `starts_local` is its new wall time. A refused date can be had this way.

    Raises like `change`, and Invalid for what belongs to all dates (description, people, rule).
    """
    now = timezone.now()
    occurrence = get_own_occurrence(occurrence_id, actor=actor)
    booking = occurrence.booking
    if not is_series(booking):
        return change(booking.id, request, actor=actor)
    for name in _OF_ALL_DATES:
        if getattr(request, name) is not UNSET:
            raise Invalid.field(
                name, _("This belongs to all dates. Change the series, or this and following.")
            )
    return _attempt(
        "occurrence.change",
        booking,
        actor,
        lambda: apply_date_change(booking.id, occurrence_id, request, actor, now),
        lambda refusal: with_date_alternatives(refusal, occurrence, request, actor, now),
    )


@retried
def split_booking(occurrence_id: UUID, request: ChangeRequest, *, actor: Actor) -> Booking:
    """Change this date and all that follow: a booking of its own with a new UID and the same join link.

    `starts_local` is the new wall time of the first of them; the others wander along. The series as it was ends
    before it. From the first date on it is a change of the whole series. Raises like `change`.
    """
    now = timezone.now()
    booking = get_own_occurrence(occurrence_id, actor=actor).booking
    return _attempt(
        "booking.split", booking, actor, lambda: _split(booking.id, occurrence_id, request, actor, now)
    )


def _attempt(
    action: str,
    booking: Booking,
    actor: Actor,
    act: Callable[[], Booking],
    ways_out: Callable[[Refusal], Refusal] = lambda refusal: refusal,
) -> Booking:
    with transaction.atomic():
        refusal = attempt(act)
        if isinstance(refusal, Booking):
            reach("series.before_commit")
            return refusal
        record_refusal(action, refusal, actor=actor, authority_id=booking.authority_id, object_id=booking.id)
    raise ways_out(refusal)


def _date_ahead(rows: Sequence[Occurrence], occurrence_id: UUID, now: datetime) -> Occurrence:
    """The row, if it can still be moved or dropped. Raises AlreadyCancelled, AlreadyStarted, VersionConflict."""
    for o in rows:
        if o.id == occurrence_id:
            if o.state == OccurrenceState.CANCELLED:
                raise AlreadyCancelled(_("This date is cancelled already."))
            if o.state != OccurrenceState.REFUSED and not is_ahead(o, now):
                raise AlreadyStarted()
            return o
    # it went over to another booking between the look and the lock
    raise VersionConflict()


# --- drop -----------------------------------------------------------------------------------------------


def _drop(occurrence_id: UUID, *, following: bool, actor: Actor, expected_version: int | None) -> Booking:
    now = timezone.now()
    booking_id = get_own_occurrence(occurrence_id, actor=actor).booking_id
    with transaction.atomic():
        booking = lock_booking(booking_id, expected_version=expected_version)
        rows = list(booking.occurrences.all())
        first = _date_ahead(rows, occurrence_id, now)
        later = [o for o in rows if o.recurrence_id >= first.recurrence_id] if following else [first]
        dropped = [o for o in later if is_ahead(o, now) or o.state == OccurrenceState.REFUSED]
        if not any(o.state in OCCUPYING for o in rows if o not in dropped):
            return cancel(booking_id, actor=actor)
        rooms = {booking.room_id, *(o.room_id for o in dropped)}
        locks.lock_rooms(rooms)
        move_dates(booking, (), dropped=dropped, now=now)
        old_rule = history.portrait(booking)["rule"]
        if following and any(o.recurrence_id < first.recurrence_id for o in rows):
            booking.cut = _kept_for_undo(booking, now)
            begun = [o for o in later if o not in dropped and o.state != OccurrenceState.CANCELLED]
            _end_before(booking, datetime.fromisoformat(first.recurrence_id), begun)
        else:
            booking.exdate = sorted({*booking.exdate, *(o.recurrence_id for o in dropped)})
        changes = {"dates": (history.dates(dropped, booking.timezone), "")}
        new_rule = history.portrait(booking)["rule"]
        if following and new_rule != old_rule:
            changes["rule"] = (old_rule, new_rule)
        keep_change(
            booking,
            ["time"],
            guests_of(booking),
            rooms,
            actor=actor,
            now=now,
            action="date_dropped",
            changes=changes,
        )
        reach("series.before_commit")
        return booking


def _kept_for_undo(booking: Booking, now: datetime) -> dict[str, Any]:
    """What `_end_before` is about to cut, as JSON; `restoring` puts it back."""
    promised = booking.promised_until
    return {
        "at": now.isoformat(),
        "rrule": booking.rrule,
        "rdate": list(booking.rdate),
        "promised_until": None if promised is None else promised.isoformat(),
    }


# --- one date -------------------------------------------------------------------------------------------


def apply_date_change(
    booking_id: UUID, occurrence_id: UUID, request: ChangeRequest, actor: Actor, now: datetime
) -> Booking:
    """What a change of one date of a series does, inside of an attempt. Raises like `change_occurrence`."""
    booking = lock_booking(booking_id, expected_version=request.expected_version)
    rows = list(booking.occurrences.all())
    o = _date_ahead(rows, occurrence_id, now)
    zone_name = chosen(request.timezone, booking.timezone)
    length = chosen(request.duration, o.ends_at - o.starts_at)
    begins = chosen(request.starts_local, wall_time(o, booking.timezone))
    [asked] = dates_from(begins, length, zone_name)
    starts_at = o.starts_at if request.starts_local is UNSET else asked.starts_at
    date = Date(datetime.fromisoformat(o.recurrence_id), starts_at, starts_at + length)
    room = o.room
    if request.room_id is not UNSET and request.room_id != room.id:
        room = bookable_room(request.room_id, rights_of_organiser(booking.organiser_id, actor=actor))
    own_title = _own_title(request, o, booking)
    locked = lock_rooms_with_policies({o.room_id, room.id})
    room, policy = locked[room.id]
    guests = guests_of(booking)
    seats = o.seats
    if request.seats is not UNSET:
        seats = expected_seats(checked_seats(request.seats), guests, room, policy, grow=True)
    if room.id != o.room_id or date.starts_at != o.starts_at:
        check_room(room, None)
    if seats > room.seats:
        raise too_small(room, seats)
    place = Place(date, room, policy, seats, o)
    if place.is_taken and own_title == o.title:
        return booking
    before = _portrait_of(o, booking)
    what = []
    if own_title != o.title:
        what.append("title")
        o.title = own_title
        o.save(update_fields=["title"])
    if place.is_taken:
        changes = history.differences(before, _portrait_of(o, booking))
        _keep_date_change(booking, what, o, {o.room_id}, changes, actor, now, request.source)
        return booking
    if (date.starts_at, date.ends_at) != (o.starts_at, o.ends_at) or o.state not in OCCUPYING:
        what.append("time")
    if room.id != o.room_id:
        what.append("room")
    if seats != o.seats:
        what.append("seats")
    check_places([place], rights_of_organiser(booking.organiser_id, actor=actor), now)
    rooms = {o.room_id, room.id}
    standing = [other for other in rows if other.state in OCCUPYING and other.id != o.id]
    move_dates(booking, [place], standing=standing, now=now)
    if "time" in what:
        answers.ask_again_about(booking, [o])
    changes = history.differences(before, _portrait_of(o, booking))
    _keep_date_change(booking, what, o, rooms, changes, actor, now, request.source)
    return booking


def _own_title(request: ChangeRequest, o: Occurrence, booking: Booking) -> str:
    """The title that the date has then of its own; the booking's is none."""
    if request.title is UNSET:
        return o.title
    title = checked_title(request.title)
    return "" if title == booking.title else title


def _portrait_of(o: Occurrence, booking: Booking) -> dict[str, str]:
    """What a change of one date can be told from."""
    refused = o.state not in OCCUPYING
    return {
        "title": o.title or booking.title,
        "time": "" if refused else history.wall_time_of(o.starts_at, o.ends_at, booking.timezone),
        "room": history.name_of(o.room),
        "seats": str(o.seats),
    }


def _keep_date_change(
    booking: Booking,
    what: Sequence[str],
    o: Occurrence,
    room_ids: set[UUID],
    changes: history.Changes,
    actor: Actor,
    now: datetime,
    source: str,
) -> None:
    keep_change(
        booking,
        what,
        guests_of(booking),
        room_ids,
        actor=actor,
        now=now,
        action="date_changed",
        changes={"date": (o.recurrence_id, o.recurrence_id), **changes},
        source=source,
    )


# --- this and following ---------------------------------------------------------------------------------


def _split(
    booking_id: UUID, occurrence_id: UUID, request: ChangeRequest, actor: Actor, now: datetime
) -> Booking:
    old = lock_booking(booking_id, expected_version=request.expected_version)
    rows = list(old.occurrences.all())
    first = _date_ahead(rows, occurrence_id, now)
    before = [o for o in rows if o.recurrence_id < first.recurrence_id]
    request = replace(request, expected_version=None)
    if not before:
        return apply_change(old, request, actor=actor, now=now)
    _lock_for_split(old, rows, request, rights_of_organiser(old.organiser_id, actor=actor))
    new = apply_change(split_off(old, rows, first, actor=actor, now=now), request, actor=actor, now=now)
    # pending dates went over to it, and the change need not have touched them
    approvals.follow(new, actor=actor)
    return new


def split_off(
    old: Booking, rows: Sequence[Occurrence], first: Occurrence, *, actor: Actor, now: datetime
) -> Booking:
    """A booking of its own for the date and all that follow, unchanged. The caller has the lock of the old one, and
    of all that it will lock for the new one: dates and calendars come after these.

    No calendar program knows its UID, so people are invited by us, whoever invited them to the old one.
    """
    let_stand(old, rows)
    cut = datetime.fromisoformat(first.recurrence_id)
    before = [o for o in rows if o.recurrence_id < first.recurrence_id]
    old_rule = history.portrait(old)["rule"]
    # what was moved before now, and has begun, stays with the past
    begun = [o for o in rows if o not in before and o.state in OCCUPYING and not is_ahead(o, now)]
    begun += [
        o for o in rows if o not in before and o.state in (OccurrenceState.ENDED, OccurrenceState.NO_SHOW)
    ]
    moved = [o for o in rows if o not in before and o not in begun]
    new = _second_booking(old, cut, [datetime.fromisoformat(o.recurrence_id) for o in begun], now)
    _end_before(old, cut, begun)
    new.save(force_insert=True)
    invited = Attendee.objects.bulk_create(
        [
            Attendee(
                booking=new,
                address=a.address,
                name=a.name,
                role=a.role,
                person=a.person,
                partstat=a.partstat,
                comment=a.comment,
                answered_at=a.answered_at,
            )
            for a in old.attendees.select_related("person")
        ]
    )
    # the same promises, kept under another name: rows, servers and ledger stay as they are
    Occurrence.objects.filter(id__in=[o.id for o in moved]).update(booking=new)
    answers.take_along(moved, invited)
    guests = guests_of(old)
    cut_off = {"rule": (old_rule, history.portrait(old)["rule"])}
    keep_change(old, ["time"], guests, {old.room_id}, actor=actor, now=now, action="split", changes=cut_off)
    show(new, guests, now)
    went = {"dates": ("", history.dates([o for o in moved if o.state in OCCUPYING], new.timezone))}
    history.note(new, "split", actor=actor, changes=went, now=now)
    record(BookingConfirmed(booking_id=str(new.id), sequence=0))
    record_audit(
        "booking.split",
        actor=actor,
        object_type="booking",
        object_id=new.id,
        authority_id=new.authority_id,
        numbers={"dates": len(moved)},
        changes={"from": str(old.id)},
    )
    return new


def _lock_for_split(old: Booking, rows: Sequence[Occurrence], request: ChangeRequest, actor: Actor) -> None:
    """All that the change of the second booking locks, before the dates and calendars of the first."""
    rooms = {old.room_id, *(o.room_id for o in rows if o.state in OCCUPYING)}
    if request.room_id is not UNSET:
        rooms.add(old.room_id if request.room_id == old.room_id else bookable_room(request.room_id, actor).id)
    locked = locks.lock_rooms(rooms)
    locks.lock_pools({room.pool_id for room in locked.values()} | {o.pool_id for o in rows})
    locks.lock_path(old.authority_id)


def _second_booking(old: Booking, cut: datetime, begun: Sequence[datetime], now: datetime) -> Booking:
    """The booking that goes on from `cut` (unsaved), with a rule that names the dates from there on."""
    named = [
        local
        for local in wall_times_of(
            datetime.fromisoformat(old.starts_local), old.rrule, locals_of(old.rdate), old.timezone
        )
        if local >= cut
    ]
    rdate = [local for local in locals_of(old.rdate) if local >= cut and local != cut]
    rule = _rule_from(old, cut)
    rrule, rdate = expressed(cut, rule, rdate, named, old.timezone)
    new_id = uuid7()
    return Booking(
        id=new_id,
        uid=own_uid(new_id),
        organiser=old.organiser,
        booked_by=old.booked_by,
        authority_id=old.authority_id,
        room=old.room,
        join_link_id=old.join_link_id,
        title=old.title,
        description=old.description,
        language=old.language,
        remind_minutes=old.remind_minutes,
        timezone=old.timezone,
        starts_local=cut.isoformat(),
        duration=old.duration,
        rrule=rrule,
        rdate=[local.isoformat() for local in rdate],
        exdate=sorted(
            {e for e in old.exdate if datetime.fromisoformat(e) >= cut} | {b.isoformat() for b in begun}
        ),
        promised_until=old.promised_until,
        seats=old.seats,
        seats_asked=old.seats_asked,
        answers=old.answers,
        created_at=now,
        changed_at=now,
    )


def _rule_from(old: Booking, cut: datetime) -> Rule | None:
    """The rule for the dates from `cut` on: what was counted before is counted no more."""
    if not old.rrule:
        return None
    rule = parse_rule(old.rrule, old.timezone)
    if rule.count is None:
        return rule
    named = wall_times_of(datetime.fromisoformat(old.starts_local), old.rrule, (), old.timezone)
    return replace(rule, count=max(1, sum(local >= cut for local in named)))


def _end_before(old: Booking, cut: datetime, begun: Sequence[Occurrence]) -> None:
    """Let the series end before `cut` (unsaved)."""
    if old.rrule:
        rule = parse_rule(old.rrule, old.timezone)
        # The evening before: the dates that are left are all on earlier days, and people read the day.
        evening = cut.replace(hour=0, minute=0, second=0) - timedelta(seconds=1)
        old.rrule = str(replace(rule, count=None, until=evening))
    kept = {local for local in old.rdate if datetime.fromisoformat(local) < cut}
    old.rdate = sorted(kept | {o.recurrence_id for o in begun})
    old.exdate = [local for local in old.exdate if datetime.fromisoformat(local) < cut]
    old.promised_until = None
