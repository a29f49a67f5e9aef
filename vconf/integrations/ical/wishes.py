# SPDX-License-Identifier: EUPL-1.2
"""What an organiser's calendar object wants: a `BookingRequest` (RFC 6638, 3.2.1; RFC 5546, 3.2.2).

Plain, and for calendars and mails alike: whom addresses belong to is looked up before (`Company`). The answers of
others, which a client sends along with whatever it last read, are not looked at: only they themselves, and vconf for
its rooms, give them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from vconf.bookings.models import AttendeeRole
from vconf.bookings.requests import AttendeeRequest, BookingRequest, DateOverride
from vconf.errors import Text
from vconf.integrations.ical.parsed import CalendarObject, ParsedEvent, ParsedParty

#: RFC 5545, 3.2.16: what has no role of its own here is optional
_ROLES = {
    "CHAIR": AttendeeRole.CO_HOST,
    "REQ-PARTICIPANT": AttendeeRole.REQUIRED,
    "OPT-PARTICIPANT": AttendeeRole.OPTIONAL,
    "NON-PARTICIPANT": AttendeeRole.OPTIONAL,
}
LONGEST_TITLE = 200


class NotBookable(Exception):
    """What no booking can be. code: stable, for the doors' own tables; detail: a sentence for people."""

    def __init__(self, code: str, detail: Text) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Whom the addresses of an object belong to, all in lower case.

    owner: addresses of whoever organises it. rooms: address -> room, those that the owner may book. strange: addresses
    where rooms are written to, but none that the owner could book.
    """

    owner: Collection[str]
    rooms: Mapping[str, UUID]
    strange: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The booking as it stands, with what a calendar object cannot say.

    room_named: the room was asked for by name; else any that fits would do. invited: addresses of its people.
    """

    room_id: UUID
    room_named: bool
    seats_asked: int | None
    authority_id: UUID
    language: str
    invited: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """cancelled: the client marks all of it as cancelled. strange: attendees who cannot be invited:
    no rooms, or nobody whom a mail would reach.
    """

    request: BookingRequest
    cancelled: bool = False
    room_named: bool = False
    strange: Sequence[ParsedParty] = field(default=())


def wish_of(
    wanted: CalendarObject,
    company: Company,
    *,
    organiser_id: UUID,
    language: str,
    source: str,
    href: str | None = None,
    standing: Standing | None = None,
) -> Wish:
    """What to book. Raises NotBookable."""
    master = wanted.master
    if master is None:
        raise NotBookable("only_dates", _("Dates of a series can only be saved together with the series."))
    _check_organiser(wanted, company)
    _check_time(master)
    rooms = _rooms_of(master, company)
    if len(rooms) > 1:
        raise NotBookable("two_rooms", _("A meeting has one room. Please remove the others."))
    room_id, named = _room_asked_for(rooms, standing)
    guests = [party for party in master.attendees if _is_guest(party, company)]
    overrides, dropped = _single_dates(wanted, company, guests, rooms, standing)
    request = BookingRequest(
        title=title_of(master.summary),
        description=master.description,
        starts_local=master.starts_local,
        duration=master.duration,
        timezone=master.timezone,
        room_id=room_id,
        unknown_room=_unknown_room(master, rooms, company),
        seats=None if standing is None else standing.seats_asked,
        attendees=tuple(
            AttendeeRequest(
                address=party.address,
                name=party.name,
                role=_ROLES.get(party.role, AttendeeRole.REQUIRED),
                told_by_client=party.schedule_agent in ("CLIENT", "NONE"),
            )
            for party in guests
        ),
        authority_id=None if standing is None else standing.authority_id,
        language=language if standing is None else standing.language,
        rrule=master.rrule,
        rdate=master.rdate,
        exdate=tuple(sorted({*master.exdate, *dropped})),
        overrides=overrides,
        organiser_id=organiser_id,
        uid=wanted.uid,
        href=href,
        sequence=wanted.sequence,
        store_refused=True,
        source=source,
    )
    strange = [party for party in master.attendees if not party.address or party.address in company.strange]
    cancelled = master.status == "CANCELLED"
    return Wish(request=request, cancelled=cancelled, room_named=named, strange=strange)


