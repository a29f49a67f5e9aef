# SPDX-License-Identifier: EUPL-1.2
"""What people were told, and what is there at the end. Plain values; `checker.py` compares them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Stored:
    """A booking in the database: `shown`, with the SEQUENCE that its mails have to tell."""

    shown: Shown
    sequence: int

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
