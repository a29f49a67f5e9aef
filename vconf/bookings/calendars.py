# SPDX-License-Identifier: EUPL-1.2
"""Whose calendar shows which booking, and the change counters that sync lives on.

Written by the services in the booking transaction, calendars locked in ascending id after everything else, so
that no two bookings ever wait for each other in a circle. Each change of an entry has a number of its own in its
calendar: a sync that is cut off goes on after the last one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from vconf.bookings.busy import add_busy_to, keep_busy
from vconf.bookings.errors import UidTaken
from vconf.bookings.ledger import prepared_id, prepared_moment
from vconf.bookings.models import (
    OCCUPYING,
    Booking,
    Calendar,
    CalendarEntry,
    Occurrence,
    OccurrenceState,
)
from vconf.bookings.plans import LONGEST_LIFE
from vconf.bookings.recurrence import to_instant
from vconf.bookings.spans import LONGEST_BLOCK
from vconf.bookings.uids import new_uid, own_uid
from vconf.crypto import keyed_hash
from vconf.ids import uuid7
from vconf.writing import Writing

_CALENDARS, _ENTRIES = (model._meta.db_table for model in (Calendar, CalendarEntry))

#: dates of these states take place, or took place: what rooms and invited people are shown
TAKES_PLACE = (*OCCUPYING, OccurrenceState.ENDED, OccurrenceState.NO_SHOW)

# locked by ascending id, as everywhere; a row that was waited for is read again, and counted on from there
_LOCK = f"""
    SELECT id FROM {_CALENDARS} WHERE person_id = ANY(%s::uuid[]) OR room_id = ANY(%s::uuid[]) ORDER BY id
    FOR NO KEY UPDATE
"""  # noqa: S608 - names of tables only
_COUNT = f"""
    UPDATE {_CALENDARS} AS calendar SET change = calendar.change + 1 FROM locked WHERE calendar.id = locked.id
    RETURNING calendar.id, calendar.person_id, calendar.change
"""  # noqa: S608
_COLUMNS = "calendar_id, booking_id, href, uid, change, first_at, last_at"
_SHOW = f"""
    INSERT INTO {_ENTRIES} ({_COLUMNS})
    SELECT id, CAST(%s AS uuid), CASE WHEN person_id IS NULL THEN CAST(%s AS varchar)
        WHEN person_id = CAST(%s AS uuid) THEN CAST(%s AS varchar) ELSE CAST(%s AS varchar) END,
        CAST(%s AS varchar), change, CAST(%s AS timestamptz), CAST(%s AS timestamptz)
    FROM counted RETURNING id
"""  # noqa: S608
_SHOW_PLAIN = f"""
    INSERT INTO {_ENTRIES} ({_COLUMNS})
    SELECT id, %s, CASE WHEN person_id IS NULL THEN %s WHEN person_id = %s THEN %s ELSE %s END, %s, change, %s, %s
    FROM {_CALENDARS} WHERE
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


def default_href(booking_id: UUID) -> str:
    """The name of an entry that no client has named."""
    return f"{booking_id}.ics"


def href_in_rooms(booking_id: UUID) -> str:
    """The name in calendars of rooms, where people read it who must not know the booking (R1.1)."""
    return f"{keyed_hash('room entry', str(booking_id))[:32]}.ics"


@dataclass(frozen=True, slots=True)
class Extent:
    """What calendars have to know of a booking's dates. room_ids: of dates that take place."""

    first_at: datetime
    last_at: datetime
    room_ids: frozenset[UUID]

    @classmethod
    def of(
        cls,
        dates: Iterable[tuple[UUID, datetime, datetime, str]],
        wished: tuple[datetime, datetime] | None = None,
    ) -> Extent | None:
        """dates: room, start, end and state of each. wished: see `wished_span`. None if all are cancelled: then
        nothing is shown.
        """
        there = [date for date in dates if date[3] != OccurrenceState.CANCELLED]
        if not there:
            return None
        spans = [(starts_at, ends_at) for _, starts_at, ends_at, _ in there]
        spans += [] if wished is None else [wished]
        return cls(
            min(starts_at for starts_at, _ in spans),
            max(ends_at for _, ends_at in spans),
            frozenset(room_id for room_id, _, _, state in there if state in TAKES_PLACE),
        )


