# SPDX-License-Identifier: EUPL-1.2
"""What dates occupy: the room, seats on a server, the quota of every authority above. Asked under locks.

Locks are taken in one fixed order everywhere: the booking that is changed, rooms, pools (a pool covers its
servers), the authorities of the path, dates, calendars; several of one kind by ascending id. On SQLite one writer
is admitted at a time (IMMEDIATE), the locking clauses mean nothing and the checks are just as exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from vconf.authorities.models import Authority, Quota
from vconf.authorities.tree import locked_with_ancestors, path_ids
from vconf.bookings import allocation, ledger
from vconf.bookings.errors import NoCapacity, QuotaExceeded, SlotTaken
from vconf.bookings.models import NOT_YET_OPEN, OCCUPYING, Occurrence, OccurrenceState, Overrun
from vconf.bookings.recurrence import Date
from vconf.bookings.retry import Meanwhile
from vconf.errors import Clash, NotFound, Text
from vconf.rooms.models import ConferenceServer, Pool, Room, ServerState
from vconf.rooms.policies import Policy

#: no interval that blocks a room is longer: a date of 24 h and the largest buffers
LONGEST_BLOCK = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Span:
    """A date with the buffers of its room."""

    date: Date
    blocks_from: datetime
    blocks_until: datetime

    @classmethod
    def of(cls, date: Date, policy: Policy) -> Span:
        return cls(
            date,
            date.starts_at - timedelta(minutes=policy.buffer_before_minutes),
            date.ends_at + timedelta(minutes=policy.buffer_after_minutes),
        )


@dataclass(frozen=True, slots=True)
class Charge:
    """Who pays: the pool that carries it and the authorities from the root down to the charged one."""

    pool_id: UUID
    path: tuple[UUID, ...]

    def accounts(self, server_id: UUID) -> tuple[UUID, ...]:
        return (server_id, self.pool_id, *self.path)


def lock_rooms(room_ids: Collection[UUID]) -> dict[UUID, Room]:
    rooms = Room.objects.select_for_update(no_key=True).filter(id__in=room_ids).order_by("id")
    return {room.id: room for room in rooms}


def lock_pools(pool_ids: Collection[UUID]) -> dict[UUID, Pool]:
    pools = Pool.objects.select_for_update(no_key=True).filter(id__in=pool_ids).order_by("id")
    return {pool.id: pool for pool in pools}


def lock_path(authority_id: UUID) -> list[Authority]:
    """Lock the charged authority and all above it (by ascending id, as everybody); answered root first.

    The tree may have been changed between reading and locking; the locked rows tell, and then it is read again.
    """
    while True:
        found = {authority.id: authority for authority in locked_with_ancestors(authority_id)}
        if not found:
            raise NotFound()
        path: list[Authority] = []
        above: UUID | None = authority_id
        while above in found:
            path.insert(0, found.pop(above))
            above = path[0].parent_id
        if above is None and not found:
            return path


def lock_paths(authority_ids: Sequence[UUID]) -> list[list[Authority]]:
    """`lock_path` for several at once, in one order for all of them."""
    while True:
        paths = [path_ids(authority_id) for authority_id in authority_ids]
        wanted = {one for path in paths for one in path}
        rows = Authority.objects.select_for_update(no_key=True).filter(id__in=wanted).order_by("id")
        found = {authority.id: authority for authority in rows}
        if all(paths) and all([found[i].parent_id for i in path] == [None, *path[:-1]] for path in paths):
            return [[found[i] for i in path] for path in paths]
        if not all(paths):
            raise NotFound()


def lock_dates(occurrences: Collection[Occurrence]) -> None:
    """Lock these dates and read anew what is changed by others who do not hold their booking's lock.

    Those are the meeting that opens, the clock that closes, and a booking that makes room: state, release and
    reserved server. The caller holds the locks of room, pool and path, so they stay as they are from here on.
    """
    rows = Occurrence.objects.select_for_update(no_key=True).filter(id__in=[o.id for o in occurrences])
    known = {row.id: row for row in rows.order_by("id")}
    for o in occurrences:
        row = known[o.id]
        o.state, o.released_at = row.state, row.released_at
        o.reserved_server_id = row.reserved_server_id


def clashes(room_id: UUID, spans: Sequence[Span], *, except_booking: UUID | None = None) -> list[Clash]:
    """The dates that another occupying one of the room overlaps. The caller holds the room's lock."""
    taken = {place for place, _room in places_taken([room_id], spans, except_booking=except_booking)}
    return [
        Clash(span.date.starts_at, span.date.ends_at, SlotTaken.code)
        for place, span in enumerate(spans)
        if place in taken
    ]


