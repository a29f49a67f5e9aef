# SPDX-License-Identifier: EUPL-1.2
"""What is there: read from the database and the conference servers themselves, past everything that was tried.

To be imported in a process of the installation only: `house.join`.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from chaos.calendar_user import Account
from chaos.history import MeetingThere, Shown, Stored
from chaos.journal import DROPPED
from chaos.load import Caller, Places
from vconf.authorities.calendar_passwords import create_calendar_password
from vconf.authorities.models import Authority, Person
from vconf.authorities.rights import Actor
from vconf.authorities.services import create_api_token
from vconf.bookings.models import RUNNING, Booking, Meeting, OccurrenceState
from vconf.crypto import keyed_hash
from vconf.embedded import SimulatedServer, simulated_fleet
from vconf.integrations.imip.models import IncomingMail, MailState
from vconf.outbox.models import Delivery, DeliveryState, Message
from vconf.rooms.models import ConferenceServer, Pool, Room, RoomClass, ServerKind

#: who books, and whom they invite: one address of nobody's account is among them
CALLERS = (
    "anna@im.mv.example",
    "clara@fm.mv.example",
    "ines.wolter@schwerin.mv.example",
    "henrik.paulsen@lung.mv.example",
    "bernd@im.mv.example",
    "peter.dahl@greifswald.mv.example",
)
INVITED = (
    "dirk.sommer@fm.mv.example",
    "james.walker@im.mv.example",
    "maren.vogt@ag-greifswald.mv.example",
    "uwe.harms@fa-schwerin.mv.example",
    "gast@example.org",
)
#: who use a calendar client; nobody else books for them
CALENDAR_USERS = ("sabine.thiel@im.mv.example", "torsten.beyer@laiv.mv.example")
#: who invite rooms by mail
MAIL_USERS = ("nele.jacobs@lpbk.mv.example", "ralf.stein@pp-rostock.mv.example")
WANTED_ROOMS = ("Müritz", "Schaalsee")
OPENING_ROOMS = 40
ENTERED_ROOMS = 6
#: seconds within which a simulator that was killed is there again
STARTS_WITHIN = 30


def let_go() -> None:
    """Keep no connection: the database is about to be killed."""
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()


def furnish() -> tuple[list[Caller], Places]:
    """Tokens, rooms that many want, and rooms whose meetings open by the clock."""
    opening = _rooms("Chaos", OPENING_ROOMS, _made_here()[0].pool)
    shard = ConferenceServer.objects.select_related("pool").get(kind=ServerKind.JITSI)
    entered = _rooms("Chaos Jitsi", ENTERED_ROOMS, shard.pool)
    recorded = _rooms("Chaos Mitschnitt", ENTERED_ROOMS, _made_here()[0].pool, recording=True)
    callers = []
    for address in CALLERS:
        person = Person.objects.get(email=address)
        _, clear = create_api_token(person, "chaos", expires_at=None, actor=Actor.load(person))
        callers.append(Caller(clear, INVITED))
    wanted = Room.objects.filter(name__in=WANTED_ROOMS).values_list("id", flat=True)
    return callers, Places(tuple(map(str, wanted)), opening, entered, recorded)


def calendars(count: int) -> list[Account]:
    """Calendar passwords for so many of those who use a client."""
    accounts = []
    for address in CALENDAR_USERS[:count]:
        person = Person.objects.get(email=address)
        _, clear = create_calendar_password(person, "chaos", actor=Actor.load(person))
        home = f"/dav/calendars/{person.id}/"
        accounts.append(Account(address, clear, f"{home}bookings/", f"{home}inbox/"))
    return accounts


def wanted_addresses() -> list[str]:
    """Where the rooms that many want are invited."""
    return list(Room.objects.filter(name__in=WANTED_ROOMS).order_by("name").values_list("address", flat=True))


def _rooms(name: str, count: int, pool: Pool, **settings: Any) -> tuple[str, ...]:
    """Ids of so many new rooms, whose class opens meetings by the clock and has these settings besides."""
    root = Authority.objects.get(parent=None)
    enforced = {
        one: {"value": value, "enforced": True} for one, value in {"opening": "clock", **settings}.items()
    }
    by_clock = RoomClass.objects.create(name=name, authority=root, settings=enforced)
    rooms = Room.objects.bulk_create(
        Room(
            name=f"{name} {number}",
            slug=f"{name}-{number}".lower().replace(" ", "-"),
            address=f"{name}-{number}@raum.mv.example".lower().replace(" ", "-"),
            seats=3,
            authority=root,
            room_class=by_clock,
            pool=pool,
            open_to_all=True,
        )
        for number in range(count)
    )
    return tuple(str(room.id) for room in rooms)


def _made_here() -> list[ConferenceServer]:
    """The servers on which a meeting is made at once; Jitsi's rooms open when somebody enters."""
    servers = ConferenceServer.objects.filter(kind=ServerKind.BIGBLUEBUTTON).select_related("pool")
    return list(servers.order_by("name"))


