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


@dataclass(frozen=True, slots=True)
class Placement:
    """A server, and why it was chosen: one line for operators, kept with the meeting. `fits`: it has the seats."""

    server_id: UUID
    explanation: str
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

    def __str__(self) -> str:
        text = f"{self.free} of {self.server.seats} seats free"
        if self.server.meetings is not None:
            text += f", {self.meetings} of {self.server.meetings} meetings"
        return text if self.server.load is None else f"{text}, load {self.server.load:.0%}"


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
        return Placement(reserved.id, f"{reserved.name}, as reserved: {_kept(reserved, occurrence)}")
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
    return Placement(last.server.id, f"{last.server.name}: no server answers; {why_not}", healthy=False)


def _best(loads: Sequence[Load], occurrence: Occurrence) -> Load | None:
    """The best that answers: of those that take new meetings, and the reserved one if it is only draining."""
    able = [
        load
        for load in loads
        if takes_new_meetings(load.server)
        or (load.reserved and load.server.state == ServerState.DRAINING and answers(load.server))
    ]
    return max(able, key=lambda load: load.rank(occurrence.seats), default=None)


def _why_not(reserved: ConferenceServer | None, needed: frozenset[str], without: Collection[UUID]) -> str:
    """What speaks against the server that the date is reserved on; empty if nothing does."""
    if reserved is None:
        return "the reserved server is of another pool"
    if reserved.id in without:
        return "the reserved server could not open it"
    if reserved.state != ServerState.ENABLED:
        return f"reserved on {reserved.name}, which is {reserved.state}"
    if not answers(reserved):
        return f"reserved on {reserved.name}, which is {reserved.health}"
    if lacks := _lacks(reserved, needed):
        return f"reserved on {reserved.name}, which has no {_listed(lacks)}"
    if is_overloaded(reserved):
        return f"reserved on {reserved.name}, which is overloaded (load {reserved.load:.0%})"
    return ""


def _explained(found: Load, loads: Sequence[Load], occurrence: Occurrence, why_not: str) -> str:
    seats = occurrence.seats
    if found.reserved:
        text = (
            f"{found.server.name}, as reserved: {_kept(found.server, occurrence)}; nothing better: {why_not}"
        )
    else:
        text = f"{found.server.name}: {found}, {seats} needed"
        if found.step:
            text += f", of the fallback pool {found.server.pool.name}"
        if not found.takes(seats):
            text += ", overfull: no server has the seats"
        if found.lacks:
            text += f", without {_listed(found.lacks)}: no server that can be had has it"
        others = [load for load in loads if load is not found and takes_new_meetings(load.server)]
        others.sort(key=lambda load: load.rank(seats), reverse=True)
        if others:
            text += f"; next {others[0].server.name} ({others[0]})"
        if others[1:]:
            text += f" and {len(others) - 1} more"
        text += f"; {why_not}"
    return text


def _kept(server: ConferenceServer, occurrence: Occurrence) -> str:
    text = f"{occurrence.seats} of {server.seats} seats kept, {server.live_people} people there"
    return text if server.load is None else f"{text}, load {server.load:.0%}"


def _listed(abilities: frozenset[str]) -> str:
    return " and ".join(sorted(abilities))


def _lacks(server: ConferenceServer, needed: frozenset[str]) -> frozenset[str]:
    """What it is known not to be able to do. One that was never checked may be able to do everything."""
    return needed - set(server.abilities) if server.abilities else frozenset()
