# SPDX-License-Identifier: EUPL-1.2
"""What a change of a booking does, inside the transaction and under the lock of whoever asks for it.

What the change names holds for all dates to come: a new room or number of seats also for a date that had its own.
What it does not name stays as it is on each date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Replace

from vconf.audit.record import record_audit
from vconf.authorities.deputies import rights_of_organiser
from vconf.authorities.rights import Actor
from vconf.bookings import answers, approvals, history, policing, suggestions
from vconf.bookings.checks import (
    Guest,
    bookable_room,
    check_room,
    check_time,
    checked_description,
    checked_language,
    checked_reminder,
    checked_seats,
    checked_title,
    chosen,
    expected_seats,
    resolve_guests,
    too_small,
)
from vconf.bookings.errors import AlreadyCancelled, AlreadyStarted, NotBooked
from vconf.bookings.events import BookingChanged
from vconf.bookings.holding import let_stand
from vconf.bookings.models import OCCUPYING, Attendee, Booking, Occurrence
from vconf.bookings.placing import Place, date_of, is_ahead, lock_rooms_with_policies, move_dates, show
from vconf.bookings.recurrence import Date, dates_of
from vconf.bookings.requests import UNSET, ChangeRequest
from vconf.bookings.retiming import Retimed, is_series, retimed
from vconf.errors import DomainError, Refusal, VersionConflict
from vconf.outbox.record import record
from vconf.rooms.models import Room
from vconf.rooms.policies import Policy, policy_of

#: changed fields that calendars have to learn of
RAISE_SEQUENCE = {"time", "room", "title", "description", "link", "organiser"}


def lock_booking(
    booking_id: UUID, *, expected_version: int | None, cancelled_too: bool = False, refused_too: bool = False
) -> Booking:
    """Raises VersionConflict, and AlreadyCancelled or NotBooked unless such a booking will do."""
    # a plain lock: a row that somebody else changes while we wait would fall out of a join with what it referred to
    booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
    if expected_version is not None and expected_version != booking.version:
        raise VersionConflict()
    if booking.cancelled_at is not None and not cancelled_too:
        raise AlreadyCancelled()
    if booking.is_refused and not refused_too:
        raise NotBooked()
    return booking


def apply_change(booking: Booking, request: ChangeRequest, *, actor: Actor, now: datetime) -> Booking:
    """Raises Invalid, NotFound, Forbidden and every refusal of `book`; the caller undoes what was done till then."""
    before = history.portrait(booking)
    rows = list(booking.occurrences.all())
    occupying = [o for o in rows if o.state in OCCUPYING]
    if not occupying:
        raise AlreadyStarted()
    series = is_series(booking)
    rights = rights_of_organiser(booking.organiser_id, actor=actor)
    room = booking.room
    if request.room_id is not UNSET and request.room_id != room.id:
        room = bookable_room(request.room_id, rights)
    timing = retimed(booking, rows, request, now, policing.horizon_days(policy_of(room.room_class)))
    title = checked_title(chosen(request.title, booking.title))
    description = checked_description(chosen(request.description, booking.description))
    language = checked_language(chosen(request.language, booking.language))
    remind_minutes = checked_reminder(chosen(request.remind_minutes, booking.remind_minutes))
    known = list(booking.attendees.select_related("person"))
    guests = [Guest(a.address, a.name, a.role, a.person) for a in known]
    if request.attendees is not UNSET:
        guests = resolve_guests(request.attendees, booking.organiser)
    seats_asked = checked_seats(chosen(request.seats, booking.seats_asked))

    old_addresses = {a.address for a in known}
    added = sorted({g.address for g in guests} - old_addresses)
    removed = sorted(old_addresses - {g.address for g in guests})
    invited_as = {(g.address, g.name, g.role) for g in guests}
    own_titles = [o for o in rows if o.title and is_ahead(o, now)] if request.title is not UNSET else []
    what = {
        "time": timing is not None,
        "title": title != booking.title or bool(own_titles),
        "description": description != booking.description,
        "attendees": invited_as != {(a.address, a.name, a.role) for a in known},
        "room": room.id != booking.room_id
        or (request.room_id is not UNSET and any(o.room_id != room.id and is_ahead(o, now) for o in rows)),
    }

    locked = lock_rooms_with_policies({booking.room_id, room.id, *(o.room_id for o in occupying)})
    room, policy = locked[room.id]
    if what["room"]:
        check_room(room, None)
    seats = booking.seats
    if request.seats is not UNSET or what["room"] or what["attendees"]:
        seats = expected_seats(seats_asked, guests, room, policy, grow=True)
    named_seats = request.seats is not UNSET and any(o.seats != seats and is_ahead(o, now) for o in rows)
    what["seats"] = seats != booking.seats or named_seats
    of_mails = (language, remind_minutes) != (booking.language, booking.remind_minutes)
    if not any(what.values()) and not of_mails:
        return booking

    movable = [o for o in occupying if not series or is_ahead(o, now)]
    if timing is not None or what["room"] or what["seats"]:
        if not movable and not (timing is not None and timing.new):
            raise AlreadyStarted()
        stays_series = series if timing is None else timing.is_series
        if stays_series and (what["room"] or not series):
            dates = len(movable) if timing is None else len(timing.dates) + len(timing.new)
            policing.check_series(policy, dates)
        new_room = room if what["room"] else None
        _move(booking, rows, movable, timing, request, new_room, locked, seats, rights, now)
    if timing is not None:
        timing.keep(booking)

    if what["attendees"]:
        keep_people(booking, guests)
    if what["time"]:
        answers.ask_again(booking)
    if own_titles:
        Occurrence.objects.filter(id__in=[o.id for o in own_titles]).update(title="")
    rooms = {booking.room_id, room.id, *(o.room_id for o in occupying)}
    booking.title, booking.description, booking.language = title, description, language
    booking.room, booking.seats, booking.seats_asked = room, seats, seats_asked
    booking.remind_minutes = remind_minutes
    names = [name for name, is_new in what.items() if is_new]
    changes = history.differences(before, history.portrait(booking)) | history.people(added, removed)
    keep_change(
        booking,
        names,
        guests,
        rooms,
        actor=actor,
        now=now,
        added=added,
        removed=removed,
        changes=changes,
        source=request.source,
    )
    return booking


def keep_people(booking: Booking, guests: Sequence[Guest]) -> None:
    """Let exactly these be invited."""
    booking.attendees.exclude(address__in=[g.address for g in guests]).delete()
    before = dict(booking.attendees.values_list("address", "told_by_client"))
    Attendee.objects.bulk_create(
        [
            Attendee(
                booking=booking,
                address=g.address,
                name=g.name,
                role=g.role,
                person=g.person,
                told_by_client=before.get(g.address, False) if g.told_by_client is None else g.told_by_client,
            )
            for g in guests
        ],
        update_conflicts=True,
        unique_fields=["booking", "address"],
        update_fields=["name", "role", "person", "told_by_client"],
    )


def keep_change(
    booking: Booking,
    what: Sequence[str],
    guests: Sequence[Guest],
    room_ids: set[UUID],
    *,
    actor: Actor,
    now: datetime,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    action: str = "changed",
    changes: history.Changes | None = None,
    source: str = "api",
    sequence: int = 0,
    settles: bool = True,
) -> None:
    """Count the change, show it in calendars, tell the history, the outbox and the audit.

    sequence: as the client counts it; ours is never lower. settles: a wish that was refused before is forgotten, and
    what was held for it stands.
    """
    if settles:
        let_stand(booking)
    if RAISE_SEQUENCE & set(what):
        booking.sequence += 1
    booking.sequence = max(booking.sequence, sequence)
    booking.version += 1
    booking.changed_at = now
    booking.save()
    show(booking, guests, now)
    history.note(booking, action, actor=actor, changes=changes, now=now, source=source)
    record(
        BookingChanged(
            booking_id=str(booking.id),
            sequence=booking.sequence,
            version=booking.version,
            what=tuple(what),
            added=tuple(added),
            removed=tuple(removed),
            room_ids=tuple(sorted(str(room_id) for room_id in room_ids)),
        )
    )
    approvals.follow(booking, actor=actor)
    record_audit(
        "booking.change",
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=booking.authority_id,
        numbers={"seats": booking.seats},
        changes={"what": ",".join(sorted(what)), "room": str(booking.room_id)},
    )


def guests_of(booking: Booking) -> list[Guest]:
    found = booking.attendees.select_related("person")
    return [Guest(a.address, a.name, a.role, a.person) for a in found]


def _move(
    booking: Booking,
    rows: Sequence[Occurrence],
    movable: Sequence[Occurrence],
    timing: Retimed | None,
    request: ChangeRequest,
    new_room: Room | None,
    locked: dict[UUID, tuple[Room, Policy]],
    seats: int,
    actor: Actor,
    now: datetime,
) -> None:
    dates = {} if timing is None else timing.dates
    gone = [] if timing is None else list(timing.gone)
    gone_ids = {o.id for o in gone}
    places: list[Place] = []
    for o in rows:
        if o.id in gone_ids or not (o.id in dates or o in movable):
            continue
        # a row that an earlier rule had left out comes back in the booking's own room
        revived = o.state not in OCCUPYING
        room_id = new_room.id if new_room is not None else booking.room_id if revived else o.room_id
        room, policy = locked[room_id]
        date = dates.get(o.id) or date_of(o)
        anew = request.seats is not UNSET or revived
        places.append(Place(date, room, policy, seats_of(o, booking, seats, room, anew=anew), o))
    if timing is not None:
        room, policy = locked[new_room.id if new_room is not None else booking.room_id]
        places += [Place(date, room, policy, seats) for date in timing.new]
    move_to(booking, rows, places, gone, timing.delta if timing is not None else timedelta(), actor, now)


def move_to(
    booking: Booking,
    rows: Sequence[Occurrence],
    places: Sequence[Place],
    gone: Sequence[Occurrence],
    delta: timedelta,
    actor: Actor,
    now: datetime,
) -> None:
    """Let the dates of a booking (`rows`: all) take these places, as far as they are not there already, if the classes
    have nothing against it. gone: dates given up. delta: by what the recurrence ids of all other rows wander.
    """
    moving = [p for p in places if not p.is_taken]
    for place in moving:
        if place.occurrence is None or place.date.starts_at != place.occurrence.starts_at:
            # what is booked in a blocked room stays, but nothing is moved there
            check_room(place.room, None)
    # what has begun is not asked about; what comes back is
    begun = [p for p in moving if (o := p.occurrence) and o.state in OCCUPYING and not is_ahead(o, now)]
    check_places([p for p in moving if p not in begun], actor, now)
    concerned = {o.id for o in gone} | {p.occurrence.id for p in moving if p.occurrence is not None}
    others = [o for o in rows if o.id not in concerned]
    standing = [o for o in others if o.state in OCCUPYING]
    if delta:
        # all names change at once: out of the way of each other first
        aside = Replace(F("recurrence_id"), Value("T"), Value("~"))
        Occurrence.objects.filter(booking=booking).update(recurrence_id=aside)
        for o in [*others, *gone]:
            o.recurrence_id = (datetime.fromisoformat(o.recurrence_id) + delta).isoformat()
    move_dates(booking, moving, dropped=gone, standing=standing, now=now)
    if delta:
        Occurrence.objects.bulk_update(others, ["recurrence_id"])


def check_places(places: Sequence[Place], actor: Actor, now: datetime) -> None:
    """Whether the classes take the dates there. A date that stays where it is and begins when it did is not late.

    Raises NotEntitled, TooSoon, InPast, BeyondHorizon, OutsideHours, ClosedDay, TooLong.
    """
    by_room: dict[UUID, list[Place]] = defaultdict(list)
    for place in places:
        if place.is_new_time_or_room:
            by_room[place.room.id].append(place)
    for group in by_room.values():
        room, policy = group[0].room, group[0].policy
        policing.check_entitled(room, policy, actor)
        begins = [
            p.date
            for p in group
            if p.occurrence is None
            or (p.occurrence.starts_at, p.occurrence.room_id) != (p.date.starts_at, room.id)
            or p.occurrence.state not in OCCUPYING
        ]
        if begins:
            check_time(sorted(begins, key=lambda date: date.starts_at), policy, now)
        policing.check_dates([p.date for p in group], policy)


def seats_of(o: Occurrence, booking: Booking, seats: int, room: Room, *, anew: bool) -> int:
    """A number that is named anew holds for each date; else a date keeps its own, or more for more people."""
    if anew or o.seats == booking.seats:
        wanted = seats
    else:
        wanted = max(o.seats, seats) if seats > booking.seats else o.seats
    if wanted > room.seats:
        raise too_small(room, wanted)
    return wanted


def with_alternatives(
    refusal: Refusal, booking: Booking, request: ChangeRequest, actor: Actor, now: datetime
) -> Refusal:
    """The refusal of a change with ways out; for a series those that hold for all its dates. Outside of any lock."""
    if isinstance(refusal, AlreadyCancelled | AlreadyStarted):
        return refusal
    actor = rights_of_organiser(booking.organiser_id, actor=actor)
    room = _room_wanted(request, booking.room, actor)
    if room is None:
        return refusal
    seats = chosen(request.seats, booking.seats) or booking.seats
    refusal.alternatives = suggestions.ways_out(
        refusal,
        actor=actor,
        room=room,
        authority_id=booking.authority_id,
        dates=_wanted_dates(booking, request, now),
        seats=seats,
        now=now,
        except_booking=booking.id,
    )
    return refusal


def _room_wanted(request: ChangeRequest, otherwise: Room, actor: Actor) -> Room | None:
    """None if it is out of question, be it only by now: then the answer stays the refusal that was noted."""
    if request.room_id is UNSET:
        return otherwise
    try:
        return bookable_room(request.room_id, actor)
    except DomainError:
        return None


def _wanted_dates(booking: Booking, request: ChangeRequest, now: datetime) -> Sequence[Date]:
    """The dates to come as the change wanted them; none, if its rule could not even be expanded."""
    if not is_series(booking):
        starts_local = chosen(request.starts_local, datetime.fromisoformat(booking.starts_local))
        zone_name = chosen(request.timezone, booking.timezone)
        return dates_of(starts_local, chosen(request.duration, booking.duration), zone_name)
    rows = list(booking.occurrences.all())
    try:
        timing = retimed(
            booking, rows, request, now, policing.horizon_days(policy_of(booking.room.room_class))
        )
    except DomainError:
        return []
    if timing is None:
        return [date_of(o) for o in rows if is_ahead(o, now)]
    return sorted([*timing.dates.values(), *timing.new], key=lambda date: date.starts_at)


def with_date_alternatives(
    refusal: Refusal, occurrence: Occurrence, request: ChangeRequest, actor: Actor, now: datetime
) -> Refusal:
    """The refusal of a change of one date with ways out. Outside of any lock."""
    if isinstance(refusal, AlreadyCancelled | AlreadyStarted):
        return refusal
    booking = occurrence.booking
    actor = rights_of_organiser(booking.organiser_id, actor=actor)
    room = _room_wanted(request, occurrence.room, actor)
    if room is None:
        return refusal
    zone_name = chosen(request.timezone, booking.timezone)
    length = chosen(request.duration, occurrence.ends_at - occurrence.starts_at)
    begins = occurrence.starts_at
    if request.starts_local is not UNSET:
        begins = dates_of(request.starts_local, length, zone_name)[0].starts_at
    refusal.alternatives = suggestions.alternatives(
        refusal,
        actor=actor,
        room=room,
        authority_id=booking.authority_id,
        starts_at=begins,
        duration=length,
        seats=chosen(request.seats, occurrence.seats) or occurrence.seats,
        now=now,
        except_date=occurrence,
    )
    return refusal
