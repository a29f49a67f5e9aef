# SPDX-License-Identifier: EUPL-1.2
"""What the measurements of one filled database share: its callers, rooms, and times that are free for sure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from bench.cast import ROOMS, SEATS, Caller, callers


@dataclass(frozen=True, slots=True)
class Scene:
    """`week`: the first filled week that is wholly ahead. `url`: the database. `size`: dates in it."""

    url: str
    size: int
    week: datetime
    callers: list[Caller]
    #: ids by number of the room
    rooms: list[str]
    environment: dict[str, str]
    shows_statements: bool = False

    @classmethod
    def read(
        cls,
        url: str,
        size: int,
        week: datetime,
        environment: dict[str, str],
        *,
        shows_statements: bool = False,
    ) -> Scene:
        from vconf.rooms.models import Room  # noqa: PLC0415  after django.setup()

        rooms = [str(one) for one in Room.objects.order_by("name").values_list("id", flat=True)]
        return cls(url, size, week, callers(32), rooms, environment, shows_statements)

    @property
    def is_postgresql(self) -> bool:
        return self.url.startswith("postgresql")


@dataclass(frozen=True, slots=True)
class Slot:
    room: str
    seats: int
    starts_at: datetime

    def wish(self, **more: Any) -> dict[str, Any]:
        """The body of a booking of a quarter of an hour, with two people invited."""
        return {
            "title": "Lagebesprechung",
            "room": self.room,
            "starts_at": self.starts_at.strftime("%Y-%m-%dT%H:%M:%S"),
            "timezone": "UTC",
            "duration": "PT15M",
            "seats": 4,
            "attendees": [{"email": "p77@a77.example"}, {"email": "guest@outside.example", "name": "Gast"}],
            **more,
        }


class Slots:
    """Evenings, which the filled dates leave free: 20 quarter-hours from 18:00 to 23:00 UTC, every day for 500 days.

    No slot is given out twice. Spread: from room to room and day to day.
    """

    DAYS = 500
    A_DAY = 20

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        order = random.Random(1).sample(range(ROOMS), ROOMS)
        self._order = cycle(order[50:])
        #: for what must not meet the spread ones
        self._alone = iter(order[:50])
        self._taken: dict[int, int] = {}

    def in_room(self, number: int) -> Slot:
        nth = self._taken.get(number, 0)
        self._taken[number] = nth + 1
        day, quarter = nth % self.DAYS, nth // self.DAYS
        if quarter >= self.A_DAY:
            raise SystemExit("There are no more free slots in the room.")
        # rooms begin on other days, as people do
        day = (day + number * 7) % self.DAYS
        starts_at = self._scene.week + timedelta(days=day, hours=18, minutes=15 * quarter)
        return Slot(self._scene.rooms[number], SEATS[number % len(SEATS)], starts_at)

    def spread(self) -> Slot:
        return self.in_room(next(self._order))

    def room_alone(self) -> int:
        """The number of a room that no other measurement uses."""
        return next(self._alone)

    def endless(self, room: int | None = None) -> Iterator[Slot]:
        while True:
            yield self.spread() if room is None else self.in_room(room)
