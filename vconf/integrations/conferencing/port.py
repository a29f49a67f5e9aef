# SPDX-License-Identifier: EUPL-1.2
"""What vconf asks of a conference server, whatever its make.

A backend is built from a `ServerAccess` and nothing else: it knows no model, no setting and no booking. All calls
block for a bounded time and raise only `BackendError`:

    BackendError                  permanent: bool, code: str, maybe_done: bool
    ├── Unreachable               not permanent   refused, no complete answer in time, connection lost, TLS failure
    ├── Misbehaving               not permanent   an answer that is none: HTTP 5xx, HTML, empty, broken, too big
    ├── ServerBusy                not permanent   a well-formed "not now", or the meeting of that id is still ending
    ├── WrongSecret               permanent       the server rejects our secret or checksum algorithm: raise the alarm
    ├── MeetingNotFound           permanent       no such meeting on this server (or another incarnation of it)
    ├── MeetingFull               permanent       the meeting is at its limit of people
    ├── NotSupported              permanent       the server lacks an optional ability
    ├── RequestRefused            permanent       the server understood and refused, or the request can never be sent
    └── HookRejected              permanent       a delivery that is not proven to come from this server

Permanent means: the same call against the same server will fail again, do not retry. It says nothing about other
servers. `maybe_done` means: the call may have taken effect although it failed (a timeout after sending), so whoever
moves on to another server must remember this one and end what it may hold once it is back (fencing).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, Protocol, runtime_checkable

EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{2,256}")
METADATA_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")


#: what servers may be able to do, by name: end a meeting at once, remove one person, hold people in a lobby, record,
#: let moderators be moderators, limit the people in a meeting, tell of changes, ask before a room opens, report load
ABILITIES = frozenset(
    {"end", "kick", "lobby", "recording", "moderators", "limit", "webhooks", "reservations", "load"}
)

#: incarnation of a meeting that opens by being entered and has not been, on servers that `opens_by_entering`
UNOPENED = "unopened"


class BackendError(Exception):
    """A call to a conference server failed. `code` is stable, the text is for operators and holds no secret."""

    default_code: ClassVar[str] = "backend_error"
    default_permanent: ClassVar[bool] = False

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        permanent: bool | None = None,
        maybe_done: bool = False,
    ) -> None:
        self.code = code or self.default_code
        self.permanent = self.default_permanent if permanent is None else permanent
        self.maybe_done = maybe_done
        self.detail = detail
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class Unreachable(BackendError):
    default_code = "unreachable"


class Misbehaving(BackendError):
    default_code = "misbehaving"


class ServerBusy(BackendError):
    default_code = "busy"


class WrongSecret(BackendError):
    default_code = "wrong_secret"
    default_permanent = True


class MeetingNotFound(BackendError):
    default_code = "meeting_not_found"
    default_permanent = True


class MeetingFull(BackendError):
    default_code = "meeting_full"
    default_permanent = True


class NotSupported(BackendError):
    default_code = "not_supported"
    default_permanent = True


class RequestRefused(BackendError):
    default_code = "request_refused"
    default_permanent = True


class HookRejected(BackendError):
    default_code = "hook_rejected"
    default_permanent = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerAccess:
    """How to speak to one conference server; all a backend is given (`kind`: bigbluebutton or jitsi).

    `base_url` is the full base of the server's API (BigBlueButton: `https://HOST/bigbluebutton/api/`). `secret` never
    shows in `repr`. `checksum_algorithm` is one of sha1, sha256, sha384, sha512. `hook_signature` says how the server
    signs its webhooks: see `bigbluebutton/hooks.py`. `options` and `keys` (further secrets) are those of its kind.
    `ca_file` replaces the public certificate authorities. `seats`: how many people it shall carry, if that is known.
    Plain http is refused unless `allow_http` (demo mode only). Timeouts are in seconds: `connect_timeout` per address
    tried, the read timeouts without a byte, the deadlines for a whole call from first to last; making a meeting may
    take longer than anything else.
    """

    kind: str
    base_url: str
    secret: str = field(repr=False)
    name: str = ""
    checksum_algorithm: str = "sha256"
    hook_signature: str = "raw-body"
    options: Mapping[str, str | int | bool] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: str | None = None
    allow_http: bool = False
    seats: int | None = None
    connect_timeout: float = 2.0
    read_timeout: float = 5.0
    deadline: float = 8.0
    create_read_timeout: float = 15.0
    create_deadline: float = 20.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetingSpec:
    """A meeting as it shall run on a server.

    `external_id` is ours, new per meeting, 2 to 256 of `A-Za-z0-9_-`. `duration_minutes` counts from creation and ends
    the meeting hard (None: no limit); `max_participants` None: no limit. With `lobby`, people who join as `guest` wait
    until a moderator lets them in. `cameras_off`: only moderators may turn a camera on. `recording` allows it, it never
    starts it. `metadata` names are lower-case letters, digits and hyphens. `end_callback_url` is called by the server
    when the meeting has ended; it must hold an unguessable part, since the call is not signed. `recording_ready_url` is
    called, signed, when a recording has been made; people in the meeting may see it.
    Raises ValueError for an id or metadata name that a server would mangle silently.
    """

    external_id: str
    name: str
    duration_minutes: int | None = None
    max_participants: int | None = None
    moderator_password: str | None = field(default=None, repr=False)
    attendee_password: str | None = field(default=None, repr=False)
    welcome: str = ""
    logout_url: str | None = None
    lobby: bool = False
    muted_on_start: bool = True
    cameras_off: bool = False
    recording: bool = False
    expire_unused_minutes: int | None = None
    expire_empty_minutes: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    end_callback_url: str | None = field(default=None, repr=False)
    recording_ready_url: str | None = None
    language: str = "de"

    def __post_init__(self) -> None:
        if not EXTERNAL_ID.fullmatch(self.external_id):
            raise ValueError(f"not a meeting id: {self.external_id!r}")
        for name in self.metadata:
            if not METADATA_NAME.fullmatch(name):
                raise ValueError(f"not a metadata name: {name!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class CreatedMeeting:
    """A meeting that exists on the server. `incarnation` differs each time the same id is made anew there;
    `existed` says that this call found it rather than made it (then the server kept the earlier settings)."""

    external_id: str
    incarnation: str
    created_at: datetime
    existed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinRequest:
    """One person about to enter one incarnation of a meeting. `user_id` is stable per person and meeting: people with
    the same one count once. `guest` people wait in the lobby if the meeting has one.

    `title`, `lobby`, `recording` and `muted_on_start` are those of the meeting, again: servers whose rooms open by
    being entered learn them from nothing else.
    """

    external_id: str
    incarnation: str
    full_name: str
    user_id: str
    moderator: bool = False
    guest: bool = False
    camera_off: bool = True
    error_url: str | None = None
    language: str = "de"
    title: str = field(default="", repr=False)
    lobby: bool = False
    recording: bool = False
    muted_on_start: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveMeeting:
    """What a server says about a meeting. `people` includes moderators and nobody twice; `started_at` is None until
    somebody has joined; `ended` is true while the server still lists a meeting that is over or being ended.
    Where a server keeps no title `name` is the meeting's id, where it tells no roles `moderators` is 0."""

    external_id: str
    incarnation: str
    name: str
    people: int
    moderators: int
    created_at: datetime | None
    started_at: datetime | None
    ended: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerReport:
    """What a look at a server found; `code` is empty if all is well, else that of the BackendError met.

    `reachable`: it answered in the protocol. `secret_ok`: None when that could not be found out. `webhooks`: None
    likewise. `latency_ms` is of the signed probe. Counts are without breakout rooms. `abilities`: names of `ABILITIES`.
    `findings`: codes of settings of the server that are unsafe or missing. `clock_skew_ms`: its clock less ours.
    """

    reachable: bool
    secret_ok: bool | None = None
    version: str = ""
    meetings: int = 0
    people: int = 0
    webhooks: bool | None = None
    latency_ms: int | None = None
    code: str = ""
    detail: str = ""
    abilities: frozenset[str] = frozenset()
    findings: tuple[str, ...] = ()
    clock_skew_ms: int | None = None

    @property
    def healthy(self) -> bool:
        return self.reachable and self.secret_ok is not False and not self.code


