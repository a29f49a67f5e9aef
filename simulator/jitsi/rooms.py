# SPDX-License-Identifier: EUPL-1.2
"""Rooms and who is in them. A room is there from jicofo's entry until the last has left. Knows no HTTP; one lock."""

from __future__ import annotations

import copy
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from simulator.clock import Clock

MAX_ROOMS = 5_000
MAX_OCCUPANTS = 20_000
#: So long after its end a room's pages still say that it is over, in seconds.
OVER_SECONDS = 600.0
#: jicofo gives up a room that nobody enters after so many seconds.
FOCUS_SECONDS = 15.0


class Refused(Exception):
    """Prosody does not let somebody in. `error` as the client sees it, `code` and `text` if there are any."""

    def __init__(self, error: str, text: str = "", code: int = 0) -> None:
        super().__init__(error)
        self.error, self.text, self.code = error, text, code


@dataclass
class Occupant:
    """`state`: present, waiting (lobby), gone. `resource` is the part of the address that names them in the room, `jid`
    their own address. Times in milliseconds by the shard's clock."""

    resource: str
    jid: str
    name: str
    moderator: bool
    language: str
    joined_at: int
    state: str = "present"
    left_at: int = 0
    #: `context.user` of the token.
    user: dict[str, str] = field(default_factory=dict)
    token: str = ""
    streams: int = 0


@dataclass
class Room:
    """`node` is the name, in lower case, with `[tenant]` before it if there is one."""

    node: str
    jid: str
    created_ms: int
    focus_since: float
    occupants: dict[str, Occupant] = field(default_factory=dict)
    #: Everybody who ever was in it, for the event of its end.
    past: list[Occupant] = field(default_factory=list)
    max_occupants: int = 0
    lobby: bool = False
    password: str = ""
    ended: bool = False
    #: Clients are told to come in again, instead of that the meeting is over.
    reconnects: bool = False
    revision: int = 0

    def present(self) -> list[Occupant]:
        return [one for one in self.occupants.values() if one.state == "present"]

    def waiting(self) -> list[Occupant]:
        return [one for one in self.occupants.values() if one.state == "waiting"]


#: Told of what happens, under the lock and in order: event as event_sync_component names it, room, occupant or None.
Listener = Callable[[str, Room, Occupant | None], None]


