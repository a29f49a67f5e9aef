# SPDX-License-Identifier: EUPL-1.2
"""Questions: which rooms are free, in the database and over HTTP, and the peak of the next 180 days."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from bench.cast import ROOMS
from bench.fill import DATES_A_DAY, WEEKS_AHEAD, weeks_of
from bench.rows import Row, percentile
from bench.scene import Scene
from bench.web import Client

ASKED = 300
SLOTS_ASKED = 100
WARM_UP = 20
AHEAD = timedelta(days=180)


def busy_hours(scene: Scene) -> Iterator[datetime]:
    """Starts of working hours in which the rooms are as busy as ever, at random, the same ones each time."""
    chance = random.Random(2)
    days = min(scene.size // (ROOMS * DATES_A_DAY), 5 * min(weeks_of(scene.size), WEEKS_AHEAD - 2))
    while True:
        day = chance.randrange(days)
        yield scene.week + timedelta(days=day // 5 * 7 + day % 5, hours=chance.randrange(7, 17))


@contextmanager
def noting_statements() -> Iterator[list[float]]:
    """ms of each statement of this process, until its rows are here."""
    from django.db import connection  # noqa: PLC0415  after django.setup()

    took: list[float] = []

    def note(execute: Callable[..., Any], *arguments: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            took.append((time.perf_counter() - begun) * 1000)

    with connection.execute_wrapper(note):
        yield took


def measure_free_rooms(scene: Scene) -> list[Row]:
    """The statements that find the free rooms, and the whole of it with Python's part."""
    from vconf.authorities.models import Person  # noqa: PLC0415  after django.setup()
    from vconf.authorities.rights import Actor  # noqa: PLC0415
    from vconf.bookings.suggestions import free_rooms  # noqa: PLC0415

    actor = Actor.load(Person.objects.get(id=scene.callers[0].person_id))
    hours = busy_hours(scene)
    in_database, whole = [], []
    for number in range(ASKED + WARM_UP):
        starts_at = next(hours)
        with noting_statements() as took:
            begun = time.perf_counter()
            found = free_rooms(actor, starts_at, starts_at + timedelta(hours=1), seats=10)
            passed = (time.perf_counter() - begun) * 1000
        assert found
        if number >= WARM_UP:
            in_database.append(sum(took))
            whole.append(passed)
    p99 = percentile(in_database, 0.99)
    return [
        Row(
            "free-rooms-db",
            f"rooms for 10 free in an hour, of {ROOMS:,}: in the database, p99 in ms",
            scene.size,
            f"p50 {median(in_database):.2f} ms, p99 {p99:.2f} ms",
            p99,
            f"with Python's part p50 {median(whole):.1f} ms",
            at_most=5,
            p50=median(in_database),
        )
    ]


def measure_free_rooms_over_http(scene: Scene, ports: Sequence[int]) -> list[Row]:
    return asyncio.run(_over_http(scene, ports))


async def _over_http(scene: Scene, ports: Sequence[int]) -> list[Row]:
    client = await Client(ports[0], scene.callers[0].token).open()
    hours = busy_hours(scene)
    took = []
    for number in range(ASKED + WARM_UP):
        starts_at = next(hours).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = await client.ask("GET", f"/availability?starts_at={starts_at}&duration=PT1H&seats=10")
        if answer.status != 200 or not answer.json()["rooms"]:
            raise SystemExit(f"No free rooms: {answer.status} {answer.body!r}")
        if number >= WARM_UP:
            took.append(answer.ms)
    client.close()
    p50 = median(took)
    return [
        Row(
            "free-rooms-http",
            "free rooms over HTTP, one client, p50 in ms",
            scene.size,
            f"p50 {p50:.1f} ms, p99 {percentile(took, 0.99):.1f} ms",
            p50,
            at_most=36,
            p50=p50,
        )
    ]


def measure_common_slot(scene: Scene) -> list[Row]:
    """The first hour within 14 days that ten people and one of three rooms have free, with capacity and quota."""
    from vconf.authorities.models import Person  # noqa: PLC0415  after django.setup()
    from vconf.authorities.rights import Actor  # noqa: PLC0415
    from vconf.bookings.common_slot import SlotRequest, first_common_slots  # noqa: PLC0415

    actor = Actor.load(Person.objects.get(id=scene.callers[0].person_id))
    addresses = list(Person.objects.order_by("id").values_list("email", flat=True))
    chance = random.Random(3)
    in_database, whole, found = [], [], 0
    for number in range(SLOTS_ASKED + WARM_UP):
        begins = scene.week + timedelta(days=chance.randrange(100), hours=7)
        request = SlotRequest(
            people=tuple(chance.sample(addresses, 10)),
            room_ids=tuple(UUID(room) for room in chance.sample(scene.rooms, 3)),
            duration=timedelta(hours=1),
            timezone="UTC",
            begins=begins,
            until=begins + timedelta(days=14),
        )
        with noting_statements() as took:
            begun = time.perf_counter()
            slots = first_common_slots(request, actor=actor).slots
            passed = (time.perf_counter() - begun) * 1000
        if number >= WARM_UP:
            in_database.append(sum(took))
            whole.append(passed)
            found += bool(slots)
    what = "first common hour in 14 days, 10 people and 3 rooms: in the database"
    measured = f"p50 {median(in_database):.2f} ms, p99 {percentile(in_database, 0.99):.2f} ms"
    beside = f"with Python's part p50 {median(whole):.1f} ms; found {found} of {SLOTS_ASKED}"
    return [
        Row("slot-p50", f"{what}, p50 in ms", scene.size, measured, median(in_database), beside, at_most=3),
        Row(
            "slot-p99",
            f"{what}, p99 in ms",
            scene.size,
            measured,
            percentile(in_database, 0.99),
            beside,
            at_most=15,
        ),
    ]


def measure_peak(scene: Scene) -> list[Row]:
    """The use of the root authority and of a pool, with their peaks, over the next 180 days."""
    from django.utils import timezone  # noqa: PLC0415  after django.setup()

    from vconf.authorities.models import Authority  # noqa: PLC0415
    from vconf.bookings.reports import quota_use  # noqa: PLC0415

    land = Authority.objects.get(parent=None)
    took = []
    for number in range(60 + WARM_UP):
        begun = time.perf_counter()
        [use] = quota_use([land], now=timezone.now(), ahead=AHEAD)
        passed = (time.perf_counter() - begun) * 1000
        assert use.seats_peak > 0
        if number >= WARM_UP:
            took.append(passed)
    return [
        Row(
            "peak",
            "use and peak of the root over 180 days, with Python's part, p50 in ms",
            scene.size,
            f"p50 {median(took):.1f} ms, p99 {percentile(took, 0.99):.1f} ms",
            median(took),
            at_most=10,
        )
    ]
