# SPDX-License-Identifier: EUPL-1.2
"""An entry of a calendar as the values that are written: the event, and what the room says to it.

A change that was refused is shown to its organiser as it was wished for, with the room declined; to everybody else the
booking stands as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vconf.bookings.calendar_views import ShownBooking, ShownDate, ShownParty, ShownRoom
from vconf.bookings.errors import NoSuchRoom
from vconf.bookings.holding import read as read_wish
from vconf.bookings.models import OccurrenceState
from vconf.bookings.recurrence import to_instant
from vconf.bookings.refusals import told
from vconf.bookings.requests import BookingRequest, DateOverride
from vconf.errors import Alternative, Refusal
from vconf.integrations.ical.event import Answer, CalendarEvent, MovedDate, Party, Statuses
from vconf.integrations.ical.objects import UTC_NAMES
from vconf.rooms.models import Room

#: RFC 5546, 3.6: what is in the way is time, or else a rule of the room or of the authority
_CONFLICTS = frozenset({"slot_taken", "no_room", "no_capacity"})
#: ways out of a refusal that are written out
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Written:
    """What `render_object` takes."""

    event: CalendarEvent
    statuses: Statuses


def written_of(shown: Sequence[ShownBooking]) -> list[Written]:
    """One for each, in their order; one query at most, for the rooms of refused wishes."""
    wishes = {one.entry_id: read_wish(dict(one.wish)) for one in shown if one.wish is not None}
    ids = {wish.room_id for wish in wishes.values() if wish.room_id is not None}
    rooms = Room.objects.in_bulk(ids) if ids else {}
    return [_written(one, wishes.get(one.entry_id), rooms) for one in shown]


def _written(shown: ShownBooking, wish: BookingRequest | None, rooms: Mapping[UUID, Room]) -> Written:
    refusal = None if shown.refusal is None else told(dict(shown.refusal))
    with translation.override(shown.language):
        event = _event(shown)
        if wish is not None and refusal is not None:
            wished = _as_wished(event, wish, rooms)
            return Written(wished, _declined(shown, wished, refusal))
        return Written(event, _statuses(shown, refusal))


def _event(shown: ShownBooking) -> CalendarEvent:
    return CalendarEvent(
        uid=shown.uid,
        sequence=shown.sequence,
        stamp=shown.changed_at,
        created_at=shown.created_at,
        title=shown.title,
        description=shown.description,
        language=shown.language,
        timezone=shown.timezone,
        starts_local=shown.starts_local,
        duration=shown.duration,
        organiser=_organiser(shown),
        attendees=[_party(one) for one in shown.attendees],
        room=_room(shown.room),
        join_url=shown.join_url,
        pin=shown.pin,
        phone=shown.phone,
        rrule=shown.rrule,
        rdate=shown.rdate,
        exdate=shown.exdate,
        moved=[_moved(date) for date in _own_dates(shown) if date.is_override],
    )


def _own_dates(shown: ShownBooking) -> list[ShownDate]:
    """Those that the rule has: what is left out is told by EXDATE."""
    left_out = set(shown.exdate)
    return [
        date
        for date in shown.dates
        if date.state != OccurrenceState.CANCELLED and date.recurrence_id not in left_out
    ]


def _organiser(shown: ShownBooking) -> Party:
    if shown.organiser is None:
        return Party(address="")
    return Party(address=shown.organiser.address, name=shown.organiser.name, sent_by=shown.sent_by)


def _party(shown: ShownParty) -> Party:
    return Party(address=shown.address, name=shown.name, role=shown.role, partstat=shown.partstat)


def _room(shown: ShownRoom | None) -> Party:
    """Rooms from stock are never named: nobody chose them."""
    if shown is None or shown.is_stock:
        return Party(address="", name=_("Video conference"))
    return Party(address=shown.address, name=shown.name)


def _moved(date: ShownDate) -> MovedDate:
    return MovedDate(
        recurrence_id=date.recurrence_id,
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        room=None if date.room is None else _room(date.room),
        title=date.title,
        answers=date.answers,
    )


# --- what the room says ---------------------------------------------------------------------------------


def _statuses(shown: ShownBooking, refusal: Refusal | None) -> Statuses:
    partstat = "ACCEPTED" if shown.room is None else shown.room.partstat
    zone = zone_for_words(shown.timezone)
    room = _answer(partstat, refusal, zone)
    dates = {
        date.recurrence_id: _answer(date.room_partstat, refusal, zone)
        for date in _own_dates(shown)
        if date.room_partstat != partstat
    }
    delivery: dict[str, str] = {}
    if shown.part == "organiser":
        delivery = {one.address: _delivered(one, partstat) for one in shown.attendees}
        for one in [shown.room, *(date.room for date in shown.dates)]:
            if one is not None and one.address:
                delivery[one.address] = _delivered_to_room(one.partstat, refusal)
    return Statuses(room=room, dates=dates if shown.is_series else {}, delivery=delivery)


def _answer(partstat: str, refusal: Refusal | None, zone: ZoneInfo) -> Answer:
    if partstat == "TENTATIVE":
        return Answer(partstat=partstat, reason=_("This waits for an approval."))
    if partstat == "DECLINED":
        reason = _("The room is not available.") if refusal is None else sentences(refusal, zone)
        return Answer(partstat=partstat, request_status=request_status(refusal), reason=reason)
    return Answer(partstat=partstat)


def request_status(refusal: Refusal | None) -> str:
    """REQUEST-STATUS (RFC 5546, 3.6) of what was refused; None: nobody knows any more why."""
    if refusal is not None and refusal.code == NoSuchRoom.code:
        return "3.7;Invalid calendar user"
    if refusal is None or refusal.code in _CONFLICTS:
        return "4.1;Event conflict.  Date-time is busy."
    return "3.8;No authority"


def _delivered_to_room(partstat: str, refusal: Refusal | None) -> str:
    """SCHEDULE-STATUS (RFC 6638, 3.2.9)."""
    if partstat == "ACCEPTED":
        return "2.0"
    if partstat == "TENTATIVE":
        return "1.2"
    if refusal is not None and refusal.code == NoSuchRoom.code:
        return "3.7"
    return "5.3" if refusal is None or refusal.code in _CONFLICTS else "3.8"


def _delivered(party: ShownParty, partstat: str) -> str:
    """Nobody is told before the room has said yes; people with an account have it in their calendars then."""
    if partstat != "ACCEPTED":
        return "1.0"
    if party.undeliverable:
        return "5.1"
    return "1.1" if party.person_id is None else "1.2"


def zone_for_words(name: str) -> ZoneInfo:
    """The zone in which people are told the times of a booking: its own. Programs that write UTC do not mean that
    anybody reads it; there it is the installation's.
    """
    return ZoneInfo(settings.VCONF_TIME_ZONE if name in UTC_NAMES else name)


def sentences(refusal: Refusal, zone: ZoneInfo) -> str:
    """Why, and what could be had instead, in the active language, one sentence a line."""
    lines = [str(refusal.detail)]
    ways = [_way_out(one, zone) for one in refusal.alternatives[:_MOST_NAMED]]
    if ways:
        lines.append(_("Possible instead: %(ways)s") % {"ways": "; ".join(filter(None, ways))})
    return "\n".join(lines)


def _way_out(one: Alternative, zone: ZoneInfo) -> str:
    parts = []
    if one.starts_at is not None:
        parts.append(date_format(one.starts_at.astimezone(zone), "SHORT_DATETIME_FORMAT"))
    if one.room_name:
        parts.append(one.room_name)
    if one.seats is not None:
        parts.append(_("%(seats)s seats") % {"seats": one.seats})
    return ", ".join(parts)


# --- a refused change -----------------------------------------------------------------------------------


def _as_wished(event: CalendarEvent, wish: BookingRequest, rooms: Mapping[UUID, Room]) -> CalendarEvent:
    known = {one.address: one for one in event.attendees}
    return replace(
        event,
        title=wish.title,
        description=wish.description,
        timezone=wish.timezone,
        starts_local=wish.starts_local,
        duration=wish.duration,
        attendees=[
            known.get(one.address) or Party(address=one.address, name=one.name, role=one.role)
            for one in sorted(wish.attendees, key=lambda party: party.address)
            if one.address != event.organiser.address
        ],
        room=_wished_room(wish.room_id, wish.unknown_room, rooms) or event.room,
        rrule=wish.rrule,
        rdate=wish.rdate,
        exdate=wish.exdate,
        moved=[_wished_date(one, wish, rooms) for one in wish.overrides],
    )


def _wished_room(room_id: UUID | None, unknown: str, rooms: Mapping[UUID, Room]) -> Party | None:
    if unknown:
        return Party(address=unknown)
    room = None if room_id is None else rooms.get(room_id)
    return None if room is None or room.is_stock else Party(address=room.address, name=room.name)


def _wished_date(one: DateOverride, wish: BookingRequest, rooms: Mapping[UUID, Room]) -> MovedDate:
    starts_at = one.starts_at or to_instant(one.starts_local or one.recurrence_id, wish.timezone)
    return MovedDate(
        recurrence_id=one.recurrence_id,
        starts_at=starts_at,
        ends_at=starts_at + (wish.duration if one.duration is None else one.duration),
        room=_wished_room(one.room_id, one.unknown_room, rooms),
        title=one.title or "",
    )


def _declined(shown: ShownBooking, event: CalendarEvent, refusal: Refusal) -> Statuses:
    zone = zone_for_words(event.timezone)
    reason = sentences(refusal, zone)
    until = min((date.held_until for date in shown.dates if date.held_until is not None), default=None)
    if until is not None:
        held = _("What was booked before is kept for you until %(time)s.")
        reason += "\n" + held % {"time": date_format(until.astimezone(zone), "SHORT_DATETIME_FORMAT")}
    delivery = {one.address: "1.0" for one in event.attendees}
    for room in [event.room, *(date.room for date in event.moved)]:
        if room is not None and room.address:
            delivery[room.address] = _delivered_to_room("DECLINED", refusal)
    answer = Answer(partstat="DECLINED", request_status=request_status(refusal), reason=reason)
    return Statuses(room=answer, delivery=delivery)