class Rooms:
    """All rooms of one shard."""

    def __init__(self, clock: Clock, listener: Listener, *, leave_after: float) -> None:
        self._clock = clock
        self._listener = listener
        self._leave_after = leave_after
        self._rooms: dict[str, Room] = {}
        self._by_token: dict[str, tuple[Room, Occupant]] = {}
        self._dropped: dict[str, tuple[float, Room, Occupant]] = {}
        self._over: list[tuple[float, Room]] = []
        self._kept: tuple[dict[str, Room], dict[str, tuple[Room, Occupant]]] = ({}, {})
        #: How long jicofo stays alone, in seconds.
        self.focus_seconds = FOCUS_SECONDS
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)

    # Looking

    def find(self, node: str) -> Room | None:
        return self._rooms.get(node.lower())

    def all(self) -> list[Room]:
        return list(self._rooms.values())

    def session(self, token: str) -> tuple[Room, Occupant] | None:
        return self._by_token.get(token)

    # Coming and going

    def open(self, node: str, domain: str) -> tuple[Room, bool]:
        """jicofo enters the room, which makes it. The room, and whether it is new."""
        with self.lock:
            found = self.find(node)
            if found is not None:
                return found, False
            if len(self._rooms) >= MAX_ROOMS:
                raise Refused("resource-constraint", "too many rooms")
            room = Room(node, f"{node}@{domain}", self._clock.now_ms(), self._clock.elapsed())
            self._rooms[node] = room
            self._tell("muc-room-created", room)
            return room, True

    def enter(
        self,
        room: Room,
        *,
        jid: str,
        name: str,
        moderator: bool | None,
        language: str = "",
        user: dict[str, str] | None = None,
        password: str = "",
    ) -> Occupant:
        """Somebody comes in, or into the lobby. `moderator` None: the first is one. Raises Refused."""
        with self.lock:
            if room.ended:
                raise Refused("item-not-found")
            moderates = not room.past if moderator is None else moderator
            if room.password and password != room.password and not moderates:
                raise Refused("not-authorized", "password required")
            # jicofo counts as well.
            limit = room.max_occupants or MAX_OCCUPANTS
            if len(room.present()) + 1 >= limit:
                raise Refused("service-unavailable", "The room has reached its maximum occupants")
            occupant = Occupant(
                resource=secrets.token_hex(4),
                jid=jid,
                name=name,
                moderator=moderates,
                language=language,
                joined_at=self._clock.now_ms(),
                state="waiting" if room.lobby and not moderates else "present",
                user=user or {},
                token=secrets.token_urlsafe(16),
            )
            room.occupants[occupant.resource] = occupant
            self._by_token[occupant.token] = (room, occupant)
            if occupant.state == "present":
                self._arrive(room, occupant)
            else:
                self._changed(room)
            return occupant

    def _arrive(self, room: Room, occupant: Occupant) -> None:
        room.past.append(occupant)
        self._tell("muc-occupant-joined", room, occupant)

    def admit(self, room: Room, occupants: Iterable[Occupant]) -> None:
        with self.lock:
            for occupant in occupants:
                if occupant.state == "waiting":
                    occupant.state = "present"
                    occupant.joined_at = self._clock.now_ms()
                    self._arrive(room, occupant)

    def leave(self, room: Room, occupant: Occupant) -> None:
        """The last who leaves closes the room."""
        with self.lock:
            self._remove(room, occupant)
            if room.past and not room.present() and not room.ended:
                self.destroy(room)

    def _remove(self, room: Room, occupant: Occupant) -> None:
        if room.occupants.pop(occupant.resource, None) is None:
            return
        was_present = occupant.state == "present"
        occupant.state = "gone"
        occupant.left_at = self._clock.now_ms()
        self._dropped.pop(occupant.token, None)
        if was_present:
            self._tell("muc-occupant-left", room, occupant)
        else:
            self._changed(room)

    def destroy(self, room: Room, *, reconnects: bool = False) -> None:
        """Everybody is put out, and it is gone."""
        with self.lock:
            if room.ended:
                return
            room.ended, room.reconnects = True, reconnects
            for occupant in list(room.occupants.values()):
                self._remove(room, occupant)
            if self._rooms.get(room.node) is room:
                del self._rooms[room.node]
            self._over.append((self._clock.elapsed(), room))
            self._tell("muc-room-destroyed", room)

    def forget(self) -> int:
        """Loses every room without a word, as a restart does. Answers how many."""
        with self.lock:
            count = len(self._rooms)
            for room in self._rooms.values():
                room.ended = room.reconnects = True
                room.revision += 1
            self._rooms.clear()
            self._by_token.clear()
            self._dropped.clear()
            self.changed.notify_all()
            return count

    def snapshot(self) -> int:
        """Keeps a copy of every room with the people in it. Answers how many."""
        with self.lock:
            self._kept = copy.deepcopy((self._rooms, self._by_token))
            return len(self._rooms)

    def restore(self) -> int:
        """Brings back the rooms that were kept, beside those there are by now. Answers how many came back."""
        with self.lock:
            rooms, by_token = copy.deepcopy(self._kept)
            returning = {node: room for node, room in rooms.items() if node not in self._rooms}
            self._rooms |= returning
            for token, (room, occupant) in by_token.items():
                if returning.get(room.node) is room:
                    # Their pages have lost their connections long ago.
                    occupant.streams = 0
                    self._by_token[token] = (room, occupant)
            return len(returning)

    # Pages and their connections

    def stream_opened(self, occupant: Occupant) -> None:
        with self.lock:
            occupant.streams += 1
            self._dropped.pop(occupant.token, None)

    def stream_closed(self, room: Room, occupant: Occupant) -> None:
        """The last connection gone means they leave, unless a page comes back within `leave_after` seconds."""
        with self.lock:
            occupant.streams -= 1
            if occupant.streams <= 0 and occupant.state != "gone":
                self._dropped[occupant.token] = (self._clock.elapsed(), room, occupant)

    def sweep(self) -> None:
        """Does what is due: lost pages leave, jicofo gives up rooms that nobody came into."""
        with self.lock:
            now = self._clock.elapsed()
            for dropped_at, room, occupant in list(self._dropped.values()):
                if now - dropped_at >= self._leave_after:
                    self.leave(room, occupant)
            for room in self.all():
                if not room.past and not room.occupants and now - room.focus_since >= self.focus_seconds:
                    self.destroy(room)
            while self._over and now - self._over[0][0] >= OVER_SECONDS:
                for occupant in self._over.pop(0)[1].past:
                    self._by_token.pop(occupant.token, None)

    def _tell(self, event: str, room: Room, occupant: Occupant | None = None) -> None:
        self._listener(event, room, occupant)
        self._changed(room)

    def _changed(self, room: Room) -> None:
        room.revision += 1
        self.changed.notify_all()
