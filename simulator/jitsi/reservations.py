# SPDX-License-Identifier: EUPL-1.2
"""Prosody's `mod_reservations`: asks a booking service before a room is opened, and remembers what it was told.

Whoever asks for a room while its lookup runs waits for the same answer. A refusal is remembered for 30 s at least; as
the memory is cleared only once a minute, for up to 90 s. A lookup that succeeded holds until its expiry or the end of
its room.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from simulator.clock import Clock
from simulator.jitsi.outgoing import Answer, Attempts, TimedOut, call_until_answered, form
from simulator.jitsi.rooms import Refused
from simulator.jitsi.settings import Settings

#: Seconds, all of them scaled by `retry_scale`.
RETRY_PAUSE = 3.0
REFUSAL_SECONDS = 30.0
EVICTION_SECONDS = 60.0
#: Durations beyond this are no durations.
MAX_NUMBER = 1e12

_INVALID = "Invalid response from reservation server"
#: As `util.datetime` of Prosody reads it: milliseconds are dropped.
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):(\d\d):(\d\d)\.?\d*(Z|[+-]\d\d:?(?:\d\d)?)?")


@dataclass
class Lookup:
    """What is known of a room before it exists. `expires_ms` by the shard's clock; `forget_at` for refusals, on the
    clock that only runs forward."""

    node: str
    mail_owner: str
    asked_ms: int
    done: threading.Event = field(default_factory=threading.Event)
    #: Set once done: None if the room may be opened.
    refusal: tuple[int, str] | None = None
    conflict_id: object = None
    expires_ms: int = 0
    forget_at: float | None = None
    max_occupants: int = 0
    lobby: bool = False
    password: str = ""


class Reservations:
    def __init__(self, settings: Settings, clock: Clock, stopped: threading.Event) -> None:
        self.settings = settings
        self._clock = clock
        self._stopped = stopped
        self._lock = threading.Lock()
        self._lookups: dict[str, Lookup] = {}
        self._evicted_at = clock.elapsed()

    def expect_admission(self, node: str, jid: str) -> Lookup:
        """Answers once the room may be opened. Raises Refused with code and text as the client sees them."""
        with self._lock:
            lookup = self._lookups.get(node)
            is_first = lookup is None
            if lookup is None:
                lookup = Lookup(node, jid.partition("/")[0], self._clock.now_ms())
                self._lookups[node] = lookup
        if is_first:
            try:
                self._look_up(lookup)
            finally:
                lookup.done.set()
        else:
            lookup.done.wait()
        if lookup.refusal is not None:
            code, text = lookup.refusal
            raise Refused("reservation-error", text, code)
        if self._clock.now_ms() > lookup.expires_ms:
            raise Refused("reservation-error", "Reservation expired", 419)
        return lookup

    def room_destroyed(self, node: str) -> None:
        """Tells the booking service that the room is closed, once, without waiting for its answer."""
        with self._lock:
            lookup = self._lookups.pop(node, None)
        if lookup is None or lookup.conflict_id is None or "DELETE" in self.settings.loses:
            return
        url = f"{self.settings.reservations_url}/conference/{_text(lookup.conflict_id)}"
        threading.Thread(target=self._delete, args=(url,), name="delete", daemon=True).start()

    def sweep(self, close: Callable[[str], None]) -> None:
        """Once a minute: forgets what has expired, and closes rooms whose time is over."""
        now, now_ms = self._clock.elapsed(), self._clock.now_ms()
        if now - self._evicted_at < EVICTION_SECONDS * self.settings.retry_scale:
            return
        self._evicted_at = now
        with self._lock:
            expired = [lookup for lookup in self._lookups.values() if self._is_over(lookup, now, now_ms)]
            if not self.settings.delete_on_expiry:
                for lookup in expired:
                    del self._lookups[lookup.node]
        for lookup in expired:
            close(lookup.node)
            with self._lock:
                if self._lookups.get(lookup.node) is lookup:
                    # No room was ever made for it.
                    del self._lookups[lookup.node]

    def _is_over(self, lookup: Lookup, now: float, now_ms: int) -> bool:
        if not lookup.done.is_set():
            return False
        if lookup.forget_at is not None:
            return now > lookup.forget_at
        return now_ms > lookup.expires_ms

    def forget(self) -> None:
        with self._lock:
            self._lookups.clear()

    def listed(self) -> list[dict[str, object]]:
        with self._lock:
            return [
                {
                    "room": lookup.node,
                    "status": "pending"
                    if not lookup.done.is_set()
                    else "failed"
                    if lookup.refusal
                    else "success",
                    "refusal": list(lookup.refusal) if lookup.refusal else None,
                    "id": lookup.conflict_id,
                    "expires_ms": lookup.expires_ms,
                }
                for lookup in self._lookups.values()
            ]

    # Asking

    def _look_up(self, lookup: Lookup) -> None:
        asked = form(
            {
                "name": lookup.node,
                "start_time": _java_time(lookup.asked_ms),
                "mail_owner": lookup.mail_owner,
            }
        )
        try:
            answer = self._ask("POST", "/conference", asked)
            if answer.status == 409:
                self._follow_conflict(lookup, answer)
            elif answer.status in (200, 201):
                self._take(lookup, answer)
            else:
                self._refuse(lookup, answer.status, _message(answer))
        except TimedOut:
            self._refuse(lookup, 500, "Reservation lookup timed out")

    def _follow_conflict(self, lookup: Lookup, answer: Answer) -> None:
        conflict_id = _object(answer).get("conflict_id")
        if conflict_id is None:
            self._refuse(lookup, 409, _INVALID)
            return
        known = self._ask("GET", f"/conference/{_text(conflict_id)}", None)
        if known.status == 200:
            self._take(lookup, known)
        else:
            self._refuse(lookup, known.status, _message(known))

    def _take(self, lookup: Lookup, answer: Answer) -> None:
        data = _object(answer)
        name, duration = data.get("name"), _number(data.get("duration"))
        start = _parsed(data.get("start_time"))
        is_whole = (
            isinstance(name, str)
            and name.lower() == lookup.node
            and data.get("id") is not None
            and data.get("mail_owner") is not None
        )
        if not is_whole or duration is None or start is None:
            self._refuse(lookup, 500, _INVALID)
            return
        lookup.conflict_id = data["id"]
        lookup.expires_ms = int((start.timestamp() + duration) * 1000)
        settings = self.settings
        occupants = _number(data.get("max_occupants"))
        if settings.max_occupants and occupants is not None:
            lookup.max_occupants = int(occupants)
        lookup.lobby = settings.lobby and data.get("lobby") is True
        password = data.get("password")
        if settings.password and isinstance(password, str):
            lookup.password = password

    def _refuse(self, lookup: Lookup, code: int, text: str) -> None:
        lookup.refusal = (code, text)
        lookup.forget_at = self._clock.elapsed() + REFUSAL_SECONDS * self.settings.retry_scale

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        settings = self.settings
        attempts = Attempts(
            settings.retry_count, RETRY_PAUSE * settings.retry_scale, settings.timeout_seconds, self._stopped
        )
        return call_until_answered(
            method, settings.reservations_url + path, dict(settings.headers), body, attempts
        )

    def _delete(self, url: str) -> None:
        settings = self.settings
        attempts = Attempts(
            settings.retry_count, RETRY_PAUSE * settings.retry_scale, settings.timeout_seconds, self._stopped
        )
        try:
            call_until_answered("DELETE", url, dict(settings.headers), None, attempts)
        except TimedOut:
            # Nobody waits for it, and it is not tried again.
            return


def _java_time(milliseconds: int) -> str:
    # Prosody asks its clock for whole seconds.
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _parsed(text: object) -> datetime | None:
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    try:
        local = datetime(*(int(part) for part in match.groups()[:6]), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return None
    zone = match[7]
    if zone in (None, "Z"):
        return local
    minutes = int(zone[1:3]) * 60 + int(zone[3:].lstrip(":") or 0)
    return local - timedelta(minutes=minutes if zone[0] == "+" else -minutes)


def _number(value: object) -> float | None:
    """As Lua's `tonumber`: texts that are numbers as well."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < MAX_NUMBER else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _object(answer: Answer) -> dict[str, object]:
    try:
        read = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _message(answer: Answer) -> str:
    message = _object(answer).get("message")
    return "Rejected by reservation server" if message is None else _text(message)
