# SPDX-License-Identifier: EUPL-1.2
"""Many ask for the same slot at once: one gets it, the others are refused, whatever they wanted it for."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from typing import Any

from bench.rows import Row
from bench.scene import Scene, Slot, Slots
from bench.web import Answer, Client

#: clients -> rounds
ROUNDS = {8: 10, 32: 5}
WEEKS = 10


def measure_races(scene: Scene, ports: Sequence[int], slots: Slots) -> list[Row]:
    rows = []
    for count in ROUNDS:
        for kind in ("single", "series", "moves"):
            rows.append(asyncio.run(_race(scene, ports, slots, count, kind)))
    rows.append(_overlaps(scene))
    return rows


async def _race(scene: Scene, ports: Sequence[int], slots: Slots, count: int, kind: str) -> Row:
    clients = [await Client(ports[n % len(ports)], scene.callers[n].token).open() for n in range(count)]
    one_winner, rounds = 0, ROUNDS[count]
    strange: Counter[str] = Counter()
    took: list[float] = []
    room = slots.room_alone()
    others = [slots.room_alone()] if kind == "moves" else []
    for number in range(rounds):
        wanted = Slot(
            scene.rooms[room],
            4,
            scene.week + timedelta(days=number % 7, hours=18, minutes=30 * (number // 7)),
        )
        mine = [""] * count
        if kind == "moves":
            for n, client in enumerate(clients):
                answer = await client.ask("POST", "/bookings", slots.in_room(others[0]).wish())
                mine[n] = answer.json()["id"]
        answers = await asyncio.gather(
            *(_ask(client, kind, n, wanted, mine[n]) for n, client in enumerate(clients))
        )
        won = [answer for answer in answers if answer.status in (200, 201)]
        one_winner += len(won) == 1
        took += [answer.ms for answer in answers]
        for answer in answers:
            if answer.status not in (200, 201) and _code(answer) != "slot_taken":
                strange[f"{answer.status} {_code(answer)}"] += 1
    for client in clients:
        client.close()
    told = f", also {dict(strange)}" if strange else ""
    return Row(
        f"race-{kind}-{count}",
        f"the same slot at once, {count} clients, {kind}",
        scene.size,
        f"{one_winner} of {rounds} rounds with exactly one winner{told}, answer p50 {median(took):.0f} ms",
        one_winner / rounds,
        at_least=1,
    )


async def _ask(client: Client, kind: str, n: int, wanted: Slot, mine: str) -> Answer:
    if kind == "single":
        return await client.ask("POST", "/bookings", wanted.wish())
    if kind == "moves":
        change: dict[str, Any] = {name: wanted.wish()[name] for name in ("room", "starts_at", "timezone")}
        return await client.ask("PATCH", f"/bookings/{mine}", change)
    # series that meet in a single date only: the last of the first is the first of the last, and so on
    earlier = timedelta(weeks=n % WEEKS)
    first = Slot(wanted.room, wanted.seats, wanted.starts_at + timedelta(weeks=WEEKS) - earlier)
    return await client.ask("POST", "/bookings", first.wish(rrule=f"FREQ=WEEKLY;COUNT={WEEKS}"))


def _code(answer: Answer) -> str:
    try:
        return str(answer.json().get("code"))
    except ValueError:
        return "?"


def _overlaps(scene: Scene) -> Row:
    """What the doors told is what the database holds: dates of one room that overlap, counted anew."""
    from django.db import connection  # noqa: PLC0415  after django.setup()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT blocks_from, lag(blocks_until) OVER (PARTITION BY room_id"
            " ORDER BY blocks_from) AS before FROM bookings_occurrence WHERE state NOT IN"
            " ('ended', 'no_show', 'cancelled', 'refused')) AS swept WHERE blocks_from < before"
        )
        found = cursor.fetchone()[0]
    return Row("overlaps", "double bookings after all of it", scene.size, str(found), found, at_most=0)
