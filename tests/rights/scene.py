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
from tests.realtime.dates import a_date, opened, take_this_minute
from vconf.authorities.calendar_passwords import create_calendar_password
from vconf.authorities.models import Authority, Person, Role
from vconf.authorities.rights import Actor
from vconf.bookings.models import Approval, Booking, Occurrence, Proposal
from vconf.bookings.proposing import propose
from vconf.bookings.replacing import replace_booking
from vconf.bookings.requests import AttendeeRequest, BookingRequest
from vconf.bookings.services import cancel
from vconf.integrations.conferencing.models import Recording
from vconf.integrations.feeds.addresses import create_feed
from vconf.integrations.feeds.models import Detail, Feed
from vconf.rooms.models import Approver, ConferenceServer, Room, RoomClass

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
    #: nothing runs in it
    quiet: Room
    approver: Approver
    request: Approval
    #: of the running date
    recording: Recording

    @property
    def occurrence(self) -> Occurrence:
        return self.booking.occurrences.get()


class Scene:
    """`people[role]` acts on `im`, `fm` or what does not exist."""

    def __init__(self) -> None:
        take_this_minute()
        world = self.world = factories.world()
        ConferenceServer.objects.update(base_url="http://127.0.0.1:9/bigbluebutton/api/")  # answers nobody
        self.spare = factories.server(
            factories.pool("Reserve", servers=()), "spare", base_url="http://127.0.0.1:9/bigbluebutton/api/"
        )
        self.parked = factories.parked_delivery("frieda.fink@fm.mv.example")
        self.set_aside = factories.set_aside_mail()
        attendee = factories.person("Frieda Fink", world.fm)
        deputy = factories.person("Dieter Dohle", world.im)
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
            "deputy": deputy,
        }
        self.im = self._side(world, world.im, world.anna, invite=attendee)
        self.fm = self._side(world, world.fm, factories.person("Gerd Greif", world.fm))
        self.cancelled = (self._cancelled(self.im, attendee), self._cancelled(self.fm))
        self.held = (self._held(self.im, attendee), self._held(self.fm))
        self.proposals = (self._proposed(self.im, attendee), self._proposed(self.fm, self.fm.member))
        self.passwords = (self._password(self.im), self._password(self.fm))
        self.feeds = (self._feed(self.im), self._feed(self.fm))
        self.deputyships = (
            factories.deputy(deputy, world.anna),
            factories.deputy(self.fm.member, self.fm.booking.organiser),
        )

    def _cancelled(self, side: Side, *invited: Person) -> Booking:
        booking = a_date(side.room, side.booking.organiser, starts=5 * 24 * 60, invite=invited).booking
        return cancel(booking.id, actor=factories.actor(side.booking.organiser))

    def _proposed(self, side: Side, author: Person) -> Proposal:
        starts = timedelta(days=10)
        booking = a_date(
            side.room, side.booking.organiser, starts=int(starts.total_seconds() / 60), invite=[author]
        ).booking
        now = timezone.now()
        return propose(
            booking.id,
            address=author.email,
            starts_at=now + starts + timedelta(hours=3),
            duration=timedelta(hours=1),
            comment="",
            actor=factories.actor(author),
            now=now,
        )

    def _held(self, side: Side, *invited: Person) -> Booking:
        """A booking that could not be moved to another day; by now it could."""
        by = factories.actor(side.booking.organiser)
        booking = a_date(side.room, side.booking.organiser, starts=6 * 24 * 60, invite=invited).booking
        in_the_way = a_date(side.room, side.booking.organiser, starts=7 * 24 * 60)
        wanted = BookingRequest(
            title=booking.title,
            starts_local=in_the_way.starts_at.replace(tzinfo=None),
            duration=booking.duration,
            timezone="UTC",
            room_id=side.room.id,
            attendees=tuple(AttendeeRequest(address=person.email) for person in invited),
        )
        held = replace_booking(booking.id, wanted, actor=by, store_refused=True)
        cancel(in_the_way.booking_id, actor=by)
        return held

    def _side(self, world: World, of: Authority, organiser: Person, invite: Person | None = None) -> Side:
        kind = factories.room_class(of, f"Klasse {of.short_name}")
        room = factories.room(f"Saal {of.short_name}", 50, of, world.pool, kind)
        invited = [] if invite is None else [invite]
        booked = a_date(room, organiser, starts=3 * 24 * 60, invite=invited).booking
        Booking.objects.filter(id=booked.id).update(title=TITLE)
        running = a_date(room, organiser, minutes=50, invite=invited)
        recording = factories.recording(opened(running))
        member = factories.person(f"Mitglied {of.short_name}", of)
        quiet = factories.room(f"Kammer {of.short_name}", 5, of, world.pool, kind)
        approver = Approver.objects.create(room_class=kind, person=member)
        request = self._request(of, organiser)
        booking = Booking.objects.get(id=booked.id)
        return Side(of, member, room, kind, booking, running, quiet, approver, request, recording)

    def _request(self, of: Authority, organiser: Person) -> Approval:
        """A booking that waits for approval, in a room of a class of its own."""
        kind = factories.room_class(of, f"Vertraulich {of.short_name}", approval="always")
        room = factories.room(f"Lage {of.short_name}", 50, of, self.world.pool, kind)
        waiting = a_date(room, organiser, starts=4 * 24 * 60)
        return Approval.objects.get(booking=waiting.booking_id)

    def _password(self, side: Side) -> UUID:
        return create_calendar_password(side.booking.organiser, "test", actor=Actor.system())[0].id

    def _feed(self, side: Side) -> Feed:
        """Of a room, so that it can be shown at a door."""
        by = factories.actor(side.booking.organiser)
        return create_feed(room_id=side.room.id, detail=Detail.BUSY, actor=by)

    @cached_property
    def objects(self) -> Mapping[str, tuple[UUID | int, UUID | int]]:
        """Route -> the ids of IM's and FM's object. Of POST routes without an id: of what the body names."""
        im, fm, spare = self.im, self.fm, self.spare
        authorities = (im.authority.id, fm.authority.id)
        rooms = (im.room.id, fm.room.id)
        return {
            "booking": (im.booking.id, fm.booking.id),
            "bookings": rooms,
            "refused-wish": (self.held[0].id, self.held[1].id),
            "answer-booking": (im.booking.id, fm.booking.id),
            "proposals": (im.booking.id, fm.booking.id),
            "take-proposal": (self.proposals[0].id, self.proposals[1].id),
            "decline-proposal": (self.proposals[0].id, self.proposals[1].id),
            "restore-booking": (self.cancelled[0].id, self.cancelled[1].id),
            "restore-occurrence": (
                self.cancelled[0].occurrences.get().id,
                self.cancelled[1].occurrences.get().id,
            ),
            "booking-mails": (im.booking.id, fm.booking.id),
            "booking-recordings": (im.booking.id, fm.booking.id),
            "recording": (im.recording.id, fm.recording.id),
            "booking-history": (im.booking.id, fm.booking.id),
            "transfer-booking": (im.booking.id, fm.booking.id),
            "copy-booking": (im.booking.id, fm.booking.id),
            "renew-link": (im.booking.id, fm.booking.id),
            "instant-booking": (im.quiet.id, fm.quiet.id),
            "deputy": (self.deputyships[0].id, self.deputyships[1].id),
            "calendar-password": self.passwords,
            "feed": (self.feeds[0].id, self.feeds[1].id),
            "feeds": rooms,
            "booking-occurrences": (im.booking.id, fm.booking.id),
            "booking-preview": rooms,
            "availability": rooms,
            "availability-first": rooms,
            "occurrence": (im.occurrence.id, fm.occurrence.id),
            "end-occurrence": (im.running.id, fm.running.id),
            "occurrence-people": (im.running.id, fm.running.id),
            "remove-person": (im.running.id, fm.running.id),
            "room": rooms,
            "rooms": authorities,
            "room-occurrences": rooms,
            "room-class": (im.room_class.id, fm.room_class.id),
            "room-classes": authorities,
            "room-class-approvers": (im.room_class.id, fm.room_class.id),
            "approver": (im.approver.id, fm.approver.id),
            "approval": (im.request.id, fm.request.id),
            "approval-decision": (im.request.id, fm.request.id),
            "pool": (spare.pool_id, spare.pool_id),
            "server": (spare.id, spare.id),
            "server-check": (spare.id, spare.id),
            "server-meetings": (spare.id, spare.id),
            "server-events": (spare.id, spare.id),
            "server-drain": (spare.id, spare.id),
            "delivery-retry": (self.parked.id, self.parked.id),
            "set-aside-mail": (self.set_aside.id, self.set_aside.id),
            "retry-set-aside-mail": (self.set_aside.id, self.set_aside.id),
            "authority": authorities,
            "authorities": authorities,
            "quota": authorities,
            "person": (im.member.id, fm.member.id),
            "memberships": (im.member.id, fm.member.id),
            "people": authorities,
        }

    def query(self, route: str, object_id: UUID | int) -> dict[str, str]:
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

    def suffix(self, route: str, method: str) -> str:
        """What the path of a change ends in."""
        return "?unchecked=true" if (route, method) == ("servers", "POST") else ""

    def body(self, route: str, method: str, object_id: UUID | int) -> dict[str, Any] | None:
        """A good body, which names the object if the path does not."""
        named = str(object_id)
        room = {"seats": 5, "pool": str(self.world.pool.id), "room_class": str(self.world.standard.id)}
        match route, method:
            case "availability-first", "POST":
                return {"people": ["anna@im.mv.example"], "rooms": [named], "duration": 60}
            case (("bookings" | "booking-preview"), "POST"):
                return wish(room=named)
            case "instant-booking", "POST":
                return {"room": named, "seats": 3}
            case "copy-booking", "POST":
                return {"starts_at": (timezone.now() + timedelta(days=8)).isoformat()}
            case "answer-booking", "POST":
                return {"partstat": "ACCEPTED"}
            case "proposals", "POST":
                starts_at = timezone.now() + timedelta(days=9)
                return {"starts_at": starts_at.isoformat(), "duration": 60}
            case "transfer-booking", "POST":
                return {"email": "bernd@im.mv.example"}
            case "feeds", "POST":
                return {"room": named}
            case "calendar-passwords", "POST":
                return {"label": "Telefon"}
            case "deputies", "POST":
                return {"email": "dora@laiv.mv.example"}
            case (
                ("restore-booking", "POST")
                | ("refused-wish", "POST")
                | ("take-proposal", "POST")
                | ("decline-proposal", "POST")
                | ("restore-occurrence", "POST")
                | ("renew-link", "POST")
                | ("end-occurrence", "POST")
            ):
                return {}
            case "booking", "PATCH":
                return {"title": "Anderer Titel"}
            case "remove-person", "POST":
                return {"person": "ab12cd34"}
            case "recording", "PATCH":
                return {"published": False}
            case "occurrence", "PATCH":
                return {"seats": 7}
            case "rooms", "POST":
                return {"name": "Neu", "address": "neu@raum.mv.example", "authority": named, **room}
            case ("room", "PATCH") | ("room-class", "PATCH") | ("authority", "PATCH") | ("person", "PATCH"):
                return {"name": "Anderer Name"}
            case "room-classes", "POST":
                return {"name": "Neu", "authority": named}
            case "room-class-approvers", "POST":
                return {"email": "dora@laiv.mv.example"}
            case "delegates", "POST":
                until = timezone.now() + timedelta(days=9)
                return {"email": "dora@laiv.mv.example", "valid_until": until.isoformat()}
            case "approval-decision", "POST":
                return {"decision": "approve"}
            case "pool", "PATCH":
                return {"name": "Anderer Name"}
            case "pools", "POST":
                return {"name": "Neu"}
            case "server", "PATCH":
                return {"weight": 50}
            case "reaction-retry", "POST":
                return {"reaction": "invitations"}
            case (("servers" | "new-server-check"), "POST"):
                address = "http://127.0.0.1:9/bigbluebutton/api/"
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
                domain = "fm.mv.example" if object_id == self.fm.authority.id else "im.mv.example"
                return {"name": "Neu", "email": f"neu@{domain}", "authority": named}
            case "me", "PATCH":
                return {"language": "en"}
            case "session", "POST":
                return {"email": "somebody@mv.example", "password": "wrong"}
        return None if method in ("GET", "DELETE") else {}
