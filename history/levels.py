# SPDX-License-Identifier: EUPL-1.2
"""How many seats servers, pools and authorities carry, added up from the dates alone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from history.calls import ZONE
from history.past import BOOKINGS, DATES, KEPT, QUOTAS, Past, peak


@dataclass(frozen=True, slots=True)
class Server:
    pool: UUID
    seats: int
    meetings: int | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What stays as it is: servers, pools, the tree, the rooms with their buffers (minutes before, after)."""

    servers: Mapping[UUID, Server]
    spared: Mapping[UUID, bool]
    parents: Mapping[UUID, UUID | None]
    rooms: Mapping[UUID, tuple[int, int]]

    @classmethod
    def read(cls) -> Scene:
        def rows(statement: str) -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())

        classes = {_uuid(i): _settings(text) for i, text in rows("SELECT id, settings FROM rooms_roomclass")}
        return cls(
            {
                _uuid(i): Server(_uuid(pool), seats, meetings)
                for i, pool, seats, meetings in rows(
                    "SELECT id, pool_id, seats, meetings FROM rooms_conferenceserver WHERE state = 'enabled'"
                )
            },
            {_uuid(i): bool(spared) for i, spared in rows("SELECT id, n_plus_one FROM rooms_pool")},
            {
                _uuid(i): None if parent is None else _uuid(parent)
                for i, parent in rows("SELECT id, parent_id FROM authorities_authority")
            },
            {_uuid(i): classes[_uuid(c)] for i, c in rows("SELECT id, room_class_id FROM rooms_room")},
        )

    def path(self, authority: UUID) -> list[UUID]:
        found = []
        at: UUID | None = authority
        while at is not None:
            found.append(at)
            at = self.parents[at]
        return found

    def pool_limit(self, pool: UUID) -> int:
        seats = [server.seats for server in self.servers.values() if server.pool == pool]
        return sum(seats) - (max(seats) if self.spared[pool] else 0)


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _settings(value: Any) -> tuple[int, int]:
    found = json.loads(value) if isinstance(value, str) else value
    before, after = (
        found.get(name, {"value": 0})["value"] for name in ("buffer_before_minutes", "buffer_after_minutes")
    )
    return before, after


# --- at every moment of the history ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Taken:
    begins: datetime
    ends: datetime
    planned: datetime
    seats: int
    server: UUID
    pool: UUID
    authority: UUID
    state: str

    @property
    def counts_hours(self) -> bool:
        return self.state != "no_show"


def check_levels(past: Past, scene: Scene) -> Iterator[str]:
    """What a transaction reserved anew kept every limit that held then. Limits lowered later are no matter."""
    bookings: dict[UUID, UUID] = {}
    taken: dict[UUID, _Taken] = {}
    quotas: dict[UUID, Mapping[str, Any]] = {}
    hours: dict[tuple[UUID, date], int] = defaultdict(int)
    for transaction in past.transactions:
        fresh: list[tuple[_Taken, bool]] = []
        for line in {(line.table, line.row["id"]): line for line in transaction.lines}.values():
            row = line.row
            if line.table == BOOKINGS:
                bookings[row["id"]] = row["authority_id"]
            elif line.table == QUOTAS:
                quotas[row["authority_id"]] = row
        for line in {line.row["id"]: line for line in transaction.lines if line.table == DATES}.values():
            row = line.row
            before = taken.pop(row["id"], None)
            _count(hours, scene, before, -1)
            if line.gone or row["state"] not in KEPT or row["booking_id"] not in bookings:
                continue
            ends = row["ends_at"] if row["released_at"] is None else min(row["ends_at"], row["released_at"])
            now = _Taken(
                row["starts_at"],
                ends,
                row["ends_at"],
                row["seats"],
                row["reserved_server_id"],
                row["pool_id"],
                bookings[row["booking_id"]],
                row["state"],
            )
            taken[row["id"]] = now
            _count(hours, scene, now, 1)
            if before is None or (now.begins, now.planned, now.seats, now.pool, now.authority) != (
                before.begins,
                before.planned,
                before.seats,
                before.pool,
                before.authority,
            ):
                fresh.append((now, True))
            elif now.server != before.server:
                fresh.append((now, False))
        for now, whole in fresh:
            yield from _passed(now, whole, taken, scene, quotas, hours, transaction.key)


def _count(hours: dict[tuple[UUID, date], int], scene: Scene, one: _Taken | None, sign: int) -> None:
    if one is None or not one.counts_hours:
        return
    for month, minutes in minutes_by_month(one.begins, one.planned).items():
        for authority in scene.path(one.authority):
            hours[authority, month] += sign * minutes * one.seats


