# SPDX-License-Identifier: EUPL-1.2
"""Meetings go on on other servers: many in one transaction, for a lost server takes hundreds with it.

For each the same is written as if it were alone: what was lost and what is placed in the journal of the servers, the
audit, the history of the booking, and facts that say what has to be ended where and made where. Only the statements
are shared: about a dozen and a half, however many meetings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings import allotment, ledger, locks
from vconf.bookings.events import MeetingEnded, MeetingPlanned
from vconf.bookings.history import note
from vconf.bookings.meetings import OPENABLE, about, new_external_id
from vconf.bookings.models import RUNNING, Booking, Meeting, MeetingState, Occurrence, OccurrenceState
from vconf.bookings.retry import retried
from vconf.crashpoints import reach
from vconf.outbox.record import record
from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer
from vconf.writing import BulkWriting


@dataclass(frozen=True, slots=True)
class Move:
    """A meeting goes to a server. `explanation`: why there, in codes and numbers."""

    meeting_id: UUID
    server_id: UUID
    explanation: Mapping[str, Any] | None = None


def move_meeting(
    meeting_id: UUID, *, server_id: UUID, explanation: Mapping[str, Any] | None = None, reason: str = ""
) -> Meeting | None:
    """`move_meetings` for one. None if it is over, or was moved by somebody else."""
    moved = move_meetings([Move(meeting_id, server_id, explanation)], reason=reason)
    return moved[0] if moved else None


@retried
def move_meetings(moves: Collection[Move], *, reason: str = "") -> list[Meeting]:
    """Give meetings up on their servers and plan the next epoch of each on another one: both or neither (invariant 8),
    and of all of them or of none.

    `reason`: a code, such as `down`. What the old servers may hold is ended there once they can be reached. Left out is
    what is over, or was moved by somebody else; callers may repeat this as they like. A reservation goes along if the
    new server is of the date's pool and has the seats. The new meetings, in the order of `moves`.
    """
    now = timezone.now()
    wanted = {move.meeting_id: move for move in moves}
    with transaction.atomic():
        along = _lock_pools(wanted)
        dates = _lock_dates(wanted)
        rows = Meeting.objects.select_related("server").filter(id__in=wanted, state__in=RUNNING)
        running = {meeting.id: meeting for meeting in rows}
        given_up = [
            running[move.meeting_id]
            for move in moves
            if move.meeting_id in running and dates[running[move.meeting_id].occurrence_id].state in OPENABLE
        ]
        if not given_up:
            return []
        writing = BulkWriting()
        _lose(given_up, dates, reason, now, writing)
        reach("meeting.after_loss")
        # what runs over is promised nothing: there is no reservation left to take along
        leaving = [
            (dates[meeting.occurrence_id], wanted[meeting.id].server_id)
            for meeting in given_up
            if meeting.id in along and dates[meeting.occurrence_id].state != OccurrenceState.OVERRUN
        ]
        _take_along(leaving)
        planned = _plan(given_up, dates, wanted, writing)
        attended = {dates[m.occurrence_id].booking_id for m in given_up if m.state != MeetingState.PLANNED}
        for booking in Booking.objects.filter(id__in=attended):
            note(booking, "moved", actor=Actor.system("clock"), now=now, writing=writing)
        writing.send()
        reach("meeting.before_move_commit")
        return planned


def _lock_pools(moves: Mapping[UUID, Move]) -> set[UUID]:
    """The meetings whose reservation may have to go along; their pools are locked, before the dates as everywhere."""
    reserved = Meeting.objects.filter(id__in=moves).values_list(
        "id", "occurrence__reserved_server_id", "occurrence__pool_id"
    )
    leaving = {
        meeting_id: pool_id
        for meeting_id, server_id, pool_id in reserved
        if server_id != moves[meeting_id].server_id
    }
    locks.lock_pools(set(leaving.values()))
    return set(leaving)


def _lock_dates(meeting_ids: Collection[UUID]) -> dict[UUID, Occurrence]:
    ids = list(Meeting.objects.filter(id__in=meeting_ids).values_list("occurrence_id", flat=True))
    rows = Occurrence.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    return {row.id: row for row in rows}


def _lose(
    meetings: Sequence[Meeting],
    dates: Mapping[UUID, Occurrence],
    reason: str,
    now: datetime,
    writing: BulkWriting,
) -> None:
    Meeting.objects.filter(id__in=[meeting.id for meeting in meetings]).update(
        state=MeetingState.LOST, ended_at=now, people=0, moderators=0
    )
    for meeting in meetings:
        facts = _last_known(meeting, now)
        note_event(
            meeting.server_id, "lost", code=reason, meeting_id=meeting.id, facts=facts, writing=writing
        )
        ended = MeetingEnded(**about(meeting, dates[meeting.occurrence_id]), on_server=True)
        record(ended, writing=writing)
        record_audit(
            "meeting.lost",
            actor=Actor.system(),
            object_type="meeting",
            object_id=meeting.id,
            numbers={"epoch": meeting.epoch},
            writing=writing,
        )


def _last_known(meeting: Meeting, now: datetime) -> dict[str, int | None]:
    seen = meeting.server.last_seen_at
    silent = None if seen is None else round((now - seen).total_seconds())
    return {"people": meeting.people, "silent_seconds": silent}


def _take_along(leaving: Sequence[tuple[Occurrence, UUID]]) -> None:
    """Reserve the dates on the servers they go to, as long as these have the seats; the pools are locked."""
    targets = ConferenceServer.objects.in_bulk({server_id for _, server_id in leaving})
    inside = [(date, targets[to]) for date, to in leaving if targets[to].pool_id == date.pool_id]
    if not inside:
        return
    days = {day for date, _ in inside for day in ledger.days_of(date.starts_at, date.ends_at)}
    levels = ledger.read_levels({server.id for _, server in inside}, days)
    entries: list[ledger.Entry] = []
    moved: dict[UUID, list[UUID]] = defaultdict(list)
    for date, server in inside:
        if server.id == date.reserved_server_id:
            continue
        [load] = allotment.loads([server], levels, date.starts_at, date.ends_at)
        if not load.takes_a_meeting or load.free_seats < date.seats:
            continue
        before = ledger.Entry((date.reserved_server_id,), date.starts_at, date.ends_at, date.seats)
        after = replace(before, accounts=(server.id,))
        levels = levels.plus([after])
        entries += [before.reversed(), after]
        moved[server.id].append(date.id)
    ledger.write(entries)
    for server_id, ids in sorted(moved.items()):
        Occurrence.objects.filter(id__in=ids).update(reserved_server_id=server_id)


def _plan(
    lost: Sequence[Meeting],
    dates: Mapping[UUID, Occurrence],
    moves: Mapping[UUID, Move],
    writing: BulkWriting,
) -> list[Meeting]:
    epochs = dict(
        Meeting.objects.filter(occurrence__in=dates)
        .order_by()
        .values_list("occurrence_id")
        .annotate(Max("epoch"))
    )
    confirmed = [date.id for date in dates.values() if date.state == OccurrenceState.CONFIRMED]
    Occurrence.objects.filter(id__in=confirmed).update(state=OccurrenceState.OPENING)
    planned = []
    for before in lost:
        move = moves[before.id]
        meeting = Meeting(
            occurrence_id=before.occurrence_id,
            server_id=move.server_id,
            epoch=epochs[before.occurrence_id] + 1,
            external_id=new_external_id(),
            explanation=dict(move.explanation or {"code": "as_reserved"}),
        )
        planned.append(meeting)
        writing.add([meeting])
        note_event(
            move.server_id, "placed", meeting_id=meeting.id, facts=meeting.explanation, writing=writing
        )
        record(MeetingPlanned(**about(meeting, dates[before.occurrence_id])), writing=writing)
    return planned
