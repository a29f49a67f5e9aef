# SPDX-License-Identifier: EUPL-1.2
"""Whose calendar shows which booking, and the change counters that sync lives on.

Written by the services in the booking transaction, calendars locked in ascending id after everything else, so
that no two bookings ever wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from vconf.bookings.busy import add_busy_to, keep_busy
from vconf.bookings.models import Booking, Calendar, CalendarEntry, Occurrence
from vconf.writing import Writing

_CALENDARS, _ENTRIES = (model._meta.db_table for model in (Calendar, CalendarEntry))

# locked by ascending id, as everywhere; a row that was waited for is read again, and counted on from there
_LOCK = f"""
    SELECT id FROM {_CALENDARS} WHERE person_id = ANY(%s::uuid[]) OR room_id = %s ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608 - names of tables only
_COUNT = f"""
    UPDATE {_CALENDARS} AS calendar SET change = calendar.change + 1 FROM locked WHERE calendar.id = locked.id
    RETURNING calendar.id, calendar.change
"""  # noqa: S608
_SHOW = f"""
    INSERT INTO {_ENTRIES} (calendar_id, booking_id, href, change)
    SELECT id, CAST(%s AS uuid), CAST(%s AS varchar), change FROM counted RETURNING id
"""  # noqa: S608
_SHOW_PLAIN = f"""
    INSERT INTO {_ENTRIES} (calendar_id, booking_id, href, change) SELECT id, %s, %s, change FROM {{source}}
"""  # noqa: S608

#: people whose calendars this process has seen, and does not look for again: a calendar goes with its owner only
_seen: set[UUID] = set()
_MOST_SEEN = 50_000


def expect_calendars(person_ids: Collection[UUID]) -> None:
    """Make the calendars of people that this process has not seen yet, before a transaction. One that was seen and is
    gone all the same (another database was put in place) is made by who shows a booking in it, and so is a room's.
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
) -> None:
    """Show the booking, as it is now, in exactly these calendars; elsewhere it becomes a tombstone.

    Every calendar concerned counts one change further, also when only the booking's text changed. All rows of the
    booking are written by now: whoever shows it keeps when its people are busy as well.
    """
    keep_busy(booking)
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


class NewInCalendars:
    """A new booking, to be shown in the calendars of these people and its room: written with its other rows."""

    def __init__(
        self,
        writing: Writing,
        booking: Booking,
        occurrences: Sequence[Occurrence],
        person_ids: Collection[UUID],
    ) -> None:
        self._booking, self._person_ids = booking, person_ids
        self._shown_in = 0
        add_busy_to(writing, occurrences, person_ids)
        key = CalendarEntry._meta.get_field("booking")
        people = [key.get_db_prep_value(one, connection) for one in sorted(person_ids)]
        room, shown = (key.get_db_prep_value(one, connection) for one in (booking.room_id, booking.id))
        values = [shown, f"{booking.id}.ics"]
        if connection.vendor == "postgresql":
            writing.add_part(_LOCK, [people, room], name="locked")
            writing.add_part(_COUNT, [], name="counted")
            writing.add_part(_SHOW, values, count=self._count)
        else:
            owners = f"person_id IN ({', '.join(['%s'] * len(people))}) OR room_id = %s"
            writing.add_part(
                f"UPDATE {_CALENDARS} SET change = change + 1 WHERE {owners}",  # noqa: S608 - placeholders
                [*people, room],
            )
            source = f"{_CALENDARS} WHERE {owners}"
            writing.add_part(_SHOW_PLAIN.format(source=source), [*values, *people, room], count=self._count)

    def make_sure(self, now: datetime) -> None:
        """After it was written: a calendar that was not there is made now, and counts like the others."""
        if self._shown_in < len(self._person_ids) + 1:
            show_booking(
                self._booking, person_ids=self._person_ids, room_ids={self._booking.room_id}, now=now
            )

    def _count(self, rows: int) -> None:
        self._shown_in = rows


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
