# SPDX-License-Identifier: EUPL-1.2
"""Principals (RFC 3744, 2): people, rooms, and who stands in for whom (caldav-proxy)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from vconf.authorities.deputies import deputies_of
from vconf.authorities.directory import addresses_of, person_seen
from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.integrations.caldav import paths
from vconf.integrations.caldav.http import Call
from vconf.integrations.caldav.resources import Resource
from vconf.rooms.models import Room
from vconf.rooms.selectors import rooms_visible_to


class Principal(Resource, ABC):
    """id: of the person or the room. user_type: CUTYPE (RFC 6638, 2.4.2)."""

    types = ("D:collection", "D:principal")
    reports = (*Resource.reports, "C:free-busy-query")
    user_type: ClassVar[str] = "INDIVIDUAL"
    id: UUID
    name: str

    @property
    def owner(self) -> str:
        return self.href

    @property
    @abstractmethod
    def home(self) -> str: ...

    @property
    @abstractmethod
    def addresses(self) -> Sequence[str]:
        """Mail addresses, the preferred one first."""


class PersonPrincipal(Principal):
    """Somebody with an account. Whoever works for the administration sees their colleagues, as in its directory."""

    def __init__(self, person: Person, actor: Actor, *, addresses: Sequence[str] | None = None) -> None:
        super().__init__(paths.person(person.id))
        self.person = person
        self.id = person.id
        self.name = person.name
        self.actor = actor
        self.is_self = person.id == actor.person_id
        if addresses is not None:
            self.__dict__["addresses"] = addresses

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        person = person_seen(call.actor, where["person_id"])
        return None if person is None else cls(person, call.actor)

    def members(self, call: Call) -> Sequence[Resource]:
        return proxies_of(self) if self.is_self else ()

    @property
    def home(self) -> str:
        return paths.home(self.id)

    @cached_property
    def addresses(self) -> Sequence[str]:
        return addresses_of([self.person])[self.id]

    @cached_property
    def deputies(self) -> Sequence[UUID]:
        """Who stands in for them; nobody else is told."""
        return sorted(deputies_of([self.id], now=timezone.now())[self.id]) if self.is_self else []

    @property
    def principals(self) -> Sequence[UUID]:
        """For whom they stand in; nobody else is told."""
        return sorted(self.actor.principal_ids) if self.is_self else []


class RoomPrincipal(Principal):
    """A room, for those who see it by name."""

    user_type = "ROOM"

    def __init__(self, room: Room) -> None:
        super().__init__(paths.room(room.id))
        self.room = room
        self.id = room.id
        self.name = room.name

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        room = rooms_seen(call.actor).filter(id=where["room_id"]).first()
        return None if room is None else cls(room)

    @property
    def home(self) -> str:
        return paths.room_home(self.id)

    @property
    def addresses(self) -> Sequence[str]:
        return (self.room.address,)


class ProxyGroup(Principal):
    """Who may change (or only read) somebody's calendars: caldav-proxy, 5. There are no deputies who only read."""

    user_type = "GROUP"
    reports = Resource.reports

    def __init__(self, principal: PersonPrincipal, kind: Literal["read", "write"]) -> None:
        super().__init__(paths.proxies(principal.id, kind))
        self.principal = principal
        self.kind = kind
        self.id = principal.id
        self.name = f"calendar-proxy-{kind}"

    @classmethod
    def find(cls, call: Call, **where: Any) -> Self | None:
        if where["person_id"] not in call.actor.organiser_ids:
            return None
        person = person_seen(call.actor, where["person_id"])
        return None if person is None else cls(PersonPrincipal(person, call.actor), where["proxy"])

    @property
    def home(self) -> str:
        return ""

    @property
    def addresses(self) -> Sequence[str]:
        return ()

    @property
    def people(self) -> Sequence[UUID]:
        """Who is in it: for the principal all, for a deputy themselves."""
        if self.kind == "read":
            return ()
        if self.principal.is_self:
            return self.principal.deputies
        assert self.principal.actor.person_id is not None
        return (self.principal.actor.person_id,)


def proxies_of(principal: PersonPrincipal) -> Sequence[ProxyGroup]:
    return (ProxyGroup(principal, "read"), ProxyGroup(principal, "write"))


def rooms_seen(actor: Actor) -> QuerySet[Room]:
    """Rooms as principals: those in use that the caller sees by name."""
    return rooms_visible_to(actor).filter(is_active=True).order_by("name", "id")
