# SPDX-License-Identifier: EUPL-1.2
"""Calendars as clients and feeds see them. The actor comes first: what is read starts from what they may see (R1.1).

A calendar is read in a few statements, however many entries it has. Which entries changed is told by the counter of the
calendar (`Calendar.change`), which is read before the rows: what changes meanwhile has a higher number and comes next
time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.bookings.calendars import TAKES_PLACE, ensure_calendars
from vconf.bookings.links import join_url
from vconf.bookings.models import (
    OFF,
    Attendee,
    AttendeeAnswer,
    Booking,
    Calendar,
    CalendarEntry,
    FormerName,
    HistoryEntry,
    Occurrence,
    OccurrenceState,
    PartStat,
)
from vconf.bookings.recurrence import to_instant
from vconf.bookings.sight import Sight, sight_of, status_of
from vconf.bookings.wished import is_wished_between
from vconf.rooms.models import Room
from vconf.rooms.selectors import rooms_visible_to

#: an entry has a date in a window: by its span alone, if its dates say so, or if what was wished for instead does
_SURELY, _PERHAPS, _WISHED = range(3)

#: so many are asked for by name; of more, the whole calendar is read
_FEW = 100

#: whose calendar an entry stands in, seen from its booking
Part = Literal["organiser", "attendee", "room"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarView:
    """A calendar that the viewer may open.

    change: its counter, to be taken for the sync token of everything read through this view. known_since: tokens below
    it are too old. organised_only: of a principal's calendar a deputy sees what the principal organises.
    """

    id: int
    change: int
    known_since: int
    person: Person | None = None
    room: Room | None = None
    viewer: Actor
    organised_only: bool = False

    @property
    def is_own(self) -> bool:
        return self.person is not None and self.person.id == self.viewer.person_id

    def knows(self, change: int) -> bool:
        """Whether what changed since then can be told."""
        return self.known_since <= change <= self.change


class Entry(NamedTuple):
    """A booking in a calendar, or its tombstone.

    changed: when, as the database writes it: hardly anybody asks, and reading it costs as much as all the rest.
    """

    id: int
    href: str
    uid: str
    change: int
    booking_id: UUID
    version: int
    changed: str
    deleted: bool = False

    @property
    def changed_at(self) -> datetime:
        at = datetime.fromisoformat(self.changed)
        return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Changes:
    """change: up to where these tell everything. more: there are later ones."""

    entries: Sequence[Entry]
    change: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownParty:
    """Somebody in a booking. comment: what they said with their answer; undeliverable: why mail to them came back, or
    "" (both for its organiser only).
    """

    address: str
    name: str
    role: str = "REQ-PARTICIPANT"
    partstat: str = "NEEDS-ACTION"
    person_id: UUID | None = None
    comment: str = ""
    undeliverable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRoom:
    """address, name: "" for room stock, which is never named. partstat: the room's answer (RFC 5545, 3.2.12)."""

    id: UUID
    name: str
    address: str
    is_stock: bool
    seats: int
    partstat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDate:
    """One date that the calendar shows.

    recurrence_id: naive wall time in the booking's zone. title, room: of a date that has its own; else "" and None.
    room_partstat: the room's answer to this date. answers: address -> PARTSTAT of who answered differently than to all.
    is_moved: begins or ends otherwise than the rule has it. is_override: anything about it is not as for the others.
    """

    occurrence_id: UUID
    recurrence_id: datetime
    starts_at: datetime
    ends_at: datetime
    state: str
    is_moved: bool
    room_partstat: str
    title: str = ""
    room: ShownRoom | None = None
    held_until: datetime | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    is_override: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBooking:
    """Everything a calendar object tells of a booking, as the viewer may see it.

    sight: `full`; `restricted` and `busy` only in calendars of rooms: then title is "", there are no people (but, if
    restricted, the organiser), words, links or PINs, and `uid` belongs to the entry alone; `booking_id` is for who
    asks on, and is never told. version: what the schedule tag is made of; change: of the entry. exdate: dates that
    the rule names and this calendar does not show. sent_by: address of the deputy who booked. status: confirmed,
    pending, partly, refused. refusal, wish: as the booking has them, for its organiser. language: of the viewer, for
    the words that are added. dates: all that are shown, in order of recurrence id.
    """

    entry_id: int
    calendar_id: int
    href: str
    uid: str
    change: int
    booking_id: UUID
    sequence: int
    version: int
    part: Part
    sight: Sight
    status: str
    created_at: datetime
    changed_at: datetime
    language: str
    timezone: str
    starts_local: datetime
    duration: timedelta
    rrule: str
    rdate: tuple[datetime, ...]
    exdate: tuple[datetime, ...]
    dates: tuple[ShownDate, ...]
    seats: int
    title: str = ""
    description: str = ""
    organiser: ShownParty | None = None
    sent_by: str = ""
    attendees: tuple[ShownParty, ...] = ()
    room: ShownRoom | None = None
    join_url: str = ""
    pin: str = ""
    phone: str = ""
    refusal: Mapping[str, Any] | None = None
    wish: Mapping[str, Any] | None = None

    @property
    def is_series(self) -> bool:
        return bool(self.rrule or self.rdate)

    @property
    def overrides(self) -> list[ShownDate]:
        return [date for date in self.dates if date.is_override]


