# SPDX-License-Identifier: EUPL-1.2
"""Writers: threads that wish at random and note what they are told. The same seed wishes for the same things."""

from __future__ import annotations

import itertools
import random
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from history.calls import Answer, Call, Refused, Wish
from history.doors import Door
from history.world import QUOTAS, World

#: how often each kind is wished for
WEIGHTS = {
    "book": 38,
    "repeat": 6,
    "change": 16,
    "change_date": 8,
    "following": 4,
    "drop": 5,
    "drop_following": 2,
    "cancel": 10,
    "open": 3,
    "attend": 2,
    "end": 2,
    "close": 2,
    "quota": 1,
    "block": 1,
}
#: bookings that writers work on; beyond that they rather give some up
MOST_KNOWN = 90
STAFF = ("anna", "bernd", "clara", "dora")


@dataclass(slots=True)
class Known:
    """A booking as writers last heard of it; all of it may have changed since."""

    booking: UUID
    who: str
    version: int
    dates: list[UUID]
    #: those of them that lie in the wide room
    wide: list[UUID]


@dataclass(slots=True)
class History:
    """Everything that was asked and answered."""

    world: World
    calls: list[Call] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class _Shared:
    """What all writers know."""

    def __init__(self, operations: int, weights: Mapping[str, int]) -> None:
        self.weights = weights
        self.lock = threading.Lock()
        self.numbers = itertools.count()
        self.left = operations
        self.known: dict[UUID, Known] = {}
        self.keyed: deque[Wish] = deque(maxlen=8)

    def take(self) -> int | None:
        """The number of the next operation, or None when all are done."""
        with self.lock:
            if self.left <= 0:
                return None
            self.left -= 1
            return next(self.numbers)


def run(
    door: Door,
    world: World,
    *,
    operations: int,
    writers: int,
    seed: int,
    weights: Mapping[str, int] = WEIGHTS,
) -> History:
    """Let so many threads carry out so many operations in all. weights: how often each kind is wished for."""
    history = History(world)
    shared = _Shared(operations, weights)
    begin = threading.Barrier(writers)
    mark = uuid4().hex[:8]

    def work(number: int) -> None:
        dice = random.Random(seed * 1000 + number)
        begin.wait()
        try:
            while (n := shared.take()) is not None:
                _one(f"history-{mark}-{n}", door, history, shared, dice)
        except BaseException:
            history.errors.append(traceback.format_exc())
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(writers)]
    patience = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(patience)
    return history


def _one(call_id: str, door: Door, history: History, shared: _Shared, dice: random.Random) -> None:
    wish = _wish(history.world, door, shared, dice)
    call = carry_out(wish, call_id, door, history)
    if call.outcome == "done":
        _learn(history.world, wish, call.answer, shared)
    elif call.code in ("already_cancelled", "already_started") and wish.kind == "cancel":
        with shared.lock:
            shared.known.pop(wish.booking, None)  # type: ignore[arg-type]


def carry_out(wish: Wish, call_id: str, door: Door, history: History) -> Call:
    """Wish for one thing, and note what was answered and when."""
    call = Call(call_id, wish)
    history.calls.append(call)
    call.begin = time.time()
    try:
        answer = door.carry_out(wish, call_id)
    except Refused as refused:
        call.end = time.time()
        call.outcome, call.code = "refused", refused.code
        call.numbers, call.unit, call.conflicts = refused.numbers, refused.unit, refused.conflicts
    except Exception:
        call.end = time.time()
        history.errors.append(f"{call}\n{traceback.format_exc()}")
    else:
        call.end = time.time()
        call.outcome, call.answer = "done", answer
    return call


def _learn(world: World, wish: Wish, answer: Answer, shared: _Shared) -> None:
    if answer.booking is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, room_id FROM bookings_occurrence WHERE booking_id = %s AND state NOT IN ('cancelled', 'ended')",
            [answer.booking.hex if connection.vendor == "sqlite" else answer.booking],
        )
        rooms = {UUID(str(one)): UUID(str(room)) for one, room in cursor.fetchall()}
    dates = list(rooms)
    wide = [one for one, room in rooms.items() if room == world.wide.id]
    with shared.lock:
        if dates and wish.kind != "cancel":
            shared.known[answer.booking] = Known(answer.booking, wish.who, answer.version, dates, wide)
        else:
            shared.known.pop(answer.booking, None)


