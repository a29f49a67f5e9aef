# SPDX-License-Identifier: EUPL-1.2
"""Which server carries a meeting: decided when it opens, normally the one it was reserved on.

A wave at the full hour is spread because its seats were reserved: each meeting goes where they are kept for it. Only
if that server cannot take it now, another one is chosen, by what is promised on it over the meeting's time and what
runs on it now; `placing` has those who do so at the same moment see each other's choices.

Another server of the pool takes the reservation over if it has the seats (`bookings.meetings.open_occurrence`). In
another pool, and where the seats are not there, the meeting is a guest: its promise stays where it was made, so no
ledger ever holds more than its server may promise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from vconf.bookings import ledger
from vconf.bookings.models import RUNNING, Meeting, Occurrence
from vconf.rooms.health import takes_new_meetings
from vconf.rooms.models import ConferenceServer, ServerHealth, ServerState
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.selectors import fallbacks_of

#: a date that runs over needs its seats for so long at least
AT_LEAST = timedelta(minutes=15)


#: Codes and numbers as they are kept with the meeting; `server_words.explained` makes a sentence of them.
Explanation = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placement:
    """A server, and why it was chosen: for operators, kept with the meeting.

    `explanation` has a `code`: `as_reserved`, `reserved_best` (nothing better could be had), `chosen` or `no_answer`
    (tried all the same); the `server`'s name; and `why_not`: what spoke against the reserved one, with a code again.
    `fits`: it has the seats.
    """

    server_id: UUID
    explanation: Explanation
    healthy: bool = True
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Load:
    """A server as a place for one date.

    `promised`, `meetings`: seats and meetings reserved on it at most over the date's time, without the date itself,
    and what runs there although its seats are reserved elsewhere, or for later. `step`: 0 in the date's own pool, then
    the number of the fallback. `lacks`: abilities the date needs and the server is known not to have. `reserved`: the
    date's seats are kept there.
    """

    server: ConferenceServer
    promised: int
    meetings: int
    step: int
    lacks: frozenset[str]
    reserved: bool

    @property
    def free(self) -> int:
        """Seats that neither somebody sits on nor anybody else was promised; negative when it is overfull."""
        return self.server.seats - max(self.promised, self.server.live_people)

    @property
    def has_room_for_a_meeting(self) -> bool:
        return self.server.meetings is None or self.meetings < self.server.meetings

    def takes(self, seats: int) -> bool:
        """Whether it is meant to take new meetings and has what this one needs."""
        if self.server.state != ServerState.ENABLED:
            return False
        return self.reserved or (self.free >= seats and self.has_room_for_a_meeting)

    @property
    def pull(self) -> float:
        """How much speaks for it: free seats, by the operator's weight and by how idle it says it is."""
        return max(0, self.free) * self.server.weight / 100 * (1 - min(1.0, self.server.load or 0.0))

    def rank(self, seats: int) -> tuple[bool, int, int, bool, bool, float, int, str]:
        """What counts, in this order: abilities; seats, or at least seats that a draining server keeps for it; the own
        pool; that it is not overloaded; that the date is reserved there; how free it is.
        """
        return (
            not self.lacks,
            2 if self.takes(seats) else int(self.reserved),
            -self.step,
            not is_overloaded(self.server),
            self.reserved,
            self.pull,
            self.free,
            str(self.server.id),
        )

    @property
    def in_numbers(self) -> Explanation:
        """Free seats and all, meetings there and at most, load; what is not known or not limited is left out."""
        numbers: Explanation = {"free": self.free, "seats": self.server.seats}
        if self.server.meetings is not None:
            numbers |= {"meetings": self.meetings, "most_meetings": self.server.meetings}
        return numbers | _load_of(self.server)


def answers(server: ConferenceServer) -> bool:
    """Whether it is not known to fail."""
    return server.health in (ServerHealth.OK, ServerHealth.UNKNOWN)


def is_overloaded(server: ConferenceServer) -> bool:
    """Whether it says of itself that it carries as much as it should."""
    return server.load is not None and server.load >= 1


def abilities_needed(policy: Policy) -> frozenset[str]:
    """What a server has to be able to do for meetings of a class (names of `port.ABILITIES`)."""
    needed: set[str] = set()
    if policy.lobby:
        needed |= {"lobby", "moderators"}  # somebody has to let people in
    if policy.recording:
        needed |= {"recording", "moderators"}  # not everybody may start it
    if policy.cameras_off:
        needed.add("moderators")  # who alone may turn them on
    return frozenset(needed)


