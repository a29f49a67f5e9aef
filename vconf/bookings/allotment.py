# SPDX-License-Identifier: EUPL-1.2
"""Which conference server carries which date: they fill evenly, and if it fits on none, others make room.

`allocation` has the plain arithmetic; here are rows and refusals. The caller of what writes holds the pool's lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vconf.bookings import allocation, ledger
from vconf.bookings.errors import NoCapacity
from vconf.bookings.models import NOT_YET_OPEN, OCCUPYING, Occurrence, OccurrenceState, Overrun
from vconf.bookings.recurrence import Date
from vconf.bookings.retry import Meanwhile
from vconf.bookings.spans import LONGEST_BLOCK
from vconf.errors import Clash
from vconf.rooms.models import ConferenceServer, Pool, ServerState


def servers_taking(pool_id: UUID) -> list[ConferenceServer]:
    """Servers that seats may be promised on: health is of no interest months ahead, the operator's word is."""
    servers = ConferenceServer.objects.filter(pool_id=pool_id, state=ServerState.ENABLED)
    # nobody calls them from here, and every secret that is read is decrypted
    return list(servers.defer("secret").order_by("id"))


def loads(
    servers: Iterable[ConferenceServer], levels: ledger.Levels, starts_at: datetime, ends_at: datetime
) -> list[allocation.Server]:
    found = []
    for server in servers:
        peak = levels.peak(server.id, starts_at, ends_at)
        found.append(allocation.Server(server.id, server.seats, server.meetings, peak.seats, peak.meetings))
    return found


def seats_left_with_largest_lost(
    pool: Pool, servers: Sequence[ConferenceServer], reserved: int
) -> int | None:
    """Seats the pool may still promise if set to N+1, else None."""
    if not pool.n_plus_one or not servers:
        return None
    seats = [server.seats for server in servers]
    return sum(seats) - max(seats) - reserved


def no_capacity(pool: Pool, servers: Sequence[allocation.Server], asked: int, left: int | None) -> NoCapacity:
    """The refusal, with the freest server's numbers and what is free in the pool."""
    if left is not None:
        total = sum(s.seats for s in servers) - max((s.seats for s in servers), default=0)
        in_use = max(0, total - left)
        return NoCapacity(
            format_lazy(
                _(
                    "The conference servers may promise {limit} seats (one server is kept in reserve);"
                    " {in_use} are taken at that time, {asked} were asked for."
                ),
                limit=total,
                in_use=in_use,
                asked=asked,
            ),
            limit=total,
            in_use=in_use,
            asked=asked,
            unit="seats",
        )
    best = allocation.freest(servers)
    if best is None:
        return NoCapacity(_("No conference server takes new meetings."), limit=0, in_use=0, asked=asked)
    if not best.takes_a_meeting:
        return NoCapacity(
            _("All conference servers carry as many meetings as they may at that time."),
            limit=best.meetings,
            in_use=best.reserved_meetings,
            asked=1,
            unit="meetings",
        )
    return NoCapacity(
        format_lazy(
            _(
                "No conference server has enough seats at that time: the freest has {limit},"
                " {in_use} are taken, {asked} were asked for; {free} seats are free in all."
            ),
            limit=best.seats,
            in_use=best.reserved_seats,
            asked=asked,
            free=sum(s.free_seats for s in servers),
        ),
        limit=best.seats,
        in_use=best.reserved_seats,
        asked=asked,
        unit="seats",
    )


@dataclass(frozen=True, slots=True)
class Allotment:
    """A server for each date that finds one, and the dates of others that move for it.

    refusal: names every date that finds none, with the numbers of the first.
    """

    server_ids: dict[Date, UUID]
    moves: tuple[allocation.Move, ...] = ()
    refusal: NoCapacity | None = None


#: (pool, from, until) -> what is reserved then, and whatever that overlaps
Near = Callable[[UUID, datetime, datetime], Sequence[allocation.Reservation]]