def stored_bookings() -> tuple[Stored, ...]:
    return tuple(
        Stored(
            Shown(
                booking_id=str(booking.id),
                uid=booking.uid,
                version=booking.version,
                cancelled=booking.cancelled_at is not None,
                title=booking.title,
                seats=booking.seats,
                room_id=str(booking.room_id),
                organiser=booking.organiser.email.lower(),
                attendees=tuple(sorted(one.address for one in booking.attendees.all())),
                dates=tuple(
                    sorted(
                        (_iso(date.starts_at), _iso(date.ends_at))
                        for date in booking.occurrences.all()
                        if date.state not in DROPPED
                    )
                ),
            ),
            booking.sequence,
            by_mail=booking.source == "mail",
            refused={date.state for date in booking.occurrences.all()} == {OccurrenceState.REFUSED},
        )
        for booking in Booking.objects.select_related("organiser").prefetch_related(
            "attendees", "occurrences"
        )
    )


def stored_meetings() -> tuple[MeetingThere, ...]:
    """Of Jitsi none: a room is there as long as somebody is in it."""
    return tuple(
        MeetingThere(meeting.external_id, str(meeting.occurrence_id), meeting.state in RUNNING)
        for meeting in Meeting.objects.filter(server__kind=ServerKind.BIGBLUEBUTTON)
    )


def meetings_on_servers() -> tuple[MeetingThere, ...]:
    found = []
    for server in simulated_fleet():
        if server.kind != ServerKind.BIGBLUEBUTTON:
            continue
        state = _pull(server, "GET", "state")
        found += [MeetingThere(one["meetingID"], running=not one["ended"]) for one in state["meetings"]]
    return tuple(found)


def silence_server(silent: bool) -> None:
    """Let the first conference server close all connections, or answer again."""
    server = simulated_fleet()[0]
    if silent:
        _pull(server, "POST", "faults", {"kind": "close"})
    else:
        _pull(server, "DELETE", "faults")


def _pull(server: SimulatedServer, method: str, lever: str, body: dict[str, str] | None = None) -> Any:
    """One of its levers: simulator/control.py. It may just be starting again after another fault."""
    ask = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/control/{lever}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {keyed_hash('simulator', 'control')}"},
        method=method,
    )
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            with urllib.request.urlopen(ask, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise  # it answers, and would do so again
        except (OSError, http.client.HTTPException, ValueError):
            # refused, hung, or cut off in the middle of the answer
            if time.monotonic() > until:
                raise
        time.sleep(0.5)


def outbox_left() -> tuple[int, int, int]:
    """Facts not fanned out and mails not handled, deliveries pending, deliveries parked."""
    return (
        Message.objects.filter(fanned_out_at=None).count()
        + IncomingMail.objects.filter(
            Q(state=MailState.WAITING) | Q(state=MailState.EARLY, due_at__lte=timezone.now())
        ).count(),
        Delivery.objects.filter(state=DeliveryState.PENDING).count(),
        Delivery.objects.filter(state=DeliveryState.PARKED).count(),
    )


def mails_not_done() -> tuple[str, ...]:
    """Of those who invite rooms: what was taken in and came to nothing, with the reason.

    A mail whose process was killed is begun again later, and a newer one may have been handled meanwhile. Whether the
    newest one was carried out and answered is looked at anyway.
    """
    mails = IncomingMail.objects.filter(sender__in=MAIL_USERS).exclude(state=MailState.DONE)
    mails = mails.exclude(state=MailState.IGNORED, code="superseded")
    return tuple(f"{mail.state} {mail.code} from {mail.sender}" for mail in mails)


def why_pending() -> list[str]:
    """What the deliveries that are left wait for: for people, when the drain takes too long."""
    left = Delivery.objects.exclude(state=DeliveryState.DONE).select_related("message")[:10]
    return [
        f"{one.reaction} of {one.message.fact} {one.state} attempts {one.attempts} due {one.due_at:%H:%M:%S}"
        f" claimed until {one.claimed_until:%H:%M:%S} {one.last_error}"
        if one.claimed_until
        else f"{one.reaction} of {one.message.fact} {one.state} attempts {one.attempts}"
        f" due {one.due_at:%H:%M:%S} {one.last_error}"
        for one in left
    ]


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
