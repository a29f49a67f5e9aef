# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a date: its meeting is planned, exists, is attended, ends. The only way back in from outside.

States change by compare-and-set under the occurrence's lock; an answer that comes too late changes nothing
(the epoch and the running states fence it, invariant 8). No server is spoken to here.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings import allotment, ledger, locks, occupancy
from vconf.bookings.attempts import refusals_noted
from vconf.bookings.busy import set_free
from vconf.bookings.errors import AlreadyStarted, NotJoinable
from vconf.bookings.events import (
    MeetingAttended,
    MeetingEnded,
    MeetingPlanned,
    MeetingReady,
    MeetingStranded,
    OccurrenceEnded,
)
from vconf.bookings.models import (
    OCCUPYING,
    RUNNING,
    Booking,
    Meeting,
    MeetingState,
    Occurrence,
    OccurrenceState,
    Overrun,
)
from vconf.bookings.retry import retried
from vconf.bookings.selectors import get_booking, get_occurrence
from vconf.crashpoints import reach
from vconf.errors import Forbidden, NotFound
from vconf.outbox.record import record
from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer
from vconf.rooms.policies import policy_of

#: states from which a meeting may be opened
OPENABLE = (OccurrenceState.CONFIRMED, OccurrenceState.OPENING, OccurrenceState.LIVE, OccurrenceState.OVERRUN)
#: overrun is counted in pieces of this length
OVERRUN_PIECE = timedelta(minutes=15)
#: how long a meeting that was moved waits for its people although its planned end has come
COMING_BACK = timedelta(minutes=5)
#: of these the meetings' names on servers are made: Jitsi folds case, and a name must be the same everywhere
_NAME_CHARACTERS = string.ascii_lowercase + string.digits


def _lock(occurrence_id: UUID | str) -> Occurrence:
    return Occurrence.objects.select_for_update(no_key=True).get(id=occurrence_id)


def _running(occurrence: Occurrence) -> Meeting | None:
    return Meeting.objects.filter(occurrence=occurrence, state__in=RUNNING).first()


@retried
def open_occurrence(
    occurrence_id: UUID, *, server_id: UUID | None = None, explanation: Mapping[str, Any] | None = None
) -> Meeting:
    """Plan the meeting of a date, on its reserved server unless told otherwise; the running one if there is one.

    Opened elsewhere, it takes its reservation along if the other server has the seats left; if not, the promise
    stays where it was made and the meeting is a guest there.

    Raises NotJoinable if the date is not confirmed (any more).
    """
    with transaction.atomic():
        elsewhere = _takes_along(occurrence_id, server_id)
        occurrence = _lock(occurrence_id)
        meeting = _running(occurrence)
        if meeting is not None:
            return meeting
        if occurrence.state not in OPENABLE:
            raise NotJoinable()
        meeting = _plan(occurrence, server_id or occurrence.reserved_server_id, explanation, along=elsewhere)
        reach("meeting.before_plan_commit")
        return meeting


@retried
def meeting_stranded(meeting_id: UUID, *, stranded: bool) -> bool:
    """Its server is down and no other can take it; or that is over. True if it was not known yet."""
    with transaction.atomic():
        meeting, occurrence = _lock_meeting(meeting_id)
        if meeting.state not in RUNNING or (meeting.stranded_at is not None) == stranded:
            return False
        meeting.stranded_at = timezone.now() if stranded else None
        meeting.save(update_fields=["stranded_at"])
        record(
            MeetingStranded(
                **about(meeting, occurrence),
                stranded=stranded,
            )
        )
        return True