def allot(
    pool: Pool,
    servers: Sequence[ConferenceServer],
    dates: Sequence[Date],
    seats: int,
    levels: ledger.Levels,
    near: Near,
) -> Allotment:
    """Find a server for each date (`allocation.evenly`; if none fits, others make room). Writes nothing.

    servers: those of the pool that take new meetings (`servers_taking`). levels: of servers and pool.
    """
    found: dict[Date, UUID] = {}
    own: list[allocation.Reservation] = []
    moved: dict[UUID, UUID] = {}
    failed: list[Clash] = []
    refusal: NoCapacity | None = None
    for date_ in dates:
        starts_at, ends_at = date_.starts_at, date_.ends_at
        candidates = loads(servers, levels, starts_at, ends_at)
        left = seats_left_with_largest_lost(pool, servers, levels.peak(pool.id, starts_at, ends_at).seats)
        chosen: UUID | None = None
        if left is None or left >= seats:
            left = None
            chosen = allocation.evenly(candidates, seats)
            if chosen is None and _enough_in_all(servers, levels, starts_at, ends_at, seats):
                reserved = [
                    replace(r, server_id=moved.get(r.id, r.server_id))
                    for r in near(pool.id, starts_at, ends_at)
                ]
                plan = allocation.make_room(
                    [allocation.Server(s.id, s.seats, s.meetings) for s in servers],
                    # what this booking takes on its other dates is in no row yet, and does not move
                    [*reserved, *own],
                    starts_at=starts_at,
                    ends_at=ends_at,
                    seats=seats,
                )
                if plan is not None:
                    levels = levels.plus(_entries_of(plan.moves, reserved))
                    moved |= {move.reservation_id: move.server_id for move in plan.moves}
                    chosen = plan.server_id
        if chosen is None:
            failed.append(Clash(starts_at, ends_at, NoCapacity.code))
            refusal = refusal or no_capacity(pool, candidates, seats, left)
        else:
            found[date_] = chosen
            own.append(allocation.Reservation(UUID(int=len(own)), chosen, starts_at, ends_at, seats, False))
    if refusal is not None:
        refusal.conflicts = tuple(failed)
    return Allotment(found, tuple(allocation.Move(*one) for one in moved.items()), refusal)


def reserve_servers(
    pool: Pool,
    servers: Sequence[ConferenceServer],
    dates: Sequence[Date],
    seats: int,
    levels: ledger.Levels,
) -> list[UUID]:
    """A server for each date, with what has to move for it moved. The caller holds the pool's lock.

    Raises NoCapacity with the first date's numbers and every date that fails.
    """
    allotment = allot(pool, servers, dates, seats, levels, reservations_near)
    if allotment.refusal is not None:
        raise allotment.refusal
    if allotment.moves:
        _apply_moves(allotment.moves)
    return [allotment.server_ids[date_] for date_ in dates]


def _enough_in_all(
    servers: Sequence[ConferenceServer],
    levels: ledger.Levels,
    starts_at: datetime,
    ends_at: datetime,
    seats: int,
) -> bool:
    """Whether the servers together have the seats at every instant: without, no move can make room.

    It spares a search under the pool's lock exactly when everybody wants in.
    """
    changes: dict[datetime, dict[UUID, int]] = defaultdict(dict)
    for server in servers:
        for at, level in levels.walk(server.id, "seats", starts_at, ends_at):
            changes[at][server.id] = level
    free = {server.id: server.seats for server in servers}
    total = {server.id: server.seats for server in servers}
    for at in sorted({starts_at, *changes}):
        for server_id, level in changes.get(at, {}).items():
            free[server_id] = max(0, total[server_id] - level)
        if sum(free.values()) < seats:
            return False
    return True


def _entries_of(
    moves: Sequence[allocation.Move], reservations: Sequence[allocation.Reservation]
) -> list[ledger.Entry]:
    known = {r.id: r for r in reservations}
    entries = []
    for move in moves:
        r = known[move.reservation_id]
        before = ledger.Entry((r.server_id,), r.starts_at, r.ends_at, r.seats)
        entries += [before.reversed(), replace(before, accounts=(move.server_id,))]
    return entries