def overlapping_each_other(spans: Iterable[Span]) -> list[Clash]:
    """The dates of one booking that begin before another of its dates has ended."""
    ordered = sorted(spans, key=lambda span: span.blocks_from)
    found: list[Clash] = []
    until: datetime | None = None
    for span in ordered:
        if until is not None and span.blocks_from < until:
            found.append(Clash(span.date.starts_at, span.date.ends_at, SlotTaken.code))
        until = span.blocks_until if until is None else max(until, span.blocks_until)
    return found


def rooms_busy_on(
    room_ids: Sequence[UUID], spans: Sequence[Span], *, except_booking: UUID | None = None
) -> set[UUID]:
    """Which of these rooms something occupies on any of the dates."""
    rows = _read_overlaps(room_ids, spans, except_booking, "DISTINCT other.room_id")
    return {room_id for (room_id,) in rows}


def places_taken(
    room_ids: Sequence[UUID], spans: Sequence[Span], *, except_booking: UUID | None = None
) -> set[tuple[int, UUID]]:
    """(place of the span, room) of whatever overlaps."""
    return {
        (place, room_id)
        for room_id, place in _read_overlaps(
            room_ids, spans, except_booking, "DISTINCT other.room_id, wanted.place"
        )
    }


def busy_on(
    room_id: UUID, spans: Sequence[Span], *, except_booking: UUID | None = None
) -> list[tuple[int, datetime, datetime]]:
    """(place of the span, from, until) of all that occupies the room on these dates, buffers included."""
    rows = _read_overlaps(
        [room_id], spans, except_booking, "other.room_id, wanted.place, other.blocks_from, other.blocks_until"
    )
    return [(place, moment_of(begins), moment_of(ends)) for _room_id, place, begins, ends in rows]


_AT = Occurrence._meta.get_field("blocks_from")
_STATES = ", ".join(f"'{state.value}'" for state in OCCUPYING)
#: rooms in one statement; the dates are bound by the horizon
_ROOMS_AT_ONCE = 400
#: dates in one statement: three values each, far below SQLite's limit
_DATES_AT_ONCE = 400


