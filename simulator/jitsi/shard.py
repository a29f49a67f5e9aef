# SPDX-License-Identifier: EUPL-1.2
"""One simulated shard: its rooms, reservations, events, clock and faults, and how somebody comes in."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from dataclasses import dataclass

from simulator.clock import Clock
from simulator.faults import Faults
from simulator.jitsi.events import Events
from simulator.jitsi.reservations import Lookup, Reservations
from simulator.jitsi.rooms import FOCUS_SECONDS, Occupant, Refused, Room, Rooms
from simulator.jitsi.settings import Options, Settings
from simulator.jitsi.tokens import BadToken, Session, may_enter, open_session

#: What a client calls somebody who gave no name.
NAMELESS = "Fellow Jitster"
_NOT_IN_NAMES = frozenset("\"&'/:<>@ \t\r\n")
MAX_NAME = 256


@dataclass(frozen=True)
class Client:
    """Somebody's browser. `jid` is their own address, made up if not given. Without tokens `moderator` may be wished
    for; None: whoever comes first."""

    token: str = ""
    jid: str = ""
    name: str = ""
    moderator: bool | None = None
    password: str = ""
    language: str = ""


class Shard:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.settings = Settings(retry_scale=options.retry_scale)
        self.clock = Clock()
        self.faults = Faults()
        self.calls: Counter[str] = Counter()
        self.origin = ""
        self._stopped = threading.Event()
        self.reservations = Reservations(self.settings, self.clock, self._stopped)
        self.events = Events(self.settings, self._stopped)
        self.rooms = Rooms(self.clock, self._happened, leave_after=options.leave_after)
        self.change_settings(self.settings)

    @property
    def name(self) -> str:
        return self.options.name

    @property
    def port(self) -> int:
        return self.options.port

    @property
    def address(self) -> str:
        return f"{self.origin}/"

    @property
    def stopped(self) -> threading.Event:
        return self._stopped

    def start(self) -> None:
        threading.Thread(target=self._keep_time, name="clock", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self.faults.clear()
        with self.rooms.changed:
            self.rooms.changed.notify_all()

    def change_settings(self, settings: Settings) -> None:
        self.settings = self.reservations.settings = self.events.settings = settings
        self.rooms.focus_seconds = FOCUS_SECONDS * settings.retry_scale

    def reset(self) -> None:
        """As freshly started, except that time that was let pass stays passed."""
        self.faults.clear()
        self.forget()
        self.clock.set_right()
        self.change_settings(Settings(retry_scale=self.options.retry_scale))

    def forget(self) -> int:
        """A restart: rooms and reservations are gone, and nobody is told."""
        self.reservations.forget()
        return self.rooms.forget()

    def sweep(self) -> None:
        self.rooms.sweep()
        self.reservations.sweep(self._close_expired)
        self.faults.sweep()

    def enter(self, room_name: str, client: Client) -> tuple[Room, Occupant]:
        """What happens when somebody's browser opens a room: session, conference request, entry. Takes as long as the
        booking service takes to answer. Raises Refused."""
        node = room_name.lower()
        if not node or len(node) > MAX_NAME or _NOT_IN_NAMES & set(node):
            raise Refused("jid-malformed", "no room has such a name")
        session = self._session(client)
        jid = client.jid or f"{uuid.uuid4()}@{self.settings.domain}/{uuid.uuid4().hex[:12]}"
        lookup = None
        if self.settings.reservations_url and self.rooms.find(node) is None:
            lookup = self.reservations.expect_admission(node, jid)
        room = self._open(node, lookup)
        if self.settings.tokens and not may_enter(session, node, self.settings):
            raise Refused("not-allowed", "Room and token mismatched")
        occupant = self.rooms.enter(
            room,
            jid=jid,
            name=(session.user.get("name") or client.name or NAMELESS)[:MAX_NAME],
            moderator=session.moderates if self.settings.tokens else client.moderator,
            language=client.language,
            user=session.user,
            password=client.password,
        )
        return room, occupant

    def _session(self, client: Client) -> Session:
        if not self.settings.tokens:
            return Session()
        try:
            return open_session(client.token, self.settings, self.options.secret, self.clock.now_ms() / 1000)
        except BadToken as error:
            raise Refused("not-allowed", str(error)) from error

    def _open(self, node: str, lookup: Lookup | None) -> Room:
        with self.rooms.lock:
            room, is_new = self.rooms.open(node, self.settings.conference_domain)
            if is_new and lookup is not None:
                room.max_occupants = lookup.max_occupants
                room.lobby = lookup.lobby
                room.password = lookup.password
            return room

    def _close_expired(self, node: str) -> None:
        room = self.rooms.find(node)
        if room is not None:
            self.rooms.destroy(room)

    def _happened(self, event: str, room: Room, occupant: Occupant | None) -> None:
        self.events.publish(event, room, occupant, self.clock.now_ms())
        if event == "muc-room-destroyed":
            self.reservations.room_destroyed(room.node)

    def _keep_time(self) -> None:
        while not self._stopped.wait(0.1):
            self.sweep()
