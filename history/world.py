# SPDX-License-Identifier: EUPL-1.2
"""A small world: twelve rooms, two tight pools and a wide one, three authorities with quotas."""

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
    "im": ((70, None, None), (45, None, None), (100, 4, None)),
    "agency": ((30, 2, None), (20, None, None), (45, None, 120)),
    "fm": ((45, None, None), (30, 2, None), (60, None, 250)),
}


@dataclass(frozen=True, slots=True)
class World:
    first_day: datetime
    people: dict[str, Person]
    actors: dict[str, Actor]
    authorities: dict[str, Authority]
    rooms: tuple[Room, ...]
    #: where dates months ahead may be closed as if they were over: their seats stay taken, and there are plenty
    wide: Room
    seats: dict[UUID, int]


def build() -> World:
    """Write it into an empty database."""
    scene = factories.world(servers=(60, 45))
    reserve = factories.pool("Reserve", servers=(30, 30, 20), n_plus_one=True)
    buffered = factories.room_class(
        scene.land,
        "Mit Puffer",
        buffer_before_minutes=15,
        buffer_after_minutes=15,
        max_length_minutes=90,
    )
    places = [(scene.pool, scene.standard)] * 5 + [(scene.pool, buffered)] * 3
    places += [(reserve, scene.standard)] * 2 + [(reserve, buffered)]
    rooms = tuple(
        factories.room(f"Raum {n}", (60, 40, 30)[n % 3], scene.land, pool, kind, open_to_all=True)
        for n, (pool, kind) in enumerate(places)
    )
    plenty = factories.pool("Weit", servers=(10_000,))
    rooms = (
        *rooms,
        factories.room("Weite", 60, scene.land, plenty, scene.standard, open_to_all=True),
    )
    for name, choices in QUOTAS.items():
        seats, meetings, hours = choices[0]
        factories.quota(getattr(scene, name), seats=seats, meetings=meetings, seat_hours=hours)
    # these would be rooms of their own that hold others off
    Room.objects.exclude(id__in=[room.id for room in rooms]).update(is_active=False)
    wide = rooms[-1]
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
        wide=wide,
        seats={room.id: room.seats for room in rooms},
    )
