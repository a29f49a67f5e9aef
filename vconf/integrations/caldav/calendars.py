# SPDX-License-Identifier: EUPL-1.2
"""Calendars of people and rooms, and what stands in them (RFC 4791, 4.1 and 4.2)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Self, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.bookings import calendar_views
from vconf.bookings.calendar_views import CalendarView, Entry
from vconf.errors import NotFound
from vconf.integrations.caldav import paths
from vconf.integrations.caldav.conditions import Tags
from vconf.integrations.caldav.get import tags_of
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.looks import look_of
from vconf.integrations.caldav.resources import READS_CALENDAR, WRITES, Resource
from vconf.rooms.models import Room


class CalendarCollection(Resource, ABC):
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
    @abstractmethod
    def name(self) -> str: ...

    @property
    @abstractmethod
    def view(self) -> CalendarView:
        """The calendar as the caller sees it: read once, so that all that is answered is of one moment or later."""

    @property
    def token(self) -> str:
        """What stands for everything up to the view's change (RFC 6578, 3.2): a URI."""
        return token_of(self.view, self.view.change)

    @property
    def privileges(self) -> tuple[str, ...]:
        return (*READS_CALENDAR, *WRITES) if self.may_write else (*READS_CALENDAR, "D:write-properties")

    def look(self, call: Call) -> Mapping[str, str]:
        return look_of(call.person_id, self.view.id)

    def members(self, call: Call) -> Sequence[CalendarObject]:
        return self.as_objects(calendar_views.entries(self.view))

    def named(self, names: Collection[str]) -> dict[str, CalendarObject]:
        """Name -> what is there, for those names that something is at."""
        return {one.name: one for one in self.as_objects(calendar_views.entries(self.view, names))}

    def as_objects(self, entries: Sequence[Entry]) -> list[CalendarObject]:
        """Entries as resources, with their tags: one query."""
        tags = tags_of(self.view, entries)
        return [CalendarObject(self, self.name_of(one), one, tags[one.href]) for one in entries]

    def name_of(self, entry: Entry) -> str:
        """The last part of its address."""
        return entry.href

    def address_of(self, entry: Entry) -> str:
        return paths.below(self.href, self.name_of(entry))


def token_of(view: CalendarView, change: int) -> str:
    return f"data:,{view.id}-{change}"


class PersonCalendar(CalendarCollection):
    """ "Videokonferenzen" of the caller, or what somebody organises for whom the caller stands in."""

    may_write = True

    def __init__(self, person: Person, actor: Actor, href: str, view: CalendarView | None = None) -> None:
        super().__init__(href)
        self.person = person
        self.actor = actor
        if view is not None:
            self.__dict__["view"] = view

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        """Either `person_id` alone (in the person's own home), or with the `deputy_id` in whose home it is."""
        person_id: UUID = where["person_id"]
        deputy_id: UUID | None = where.get("deputy_id")
        if deputy_id is not None and (deputy_id != call.person_id or person_id == call.person_id):
            return None
        view = calendar_views.calendar_of_person(call.actor, person_id)
        if view is None or view.person is None:
            return None
        href = paths.bookings(person_id) if deputy_id is None else paths.of_principal(deputy_id, person_id)
        return cls(view.person, call.actor, href, view)

    @property
    def owner(self) -> str:
        return paths.person(self.person.id)

    @property
    def name(self) -> str:
        if self.person.id == self.actor.person_id:
            return _("Video conferences")
        return _("Video conferences: %(name)s") % {"name": self.person.name}

    @cached_property
    def view(self) -> CalendarView:
        found = calendar_views.calendar_of_person(self.actor, self.person.id)
        if found is None:
            raise NotFound
        return found


class RoomCalendar(CalendarCollection):
    """When a room is taken, and by what, as far as the caller may see that. It changes by bookings alone.

    Its objects are called by the number of their entry: what a booking is called elsewhere is not for everybody who
    sees the room.
    """

    may_write = False

    def __init__(self, room: Room, actor: Actor, view: CalendarView | None = None) -> None:
        super().__init__(paths.room_calendar(room.id))
        self.room = room
        self.actor = actor
        if view is not None:
            self.__dict__["view"] = view

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        view = calendar_views.calendar_of_room(call.actor, where["room_id"])
        if view is None or view.room is None or not view.room.is_active:
            return None
        return cls(view.room, call.actor, view)

    @property
    def owner(self) -> str:
        return paths.room(self.room.id)

    @property
    def name(self) -> str:
        return self.room.name

    @cached_property
    def view(self) -> CalendarView:
        found = calendar_views.calendar_of_room(self.actor, self.room.id)
        if found is None:
            raise NotFound
        return found

    def named(self, names: Collection[str]) -> dict[str, CalendarObject]:
        numbers = [int(found[1]) for name in names if (found := _NUMBERED.fullmatch(name))]
        entries = calendar_views.entries_numbered(self.view, numbers)
        return {one.name: one for one in self.as_objects(entries)}

    def name_of(self, entry: Entry) -> str:
        return f"{entry.id}.ics"


_NUMBERED = re.compile(r"([1-9][0-9]{0,17})\.ics")


class CalendarObject(Resource):
    """A place in a calendar, with an object or (`exists` is false) without.

    name: as it is kept, not encoded. text: what it says, as XML, once a report has put it there.
    """

    types = ()
    reports = ()
    text: str | None = None

    def __init__(
        self, collection: CalendarCollection, name: str, entry: Entry | None = None, tags: Tags | None = None
    ) -> None:
        super().__init__(paths.below(collection.href, name))
        self.collection = collection
        self.name = name
        self.entry = entry
        self.tags = tags

    @property
    def exists(self) -> bool:  # type: ignore[override]  # worked out here
        return self.entry is not None

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
        return None if collection is None else _at(cls, collection, name)


class RoomObject(CalendarObject):
    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        collection = RoomCalendar.find(call, room_id=where["room_id"])
        return None if collection is None else _at(cls, collection, where["name"])


_Object = TypeVar("_Object", bound=CalendarObject)


def _at(kind: type[_Object], collection: CalendarCollection, name: str) -> _Object:
    found = collection.named([name]).get(name)
    return kind(collection, name) if found is None else kind(collection, name, found.entry, found.tags)
