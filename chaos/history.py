# SPDX-License-Identifier: EUPL-1.2
"""What people were told, and what is there at the end. Plain values; `checker.py` compares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Violation:
    """What the checker found. kind: a few words that are the same for all of its kind."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


class Standing(StrEnum):
    """What the one who asked knows of a booking."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    #: the last thing asked for was never answered
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Shown:
    """A booking as it was answered, or as it stands in the database. Instants are ISO texts in UTC.

    dates: (start, end) of those that take place or took place; what was dropped or refused is not among them
    attendees: their addresses, sorted, without the organiser
    """

    booking_id: str
    uid: str
    version: int
    cancelled: bool
    title: str
    seats: int
    room_id: str
    organiser: str
    attendees: tuple[str, ...]
    dates: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Promise:
    """What became of one wish. `key` is its idempotency key and the first word of its title."""

    key: str
    standing: Standing = Standing.UNANSWERED
    shown: Shown | None = None
    refusal: str = ""


@dataclass(slots=True)
class EventPromise:
    """What became of one event that a calendar client made. `key` is the first word of its summary.

    calendar: address of whose it is. href: its path. starts: wall time as it stands in the text. acknowledged: whether
    it was ever said to be stored.
    """

    key: str
    calendar: str
    href: str
    uid: str
    standing: Standing = Standing.UNANSWERED
    summary: str = ""
    starts: str = ""
    acknowledged: bool = False


@dataclass(slots=True)
class MailPromise:
    """What became of one meeting that a room was invited to by mail. `key` is the first word of its title.

    sequence: of the newest mail that was taken. standing: cancelled, if that was a CANCEL.
    """

    key: str
    organiser: str
    uid: str
    standing: Standing = Standing.UNANSWERED
    sequence: int = -1


@dataclass(frozen=True, slots=True)
class AnswerPromise:
    """The last answer of an attendee that was acknowledged: to which SEQUENCE. partstat: "" while one is under way."""

    partstat: str
    sequence: int


@dataclass(frozen=True, slots=True)
class EventThere:
    """An event (or a message) as a calendar client reads it. partstats: address -> answer."""

    uid: str
    summary: str
    starts: str
    sequence: int
    organiser: str
    method: str = ""
    partstats: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CalendarThere:
    """One calendar at the end, by path.

    listed: ETags. events: what is told of all at once. followed: ETags as a client has them that went from token to
    token all the time. since_first: by one step from the token it had at the beginning. inbox: messages.
    """

    listed: Mapping[str, str]
    events: Mapping[str, EventThere]
    followed: Mapping[str, str]
    since_first: Mapping[str, str]
    inbox: tuple[EventThere, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A booking in the database: `shown`, with the SEQUENCE that its mails have to tell.

    refused: it was never booked, so that nobody is told but the organiser, once. by_mail: the organiser's calendar
    tells everybody, and the room answers.
    """

    shown: Shown
    sequence: int
    refused: bool = False
    by_mail: bool = False

    @property
    def key(self) -> str:
        return self.shown.title.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that the mail server took. Taken twice, it is there twice, with one `message_id`."""

    message_id: str
    recipient: str
    method: str
    uid: str
    sequence: int
    arrived_at: float
    subject: str = ""


@dataclass(frozen=True, slots=True)
class MeetingThere:
    """A meeting, in the database (with its date) or on a server (by its name there)."""

    external_id: str
    occurrence_id: str = ""
    running: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What is there at the end, when nothing is under way any more.

    findings: of the commands that audit, one line each
    boards: name of a listener -> rooms that look different from what the database says
    calendars: address of whose it is -> the calendar
    not_done: mails of people who invite rooms that were taken in and not carried out
    """

    bookings: tuple[Stored, ...]
    mails: tuple[Mail, ...]
    meetings: tuple[MeetingThere, ...] = ()
    on_servers: tuple[MeetingThere, ...] = ()
    not_fanned_out: int = 0
    pending: int = 0
    parked: int = 0
    findings: tuple[str, ...] = ()
    boards: dict[str, tuple[str, ...]] = field(default_factory=dict)
    calendars: Mapping[str, CalendarThere] = field(default_factory=dict)
    not_done: tuple[str, ...] = ()
