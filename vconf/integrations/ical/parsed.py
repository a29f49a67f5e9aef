# SPDX-License-Identifier: EUPL-1.2
"""A calendar object as it was read: plain values, no line of text left but the owner's dressing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vconf.bookings.recurrence import to_instant
from vconf.integrations.ical.dressing import Dressing


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedParty:
    """ORGANIZER or ATTENDEE.

    address: mail address in lower case, "" if the value names none. uri: the value as it was (`mailto:`, `urn:`, the
    path of a principal). name: one line. role, partstat, cutype, schedule_agent as in RFC 5545 and RFC 6638, upper
    case, the defaults filled in. force_send: "", "REQUEST" or "REPLY". sent_by: address.
    """

    address: str
    uri: str
    name: str = ""
    role: str = "REQ-PARTICIPANT"
    partstat: str = "NEEDS-ACTION"
    cutype: str = "INDIVIDUAL"
    schedule_agent: str = "SERVER"
    force_send: str = ""
    sent_by: str = ""
    rsvp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEvent:
    """A VEVENT: the master of a UID, or one date of it.

    recurrence_id: naive wall time in the master's zone (`recurrence_zone`; the date's own if there is no master); None:
    the master. starts_local: naive wall time in `timezone` (IANA, or "UTC"). duration: elapsed time, never negative.
    is_floating: the times named no zone and got the calendar's. rrule: value of RRULE as it was, unchecked, "" if there
    is none. rdate, exdate: naive wall times in `timezone`, ascending. description: without our block, `\\n` as its
    only line end. location: the client's own, never the one we wrote. status: "" or as in RFC 5545, upper case.
    organiser: None if not named.
    """

    recurrence_id: datetime | None
    recurrence_zone: str
    starts_local: datetime
    timezone: str
    duration: timedelta
    is_all_day: bool = False
    is_floating: bool = False
    rrule: str = ""
    rdate: tuple[datetime, ...] = ()
    exdate: tuple[datetime, ...] = ()
    summary: str = ""
    description: str = ""
    location: str = ""
    comment: str = ""
    status: str = ""
    transparent: bool = False
    sequence: int = 0
    stamp: datetime | None = None
    organiser: ParsedParty | None = None
    attendees: tuple[ParsedParty, ...] = ()
    request_status: tuple[str, ...] = ()

    @property
    def schedule_agent(self) -> str:
        """Who answers for an attendee's copy (SCHEDULE-AGENT of ORGANIZER; RFC 6638, 7.1)."""
        return "SERVER" if self.organiser is None else self.organiser.schedule_agent

    @property
    def starts_at(self) -> datetime:
        """Aware instant (UTC)."""
        return to_instant(self.starts_local, self.timezone)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.duration

    @property
    def recurrence_at(self) -> datetime | None:
        """RECURRENCE-ID as an instant (UTC), which is how two of them are compared."""
        return None if self.recurrence_id is None else to_instant(self.recurrence_id, self.recurrence_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarObject:
    """All that one resource or message says about one UID.

    method: iTIP's, upper case; "" in a resource. master: None if only single dates are told. overrides: by
    recurrence id, ascending. product: PRODID, to tell programs apart.
    """

    method: str
    uid: str
    master: ParsedEvent | None
    overrides: Sequence[ParsedEvent]
    dressing: Dressing
    product: str = ""

    @property
    def events(self) -> Iterator[ParsedEvent]:
        """The master, if there is one, then the single dates."""
        if self.master is not None:
            yield self.master
        yield from self.overrides

    @property
    def first(self) -> ParsedEvent:
        return next(self.events)

    @property
    def organiser(self) -> ParsedParty | None:
        return next((one.organiser for one in self.events if one.organiser is not None), None)

    @property
    def sequence(self) -> int:
        """The highest of its components."""
        return max(one.sequence for one in self.events)
