# SPDX-License-Identifier: EUPL-1.2
"""Who and what the benchmark books with: a Land of 111 authorities, 5,000 people, 1,000 rooms, 24 servers.

    Land ── 10 ministries ── 10 agencies each; 50 people at every agency
    4 pools of 6 servers, 250 rooms each; every room is open to all, so that everybody's search looks at all of them

Every authority has a quota, so that every booking asks three of them. Rows are numbered: person 17 is `p17@...`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

MINISTRIES = 10
AGENCIES = 10
PEOPLE_AT_EACH = 50
POOLS = 4
SERVERS_IN_EACH = 6
ROOMS = 1000
#: seats of the rooms, in turn
SEATS = (6, 8, 10, 12, 16, 20, 30, 50, 80, 100)
#: a server carries all its rooms' usual meetings at once
SERVER_SEATS = 1000


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who books over HTTP, with a token."""

    person_id: UUID
    email: str
    token: str


def write_cast() -> None:
    """Fill an empty database, whichever it is. Dates are written by `fill`."""
    from vconf.authorities.models import (  # noqa: PLC0415  after django.setup()
        Authority,
        Membership,
        Person,
        PersonAddress,
        Quota,
    )
    from vconf.bookings.models import Calendar  # noqa: PLC0415
    from vconf.rooms.models import ConferenceServer, Pool, Room, RoomClass  # noqa: PLC0415

    land = Authority.objects.create(name="Land", short_name="L", domain="l.example")
    agencies = []
    quotas = [Quota(authority=land, concurrent_seats=1_000_000, concurrent_meetings=100_000)]
    for m in range(MINISTRIES):
        ministry = Authority.objects.create(parent=land, name=f"Ministry {m}", short_name=f"M{m}")
        quotas.append(Quota(authority=ministry, concurrent_seats=200_000, seat_hours_per_month=100_000_000))
        for a in range(AGENCIES):
            agency = Authority.objects.create(
                parent=ministry, name=f"Agency {m}.{a}", short_name=f"A{m}.{a}", domain=f"a{m}{a}.example"
            )
            agencies.append(agency)
            quotas.append(Quota(authority=agency, concurrent_seats=50_000, concurrent_meetings=10_000))
    Quota.objects.bulk_create(quotas)

    people, addresses, memberships = [], [], []
    for number in range(len(agencies) * PEOPLE_AT_EACH):
        email = f"p{number}@{agencies[number % len(agencies)].domain}"
        person = Person(name=f"Person {number}", email=email, subject=f"p{number}", password="!")
        people.append(person)
        addresses.append(PersonAddress(person=person, address=email, is_primary=True))
        memberships.append(
            Membership(person=person, authority=agencies[number % len(agencies)], is_home=True)
        )
    Person.objects.bulk_create(people, batch_size=500)
    PersonAddress.objects.bulk_create(addresses, batch_size=500)
    Membership.objects.bulk_create(memberships, batch_size=500)

    standard = RoomClass.objects.create(name="Standard", authority=land, settings={})
    pools = [Pool.objects.create(name=f"Pool {number}") for number in range(POOLS)]
    ConferenceServer.objects.bulk_create(
        [
            ConferenceServer(
                pool=pool,
                kind="bigbluebutton",
                name=f"{pool.name} server {number}",
                base_url=f"https://s{number}.{pool.name[-1]}.example/bigbluebutton/api/",
                secret="nobody calls it",
                seats=SERVER_SEATS,
                hook_token=secrets.token_urlsafe(32),
            )
            for pool in pools
            for number in range(SERVERS_IN_EACH)
        ]
    )
    rooms = [
        Room(
            name=f"Room {number:04}",
            slug=f"room-{number}",
            address=f"room-{number}@rooms.example",
            seats=SEATS[number % len(SEATS)],
            authority=agencies[number % len(agencies)],
            room_class=standard,
            pool=pools[number % POOLS],
            open_to_all=True,
        )
        for number in range(ROOMS)
    ]
    Room.objects.bulk_create(rooms)
    Calendar.objects.bulk_create(
        [*(Calendar(person=p) for p in people), *(Calendar(room=r) for r in rooms)], batch_size=500
    )


def callers(count: int) -> list[Caller]:
    """People of different agencies with fresh tokens."""
    from vconf.authorities.models import Person  # noqa: PLC0415  after django.setup()
    from vconf.authorities.rights import Actor  # noqa: PLC0415
    from vconf.authorities.services import create_api_token  # noqa: PLC0415

    found = []
    for person in Person.objects.order_by("id")[:count]:
        token = create_api_token(person, "bench", actor=Actor.system())[1]
        found.append(Caller(person.id, person.email, token))
    return found
