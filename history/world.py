# SPDX-License-Identifier: EUPL-1.2
"""A small world: seven rooms, two tight pools, three authorities with quotas. Whoever books meets somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from tests import factories
from vconf.authorities.models import Authority, Person
from vconf.authorities.rights import Actor
from vconf.rooms.models import Room

#: limits that writers set again and again: concurrent seats, concurrent meetings, seat-hours a month
QUOTAS: dict[str, tuple[tuple[int | None, int | None, int | None], ...]] = {
    "im": ((80, None, None), (55, None, None), (120, 6, None)),
    "agency": ((30, 3, None), (20, 2, None), (40, None, 160)),
    "fm": ((60, None, 300), (35, 4, None), (90, None, None)),
}


@dataclass(frozen=True, slots=True)
class World:
    first_day: datetime
    people: dict[str, Person]
    actors: dict[str, Actor]
    authorities: dict[str, Authority]
    rooms: tuple[Room, ...]
    seats: dict[UUID, int]


def build() -> World:
    """Write it into an empty database."""
    scene = factories.world(servers=(60, 40))
    reserve = factories.pool("Reserve", servers=(50, 50, 30), n_plus_one=True)
    buffered = factories.room_class(
        scene.land,
        "Mit Puffer",
        buffer_before_minutes=15,
        buffer_after_minutes=15,
        max_length_minutes=90,
    )
    places = [(scene.pool, scene.standard)] * 3 + [(scene.pool, buffered)] * 2
    places += [(reserve, scene.standard), (reserve, buffered)]
    rooms = tuple(
        factories.room(f"Raum {n}", (60, 30, 12)[n % 3], scene.land, pool, kind, open_to_all=True)
        for n, (pool, kind) in enumerate(places)
    )
    for name, choices in QUOTAS.items():
        seats, meetings, hours = choices[0]
        factories.quota(getattr(scene, name), seats=seats, meetings=meetings, seat_hours=hours)
    # these would be rooms of their own that hold others off
    Room.objects.exclude(id__in=[room.id for room in rooms]).update(is_active=False)
    names = ("operator", "anna", "bernd", "clara", "dora")
    people = {name: getattr(scene, name) for name in names}
    return World(
        first_day=(timezone.now() + timedelta(days=200)).replace(
            day=3, hour=0, minute=0, second=0, microsecond=0, tzinfo=None
        ),
        people=people,
        actors={name: Actor.load(person) for name, person in people.items()},
        authorities={name: getattr(scene, name) for name in ("land", "im", "agency", "fm")},
        rooms=rooms,
        seats={room.id: room.seats for room in rooms},
    )
