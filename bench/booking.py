# SPDX-License-Identifier: EUPL-1.2
"""Bookings over HTTP with every check: how many a second, spread and on one room, and what a series costs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import median

from bench.rows import Row, percentile
from bench.scene import Scene, Slot, Slots
from bench.web import Client

CLIENTS = 8
ROUNDS = 3
SECONDS = 5.0
#: pairs of a single booking and a series
PAIRS = 40


def plain_rate(url: str, clients: int = CLIENTS, seconds: float = 2.5) -> float:
    """Plain inserts and commits a second."""
    printed = subprocess.run(
        [sys.executable, "-m", "bench.plain", url, str(clients), str(seconds)],
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(printed.stdout)


class Load:
    """Clients that book one slot after the other."""

    def __init__(self, scene: Scene, ports: Sequence[int]) -> None:
        self._scene, self._ports = scene, ports

    async def rate(self, slots: Iterator[Slot], seconds: float = SECONDS) -> tuple[float, list[float]]:
        """Bookings a second, and ms of each. Anything but 201 ends the benchmark: it would measure refusals."""
        clients = [
            await Client(self._ports[n % len(self._ports)], self._scene.callers[n].token).open()
            for n in range(CLIENTS)
        ]
        took: list[float] = []
        until = time.perf_counter() + seconds

        async def book(client: Client) -> None:
            while time.perf_counter() < until:
                answer = await client.ask("POST", "/bookings", next(slots).wish())
                if answer.status != 201:
                    raise SystemExit(f"A booking was refused: {answer.status} {answer.body!r}")
                took.append(answer.ms)

        begun = time.perf_counter()
        await asyncio.gather(*(book(client) for client in clients))
        passed = time.perf_counter() - begun
        for client in clients:
            client.close()
        return len(took) / passed, took


def measure_rates(scene: Scene, ports: Sequence[int], slots: Slots) -> list[Row]:
    load = Load(scene, ports)
    one_room = slots.room_alone()
    asyncio.run(load.rate(slots.endless(), 2.0))  # warm up
    plain, spread, alone, took = [], [], [], []
    for _ in range(ROUNDS):
        plain.append(plain_rate(scene.url))
        rate, ms = asyncio.run(load.rate(slots.endless()))
        spread.append(rate)
        took += ms
        alone.append(asyncio.run(load.rate(slots.endless(one_room)))[0])
    to_plain = median(s / p for s, p in zip(spread, plain, strict=True))
    to_spread = median(a / s for a, s in zip(alone, spread, strict=True))
    return [
        Row(
            "bookings",
            f"bookings over HTTP, {CLIENTS} clients",
            scene.size,
            f"{median(spread):.0f}/s, p50 {median(took):.0f} ms, p99 {percentile(took, 0.99):.0f} ms",
            to_plain,
            f"{median(plain):,.0f} plain inserts/s",
            at_least=0.04 if scene.is_postgresql else None,
        ),
        Row(
            "one-room",
            "the same, all in one room",
            scene.size,
            f"{median(alone):.0f}/s",
            to_spread,
            f"{median(spread):.0f}/s spread",
            at_least=0.4 if scene.is_postgresql else None,
        ),
    ]


def measure_series(scene: Scene, ports: Sequence[int], slots: Slots) -> list[Row]:
    """One client, a single booking and a series of 52 dates in turn."""
    return asyncio.run(_series(scene, ports, slots))


async def _series(scene: Scene, ports: Sequence[int], slots: Slots) -> list[Row]:
    client = await Client(ports[0], scene.callers[0].token).open()
    room = slots.room_alone()
    took: dict[str, list[float]] = {"single": [], "series": []}
    for number in range(PAIRS + 3):
        # each series a quarter-hour of its own in the week: 52 weeks from Monday to Sunday
        day, quarter = number % 7, number // 7
        first = Slot(scene.rooms[room], 4, scene.week + timedelta(days=day, hours=18, minutes=15 * quarter))
        for kind, wish in (
            ("single", slots.spread().wish()),
            ("series", first.wish(rrule="FREQ=WEEKLY;COUNT=52")),
        ):
            answer = await client.ask("POST", "/bookings", wish)
            if answer.status != 201:
                raise SystemExit(f"A booking was refused: {answer.status} {answer.body!r}")
            if number >= 3:
                took[kind].append(answer.ms)
    client.close()
    single, series = median(took["single"]), median(took["series"])
    return [
        Row(
            "series",
            "a series of 52 dates, one client",
            scene.size,
            f"p50 {series:.1f} ms",
            series / single,
            f"single p50 {single:.1f} ms",
            at_most=5,
        )
    ]


def measure_statements(scene: Scene, slots: Slots) -> list[Row]:
    """How many statements one booking takes, from the token to the answer; in this process."""
    from django.db import connection  # noqa: PLC0415  after django.setup()
    from django.test import Client as InProcess  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = InProcess(headers={"authorization": f"Bearer {scene.callers[0].token}", "host": "127.0.0.1"})
    counts: Counter[int] = Counter()
    for _ in range(5):
        with CaptureQueriesContext(connection) as captured:
            answer = client.post("/api/v1/bookings", slots.spread().wish(), content_type="application/json")
        if answer.status_code != 201:
            raise SystemExit(f"A booking was refused: {answer.status_code} {answer.content!r}")
        counts[len(captured)] += 1
    if scene.shows_statements:
        for query in captured.captured_queries:
            print(f"  {query['time']} {query['sql'][:300]}", file=sys.stderr)
    most = max(counts)
    return [Row("statements", "statements of one booking over HTTP", scene.size, str(most), most)]
