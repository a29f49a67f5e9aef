# SPDX-License-Identifier: EUPL-1.2
"""A cast of people and the things they use, for all tests. Plain functions that write rows; no rights are asked.

`world()` builds the usual scene:

    Land (operator, auditor, chief: authority admin of everything)
    ├── IM   ministry of the interior: admin (authority admin), anna and bernd (staff)
    │   └── agency   an agency below it: dora (staff)
    └── FM   ministry of finance: clara (staff), who must see nothing of what the others do

with one pool of two servers of 300 seats and three rooms: `small` (6) and `big` (100) of IM, `shared` (30) open to all.
"""

from __future__ import annotations

import functools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from vconf.authorities.models import Authority, Deputy, Membership, Person, PersonAddress, Quota, Role
from vconf.authorities.rights import Actor
from vconf.authorities.services import create_api_token
from vconf.bookings.models import Meeting
from vconf.integrations.conferencing.models import Recording
from vconf.integrations.imip.models import IncomingMail, MailState
from vconf.outbox.models import Delivery, DeliveryState, Message
from vconf.rooms.models import ConferenceServer, Pool, Room, RoomClass

PASSWORD = "vconf-demo"


def authority(name: str, parent: Authority | None = None, *, short_name: str = "") -> Authority:
    short = short_name or name
    return Authority.objects.create(
        name=name, short_name=short, parent=parent, domain=f"{short.lower()}.mv.example"
    )


def person(
    name: str,
    at: Authority | None = None,
    role: str = Role.STAFF,
    *,
    email: str = "",
    language: str = "de",
    is_active: bool = True,
) -> Person:
    """A local account with the password `vconf-demo`; `at` is where they work."""
    email = email or f"{name.lower().replace(' ', '.')}@{at.domain if at else 'elsewhere.example'}"
    created = Person(
        name=name, email=email, language=language, is_active=is_active, password=_hashed(PASSWORD)
    )
    created.subject = str(created.id)
    created.save()
    PersonAddress.objects.create(person=created, address=created.email, is_primary=True)
    if at is not None:
        Membership.objects.create(person=created, authority=at, role=role, is_home=True)
    return created


def actor(who: Person) -> Actor:
    return Actor.load(who)


def token(who: Person) -> str:
    """A bearer token in clear text."""
    return create_api_token(who, "test", actor=Actor.system())[1]


def deputy(who: Person, of: Person, *, valid_until: datetime | None = None) -> Deputy:
    """`who` stands in for `of`."""
    return Deputy.objects.create(deputy=who, principal=of, valid_until=valid_until)


def quota(
    of: Authority,
    *,
    seats: int | None = None,
    meetings: int | None = None,
    seat_hours: int | None = None,
    **period: Any,
) -> Quota:
    return Quota.objects.create(
        authority=of,
        concurrent_seats=seats,
        concurrent_meetings=meetings,
        seat_hours_per_month=seat_hours,
        **period,
    )


def server(
    pool: Pool, name: str = "", *, seats: int = 300, secret: str = "shared secret", **fields: Any
) -> ConferenceServer:
    name = name or f"bbb-{secrets.token_hex(3)}"
    return ConferenceServer.objects.create(
        **{
            "kind": "bigbluebutton",
            "pool": pool,
            "name": name,
            "base_url": f"https://{name}.example/bigbluebutton/api/",
            "secret": secret,
            "seats": seats,
            "hook_token": secrets.token_urlsafe(32),
            **fields,
        }
    )


def pool(name: str = "Pool", *, servers: Sequence[int] = (300, 300), n_plus_one: bool = False) -> Pool:
    """A pool with one server for each of these numbers of seats, named after the pool: `pool-1`, `pool-2`..."""
    created = Pool.objects.create(name=name, n_plus_one=n_plus_one)
    for number, seats in enumerate(servers, start=1):
        server(created, f"{name.lower()}-{number}", seats=seats)
    return created


def room_class(
    of: Authority, name: str = "Standard", *, enforced: Sequence[str] = (), **values: Any
) -> RoomClass:
    """A class with these settings, such as `lobby=True`; the names in `enforced` are not only defaults."""
    settings = {key: {"value": value, "enforced": key in enforced} for key, value in values.items()}
    return RoomClass.objects.create(name=name, authority=of, settings=settings)


