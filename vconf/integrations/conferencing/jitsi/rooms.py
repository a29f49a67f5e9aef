# SPDX-License-Identifier: EUPL-1.2
"""Who is where: all rooms of a shard by mod_muc_census, one room by mod_muc_size.

A room is there from its first occupant to its last. Both count without the focus (jicofo's own occupant), but of a
room with a single occupant mod_muc_size cannot tell whether it is a person or the focus, so there *one* may be nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from vconf.integrations.conferencing.jitsi.client import JitsiClient, Patience, count_in, read_json, text_in
from vconf.integrations.conferencing.jitsi.shard import Shard
from vconf.integrations.conferencing.jitsi.tokens import probe_token
from vconf.integrations.conferencing.port import (
    UNOPENED,
    BackendError,
    LiveMeeting,
    Misbehaving,
    NotSupported,
    PersonThere,
    WrongSecret,
)
from vconf.integrations.conferencing.transport import HttpAnswer

#: Above it a point in time is in milliseconds: some versions of Prosody count in these.
_MILLISECONDS = 10**11
_ROOM = re.compile(r"[^\s@/\[\]]{1,256}")
#: the last part of an occupant's address
_OCCUPANT = re.compile(r"[A-Za-z0-9._-]{1,100}")
_LONGEST_NAME = 100


class Rooms:
    """What runs on one shard, by whichever way the operator opened."""

    def __init__(self, shard: Shard, client: JitsiClient) -> None:
        self._shard = shard
        self._client = client

    def census(self, *, patience: Patience | None = None, creating: bool = False) -> Sequence[LiveMeeting]:
        """All rooms in one call, by name. Raises NotSupported where there is no census, or none for us."""
        if not self._shard.census_url:
            raise NotSupported("no census of rooms", code="no_census")
        answer = self._client.get(self._shard.census_url, patience=patience, creating=creating)
        if answer.status != 200:
            raise _refused("the census", answer.status)
        return read_census(read_json(answer), self._shard)

    def size(
        self, external_id: str, *, token: str = "", patience: Patience | None = None, creating: bool = False
    ) -> int | None:
        """People in one room, None if it is not open. Raises WrongSecret when our token is refused."""
        if not self._shard.size_url:
            raise NotSupported("no size of rooms", code="no_room_size")
        query = self._query(external_id, token or probe_token(self._shard, external_id))
        answer = self._client.get(f"{self._shard.size_url}?{query}", patience=patience, creating=creating)
        if answer.status in (401, 403):
            raise WrongSecret("the server refuses our token")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise _refused("the size of a room", answer.status)
        people = count_in(read_json(answer), "participants")
        if people is None:
            raise Misbehaving("a size of a room that is no number")
        return people

    def people(self, external_id: str) -> Sequence[PersonThere]:
        """Who is in a room, by name. Raises NotSupported where mod_muc_size cannot be asked, WrongSecret."""
        if not self._shard.people_url:
            raise NotSupported("this server does not say who is in its rooms", code="occupancy_unknown")
        query = self._query(external_id, probe_token(self._shard, external_id))
        answer = self._client.get(f"{self._shard.people_url}?{query}")
        if answer.status in (401, 403):
            raise WrongSecret("the server refuses our token")
        if answer.status == 404:
            return []
        if answer.status != 200:
            raise _refused("the people in a room", answer.status)
        return read_people(answer)

    def _query(self, external_id: str, token: str) -> str:
        # Parts of a domain and of an id need no quoting, which current versions would not undo.
        return urlencode({"room": external_id, "domain": self._shard.domain, "token": token})

    def find(self, external_id: str) -> LiveMeeting | None:
        """One room. Raises NotSupported (`occupancy_unknown`) where nothing tells."""
        if self._shard.census_url:
            return next((room for room in self.census() if room.external_id == external_id), None)
        if not self._shard.size_url:
            raise NotSupported("this server does not say who is in its rooms", code="occupancy_unknown")
        people = self.size(external_id)
        if people is None:
            return None
        return an_open_room(external_id, people)


def read_people(answer: HttpAnswer) -> Sequence[PersonThere]:
    """Without the focus, which is nobody. Raises Misbehaving."""
    try:
        listed = json.loads(answer.body)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        raise Misbehaving("people in a room that are no list")
    people = []
    for entry in listed:
        jid = text_in(entry, "jid") if isinstance(entry, dict) else ""
        person_id = jid.rpartition("/")[2]
        if jid and _OCCUPANT.fullmatch(person_id) and person_id != "focus":
            people.append(
                PersonThere(person_id=person_id, name=text_in(entry, "display_name")[:_LONGEST_NAME])
            )
    return sorted(people, key=lambda person: (person.name.casefold(), person.person_id))


def an_open_room(external_id: str, people: int) -> LiveMeeting:
    """One of which nothing tells since when it has been open."""
    return _live(external_id, people, created_at=None, incarnation=UNOPENED)


def read_census(content: dict[str, Any], shard: Shard) -> Sequence[LiveMeeting]:
    """Rooms of the shard's own domain, without breakout rooms and those of tenants. Raises Misbehaving."""
    listed = content.get("room_census")
    if listed == {}:
        listed = []  # older versions write an empty list so
    if not isinstance(listed, list):
        raise Misbehaving("a census without rooms", maybe_done=True)
    rooms: dict[str, LiveMeeting] = {}
    for entry in listed:
        if not isinstance(entry, dict):
            raise Misbehaving("a census of something else", maybe_done=True)
        name, _at, domain = text_in(entry, "room_name").rpartition("@")
        if domain.lower() != shard.muc_domain.lower() or not _ROOM.fullmatch(name):
            continue
        created_at = _instant(entry.get("created_time"))
        # What is only kept by occupants whose connections are gone is nobody's meeting; -1 is a room without focus.
        people = 0 if entry.get("leaked") is True else count_in(entry, "participants") or 0
        rooms[name.lower()] = _live(
            name.lower(),
            people,
            created_at=created_at,
            incarnation=str(int(created_at.timestamp() * 1000)) if created_at else UNOPENED,
        )
    return [rooms[name] for name in sorted(rooms)]


def _live(external_id: str, people: int, *, created_at: datetime | None, incarnation: str) -> LiveMeeting:
    return LiveMeeting(
        external_id=external_id,
        incarnation=incarnation,
        name=external_id,
        people=people,
        moderators=0,
        created_at=created_at,
        started_at=created_at,
    )


def _instant(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970; anything absurd is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**14:
        return None
    return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS else value, UTC)


def _refused(what: str, status: int) -> BackendError:
    """Where nobody serves it, or not to us, meetings may go on all the same: only we do not see them."""
    if status == 404:
        return NotSupported(f"nobody serves {what}: HTTP 404", code="no_such_path")
    if status in (401, 403):
        return NotSupported(f"{what} is closed to us: HTTP {status}", code="closed_to_us")
    return Misbehaving(f"{what}: HTTP {status}")