def calendar_of_person(actor: Actor, person_id: UUID) -> CalendarView | None:
    """The actor's own, or that of somebody they stand in for; None for absent and foreign alike. Made if need be."""
    if person_id not in actor.organiser_ids:
        return None
    found = _calendar(Calendar.objects.filter(person=person_id))
    if found is None:
        ensure_calendars(person_ids=[person_id], room_ids=())
        found = _calendar(Calendar.objects.filter(person=person_id))
    if found is None:
        return None
    return CalendarView(
        id=found.id,
        change=found.change,
        known_since=found.known_since,
        person=found.person,
        viewer=actor,
        organised_only=person_id != actor.person_id,
    )


def calendar_of_room(actor: Actor, room_id: UUID) -> CalendarView | None:
    """Of a room that the actor may see by name; None for all others."""
    room = rooms_visible_to(actor).filter(id=room_id).first()
    if room is None:
        return None
    found = _calendar(Calendar.objects.filter(room=room))
    if found is None:
        ensure_calendars(person_ids=(), room_ids=[room.id])
        found = _calendar(Calendar.objects.filter(room=room))
    if found is None:
        return None
    return CalendarView(
        id=found.id, change=found.change, known_since=found.known_since, room=room, viewer=actor
    )


def entries(calendar: CalendarView, hrefs: Collection[str] | None = None) -> list[Entry]:
    """All that the calendar shows, or those of these names, in no order; what has none is left out."""
    rows = _entries_of(calendar).filter(deleted_at=None)
    if hrefs is not None:
        rows = rows.filter(href__in=hrefs)
    return _read(rows)


def entries_numbered(calendar: CalendarView, entry_ids: Collection[int]) -> list[Entry]:
    """Those of these ids that the calendar shows."""
    return _read(_entries_of(calendar).filter(deleted_at=None, id__in=entry_ids))


def entry_of_booking(calendar: CalendarView, booking_id: UUID) -> Entry | None:
    found = _read(_entries_of(calendar).filter(deleted_at=None, booking=booking_id))
    return found[0] if found else None


def changed_since(calendar: CalendarView, change: int, limit: int | None = None) -> Changes:
    """What was shown, changed or taken away after a change of the calendar, in order; tombstones only if change > 0.

    Ask `calendar.knows(change)` before.
    """
    rows = _entries_of(calendar, gone_too=change > 0).filter(change__gt=change, change__lte=calendar.change)
    if not change:
        rows = rows.filter(deleted_at=None)
    rows = rows.order_by("change")
    found = _read_with_tombstones(rows if limit is None else rows[: limit + 1], calendar)
    if change:
        found = sorted([*found, *_former_names(calendar, change, limit)], key=lambda one: one.change)
    if limit is None or len(found) <= limit:
        return Changes(found, calendar.change, more=False)
    return Changes(found[:limit], found[limit - 1].change, more=True)