def room(name: str, seats: int, of: Authority, within: Pool, kind: RoomClass, **fields: Any) -> Room:
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    return Room.objects.create(
        **{
            "name": name,
            "slug": slug,
            "address": f"{slug}@raum.mv.example",
            "seats": seats,
            "authority": of,
            "pool": within,
            "room_class": kind,
            **fields,
        }
    )


@dataclass(frozen=True, slots=True)
class World:
    """The usual scene; see the head of this file."""

    land: Authority
    im: Authority
    agency: Authority
    fm: Authority

    operator: Person
    auditor: Person
    chief: Person
    admin: Person
    anna: Person
    bernd: Person
    clara: Person
    dora: Person

    pool: Pool
    servers: tuple[ConferenceServer, ...]
    standard: RoomClass
    small: Room
    big: Room
    shared: Room


def world(*, servers: Sequence[int] = (300, 300), **class_settings: Any) -> World:
    """The usual scene, with these servers; further arguments are settings of the room class."""
    land = authority("Land", short_name="MV")
    im = authority("Ministerium für Inneres", land, short_name="IM")
    agency = authority("Landesamt für innere Verwaltung", im, short_name="LAiV")
    fm = authority("Finanzministerium", land, short_name="FM")
    carrier = pool("Rechenzentrum", servers=servers)
    standard = room_class(land, **class_settings)
    return World(
        land=land,
        im=im,
        agency=agency,
        fm=fm,
        operator=person("Olaf Operator", land, Role.OPERATOR, email="operator@mv.example"),
        auditor=person("Rita Revision", land, Role.AUDITOR, email="auditor@mv.example"),
        chief=person("Carla Chefin", land, Role.AUTHORITY_ADMIN, email="admin@mv.example"),
        admin=person("Ada Admin", im, Role.AUTHORITY_ADMIN, email="admin@im.mv.example"),
        anna=person("Anna Amsel", im, email="anna@im.mv.example"),
        bernd=person("Bernd Buche", im, email="bernd@im.mv.example"),
        clara=person("Clara Clasen", fm, email="clara@fm.mv.example"),
        dora=person("Dora Dorn", agency, email="dora@laiv.mv.example"),
        pool=carrier,
        servers=tuple(ConferenceServer.objects.filter(pool=carrier).order_by("name")),
        standard=standard,
        small=room("Beratung", 6, im, carrier, standard),
        big=room("Großer Saal", 100, im, carrier, standard, slug="grosser-saal"),
        shared=room("Offener Raum", 30, land, carrier, standard, open_to_all=True),
    )


def parked_delivery(
    recipient: str, *, reaction: str = "invitations", error: str = "MailNotSent: 550"
) -> Delivery:
    """A mail that was given up."""
    message = Message.objects.create(
        fact="BookingConfirmed", payload={}, key="booking:1", fanned_out_at=timezone.now()
    )
    return Delivery.objects.create(
        message=message,
        reaction=reaction,
        recipient=recipient,
        key=message.key,
        state=DeliveryState.PARKED,
        attempts=12,
        last_error=error,
    )


def set_aside_mail(code: str = "failed", *, sender: str = "anna@im.mv.example") -> IncomingMail:
    """A mail that waits for operators."""
    return IncomingMail.objects.create(
        channel="lmtp",
        sender=sender,
        recipients=["saal@raum.mv.example"],
        octets=None if code == "too_large" else b"Subject: secret\n\n",
        size=17,
        digest=secrets.token_hex(32),
        state=MailState.SET_ASIDE,
        code=code,
        tries=2,
        handled_at=timezone.now(),
    )


def recording(meeting: Meeting, *, state: str = "published", record_id: str = "") -> Recording:
    """As its server listed it."""
    now = timezone.now()
    return Recording.objects.create(
        server=meeting.server,
        meeting=meeting,
        record_id=record_id or f"rec-{meeting.external_id}",
        state=state,
        started_at=now,
        ended_at=now,
        playback='{"presentation": "https://bbb.example/playback/1"}',
        seen_at=now,
    )


@functools.cache
def _hashed(password: str) -> str:
    return make_password(password)
