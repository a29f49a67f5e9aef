# SPDX-License-Identifier: EUPL-1.2
"""A booking as a calendar sees it: plain values, ready to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody in a calendar object. uri: what they are called by where that is no mail address; then `address` is "".

    `role` and `partstat` as in RFC 5545, 3.2.16 and 3.2.12. sent_by: address of who acts for the organiser, or "".
    rsvp: whether a message asks them for an answer.
    """

    address: str
    name: str = ""
    role: str = "REQ-PARTICIPANT"
    partstat: str = "NEEDS-ACTION"
    sent_by: str = ""
    uri: str = ""
    rsvp: bool = True

    @property
    def key(self) -> str:
        """What they are known by: the address in lower case, or the URI."""
        return self.address.lower() or self.uri


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDate:
    """A date of a series about which something is not as for the others: time, room, title, or who comes.

    recurrence_id: naive wall time the rule gives, in the event's zone; starts_at, ends_at: aware instants.
    room: None if it is that of the others. title: "" if it is that of the others. answers: address in lower case ->
    PARTSTAT of attendees who answered otherwise than to all.
    """

    recurrence_id: datetime
    starts_at: datetime
    ends_at: datetime
    room: Party | None = None
    title: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the room says to an event or to one date of it.

    partstat: ACCEPTED, TENTATIVE (waits for an approval), DECLINED or NEEDS-ACTION. request_status: `3.8;No authority`
    (RFC 5545, 3.8.8.3), "" if there is nothing to say. reason: sentences for people, in the event's language.
    """

    partstat: str = "ACCEPTED"
    request_status: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """What is known of an event's delivery, for its organiser's copy.

    room: the room's answer. dates: recurrence id -> its answer to a date that it answers otherwise. delivery:
    `Party.key` -> SCHEDULE-STATUS (RFC 6638, 3.2.9), the room's own address included.
    """

    room: Answer = Answer()
    dates: Mapping[datetime, Answer] = field(default_factory=dict)
    delivery: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """What stands in a VEVENT and its overrides.

    stamp: aware instant of this version; later versions have a later one (DTSTAMP, LAST-MODIFIED).
    starts_local, rdate, exdate: naive wall times in `timezone` (an IANA name). duration: elapsed time.
    rrule: the value of RRULE, "" for a single date; an UNTIL without offset is wall time in `timezone`.
    language: "de" or "en", of the words that are added. organiser: without address if only the name is told; then the
    words say it. room: without name if it is not told. pin, phone: "" if there is none. takes_counters: somebody
    reads other times that are proposed in answers.
    """

    uid: str
    sequence: int
    stamp: datetime
    created_at: datetime
    title: str
    description: str
    language: str
    timezone: str
    starts_local: datetime
    duration: timedelta
    organiser: Party
    attendees: Sequence[Party]
    room: Party
    join_url: str
    pin: str = ""
    phone: str = ""
    rrule: str = ""
    rdate: Sequence[datetime] = ()
    exdate: Sequence[datetime] = ()
    moved: Sequence[MovedDate] = ()
    takes_counters: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def is_series(self) -> bool:
        return bool(self.rrule or self.rdate)

    @property
    def starts_at(self) -> datetime:
        """The first date as an instant: skipped hours move forward, doubled hours take the first (RFC 5545, 3.3.5)."""
        return self.starts_local.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.duration
