# SPDX-License-Identifier: EUPL-1.2
"""What every door hands in. A door translates its own language into one of these, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final
from uuid import UUID


class Unset(Enum):
    """Tells "leave it" from "make it empty" in a change."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeRequest:
    """Somebody to invite. `address` is an e-mail address, `role` one of `AttendeeRole`. `told_by_client`: the calendar
    program of the organiser writes to them itself, or nobody does; None: as before.
    """

    address: str
    name: str = ""
    role: str = "REQ-PARTICIPANT"
    told_by_client: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateOverride:
    """One date of a series that is otherwise than its rule says.

    recurrence_id: naive wall time in the booking's zone that the rule names; one that it does not name is one date
    more. When it begins: `starts_local`, naive in that zone, or `starts_at`, an aware instant; neither: as the rule
    says. duration, room_id: None as for the others. title: empty as for the others. unknown_room: as in a request.
    """

    recurrence_id: datetime
    starts_local: datetime | None = None
    starts_at: datetime | None = None
    duration: timedelta | None = None
    title: str | None = None
    room_id: UUID | None = None
    unknown_room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """A wish for a meeting.

    starts_local: naive wall time in `timezone` (an IANA name), whole seconds; skipped hours move forward,
    doubled hours take the first. duration: elapsed time, up to 24 h. Either `room_id`, or any room that
    fits `seats` (or the people invited). remind_minutes: how long before each date people are reminded by mail, None:
    they are not. `authority_id`: who is charged, the organiser's home if None.
    rrule: value of an RRULE (RFC 5545, 3.3.10), at most one date a day. rdate, exdate: naive wall times of dates
    added and left out. partial: take the dates that can be had and name those refused. href: name of the object in
    the organiser's own calendar. sequence: SEQUENCE as the client counts it. store_refused: keep the wish when it is
    refused, as a booking that occupies nothing. unknown_room: the address of the room asked for, where it is none that
    the organiser may book; no other one will do, so this is refused (`NoSuchRoom`).
    """

    title: str
    starts_local: datetime
    duration: timedelta
    timezone: str
    room_id: UUID | None = None
    seats: int | None = None
    room_class_id: UUID | None = None
    attendees: tuple[AttendeeRequest, ...] = ()
    description: str = ""
    authority_id: UUID | None = None
    language: str = "de"
    remind_minutes: int | None = None
    rrule: str = ""
    rdate: tuple[datetime, ...] = ()
    exdate: tuple[datetime, ...] = ()
    partial: bool = False
    #: None: the caller; else somebody the caller stands in for
    organiser_id: UUID | None = None
    uid: str | None = None
    source: str = "api"
    idempotency_key: str | None = None
    href: str | None = None
    sequence: int = 0
    overrides: tuple[DateOverride, ...] = ()
    store_refused: bool = False
    unknown_room: str = ""

    @property
    def unknown_rooms(self) -> list[str]:
        """Of all dates."""
        return [room for room in (self.unknown_room, *(one.unknown_room for one in self.overrides)) if room]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """A wish to change a booking; what is UNSET stays. `seats=None` means: work it out from the people."""

    title: str | Unset = UNSET
    description: str | Unset = UNSET
    starts_local: datetime | Unset = UNSET
    duration: timedelta | Unset = UNSET
    timezone: str | Unset = UNSET
    room_id: UUID | Unset = UNSET
    seats: int | None | Unset = UNSET
    attendees: tuple[AttendeeRequest, ...] | Unset = UNSET
    language: str | Unset = UNSET
    remind_minutes: int | None | Unset = UNSET
    rrule: str | Unset = UNSET
    rdate: tuple[datetime, ...] | Unset = UNSET
    exdate: tuple[datetime, ...] | Unset = UNSET
    source: str = "api"
    expected_version: int | None = field(default=None)


def changed(wish: BookingRequest, request: ChangeRequest) -> BookingRequest:
    """The wish with what the change names. Where it names other times, single dates are no longer otherwise."""
    named = {
        one.name: getattr(request, one.name) for one in fields(request) if one.name not in _ABOUT_THE_CHANGE
    }
    given = {name: value for name, value in named.items() if value is not UNSET}
    if given.keys() & {"starts_local", "timezone", "rrule", "rdate"}:
        given["overrides"] = ()
    if "room_id" in given:
        given["unknown_room"] = ""
    return replace(wish, **given, source=request.source)


_ABOUT_THE_CHANGE = ("source", "expected_version")