@retried
def meeting_provisioned(meeting_id: UUID, *, incarnation: str) -> bool:
    """The server has made it. False if it is not wanted any more; then it has to be ended there."""
    with transaction.atomic():
        meeting, occurrence = _lock_meeting(meeting_id)
        if meeting.state not in RUNNING:
            return False
        if meeting.state == MeetingState.PLANNED:
            meeting.state = MeetingState.CREATED
            meeting.incarnation = incarnation
            meeting.save(update_fields=["state", "incarnation"])
            _note_arrival(meeting)
            record(
                MeetingReady(
                    **about(meeting, occurrence),
                )
            )
        elif meeting.incarnation != incarnation:
            # made anew under the same name after the server forgot it: old join addresses are void
            meeting.incarnation = incarnation
            meeting.save(update_fields=["incarnation"])
        reach("meeting.before_ready_commit")
        return True


@retried
def meeting_attended(meeting_id: UUID, *, people: int, moderators: int) -> None:
    """So many are in it now. The first makes it live; nobody left does not end it."""
    with transaction.atomic():
        meeting, occurrence = _lock_meeting(meeting_id)
        if meeting.state not in (MeetingState.CREATED, MeetingState.LIVE):
            return
        if (meeting.people, meeting.moderators) == (people, moderators):
            return
        if people and meeting.state == MeetingState.CREATED:
            meeting.state = MeetingState.LIVE
            meeting.live_at = timezone.now()
        meeting.people, meeting.moderators = people, moderators
        meeting.save(update_fields=["state", "live_at", "people", "moderators"])
        if people and occurrence.state in (OccurrenceState.OPENING, OccurrenceState.CONFIRMED):
            occurrence.state = OccurrenceState.LIVE
            occurrence.save(update_fields=["state"])
        record(
            MeetingAttended(
                **about(meeting, occurrence),
                people=people,
            )
        )


@retried
def meeting_vanished(meeting_id: UUID, *, incarnation: str | None = None) -> None:
    """The server does not know it any more: everybody left, or a moderator ended it there.

    Within the planned time the date stays promised, and whoever comes back opens a new one; after it, the clock
    finds nobody there and closes the date. With `incarnation`, only if it was not made anew in the meantime.
    """
    now = timezone.now()
    with transaction.atomic():
        meeting, occurrence = _lock_meeting(meeting_id)
        if meeting.state not in (MeetingState.CREATED, MeetingState.LIVE):
            return
        if incarnation not in (None, meeting.incarnation):
            return
        end_meeting(meeting, occurrence, now, on_server=False)
        if occurrence.ends_at > now and occurrence.state in (OccurrenceState.OPENING, OccurrenceState.LIVE):
            occurrence.state = OccurrenceState.CONFIRMED
            occurrence.save(update_fields=["state"])


@retried
@refusals_noted("occurrence.end")
def end_occurrence(occurrence_id: UUID, *, actor: Actor) -> Occurrence:
    """A moderator ends the date: the room and the seats left of it are free at once.

    Raises NotFound (absent or foreign), Forbidden (no moderator), AlreadyStarted (it is over, or not begun).
    """
    view = get_occurrence(occurrence_id, actor=actor)
    if view.booking_id is None:
        raise NotFound()
    if not get_booking(view.booking_id, actor=actor).may_moderate:
        raise Forbidden()
    now = timezone.now()
    with transaction.atomic():
        # the same order as everywhere: booking, room, pool, authorities; then the date itself
        booking = Booking.objects.select_for_update(no_key=True).get(id=view.booking_id)
        occurrence = Occurrence.objects.get(id=occurrence_id)
        path = locks.lock_accounts([occurrence], booking.authority_id)
        occurrence = _lock(occurrence_id)
        meeting = _running(occurrence)
        begun = occurrence.state in OCCUPYING and (meeting is not None or occurrence.starts_at <= now)
        if not begun:
            raise AlreadyStarted()
        if meeting is not None:
            end_meeting(meeting, occurrence, now, on_server=True)
        occupancy.release([occurrence], path, since=now)
        _finish(occurrence, OccurrenceState.ENDED, now)
        record_audit(
            "occurrence.end",
            actor=actor,
            object_type="occurrence",
            object_id=occurrence.id,
            authority_id=booking.authority_id,
        )
        return occurrence


