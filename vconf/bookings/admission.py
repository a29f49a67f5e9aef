# SPDX-License-Identifier: EUPL-1.2
"""May this server open this room now? For servers that ask before a room opens, as a Jitsi shard's Prosody does.

A room's name on a server belongs to one meeting, and that is one epoch of one date on one server. So of all servers
that ask for a date's rooms at most one is let in: the one of the current epoch. `decide` says so and is plain; `admit`
asks it under the date's lock, where meetings are planned, moved and ended as well.

A room that everybody has left is gone on such a server, and whoever comes back there makes it anew. So the meeting
stays as it is, with nobody in it, and its server is let in again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from vconf.bookings.meetings import meeting_attended, meeting_provisioned
from vconf.bookings.models import OCCUPYING, RUNNING, Meeting, MeetingState, Occurrence, OccurrenceState
from vconf.bookings.retry import retried
from vconf.crashpoints import reach
from vconf.rooms.journal import note_event
from vconf.rooms.policies import Policy, policy_of

#: A server keeps a refusal for so long: whoever is refused before this much is left can enter when the time has come.
REMEMBERED = timedelta(seconds=90)


class Answer(StrEnum):
    OPEN = "open"
    #: no meeting of ours has that name
    UNKNOWN = "unknown"
    #: waits for approval, or is held for a change
    UNCONFIRMED = "unconfirmed"
    EARLY = "early"
    OVER = "over"
    CANCELLED = "cancelled"
    #: it runs on another server or under another name, or nobody has opened it yet
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Epoch:
    """One meeting of a date."""

    number: int
    server_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A date as it stands, `running` being its running meeting. `closes_at`: the latest end there can be."""

    state: str
    opens_at: datetime
    closes_at: datetime
    running: Epoch | None


_CLOSED = {
    OccurrenceState.PENDING: Answer.UNCONFIRMED,
    OccurrenceState.HELD: Answer.UNCONFIRMED,
    OccurrenceState.ENDED: Answer.OVER,
    OccurrenceState.NO_SHOW: Answer.OVER,
    OccurrenceState.CANCELLED: Answer.CANCELLED,
    OccurrenceState.REFUSED: Answer.CANCELLED,
}


def decide(door: Door, asked: Epoch, *, now: datetime) -> Answer:
    """What a server is told that asks for the room of an epoch; `asked` has the server that asks."""
    closed = _CLOSED.get(OccurrenceState(door.state))
    if closed is not None:
        return closed
    if door.running != asked:
        return Answer.ELSEWHERE
    if now < door.opens_at - REMEMBERED:
        return Answer.EARLY
    return Answer.OPEN if now < door.closes_at else Answer.OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The answer, and what it takes to say it. Unknown names have the answer only.

    `opened_at` tells this opening from others of the same room, in whole milliseconds; `until`: when the server has to
    close it. `seats`: people it holds. `room_page`: slug of a page that leads everybody on who may enter, or empty.
    """

    answer: Answer
    meeting_id: UUID | None = None
    name: str = ""
    opened_at: datetime | None = None
    until: datetime | None = None
    opens_at: datetime | None = None
    timezone: str = ""
    seats: int = 0
    lobby: bool = False
    room_page: str = ""


@retried
def admit(name: str, *, server_id: UUID, now: datetime, ends_on_demand: bool = False) -> Admission:
    """Whether the server may open the room of that name, and if so, note that it was let.

    Asked again it is let in again: it may not have got the answer, or the room was closed in the meantime. Then the
    newer opening is the one that counts. A server cannot be told a later end afterwards, so one that `ends_on_demand`
    may keep the room for as long as the date could still be made; any other would never close it before.
    """
    found = Meeting.objects.filter(external_id=name).values_list("id", "occurrence_id").first()
    if found is None:
        return Admission(answer=Answer.UNKNOWN)
    meeting_id, occurrence_id = found
    with transaction.atomic():
        _lock_date(occurrence_id)
        meeting, admission = _consult(meeting_id, server_id, now, ends_on_demand)
        if admission.answer != Answer.OPEN:
            return admission
        opened_at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        _let_open(meeting, opened_at)
        reach("admission.before_commit")
    reach("admission.before_answer")
    return replace(admission, opened_at=opened_at)


def find_admission(
    meeting_id: UUID, *, server_id: UUID, now: datetime, ends_on_demand: bool = False
) -> Admission:
    """The same answer by the meeting's id; changes nothing."""
    if not Meeting.objects.filter(id=meeting_id).exists():
        return Admission(answer=Answer.UNKNOWN)
    return _consult(meeting_id, server_id, now, ends_on_demand)[1]