def _wish(world: World, door: Door, shared: _Shared, dice: random.Random) -> Wish:
    with shared.lock:
        known = list(shared.known.values())
        keyed = list(shared.keyed)
    weights = dict(shared.weights)
    if len(known) > MOST_KNOWN and "cancel" in weights:
        weights["cancel"] *= 3
    kinds = [kind for kind in weights if kind in door.kinds or kind == "repeat"]
    kind = dice.choices(kinds, [weights[kind] for kind in kinds])[0]
    if kind == "quota":
        name = dice.choice(sorted(QUOTAS))
        return Wish(
            kind=kind, who="operator", authority=world.authorities[name].id, limits=dice.choice(QUOTAS[name])
        )
    if kind == "block":
        reason = dice.choice(["", "", "", "", "Wartung"])
        return Wish(kind=kind, who="operator", room=dice.choice(world.rooms).id, reason=reason)
    if kind == "repeat" and keyed:
        again = dice.choice(keyed)
        # now and then the key comes with another body, which is a mistake
        return again if dice.random() < 0.85 else replace(again, seats=(again.seats or 3) + 1)
    if kind == "close":
        # it gives nothing back before its end, and only where there is plenty is that no matter months ahead
        known = [one for one in known if one.wide]
    if kind in ("book", "repeat") or not known:
        wish = _new(world, dice, keyed=kind == "repeat" or dice.random() < 0.25)
        if wish.key:
            with shared.lock:
                shared.keyed.append(wish)
        return wish
    return _about(dice.choice(known), kind, world, dice)


def _new(world: World, dice: random.Random, *, keyed: bool) -> Wish:
    every = dice.choices(["", "D", "W", "M"], [70, 12, 12, 6])[0]
    return Wish(
        kind="book",
        who=dice.choice(STAFF),
        starts_local=_begins(world, dice),
        duration=_lasts(dice),
        room=dice.choice(world.rooms).id if dice.random() < 0.8 else None,
        seats=dice.choice([3, 5, 8, 12, 20, 30, 45, 60]),
        people=_invited(dice) if dice.random() < 0.2 else None,
        title=None,
        every=every,
        count=dice.randint(2, 4) if every else 1,
        partial=bool(every) and dice.random() < 0.4,
        key=uuid4().hex if keyed else None,
    )


def _about(known: Known, kind: str, world: World, dice: random.Random) -> Wish:
    date = dice.choice(known.wide if kind == "close" else known.dates)
    fields: dict[str, Any] = {"kind": kind, "who": known.who, "booking": known.booking, "date": date}
    if dice.random() < 0.3 and kind not in ("open", "attend", "close", "end"):
        fields["expected_version"] = known.version
    if kind == "attend":
        fields["seats"] = dice.choice([0, 1, 3])
    if kind in ("change", "change_date", "following"):
        possible: dict[str, Any] = {
            "starts_local": _begins(world, dice),
            "duration": _lasts(dice),
            "room": dice.choice(world.rooms).id,
            "seats": dice.choice([3, 5, 8, 12, 20, 30, 45]),
            "people": _invited(dice),
            "title": f"Besprechung {dice.randrange(1000)}",
        }
        names = ["starts_local", "duration", "room", "seats"]
        if kind != "change_date":
            names += ["people", "title"]
        for name in dice.sample(names, dice.choice([1, 1, 2])):
            fields[name] = possible[name]
    return Wish(**fields)


def _begins(world: World, dice: random.Random) -> Any:
    return world.first_day + timedelta(days=dice.randrange(3), minutes=15 * dice.randrange(8 * 4, 13 * 4))


def _lasts(dice: random.Random) -> timedelta:
    return timedelta(minutes=dice.choice([15, 30, 60, 60, 90, 120]))


def _invited(dice: random.Random) -> tuple[str, ...]:
    pool = ("bernd@im.mv.example", "clara@fm.mv.example", "gast@stadt.example", "amt@kreis.example")
    return tuple(sorted(dice.sample(pool, dice.randint(1, 4))))
