# SPDX-License-Identifier: EUPL-1.2
"""Homes of people and rooms, and what is in them: calendars, inbox and outbox (RFC 4791, 4.2; RFC 6638, 2)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from vconf.authorities.directory import person_seen, principals_of
from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.bookings import calendar_views
from vconf.bookings.calendar_views import CalendarView, Entry
from vconf.errors import NotFound
from vconf.integrations.caldav import inbox, paths, xml
from vconf.integrations.caldav.conditions import Tags
from vconf.integrations.caldav.get import tags_of
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.inbox import Message
from vconf.integrations.caldav.looks import look_of
from vconf.integrations.caldav.principals import rooms_seen
from vconf.integrations.caldav.resources import READS, Resource
from vconf.rooms.models import Room

READS_CALENDAR = (*READS, "C:read-free-busy")
WRITES = ("D:write", "D:write-content", "D:write-properties", "D:bind", "D:unbind")


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
    def view(self) -> CalendarView:
        """The calendar as the caller sees it: read once, so that all that is answered is of one moment or later."""
        raise NotImplementedError

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

    def members(self, call: Call) -> Sequence[Resource]:
        return self.holding(inbox.messages_of(self.person.id))

    def holding(self, messages: Iterable[Message]) -> list[InboxMessage]:
        return [InboxMessage(self, one) for one in messages]

    @property
    def token(self) -> str:
        """As of a calendar's: up to its last change."""
        return self.token_of(inbox.state_of(self.person.id).change)

    def token_of(self, change: int) -> str:
        return f"data:,inbox-{self.person.id}-{change}"


class InboxMessage(Resource):
    """A message in the inbox of the caller. text: what it says, as XML."""

    types = ()
    reports = ()

    def __init__(self, box: Inbox, message: Message) -> None:
        super().__init__(paths.below(box.href, message.name))
        self.box = box
        self.message = message

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        box = Inbox.find(call, person_id=where["person_id"])
        found = [] if box is None else inbox.messages_of(box.person.id, [where["name"]])
        return cls(box, found[0]) if box is not None and found else None

    @property
    def owner(self) -> str:
        return self.box.owner

    @property
    def text(self) -> str:
        return xml.octets_as_text(self.message.octets)


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
