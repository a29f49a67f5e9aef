# SPDX-License-Identifier: EUPL-1.2
"""`event_sync_component`: tells a service of rooms and people, each event on its own, in no promised order."""

from __future__ import annotations

import json
import threading

from simulator.jitsi.outgoing import Attempts, TimedOut, call_until_answered
from simulator.jitsi.rooms import Occupant, Room
from simulator.jitsi.settings import Settings

RETRY_PAUSE = 1.0
_PATHS = {
    "muc-room-created": "room/created",
    "muc-room-destroyed": "room/destroyed",
    "muc-occupant-joined": "occupant/joined",
    "muc-occupant-left": "occupant/left",
}


class Events:
    def __init__(self, settings: Settings, stopped: threading.Event) -> None:
        self.settings = settings
        self._stopped = stopped
        self._lock = threading.Lock()
        self.delivered = 0
        self.given_up = 0

    def publish(self, event: str, room: Room, occupant: Occupant | None, now_ms: int) -> None:
        settings = self.settings
        if not settings.events_url or event in settings.loses:
            return
        content: dict[str, object] = {"event_name": event}
        if occupant is None:
            content["created_at"] = room.created_ms // 1000
            if event == "muc-room-destroyed":
                content["destroyed_at"] = now_ms // 1000
                content["all_occupants"] = [_shown(one) for one in room.past]
        else:
            content["occupant"] = _shown(occupant)
            content["active_occupants_count"] = len(room.present())
        content |= {"is_breakout": False, "room_jid": room.jid, "room_name": room.node}
        arguments = (f"{settings.events_url}/events/{_PATHS[event]}", json.dumps(content).encode())
        threading.Thread(target=self._send, args=arguments, name="event", daemon=True).start()

    def _send(self, url: str, body: bytes) -> None:
        settings = self.settings
        headers = {"Content-Type": "application/json", **settings.headers}
        attempts = Attempts(
            settings.retry_count, RETRY_PAUSE * settings.retry_scale, settings.timeout_seconds, self._stopped
        )
        try:
            status = call_until_answered("POST", url, headers, body, attempts).status
        except TimedOut:
            status = 0
        with self._lock:
            if 200 <= status < 300:
                self.delivered += 1
            else:
                self.given_up += 1


def _shown(occupant: Occupant) -> dict[str, object]:
    shown: dict[str, object] = {"occupant_jid": occupant.jid, "joined_at": occupant.joined_at // 1000}
    if occupant.left_at:
        shown["left_at"] = occupant.left_at // 1000
    return shown | {key: value for key, value in occupant.user.items() if key in ("id", "name", "email")}
