# SPDX-License-Identifier: EUPL-1.2
"""What dates are weighed against: the servers of pools, the quotas of a path, and what is taken of them at the time.

Everybody waits while this is read under the locks, so it is one statement. Whoever asks without locks has `window`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from vconf.authorities.models import Authority, Quota
from vconf.bookings import ledger
from vconf.bookings.quotas import Limits
from vconf.rooms.models import ConferenceServer, Pool, ServerState


@dataclass(frozen=True, slots=True)
class Standing:
    """servers: those that take new meetings, by id, with their size only. levels: of all that limits.

    months_used: seat-minutes of (authority, month), where hours are limited.
    """

    servers: Sequence[ConferenceServer]
    limits: Limits
    levels: ledger.Levels
    months_used: Mapping[tuple[UUID, date], int]


# An authority without a quota limits nothing, nor does a pool that keeps no server in reserve; theirs are the longest
# accounts. Of months, the columns first and moment are the month and nothing.
_READ = f"""
    WITH wanted (day, since, until) AS (VALUES {{times}}),
    server AS (
        SELECT id, pool_id, seats, meetings FROM rooms_conferenceserver WHERE pool_id IN ({{pools}})
        AND state = '{ServerState.ENABLED.value}'
    ),
    quota AS (SELECT * FROM authorities_quota WHERE authority_id IN ({{path}})),
    account (id) AS (
        SELECT id FROM server UNION SELECT authority_id FROM quota
        UNION SELECT id FROM rooms_pool WHERE id IN ({{pools}}) AND n_plus_one
    ),
    step AS (
        SELECT held.account, CASE WHEN held.at < wanted.since THEN wanted.since ELSE held.at END AS moment,
            held.seats, held.meetings, held.opening_seats, held.opening_meetings
        FROM account CROSS JOIN wanted
        JOIN bookings_ledgerstep AS held
            ON held.account = account.id AND held.day = wanted.day AND held.at < wanted.until
    )
    SELECT 'server', id, pool_id, {{no_moment}}, seats, meetings, CAST(NULL AS bigint), CAST(NULL AS bigint),
        CAST(NULL AS date), CAST(NULL AS date) FROM server
    UNION ALL
    SELECT 'quota', authority_id, NULL, {{no_moment}}, concurrent_seats, concurrent_meetings, seat_hours_per_month,
        NULL, valid_from, valid_until FROM quota
    UNION ALL
    SELECT 'step', account, NULL, {{moment}}, sum(seats), sum(meetings), sum(opening_seats), sum(opening_meetings),
        NULL, NULL FROM step GROUP BY account, moment
    UNION ALL
    SELECT 'month', account, NULL, {{no_moment}}, seat_minutes, NULL, NULL, NULL, month, NULL FROM bookings_monthlyuse
        WHERE account IN (SELECT authority_id FROM quota WHERE seat_hours_per_month IS NOT NULL)
        AND month IN ({{months}})
"""  # noqa: S608 - names of states only


def read(
    pools: Sequence[Pool], path: Sequence[Authority], times: Sequence[tuple[datetime, datetime]]
) -> Standing:
    """What stands in the way of these times. Who is to book has the locks of pool and path.

    Several times of a day are read as one. What a day held before comes as one step, what comes later not at all.
    """
    is_postgresql = connection.vendor == "postgresql"
    spans = ledger.spans_by_day(times)
    months = sorted(ledger.seat_minutes(times, 1))
    if is_postgresql:
        row = "(CAST(%s AS date), CAST(%s AS timestamptz), CAST(%s AS timestamptz))"
        moment = "CAST(EXTRACT(EPOCH FROM moment) * 1000000 AS bigint)"
        no_moment = "CAST(NULL AS bigint)"
    else:
        row, moment, no_moment = "(%s, %s, %s)", "moment", "NULL"
    statement = _READ.format(
        times=", ".join([row] * len(spans)),
        pools=", ".join(["%s"] * len(pools)),
        path=", ".join(["%s"] * len(path)),
        months=", ".join(["%s"] * len(months)),
        moment=moment,
        no_moment=no_moment,
    )
    key, on, at = ledger.prepared_id, ledger.prepared_day, ledger.prepared_moment
    values: list[Any] = [
        value for day, span in spans.items() for value in (on(day), at(span[0]), at(span[1]))
    ]
    pool_ids = [key(pool.id) for pool in pools]
    values += [*pool_ids, *(key(authority.id) for authority in path), *pool_ids]
    values += [on(month) for month in months]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    return _standing(rows)


def _standing(rows: Sequence[tuple[Any, ...]]) -> Standing:
    servers: list[ConferenceServer] = []
    quotas: list[Quota] = []
    steps: list[tuple[UUID, date, ledger.Step]] = []
    months: dict[tuple[UUID, date], int] = {}
    told: dict[Any, datetime] = {}
    for kind, key, pool_key, moment, *numbers, first, last in rows:
        one = _id(key)
        if kind == "server":
            sizes = (one, _id(pool_key), numbers[0], numbers[1])
            # nobody calls them from here, and every secret that is read is decrypted
            servers.append(
                ConferenceServer.from_db(connection.alias, ["id", "pool_id", "seats", "meetings"], sizes)
            )
        elif kind == "quota":
            quotas.append(
                Quota(
                    authority_id=one,
                    concurrent_seats=numbers[0],
                    concurrent_meetings=numbers[1],
                    seat_hours_per_month=numbers[2],
                    valid_from=_day(first),
                    valid_until=_day(last),
                )
            )
        elif kind == "step":
            at = told.get(moment)
            if at is None:
                at = told[moment] = ledger.moment_told(moment)
            steps.append((one, at.date(), ledger.Step(at, *numbers)))
        else:
            month = _day(first)
            assert month is not None
            months[one, month] = numbers[0]
    return Standing(
        sorted(servers, key=lambda server: server.id), Limits(quotas), ledger.Levels(steps), months
    )


def _id(value: UUID | str) -> UUID:
    """SQLite keeps UUIDs and days as text."""
    return value if isinstance(value, UUID) else UUID(value)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
