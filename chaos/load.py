# SPDX-License-Identifier: EUPL-1.2
"""People who book, change and cancel over HTTP at both web processes, and ask again until they are answered.

A new booking is asked for with an idempotency key, everything else with If-Match: so what is asked twice happens once,
also if the first request was not lost but only late.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chaos.asking import Asker
from chaos.history import Promise
from chaos.journal import DROPPED, Journal

ZONE = ZoneInfo("Europe/Berlin")
#: what a wish may be answered with when it does not fit
FITS_NOT = {"slot_taken", "no_room", "no_capacity", "quota_exceeded", "in_past", "room_too_small"}
#: what a change or cancellation of a date that runs or is over may be answered with
TOO_LATE = {"already_started", "in_past"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a token, and whom they invite."""

    token: str
    colleagues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Rooms by id: those many people want, and those whose meetings open by the clock; of these last, those that nobody
    enters, those of a Jitsi shard, and those whose meetings are recorded."""

    wanted: tuple[str, ...]
    opening: tuple[str, ...]
    entered: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()


class Person(Asker):
    """One caller with bookings of their own."""

    def __init__(
        self,
        number: int,
        seed: int,
        caller: Caller,
        *,
        doors: Sequence[str],
        places: Places,
        journal: Journal,
        enough: threading.Event,
        pause: float,
    ) -> None:
        super().__init__(f"person-{number}", seed, doors=doors, journal=journal, enough=enough, pause=pause)
        self.number = number
        self.seed = seed
        self.caller = caller
        self.places = places
        self.asked = 0
        self.mine: list[tuple[Promise, dict[str, Any]]] = []

    # --- what they do --------------------------------------------------------------------------------------

    def _act(self) -> None:
        book: tuple[Callable[[], None], ...] = (self._book, self._book_wanted, self._book_series)
        change = (self._rename, self._move, self._drop_a_date, self._cancel)
        if not self.mine or self.dice.random() < 0.62:
            self.dice.choices((*book, self._book_now), weights=(50, 12, 12, 12))[0]()
        else:
            self.dice.choices(change, weights=(30, 25, 15, 30))[0]()

    def _book(self) -> None:
        self._ask_for("book", self._wish() | {"seats": self.dice.randint(3, 6)})

    def _book_wanted(self) -> None:
        self._ask_for("book", self._wish() | {"room": self.dice.choice(self.places.wanted)})

    def _book_series(self) -> None:
        rule = f"FREQ=WEEKLY;COUNT={self.dice.randint(3, 8)}"
        self._ask_for("book series", self._wish() | {"seats": 4, "rrule": rule})

    def _book_now(self) -> None:
        """A meeting that, if nobody comes, the clock closes two minutes after its start."""
        self._book_for_now(self.dice.choice(self.places.opening), "PT2M")

    def _book_for_now(self, room: str, duration: str) -> None:
        """A meeting that the clock opens a moment later."""
        starts = datetime.now(ZONE) + timedelta(minutes=1)
        wish = self._wish(starts.replace(second=0, microsecond=0) + timedelta(minutes=1))
        self._ask_for("book now", wish | {"room": room, "seats": 3, "duration": duration})

    def _wish(self, starts: datetime | None = None) -> dict[str, Any]:
        self.asked += 1
        starts = starts or some_time(self.dice)
        people = self.dice.sample(self.caller.colleagues, self.dice.randint(1, 3))
        return {
            "title": f"k{self.seed}-{self.number}-{self.asked} 0",
            "starts_at": starts.replace(tzinfo=None).isoformat(),
            "duration": f"PT{self.dice.choice((30, 45, 60))}M",
            "timezone": str(ZONE),
            "attendees": [{"email": address} for address in people],
        }

    def _ask_for(self, operation: str, wish: dict[str, Any]) -> None:
        key = wish["title"].partition(" ")[0]
        promise = self.journal.wish(key)
        status, body, tries = self._ask("POST", "/bookings", wish, {"Idempotency-Key": key})
        self.journal.count(operation, tries)
        if status == 201:
            self.journal.tell(promise, body)
            self.mine.append((promise, body))
        elif body.get("code") in FITS_NOT:
            self.journal.refuse(promise, body["code"])
        else:
            self.journal.surprise(f"POST for {key}: {status} {_short(body)}")

    def _rename(self) -> None:
        number = self.dice.randrange(len(self.mine))
        title = f"{self.mine[number][0].key} {self.dice.randrange(1000)}"
        self._change("rename", number, {"title": title}, lambda body: bool(body["title"] == title))

    def _move(self) -> None:
        number = self.dice.randrange(len(self.mine))
        starts = some_time(self.dice)
        first = starts.astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z")
        wish = {
            "starts_at": starts.replace(tzinfo=None).isoformat(),
            "duration": "PT30M",
            "timezone": str(ZONE),
        }
        self._change("move", number, wish, lambda body: bool(body["starts_at"] == first))

    def _change(
        self, operation: str, number: int, wish: dict[str, Any], is_so: Callable[[dict[str, Any]], bool]
    ) -> None:
        path = f"/bookings/{self.mine[number][1]['id']}"
        self._alter(operation, number, "PATCH", path, wish, is_so)

    def _drop_a_date(self) -> None:
        series = [n for n, (_, body) in enumerate(self.mine) if len(_dates(body)) > 1]
        if not series:
            return
        number = self.dice.choice(series)
        date = self.dice.choice(_dates(self.mine[number][1]))
        self._alter(
            "drop a date",
            number,
            "DELETE",
            f"/occurrences/{date['id']}",
            None,
            lambda body: date["id"] not in {one["id"] for one in _dates(body)},
        )

    def _cancel(self) -> None:
        number = self.dice.randrange(len(self.mine))
        path = f"/bookings/{self.mine[number][1]['id']}"
        self._alter("cancel", number, "DELETE", path, None, lambda body: bool(body["status"] == "cancelled"))

    def _alter(
        self,
        operation: str,
        number: int,
        method: str,
        path: str,
        wish: dict[str, Any] | None,
        is_so: Callable[[dict[str, Any]], bool],
    ) -> None:
        promise, known = self.mine[number]
        with self.journal.lock:
            # until there is an answer, both may be true
            before, promise.standing = promise.standing, type(promise.standing).UNANSWERED
        status, body, tries = self._ask(method, path, wish, {"If-Match": f'"{known["version"]}"'})
        self.journal.count(operation, tries)
        if status in (409, 412) and body.get("code") in ("version_conflict", "already_cancelled"):
            # an earlier try was done after all: then it shows
            status, body, _ = self._ask("GET", f"/bookings/{known['id']}", None, {})
            if status != 200 or tries == 1 or not is_so(body):
                self.journal.surprise(
                    f"{operation} of {promise.key}: somebody else changed it: {_short(body)}"
                )
                return
        if status == 200:
            self.journal.tell(promise, body)
            self.mine[number] = (promise, body)
            if body["status"] == "cancelled":
                del self.mine[number]
            return
        with self.journal.lock:
            promise.standing = before
        if body.get("code") in FITS_NOT | TOO_LATE:
            with self.journal.lock:
                self.journal.refusals[body["code"]] += 1
            if body["code"] in TOO_LATE:
                del self.mine[number]
        else:
            self.journal.surprise(f"{operation} of {promise.key}: {status} {_short(body)}")
            del self.mine[number]

    # --- asking until there is an answer -------------------------------------------------------------------

    def _ask(
        self, method: str, path: str, wish: dict[str, Any] | None, headers: dict[str, str]
    ) -> tuple[int, Any, int]:
        """Status, body and how many tries it took. Raises GaveUp some time after the load has ended."""
        answer, tries = self._send(
            method,
            f"/api/v1{path}",
            None if wish is None else json.dumps(wish).encode(),
            {"Authorization": f"Bearer {self.caller.token}", "Content-Type": "application/json", **headers},
        )
        return answer.status_code, answer.json(), tries


def some_time(dice: random.Random) -> datetime:
    """A quarter of an hour on a working day of the next months."""
    day = datetime.now(ZONE) + timedelta(days=dice.randint(10, 250))
    day += timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)
    return day.replace(hour=dice.randint(7, 18), minute=15 * dice.randint(0, 3), second=0, microsecond=0)


def _dates(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [date for date in body["occurrences"] if date["state"] not in DROPPED]


def _short(body: dict[str, Any]) -> str:
    return json.dumps({name: body.get(name) for name in ("code", "detail", "status", "version")})