def check_server(
    pool: Pool,
    servers: Sequence[ConferenceServer],
    server: ConferenceServer,
    dates: Sequence[Date],
    seats: int,
    levels: ledger.Levels,
) -> None:
    """Raise NoCapacity unless this one of the pool's servers takes the dates without anything being moved."""
    for date_ in dates:
        [load] = loads([server], levels, date_.starts_at, date_.ends_at)
        in_pool = levels.peak(pool.id, date_.starts_at, date_.ends_at)
        left = seats_left_with_largest_lost(pool, servers, in_pool.seats)
        left = None if left is None or left >= seats else left
        if left is not None or not load.takes_a_meeting or load.free_seats < seats:
            told = [load] if left is None else loads(servers, levels, date_.starts_at, date_.ends_at)
            refusal = no_capacity(pool, told, seats, left)
            refusal.conflicts = (Clash(date_.starts_at, date_.ends_at, NoCapacity.code),)
            raise refusal


def reservations_near(pool_id: UUID, starts_at: datetime, ends_at: datetime) -> list[allocation.Reservation]:
    """What overlaps the interval, and what overlaps any of that; meetings that run over keep their seats."""

    now = timezone.now()

    def overlapping(first: datetime, last: datetime) -> list[Occurrence]:
        # what is over keeps its seats up to its release, which only matters to what begins in the past: also to what
        # would move out of the way of a later date, and has begun without being opened
        over = (OccurrenceState.ENDED, OccurrenceState.NO_SHOW) if first <= now else ()
        return list(
            Occurrence.objects.filter(
                pool_id=pool_id,
                state__in=(*OCCUPYING, *over),
                blocks_from__gt=first - LONGEST_BLOCK,
                starts_at__lt=last,
                ends_at__gt=first,
            ).only("id", "reserved_server_id", "starts_at", "ends_at", "seats", "state", "released_at")
        )

    near = overlapping(starts_at, ends_at)
    first = min([starts_at, *(o.starts_at for o in near)])
    last = max([ends_at, *(o.ends_at for o in near)])
    found = [
        allocation.Reservation(
            o.id,
            o.reserved_server_id,
            o.starts_at,
            o.ends_at if o.released_at is None else min(o.ends_at, o.released_at),
            o.seats,
            o.state in NOT_YET_OPEN,
        )
        for o in overlapping(first, last)
    ]
    overruns = Overrun.objects.filter(
        occurrence__pool_id=pool_id,
        occurrence__state=OccurrenceState.OVERRUN,
        starts_at__lt=last,
        ends_at__gt=first,
    )
    for overrun in overruns.select_related("occurrence"):
        late, until = overrun.occurrence, overrun.ends_at
        found.append(
            allocation.Reservation(
                late.id, late.reserved_server_id, overrun.starts_at, until, late.seats, False
            )
        )
    return found


def _apply_moves(moves: Sequence[allocation.Move]) -> None:
    """Re-reserve dates on other servers of the same pool; pool and authorities see no difference.

    A date that opens at this moment stays where its meeting is made. Raises Meanwhile, and the booking begins anew.
    """
    ids = sorted({m.reservation_id for m in moves})
    rows = Occurrence.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    occurrences = {o.id: o for o in rows if o.state in NOT_YET_OPEN}
    if len(occurrences) < len(ids):
        raise Meanwhile()
    entries = []
    for move in moves:
        occurrence = occurrences[move.reservation_id]
        before = ledger.Entry(
            (occurrence.reserved_server_id,), occurrence.starts_at, occurrence.ends_at, occurrence.seats
        )
        entries += [
            before.reversed(),
            ledger.Entry((move.server_id,), before.starts_at, before.ends_at, before.seats),
        ]
        Occurrence.objects.filter(id=occurrence.id).update(reserved_server_id=move.server_id)
    ledger.write(entries)