def title_of(summary: str) -> str:
    """SUMMARY as a title: one line, not empty."""
    title = " ".join(summary.split())
    if len(title) > LONGEST_TITLE:
        raise NotBookable("title_too_long", _("The title may have 200 characters at most."))
    return title or str(_("Video conference"))


def _check_organiser(wanted: CalendarObject, company: Company) -> None:
    """Only what the owner organises is booked for them; who sends it in their place stands in SENT-BY."""
    for event in wanted.events:
        if event.organiser is not None and event.organiser.address not in company.owner:
            raise NotBookable(
                "not_organiser",
                _("Somebody else organises this. Only meetings of your own can be booked in this calendar."),
            )


def _check_time(event: ParsedEvent) -> None:
    if event.is_all_day:
        raise NotBookable("all_day", _("A video conference needs a time of day; it cannot last all day."))
    if event.duration <= timedelta():
        raise NotBookable("no_length", _("The end must be after the start."))


def _rooms_of(event: ParsedEvent, company: Company) -> list[UUID]:
    """By address: what CUTYPE says is not relied on."""
    found = [company.rooms.get(party.address) for party in event.attendees]
    return list(dict.fromkeys(room_id for room_id in found if room_id is not None))


def _unknown_room(event: ParsedEvent, rooms: Sequence[UUID], company: Company) -> str:
    """A room asked for that cannot be had, where none is that can: then nothing else is booked in its place."""
    strange = [party.address for party in event.attendees if party.address in company.strange]
    return strange[0] if strange and not rooms else ""


def _room_asked_for(rooms: Sequence[UUID], standing: Standing | None) -> tuple[UUID | None, bool]:
    """The room wanted, None for any that fits (or the present one as long as it does), and whether it was named."""
    if not rooms:
        return None, False
    if standing is not None and rooms[0] == standing.room_id:
        return (rooms[0] if standing.room_named else None), standing.room_named
    return rooms[0], True


def _is_guest(party: ParsedParty, company: Company) -> bool:
    address = party.address
    return bool(address) and not (
        address in company.owner or address in company.rooms or address in company.strange
    )


def _single_dates(
    wanted: CalendarObject,
    company: Company,
    guests: Sequence[ParsedParty],
    rooms: Sequence[UUID],
    standing: Standing | None,
) -> tuple[tuple[DateOverride, ...], set[datetime]]:
    """Dates with a time, title or room of their own, and those that an override calls off."""
    assert wanted.master is not None
    known = {party.address for party in guests}
    known |= set() if standing is None else set(standing.invited)
    kept: list[DateOverride] = []
    dropped: set[datetime] = set()
    for event in wanted.overrides:
        assert event.recurrence_id is not None
        recurrence_id = event.recurrence_id
        if event.status == "CANCELLED":
            dropped.add(recurrence_id)
            continue
        _check_time(event)
        invited = {party.address for party in event.attendees if _is_guest(party, company)}
        # whoever was taken off the whole series still stands in single dates that the client did not touch
        for address in sorted(invited - known):
            sentence = _(
                "%(address)s cannot be invited to a single date of a series only. Please invite them to all dates, or"
                " book that date as a meeting of its own."
            )
            raise NotBookable("people_of_single_date", sentence % {"address": address})
        own_rooms = _rooms_of(event, company)
        others = [room_id for room_id in own_rooms if room_id not in rooms]
        if len(others) > 1:
            raise NotBookable("two_rooms", _("A meeting has one room. Please remove the others."))
        title = title_of(event.summary) if event.summary.strip() else ""
        kept.append(
            DateOverride(
                recurrence_id=recurrence_id,
                starts_at=event.starts_at,
                duration=event.duration,
                title="" if title == title_of(wanted.master.summary) else title,
                room_id=others[0] if others else None,
                unknown_room=_unknown_room(event, own_rooms, company),
            )
        )
    return tuple(kept), dropped
