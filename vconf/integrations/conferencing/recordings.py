# SPDX-License-Identifier: EUPL-1.2
"""Recordings: found on the servers, shown to who may change the booking, published and deleted at their wish.

A wish is written down with a fact; the reaction asks the server and notes what it confirms. Nothing counts as done
before that. What a server lists is found by looking: often after a meeting, then ever more rarely, since processing
takes from minutes to a night. The signed call of the server only brings the next look forward.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings.models import RUNNING, Meeting
from vconf.bookings.selectors import get_own_booking
from vconf.crashpoints import reach
from vconf.errors import NotFound
from vconf.integrations.conferencing import port
from vconf.integrations.conferencing.connections import let_go_of_the_database
from vconf.integrations.conferencing.errors import RecordingNotReady
from vconf.integrations.conferencing.events import RecordingChangeAsked
from vconf.integrations.conferencing.models import Recording, RecordingLook, RecordingState
from vconf.integrations.conferencing.registry import recordings_on
from vconf.outbox.record import record
from vconf.rooms.models import ConferenceServer

log = structlog.get_logger(__name__)

#: Minutes from one look to the next, the first after the meeting's end.
PAUSES = (1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 720)
#: Afterwards, and once nothing more is to be expected.
LATER = timedelta(days=1)
#: Meetings of which there is no recording by then are not asked for any more.
GIVEN_UP_AFTER = timedelta(days=14)
#: A server that did not answer is asked again then; so are looks that a process did not live to finish.
AGAIN = timedelta(minutes=5)
#: What a server leaves out of its list for so long is gone: its storage may only be away for a moment.
GONE_AFTER = timedelta(hours=1)
LOOKED_FOR_EVERY = timedelta(minutes=20)
#: Meetings asked for in one look at a server.
AT_ONCE = 100
#: How long one round waits for its looks, in seconds; those that take longer go on by themselves.
ROUND = 2.5

#: What can be published and withdrawn.
_READY = (RecordingState.PUBLISHED, RecordingState.UNPUBLISHED)
_SETTLED = (*_READY, RecordingState.DELETED)


# Showing and wishing


def recordings_of(booking_id: UUID, *, actor: Actor) -> QuerySet[Recording]:
    """Those there are of a booking. Raises NotFound, and Forbidden for those who may not change it."""
    booking = get_own_booking(booking_id, actor=actor)
    found = Recording.objects.filter(meeting__occurrence__booking_id=booking.id, deleted_at=None)
    return found.select_related("meeting").order_by("started_at", "id")


def get_own_recording(recording_id: UUID, *, actor: Actor) -> Recording:
    """As `recordings_of` for a single one; a deleted one is not found."""
    found = Recording.objects.filter(id=recording_id, deleted_at=None)
    recording = found.select_related("meeting__occurrence__booking").first()
    if recording is None:
        raise NotFound()
    get_own_booking(recording.meeting.occurrence.booking_id, actor=actor)
    return recording


def ask_publication(recording_id: UUID, *, publish: bool, actor: Actor) -> Recording:
    """Have the server publish the recording, or withdraw it. Raises NotFound, Forbidden, RecordingNotReady."""
    seen = get_own_recording(recording_id, actor=actor)
    with transaction.atomic():
        recording = _locked(recording_id)
        if recording is None or recording.deleted_at is not None:
            raise NotFound()
        if recording.deletion_asked_at is not None or recording.state not in _READY:
            raise RecordingNotReady()
        if recording.publish_wanted is None and _is_published(recording) == publish:
            return recording
        recording.publish_wanted = publish
        recording.save(update_fields=["publish_wanted"])
        record(RecordingChangeAsked(recording_id=str(recording.id)))
        _audit("recording.publish" if publish else "recording.withdraw", recording, seen, actor)
    return recording


def ask_deletion(recording_id: UUID, *, actor: Actor) -> Recording:
    """Have the server delete the recording; asked again, nothing more happens. Raises NotFound, Forbidden."""
    seen = get_own_recording(recording_id, actor=actor)
    with transaction.atomic():
        recording = _locked(recording_id)
        if recording is None or recording.deleted_at is not None:
            raise NotFound()
        if recording.deletion_asked_at is None:
            recording.deletion_asked_at, recording.publish_wanted = timezone.now(), None
            recording.save(update_fields=["deletion_asked_at", "publish_wanted"])
            record(RecordingChangeAsked(recording_id=str(recording.id)))
            _audit("recording.delete", recording, seen, actor)
    return recording


def carry_out(payload: Mapping[str, Any], recipient: str) -> None:
    """RecordingChangeAsked: have the server do what is wanted by now. Raises BackendError."""
    recording = Recording.objects.select_related("server").filter(id=payload["recording_id"]).first()
    if recording is None or recording.deleted_at is not None:
        return
    keeper = recordings_on(recording.server)
    let_go_of_the_database()
    reach("recordings.before_call")
    wanted = recording.publish_wanted
    if recording.deletion_asked_at is not None:
        keeper.delete_recording(recording.record_id)
        is_there = False
    elif wanted is not None:
        is_there = keeper.publish_recording(recording.record_id, publish=wanted)
    else:
        return
    reach("recordings.after_call")
    if is_there and wanted is not None:
        _note_published(recording.id, wanted)
    else:
        _note_gone(recording.id)


def _note_published(recording_id: UUID, published: bool) -> None:
    with transaction.atomic():
        recording = _locked(recording_id)
        if recording is not None and recording.publish_wanted == published:
            recording.state = RecordingState.PUBLISHED if published else RecordingState.UNPUBLISHED
            recording.publish_wanted = None
            recording.save(update_fields=["state", "publish_wanted"])
        reach("recordings.before_noting_commit")
    # Only a look tells the addresses.
    RecordingLook.objects.filter(meeting__recordings=recording_id).update(due_at=timezone.now())


def _note_gone(recording_id: UUID) -> None:
    with transaction.atomic():
        recording = _locked(recording_id)
        if recording is None or recording.deleted_at is not None:
            return
        recording.deleted_at = timezone.now()
        recording.state, recording.playback, recording.publish_wanted = RecordingState.DELETED, "", None
        recording.save(update_fields=["deleted_at", "state", "playback", "publish_wanted"])
        asked = recording.deletion_asked_at is not None
        action = "recording.deleted" if asked else "recording.vanished"
        _audit(action, recording, _with_booking(recording), Actor.system())
        reach("recordings.before_noting_commit")


# Looking


def expect_recordings(meeting: Meeting) -> None:
    """The meeting may be recorded: look for recordings once it is over."""
    RecordingLook.objects.get_or_create(meeting=meeting, defaults={"due_at": timezone.now()})


def look_soon(server_id: UUID, external_id: str) -> None:
    """The server said that a recording of that meeting is ready."""
    RecordingLook.objects.filter(
        meeting__server_id=server_id, meeting__external_id=external_id, due_at__gt=timezone.now()
    ).update(due_at=timezone.now())


def look_for_recordings(*, patience: float = ROUND) -> None:
    """Ask each server for the recordings of meetings that are due, all at the same time."""
    due = RecordingLook.objects.filter(due_at__lte=timezone.now()).exclude(meeting__state__in=RUNNING)
    servers = due.order_by().values_list("meeting__server_id", flat=True).distinct()
    until = time.monotonic() + patience
    looks = [
        threading.Thread(target=_look_in_thread, args=(server_id,), name="recordings", daemon=True)
        for server_id in servers
        if _begin(server_id)
    ]
    for look in looks:
        look.start()
    for look in looks:
        look.join(max(0.0, until - time.monotonic()))


_lock = threading.Lock()
_under_way: set[UUID] = set()


def _begin(server_id: UUID) -> bool:
    with _lock:
        if server_id in _under_way:
            return False
        _under_way.add(server_id)
        return True


def _look_in_thread(server_id: UUID) -> None:
    try:
        _look(server_id)
    except Exception:
        log.exception("looking for recordings failed", server=str(server_id))
    finally:
        with _lock:
            _under_way.discard(server_id)
        connection.close()


def _look(server_id: UUID) -> None:
    server = ConferenceServer.objects.filter(id=server_id).first()
    if server is None:
        return
    now = timezone.now()
    due = RecordingLook.objects.filter(meeting__server=server, due_at__lte=now)
    chosen = list(
        due.exclude(meeting__state__in=RUNNING).select_related("meeting").order_by("due_at", "id")[:AT_ONCE]
    )
    # Taken: whoever looks at the same time finds them not due.
    mine = [
        look
        for look in chosen
        if RecordingLook.objects.filter(id=look.id, due_at=look.due_at).update(due_at=now + AGAIN)
    ]
    if not mine:
        return
    try:
        let_go_of_the_database()
        listed = recordings_on(server).recordings([look.meeting.external_id for look in mine])
    except port.BackendError as error:
        log.info("recordings could not be asked for", server=server.name, error=error.code)
        # It does not answer, so it need not be asked for the rest either.
        due.update(due_at=now + AGAIN)
        return
    of: dict[str, list[port.Recording]] = defaultdict(list)
    for one in listed:
        of[one.external_id].append(one)
    for look in mine:
        _note(server, look.meeting, of[look.meeting.external_id])
        _plan_next(look, now)


def _note(server: ConferenceServer, meeting: Meeting, listed: Sequence[port.Recording]) -> None:
    """Bring the rows of one meeting to what the server lists."""
    known = {row.record_id: row for row in Recording.objects.filter(meeting=meeting)}
    there = {one.record_id: one for one in listed if one.state != RecordingState.DELETED}
    for one in there.values():
        _note_one(server, meeting, one, known.get(one.record_id))
    named = {one.record_id for one in listed}
    for row in known.values():
        if row.record_id in there or row.deleted_at is not None:
            continue
        if row.record_id in named or row.deletion_asked_at is not None or _is_long_missed(row):
            _note_gone(row.id)
        elif row.missed_at is None:
            Recording.objects.filter(id=row.id).update(missed_at=timezone.now())


def _is_long_missed(row: Recording) -> bool:
    return row.missed_at is not None and row.missed_at < timezone.now() - GONE_AFTER


def _note_one(server: ConferenceServer, meeting: Meeting, one: port.Recording, row: Recording | None) -> None:
    seen: dict[str, Any] = {
        "state": one.state,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "size_bytes": one.size_bytes,
        "playback": json.dumps(dict(one.playback)),
        "seen_at": timezone.now(),
        "missed_at": None,
    }
    if row is None:
        Recording.objects.get_or_create(
            server=server, record_id=one.record_id, defaults={"meeting": meeting, **seen}
        )
        return
    with transaction.atomic():
        recording = _locked(row.id)
        if recording is None:
            return
        came_back = recording.deleted_at is not None
        for name, value in seen.items():
            setattr(recording, name, value)
        recording.deleted_at = None
        if recording.publish_wanted is not None and one.state in _READY:
            done = _is_published(recording) == recording.publish_wanted
            recording.publish_wanted = None if done else recording.publish_wanted
        recording.save()
        if came_back and recording.deletion_asked_at is not None:
            # The server came back with what it had deleted: the wish still holds.
            record(RecordingChangeAsked(recording_id=str(recording.id)))


def _plan_next(look: RecordingLook, now: datetime) -> None:
    """Ever more rarely; daily once all is settled; not at all any more when nothing is left or ever came."""
    rows = list(Recording.objects.filter(meeting=look.meeting))
    nothing_left = all(row.deleted_at is not None for row in rows)
    if nothing_left and now - (look.meeting.ended_at or now) > GIVEN_UP_AFTER:
        RecordingLook.objects.filter(id=look.id).delete()
        return
    settled = bool(rows) and all(row.state in _SETTLED for row in rows)
    pause = LATER
    if any(row.missed_at is not None and row.deleted_at is None for row in rows):
        pause = LOOKED_FOR_EVERY
    elif not settled and look.looks < len(PAUSES):
        pause = timedelta(minutes=PAUSES[look.looks])
    # Not if the server has told in the meantime that there is something new.
    RecordingLook.objects.filter(id=look.id, due_at=now + AGAIN).update(
        due_at=now + pause, looks=look.looks + 1
    )


# Small


def _locked(recording_id: UUID) -> Recording | None:
    return Recording.objects.select_for_update(no_key=True).filter(id=recording_id).first()


def _with_booking(recording: Recording) -> Recording:
    return Recording.objects.select_related("meeting__occurrence__booking").get(id=recording.id)


def _is_published(recording: Recording) -> bool:
    return recording.state == RecordingState.PUBLISHED


def _audit(action: str, recording: Recording, seen: Recording, actor: Actor) -> None:
    """`seen`: the same row, read with its booking."""
    record_audit(
        action,
        actor=actor,
        object_type="recording",
        object_id=recording.id,
        authority_id=seen.meeting.occurrence.booking.authority_id,
    )