class ConferenceBackend(Protocol):
    """Every make of conference server can do this."""

    @property
    def opens_by_entering(self) -> bool:
        """True: nothing is made beforehand. A room opens when the first person enters, is gone when the last has left
        and may open again under the same id; that it is absent means that it is empty, not that it was lost."""
        ...

    @property
    def lists_meetings(self) -> bool:
        """False: `live_meetings` is always empty, and `find_meeting` has to be asked for each."""
        ...

    def create(self, spec: MeetingSpec) -> CreatedMeeting:
        """Makes the meeting, or finds it running: any number of calls on one server give one incarnation.

        Where rooms open by being entered nothing is made: it makes sure that the server would let people in, and the
        incarnation is UNOPENED until somebody is. Raises ServerBusy while an ended meeting of the same id is still
        going away."""
        ...

    def join_url(self, request: JoinRequest) -> str:
        """A URL for the person's browser, a bearer secret: made at the click, never stored or logged. No network."""
        ...

    def end(self, external_id: str, incarnation: str) -> bool:
        """Ends that incarnation and no other; of UNOPENED the one that it has become. True: it is no longer on the
        server, ended now or gone before. False: the server took the request but still lists it running; ask again
        later. Safe to repeat. Raises NotSupported (`not_enforceable`) for one that runs on a server that cannot."""
        ...

    def live_meetings(self) -> Sequence[LiveMeeting]:
        """All meetings the server holds, empty ones included, ended ones and breakout rooms not. One call.

        Also the look by which a server's health is judged: raises BackendError when it would carry no meeting, and
        NotSupported when it would and only does not tell us of them."""
        ...

    def find_meeting(self, external_id: str) -> LiveMeeting | None:
        """That meeting as the server knows it, ended ones included; None when the server says it has none.

        Raises NotSupported (`occupancy_unknown`) for a server that tells nobody what runs on it."""
        ...

    def check(self) -> ServerReport:
        """Looks whether the server answers and accepts our secret. Raises nothing."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class HookRegistration:
    """`existed`: the server already had a hook for this URL."""

    hook_id: str
    existed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HookDelivery:
    """One delivery as it came in. `callback_url` is the URL as registered, not as received; `query` the raw query
    string of the request; `body` its untouched bytes."""

    callback_url: str
    query: str = field(repr=False)
    authorization: str = field(default="", repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetingHint:
    """Something seems to have happened to a meeting; ask the server before acting on it. `incarnation` may be empty."""

    kind: Literal["created", "joined", "left", "ended"]
    external_id: str
    incarnation: str


@runtime_checkable
class SupportsWebhooks(Protocol):
    """Servers that tell us of changes by themselves."""

    def register_hook(self, callback_url: str) -> HookRegistration:
        """Asks to be told of meetings and people. Repeat every few minutes: servers drop hooks that failed.

        Raises NotSupported when the server has no webhooks: then only polling tells."""
        ...

    def verify_hook(self, delivery: HookDelivery) -> Sequence[MeetingHint]:
        """The hints in a delivery proven to be this server's; events we have no use for are left out. No network.

        Raises HookRejected when the proof is missing or wrong or the body is not what such a server sends."""
        ...


@runtime_checkable
class TellsSignatures(Protocol):
    """Servers whose webhooks may be proven in several ways, by their version and settings."""

    def signature_of(self, delivery: HookDelivery) -> str:
        """The name of the strongest way in which this delivery is proven to be this server's; empty: in none."""
        ...