def _former_names(calendar: CalendarView, change: int, limit: int | None) -> list[Entry]:
    """Names that were given up since, and that nothing else has got."""
    had = CalendarEntry.objects.filter(calendar=OuterRef("calendar"), href=OuterRef("href"))
    rows = FormerName.objects.filter(
        ~Exists(had), calendar=calendar.id, change__gt=change, change__lte=calendar.change
    )
    if calendar.organised_only and calendar.person is not None:
        rows = rows.filter(booking__organiser=calendar.person.id)
    rows = rows.select_related("booking").order_by("change")
    return [
        Entry(
            id=0,
            href=row.href,
            uid="",
            change=row.change,
            booking_id=row.booking_id,
            deleted=True,
            version=row.booking.version,
            changed=row.left_at.isoformat(),
        )
        for row in (rows if limit is None else rows[: limit + 1])
    ]


def entries_between(
    calendar: CalendarView, starts_at: datetime | None, ends_at: datetime | None
) -> list[Entry]:
    """What has a date that overlaps [starts_at, ends_at); None: no bound. Where the owner's wish was refused, the dates
    of the wish count: they are what is shown.
    """
    rows = _entries_of(calendar).filter(deleted_at=None)
    dates = _dates_shown_in(calendar).filter(booking=OuterRef("booking"))
    inside = Q()
    if starts_at is not None:
        rows, dates = rows.filter(last_at__gt=starts_at), dates.filter(ends_at__gt=starts_at)
    if ends_at is not None:
        rows, dates = rows.filter(first_at__lt=ends_at), dates.filter(starts_at__lt=ends_at)
    if starts_at is not None and ends_at is not None:
        inside = Q(first_at__gte=starts_at) | Q(last_at__lte=ends_at)
    if calendar.person is None:
        return _read(rows.filter(Exists(dates)))
    # To its organiser all dates are shown: the span begins with one and ends with one, and the dates themselves need be
    # asked for of series alone that began before and go on afterwards.
    own = Q(booking__organiser=calendar.person.id)
    wished = Q(own, booking__wish__isnull=False)
    how = Case(
        When(wished, then=Value(_WISHED)), When(own & inside, then=Value(_SURELY)), default=Value(_PERHAPS)
    )
    found = list(_columns_of(rows.annotate(how=how), "how"))
    hows = {how for *_, how in found}
    there: set[int] = set()
    if _PERHAPS in hows:
        there.update(rows.filter(Exists(dates)).exclude(wished).values_list("id", flat=True))
    if _WISHED in hows:
        wishes = rows.filter(wished).values_list("id", "booking__wish")
        there.update(
            id for id, wish in wishes if wish is not None and is_wished_between(wish, starts_at, ends_at)
        )
    return [Entry(*columns) for *columns, how in found if how == _SURELY or columns[0] in there]


def sights_in(calendar: CalendarView, booking_ids: Collection[UUID]) -> Mapping[UUID, Sight]:
    """How much of these bookings the viewer sees in the calendar of a room: two statements, however many."""
    rows = CalendarEntry.objects.filter(calendar=calendar.id, deleted_at=None)
    if len(booking_ids) < _FEW:
        rows = rows.filter(booking__in=booking_ids)
    invited = set[UUID]()
    if calendar.viewer.person_id is not None:
        mine = Attendee.objects.filter(person=calendar.viewer.person_id, booking__in=rows.values("booking"))
        invited = set(mine.values_list("booking_id", flat=True))
    found = rows.values_list("booking_id", "booking__organiser_id", "booking__authority_id")
    return {
        id: sight_of(
            Booking(id=id, organiser_id=organiser_id, authority_id=authority_id), calendar.viewer, invited
        )
        for id, organiser_id, authority_id in found
    }


def shown(entry_ids: Collection[int], viewer: Actor) -> list[ShownBooking]:
    """These entries with all that is told of them, in the order asked for; what the viewer may not see is left out.

    A constant number of statements for any number of entries.
    """
    wanted = list(entry_ids)
    rows = _loaded(wanted, viewer)
    return [_shown(rows[one], viewer) for one in wanted if one in rows]