def extent_of(booking: Booking) -> Extent | None:
    """As its rows say now; None for a booking that no calendar shows."""
    if booking.cancelled_at is not None:
        return None
    rows = Occurrence.objects.filter(booking=booking)
    dates = rows.order_by().values_list("room_id", "starts_at", "ends_at", "state")
    return Extent.of(dates, wished_span(booking.wish))


def wished_span(wish: Mapping[str, Any] | None) -> tuple[datetime, datetime] | None:
    """Where the dates of a refused wish (`Booking.wish`) lie, which its organiser is shown: at least those. A series
    is taken to last as long as any can.
    """
    if wish is None:
        return None
    zone_name, length = wish["timezone"], timedelta(seconds=wish["duration"])
    begins = [
        to_instant(datetime.fromisoformat(text), zone_name) for text in (wish["starts_local"], *wish["rdate"])
    ]
    for one in wish["overrides"]:
        if one["starts_at"] is not None:
            begins.append(datetime.fromisoformat(one["starts_at"]))
        elif one["starts_local"] is not None:
            begins.append(to_instant(datetime.fromisoformat(one["starts_local"]), zone_name))
    lasts = LONGEST_LIFE if wish["rrule"] else max(length, LONGEST_BLOCK)
    return min(begins), max(begins) + lasts


def show_booking(
    booking: Booking, *, person_ids: Collection[UUID], now: datetime, href: str | None = None
) -> None:
    """Show the booking, as it is now, to these people and in the calendars of its rooms; elsewhere it becomes a
    tombstone. One that is cancelled is shown nowhere, one of which nothing takes place to its organiser alone.

    href: what the entry of the organiser is called, if it is new there. Every calendar concerned counts one change
    further, also when only the booking's text changed; who put the entry away does not see it before SEQUENCE has
    risen. All rows of the booking are written by now: whoever shows it keeps when its people are busy as well.
    """
    keep_busy(booking)
    if booking.remind_minutes is not None or booking.remind_at is not None:
        booking.remind_at = now  # the clock looks at once which date is the next to be reminded of
        Booking.objects.filter(id=booking.id).update(remind_at=now)
    extent = extent_of(booking)
    people: set[UUID] = set()
    if extent is not None:
        people = {booking.organiser_id, *person_ids} if extent.room_ids else {booking.organiser_id}
    rooms = frozenset[UUID]() if extent is None else extent.room_ids
    locked = _lock_calendars(booking, people, rooms)
    if not {*people, *rooms} <= {_owner_of(c) for c in locked}:
        ensure_calendars(person_ids=people, room_ids=rooms)
        locked = _lock_calendars(booking, people, rooms)
    known = {
        entry.calendar_id: entry
        for entry in CalendarEntry.objects.filter(booking=booking).select_related("calendar")
    }
    # whoever is invited anew some day has put nothing away
    forgotten = [
        e.id for e in known.values() if e.hidden_at is not None and e.calendar.person_id not in people
    ]
    if forgotten:
        CalendarEntry.objects.filter(id__in=forgotten).update(hidden_at=None)
    concerned = [c for c in locked if not _is_put_away(known.get(c.id), booking)]
    keep = [c for c in concerned if _owner_of(c) in people or _owner_of(c) in rooms]
    drop = [c for c in concerned if c not in keep]
    places = _places_in(keep, booking, known, href)
    Calendar.objects.filter(id__in=[c.id for c in concerned]).update(change=F("change") + 1)
    if extent is not None:
        CalendarEntry.objects.bulk_create(
            [
                CalendarEntry(
                    calendar=c,
                    booking=booking,
                    href=places[c.id].href,
                    uid=places[c.id].uid,
                    change=places[c.id].change,
                    first_at=extent.first_at,
                    last_at=extent.last_at,
                )
                for c in keep
            ],
            update_conflicts=True,
            unique_fields=["calendar", "booking"],
            update_fields=["href", "uid", "change", "first_at", "last_at", "deleted_at", "hidden_at"],
        )
    if drop:
        _count_entries(CalendarEntry.objects.filter(booking=booking, calendar__in=drop), deleted_at=now)


