# SPDX-License-Identifier: EUPL-1.2
"""Taking a conference server out of use: what is planned on it is re-reserved on others of its pool at once.

Nothing is refused. What fits nowhere else is named before (`preview_drain`) and stays reserved where it is,
over-committed by that decision; it is tried again whenever the pool may have got room (`settle`). Meetings that run
stay until they are over.

The dates that move are written set by set, so a server with thousands of them is drained in one transaction of a few
seconds. It holds the pool's lock and those of the dates: who books in the pool, or opens one of them, waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings import allotment, ledger, locks
from vconf.bookings.allocation import Server
from vconf.bookings.models import NOT_YET_OPEN, RUNNING, Meeting, Occurrence
from vconf.bookings.retry import retried
from vconf.bookings.timelines import Packing, Planned, Timeline, Why, pack
from vconf.outbox.record import record
from vconf.rooms.events import ServerChanged
from vconf.rooms.journal import note_event
from vconf.rooms.models import ConferenceServer, Room, ServerEvent, ServerState
from vconf.rooms.services import change_server
from vconf.writing import CHUNK

#: dates that are tried again in one transaction; those that begin first come first
SETTLED_AT_ONCE = 2000
#: where a pass goes on: after the date that begins then and has that id
After = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class StayingDate:
    """A planned date that no other server of the pool can take. It stays reserved on the one that is drained."""

    occurrence_id: UUID
    room_id: UUID
    room_name: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    why: Why


@dataclass(frozen=True, slots=True)
class DrainPlan:
    """What taking a server out of use means.

    moves: how many planned dates go to other servers. stays: those that cannot, in order of time. live: meetings that
    run on it now. empty_at: when the last that stays or runs ends by its plan; None if nothing does.
    """

    moves: int
    stays: tuple[StayingDate, ...]
    live: int
    empty_at: datetime | None


def preview_drain(server_id: UUID, now: datetime) -> DrainPlan:
    """What `drain` would do now. Reads only. The caller has checked that the server may be seen.

    Raises ConferenceServer.DoesNotExist.
    """
    server = ConferenceServer.objects.defer("secret", "keys").get(id=server_id)
    dates = _planned_on([server.id], now)
    return _told(server.id, dates, _packed(server.pool_id, dates, without=server.id), now)


@retried
def drain(server_id: UUID, *, actor: Actor, disable: bool = False, drift: Sequence[str] = ()) -> DrainPlan:
    """Let a server take no new meetings, and re-reserve what is planned on it. Operators only. The plan as carried out.

    disable: it is to be out of use for good. drift: codes of what a check found, if vconf itself does it for that
    reason. Raises Forbidden, NotFound.
    """
    state = ServerState.DISABLED if disable else ServerState.DRAINING
    with transaction.atomic():
        server = change_server(server_id, state=state, actor=actor)  # locks the pool
        if drift:
            ConferenceServer.objects.filter(id=server.id).update(drift=list(drift))
            note_event(server.id, "drift", facts={"findings": list(drift)})
        now = timezone.now()
        dates = _planned_on([server.id], now, locked=True)
        packing = _packed(server.pool_id, dates)
        _move(dates, packing)
        plan = _told(server.id, dates, packing, now)
        record_audit(
            "server.drain",
            actor=actor,
            object_type="server",
            object_id=server.id,
            numbers={"moved": plan.moves, "left": len(plan.stays), "live": plan.live},
        )
        return plan


@retried
def enable(server_id: UUID, *, actor: Actor) -> ConferenceServer:
    """Let a server take meetings (again). What found no place on it or others before is tried anew. Operators only.

    What was moved away stays where it is. Of very many dates the later ones follow with `settle`. Raises Forbidden,
    NotFound.
    """
    with transaction.atomic():
        server = change_server(server_id, state=ServerState.ENABLED, actor=actor)  # locks the pool
        _settle(server.pool_id, timezone.now())
        return server


def settle(now: datetime) -> int:
    """Try anew what stayed reserved on servers that are out of use: servers are added and enabled, bookings are
    cancelled. The number of dates moved. Without such dates two small queries; a pool is locked only if one can move.
    """
    moved = 0
    for pool_id in _pools_with_stranded(now):
        after: After | None = None
        while dates := _stranded(pool_id, now, after=after):
            if _packed(pool_id, dates).places:
                moved += _settle_pool(pool_id, now, after)
            after = dates[-1].starts_at, dates[-1].id
    return moved


@retried
def _settle_pool(pool_id: UUID, now: datetime, after: After | None) -> int:
    with transaction.atomic():
        locks.lock_pools([pool_id])
        return _settle(pool_id, now, after)


def _settle(pool_id: UUID, now: datetime, after: After | None = None) -> int:
    """The pool is locked."""
    dates = _stranded(pool_id, now, locked=True, after=after)
    packing = _packed(pool_id, dates)
    _move(dates, packing)
    by_server: dict[UUID, int] = defaultdict(int)
    for date in dates:
        by_server[date.server_id] += date.id in packing.places
    for server_id, moved in by_server.items():
        if moved:
            record_audit(
                "server.settle",
                actor=Actor.system(),
                object_type="server",
                object_id=server_id,
                numbers={"moved": moved},
            )
    return len(packing.places)


def note_drained(now: datetime) -> int:
    """Tell of servers out of use on which nothing runs and nothing is planned any more, once. How many there were."""
    planned = Occurrence.objects.filter(
        reserved_server=OuterRef("id"), state__in=NOT_YET_OPEN, ends_at__gt=now
    )
    running = Meeting.objects.filter(server=OuterRef("id"), state__in=RUNNING)
    out = ConferenceServer.objects.exclude(state=ServerState.ENABLED)
    empty = out.filter(~Exists(planned), ~Exists(running))
    return sum(_note_drained(server_id) for server_id in list(empty.values_list("id", flat=True)))


def _note_drained(server_id: UUID) -> bool:
    with transaction.atomic():
        server = ConferenceServer.objects.select_for_update(no_key=True).filter(id=server_id).first()
        events = ServerEvent.objects.filter(server_id=server_id, kind__in=["state", "drained"])
        last = events.order_by("-id").values_list("kind", flat=True).first()
        if server is None or server.state == ServerState.ENABLED or last == "drained":
            return False
        note_event(server_id, "drained", code=server.state)
        record(ServerChanged(server_id=str(server_id)))
        return True


def _planned_on(
    server_ids: Collection[UUID],
    now: datetime,
    *,
    locked: bool = False,
    after: After | None = None,
    most: int | None = None,
) -> list[Planned]:
    """Dates not yet open that are reserved there. Locked, they neither open nor move until the transaction ends."""
    rows = Occurrence.objects.filter(
        reserved_server__in=server_ids, state__in=NOT_YET_OPEN, ends_at__gt=now
    ).order_by("starts_at", "id")
    if after is not None:
        starts_at, last = after
        rows = rows.filter(Q(starts_at__gt=starts_at) | Q(starts_at=starts_at, id__gt=last))
    rows = rows[:most]
    fields = ("id", "room_id", "reserved_server_id", "starts_at", "ends_at", "seats")
    if locked:
        ids = sorted(rows.values_list("id", flat=True))
        rows = Occurrence.objects.select_for_update(no_key=True).order_by("id")
        return [
            Planned(*row)
            for some in _chunks(ids)
            for row in rows.filter(id__in=some, state__in=NOT_YET_OPEN).values_list(*fields)
        ]
    return [Planned(*row) for row in rows.values_list(*fields)]


def _pools_with_stranded(now: datetime) -> list[UUID]:
    out = ConferenceServer.objects.exclude(state=ServerState.ENABLED)
    servers = dict(out.values_list("id", "pool_id"))
    if not servers:
        return []
    planned = Occurrence.objects.filter(reserved_server__in=servers, state__in=NOT_YET_OPEN, ends_at__gt=now)
    used = planned.order_by().values_list("reserved_server_id", flat=True).distinct()
    return sorted({servers[server_id] for server_id in used})


def _stranded(
    pool_id: UUID, now: datetime, *, locked: bool = False, after: After | None = None
) -> list[Planned]:
    out = ConferenceServer.objects.filter(pool_id=pool_id).exclude(state=ServerState.ENABLED)
    ids = list(out.values_list("id", flat=True))
    return _planned_on(ids, now, locked=locked, after=after, most=SETTLED_AT_ONCE) if ids else []


def _packed(pool_id: UUID, dates: Sequence[Planned], *, without: UUID | None = None) -> Packing:
    """Where the dates go among the servers of the pool that take new meetings, by what the ledger says."""
    servers = [server for server in allotment.servers_taking(pool_id) if server.id != without]
    if not dates:
        return Packing({}, {})
    levels = ledger.read_times([s.id for s in servers], [(d.starts_at, d.ends_at) for d in dates])
    first, last = min(d.starts_at for d in dates), max(d.ends_at for d in dates)
    timelines = {}
    for server in servers:
        seats = levels.walk(server.id, "seats", first, last)
        meetings = levels.walk(server.id, "meetings", first, last)
        timelines[server.id] = Timeline((at, n, m) for (at, n), (_at, m) in zip(seats, meetings, strict=True))
    return pack(dates, [Server(s.id, s.seats, s.meetings) for s in servers], timelines)


def _move(dates: Sequence[Planned], packing: Packing) -> None:
    """Write where the dates are reserved now. Pool and authorities see no difference. Pool and dates are locked."""
    entries = []
    by_target: dict[UUID, list[UUID]] = defaultdict(list)
    for date in dates:
        target = packing.places.get(date.id)
        if target is None:
            continue
        by_target[target].append(date.id)
        taken = ledger.Entry((target,), date.starts_at, date.ends_at, date.seats)
        given = ledger.Entry((date.server_id,), date.starts_at, date.ends_at, date.seats)
        entries += [given.reversed(), taken]
    for target, ids in sorted(by_target.items()):
        for some in _chunks(ids):
            Occurrence.objects.filter(id__in=some).update(reserved_server_id=target)
    ledger.write(entries)


def _chunks(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [ids[n : n + CHUNK] for n in range(0, len(ids), CHUNK)]


def _told(server_id: UUID, dates: Sequence[Planned], packing: Packing, now: datetime) -> DrainPlan:
    left = sorted((d for d in dates if d.id in packing.left), key=lambda d: (d.starts_at, d.id))
    names = dict(Room.objects.filter(id__in={d.room_id for d in left}).values_list("id", "name"))
    running = Meeting.objects.filter(server_id=server_id, state__in=RUNNING)
    ends = [max(now, ends_at) for ends_at in running.values_list("occurrence__ends_at", flat=True)]
    return DrainPlan(
        moves=len(packing.places),
        stays=tuple(
            StayingDate(
                d.id, d.room_id, names[d.room_id], d.starts_at, d.ends_at, d.seats, packing.left[d.id]
            )
            for d in left
        ),
        live=len(ends),
        empty_at=max([*ends, *(d.ends_at for d in left)], default=None),
    )
