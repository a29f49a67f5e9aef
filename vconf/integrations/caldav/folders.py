# SPDX-License-Identifier: EUPL-1.2
"""Collections that only lead on: the root, and where principals and calendars are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from vconf.integrations.caldav import paths
from vconf.integrations.caldav.homes import Home, RoomHome
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.principals import PersonPrincipal, RoomPrincipal, rooms_seen
from vconf.integrations.caldav.resources import Resource


class Folder(Resource):
    where: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.where)

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        return cls()


class FrontDoor(Folder):
    """The root of the host, for clients that are told no more than that: it knows who asks, and leads on."""

    where = "/"

    def members(self, call: Call) -> Sequence[Resource]:
        return (Root(),)


class Root(Folder):
    where = paths.ROOT

    def members(self, call: Call) -> Sequence[Resource]:
        return (Principals(), Homes(), RoomHomes())


class Principals(Folder):
    where = paths.PRINCIPALS

    def members(self, call: Call) -> Sequence[Resource]:
        return (People(), Rooms())


class People(Folder):
    """Everybody with an account. Listed is the caller alone: others are found by searching (R1.8)."""

    where = paths.PEOPLE

    def members(self, call: Call) -> Sequence[Resource]:
        return (PersonPrincipal(call.person, call.actor),)


class Rooms(Folder):
    """The rooms that the caller sees by name."""

    where = paths.ROOMS

    def members(self, call: Call) -> Sequence[Resource]:
        return [RoomPrincipal(room) for room in rooms_seen(call.actor)]


class Homes(Folder):
    """The caller's own home; those of people they stand in for are within it."""

    where = paths.HOMES

    def members(self, call: Call) -> Sequence[Resource]:
        return (Home(call.person, call.actor),)


class RoomHomes(Folder):
    where = paths.ROOM_HOMES

    def members(self, call: Call) -> Sequence[Resource]:
        return [RoomHome(room, call.actor) for room in rooms_seen(call.actor)]