class Survey:
    """The servers that dates may go to, and what is promised on them: read once for all dates that are placed together.

    It counts what is placed meanwhile (`took`), so that the next date finds the seats taken. Reads a few queries for
    each pool, however many dates and servers. The choice holds as long as the pools are locked (`opening.placing`).
    """

    def __init__(self, occurrences: Collection[Occurrence]) -> None:
        now = timezone.now()
        # a date that runs over needs its seats for a while yet
        self._times = {
            date.id: (max(now, date.starts_at), max(date.ends_at, now + AT_LEAST)) for date in occurrences
        }
        self._servers: dict[UUID, list[ConferenceServer]] = {}
        self._fallbacks: dict[UUID, list[UUID]] = {}
        self._levels: dict[UUID, ledger.Levels] = {}
        self._guests: dict[UUID, list[_Guest]] = {}

    def servers_of(self, pool_ids: Iterable[UUID]) -> list[ConferenceServer]:
        """By id. Nobody calls them from here: they come without their secrets, each of which would be decrypted."""
        wanted = list(pool_ids)
        if missing := [pool_id for pool_id in wanted if pool_id not in self._servers]:
            self._servers |= {pool_id: [] for pool_id in missing}
            rows = ConferenceServer.objects.filter(pool_id__in=missing).select_related("pool")
            for server in rows.defer("secret", "keys"):
                self._servers[server.pool_id].append(server)
        return sorted((s for pool_id in wanted for s in self._servers[pool_id]), key=lambda s: s.id)

    def steps_from(self, pool_id: UUID) -> dict[UUID, int]:
        """The pools that stand in for it, each with the number of its step away."""
        if pool_id not in self._fallbacks:
            self._fallbacks[pool_id] = fallbacks_of(pool_id)
        return {following: step for step, following in enumerate(self._fallbacks[pool_id], start=1)}

    def loads(
        self,
        servers: Iterable[ConferenceServer],
        occurrence: Occurrence,
        needed: frozenset[str],
        without: Collection[UUID],
        *,
        steps: Mapping[UUID, int] = MappingProxyType({}),
    ) -> list[Load]:
        """The servers as places for that date. Two queries, if these have not been asked for before."""
        servers = [server for server in servers if server.id not in without]
        self._read([server.id for server in servers if server.id not in self._levels])
        begins, ends = self._times[occurrence.id]
        found = []
        for server in servers:
            peak = self._levels[server.id].peak(server.id, begins, ends)
            guests = [one for one in self._guests[server.id] if not one.is_reserved or one.starts_at >= ends]
            is_reserved = server.id == occurrence.reserved_server_id
            found.append(
                Load(
                    server,
                    promised=max(0, peak.seats - is_reserved * occurrence.seats)
                    + sum(one.seats for one in guests),
                    meetings=max(0, peak.meetings - is_reserved) + len(guests),
                    step=steps.get(server.pool_id, 0),
                    lacks=_lacks(server, needed),
                    reserved=is_reserved,
                )
            )
        return found

    def took(self, occurrence: Occurrence, server_id: UUID) -> None:
        """The date was placed there; whether it takes its reservation along or is a guest, the seats are gone."""
        if server_id == occurrence.reserved_server_id or server_id not in self._levels:
            return
        entry = ledger.Entry((server_id,), *self._times[occurrence.id], occurrence.seats)
        self._levels[server_id] = self._levels[server_id].plus([entry])

    def _read(self, server_ids: Sequence[UUID]) -> None:
        if not server_ids:
            return
        levels = ledger.read_times(server_ids, self._times.values())
        first_end = min(ends for _, ends in self._times.values())
        away = ~Q(occurrence__reserved_server=F("server")) | Q(occurrence__starts_at__gte=first_end)
        rows = Meeting.objects.filter(away, server__in=server_ids, state__in=RUNNING).order_by()
        self._levels |= dict.fromkeys(server_ids, levels)
        self._guests |= {server_id: [] for server_id in server_ids}
        for server_id, reserved_id, starts_at, seats in rows.values_list(
            "server_id", "occurrence__reserved_server_id", "occurrence__starts_at", "occurrence__seats"
        ):
            self._guests[server_id].append(_Guest(server_id == reserved_id, starts_at, seats))


@dataclass(frozen=True, slots=True)
class _Guest:
    """A meeting that runs where its seats are not promised at this time: reserved elsewhere, or for later."""

    is_reserved: bool
    starts_at: datetime
    seats: int