@retried
def close_occurrence(occurrence_id: UUID, *, now: datetime) -> bool:
    """The planned end of a date has come: it ends, nobody came, or it runs over. True if something changed."""
    with transaction.atomic():
        occurrence = Occurrence.objects.select_related("booking").get(id=occurrence_id)
        path = locks.lock_accounts([occurrence], occurrence.booking.authority_id)
        occurrence = _lock(occurrence_id)
        if occurrence.state not in OCCUPYING or occurrence.ends_at > now:
            return False
        meeting = _running(occurrence)
        stays = meeting is not None and (meeting.people or _is_coming_back(meeting, now))
        if meeting is not None and stays and _may_run_over(occurrence, now):
            return _run_over(occurrence, meeting, path, now)
        attended = Meeting.objects.filter(occurrence=occurrence, live_at__isnull=False).exists()
        if meeting is not None:
            end_meeting(meeting, occurrence, now, on_server=True)
        if attended:
            occupancy.release([occurrence], path, since=now)
            _finish(occurrence, OccurrenceState.ENDED, occurrence.ends_at)
        else:
            occupancy.give_back_hours([occurrence], path)
            _finish(occurrence, OccurrenceState.NO_SHOW, occurrence.ends_at)
        reach("meeting.before_close_commit")
        return True


def about(meeting: Meeting, occurrence: Occurrence) -> dict[str, str]:
    """The ids that every fact about a meeting names."""
    return {
        "meeting_id": str(meeting.id),
        "booking_id": str(occurrence.booking_id),
        "room_id": str(occurrence.room_id),
    }


def new_external_id() -> str:
    """The meeting's name on its server: new each time and not to be guessed (124 bits)."""
    return "vconf-" + "".join(secrets.choice(_NAME_CHARACTERS) for _ in range(24))


def _plan(
    occurrence: Occurrence, server_id: UUID, explanation: Mapping[str, Any] | None, *, along: bool
) -> Meeting:
    """The next epoch; the caller has the locks. `along`: the reservation moves too, if the server has the seats."""
    # what runs over is promised nothing: there is no reservation left to take along
    if along and occurrence.state != OccurrenceState.OVERRUN:
        _take_along(occurrence, server_id)
    last = Meeting.objects.filter(occurrence=occurrence).order_by("-epoch").first()
    meeting = Meeting.objects.create(
        occurrence=occurrence,
        server_id=server_id,
        epoch=last.epoch + 1 if last is not None else 1,
        external_id=new_external_id(),
        explanation=dict(explanation or {"code": "as_reserved"}),
    )
    note_event(server_id, "placed", meeting_id=meeting.id, facts=meeting.explanation)
    if occurrence.state == OccurrenceState.CONFIRMED:
        occurrence.state = OccurrenceState.OPENING
        occurrence.save(update_fields=["state"])
    record(
        MeetingPlanned(
            **about(meeting, occurrence),
        )
    )
    return meeting


def _note_arrival(meeting: Meeting) -> None:
    """It is there. If it was moved, operators see how long that took."""
    before = _moved_from(meeting)
    if before is None or before.ended_at is None:
        return
    seconds = round((timezone.now() - before.ended_at).total_seconds(), 1)
    facts = {"from": before.server.name, "seconds": seconds}
    note_event(meeting.server_id, "moved", code="ready", meeting_id=meeting.id, facts=facts)


def _moved_from(meeting: Meeting) -> Meeting | None:
    """The epoch before, if that was lost."""
    lost = Meeting.objects.select_related("server").filter(state=MeetingState.LOST)
    return lost.filter(occurrence_id=meeting.occurrence_id, epoch=meeting.epoch - 1).first()


def _takes_along(occurrence_id: UUID, server_id: UUID | None) -> bool:
    """Whether the reservation may have to move; then the pool is locked, before the date as everywhere."""
    if server_id is None:
        return False
    reserved, pool_id = Occurrence.objects.values_list("reserved_server_id", "pool_id").get(id=occurrence_id)
    if reserved == server_id:
        return False
    locks.lock_pools([pool_id])
    return True