def _calendar(found: QuerySet[Calendar]) -> Calendar | None:
    return found.select_related("person").first()


def _entries_of(calendar: CalendarView, *, gone_too: bool = False) -> QuerySet[CalendarEntry]:
    """What of the calendar is there for the viewer. gone_too: and what was, until it went to another organiser."""
    rows = CalendarEntry.objects.filter(calendar=calendar.id)
    if not calendar.organised_only or calendar.person is None:
        return rows
    seen = Q(booking__organiser=calendar.person.id)
    if gone_too:
        handed_over = HistoryEntry.objects.filter(booking=OuterRef("booking"), action="transferred")
        seen |= Q(Exists(handed_over))
    return rows.filter(seen)


def _read(rows: QuerySet[CalendarEntry]) -> list[Entry]:
    """Of rows that are shown."""
    return [Entry(*columns) for columns in _columns_of(rows)]


def _read_with_tombstones(rows: QuerySet[CalendarEntry], calendar: CalendarView) -> list[Entry]:
    # to a deputy, what the principal has handed over is gone
    owner_id = calendar.person.id if calendar.organised_only and calendar.person is not None else None
    return [
        Entry._make((*columns, deleted_at is not None or owner_id not in (None, organiser_id)))
        for *columns, deleted_at, organiser_id in _columns_of(rows, "deleted_at", "booking__organiser_id")
    ]


def _columns_of(rows: QuerySet[CalendarEntry], *more: str) -> Iterable[Sequence[Any]]:
    """What an `Entry` has, and more of each."""
    return rows.annotate(changed=Cast("booking__changed_at", TextField())).values_list(
        "id", "href", "uid", "change", "booking_id", "booking__version", "changed", *more
    )


def _dates_shown_in(calendar: CalendarView) -> QuerySet[Occurrence]:
    if calendar.room is not None:
        return Occurrence.objects.filter(room=calendar.room, state__in=TAKES_PLACE)
    owner = calendar.person.id if calendar.person is not None else None
    refused = Q(state=OccurrenceState.REFUSED, booking__organiser=owner)
    return Occurrence.objects.filter(Q(state__in=TAKES_PLACE) | refused)


#: columns that no calendar tells
_UNTOLD = (
    "first_at",
    "last_at",
    "booking__cancelled_at",
    "booking__promised_until",
    "booking__reminded_at",
    "booking__wish_until",
    "booking__remind_minutes",
    "booking__remind_at",
    "booking__reminded_until",
    "booking__join_link__token_hash",
    "booking__join_link__pin_hash",
    "booking__join_link__moderator_pin",
    "booking__join_link__moderator_pin_hash",
    "booking__join_link__retired_at",
)
_TOLD_OF_DATES = (
    "booking",
    "room",
    "recurrence_id",
    "title",
    "starts_at",
    "ends_at",
    "state",
    "held_until",
)
_TOLD_OF_PEOPLE = (
    "booking",
    "address",
    "name",
    "role",
    "partstat",
    "comment",
    "undeliverable",
    "person__name",
)


@dataclass(slots=True)
class _Loaded:
    """An entry with all rows that belong to it."""

    entry: CalendarEntry
    dates: list[Occurrence]
    attendees: list[Attendee]
    answers: Mapping[UUID, Mapping[str, str]]
    rooms: Mapping[UUID, Room]
    people: Mapping[UUID, Person]
    part: Part
    sight: Sight


