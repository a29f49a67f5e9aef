# SPDX-License-Identifier: EUPL-1.2
"""What really runs on the servers: one listing per server every few seconds, and at once after a hint from it.

The listing is compared with what was known *before* it was asked for. A meeting that is not in it is only given up
when the server, asked again, says so itself, and never while it is still being made (R3.5). What runs there under our
name although it is over is ended. A server that hangs keeps its own thread waiting and nobody else's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import Q

from vconf.bookings.meetings import meeting_attended, meeting_provisioned, meeting_vanished
from vconf.bookings.models import RUNNING, Meeting, MeetingState
from vconf.crashpoints import reach
from vconf.integrations.conferencing.callback_urls import events_url
from vconf.integrations.conferencing.port import (
    BackendError,
    ConferenceBackend,
    LiveMeeting,
    NotSupported,
)
from vconf.integrations.conferencing.registry import backend_for, webhooks_of
from vconf.rooms.models import ConferenceServer, ServerState
from vconf.rooms.services import report_server_seen

log = structlog.get_logger(__name__)

#: How long one round of the clock waits for its looks, in seconds; those that take longer go on by themselves.
ROUND = 2.5
#: Between two looks at a server that keeps sending hints, in seconds.
PAUSE = 0.3
#: Looks in a row for the sake of hints; what comes later is seen by the clock's next round.
LOOKS = 20
#: How often webhooks are asked for anew and the version is looked at, in seconds: servers drop hooks that failed.
HOOKS_EVERY = 180.0
#: Meetings ended in one look; ending takes a moment each.
ORPHANS_AT_ONCE = 10


def poll_servers(*, patience: float = ROUND) -> None:
    """Look at every server that is in use, all at the same time. Servers still being looked at are left out.

    Disabled ones are looked at as long as something of ours runs on them.
    """
    busy = Meeting.objects.filter(state__in=RUNNING).order_by().values("server_id")
    used = ConferenceServer.objects.filter(~Q(state=ServerState.DISABLED) | Q(id__in=busy))
    until = time.monotonic() + patience
    looks = [
        threading.Thread(target=_look_in_thread, args=(server_id,), name="poll", daemon=True)
        for server_id in used.values_list("id", flat=True)
        if _begin(server_id, wanted_again=False)
    ]
    for look in looks:
        look.start()
    for look in looks:
        look.join(max(0.0, until - time.monotonic()))


def poll_server(server_id: UUID) -> None:
    """Look at one server because it told us that something happened.

    Returns at once if a look is under way in this process; that one then looks again.
    """
    if _begin(server_id, wanted_again=True):
        _look_while_wanted(server_id)


def poll_soon(server_id: UUID) -> None:
    """The same in a thread, for those who have to answer at once."""
    if _begin(server_id, wanted_again=True):
        threading.Thread(target=_look_in_thread, args=(server_id,), name="poll", daemon=True).start()


# One look at a time per server


@dataclass(slots=True)
class _Look:
    again: bool = False


_lock = threading.Lock()
_under_way: dict[UUID, _Look] = {}


def _begin(server_id: UUID, *, wanted_again: bool) -> bool:
    """True if nobody looks at it now; whoever gets that has to look."""
    with _lock:
        look = _under_way.get(server_id)
        if look is None:
            _under_way[server_id] = _Look()
            return True
        look.again = look.again or wanted_again
        return False


def _look_in_thread(server_id: UUID) -> None:
    try:
        _look_while_wanted(server_id)
    except Exception:
        log.exception("poll failed", server=str(server_id))
    finally:
        connection.close()


def _look_while_wanted(server_id: UUID) -> None:
    looks = 0
    try:
        while True:
            _look(server_id)
            looks += 1
            with _lock:
                if looks >= LOOKS or not _under_way[server_id].again:
                    del _under_way[server_id]
                    return
                _under_way[server_id].again = False
            time.sleep(PAUSE)
    except BaseException:
        with _lock:
            _under_way.pop(server_id, None)
        raise


# Looking


def _look(server_id: UUID) -> None:
    server = ConferenceServer.objects.filter(id=server_id).first()
    if server is None:
        return
    expected = {
        meeting.external_id: meeting
        for meeting in Meeting.objects.filter(
            server=server, state__in=(MeetingState.CREATED, MeetingState.LIVE)
        )
    }
    try:
        backend = backend_for(server)
        reach("conferencing.before_poll")
        listed = backend.live_meetings()
        reach("conferencing.after_poll")
    except BackendError as error:
        report_server_seen(server.id, ok=False, detail=str(error))
        _due.pop(server.id, None)  # it may come back without our hooks
        return
    report_server_seen(
        server.id, ok=True, meetings=len(listed), people=sum(meeting.people for meeting in listed)
    )
    seen = {meeting.external_id: meeting for meeting in listed}
    for meeting in expected.values():
        try:
            _compare(meeting, seen.get(meeting.external_id), backend)
        except NotSupported:
            continue  # this server tells nobody who is in its rooms
        except BackendError as error:
            # Not clear yet; the next round asks again.
            log.info("poll: a meeting could not be asked for", meeting=str(meeting.id), error=error.code)
    _end_orphans(server, backend, [meeting for meeting in listed if meeting.external_id not in expected])
    _keep_in_touch(server)


def _compare(meeting: Meeting, seen: LiveMeeting | None, backend: ConferenceBackend) -> None:
    if seen is None and not (backend.opens_by_entering and backend.lists_meetings):
        seen = backend.find_meeting(meeting.external_id)
    if seen is None and backend.opens_by_entering:
        # Empty, not lost: whoever comes opens the same room again, so that nobody waits in another one.
        if meeting.people:
            meeting_attended(meeting.id, people=0, moderators=0)
        return
    if seen is None or seen.ended:
        meeting_vanished(meeting.id, incarnation=meeting.incarnation)
        return
    # Another incarnation was made after the one we know of, by somebody who did not live to tell.
    new = seen.incarnation != meeting.incarnation
    if new and not meeting_provisioned(meeting.id, incarnation=seen.incarnation):
        return
    if (seen.people, seen.moderators) != (meeting.people, meeting.moderators):
        meeting_attended(meeting.id, people=seen.people, moderators=seen.moderators)


def _end_orphans(server: ConferenceServer, backend: ConferenceBackend, listed: Sequence[LiveMeeting]) -> None:
    """End what runs here although it is over or was moved. Read after the listing: these states are final.

    Planned ones are just being made. Meetings that we do not know at all are left alone: they may be those of another
    installation, or of a database that was restored from an older copy.
    """
    # Jitsi keeps no metadata; there the id alone says whose it is, and nobody can guess one.
    ours = [
        meeting
        for meeting in listed
        if (backend.opens_by_entering and not meeting.metadata)
        or meeting.metadata.get("vconf-server") == str(server.id)
    ]
    if not ours:
        return
    over = set(
        Meeting.objects.filter(
            server=server,
            external_id__in=[meeting.external_id for meeting in ours],
            state__in=(MeetingState.ENDED, MeetingState.LOST),
        ).values_list("external_id", flat=True)
    )
    for orphan in [meeting for meeting in ours if meeting.external_id in over][:ORPHANS_AT_ONCE]:
        try:
            backend.end(orphan.external_id, orphan.incarnation)
        except NotSupported:
            continue  # it ends when people leave; saying so every few seconds helps nobody
        except BackendError as error:
            log.warning("an orphan could not be ended", meeting=orphan.external_id, error=error.code)
        else:
            log.warning("orphan ended", meeting=orphan.external_id, people=orphan.people, server=server.name)


# Webhooks

_due: dict[UUID, tuple[str, float]] = {}


def _keep_in_touch(server: ConferenceServer) -> None:
    """Ask a server that can to tell us of changes by itself, and note its version: at first sight and now and then."""
    where, due = _due.get(server.id, ("", 0.0))
    if where == server.base_url and time.monotonic() < due:
        return
    _due[server.id] = (server.base_url, time.monotonic() + HOOKS_EVERY)
    report = backend_for(server).check()
    if report.healthy:
        report_server_seen(
            server.id, ok=True, version=report.version, meetings=report.meetings, people=report.people
        )
    webhooks = webhooks_of(server)
    if webhooks is None or report.webhooks is False:
        return
    try:
        webhooks.register_hook(events_url(server))
    except NotSupported:
        return
    except BackendError as error:
        log.warning("webhooks could not be asked for", server=server.name, error=error.code)
