# SPDX-License-Identifier: EUPL-1.2
"""Whose calendar shows which booking, and the change counters that sync lives on.

Written by the services in the booking transaction, calendars locked in ascending id after everything else, so
that no two bookings ever wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from vconf.bookings.busy import keep_busy
from vconf.bookings.models import Booking, Calendar, CalendarEntry

#: people whose calendars this process has seen, and does not look for again: a calendar goes with its owner only
_seen: set[UUID] = set()
_MOST_SEEN = 50_000


def expect_calendars(person_ids: Collection[UUID]) -> None:
    """Make the calendars of people that this process has not seen yet, before a transaction. One that was seen and is
    gone all the same (another database was put in place) is made by `show_booking`.
    """
    unseen = set(person_ids) - _seen
    if not unseen:
        return
    ensure_calendars(person_ids=unseen, room_ids=())
    if len(_seen) > _MOST_SEEN:
        _seen.clear()
    _seen.update(unseen)


def ensure_calendars(*, person_ids: Collection[UUID], room_ids: Collection[UUID]) -> None:
    """Make the calendars that do not exist yet. Safe beside others doing the same."""
    known = Calendar.objects.filter(Q(person__in=person_ids) | Q(room__in=room_ids))
    owners = {person_id or room_id for person_id, room_id in known.values_list("person_id", "room_id")}
    missing = [Calendar(person_id=p) for p in sorted(person_ids) if p not in owners]
    missing += [Calendar(room_id=r) for r in sorted(room_ids) if r not in owners]
    if missing:
        Calendar.objects.bulk_create(missing, ignore_conflicts=True)


def show_booking(
    booking: Booking,
    *,
    person_ids: Collection[UUID],
    room_ids: Collection[UUID],
    now: datetime,
    is_new: bool = False,
) -> None:
    """Show the booking, as it is now, in exactly these calendars; elsewhere it becomes a tombstone.

    Every calendar concerned counts one change further, also when only the booking's text changed. All rows of the
    booking are written by now: whoever shows it keeps when its people are busy as well. is_new: it was made in this
    transaction.
    """
    keep_busy(booking, is_new=is_new)
    locked = _lock_calendars(booking, person_ids, room_ids)
    if not {*person_ids, *room_ids} <= {c.person_id or c.room_id for c in locked}:
        ensure_calendars(person_ids=person_ids, room_ids=room_ids)
        locked = _lock_calendars(booking, person_ids, room_ids)
    Calendar.objects.filter(id__in=[c.id for c in locked]).update(change=F("change") + 1)
    keep = [c for c in locked if c.person_id in person_ids or c.room_id in room_ids]
    drop = [c for c in locked if not (c.person_id in person_ids or c.room_id in room_ids)]
    CalendarEntry.objects.bulk_create(
        [
            CalendarEntry(calendar=c, booking=booking, href=f"{booking.id}.ics", change=c.change + 1)
            for c in keep
        ],
        update_conflicts=True,
        unique_fields=["calendar", "booking"],
        update_fields=["change", "deleted_at"],
    )
    for calendar in drop:
        CalendarEntry.objects.filter(calendar=calendar, booking=booking).update(
            change=calendar.change + 1, deleted_at=now
        )


def _lock_calendars(
    booking: Booking, person_ids: Collection[UUID], room_ids: Collection[UUID]
) -> list[Calendar]:
    """These calendars, and those that show the booking now, locked by ascending id."""
    shown = CalendarEntry.objects.filter(booking=booking, deleted_at=None).values("calendar_id")
    ids = shown.union(
        Calendar.objects.filter(person__in=person_ids).values("id"),
        Calendar.objects.filter(room__in=room_ids).values("id"),
        all=True,
    )
    return list(Calendar.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id"))