@runtime_checkable
class ReportsLoad(Protocol):
    """Servers that say how busy they are."""

    def load(self) -> float | None:
        """0 idle, 1 as much as it should carry, more is too much; None when it does not say. Raises BackendError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonThere:
    """Somebody in a meeting. `person_id` is the server's own, good for as long as they are there; `name` as they
    entered it. To be shown to moderators who ask, and kept nowhere."""

    person_id: str
    name: str = field(repr=False)


@runtime_checkable
class RemovesPeople(Protocol):
    """Servers that can put one person out of a meeting. Both raise BackendError, NotSupported where the setting is
    missing."""

    def people_in(self, external_id: str) -> Sequence[PersonThere]:
        """Who is in it now, by name; nobody if there is no such meeting."""
        ...

    def remove_person(self, external_id: str, person_id: str) -> bool:
        """False: nobody of that id is there."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """A recording as the server lists it. `state`: processing, processed, published, unpublished or deleted.

    `playback`: format name to address, a bearer secret on some servers."""

    record_id: str
    external_id: str
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    size_bytes: int | None = None
    playback: Mapping[str, str] = field(default_factory=dict, repr=False)


@runtime_checkable
class KeepsRecordings(Protocol):
    """Servers that record and keep what was recorded."""

    def recordings(self, external_ids: Sequence[str]) -> Sequence[Recording]:
        """All recordings of these meetings, unfinished and unpublished ones included. Raises BackendError."""
        ...

    def publish_recording(self, record_id: str, *, publish: bool) -> bool:
        """True: the server confirms the new state. False: it knows no such recording. Raises BackendError."""
        ...

    def delete_recording(self, record_id: str) -> bool:
        """True: the server confirms that it is gone, now or before. Raises BackendError."""
        ...
