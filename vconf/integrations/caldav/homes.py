# SPDX-License-Identifier: EUPL-1.2
"""Homes of people and rooms: where their calendars are (RFC 4791, 6.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from vconf.authorities.directory import person_seen, principals_of
from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.integrations.caldav import paths
from vconf.integrations.caldav.boxes import Inbox, Outbox
from vconf.integrations.caldav.calendars import PersonCalendar, RoomCalendar
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.principals import rooms_seen
from vconf.integrations.caldav.resources import READS_CALENDAR, Resource
from vconf.rooms.models import Room


class Home(Resource):
    """Somebody's calendar home: the caller's own, or that of a person they stand in for."""

    reports = (*Resource.reports, "C:free-busy-query")

    def __init__(self, person: Person, actor: Actor) -> None:
        super().__init__(paths.home(person.id))
        self.person = person
        self.actor = actor
        self.is_own = person.id == actor.person_id

    @classmethod
    def find(cls, call: Call, **where: Any) -> Resource | None:
        """Of anybody else only the busy times can be asked for."""
        person = person_seen(call.actor, where["person_id"])
        if person is None:
            return None
        return cls(person, call.actor) if person.id in call.actor.organiser_ids else BusyHome(person)

    @property
    def owner(self) -> str:
        return paths.person(self.person.id)

    @property
    def privileges(self) -> tuple[str, ...]:
        return READS_CALENDAR

    def members(self, call: Call) -> Sequence[Resource]:
        """In one's own home also the calendars of those one stands in for."""
        if not self.is_own:
            return (PersonCalendar(self.person, self.actor, paths.bookings(self.person.id)),)
        principals = principals_of(self.actor)
        return (
            PersonCalendar(self.person, self.actor, paths.bookings(self.person.id)),
            *(
                PersonCalendar(one, self.actor, paths.of_principal(self.person.id, one.id))
                for one in principals
            ),
            Inbox(self.person),
            Outbox(self.person),
        )


class BusyHome(Resource):
    """The home of somebody else: not there, except for the question when they are busy."""

    reports = ("C:free-busy-query",)
    only_reports = True

    def __init__(self, person: Person) -> None:
        super().__init__(paths.home(person.id))
        self.person = person


class RoomHome(Resource):
    """What a room has for a home: one calendar."""

    reports = (*Resource.reports, "C:free-busy-query")

    def __init__(self, room: Room, actor: Actor) -> None:
        super().__init__(paths.room_home(room.id))
        self.room = room
        self.actor = actor

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        room = rooms_seen(call.actor).filter(id=where["room_id"]).first()
        return None if room is None else cls(room, call.actor)

    @property
    def owner(self) -> str:
        return paths.room(self.room.id)

    @property
    def privileges(self) -> tuple[str, ...]:
        return READS_CALENDAR

    def members(self, call: Call) -> Sequence[Resource]:
        return (RoomCalendar(self.room, self.actor),)
