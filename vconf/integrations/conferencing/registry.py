# SPDX-License-Identifier: EUPL-1.2
"""From a conference server's row to somebody who can speak to it.

One backend per server and process, made anew when the operator changes its address or secret. Calls go through a
guard: a server that has failed several times in a row is left alone for a while, and none may keep more than a few
threads busy, so a bad server never slows others (R3.4).
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from vconf.integrations.conferencing.bigbluebutton.backend import BigBlueButtonBackend
from vconf.integrations.conferencing.jitsi.backend import JitsiBackend
from vconf.integrations.conferencing.port import (
    BackendError,
    ConferenceBackend,
    CreatedMeeting,
    JoinRequest,
    KeepsRecordings,
    LiveMeeting,
    MeetingSpec,
    Misbehaving,
    NotSupported,
    Recording,
    ServerAccess,
    ServerBusy,
    ServerReport,
    SupportsWebhooks,
    Unreachable,
)
from vconf.rooms.models import ConferenceServer, ServerKind

#: One line per kind of server.
BACKENDS: Mapping[str, Callable[[ServerAccess], ConferenceBackend]] = {
    ServerKind.BIGBLUEBUTTON: BigBlueButtonBackend,
    ServerKind.JITSI: JitsiBackend,
}

#: Failures in a row after which a server is left alone, and for how many seconds until the next attempt.
FAILURES = 3
PAUSE = 10.0
#: Calls under way to one server from one process.
CALLS_AT_ONCE = 12


def backend_for(server: ConferenceServer) -> GuardedBackend:
    """Somebody to speak to the server with; shared by threads.

    Raises NotSupported for a kind we do not speak, RequestRefused for an address that can never work.
    """
    access = access_of(server)
    with _lock:
        known = _known.get(server.id)
        if known is None or known.access != access:
            known = _known[server.id] = GuardedBackend(access, _make(access))
        return known


def access_of(server: ConferenceServer) -> ServerAccess:
    """How to speak to the server as its row says, saved or not."""
    return ServerAccess(
        kind=server.kind,
        base_url=server.base_url,
        secret=server.secret,
        name=server.name,
        checksum_algorithm=server.checksum_algorithm,
        hook_signature=server.hook_signature,
        options=server.options,
        keys=json.loads(server.keys) if server.keys else {},
        allow_http=settings.VCONF_DEMO,
        seats=server.seats,
    )


def new_backend_of(server: ConferenceServer) -> ConferenceBackend:
    """One without breaker that nobody else uses: for a server that is not registered. Raises as `backend_for`."""
    return _make(access_of(server))


def _make(access: ServerAccess) -> ConferenceBackend:
    make = BACKENDS.get(access.kind)
    if make is None:
        raise NotSupported(f"no backend for servers of kind {access.kind}", code="unknown_kind")
    return make(access)


def webhooks_of(server: ConferenceServer) -> SupportsWebhooks | None:
    """The same for servers that tell us of changes by themselves; None for others. Raises as `backend_for`."""
    unguarded = backend_for(server).unguarded
    return unguarded if isinstance(unguarded, SupportsWebhooks) else None


def recordings_on(server: ConferenceServer) -> KeepsRecordings:
    """The same for recordings, which then raise NotSupported on servers that keep none. Raises as `backend_for`."""
    return backend_for(server)


class Breaker:
    """Opens after FAILURES in a row; then lets one attempt through every PAUSE seconds until one succeeds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_attempt = 0.0

    def admits(self) -> bool:
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._clock() < self._next_attempt:
                return False
            self._next_attempt = self._clock() + PAUSE
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures == FAILURES:
                self._next_attempt = self._clock() + PAUSE


@dataclass(eq=False, slots=True)
class GuardedBackend:
    """A backend behind its breaker. `live_meetings` and `check` always try: they find out that a server is back."""

    access: ServerAccess
    unguarded: ConferenceBackend
    _breaker: Breaker = field(default_factory=Breaker)
    _places: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(CALLS_AT_ONCE)
    )

    @property
    def opens_by_entering(self) -> bool:
        return self.unguarded.opens_by_entering

    @property
    def lists_meetings(self) -> bool:
        return self.unguarded.lists_meetings

    def create(self, spec: MeetingSpec) -> CreatedMeeting:
        with self._guard():
            return self.unguarded.create(spec)

    def join_url(self, request: JoinRequest) -> str:
        return self.unguarded.join_url(request)

    def end(self, external_id: str, incarnation: str) -> bool:
        with self._guard():
            return self.unguarded.end(external_id, incarnation)

    def live_meetings(self) -> Sequence[LiveMeeting]:
        with self._noting():
            return self.unguarded.live_meetings()

    def find_meeting(self, external_id: str) -> LiveMeeting | None:
        with self._guard():
            return self.unguarded.find_meeting(external_id)

    def recordings(self, external_ids: Sequence[str]) -> Sequence[Recording]:
        with self._guard():
            return self._keeper.recordings(external_ids)

    def publish_recording(self, record_id: str, *, publish: bool) -> bool:
        with self._guard():
            return self._keeper.publish_recording(record_id, publish=publish)

    def delete_recording(self, record_id: str) -> bool:
        with self._guard():
            return self._keeper.delete_recording(record_id)

    @property
    def _keeper(self) -> KeepsRecordings:
        if not isinstance(self.unguarded, KeepsRecordings):
            raise NotSupported("servers of this kind keep no recordings", code="no_recordings")
        return self.unguarded

    def check(self) -> ServerReport:
        report = self.unguarded.check()
        if report.reachable:
            self._breaker.succeeded()
        else:
            self._breaker.failed()
        return report

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        if not self._breaker.admits():
            raise Unreachable("left alone for a while after several failures", code="resting")
        if not self._places.acquire(blocking=False):
            raise ServerBusy("too many calls to this server are under way", code="too_many_calls")
        try:
            with self._noting():
                yield
        finally:
            self._places.release()

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except (Unreachable, Misbehaving):
            self._breaker.failed()
            raise
        except BackendError:
            # An answer, if not the one hoped for: the server itself works.
            self._breaker.succeeded()
            raise
        self._breaker.succeeded()


_lock = threading.Lock()
_known: dict[UUID, GuardedBackend] = {}
