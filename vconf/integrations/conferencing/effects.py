# SPDX-License-Identifier: EUPL-1.2
"""Meetings on their servers: made, moved and ended. Reactions to facts, and the same at once for the join page.

Every step may be repeated and may be cut off anywhere: making is idempotent on one server, what is made but no longer
wanted is ended at once, and whatever slips through is found by `poll`. No transaction is open during a call.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from vconf.bookings.meetings import meeting_provisioned
from vconf.bookings.models import RUNNING, Meeting, MeetingState, Occurrence
from vconf.bookings.moving import Move, move_meetings
from vconf.bookings.retry import retried
from vconf.crashpoints import reach
from vconf.integrations.conferencing.connections import let_go_of_the_database
from vconf.integrations.conferencing.crews import Key, hand_over, is_worth_waiting
from vconf.integrations.conferencing.opening import open_placed, placing
from vconf.integrations.conferencing.placement import Survey, place
from vconf.integrations.conferencing.port import (
    UNOPENED,
    BackendError,
    Misbehaving,
    NotSupported,
    ServerBusy,
    Unreachable,
    WrongSecret,
)
from vconf.integrations.conferencing.recordings import expect_recordings
from vconf.integrations.conferencing.registry import backend_for
from vconf.integrations.conferencing.spec import meeting_spec
from vconf.outbox.deliver import NotYet
from vconf.rooms.health import takes_new_meetings
from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer, ServerHealth, ServerState

log = structlog.get_logger(__name__)

#: How long somebody who clicked *Join* is kept waiting for the server, in seconds.
PATIENCE = 6.0
#: How long a reaction waits for a server before it lets others have their turn, in seconds.
JOB_PATIENCE = 1.0
#: A meeting that was there a moment ago is not asked for again, in seconds.
FRESH = 3.0
#: Failures that are the server's: another one may do better.
SERVER_FAILS = (Unreachable, Misbehaving, WrongSecret, NotSupported)
#: People may still see and hear each other on a server that answers us no more: so long they are left in peace.
LOST_AFTER = timedelta(seconds=15)
#: A server that could not open a date is not tried again for it within this time, so that no date goes in circles.
NOT_AGAIN_WITHIN = timedelta(minutes=10)
#: When a reaction asks again: for what is under way; for a meeting that no server can be asked for; for the end of one
#: whose server is down, which the first look at it sees to.
AGAIN = timedelta(seconds=2)
AGAIN_TO_MAKE = timedelta(seconds=10)
AGAIN_TO_END = timedelta(seconds=60)
#: A failure that nobody waited for is told for so long, in seconds.
FAILED_LATELY = 60.0
#: Nothing runs on a server for longer: dates have at most 24 hours (design), and then some for what runs over.
LONGEST_COPY = timedelta(hours=30)


def provision_meeting(payload: Mapping[str, Any], recipient: str) -> None:
    """MeetingPlanned: make the meeting on its server, or move it if that one fails and another does not.

    Raises NotYet while it is being made or no server answers, and BackendError: if it is not `permanent`, try again
    later.
    """
    meeting = (
        Meeting.objects.select_related("server", "occurrence__room__room_class")
        .filter(id=payload["meeting_id"])
        .first()
    )
    if meeting is None or meeting.state != MeetingState.PLANNED:
        return
    # If it is moved, the new epoch is a fact of its own, with its own reaction.
    if _has_to_move(meeting) and move_elsewhere(meeting.id, reason=_state(meeting.server)) is not None:
        return
    try:
        _done(meeting, "make", lambda: _attempt(meeting.id))
    except SERVER_FAILS as error:
        if move_elsewhere(meeting.id, reason=error.code) is not None:
            return
        if _is_silent(meeting.server_id):
            raise NotYet(again_in=AGAIN_TO_MAKE) from error
        raise


def end_meeting(payload: Mapping[str, Any], recipient: str) -> None:
    """MeetingEnded: end what may still run on the server, whichever incarnation it is.

    Raises NotYet while the server is down: a look at it ends what came back with it, and this makes sure. Where a
    server cannot end anything, trying again would not help: it is noted there, and the meeting ends when people go.
    Raises BackendError.
    """
    if not payload["on_server"]:
        return
    meeting = Meeting.objects.select_related("server").filter(id=payload["meeting_id"]).first()
    if meeting is None or (meeting.ended_at or timezone.now()) < timezone.now() - LONGEST_COPY:
        return
    if meeting.server.health == ServerHealth.DOWN:
        raise NotYet(again_in=AGAIN_TO_END)
    try:
        _done(meeting, "end", lambda: _end(meeting))
    except NotSupported as error:
        note_event(meeting.server_id, "end", code=error.code, meeting_id=meeting.id)


def per_meeting(payload: Mapping[str, Any]) -> list[str]:
    """Recipients for both reactions: one meeting that cannot be reached holds up no other of the same booking."""
    return [payload["meeting_id"]]


def _done(meeting: Meeting, what: str, work: Callable[[], bool]) -> None:
    """Have it done, for a reaction. Raises NotYet if that takes longer: a job keeps nobody waiting.

    What failed after nobody waited any more is told to whoever asks next.
    """
    key = (what, meeting.id)
    _raise_failure(key)
    patience = JOB_PATIENCE if is_worth_waiting(meeting.server_id, key) else 0
    try:
        hand_over(meeting.server_id, key, lambda: _noting_failure(key, work)).result(patience)
    except TimeoutError:
        raise NotYet(again_in=AGAIN) from None
    except BackendError:
        _raise_failure(key)
        raise


def _noting_failure(key: Key, work: Callable[[], bool]) -> bool:
    try:
        return work()
    except BackendError as error:
        now = time.monotonic()
        with _lock:
            for known in [known for known, (_, at) in _failures.items() if now - at >= FAILED_LATELY]:
                del _failures[known]
            _failures[key] = error, now
        raise


def _raise_failure(key: Key) -> None:
    with _lock:
        error, at = _failures.pop(key, (None, 0.0))
    if error is not None and time.monotonic() - at < FAILED_LATELY:
        raise error


def _end(meeting: Meeting) -> bool:
    backend = backend_for(meeting.server)
    let_go_of_the_database()
    try:
        running = backend.find_meeting(meeting.external_id)
        incarnation = running.incarnation if running is not None and not running.ended else None
    except NotSupported:
        incarnation = UNOPENED  # nothing tells whether it runs
    if incarnation is None:
        return True
    reach("conferencing.before_end")
    if not backend.end(meeting.external_id, incarnation):
        raise ServerBusy("the meeting is still ending", code="still_ending")
    reach("conferencing.after_end")
    return True


def provision(meeting_id: UUID) -> bool:
    """Make the meeting, or find it made, and note its incarnation. False if it is not wanted (any more).

    Also for one made long ago: a server that forgot it makes it anew. Raises BackendError.
    """
    meeting = _load(meeting_id)
    if meeting.state not in RUNNING:
        return False
    backend = backend_for(meeting.server)
    spec = meeting_spec(meeting)
    if spec.recording:
        expect_recordings(meeting)
    let_go_of_the_database()
    reach("conferencing.before_create")
    created = backend.create(spec)
    reach("conferencing.after_create")
    if meeting_provisioned(meeting.id, incarnation=created.incarnation):
        reach("conferencing.after_ready")
        return True
    if not backend.end(created.external_id, created.incarnation):
        log.warning("a meeting nobody wants is still ending", meeting=str(meeting.id))
    return False


def move_elsewhere(meeting_id: UUID, *, reason: str) -> Meeting | None:
    """`move_all_elsewhere` for one; None if it is over, or no healthy server can be had."""
    return next(iter(move_all_elsewhere([meeting_id], reason=reason)), None)


@retried
def move_all_elsewhere(meeting_ids: Sequence[UUID], *, reason: str) -> list[Meeting]:
    """Give dates' meetings up on their servers and plan the next epoch of each on a healthy one: one transaction.

    They choose in this order, each knowing what those before have taken. Left out is what is over, and what finds no
    healthy server with the seats: those who are on it already were promised theirs. What the old servers may hold is
    ended there once they can be reached. The new meetings.
    """
    known = _loaded().in_bulk(meeting_ids)
    lost = [known[one] for one in meeting_ids if one in known and known[one].state in RUNNING]
    if not lost:
        return []
    dates = [meeting.occurrence for meeting in lost]
    with placing(*dates):
        survey, unfit = Survey(dates), _unfit_for(lost)
        moves = []
        for meeting in lost:
            placement = place(meeting.occurrence, without=unfit[meeting.id], survey=survey)
            if placement is None or not (placement.healthy and placement.fits):
                continue
            survey.took(meeting.occurrence, placement.server_id)
            explanation = {
                **placement.explanation,
                "moved_from": {"server": meeting.server.name, "why": reason},
            }
            moves.append(Move(meeting.id, placement.server_id, explanation))
        moved = move_meetings(moves, reason=reason)
    before = {meeting.occurrence_id: meeting for meeting in lost}
    for new in moved:
        reach("meeting.after_move_commit")
        old = before[new.occurrence_id]
        log.warning("meeting moved", meeting=str(old.id), server=old.server.name, reason=reason)
    return moved


def _unfit_for(meetings: Collection[Meeting]) -> dict[UUID, set[UUID]]:
    """By meeting: the server it is on, and those that could not open its date lately and have not been down and well
    again since.
    """
    lately = Meeting.objects.select_related("server").filter(
        occurrence__in=[meeting.occurrence_id for meeting in meetings],
        state=MeetingState.LOST,
        ended_at__gt=timezone.now() - NOT_AGAIN_WITHIN,
    )
    failed: dict[UUID, set[UUID]] = defaultdict(set)
    for one in lately:
        since = one.server.health_since
        if one.ended_at is not None and (since is None or since <= one.ended_at):
            failed[one.occurrence_id].add(one.server_id)
    return {meeting.id: {meeting.server_id, *failed[meeting.occurrence_id]} for meeting in meetings}


# For the join page: the same at once


def bring_up(occurrence: Occurrence) -> Meeting | None:
    """The date's meeting, there to be entered; None if it takes longer or is not wanted any more.

    Opens it if nobody has, moves it if its server has failed, makes it anew if the server forgot it. Takes about
    twice PATIENCE at most. Raises NotJoinable, and BackendError if no server can open it now.
    """
    meeting = _opened(occurrence)
    if _has_to_move(meeting):
        meeting = move_elsewhere(meeting.id, reason=_state(meeting.server)) or meeting
    try:
        ready = provision_now(meeting.id)
    except SERVER_FAILS as error:
        meeting = _load(meeting.id)
        planned = meeting.state == MeetingState.PLANNED
        moved = move_elsewhere(meeting.id, reason=error.code) if planned or is_lost(meeting) else None
        if moved is None:
            raise
        ready, meeting = provision_now(moved.id), moved
    if not ready:
        return None
    meeting = _load(meeting.id)
    return meeting if meeting.state in (MeetingState.CREATED, MeetingState.LIVE) else None


def provision_now(meeting_id: UUID, *, patience: float | None = None) -> bool:
    """Whether the meeting is there, after `patience` (else PATIENCE) seconds at most; the attempt itself goes on.

    People who click at the same time wait for the same attempt. Raises BackendError if it failed in time.
    """
    if was_there(meeting_id):
        return True
    server_id = Meeting.objects.values_list("server_id", flat=True).get(id=meeting_id)
    let_go_of_the_database()
    try:
        return provision_soon(meeting_id, server_id).result(PATIENCE if patience is None else patience)
    except TimeoutError:
        return False


def provision_soon(meeting_id: UUID, server_id: UUID) -> Future[bool]:
    """The same without waiting; the outcome tells whether it is there."""
    return hand_over(server_id, ("make", meeting_id), lambda: _attempt(meeting_id))


def was_there(meeting_id: UUID) -> bool:
    """Whether this process has found it there within the last FRESH seconds."""
    with _lock:
        return time.monotonic() - _seen.get(meeting_id, -FRESH) < FRESH


def forget_seen(meeting_id: UUID) -> None:
    """Somebody found that the meeting is not there: the next attempt asks the server."""
    with _lock:
        _seen.pop(meeting_id, None)


def _attempt(meeting_id: UUID) -> bool:
    try:
        ready = provision(meeting_id)
    except BackendError:
        raise
    except Exception:
        log.exception("a meeting could not be made", meeting=str(meeting_id))
        raise
    with _lock:
        now = time.monotonic()
        for known in [known for known, since in _seen.items() if now - since >= FRESH]:
            del _seen[known]
        if ready:
            _seen[meeting_id] = now
    return ready


_lock = threading.Lock()
_seen: dict[UUID, float] = {}
_failures: dict[Key, tuple[BackendError, float]] = {}


def _opened(occurrence: Occurrence) -> Meeting:
    running = Meeting.objects.filter(occurrence=occurrence, state__in=RUNNING).values_list("id", flat=True)
    if running:
        return _load(running[0])
    return _load(open_placed(occurrence).id)


def _has_to_move(meeting: Meeting) -> bool:
    """Nobody is lost by moving what was never made; what was made is moved only once its server is lost."""
    if meeting.state == MeetingState.PLANNED:
        return not takes_new_meetings(meeting.server) and not _is_best(meeting)
    return is_lost(meeting)


def _is_best(meeting: Meeting) -> bool:
    """Its server is draining and keeps it all the same, or no other one can be had."""
    placement = place(meeting.occurrence)
    return placement is not None and placement.server_id == meeting.server_id


def is_lost(meeting: Meeting) -> bool:
    """Its server is down, and with people in it has been silent for a while."""
    server = meeting.server
    if server.health != ServerHealth.DOWN:
        return False
    return (
        not meeting.people or server.last_seen_at is None or server.last_seen_at < timezone.now() - LOST_AFTER
    )


def _is_silent(server_id: UUID) -> bool:
    """The looks at it fail too, and they see when it is back."""
    health = ConferenceServer.objects.values_list("health", flat=True).get(id=server_id)
    return health in (ServerHealth.SUSPECT, ServerHealth.DOWN)


def _state(server: ConferenceServer) -> str:
    return server.state if server.state != ServerState.ENABLED else server.health


def _load(meeting_id: UUID) -> Meeting:
    return _loaded().get(id=meeting_id)


def _loaded() -> QuerySet[Meeting]:
    return Meeting.objects.select_related(
        "server", "occurrence__pool", "occurrence__room__room_class", "occurrence__booking__join_link"
    )