def count_on(booking: Booking) -> None:
    """Something of the booking is another for calendars, and nothing of where and when it is shown: an answer came."""
    shown = CalendarEntry.objects.filter(booking=booking, deleted_at=None)
    calendars = Calendar.objects.select_for_update(no_key=True).filter(id__in=shown.values("calendar_id"))
    ids = list(calendars.order_by("id").values_list("id", flat=True))
    Calendar.objects.filter(id__in=ids).update(change=F("change") + 1)
    _count_entries(CalendarEntry.objects.filter(booking=booking, calendar__in=ids))


def hide_entry(calendar_id: int, booking: Booking, *, now: datetime) -> None:
    """Put the booking away in one calendar until its SEQUENCE rises. The caller has the booking's lock."""
    calendars = Calendar.objects.select_for_update(no_key=True).filter(id=calendar_id)
    calendar = calendars.get()
    shown = CalendarEntry.objects.filter(calendar=calendar, booking=booking, deleted_at=None)
    if shown.update(change=calendar.change + 1, deleted_at=now, hidden_at=booking.sequence):
        calendars.update(change=F("change") + 1)


class NewInCalendars:
    """A new booking, to be shown in the calendars of these people and its rooms: written with its other rows.

    occurrences: all of its dates, refused ones too. href: what the organiser's client calls it. Raises UidTaken.
    """

    def __init__(
        self,
        writing: Writing,
        booking: Booking,
        occurrences: Sequence[Occurrence],
        person_ids: Collection[UUID],
        *,
        href: str | None = None,
    ) -> None:
        self._booking, self._href = booking, href
        extent = Extent.of((o.room_id, o.starts_at, o.ends_at, o.state) for o in occurrences)
        assert extent is not None
        self._person_ids = set(person_ids) if extent.room_ids else {booking.organiser_id}
        self._room_ids = extent.room_ids
        self._shown_in = 0
        occupying = [o for o in occurrences if o.state in OCCUPYING]
        if occupying:
            add_busy_to(writing, occupying, person_ids)
        if self._meets_others():
            # what has to make way for it is written by `show_booking`, when all else is there
            return
        people, rooms = (
            [prepared_id(one) for one in sorted(ids)] for ids in (self._person_ids, self._room_ids)
        )
        shown, organiser = prepared_id(booking.id), prepared_id(booking.organiser_id)
        default = default_href(booking.id)
        span = [prepared_moment(moment) for moment in (extent.first_at, extent.last_at)]
        names = [href_in_rooms(booking.id), organiser, href or default, default]
        values = [shown, *names, booking.uid, *span]
        if connection.vendor == "postgresql":
            writing.add_part(_LOCK, [people, rooms], name="locked")
            writing.add_part(_COUNT, [], name="counted")
            writing.add_part(_SHOW, values, count=self._count)
        else:
            owners = f"person_id IN ({_marks(people)}) OR room_id IN ({_marks(rooms)})"
            writing.add_part(
                f"UPDATE {_CALENDARS} SET change = change + 1 WHERE {owners}",  # noqa: S608 - placeholders
                [*people, *rooms],
            )
            writing.add_part(_SHOW_PLAIN + owners, [*values, *people, *rooms], count=self._count)

    def make_sure(self, now: datetime) -> None:
        """After it was written: a calendar that was not there is made now, and counts like the others."""
        if self._shown_in < len(self._person_ids) + len(self._room_ids):
            show_booking(self._booking, person_ids=self._person_ids, now=now, href=self._href)

    def _count(self, rows: int) -> None:
        self._shown_in = rows

    def _meets_others(self) -> bool:
        """Whether one of the calendars knows its UID already, or the organiser's the name."""
        met = Q()
        if self._booking.uid != own_uid(self._booking.id):
            shown_in = Q(calendar__person__in=self._person_ids) | Q(calendar__room__in=self._room_ids)
            met |= shown_in & Q(uid=self._booking.uid)
        if self._href is not None:
            met |= Q(calendar__person=self._booking.organiser_id, href=self._href)
        return bool(met) and CalendarEntry.objects.filter(met).exists()


