# SPDX-License-Identifier: EUPL-1.2
"""Homes of people and rooms, and what is in them: calendars, inbox and outbox (RFC 4791, 4.2; RFC 6638, 2)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Self
from uuid import UUID

from django.utils.translation import gettext as _

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.bookings.models import Calendar
from vconf.integrations.caldav import paths
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.principals import person_seen, rooms_seen
from vconf.integrations.caldav.resources import READS, Resource
from vconf.rooms.models import Room

READS_CALENDAR = (*READS, "C:read-free-busy")
WRITES = ("D:write", "D:write-content", "D:write-properties", "D:bind", "D:unbind")


class Home(Resource):
    """Somebody's calendar home: the caller's own, or that of a person they stand in for."""

    def __init__(self, person: Person, actor: Actor) -> None:
        super().__init__(paths.home(person.id))
        self.person = person
        self.actor = actor
        self.is_own = person.id == actor.person_id

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        if where["person_id"] not in call.actor.organiser_ids:
            return None
        person = person_seen(call, where["person_id"])
        return None if person is None else cls(person, call.actor)

    @property
    def owner(self) -> str:
        return paths.person(self.person.id)

    @property
    def privileges(self) -> tuple[str, ...]:
        return READS_CALENDAR

    def members(self, call: Call) -> Sequence[Resource]:
        """In one's own home also the calendars of those one stands in for."""
        if not self.is_own:
            return (PersonCalendar(self.person, paths.bookings(self.person.id)),)
        principals = Person.objects.filter(id__in=self.actor.principal_ids, is_active=True).order_by("name")
        return (
            PersonCalendar(self.person, paths.bookings(self.person.id), is_own=True),
            *(PersonCalendar(one, paths.of_principal(self.person.id, one.id)) for one in principals),
            Inbox(self.person),
            Outbox(self.person),
        )


class CalendarCollection(Resource):
    """A calendar (RFC 4791, 4.2). may_write: objects can be put into it. name: as clients show it."""

    types = ("D:collection", "C:calendar")
    reports = (
        *Resource.reports,
        "C:calendar-multiget",
        "C:calendar-query",
        "C:free-busy-query",
        "D:sync-collection",
    )
    may_write: bool

    @property
    def name(self) -> str:
        raise NotImplementedError

    @property
    def calendar(self) -> Calendar | None:
        """The row behind it; None before the first booking is shown there."""
        raise NotImplementedError

    @property
    def privileges(self) -> tuple[str, ...]:
        return (*READS_CALENDAR, *WRITES) if self.may_write else READS_CALENDAR


class PersonCalendar(CalendarCollection):
    """ "Videokonferenzen" of the caller, or what somebody organises for whom the caller stands in."""

    may_write = True

    def __init__(self, person: Person, href: str, *, is_own: bool = False) -> None:
        super().__init__(href)
        self.person = person
        self.is_own = is_own

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        """Either `person_id` alone (in the person's own home), or with the `deputy_id` in whose home it is."""
        person_id: UUID = where["person_id"]
        deputy_id: UUID | None = where.get("deputy_id")
        if person_id not in call.actor.organiser_ids:
            return None
        if deputy_id is not None and (deputy_id != call.person_id or person_id == call.person_id):
            return None
        person = person_seen(call, person_id)
        if person is None:
            return None
        href = paths.bookings(person_id) if deputy_id is None else paths.of_principal(deputy_id, person_id)
        return cls(person, href, is_own=person_id == call.person_id)

    @property
    def owner(self) -> str:
        return paths.person(self.person.id)

    @property
    def name(self) -> str:
        if self.is_own:
            return _("Video conferences")
        return _("Video conferences: %(name)s") % {"name": self.person.name}

    @cached_property
    def calendar(self) -> Calendar | None:
        return Calendar.objects.filter(person_id=self.person.id).first()


class RoomHome(Resource):
    """What a room has for a home: one calendar."""

    def __init__(self, room: Room) -> None:
        super().__init__(paths.room_home(room.id))
        self.room = room

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        room = rooms_seen(call.actor).filter(id=where["room_id"]).first()
        return None if room is None else cls(room)

    @property
    def owner(self) -> str:
        return paths.room(self.room.id)

    @property
    def privileges(self) -> tuple[str, ...]:
        return READS_CALENDAR

    def members(self, call: Call) -> Sequence[Resource]:
        return (RoomCalendar(self.room),)


class RoomCalendar(CalendarCollection):
    """When a room is taken, and by what, as far as the caller may see that. It changes by bookings alone."""

    may_write = False

    def __init__(self, room: Room) -> None:
        super().__init__(paths.room_calendar(room.id))
        self.room = room

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        room = rooms_seen(call.actor).filter(id=where["room_id"]).first()
        return None if room is None else cls(room)

    @property
    def owner(self) -> str:
        return paths.room(self.room.id)

    @property
    def name(self) -> str:
        return self.room.name

    @cached_property
    def calendar(self) -> Calendar | None:
        return Calendar.objects.filter(room_id=self.room.id).first()


class Box(Resource):
    """Inbox or outbox of the caller; nobody reaches anybody else's."""

    segment: ClassVar[str]

    def __init__(self, person: Person) -> None:
        super().__init__(f"{paths.home(person.id)}{self.segment}/")
        self.person = person

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        return cls(call.person) if where["person_id"] == call.person_id else None

    @property
    def owner(self) -> str:
        return paths.person(self.person.id)


class Inbox(Box):
    """Where invitations arrive as messages (RFC 6638, 2.2)."""

    segment = "inbox"
    types = ("D:collection", "C:schedule-inbox")
    reports = (*Resource.reports, "C:calendar-multiget", "C:calendar-query", "D:sync-collection")

    @property
    def privileges(self) -> tuple[str, ...]:
        return (
            *READS_CALENDAR,
            "D:write-properties",
            "D:unbind",
            "C:schedule-deliver",
            "C:schedule-deliver-invite",
            "C:schedule-deliver-reply",
            "C:schedule-query-freebusy",
        )


class Outbox(Box):
    """Where others' free and busy times are asked for (RFC 6638, 2.1)."""

    segment = "outbox"
    types = ("D:collection", "C:schedule-outbox")

    @property
    def privileges(self) -> tuple[str, ...]:
        return (
            *READS,
            "C:schedule-send",
            "C:schedule-send-invite",
            "C:schedule-send-reply",
            "C:schedule-send-freebusy",
        )


class CalendarObject(Resource):
    """A place in a calendar, with an object or (`exists` is false) without. name: as it is kept, not encoded."""

    types = ()
    reports = ()

    def __init__(self, collection: CalendarCollection, name: str) -> None:
        super().__init__(paths.below(collection.href, name))
        self.collection = collection
        self.name = name
        self.exists = True

    @property
    def owner(self) -> str:
        return self.collection.owner

    @property
    def privileges(self) -> tuple[str, ...]:
        return self.collection.privileges


class PersonObject(CalendarObject):
    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        name = where.pop("name")
        collection = PersonCalendar.find(call, **where)
        return None if collection is None else cls(collection, name)


class RoomObject(CalendarObject):
    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        collection = RoomCalendar.find(call, room_id=where["room_id"])
        return None if collection is None else cls(collection, where["name"])