def _take_along(occurrence: Occurrence, server_id: UUID) -> None:
    server = ConferenceServer.objects.filter(id=server_id, pool_id=occurrence.pool_id).first()
    if server is None or server.id == occurrence.reserved_server_id:
        return
    levels = ledger.read_levels([server.id], ledger.days_of(occurrence.starts_at, occurrence.ends_at))
    [load] = allotment.loads([server], levels, occurrence.starts_at, occurrence.ends_at)
    if not load.takes_a_meeting or load.free_seats < occurrence.seats:
        return
    before = ledger.Entry(
        (occurrence.reserved_server_id,), occurrence.starts_at, occurrence.ends_at, occurrence.seats
    )
    ledger.write([before.reversed(), replace(before, accounts=(server.id,))])
    occurrence.reserved_server = server
    occurrence.save(update_fields=["reserved_server"])


def _lock_meeting(meeting_id: UUID | str) -> tuple[Meeting, Occurrence]:
    """Lock the date first, then read its meeting: everybody takes them in this order."""
    occurrence_id = Meeting.objects.values_list("occurrence_id", flat=True).get(id=meeting_id)
    occurrence = _lock(occurrence_id)
    return Meeting.objects.select_related("server").get(id=meeting_id), occurrence


def end_meeting(meeting: Meeting, occurrence: Occurrence, now: datetime, *, on_server: bool) -> None:
    """The meeting is over. The caller has the date's lock; on_server: it may still run there."""
    meeting.state, meeting.ended_at, meeting.people, meeting.moderators = MeetingState.ENDED, now, 0, 0
    meeting.save(update_fields=["state", "ended_at", "people", "moderators"])
    record(
        MeetingEnded(
            **about(meeting, occurrence),
            on_server=on_server,
        )
    )


def _finish(occurrence: Occurrence, state: OccurrenceState, released_at: datetime) -> None:
    occurrence.state = state
    # opened before its planned start and ended before it: it occupied nothing at all
    occurrence.released_at = max(released_at, occurrence.starts_at)
    occurrence.save(update_fields=["state", "released_at"])
    set_free(occurrence)
    record(
        OccurrenceEnded(
            occurrence_id=str(occurrence.id),
            booking_id=str(occurrence.booking_id),
            room_id=str(occurrence.room_id),
        )
    )


def _is_coming_back(meeting: Meeting, now: datetime) -> bool:
    """Its people lost their server a moment ago and are on their way to it."""
    if meeting.live_at is not None or meeting.created_at < now - COMING_BACK:
        return False
    before = _moved_from(meeting)
    return before is not None and before.live_at is not None


def _may_run_over(occurrence: Occurrence, now: datetime) -> bool:
    longest = timedelta(minutes=policy_of(occurrence.room.room_class).overrun_minutes)
    return now < occurrence.ends_at + longest


def _run_over(occurrence: Occurrence, meeting: Meeting, path: list[UUID], now: datetime) -> bool:
    """Count another piece of overrun once the last is used up. It keeps seats, never the room (design)."""
    last = Overrun.objects.filter(occurrence=occurrence).order_by("-ends_at").first()
    begins = last.ends_at if last is not None else occurrence.ends_at
    if begins > now:
        return False
    ends = now + OVERRUN_PIECE
    ledger.write([occupancy.overrun_entry(occurrence, path, begins, ends)])
    Overrun.objects.create(occurrence=occurrence, starts_at=begins, ends_at=ends)
    if occurrence.state != OccurrenceState.OVERRUN:
        occurrence.state = OccurrenceState.OVERRUN
        occurrence.save(update_fields=["state"])
        record(
            MeetingAttended(
                **about(meeting, occurrence),
                people=meeting.people,
            )
        )
    return True