@dataclass(slots=True)
class _Place:
    """What the entry is called in one calendar, and the number of its change."""

    href: str
    uid: str
    change: int


def _places_in(
    calendars: Sequence[Calendar], booking: Booking, known: Mapping[int, CalendarEntry], href: str | None
) -> dict[int, _Place]:
    """What a booking is called in each of these locked calendars; what has to make way for it is renamed.

    An entry keeps its name and UID. In the calendar of its organiser a booking has its own UID, whatever others have
    brought there: nobody can keep somebody from booking by inviting them first.
    """
    places = {}
    new = []
    for c in calendars:
        entry = known.get(c.id)
        own = c.person_id == booking.organiser_id
        usual = href_in_rooms(booking.id) if c.person_id is None else default_href(booking.id)
        named = entry.href if entry else (href if own and href else usual)
        places[c.id] = _Place(named, entry.uid if entry else booking.uid, c.change + 1)
        if entry is None or entry.deleted_at is not None or (own and entry.uid != booking.uid):
            new.append(c)
    if not new:
        return places
    names = {places[c.id].href for c in new}
    others = CalendarEntry.objects.filter(
        Q(uid__in=[booking.uid, own_uid(booking.id)]) | Q(href__in=names), calendar__in=[c.id for c in new]
    ).exclude(booking=booking)
    met: dict[int, list[CalendarEntry]] = {}
    for other in others.select_related("booking"):
        met.setdefault(other.calendar_id, []).append(other)
    for c in new:
        _find_place(c, places[c.id], booking, known.get(c.id), met.get(c.id, ()), asked=href)
    return places


def _find_place(
    calendar: Calendar,
    place: _Place,
    booking: Booking,
    entry: CalendarEntry | None,
    met: Sequence[CalendarEntry],
    *,
    asked: str | None,
) -> None:
    own = calendar.person_id == booking.organiser_id
    for other in [one for one in met if one.href == place.href]:
        if own and asked == place.href and entry is None:
            if other.deleted_at is None:
                raise UidTaken()
            other.delete()  # the new entry tells the same name's next change
        else:
            place.href = default_href(uuid7())
    holders = [one for one in met if one.uid == booking.uid]
    place.uid = booking.uid
    for other in holders:
        if other.deleted_at is not None:
            CalendarEntry.objects.filter(id=other.id).update(uid=new_uid())
        elif not own:
            taken = own_uid(booking.id) in {one.uid for one in met}
            place.uid = entry.uid if entry else new_uid() if taken else own_uid(booking.id)
        elif other.booking.organiser_id == booking.organiser_id:
            raise UidTaken()
        else:
            CalendarEntry.objects.filter(id=other.id).update(uid=new_uid(), change=place.change)
            Calendar.objects.filter(id=calendar.id).update(change=F("change") + 1)
            place.change += 1


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


def _count_entries(entries: QuerySet[CalendarEntry], **fields: object) -> None:
    """Give them the number that their calendars have just counted."""
    counted = Calendar.objects.filter(id=OuterRef("calendar_id")).values("change")[:1]
    entries.update(change=Subquery(counted), **fields)


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values)) or "NULL"


def _owner_of(calendar: Calendar) -> UUID | None:
    return calendar.person_id or calendar.room_id


def _is_put_away(entry: CalendarEntry | None, booking: Booking) -> bool:
    return entry is not None and entry.hidden_at is not None and booking.sequence <= entry.hidden_at