def _loaded(entry_ids: Sequence[int], viewer: Actor) -> dict[int, _Loaded]:
    found = CalendarEntry.objects.filter(id__in=entry_ids, deleted_at=None).select_related(
        "calendar", "booking__join_link"
    )
    # each secret is decrypted when it is read: nobody is told the moderator's PIN here
    rows = _visible(list(found.defer(*_UNTOLD)), viewer)
    # the same few people organise most of a calendar
    people = Person.objects.in_bulk(
        {id for entry, _, _ in rows for id in (entry.booking.organiser_id, entry.booking.booked_by_id)}
    )
    booking_ids = {entry.booking_id for entry, _, _ in rows}
    dates: dict[UUID, list[Occurrence]] = defaultdict(list)
    shown_dates = Occurrence.objects.filter(booking__in=booking_ids).exclude(state=OccurrenceState.CANCELLED)
    for o in shown_dates.only(*_TOLD_OF_DATES):
        dates[o.booking_id].append(o)
    in_full = {entry.booking_id for entry, _, sight in rows if sight is Sight.FULL}
    attendees: dict[UUID, list[Attendee]] = defaultdict(list)
    invited = Attendee.objects.filter(booking__in=in_full).select_related("person").order_by("address")
    for a in invited.only(*_TOLD_OF_PEOPLE):
        attendees[a.booking_id].append(a)
    answers: dict[UUID, dict[str, str]] = defaultdict(dict)
    single = AttendeeAnswer.objects.filter(attendee__booking__in=in_full)
    for occurrence_id, address, partstat in single.values_list(
        "occurrence_id", "attendee__address", "partstat"
    ):
        answers[occurrence_id][address] = partstat
    room_ids = {entry.booking.room_id for entry, _, _ in rows}
    room_ids |= {o.room_id for of_booking in dates.values() for o in of_booking}
    rooms = Room.objects.in_bulk(room_ids)
    return {
        entry.id: _Loaded(
            entry,
            sorted(dates[entry.booking_id], key=lambda o: o.recurrence_id),
            attendees[entry.booking_id],
            answers,
            rooms,
            people,
            part,
            sight,
        )
        for entry, part, sight in rows
    }


def _visible(found: Sequence[CalendarEntry], viewer: Actor) -> list[tuple[CalendarEntry, Part, Sight]]:
    """Those that the viewer may see, with how much of each."""
    in_rooms = [entry for entry in found if entry.calendar.room_id is not None]
    open_rooms: set[UUID] = set()
    invited: set[UUID] = set()
    if in_rooms:
        wanted = [id for entry in in_rooms if (id := entry.calendar.room_id) is not None]
        open_rooms = set(rooms_visible_to(viewer).filter(id__in=wanted).values_list("id", flat=True))
        mine = Attendee.objects.filter(
            person=viewer.person_id,
            person__isnull=False,
            booking__in=[entry.booking_id for entry in in_rooms],
        )
        invited = set(mine.values_list("booking_id", flat=True))
    rows: list[tuple[CalendarEntry, Part, Sight]] = []
    for entry in found:
        owner = entry.calendar.person_id
        organises = owner == entry.booking.organiser_id
        if owner is None:
            if entry.calendar.room_id in open_rooms:
                rows.append((entry, "room", sight_of(entry.booking, viewer, invited)))
        elif owner == viewer.person_id or (organises and owner in viewer.principal_ids):
            rows.append((entry, "organiser" if organises else "attendee", Sight.FULL))
    return rows


def _shown(loaded: _Loaded, viewer: Actor) -> ShownBooking:
    entry, booking = loaded.entry, loaded.entry.booking
    full = loaded.sight is Sight.FULL
    dates = [o for o in loaded.dates if _is_shown(o, loaded)]
    hidden = {o.recurrence_id for o in loaded.dates if not _is_shown(o, loaded)}
    answer = _room_answer({o.state for o in dates})
    room_id = entry.calendar.room_id or booking.room_id
    known = full or booking.authority_id in viewer.admin_ids
    return ShownBooking(
        entry_id=entry.id,
        calendar_id=entry.calendar_id,
        href=entry.href,
        uid=entry.uid if full else _masked_uid(entry.href),
        change=entry.change,
        booking_id=booking.id,
        sequence=booking.sequence,
        version=booking.version,
        part=loaded.part,
        sight=loaded.sight,
        status=status_of({o.state for o in dates}),
        created_at=booking.created_at,
        changed_at=booking.changed_at,
        language="de" if viewer.person is None else viewer.person.language,
        timezone=booking.timezone,
        starts_local=datetime.fromisoformat(booking.starts_local),
        duration=booking.duration,
        rrule=booking.rrule,
        rdate=_locals(booking.rdate),
        exdate=_locals({*booking.exdate, *hidden} if booking.rrule or booking.rdate else ()),
        dates=tuple(_date(o, loaded, room_id, answer) for o in dates),
        seats=booking.seats,
        title=booking.title if full else "",
        description=booking.description if full else "",
        organiser=_organiser(loaded.people[booking.organiser_id]) if known else None,
        sent_by=_sent_by(loaded) if full else "",
        attendees=tuple(_party(a, loaded.part) for a in loaded.attendees) if full else (),
        room=_room(loaded.rooms[room_id], answer),
        join_url=join_url(booking.join_link) if full else "",
        pin=booking.join_link.pin if full else "",
        phone=settings.VCONF_PHONE_NUMBER if full else "",
        refusal=booking.refusal if loaded.part == "organiser" else None,
        wish=booking.wish if loaded.part == "organiser" else None,
    )


