# SPDX-License-Identifier: EUPL-1.2
"""What an operator is told about a shard: whether it works, what it can do, and what is unsafe or missing.

Most of what vconf relies on are settings of Prosody and jicofo. Those that show from outside are tried out, with rooms
that nobody has ever opened; the rest the operator confirms (`roles`, `lobby`, `limit`), and until then it is a finding.
docs/jitsi.md has one line for each finding.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vconf.integrations.conferencing.jitsi.client import JitsiClient, Patience, count_in, object_in
from vconf.integrations.conferencing.jitsi.control import REFUSED, Control
from vconf.integrations.conferencing.jitsi.rooms import Rooms
from vconf.integrations.conferencing.jitsi.shard import Shard
from vconf.integrations.conferencing.jitsi.tokens import CLOCK_MARGIN, forged_token, system_token
from vconf.integrations.conferencing.jitsi.vitals import Vitals, takes_meetings
from vconf.integrations.conferencing.port import (
    BackendError,
    NotSupported,
    RequestRefused,
    ServerBusy,
    ServerReport,
    WrongSecret,
)
from vconf.integrations.conferencing.transport import clock_skew_ms

#: Every code that `findings` may hold. An installation's documentation and pages rely on them.
FINDINGS = (
    "plain_http",
    "short_secret",
    "clock_skew",
    "tokens_not_checked",
    "tokens_not_proven",
    "census_open",
    "occupancy_unknown",
    "no_census",
    "jicofo_not_watched",
    "bridges_not_watched",
    "bridge_down",
    "end_missing",
    "end_refused",
    "kick_missing",
    "kick_refused",
    "kick_unreliable",
    "reservations_off",
    "roles_not_confirmed",
    "lobby_not_confirmed",
    "limit_not_confirmed",
    "check_incomplete",
)
#: A look may take this many times what one call may: most calls of a sound server take a few milliseconds.
_CALLS_WORTH = 2.0
#: HS256 wants a secret of at least the length of its hash (RFC 7518, section 3.2).
_SHORTEST_SECRET = 32
#: Half of what our tokens can bear.
_MOST_SKEW_MS = CLOCK_MARGIN * 1000 // 2


@dataclass(slots=True)
class _Seen:
    """What one look has found so far."""

    version: str = ""
    meetings: int = 0
    people: int = 0
    skew_ms: int | None = None
    latency_ms: int | None = None
    secret_ok: bool | None = None
    abilities: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)

    def report(self, error: BackendError | None = None) -> ServerReport:
        reachable = error is None or isinstance(
            error, WrongSecret | NotSupported | RequestRefused | ServerBusy
        )
        return ServerReport(
            reachable=reachable,
            secret_ok=False if isinstance(error, WrongSecret) else self.secret_ok,
            version=self.version,
            meetings=self.meetings,
            people=self.people,
            latency_ms=self.latency_ms,
            code=error.code if error is not None else "",
            detail=error.detail if error is not None else "",
            abilities=frozenset(self.abilities),
            findings=tuple(code for code in FINDINGS if code in self.findings),
            clock_skew_ms=self.skew_ms,
        )


class Inspection:
    """Looks at one shard with everything that the operator opened."""

    def __init__(
        self, shard: Shard, client: JitsiClient, rooms: Rooms, control: Control, vitals: Vitals
    ) -> None:
        self._shard = shard
        self._client = client
        self._rooms = rooms
        self._control = control
        self._vitals = vitals

    def look(self) -> ServerReport:
        """Raises nothing. What must work comes first and ends the look if it does not."""
        seen = _Seen()
        patience = Patience(self._client.access.deadline * _CALLS_WORTH)
        try:
            self._look_at_page(seen, patience)
            figures = self._vitals.focus(patience=patience)
            seen.version = self._vitals.version(patience=patience)
            self._look_at_rooms(seen, figures, patience)
            self._look_at_secret(seen, patience)
        except BackendError as error:
            self._judge_settings(seen)
            return seen.report(error)
        self._judge_settings(seen)
        self._look_at_bridges(seen, figures)
        for step in (self._look_at_tokens, self._look_at_ending, self._look_at_removing, self._look_outside):
            self._try(step, seen, patience)
        return seen.report()

    @staticmethod
    def _try(step: Callable[[_Seen, Patience], None], seen: _Seen, patience: Patience) -> None:
        try:
            step(seen, patience)
        except BackendError:
            seen.findings.append("check_incomplete")

    # What must work

    def _look_at_page(self, seen: _Seen, patience: Patience) -> None:
        started = time.time()
        page = self._vitals.page(patience=patience)
        now = time.time()
        seen.latency_ms = round((now - started) * 1000)
        seen.skew_ms = clock_skew_ms(page.date, (started + now) / 2)
        if seen.skew_ms is not None and abs(seen.skew_ms) > _MOST_SKEW_MS:
            seen.findings.append("clock_skew")

    def _look_at_rooms(self, seen: _Seen, figures: dict[str, Any], patience: Patience) -> None:
        if self._shard.census_url:
            rooms = self._rooms.census(patience=patience)
            seen.meetings, seen.people = len(rooms), sum(room.people for room in rooms)
            return
        seen.findings.append("no_census" if self._shard.size_url else "occupancy_unknown")
        seen.meetings = count_in(figures, "conferences") or 0
        seen.people = count_in(figures, "participants") or 0

    def _look_at_secret(self, seen: _Seen, patience: Patience) -> None:
        if not self._shard.size_url:
            return
        # That our token is taken proves nothing yet, for a server may take any: see _look_at_tokens.
        started = time.monotonic()
        self._rooms.size(_nobodys_room(), patience=patience)
        seen.latency_ms = round((time.monotonic() - started) * 1000)

    # Settings

    def _judge_settings(self, seen: _Seen) -> None:
        shard = self._shard
        judged = {
            "plain_http": shard.page_url.startswith("http:"),
            "short_secret": shard.algorithm == "HS256" and len(shard.secret.encode()) < _SHORTEST_SECRET,
            "tokens_not_proven": not shard.size_url,
            "jicofo_not_watched": not shard.jicofo_url,
            "reservations_off": not shard.reservations,
            "roles_not_confirmed": not shard.roles,
            "lobby_not_confirmed": not shard.lobby,
            "limit_not_confirmed": not (shard.limit and shard.reservations),
        }
        seen.findings += [code for code, found in judged.items() if found]
        confirmed = {
            "moderators": shard.roles,
            "lobby": shard.lobby,
            "limit": shard.limit and shard.reservations,
            "reservations": shard.reservations,
        }
        seen.abilities |= {name for name, able in confirmed.items() if able}

    def _look_at_bridges(self, seen: _Seen, figures: dict[str, Any]) -> None:
        if count_in(object_in(figures, "jibri_detector"), "count"):
            seen.abilities.add("recording")
        bridges = self._vitals.bridges()
        if not bridges:
            seen.findings.append("bridges_not_watched")
        silent = [
            bridge for bridge in bridges if isinstance(bridge, BackendError) or not takes_meetings(bridge)
        ]
        if silent:
            seen.findings.append("bridge_down")
        counted = count_in(figures, "participants") is not None and self._client.access.seats
        if len(silent) < len(bridges) or (not bridges and counted):
            seen.abilities.add("load")

    # What shows only when it is tried out

    def _look_at_tokens(self, seen: _Seen, patience: Patience) -> None:
        if not self._shard.size_url:
            return
        room = _nobodys_room()
        try:
            self._rooms.size(room, token=forged_token(self._shard, room), patience=patience)
        except WrongSecret:
            seen.secret_ok = True
            return
        seen.findings.append("tokens_not_checked")
        # Who takes any token as a moderator's has no moderators.
        seen.abilities.discard("moderators")

    def _look_at_ending(self, seen: _Seen, patience: Patience) -> None:
        if not self._control.can_end:
            seen.findings.append("end_missing")
            return
        room = _nobodys_room()
        if self._control.ask_to_end(room, token="", patience=patience) not in REFUSED:
            seen.findings.append("end_missing")
        elif self._control.ask_to_end(room, token=system_token(self._shard), patience=patience) != 404:
            seen.findings.append("end_refused")
        else:
            seen.abilities.add("end")

    def _look_at_removing(self, seen: _Seen, patience: Patience) -> None:
        if not self._control.can_remove:
            seen.findings.append("kick_missing")
            return
        room = _nobodys_room()
        without = self._control.ask_to_remove(room, "nobody", token="", patience=patience)
        if without == 200:
            seen.findings.append("kick_unreliable")
        elif without not in REFUSED:
            seen.findings.append("kick_missing")
        elif (
            self._control.ask_to_remove(room, "nobody", token=system_token(self._shard), patience=patience)
            != 404
        ):
            seen.findings.append("kick_refused")
        else:
            seen.abilities.add("kick")

    def _look_outside(self, seen: _Seen, patience: Patience) -> None:
        """The census tells anybody who asks which rooms there are; it must not stand where people's browsers go."""
        public = f"{self._shard.page_url}room-census"
        if public == self._shard.census_url:
            return  # behind a filter that lets us through, or not: nothing tells from here
        answer = self._client.get(public, patience=patience)
        if answer.status == 200 and b'"room_census"' in answer.body:
            seen.findings.append("census_open")


def _nobodys_room() -> str:
    return f"vconf-check-{secrets.token_hex(12)}"
