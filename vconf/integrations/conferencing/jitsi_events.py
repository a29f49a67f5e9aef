# SPDX-License-Identifier: EUPL-1.2
"""Where a Jitsi shard tells of rooms and of people who come and go (`event_sync_component`).

    POST .../events/room/created | room/destroyed | occupant/joined | occupant/left

Hints: no signature, no order, repeated at times, lost at others. What counts in them is the number of people in the
room, an absolute one; it is taken unless a later one has been, and then the server is looked at, which decides. Who it
was that came or went is not read, let alone kept.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from vconf.bookings.meetings import meeting_attended
from vconf.bookings.models import Meeting
from vconf.integrations.conferencing.bodies import body_of
from vconf.integrations.conferencing.hints import Deliveries, Hints
from vconf.integrations.conferencing.prosody import ROOM, for_prosody
from vconf.rooms.models import ConferenceServer

#: A room that is gone is reported with everybody who ever was in it.
MAX_BODY = 512 * 1024
#: No room holds more.
MOST_PEOPLE = 100_000
#: Rooms of which a process remembers when the last event was.
MOST_ROOMS = 2000

#: What is told at which address; the event names itself as well.
EVENTS = {
    ("room", "created"): "muc-room-created",
    ("room", "destroyed"): "muc-room-destroyed",
    ("occupant", "joined"): "muc-occupant-joined",
    ("occupant", "left"): "muc-occupant-left",
}


@dataclass(frozen=True, slots=True)
class Event:
    """What is of use in an event. `people` is None where it does not say how many there are; `at`: Unix seconds."""

    room: str
    people: int | None
    at: float


@for_prosody
def events(request: HttpRequest, server: ConferenceServer, about: str, what: str) -> HttpResponse:
    """204 taken, also if it is old news; 400 no such event, 413 too big. None of these is sent again."""
    if (about, what) not in EVENTS:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    body = body_of(request, MAX_BODY)
    if body is None:
        return HttpResponse(status=413)
    try:
        event = read_event(body, EVENTS[about, what])
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    if ROOM.fullmatch(event.room) is None:
        return HttpResponse(status=204)
    meeting = Meeting.objects.filter(server=server, external_id=event.room).first()
    if meeting is None or not (_deliveries.is_new(server.id, body) and _latest.is_latest(server.id, event)):
        return HttpResponse(status=204)
    if event.people is not None:
        # how many of them are moderators nobody says
        meeting_attended(meeting.id, people=event.people, moderators=min(meeting.moderators, event.people))
    _hints.give(server.id)
    return HttpResponse(status=204)


def read_event(body: bytes, name: str) -> Event:
    """An event of that name. Raises ValueError or RecursionError for what no such component sends."""
    told = json.loads(body)
    if not isinstance(told, dict) or told.get("event_name") != name:
        raise ValueError("another event")
    room = told.get("room_name")
    if not isinstance(room, str) or not room:
        raise ValueError("no room")
    occupant = told.get("occupant")
    if not isinstance(occupant, dict):
        occupant = {}
    moments = [
        told.get("created_at"),
        told.get("destroyed_at"),
        occupant.get("joined_at"),
        occupant.get("left_at"),
    ]
    at = max((_seconds(moment) for moment in moments), default=0.0)
    # Who moves to a breakout room leaves the main one; the numbers of breakout rooms are not its own.
    people = None if told.get("is_breakout") else _people(told, name)
    return Event(room.lower(), people, at)


def _people(told: dict[str, Any], name: str) -> int | None:
    if name == "muc-room-destroyed":
        return 0
    people = told.get("active_occupants_count")
    if people is None:
        return None
    if type(people) is not int or not 0 <= people <= MOST_PEOPLE:
        raise ValueError("not a number of people")
    return people


def _seconds(moment: object) -> float:
    """Some builds count in milliseconds."""
    if not isinstance(moment, int | float) or isinstance(moment, bool) or not 0 < moment < 1e14:
        return 0.0
    return moment / 1000 if moment > 1e11 else float(moment)


class Latest:
    """When the last event of a room was that this process was told. Other processes have their own: what is out of
    order between them is put right by the next look at the server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[UUID, str], float] = OrderedDict()

    def is_latest(self, server_id: UUID, event: Event) -> bool:
        room = (server_id, event.room)
        with self._lock:
            if event.at < self._known.get(room, 0.0):
                return False
            self._known[room] = event.at
            self._known.move_to_end(room)
            if len(self._known) > MOST_ROOMS:
                self._known.popitem(last=False)
            return True


_deliveries = Deliveries()
_latest = Latest()
_hints = Hints()