def _sent_by(loaded: _Loaded) -> str:
    booking = loaded.entry.booking
    return "" if booking.booked_by_id == booking.organiser_id else loaded.people[booking.booked_by_id].email


def _masked_uid(href: str) -> str:
    """Who may know times only must not learn the UID by which others know the booking (R5.7)."""
    return f"{href.removesuffix('.ics')}@{settings.VCONF_UID_DOMAIN}"


def _is_shown(o: Occurrence, loaded: _Loaded) -> bool:
    if loaded.part == "organiser":
        return True
    if loaded.part == "room" and o.room_id != loaded.entry.calendar.room_id:
        return False
    return o.state in TAKES_PLACE


def _date(o: Occurrence, loaded: _Loaded, room_id: UUID, answer: str) -> ShownDate:
    booking = loaded.entry.booking
    full = loaded.sight is Sight.FULL
    local = datetime.fromisoformat(o.recurrence_id)
    starts_at = to_instant(local, booking.timezone)
    is_moved = (o.starts_at, o.ends_at) != (starts_at, starts_at + booking.duration)
    own_answer = _room_answer({o.state})
    title = o.title if full else ""
    answers = loaded.answers.get(o.id, {})
    elsewhere = o.room_id != room_id
    return ShownDate(
        occurrence_id=o.id,
        recurrence_id=local,
        starts_at=o.starts_at,
        ends_at=o.ends_at,
        state=o.state,
        is_moved=is_moved,
        room_partstat=own_answer,
        title=title,
        room=_room(loaded.rooms[o.room_id], own_answer) if elsewhere else None,
        held_until=o.held_until,
        answers=answers,
        is_override=bool(is_moved or title or elsewhere or answers or own_answer != answer),
    )


def _room_answer(states: Collection[str]) -> str:
    """The PARTSTAT of a room for dates of these states."""
    standing = set(states) - set(OFF)
    if not standing:
        return PartStat.DECLINED
    if standing <= {OccurrenceState.PENDING, OccurrenceState.HELD}:
        return PartStat.TENTATIVE
    return PartStat.ACCEPTED


def _room(room: Room, partstat: str) -> ShownRoom:
    named = not room.is_stock
    return ShownRoom(
        id=room.id,
        name=room.name if named else "",
        address=room.address if named else "",
        is_stock=room.is_stock,
        seats=room.seats,
        partstat=partstat,
    )


def _organiser(person: Person) -> ShownParty:
    return ShownParty(
        address=person.email, name=person.name, role="CHAIR", partstat=PartStat.ACCEPTED, person_id=person.id
    )


def _party(a: Attendee, part: Part) -> ShownParty:
    return ShownParty(
        address=a.address,
        name=a.name or (a.person.name if a.person is not None else ""),
        role=a.role,
        partstat=a.partstat,
        person_id=a.person_id,
        comment=a.comment if part == "organiser" else "",
        undeliverable=a.undeliverable if part == "organiser" else "",
    )


def _locals(texts: Iterable[str]) -> tuple[datetime, ...]:
    return tuple(sorted(datetime.fromisoformat(text) for text in texts))