def _passed(
    now: _Taken,
    whole: bool,
    taken: Mapping[UUID, _Taken],
    scene: Scene,
    quotas: Mapping[UUID, Mapping[str, Any]],
    hours: Mapping[tuple[UUID, date], int],
    key: str,
) -> Iterator[str]:
    others = [o for o in taken.values() if o.begins < now.ends and o.ends > now.begins]

    def level(among: list[_Taken]) -> tuple[int, int]:
        return peak([(o.begins, o.ends, o.seats) for o in among], now.begins, now.ends)

    server = scene.servers[now.server]
    seats, meetings = level([o for o in others if o.server == now.server])
    if seats > server.seats or (server.meetings is not None and meetings > server.meetings):
        yield f"server {now.server} at {now.begins}: {seats} of {server.seats} (transaction {key})"
    if not whole:
        return
    seats, _ = level([o for o in others if o.pool == now.pool])
    if seats > scene.pool_limit(now.pool):
        yield f"pool {now.pool} at {now.begins}: {seats} of {scene.pool_limit(now.pool)} (transaction {key})"
    for authority in scene.path(now.authority):
        quota = quotas.get(authority)
        if quota is None:
            continue
        seats, meetings = level([o for o in others if authority in scene.path(o.authority)])
        for what, limit, used in (
            ("seats", quota["concurrent_seats"], seats),
            ("meetings", quota["concurrent_meetings"], meetings),
        ):
            if limit is not None and used > limit:
                yield f"authority {authority} at {now.begins}: {used} of {limit} {what} (transaction {key})"
        most = quota["seat_hours_per_month"]
        for month in minutes_by_month(now.begins, now.planned) if most is not None else ():
            if hours[authority, month] > most * 60:
                yield f"authority {authority} in {month}: {hours[authority, month] / 60} of {most} seat-hours"


# --- the ledger --------------------------------------------------------------------------------------------


def minutes_by_month(begins: datetime, ends: datetime) -> dict[date, int]:
    """Minutes in each local month."""
    found: dict[date, int] = {}
    zone = ZoneInfo(ZONE)
    at = begins
    while at < ends:
        month = at.astimezone(zone).date().replace(day=1)
        following = (month + timedelta(days=32)).replace(day=1)
        until = min(ends, datetime.combine(following, time(), tzinfo=zone).astimezone(UTC))
        found[month] = int((until - at).total_seconds() // 60)
        at = until
    return found


def check_ledger(scene: Scene) -> Iterator[str]:
    """At every instant the ledger's level is the sum of the dates there, and each month has its seat-hours."""
    own: dict[UUID, dict[datetime, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    hours: dict[tuple[UUID, date], int] = defaultdict(int)
    states = ", ".join(f"'{state}'" for state in sorted(KEPT))
    dates = (
        "SELECT o.id, o.reserved_server_id, o.pool_id, b.authority_id, o.starts_at, o.ends_at, o.released_at,"
        " o.seats, o.state FROM bookings_occurrence o JOIN bookings_booking b ON b.id = o.booking_id"
        f" WHERE o.state IN ({states})"
    )
    accounts: dict[UUID, tuple[list[UUID], int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(dates)
        for i, server, pool, authority, starts_at, ends_at, released_at, seats, state in cursor.fetchall():
            path = scene.path(_uuid(authority))
            accounts[_uuid(i)] = [_uuid(server), _uuid(pool), *path], seats
            begins, ends = _utc(starts_at), _utc(ends_at)
            released = ends if released_at is None else min(ends, _utc(released_at))
            _add(own, *accounts[_uuid(i)], begins, released)
            if state != "no_show":
                for month, minutes in minutes_by_month(begins, ends).items():
                    for one in path:
                        hours[one, month] += minutes * seats
        cursor.execute("SELECT occurrence_id, starts_at, ends_at FROM bookings_overrun")
        for i, starts_at, ends_at in cursor.fetchall():
            if _uuid(i) in accounts:
                _add(own, *accounts[_uuid(i)], _utc(starts_at), _utc(ends_at))
        cursor.execute(
            "SELECT account, at, seats, meetings, opening_seats, opening_meetings FROM bookings_ledgerstep"
        )
        kept: dict[UUID, dict[datetime, tuple[int, ...]]] = defaultdict(dict)
        for account, at, *numbers in cursor.fetchall():
            kept[_uuid(account)][_utc(at)] = tuple(numbers)
        cursor.execute("SELECT account, month, seat_minutes FROM bookings_monthlyuse")
        monthly = {
            (_uuid(account), month if isinstance(month, date) else date.fromisoformat(month)): minutes
            for account, month, minutes in cursor.fetchall()
            if minutes
        }
    for account in {*own, *kept}:
        yield from _compared(account, own[account], kept[account])
    for key in {*hours, *monthly}:
        if hours.get(key, 0) != monthly.get(key, 0):
            yield f"seat-minutes of {key[0]} in {key[1]}: {monthly.get(key, 0)}, not {hours.get(key, 0)}"


def _add(
    own: dict[UUID, dict[datetime, list[int]]],
    accounts: list[UUID],
    seats: int,
    begins: datetime,
    ends: datetime,
) -> None:
    if ends <= begins:
        return
    for account in accounts:
        for at, sign in ((begins, 1), (ends, -1)):
            own[account][at][0] += sign * seats
            own[account][at][1] += sign


def _compared(
    account: UUID, own: Mapping[datetime, list[int]], kept: Mapping[datetime, tuple[int, ...]]
) -> Iterator[str]:
    """The ledger starts anew each midnight (UTC) from what it carries over; we do not."""
    level, ledger = [0, 0], [0, 0]
    day: date | None = None
    midnights = {datetime.combine(at.date(), time(), tzinfo=UTC) for at in {*own, *kept}}
    for at in sorted({*own, *kept, *midnights}):
        if at.date() != day:
            day, ledger = at.date(), [0, 0]
        seats, meetings, opening_seats, opening_meetings = kept.get(at, (0, 0, 0, 0))
        ledger = [ledger[0] + seats + opening_seats, ledger[1] + meetings + opening_meetings]
        change = own.get(at, (0, 0))
        level = [level[0] + change[0], level[1] + change[1]]
        if level != ledger:
            yield f"{account} at {at}: {ledger} in the ledger, {level} by the dates"
            return


def _utc(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
