# SPDX-License-Identifier: EUPL-1.2
"""One of everything at IM and at FM, a person for each role, and a good request for each route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone

from tests import factories
from tests.api.caller import wish
from tests.factories import World
from tests.realtime.dates import a_date, opened
from vconf.authorities.models import Authority, Person, Role
from vconf.bookings.models import Booking, Occurrence
from vconf.rooms.models import ConferenceServer, Room, RoomClass

TITLE = "Strenggeheimer Anlass"


@dataclass(frozen=True, slots=True)
class Side:
    """What a ministry has."""

    authority: Authority
    member: Person
    room: Room
    room_class: RoomClass
    booking: Booking
    running: Occurrence

    @property
    def occurrence(self) -> Occurrence:
        return self.booking.occurrences.get()


class Scene:
    """`people[role]` acts on `im`, `fm` or what does not exist."""

    def __init__(self) -> None:
        world = self.world = factories.world()
        ConferenceServer.objects.update(base_url="http://127.0.0.1:9/bigbluebutton/api/")  # answers nobody
        self.spare = factories.server(
            factories.pool("Reserve", servers=()), "spare", base_url="http://127.0.0.1:9/bigbluebutton/api/"
        )
        attendee = factories.person("Frieda Fink", world.fm)
        self.people: dict[str, Person | None] = {
            "nobody": None,
            "colleague": world.bernd,
            "stranger": world.clara,
            "attendee": attendee,
            "organiser": world.anna,
            "admin": world.admin,
            "other_admin": factories.person("Otto Otter", world.fm, Role.AUTHORITY_ADMIN),
            "operator": world.operator,
            "auditor": world.auditor,
        }
        self.im = self._side(world, world.im, world.anna, invite=attendee)
        self.fm = self._side(world, world.fm, factories.person("Gerd Greif", world.fm))

    def _side(self, world: World, of: Authority, organiser: Person, invite: Person | None = None) -> Side:
        kind = factories.room_class(of, f"Klasse {of.short_name}")
        room = factories.room(f"Saal {of.short_name}", 50, of, world.pool, kind)
        invited = [] if invite is None else [invite]
        booked = a_date(room, organiser, starts=3 * 24 * 60, invite=invited).booking
        Booking.objects.filter(id=booked.id).update(title=TITLE)
        running = a_date(room, organiser, minutes=50, invite=invited)
        opened(running)
        member = factories.person(f"Mitglied {of.short_name}", of)
        return Side(of, member, room, kind, Booking.objects.get(id=booked.id), running)

    @cached_property
    def objects(self) -> Mapping[str, tuple[UUID, UUID]]:
        """Route -> the ids of IM's and FM's object. Of POST routes without an id: of what the body names."""
        im, fm, spare = self.im, self.fm, self.spare
        authorities = (im.authority.id, fm.authority.id)
        rooms = (im.room.id, fm.room.id)
        return {
            "booking": (im.booking.id, fm.booking.id),
            "bookings": rooms,
            "booking-occurrences": (im.booking.id, fm.booking.id),
            "booking-preview": rooms,
            "availability": rooms,
            "availability-first": rooms,
            "occurrence": (im.occurrence.id, fm.occurrence.id),
            "end-occurrence": (im.running.id, fm.running.id),
            "room": rooms,
            "rooms": authorities,
            "room-occurrences": rooms,
            "room-class": (im.room_class.id, fm.room_class.id),
            "room-classes": authorities,
            "pool": (spare.pool_id, spare.pool_id),
            "server": (spare.id, spare.id),
            "server-check": (spare.id, spare.id),
            "authority": authorities,
            "authorities": authorities,
            "quota": authorities,
            "person": (im.member.id, fm.member.id),
            "memberships": (im.member.id, fm.member.id),
            "people": authorities,
        }

    def query(self, route: str, object_id: UUID) -> dict[str, str]:
        """The query string of a GET."""
        now = timezone.now()
        match route:
            case "bookings":
                return {"mine": "false"}
            case "occurrences":
                return {"until": (now + timedelta(days=5)).isoformat()}
            case "availability":
                begins = now + timedelta(days=9)
                ends = begins + timedelta(hours=1)
                return {
                    "room": str(object_id),
                    "starts_at": begins.isoformat(),
                    "ends_at": ends.isoformat(),
                }
            case "people":
                return {"q": "Anna"}
        return {}

    def body(self, route: str, method: str, object_id: UUID) -> dict[str, Any] | None:
        """A good body, which names the object if the path does not."""
        named = str(object_id)
        room = {"seats": 5, "pool": str(self.world.pool.id), "room_class": str(self.world.standard.id)}
        match route, method:
            case "availability-first", "POST":
                return {"people": ["anna@im.mv.example"], "rooms": [named], "duration": 60}
            case (("bookings" | "booking-preview"), "POST"):
                return wish(room=named)
            case "booking", "PATCH":
                return {"title": "Anderer Titel"}
            case "occurrence", "PATCH":
                return {"seats": 7}
            case "rooms", "POST":
                return {"name": "Neu", "address": "neu@raum.mv.example", "authority": named, **room}
            case ("room", "PATCH") | ("room-class", "PATCH") | ("authority", "PATCH") | ("person", "PATCH"):
                return {"name": "Anderer Name"}
            case "room-classes", "POST":
                return {"name": "Neu", "authority": named}
            case "pool", "PATCH":
                return {"name": "Anderer Name"}
            case "pools", "POST":
                return {"name": "Neu"}
            case "server", "PATCH":
                return {"weight": 50}
            case "servers", "POST":
                address = "https://neu.example/bigbluebutton/api/"
                pool = {"pool": str(self.spare.pool_id), "seats": 5}
                return {
                    "kind": "bigbluebutton",
                    "name": "neu",
                    "base_url": address,
                    "secret": "x" * 20,
                    **pool,
                }
            case "authorities", "POST":
                return {"name": "Neues Amt", "short_name": "NA", "parent": named}
            case "quota", "PUT":
                return {"concurrent_seats": 500}
            case "memberships", "PUT":
                side = self.fm if object_id == self.fm.member.id else self.im
                return {"memberships": [{"authority": str(side.authority.id), "roles": ["staff"]}]}
            case "people", "POST":
                return {"name": "Neu", "email": "neu@mv.example", "authority": named}
            case "me", "PATCH":
                return {"language": "en"}
            case "session", "POST":
                return {"email": "somebody@mv.example", "password": "wrong"}
        return None if method in ("GET", "DELETE") else {}
