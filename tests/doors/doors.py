# SPDX-License-Identifier: EUPL-1.2
"""One wish, said in the language of each door, and what the door answers. A new door joins `DOORS`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.api.caller import Caller
from tests.bookings.wishes import at
from tests.integrations.caldav.client import CalendarClient
from tests.integrations.caldav.objects import stamp
from tests.integrations.imip.post import ANY, Post, Sent, calendar, event
from vconf.authorities.models import Person
from vconf.bookings.models import Booking
from vconf.integrations.caldav import paths
from vconf.integrations.imip.models import Invitation
from vconf.rooms.models import Room

ZONE = "Europe/Berlin"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """room: its slug in the usual scene, or "" for any. people: addresses. left_out: days after the first."""

    title: str = "Lagebesprechung"
    description: str = ""
    hour: float = 10
    day: int = 0
    hours: float = 1
    room: str = ""
    people: Sequence[str] = ()
    rule: str = ""
    left_out: Sequence[int] = field(default=())

    def but(self, **fields: Any) -> Wanted:
        return replace(self, **fields)

    @property
    def starts_local(self) -> datetime:
        return at(self.hour, day=self.day)

    @property
    def ends_local(self) -> datetime:
        return self.starts_local + timedelta(hours=self.hours)

    @property
    def exdate(self) -> list[datetime]:
        return [self.starts_local + timedelta(days=day) for day in self.left_out]


@dataclass(frozen=True)
class Refused:
    """Why not, as numbers: what every door says in its own words."""

    code: str
    limit: float | None
    in_use: float | None
    asked: float | None

    @classmethod
    def of(cls, told: dict[str, Any]) -> Refused:
        return cls(told["code"], told.get("limit"), told.get("in_use"), told.get("asked"))


class Door(ABC):
    """Somebody at a door, who books and then changes one meeting."""

    def __init__(self, person: Person, organiser: Person | None = None) -> None:
        self.person = person
        self.organiser = organiser or person

    @abstractmethod
    def book(self, wanted: Wanted) -> Refused | None: ...

    @abstractmethod
    def change(self, wanted: Wanted) -> Refused | None: ...

    @abstractmethod
    def cancel(self) -> None: ...


class Api(Door):
    def book(self, wanted: Wanted) -> Refused | None:
        caller = Caller(self.person)
        body = self._body(wanted)
        if self.organiser != self.person:
            body["organiser"] = self.organiser.email
        answer = caller.post("bookings", body)
        if answer.status_code == 409:
            return Refused.of(answer.json())
        assert answer.status_code == 201, answer.content
        self.id = UUID(answer.json()["id"])
        return None

    def change(self, wanted: Wanted) -> Refused | None:
        answer = Caller(self.person).patch(f"bookings/{self.id}", self._body(wanted))
        if answer.status_code == 409:
            return Refused.of(answer.json())
        assert answer.status_code == 200, answer.content
        return None

    def cancel(self) -> None:
        answer = Caller(self.person).delete(f"bookings/{self.id}")
        assert answer.status_code in (200, 204), answer.content

    def _body(self, wanted: Wanted) -> dict[str, Any]:
        body: dict[str, Any] = {
            "title": wanted.title,
            "description": wanted.description,
            "starts_at": wanted.starts_local.isoformat(),
            "ends_at": wanted.ends_local.isoformat(),
            "timezone": ZONE,
            "attendees": [{"email": address} for address in wanted.people],
        }
        if wanted.room:
            body["room"] = str(Room.objects.get(slug=wanted.room).id)
        if wanted.rule:
            body |= {"rrule": wanted.rule, "exdate": [one.isoformat() for one in wanted.exdate]}
        return body


class CalDav(Door):
    """A calendar client, which sends the whole object each time and gets what was refused shown in it."""

    def __init__(self, person: Person, organiser: Person | None = None) -> None:
        super().__init__(person, organiser)
        self.client = CalendarClient(person)
        own = paths.bookings(person.id)
        self.path = (own if organiser is None else paths.of_principal(person.id, organiser.id)) + "m.ics"

    def book(self, wanted: Wanted) -> Refused | None:
        return self._put(wanted, 201, If_None_Match="*")

    def change(self, wanted: Wanted) -> Refused | None:
        return self._put(wanted, 204, If_Match=self.client.dav("GET", self.path)["ETag"])

    def cancel(self) -> None:
        assert self.client.dav("DELETE", self.path).status_code == 204

    def _put(self, wanted: Wanted, status: int, **conditions: str) -> Refused | None:
        answer = self.client.dav(
            "PUT", self.path, self._text(wanted), Content_Type="text/calendar", **conditions
        )
        assert answer.status_code == status, answer.content
        booking = Booking.objects.get(uid="m", organiser=self.organiser)
        refusal = booking.refusal
        is_declined = refusal is not None or booking.occurrences.filter(state="refused").exists()
        shown = self.client.dav("GET", self.path).content.decode()
        assert ("PARTSTAT=DECLINED" in shown or "REQUEST-STATUS" in shown) == is_declined
        return None if refusal is None else Refused.of(refusal)

    def _text(self, wanted: Wanted) -> str:
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//somebody//client//EN",
            "BEGIN:VEVENT",
            "UID:m",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART;TZID={ZONE}:{stamp(wanted.starts_local)}",
            f"DTEND;TZID={ZONE}:{stamp(wanted.ends_local)}",
            f"SUMMARY:{wanted.title}",
            *([f"DESCRIPTION:{wanted.description}"] if wanted.description else []),
            f"ORGANIZER:mailto:{self.organiser.email}",
            *(f"ATTENDEE:mailto:{address}" for address in wanted.people),
        ]
        if wanted.room:
            lines.append(f"ATTENDEE;CUTYPE=ROOM:mailto:{Room.objects.get(slug=wanted.room).address}")
        if wanted.rule:
            lines.append(f"RRULE:{wanted.rule}")
            lines += [f"EXDATE;TZID={ZONE}:{stamp(one)}" for one in wanted.exdate]
        return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])


class Mail(Door):
    """An organiser's program that invites a room. It counts SEQUENCE on, but not for other people (RFC 5546, 2.1.4).
    Any room has an address of its own.
    """

    def __init__(self, person: Person, organiser: Person | None = None) -> None:
        super().__init__(person, organiser)
        self.post = Post()
        self.sequence = self.sent = -1
        self.wanted: Wanted | None = None

    def book(self, wanted: Wanted) -> Refused | None:
        return self._send(wanted, "REQUEST")

    def change(self, wanted: Wanted) -> Refused | None:
        return self._send(wanted, "REQUEST")

    def cancel(self) -> None:
        assert self.wanted is not None
        self._send(self.wanted, "CANCEL")

    def _send(self, wanted: Wanted, method: str) -> Refused | None:
        before, self.wanted = self.wanted, wanted
        if method == "CANCEL" or before is None or before.but(people=wanted.people) != wanted:
            self.sequence += 1
        self.sent += 1
        address = Room.objects.get(slug=wanted.room).address if wanted.room else ANY
        lines = [f"DESCRIPTION:{wanted.description}"] if wanted.description else []
        if wanted.rule:
            lines.append(f"RRULE:{wanted.rule}")
            lines += [f"EXDATE;TZID={ZONE}:{stamp(one)}" for one in wanted.exdate]
        told = event(
            *lines,
            hour=wanted.hour,
            day=wanted.day,
            hours=wanted.hours,
            summary=wanted.title,
            sequence=self.sequence,
            sent=self.sent,
            organiser=self.organiser.email,
            to=[*wanted.people, address],
        )
        outcome = self.post.bring(Sent(calendar(method, told), self.person.email, [address]))
        assert outcome.state == "done", outcome
        booking = Booking.objects.filter(uid="m", organiser=self.organiser).first()
        refusal = Invitation.objects.get().refusal if booking is None else booking.refusal
        return None if refusal is None else Refused.of(refusal)


DOORS: tuple[type[Door], ...] = (Api, CalDav, Mail)


def portrait(booking: Booking) -> dict[str, Any]:
    """What two bookings have in common that were wished for alike. SEQUENCE is counted by the program that asks."""
    return {
        "title": booking.title,
        "description": booking.description,
        "organiser": booking.organiser.email,
        "booked_by": booking.booked_by.email,
        "authority": booking.authority.short_name,
        "room": booking.room.slug,
        "timezone": booking.timezone,
        "starts_local": booking.starts_local,
        "duration": booking.duration,
        "rrule": booking.rrule,
        "exdate": booking.exdate,
        "seats": booking.seats,
        "cancelled": booking.cancelled_at is not None,
        "attendees": sorted(booking.attendees.values_list("address", "role", "partstat", "person__email")),
        "dates": sorted(
            booking.occurrences.values_list(
                "recurrence_id", "starts_at", "ends_at", "seats", "state", "room__slug"
            )
        ),
    }