def place(
    occurrence: Occurrence, *, without: Collection[UUID] = (), survey: Survey | None = None
) -> Placement | None:
    """The server for a date about to open, leaving out those `without`; None if no server can be had.

    The reserved one if it is enabled, answers, can do what the class needs and does not say that it is overloaded:
    one query. Else the best of the pool (`Load.rank`), and of its fallback pools if none of it is able and has the
    seats. A reserved server that is draining keeps what fits nowhere else, as its operator was told. If all that are
    enabled fail just now, one of them all the same: it may be back any moment. `survey`: of several dates that are
    placed together, this one among them.
    """
    survey = survey or Survey([occurrence])
    needed = abilities_needed(policy_of(occurrence.room.room_class))
    servers = survey.servers_of([occurrence.pool_id])
    reserved = next((s for s in servers if s.id == occurrence.reserved_server_id), None)
    why_not = _why_not(reserved, needed, without)
    if reserved is not None and not why_not:
        return Placement(reserved.id, {"code": "as_reserved", **_kept(reserved, occurrence)})
    loads = survey.loads(servers, occurrence, needed, without)
    found = _best(loads, occurrence)
    if found is None or found.lacks or not found.takes(occurrence.seats):
        steps = survey.steps_from(occurrence.pool_id)
        loads += survey.loads(survey.servers_of(steps), occurrence, needed, without, steps=steps)
        found = _best(loads, occurrence)
    if found is not None:
        explanation = _explained(found, loads, occurrence, why_not)
        return Placement(found.server.id, explanation, fits=found.reserved or found.takes(occurrence.seats))
    enabled = [load for load in loads if load.server.state == ServerState.ENABLED]
    if not enabled:
        return None
    last = max(enabled, key=lambda load: (load.reserved, *load.rank(occurrence.seats)))
    explanation = {"code": "no_answer", "server": last.server.name, "why_not": why_not}
    return Placement(last.server.id, explanation, healthy=False)


def _best(loads: Sequence[Load], occurrence: Occurrence) -> Load | None:
    """The best that answers: of those that take new meetings, and the reserved one if it is only draining."""
    able = [
        load
        for load in loads
        if takes_new_meetings(load.server)
        or (load.reserved and load.server.state == ServerState.DRAINING and answers(load.server))
    ]
    return max(able, key=lambda load: load.rank(occurrence.seats), default=None)


def _why_not(
    reserved: ConferenceServer | None, needed: frozenset[str], without: Collection[UUID]
) -> Explanation:
    """What speaks against the server that the date is reserved on; empty if nothing does."""
    if reserved is None:
        return {"code": "other_pool"}
    if reserved.id in without:
        return {"code": "could_not_open"}
    if reserved.state != ServerState.ENABLED:
        return {"code": str(reserved.state), "server": reserved.name}
    if not answers(reserved):
        return {"code": str(reserved.health), "server": reserved.name}
    if lacks := _lacks(reserved, needed):
        return {"code": "lacks", "server": reserved.name, "abilities": sorted(lacks)}
    if is_overloaded(reserved):
        return {"code": "overloaded", "server": reserved.name, **_load_of(reserved)}
    return {}


def _explained(
    found: Load, loads: Sequence[Load], occurrence: Occurrence, why_not: Explanation
) -> Explanation:
    if found.reserved:
        return {"code": "reserved_best", **_kept(found.server, occurrence), "why_not": why_not}
    seats = occurrence.seats
    told = {"code": "chosen", "server": found.server.name, "needed": seats, **found.in_numbers}
    if found.step:
        told["pool"] = found.server.pool.name
    if not found.takes(seats):
        told["overfull"] = True
    if found.lacks:
        told["lacks"] = sorted(found.lacks)
    others = [load for load in loads if load is not found and takes_new_meetings(load.server)]
    others.sort(key=lambda load: load.rank(seats), reverse=True)
    if others:
        told["next"] = {"server": others[0].server.name, **others[0].in_numbers}
        told["more"] = len(others) - 1
    return told | {"why_not": why_not}


def _kept(server: ConferenceServer, occurrence: Occurrence) -> Explanation:
    return {
        "server": server.name,
        "kept": occurrence.seats,
        "seats": server.seats,
        "people": server.live_people,
        **_load_of(server),
    }


def _load_of(server: ConferenceServer) -> Explanation:
    return {} if server.load is None else {"load": round(server.load, 2)}


def _lacks(server: ConferenceServer, needed: frozenset[str]) -> frozenset[str]:
    """What it is known not to be able to do. One that was never checked may be able to do everything."""
    return needed - set(server.abilities) if server.abilities else frozenset()