def _read_overlaps(
    room_ids: Sequence[UUID], spans: Sequence[Span], except_booking: UUID | None, columns: str
) -> list[tuple[Any, ...]]:
    """These columns, the room's id first, of whatever overlaps: one statement, for each date a range on an index.

    The range begins at the longest possible block before the date: exact, and never a scan of the past.
    """
    key = Occurrence._meta.get_field("id")
    moment = "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(spans), _DATES_AT_ONCE):
        values: list[object] = []
        for place, span in enumerate(spans[start : start + _DATES_AT_ONCE], start=start):
            moments = (span.blocks_from - LONGEST_BLOCK, span.blocks_from, span.blocks_until)
            values += [place, *(_AT.get_db_prep_value(moment_, connection) for moment_ in moments)]
        rows = ", ".join([f"(%s, {moment}, {moment}, {moment})"] * (len(values) // 4))
        for first in range(0, len(room_ids), _ROOMS_AT_ONCE):
            rooms = [key.get_db_prep_value(r, connection) for r in room_ids[first : first + _ROOMS_AT_ONCE]]
            statement = (
                "WITH wanted (place, lowest, blocks_from, blocks_until)"  # noqa: S608 - only placeholders
                f" AS (VALUES {rows})"
                f" SELECT {columns}"
                " FROM wanted CROSS JOIN bookings_occurrence AS other"
                f" WHERE other.room_id IN ({', '.join(['%s'] * len(rooms))})"
                f" AND other.state IN ({_STATES})"
                " AND other.blocks_from > wanted.lowest AND other.blocks_from < wanted.blocks_until"
                " AND other.blocks_until > wanted.blocks_from"
            )
            parameters = [*values, *rooms]
            if except_booking is not None:
                statement += " AND other.booking_id <> %s"
                parameters.append(key.get_db_prep_value(except_booking, connection))
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                found += [(key.to_python(room_id), *rest) for room_id, *rest in cursor.fetchall()]
    return found


def moment_of(value: Any) -> datetime:
    """What the database answers for a moment in SQL of our own: SQLite has text, PostgreSQL an instant."""
    found: datetime = _AT.to_python(value)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def servers_taking(pool_id: UUID) -> list[ConferenceServer]:
    """Servers that seats may be promised on: health is of no interest months ahead, the operator's word is."""
    return servers_taking_in([pool_id])


def servers_taking_in(pool_ids: Collection[UUID]) -> list[ConferenceServer]:
    """Those of several pools, in one query."""
    servers = ConferenceServer.objects.filter(pool_id__in=pool_ids, state=ServerState.ENABLED)
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
    """Find a server for each date (best fit; if none fits, others make room). Writes nothing.

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
            chosen = allocation.best_fit(candidates, seats)
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

    # what is over keeps its seats up to its release, which only matters to what begins in the past
    over = (OccurrenceState.ENDED, OccurrenceState.NO_SHOW) if starts_at <= timezone.now() else ()

    def overlapping(first: datetime, last: datetime) -> list[Occurrence]:
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


class Limits:
    """The quotas of a path of authorities, by local day: a row with a period replaces the standing one."""

    def __init__(self, quotas: Iterable[Quota]) -> None:
        self._standing: dict[UUID, Quota] = {}
        self._periods: dict[UUID, list[Quota]] = defaultdict(list)
        for quota in quotas:
            if quota.valid_from is None and quota.valid_until is None:
                self._standing[quota.authority_id] = quota
            else:
                self._periods[quota.authority_id].append(quota)

    @classmethod
    def read(cls, authority_ids: Collection[UUID]) -> Limits:
        return cls(Quota.objects.filter(authority_id__in=authority_ids))

    def names(self, authority_id: UUID) -> bool:
        """Whether the authority has any quota."""
        return authority_id in self._standing or authority_id in self._periods

    def standing(self, authority_id: UUID) -> Quota | None:
        return self._standing.get(authority_id)

    def on(self, authority_id: UUID, day: date) -> Quota | None:
        for quota in self._periods.get(authority_id, ()):
            if (quota.valid_from is None or quota.valid_from <= day) and (
                quota.valid_until is None or day <= quota.valid_until
            ):
                return quota
        return self._standing.get(authority_id)

    def segments(
        self, authority_id: UUID, starts_at: datetime, ends_at: datetime
    ) -> Iterable[tuple[datetime, datetime, Quota | None]]:
        """[starts_at, ends_at) cut at local midnights where a period begins or ends."""
        if authority_id not in self._periods:
            yield starts_at, ends_at, self._standing.get(authority_id)
            return
        zone = ledger.installation_zone()
        cursor = starts_at
        while cursor < ends_at:
            day = cursor.astimezone(zone).date()
            edge = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=zone)
            until = min(edge.astimezone(starts_at.tzinfo), ends_at)
            yield cursor, until, self.on(authority_id, day)
            cursor = until


def accounts_asked(
    pool: Pool, servers: Iterable[ConferenceServer], path: Iterable[Authority], limits: Limits
) -> list[UUID]:
    """The accounts whose levels limit a booking: an authority without a quota limits nothing, nor does a pool that
    keeps no server in reserve, and theirs are the longest.
    """
    found = [server.id for server in servers]
    if pool.n_plus_one:
        found.append(pool.id)
    return found + [authority.id for authority in path if limits.names(authority.id)]


def check_quotas(
    path: Sequence[Authority],
    dates: Sequence[Date],
    seats: int,
    levels: ledger.Levels,
    *,
    limits: Limits | None = None,
    months_used: Mapping[tuple[UUID, date], int] | None = None,
) -> None:
    """Raise QuotaExceeded if any authority from the root down would pass a limit at any instant of any date.

    limits, months_used (seat-minutes): for those who have read them; else they are read here.
    """
    limits = limits or Limits.read([authority.id for authority in path])
    monthly = ledger.seat_minutes([(d.starts_at, d.ends_at) for d in dates], seats)
    for authority in path:
        failed: list[Clash] = []
        refusal: QuotaExceeded | None = None
        for date_ in dates:
            for starts_at, ends_at, quota in limits.segments(authority.id, date_.starts_at, date_.ends_at):
                if quota is None:
                    continue
                peak = levels.peak(authority.id, starts_at, ends_at)
                for unit, limit, in_use, asked in (
                    ("seats", quota.concurrent_seats, peak.seats, seats),
                    ("meetings", quota.concurrent_meetings, peak.meetings, 1),
                ):
                    if limit is not None and in_use + asked > limit:
                        failed.append(Clash(date_.starts_at, date_.ends_at, QuotaExceeded.code))
                        refusal = refusal or quota_exceeded(authority, unit, limit, in_use, asked)
        if refusal is not None:
            refusal.conflicts = tuple(dict.fromkeys(failed))
            raise refusal
        for month, minutes in monthly.items():
            quota = limits.on(authority.id, month)
            if quota is None or quota.seat_hours_per_month is None:
                continue
            if months_used is None:
                months_used = ledger.read_monthly([a.id for a in path], list(monthly))
            used = months_used.get((authority.id, month), 0)
            limit_minutes = quota.seat_hours_per_month * 60
            if used + minutes > limit_minutes:
                hours = quota_exceeded(
                    authority,
                    "seat_hours",
                    quota.seat_hours_per_month,
                    round(used / 60, 1),
                    round(minutes / 60, 1),
                )
                hours.conflicts = _past_the_hours(dates, seats, month, limit_minutes - used)
                raise hours


def _past_the_hours(dates: Sequence[Date], seats: int, month: date, left: int) -> tuple[Clash, ...]:
    """The dates that find no seat-minutes left in the month, when they take them one after the other."""
    failed = []
    for date_ in dates:
        asked = ledger.seat_minutes([(date_.starts_at, date_.ends_at)], seats).get(month, 0)
        if not asked:
            continue
        if asked <= left:
            left -= asked
        else:
            failed.append(Clash(date_.starts_at, date_.ends_at, QuotaExceeded.code))
    return tuple(failed)


_QUOTA_SENTENCES: dict[str, Text] = {
    "seats": _(
        "{authority} may use {limit} seats at once; {in_use} are taken at that time, {asked} were asked for."
    ),
    "meetings": _("{authority} may hold {limit} meetings at once; {in_use} are booked at that time."),
    "seat_hours": _(
        "{authority} may use {limit} seat-hours in that month; {in_use} are booked, {asked} were asked for."
    ),
}


def quota_exceeded(
    authority: Authority, unit: str, limit: float, in_use: float, asked: float
) -> QuotaExceeded:
    return QuotaExceeded(
        format_lazy(
            cast("str", _QUOTA_SENTENCES[unit]),
            authority=authority.name,
            limit=limit,
            in_use=in_use,
            asked=asked,
        ),
        limit=limit,
        in_use=in_use,
        asked=asked,
        unit=unit,
    )


def release(
    occurrences: Sequence[Occurrence], path: Sequence[UUID], *, since: datetime | None = None
) -> None:
    """Give back the seats of these dates, from `since` on if given (a meeting that ended early), overrun included.

    Seat-hours are given back with whole dates only: what was planned and begun is used (design).
    """
    entries = []
    for occurrence in occurrences:
        starts_at = occurrence.starts_at if since is None else max(since, occurrence.starts_at)
        if starts_at >= occurrence.ends_at:
            continue
        accounts = Charge(occurrence.pool_id, tuple(path)).accounts(occurrence.reserved_server_id)
        entries.append(ledger.Entry(accounts, starts_at, occurrence.ends_at, occurrence.seats).reversed())
    late = [occurrence for occurrence in occurrences if occurrence.state == OccurrenceState.OVERRUN]
    ledger.write([*entries, *_cut_overruns(late, path, since)])
    if since is None:
        give_back_hours(occurrences, path)


def _cut_overruns(
    late: Sequence[Occurrence], path: Sequence[UUID], since: datetime | None
) -> list[ledger.Entry]:
    """Shorten what these dates take beyond their plan, or drop it; the entries that give it back."""
    if not late:
        return []
    entries = []
    for overrun in Overrun.objects.filter(occurrence__in=late).select_related("occurrence"):
        starts_at = overrun.starts_at if since is None else max(since, overrun.starts_at)
        if starts_at >= overrun.ends_at:
            continue
        entries.append(overrun_entry(overrun.occurrence, path, starts_at, overrun.ends_at).reversed())
        if starts_at == overrun.starts_at:
            overrun.delete()
        else:
            overrun.ends_at = starts_at
            overrun.save(update_fields=["ends_at"])
    return entries


def overrun_entry(
    occurrence: Occurrence, path: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> ledger.Entry:
    """What a date that runs over takes, where it was reserved."""
    accounts = Charge(occurrence.pool_id, tuple(path)).accounts(occurrence.reserved_server_id)
    return ledger.Entry(accounts, starts_at, ends_at, occurrence.seats)


def give_back_hours(occurrences: Sequence[Occurrence], path: Sequence[UUID]) -> None:
    use: dict[date, int] = defaultdict(int)
    for occurrence in occurrences:
        span = [(occurrence.starts_at, occurrence.ends_at)]
        for month, minutes in ledger.seat_minutes(span, occurrence.seats).items():
            use[month] += minutes
    ledger.write_monthly(path, use, sign=-1)


def occupy(occurrences: Sequence[Occurrence], path: Sequence[UUID]) -> None:
    """Write what these dates (with their reserved servers) take into the ledger."""
    ledger.write(
        ledger.Entry(
            Charge(o.pool_id, tuple(path)).accounts(o.reserved_server_id), o.starts_at, o.ends_at, o.seats
        )
        for o in occurrences
    )
    use: dict[date, int] = defaultdict(int)
    for o in occurrences:
        for month, minutes in ledger.seat_minutes([(o.starts_at, o.ends_at)], o.seats).items():
            use[month] += minutes
    ledger.write_monthly(path, use)


def busy_rooms(
    starts_at: datetime,
    ends_at: datetime,
    room_ids: Iterable[UUID] | None = None,
    *,
    except_booking: UUID | None = None,
) -> QuerySet[Occurrence, UUID]:
    """Rooms that something occupies within the interval, to be asked within a larger question: one index range of
    each pool, the busy ones, not all rooms.
    """
    overlapping = Q(
        pool__in=Pool.objects.order_by().values("id"),
        state__in=OCCUPYING,
        blocks_from__gt=starts_at - LONGEST_BLOCK,
        blocks_from__lt=ends_at,
        blocks_until__gt=starts_at,
    )
    found = Occurrence.objects.filter(overlapping)
    if room_ids is not None:
        found = found.filter(room_id__in=room_ids)
    if except_booking is not None:
        found = found.exclude(booking_id=except_booking)
    return found.order_by().values_list("room_id", flat=True)


def too_small_sentence(limit: int, asked: int) -> Text:
    return format_lazy(
        ngettext_lazy(
            "The room has {limit} seat, {asked} were asked for.",
            "The room has {limit} seats, {asked} were asked for.",
            limit,
        ),
        limit=limit,
        asked=asked,
    )
