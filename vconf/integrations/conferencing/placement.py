# SPDX-License-Identifier: EUPL-1.2
"""Which server carries a meeting: decided when it opens, normally the one it was reserved on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Sum

from vconf.bookings.models import RUNNING, Meeting, Occurrence
from vconf.rooms.models import ConferenceServer, ServerHealth, ServerState
from vconf.rooms.selectors import servers_of


@dataclass(frozen=True, slots=True)
class Placement:
    """A server, and why it was chosen: one line for operators, kept with the meeting."""

    server_id: UUID
    explanation: str
    healthy: bool = True


@dataclass(frozen=True, slots=True)
class Load:
    """A server and what runs on it now. `expected`: seats of the dates that run there; `people`: last seen."""

    server: ConferenceServer
    meetings: int
    expected: int

    @property
    def free(self) -> int:
        """Seats that neither somebody sits on nor a running date was promised; negative when it is overfull."""
        return self.server.seats - max(self.expected, self.server.live_people)

    @property
    def has_room_for_a_meeting(self) -> bool:
        return self.server.meetings is None or self.meetings < self.server.meetings

    def __str__(self) -> str:
        text = f"{self.free} of {self.server.seats} seats free"
        return (
            text
            if self.server.meetings is None
            else f"{text}, {self.meetings} of {self.server.meetings} meetings"
        )


def may_be_placed_on(server: ConferenceServer) -> bool:
    """Whether new meetings go there: not when it is draining or disabled, and not while it fails."""
    return server.state == ServerState.ENABLED and server.health in (ServerHealth.OK, ServerHealth.UNKNOWN)


def place(occurrence: Occurrence, *, without: Collection[UUID] = ()) -> Placement | None:
    """The server for a date about to open, leaving out those `without`; None if no server can be had.

    The reserved one if it may be placed on; else the one of the pool with most seats free, taking those first that
    the meeting fits on. If all that are enabled fail just now, one of them all the same: it may be back any moment.
    """
    servers = [server for server in servers_of(occurrence.pool) if server.id not in without]
    loads = _loads(servers)
    reserved = next((load for load in loads if load.server.id == occurrence.reserved_server_id), None)
    if reserved is not None and may_be_placed_on(reserved.server):
        return Placement(reserved.server.id, f"{reserved.server.name}, as reserved: {reserved}")
    instead = _why_not(occurrence, reserved, without)
    healthy = [load for load in loads if may_be_placed_on(load.server)]
    if healthy:
        best = max(healthy, key=lambda load: _rank(load, occurrence.seats))
        others = len(healthy) - 1
        return Placement(
            best.server.id,
            f"{best.server.name}: {best}, {occurrence.seats} needed, {others} other healthy; {instead}",
        )
    enabled = [load for load in loads if load.server.state == ServerState.ENABLED]
    if not enabled:
        return None
    last = reserved if reserved in enabled else max(enabled, key=lambda load: _rank(load, occurrence.seats))
    explanation = f"{last.server.name}: no server of the pool is healthy; {instead}"
    return Placement(last.server.id, explanation, healthy=False)


def _rank(load: Load, seats: int) -> tuple[bool, bool, int, int, str]:
    return (
        load.has_room_for_a_meeting,
        load.free >= seats,
        load.free,
        load.server.weight,
        str(load.server.id),
    )


def _why_not(occurrence: Occurrence, reserved: Load | None, without: Collection[UUID]) -> str:
    if reserved is None:
        failed = occurrence.reserved_server_id in without
        return "the reserved server could not open it" if failed else "the reserved server is of another pool"
    server = reserved.server
    state = server.state if server.state != ServerState.ENABLED else server.health
    return f"reserved on {server.name}, which is {state}"


def _loads(servers: Sequence[ConferenceServer]) -> list[Load]:
    rows = (
        Meeting.objects.filter(server__in=servers, state__in=RUNNING)
        .order_by()
        .values("server_id")
        .annotate(meetings=Count("id"), expected=Sum("occurrence__seats"))
    )
    running = {row["server_id"]: row for row in rows}
    return [
        Load(
            server,
            meetings=running[server.id]["meetings"] if server.id in running else 0,
            expected=running[server.id]["expected"] if server.id in running else 0,
        )
        for server in servers
    ]
