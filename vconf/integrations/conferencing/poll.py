# SPDX-License-Identifier: EUPL-1.2
"""What really runs on the servers: one listing per server every few seconds, and at once after a hint from it.

The listing is compared with what was known *before* it was asked for. A meeting that is not in it is only given up
when the server, asked again, says so itself, and never while it is still being made (R3.5). What runs there under our
name although it is over, or was moved away, is ended. A server that hangs keeps its own thread waiting and nobody
else's. What changes slowly is asked for besides (`visits`).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from vconf.bookings.meetings import meeting_attended, meeting_provisioned, meeting_vanished
from vconf.bookings.models import RUNNING, Meeting, MeetingState
from vconf.crashpoints import reach
from vconf.integrations.conferencing import visits
from vconf.integrations.conferencing.connections import let_go_of_the_database
from vconf.integrations.conferencing.crews import hand_over
from vconf.integrations.conferencing.failover import move_lost_meetings
from vconf.integrations.conferencing.port import (
    BackendError,
    ConferenceBackend,
    LiveMeeting,
    Misbehaving,
    NotSupported,
    Unreachable,
)
from vconf.integrations.conferencing.registry import backend_for
from vconf.rooms.health import report_server_seen
from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer, ServerHealth, ServerState

log = structlog.get_logger(__name__)

#: How long one round of the clock waits for its looks, in seconds; those that take longer go on by themselves.
ROUND = 2.5
#: Between two looks at a server that keeps sending hints, in seconds.
PAUSE = 0.3
#: Looks in a row for the sake of hints; what comes later is seen by the clock's next round.
LOOKS = 20
#: A look that failed after so many seconds is repeated at once, instead of in the next round.
SLOW = 2.0
#: Disabled servers are looked at for so long after the last meeting was given up there: a copy may come back.
MAY_COME_BACK = timedelta(hours=24)
#: How long a look waits until what it found to be over has ended, in seconds.
ENDING = 3.0


def poll_servers(*, patience: float = ROUND) -> None:
    """Look at every server that is in use, all at the same time. Servers still being looked at are left out.

    Disabled ones are looked at as long as something of ours runs on them, or may come back.
    """
    lost = Q(state=MeetingState.LOST, ended_at__gt=timezone.now() - MAY_COME_BACK)
    busy = Meeting.objects.filter(Q(state__in=RUNNING) | lost).order_by().values("server_id")
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
    for visit in visits.under_way():
        visit.join(max(0.0, until - time.monotonic()))


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
            soon = _look(server_id)
            looks += 1
            with _lock:
                if looks >= LOOKS or not (soon or _under_way[server_id].again):
                    del _under_way[server_id]
                    return
                _under_way[server_id].again = False
            time.sleep(PAUSE)
    except BaseException:
        with _lock:
            _under_way.pop(server_id, None)
        raise


# Looking


def _look(server_id: UUID) -> bool:
    """True: it was slow to fail, and another look should follow soon."""
    server = ConferenceServer.objects.filter(id=server_id).first()
    if server is None:
        return False
    expected = {
        meeting.external_id: meeting
        for meeting in Meeting.objects.filter(
            server=server, state__in=(MeetingState.CREATED, MeetingState.LIVE)
        )
    }
    began_at, began = timezone.now(), time.monotonic()
    try:
        backend = backend_for(server)
        let_go_of_the_database()
        reach("conferencing.before_poll")
        listed = backend.live_meetings()
        reach("conferencing.after_poll")
    except NotSupported as error:
        # It works, and only does not let us see its meetings: no reason to move them.
        report_server_seen(
            server.id,
            ok=True,
            detail=str(error),
            meetings=server.live_meetings,
            people=server.live_people,
            began_at=began_at,
        )
        visits.visit(server)
        return False
    except BackendError as error:
        return _failed(server, error, began_at, took=time.monotonic() - began)
    report_server_seen(
        server.id,
        ok=True,
        meetings=len(listed),
        people=sum(meeting.people for meeting in listed),
        load=visits.load_of(server.id),
        began_at=began_at,
    )
    _compare_all(expected, {meeting.external_id: meeting for meeting in listed}, backend)
    _end_orphans(server, backend, [meeting for meeting in listed if meeting.external_id not in expected])
    visits.visit(server)
    return False


def _failed(server: ConferenceServer, error: BackendError, began_at: datetime, *, took: float) -> bool:
    seen = report_server_seen(server.id, ok=False, detail=str(error), began_at=began_at)
    visits.forget(server.id)
    if seen is None:
        return False
    if seen.health == ServerHealth.DOWN:
        move_lost_meetings()
    return seen.health == ServerHealth.SUSPECT and took >= SLOW


def _compare_all(
    expected: Mapping[str, Meeting], seen: Mapping[str, LiveMeeting], backend: ConferenceBackend
) -> None:
    """Those that the listing has, then the others, which cost a question each."""
    for name in expected.keys() & seen.keys():
        _compare(expected[name], seen[name])
    for meeting in [meeting for name, meeting in expected.items() if name not in seen]:
        if backend.opens_by_entering and backend.lists_meetings:
            _stands_empty(meeting)
            continue
        let_go_of_the_database()
        try:
            found = backend.find_meeting(meeting.external_id)
        except NotSupported:
            continue  # this server tells nobody who is in its rooms
        except BackendError as error:
            # Not clear yet; the next round asks again.
            log.info("poll: a meeting could not be asked for", meeting=str(meeting.id), error=error.code)
            if isinstance(error, Unreachable | Misbehaving):
                return
            continue
        if found is None and backend.opens_by_entering:
            _stands_empty(meeting)
        elif found is None or found.ended:
            meeting_vanished(meeting.id, incarnation=meeting.incarnation)
        else:
            _compare(meeting, found)


def _stands_empty(meeting: Meeting) -> None:
    """Not lost: whoever comes opens the same room again, so that nobody waits in another one."""
    if meeting.people:
        meeting_attended(meeting.id, people=0, moderators=0)


def _compare(meeting: Meeting, seen: LiveMeeting) -> None:
    # Another incarnation was made after the one we know of, by somebody who did not live to tell.
    new = seen.incarnation != meeting.incarnation
    if new and not meeting_provisioned(meeting.id, incarnation=seen.incarnation):
        return
    if (seen.people, seen.moderators) != (meeting.people, meeting.moderators):
        meeting_attended(meeting.id, people=seen.people, moderators=seen.moderators)


# What is over and runs all the same


def _end_orphans(server: ConferenceServer, backend: ConferenceBackend, listed: Sequence[LiveMeeting]) -> None:
    """End what runs here although it is over or was moved. Read after the listing: these states are final.

    Planned ones are just being made. Meetings that we do not know at all are left alone: they may be those of another
    installation, or of a database that was restored from an older copy.
    """
    incarnations = {meeting.external_id: meeting for meeting in listed}
    over = Meeting.objects.filter(
        server=server, external_id__in=incarnations, state__in=(MeetingState.ENDED, MeetingState.LOST)
    )
    until = time.monotonic() + ENDING
    endings = []
    for meeting in over:
        found = incarnations[meeting.external_id]
        if (found.external_id, found.incarnation) not in _beyond_us:
            work = partial(_end_orphan, backend, meeting, found)
            endings.append(hand_over(server.id, ("end", meeting.id), work))
    let_go_of_the_database()
    for ending in endings:
        with contextlib.suppress(TimeoutError, BackendError):
            ending.result(max(0.0, until - time.monotonic()))


def _end_orphan(backend: ConferenceBackend, meeting: Meeting, found: LiveMeeting) -> bool:
    try:
        if not backend.end(found.external_id, found.incarnation):
            return False
    except NotSupported as error:
        # Nobody is led there any more. It is over when its people have left.
        _beyond_us.add((found.external_id, found.incarnation))
        note_event(meeting.server_id, "end", code=error.code, meeting_id=meeting.id)
        return False
    except BackendError as error:
        log.warning("an orphan could not be ended", meeting=found.external_id, error=error.code)
        raise
    if meeting.state == MeetingState.LOST:
        facts = {"people": found.people}
        note_event(meeting.server_id, "orphan_ended", meeting_id=meeting.id, facts=facts)
    log.warning("orphan ended", meeting=found.external_id, people=found.people)
    return True


#: Copies that this process has found it cannot end: external id and incarnation.
_beyond_us: set[tuple[str, str]] = set()