@retried
def room_closed(meeting_id: UUID, *, server_id: UUID, opened_at: datetime) -> bool:
    """Everybody has left the room that the server was let open then. The meeting stays; it may be opened again.

    False if it is not that opening any more, or not that server's: such word comes late, or twice.
    """
    found = Meeting.objects.filter(id=meeting_id).values_list("occurrence_id", flat=True).first()
    if found is None:
        return False
    with transaction.atomic():
        _lock_date(found)
        closed = Meeting.objects.filter(
            id=meeting_id, server_id=server_id, opened_at=opened_at, state__in=RUNNING
        ).update(opened_at=None)
        if closed:
            meeting_attended(meeting_id, people=0, moderators=0)
            reach("admission.before_close_commit")
        return bool(closed)


def _lock_date(occurrence_id: UUID) -> None:
    """Alone, and read afterwards: a lock on joined rows loses those that change meanwhile."""
    Occurrence.objects.select_for_update(no_key=True).values_list("id").get(id=occurrence_id)


def _consult(
    meeting_id: UUID, server_id: UUID, now: datetime, ends_on_demand: bool
) -> tuple[Meeting, Admission]:
    meeting = Meeting.objects.select_related("occurrence__booking", "occurrence__room__room_class").get(
        id=meeting_id
    )
    occurrence = meeting.occurrence
    room, policy = occurrence.room, policy_of(occurrence.room.room_class)
    running = _running_now(meeting)
    closes_at, longest = _ends(occurrence, policy)
    door = Door(
        state=occurrence.state,
        opens_at=occurrence.starts_at - timedelta(minutes=policy.open_minutes_before),
        closes_at=closes_at,
        running=running,
    )
    admission = Admission(
        answer=decide(door, Epoch(meeting.epoch, server_id), now=now),
        meeting_id=meeting.id,
        name=meeting.external_id,
        opened_at=meeting.opened_at,
        until=longest if ends_on_demand else closes_at,
        opens_at=door.opens_at,
        timezone=occurrence.booking.timezone,
        seats=max(room.seats, occurrence.seats),
        lobby=policy.lobby,
        room_page=room.slug if room.is_active and not room.is_stock else "",
    )
    return meeting, admission


def _running_now(meeting: Meeting) -> Epoch | None:
    """That of its date. A date has no two that run, so if this one does there is nothing to ask."""
    if meeting.state in RUNNING:
        return Epoch(meeting.epoch, meeting.server_id)
    others = Meeting.objects.filter(occurrence_id=meeting.occurrence_id, state__in=RUNNING)
    running = others.values_list("epoch", "server_id").first()
    return None if running is None else Epoch(*running)


def _ends(occurrence: Occurrence, policy: Policy) -> tuple[datetime, datetime]:
    """How long people may stay on, by the class and the room's next date; and how long if it is made longer."""
    overrun = timedelta(minutes=policy.overrun_minutes)
    longest = occurrence.starts_at + timedelta(minutes=policy.max_length_minutes)
    ends = occurrence.ends_at + overrun, max(occurrence.ends_at, longest) + overrun
    following = (
        Occurrence.objects.filter(
            room_id=occurrence.room_id,
            state__in=OCCUPYING,
            blocks_from__gte=occurrence.ends_at,
            blocks_from__lt=ends[1],
        )
        .exclude(id=occurrence.id)
        .order_by("blocks_from")
        .values_list("blocks_from", flat=True)
        .first()
    )
    return ends if following is None else (min(ends[0], following), following)


def _let_open(meeting: Meeting, opened_at: datetime) -> None:
    if meeting.state == MeetingState.PLANNED:
        # whoever makes meetings on servers has not come to it yet
        meeting_provisioned(meeting.id, incarnation=meeting.incarnation)
    Meeting.objects.filter(id=meeting.id).update(opened_at=opened_at)
    note_event(meeting.server_id, "reservation", code="opened", meeting_id=meeting.id)
