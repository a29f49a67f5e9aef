# SPDX-License-Identifier: EUPL-1.2
"""Facts: what happened to bookings and meetings. Small, frozen, ids only; `reactions.py` says what follows.

`key` names what a fact is about: deliveries of one reaction keep their order within one key.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingConfirmed:
    """A booking was promised. Invitations go out at this SEQUENCE."""

    booking_id: str
    sequence: int

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingChanged:
    """A booking was changed. `removed`: addresses no longer invited; `what`: names of changed fields.

    `added`: addresses new in this version. `room_ids`: rooms whose status may differ now.
    """

    booking_id: str
    sequence: int
    version: int
    what: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    room_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingCancelled:
    """All dates to come were given up."""

    booking_id: str
    sequence: int

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeAnswered:
    """Somebody said whether they come. `answers`: how many answers the booking had got by then. `asked_at`: they had
    said it before, and want it told once more; seconds of Unix time, else 0.
    """

    booking_id: str
    attendee_id: str
    answers: int
    asked_at: int = 0

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMade:
    """An attendee would like another time. The organiser is told, and decides."""

    booking_id: str
    proposal_id: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDeclined:
    """The organiser leaves it at the time there was. Who proposed another is told."""

    booking_id: str
    proposal_id: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshAsked:
    """Somebody invited is to get the invitation once more. `address`: theirs, in lower case. `asked_at`: seconds of
    Unix time, to tell one such wish from another.
    """

    booking_id: str
    address: str
    asked_at: int

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRefused:
    """A wish was refused and kept: a new booking that occupies nothing, or a change of one whose dates are held
    meanwhile. `version`: of the booking then. The organiser is told why, and what can be had instead.
    """

    booking_id: str
    version: int

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingReleased:
    """Held dates were given up because nobody wanted them back in time. `released_at`: ISO text, of these dates."""

    booking_id: str
    released_at: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked:
    """Dates of a booking wait for a decision. Those who decide, and the organiser, are told."""

    booking_id: str
    approval_id: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided:
    """The request was approved, declined, or lapsed undecided."""

    booking_id: str
    approval_id: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesEnding:
    """A series without end is promised for a few weeks more only. `promised_until`: ISO text, as it was then."""

    booking_id: str
    promised_until: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue:
    """A date begins soon, and people are to be reminded of it. `starts_at`: ISO text, as it was then."""

    booking_id: str
    starts_at: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlanned:
    """A server was chosen; the meeting has to be created there."""

    meeting_id: str
    booking_id: str
    room_id: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingReady:
    """The meeting exists on its server and can be joined."""

    meeting_id: str
    booking_id: str
    room_id: str

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingAttended:
    """The number of people in a meeting changed; the first of them makes it live."""

    meeting_id: str
    booking_id: str
    room_id: str
    people: int

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingEnded:
    """The meeting is over for us. If `on_server`, it may still run there and has to be ended."""

    meeting_id: str
    booking_id: str
    room_id: str
    on_server: bool

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingStranded:
    """The meeting's server is down and no other can take it; or, not `stranded` any more, it can be reached again."""

    meeting_id: str
    booking_id: str
    room_id: str
    stranded: bool

    @property
    def key(self) -> str:
        return self.booking_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceEnded:
    """A date is over (ended or nobody came); the room is free for the next."""

    occurrence_id: str
    booking_id: str
    room_id: str

    @property
    def key(self) -> str:
        return self.booking_id
