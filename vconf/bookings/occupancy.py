# SPDX-License-Identifier: EUPL-1.2
"""What dates occupy: the room, seats on a server, the quota of every authority above. Asked under locks.

Locks are taken in one fixed order everywhere: the booking that is changed, rooms, pools (a pool covers its
servers), the authorities of the path, dates, calendars; several of one kind by ascending id. On SQLite one writer
is admitted at a time (IMMEDIATE), the locking clauses mean nothing and the checks are just as exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from vconf.authorities.models import Authority, Quota
from vconf.authorities.tree import path_ids
from vconf.bookings import allocation, ledger
from vconf.bookings.errors import NoCapacity, QuotaExceeded, SlotTaken
from vconf.bookings.models import NOT_YET_OPEN, OCCUPYING, Occurrence, OccurrenceState, Overrun
from vconf.bookings.recurrence import Date
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
        ids = path_ids(authority_id)
        if not ids:
            raise NotFound()
        found = {
            authority.id: authority
            for authority in Authority.objects.select_for_update(no_key=True)
            .filter(id__in=ids)
            .order_by("id")
        }
        path = [found[i] for i in ids]
        parents = [authority.parent_id for authority in path]
        if parents == [None, *ids[:-1]]:
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
    taken = {place for place, _room in _overlaps([room_id], spans, except_booking)}
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


def rooms_busy_on(room_ids: Sequence[UUID], spans: Sequence[Span]) -> set[UUID]:
    """Which of these rooms something occupies on any of the dates."""
    return {room_id for _place, room_id in _overlaps(room_ids, spans, None)}


_STATES = ", ".join(f"'{state.value}'" for state in OCCUPYING)
#: rooms in one statement; the dates are bound by the horizon
_ROOMS_AT_ONCE = 400
#: dates in one statement: three values each, far below SQLite's limit
_DATES_AT_ONCE = 400


def _overlaps(
    room_ids: Sequence[UUID], spans: Sequence[Span], except_booking: UUID | None
) -> set[tuple[int, UUID]]:
    """(place of the span, room) of whatever overlaps: one statement, for each date a range on the room's index.

    The range begins at the longest possible block before the date: exact, and never a scan of the past.
    """
    at = Occurrence._meta.get_field("blocks_from")
    key = Occurrence._meta.get_field("id")
    moment = "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
    found: set[tuple[int, UUID]] = set()
    for start in range(0, len(spans), _DATES_AT_ONCE):
        values: list[object] = []
        for place, span in enumerate(spans[start : start + _DATES_AT_ONCE], start=start):
            moments = (span.blocks_from - LONGEST_BLOCK, span.blocks_from, span.blocks_until)
            values += [place, *(at.get_db_prep_value(moment_, connection) for moment_ in moments)]
        rows = ", ".join([f"(%s, {moment}, {moment}, {moment})"] * (len(values) // 4))
        for first in range(0, len(room_ids), _ROOMS_AT_ONCE):
            rooms = [key.get_db_prep_value(r, connection) for r in room_ids[first : first + _ROOMS_AT_ONCE]]
            statement = (
                "WITH wanted (place, lowest, blocks_from, blocks_until)"  # noqa: S608 - only placeholders
                f" AS (VALUES {rows})"
                " SELECT DISTINCT wanted.place, other.room_id"
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
                found |= {(place, key.to_python(room_id)) for place, room_id in cursor.fetchall()}
    return found


def servers_taking(pool_id: UUID) -> list[ConferenceServer]:
    """Servers that seats may be promised on: health is of no interest months ahead, the operator's word is."""
    return list(ConferenceServer.objects.filter(pool_id=pool_id, state=ServerState.ENABLED).order_by("id"))


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


