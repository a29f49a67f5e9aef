# SPDX-License-Identifier: EUPL-1.2
"""From a conference server's row to somebody who can speak to it.

One backend per server and process, made anew when the operator changes its address or secret. Calls go through a
guard: a server that has failed several times in a row is left alone for a while, and none may keep more than a few
threads busy, so a bad server never slows others (R3.4).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    PersonThere,
    Recording,
    RemovesPeople,
    ReportsLoad,
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
#: How long a look may take, in seconds: three that fail in a row have to be over well within half a minute.
LOOK_DEADLINE = 5.0
#: Checks of one server under way in one process.
CHECKS_AT_ONCE = 2


def backend_for(server: ConferenceServer) -> GuardedBackend:
    """Somebody to speak to the server with; shared by threads.

    Raises NotSupported for a kind we do not speak, RequestRefused for an address that can never work.
    """
    access = access_of(server)
    with _lock:
        known = _known.get(server.id)
        if known is None or known.access != access:
            looking = _make(replace(access, deadline=LOOK_DEADLINE))
            known = _known[server.id] = GuardedBackend(access, _make(access), looking)
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
        ca_file=_ca_file(server.ca_certificates),
        allow_http=settings.VCONF_DEMO,
        seats=server.seats,
    )


def _ca_file(certificates: str) -> str | None:
    """A file with these certificates, named by what is in it: one that is there is right and never changes."""
    if not certificates:
        return None
    content = certificates.encode()
    path = settings.VCONF_DATA_DIR / "ca" / f"{hashlib.sha256(content).hexdigest()}.pem"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        draft.write_bytes(content)
        draft.replace(path)
    return str(path)


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
    """Opens after FAILURES in a row. Then one attempt at a time, every PAUSE seconds, until one succeeds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_attempt = 0.0
        self._probing = False

    @contextlib.contextmanager
    def attempt(self, *, always: bool = False) -> Iterator[None]:
        """Try it in the block; what it raises tells whether the server works. Raises Unreachable if it rests.

        always: for looks, which find out that it is back.
        """
        probes = not always and self._begin()
        try:
            yield
        except (Unreachable, Misbehaving):
            self._note(failed=True)
            raise
        except BackendError:
            # An answer, if not the one hoped for: the server itself works.
            self._note(failed=False)
            raise
        else:
            self._note(failed=False)
        finally:
            if probes:
                with self._lock:
                    self._probing = False

    def _begin(self) -> bool:
        """True: this attempt is the probe."""
        with self._lock:
            if self._failures < FAILURES:
                return False
            if self._probing or self._clock() < self._next_attempt:
                raise Unreachable("left alone for a while after several failures", code="resting")
            self._probing = True
            return True

    def _note(self, *, failed: bool) -> None:
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= FAILURES:
                self._next_attempt = self._clock() + PAUSE


@dataclass(eq=False, slots=True)
class GuardedBackend:
    """A backend behind its breaker. `live_meetings` and `check` always try: they find out that a server is back.

    `looking` is the same backend with less patience."""

    access: ServerAccess
    unguarded: ConferenceBackend
    looking: ConferenceBackend
    _breaker: Breaker = field(default_factory=Breaker)
    _places: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(CALLS_AT_ONCE)
    )
    _checks: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(CHECKS_AT_ONCE)
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
        with self._breaker.attempt(always=True):
            return self.looking.live_meetings()

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

    def people_in(self, external_id: str) -> Sequence[PersonThere]:
        with self._guard():
            return self._remover.people_in(external_id)

    def remove_person(self, external_id: str, person_id: str) -> bool:
        with self._guard():
            return self._remover.remove_person(external_id, person_id)

    @property
    def _remover(self) -> RemovesPeople:
        if not isinstance(self.unguarded, RemovesPeople):
            raise NotSupported("servers of this kind remove nobody", code="not_enforceable")
        return self.unguarded

    @property
    def _keeper(self) -> KeepsRecordings:
        if not isinstance(self.unguarded, KeepsRecordings):
            raise NotSupported("servers of this kind keep no recordings", code="no_recordings")
        return self.unguarded

    def check(self) -> ServerReport:
        """Raises nothing; somebody who presses a button again and again does not add to a hung server's calls."""
        if not self._checks.acquire(blocking=False):
            detail = "it is being checked already"
            return ServerReport(reachable=False, code="too_many_calls", detail=detail)
        try:
            report = self.unguarded.check()
        finally:
            self._checks.release()
        with contextlib.suppress(Unreachable), self._breaker.attempt(always=True):
            if not report.reachable:
                raise Unreachable(report.detail, code=report.code)
        return report

    def load(self) -> float | None:
        """How busy it is, see ReportsLoad; None too for servers that never say."""
        if not isinstance(self.unguarded, ReportsLoad):
            return None
        with self._guard():
            return self.unguarded.load()

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise ServerBusy("too many calls to this server are under way", code="too_many_calls")
        try:
            with self._breaker.attempt():
                yield
        finally:
            self._places.release()


_lock = threading.Lock()
_known: dict[UUID, GuardedBackend] = {}