def reserve_servers(
    pool: Pool,
    servers: Sequence[ConferenceServer],
    dates: Sequence[Date],
    seats: int,
    levels: ledger.Levels,
) -> list[UUID]:
    """A server for each date (best fit; if none fits, others make room). The caller holds the pool's lock.

    servers: those of the pool that take new meetings (`servers_taking`), read under the lock.
    Raises NoCapacity with the first date's numbers and every date that fails.
    """
    chosen_ids: list[UUID] = []
    failed: list[Clash] = []
    refusal: NoCapacity | None = None
    for date_ in dates:
        candidates = loads(servers, levels, date_.starts_at, date_.ends_at)
        in_pool = levels.peak(pool.id, date_.starts_at, date_.ends_at)
        left = seats_left_with_largest_lost(pool, servers, in_pool.seats)
        chosen: UUID | None = None
        if left is None or left >= seats:
            left = None
            chosen = allocation.best_fit(candidates, seats)
            if chosen is None and servers:
                plan = allocation.make_room(
                    [allocation.Server(s.id, s.seats, s.meetings) for s in servers],
                    _reservations(pool.id, date_.starts_at, date_.ends_at),
                    starts_at=date_.starts_at,
                    ends_at=date_.ends_at,
                    seats=seats,
                )
                if plan is not None:
                    _apply_moves(plan.moves)
                    chosen = plan.server_id
                    days = {day for d in dates for day in ledger.days_of(d.starts_at, d.ends_at)}
                    levels = ledger.read_levels([*[s.id for s in servers], pool.id], days)
        if chosen is None:
            failed.append(Clash(date_.starts_at, date_.ends_at, NoCapacity.code))
            refusal = refusal or no_capacity(pool, candidates, seats, left)
        else:
            chosen_ids.append(chosen)
    if refusal is not None:
        refusal.conflicts = tuple(failed)
        raise refusal
    return chosen_ids


def _reservations(pool_id: UUID, starts_at: datetime, ends_at: datetime) -> list[allocation.Reservation]:
    """What overlaps the interval, and what overlaps any of that; meetings that run over keep their seats."""

    def overlapping(first: datetime, last: datetime) -> list[Occurrence]:
        return list(
            Occurrence.objects.filter(
                pool_id=pool_id,
                state__in=OCCUPYING,
                blocks_from__gt=first - LONGEST_BLOCK,
                starts_at__lt=last,
                ends_at__gt=first,
            ).only("id", "reserved_server_id", "starts_at", "ends_at", "seats", "state")
        )

    near = overlapping(starts_at, ends_at)
    first = min([starts_at, *(o.starts_at for o in near)])
    last = max([ends_at, *(o.ends_at for o in near)])
    found = [
        allocation.Reservation(
            o.id, o.reserved_server_id, o.starts_at, o.ends_at, o.seats, o.state in NOT_YET_OPEN
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
    """Re-reserve dates on other servers of the same pool; pool and authorities see no difference."""
    occurrences = {o.id: o for o in Occurrence.objects.filter(id__in=[m.reservation_id for m in moves])}
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


def check_quotas(path: Sequence[Authority], dates: Sequence[Date], seats: int, levels: ledger.Levels) -> None:
    """Raise QuotaExceeded if any authority from the root down would pass a limit at any instant of any date."""
    limits = Limits.read([authority.id for authority in path])
    monthly = ledger.seat_minutes([(d.starts_at, d.ends_at) for d in dates], seats)
    months_used: dict[tuple[UUID, date], int] | None = None
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


def busy_rooms(starts_at: datetime, ends_at: datetime, room_ids: Iterable[UUID] | None = None) -> set[UUID]:
    """Rooms that something occupies within the interval (one index range: the busy ones, not all rooms)."""
    overlapping = Q(
        state__in=OCCUPYING,
        blocks_from__gt=starts_at - LONGEST_BLOCK,
        blocks_from__lt=ends_at,
        blocks_until__gt=starts_at,
    )
    found = Occurrence.objects.filter(overlapping)
    if room_ids is not None:
        found = found.filter(room_id__in=room_ids)
    return set(found.values_list("room_id", flat=True))


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
