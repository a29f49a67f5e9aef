# SPDX-License-Identifier: EUPL-1.2
"""Fill a PostgreSQL database with dates: `python -m bench.fill 1000000 2026-11-30`, the Monday to begin with.

VCONF_DATABASE_URL names the database; with 0 dates it may be SQLite's.

Every room has five dates on every working day, an hour or less each between 07:00 and 17:00 UTC, as many weeks as it
takes (at 1 million 40, at 5 million 200, of which 124 are past). Four of the five belong to weekly series of up to
40 dates, the fifth is a booking of its own. Besides the organiser two colleagues and somebody outside are invited.

Everything is set-based SQL with indexes and foreign keys taken off: the rows are those that `book` would have written,
ledger, seat-hours and calendars included (a test has the audit of the invariants look at them). Only join links are
alike but for their hashes, and there is neither audit nor outbox for the past.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.cast import PEOPLE_AT_EACH, ROOMS, SERVERS_IN_EACH, write_cast

DATES_A_DAY = 5
#: weeks that can be booked ahead with the usual horizon of 550 days
WEEKS_AHEAD = 76
SERIES_WEEKS = 40

#: what is filled, and whose indexes and constraints are made again afterwards
TABLES = (
    "bookings_joinlink",
    "bookings_booking",
    "bookings_occurrence",
    "bookings_attendee",
    "bookings_busytime",
    "bookings_calendarentry",
    "bookings_ledgerstep",
    "bookings_monthlyuse",
)

#: numbers that look random and are the same every time
_HASH = "abs(hashint8({}))"

_STATEMENTS: tuple[tuple[str, str], ...] = (
    (
        "rooms and people by number",
        """
        CREATE TEMP TABLE the_room AS
            SELECT row_number() OVER (ORDER BY name) - 1 AS n, id, pool_id, seats FROM rooms_room;
        CREATE TEMP TABLE the_server AS
            SELECT row_number() OVER (PARTITION BY pool_id ORDER BY name) - 1 AS n, id, pool_id
            FROM rooms_conferenceserver;
        CREATE TEMP TABLE the_person AS
            SELECT substr(p.subject, 2)::int AS n, p.id, p.name, p.email, m.authority_id, c.id AS calendar_id
            FROM authorities_person p JOIN authorities_membership m ON m.person_id = p.id AND m.is_home
            JOIN bookings_calendar c ON c.person_id = p.id WHERE p.subject LIKE 'p%%';
        CREATE INDEX ON the_person (n);
        CREATE TEMP TABLE the_path AS
            WITH RECURSIVE up(authority_id, above) AS (
                SELECT id, id FROM authorities_authority
                UNION ALL
                SELECT up.authority_id, a.parent_id FROM up JOIN authorities_authority a ON a.id = up.above
                WHERE a.parent_id IS NOT NULL
            ) SELECT authority_id, above AS account FROM up;
        ANALYZE the_room; ANALYZE the_server; ANALYZE the_person; ANALYZE the_path;
        """,
    ),
    (
        # slot k of a day is one of the hours 2k and 2k+1; the same through all weeks of a series
        "dates, each with the booking it belongs to",
        f"""
        CREATE TEMP TABLE the_date AS
            SELECT *, %(base)s::timestamptz + week * interval '7 days' + weekday * interval '1 day'
                + (7 + 2 * k + hour) * interval '1 hour' AS starts_at
            FROM (
                SELECT n, n %% {ROOMS} AS room_n, k, day %% 5 AS weekday, day / 5 AS week, series,
                    {_HASH.format("series")} %% 2 AS hour,
                    (ARRAY[60, 60, 60, 45, 30])[1 + {_HASH.format("series + 7")} %% 5] AS minutes
                FROM (
                    SELECT *, CASE WHEN k = {DATES_A_DAY - 1} THEN n::bigint
                        ELSE 1000000000::bigint * (1 + day / 5 / {SERIES_WEEKS})
                            + ((n %% {ROOMS}) * {DATES_A_DAY} + k) * 5 + day %% 5 END AS series
                    FROM (
                        SELECT n, n / {ROOMS} %% {DATES_A_DAY} AS k, n / ({ROOMS} * {DATES_A_DAY}) AS day
                        FROM generate_series(0, %(size)s - 1) AS n
                    ) AS counted
                ) AS grouped
            ) AS placed;
        ANALYZE the_date;
        """,
    ),
    (
        "bookings",
        f"""
        CREATE TEMP TABLE the_booking AS
            SELECT series, row_number() OVER (ORDER BY series) AS n, min(room_n) AS room_n, min(starts_at) AS first,
                min(minutes) AS minutes, count(*) AS dates,
                {_HASH.format("series + 1")} %% %(people)s AS organiser_n,
                ('01900000-0000-7000-8000-' || lpad(to_hex(row_number() OVER (ORDER BY series)), 12, '0'))::uuid AS id
            FROM the_date GROUP BY series;
        CREATE UNIQUE INDEX ON the_booking (series);
        ANALYZE the_booking;
        INSERT INTO bookings_joinlink (id, token, token_hash, pin, pin_hash, moderator_pin, moderator_pin_hash)
            SELECT id, %(token)s, encode(sha256(('t' || n)::bytea), 'hex'), %(pin)s,
                encode(sha256(('p' || n)::bytea), 'hex'), %(pin)s, encode(sha256(('m' || n)::bytea), 'hex')
            FROM the_booking ORDER BY n;
        INSERT INTO bookings_booking (id, uid, sequence, version, organiser_id, booked_by_id, authority_id, room_id,
                join_link_id, title, description, language, source, timezone, starts_local, duration, rrule, rdate,
                exdate, seats, created_at, changed_at, answers)
            SELECT b.id, b.id || '@bench.example', 0, 1, p.id, p.id, p.authority_id, r.id, b.id, 'Meeting ' || b.n,
                '', 'de', 'api', 'UTC', to_char(b.first AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS'),
                b.minutes * interval '1 minute',
                CASE WHEN b.dates > 1 THEN 'FREQ=WEEKLY;COUNT=' || b.dates ELSE '' END, '[]', '[]', 4,
                least(b.first, now()) - interval '30 days', least(b.first, now()) - interval '30 days', 0
            FROM the_booking b JOIN the_room r ON r.n = b.room_n JOIN the_person p ON p.n = b.organiser_n
            ORDER BY b.n;
        """,
    ),
    (
        "occurrences",
        f"""
        INSERT INTO bookings_occurrence (id, booking_id, room_id, pool_id, reserved_server_id, recurrence_id, title,
                starts_at, ends_at, blocks_from, blocks_until, seats, state, reserved_at, released_at)
            SELECT ('01900000-0001-7000-8000-' || lpad(to_hex(d.n), 12, '0'))::uuid, b.id, r.id, r.pool_id, s.id,
                to_char(d.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS'), '', d.starts_at, e.ends_at,
                d.starts_at, e.ends_at, 4, CASE WHEN e.ends_at < now() THEN 'ended' ELSE 'confirmed' END,
                least(b.first, now()) - interval '30 days', CASE WHEN e.ends_at < now() THEN e.ends_at END
            FROM the_date d JOIN the_booking b USING (series) JOIN the_room r ON r.n = d.room_n
            JOIN the_server s ON s.pool_id = r.pool_id AND s.n = r.n / 4 %% {SERVERS_IN_EACH},
            LATERAL (SELECT d.starts_at + d.minutes * interval '1 minute' AS ends_at) AS e
            ORDER BY d.n;
        """,
    ),
    (
        "people invited",
        f"""
        CREATE TEMP TABLE the_guest AS
            SELECT DISTINCT b.id AS booking_id, p.id AS person_id, p.email AS address, p.name, p.calendar_id
            FROM the_booking b CROSS JOIN generate_series(2, 3) AS g
            JOIN the_person p ON p.n = {_HASH.format("b.series + g")} %% %(people)s
            WHERE p.n <> b.organiser_n;
        INSERT INTO bookings_attendee
            (id, booking_id, address, name, role, partstat, comment, told_by_client, person_id)
            SELECT gen_random_uuid(), booking_id, address, name, 'REQ-PARTICIPANT', 'NEEDS-ACTION', '', FALSE,
                person_id
            FROM the_guest
            UNION ALL
            SELECT gen_random_uuid(), id, 'guest' || n %% 50000 || '@outside.example', '', 'REQ-PARTICIPANT',
                'NEEDS-ACTION', '', FALSE, NULL FROM the_booking;
        """,
    ),
    (
        "busy times",
        """
        INSERT INTO bookings_busytime (occurrence_id, person_id, starts_at, ends_at)
            SELECT o.id, p.person_id, o.starts_at, o.ends_at FROM bookings_occurrence o JOIN (
                SELECT id AS booking_id, organiser_id AS person_id FROM bookings_booking
                UNION
                SELECT booking_id, person_id FROM the_guest
            ) AS p USING (booking_id) WHERE o.state = 'confirmed';
        """,
    ),
    (
        "calendars",
        """
        INSERT INTO bookings_calendarentry (calendar_id, booking_id, href, uid, change, first_at, last_at)
            SELECT calendar_id, id, id || '.ics', id || '@bench.example',
                row_number() OVER (PARTITION BY calendar_id ORDER BY id), first_at, last_at FROM (
                SELECT p.calendar_id, b.id FROM the_booking b JOIN the_person p ON p.n = b.organiser_n
                UNION ALL
                SELECT c.id, b.id FROM the_booking b JOIN the_room r ON r.n = b.room_n
                JOIN bookings_calendar c ON c.room_id = r.id
                UNION ALL
                SELECT calendar_id, booking_id FROM the_guest
            ) AS shown
            JOIN (
                SELECT booking_id AS id, min(starts_at) AS first_at, max(ends_at) AS last_at
                FROM bookings_occurrence GROUP BY booking_id
            ) AS span USING (id);
        UPDATE bookings_calendar c SET change = e.change
            FROM (SELECT calendar_id, max(change) AS change FROM bookings_calendarentry GROUP BY calendar_id) AS e
            WHERE e.calendar_id = c.id;
        """,
    ),
    (
        "ledger",
        """
        CREATE TEMP TABLE the_step AS
            SELECT reserved_server_id, pool_id, authority_id, at, sum(seats) AS seats, sum(meetings) AS meetings
            FROM (
                SELECT o.reserved_server_id, o.pool_id, b.authority_id, o.starts_at AS at, o.seats, 1 AS meetings
                FROM bookings_occurrence o JOIN bookings_booking b ON b.id = o.booking_id
                UNION ALL
                SELECT o.reserved_server_id, o.pool_id, b.authority_id, o.ends_at, -o.seats, -1
                FROM bookings_occurrence o JOIN bookings_booking b ON b.id = o.booking_id
            ) AS each GROUP BY reserved_server_id, pool_id, authority_id, at;
        INSERT INTO bookings_ledgerstep (account, day, at, seats, meetings, opening_seats, opening_meetings)
            SELECT account, (at AT TIME ZONE 'UTC')::date, at, sum(seats), sum(meetings), 0, 0 FROM (
                SELECT reserved_server_id AS account, at, seats, meetings FROM the_step
                UNION ALL
                SELECT pool_id, at, seats, meetings FROM the_step
                UNION ALL
                SELECT p.account, s.at, s.seats, s.meetings FROM the_step s JOIN the_path p USING (authority_id)
            ) AS charged GROUP BY account, at ORDER BY account, at;
        INSERT INTO bookings_monthlyuse (account, month, seat_minutes)
            SELECT p.account, u.month, sum(u.minutes) FROM (
                SELECT b.authority_id, date_trunc('month', o.starts_at AT TIME ZONE %(zone)s)::date AS month,
                    sum(extract(epoch FROM o.ends_at - o.starts_at)::int / 60 * o.seats) AS minutes
                FROM bookings_occurrence o JOIN bookings_booking b ON b.id = o.booking_id GROUP BY 1, 2
            ) AS u JOIN the_path p USING (authority_id) GROUP BY 1, 2;
        """,
    ),
)


def weeks_of(size: int) -> int:
    days = -(-size // (ROOMS * DATES_A_DAY))
    return -(-days // 5)


def first_monday(size: int, today: date) -> date:
    """Where the filled weeks begin: with the next week, or as far back as the horizon does not reach."""
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
    return monday - timedelta(weeks=max(0, weeks_of(size) - WEEKS_AHEAD))


def first_whole_week(size: int, base: date, now: datetime) -> datetime:
    """The first filled week that is wholly ahead: Monday, midnight UTC."""
    week = datetime.combine(base, datetime.min.time(), tzinfo=UTC)
    while week <= now:
        week += timedelta(weeks=1)
    return week


def is_fresh(size: int, base: date, now: datetime) -> bool:
    """Whether enough filled weeks are still ahead to ask about: half a year, or all there are."""
    passed = (first_whole_week(size, base, now).date() - base).days // 7
    return weeks_of(size) - passed >= min(weeks_of(size), 28)


def fill(size: int, *, base: date, tell: Any = print) -> None:
    """Fill an empty, migrated database. `base`: the Monday of the first filled week."""
    from django.conf import settings  # noqa: PLC0415  after django.setup()
    from django.db import connection  # noqa: PLC0415

    from bench.cast import AGENCIES, MINISTRIES  # noqa: PLC0415
    from vconf.crypto import encrypt  # noqa: PLC0415

    write_cast()
    values: dict[str, str | int] = {
        "size": size,
        "base": datetime.combine(base, datetime.min.time(), tzinfo=UTC).isoformat(),
        "people": MINISTRIES * AGENCIES * PEOPLE_AT_EACH,
        "token": encrypt("a link that nobody opens"),
        "pin": encrypt("123456789"),
        "zone": settings.VCONF_TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        with _bare(cursor, tell):
            for what, statements in _STATEMENTS:
                begun = time.monotonic()
                for statement in statements.split(";\n"):
                    if statement.strip():
                        cursor.execute(statement, values)
                tell(f"  {what}: {time.monotonic() - begun:.1f} s")
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET work_mem")


@contextmanager
def _bare(cursor: Any, tell: Any) -> Iterator[None]:
    """Indexes and constraints of the tables, primary keys apart, are taken off and made again afterwards."""
    marks = ", ".join(["%s"] * len(TABLES))
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE conrelid::regclass::text IN ({marks}) AND contype <> 'p' ORDER BY contype = 'f', conname",
        TABLES,
    )
    constraints = cursor.fetchall()
    for table, name, _definition in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN"
        f" ({marks}) AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        TABLES,
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    begun = time.monotonic()
    for _name, definition in indexes:
        cursor.execute(definition.replace("%", "%%"))
    for table, name, definition in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'.replace("%", "%%"))
    tell(f"  indexes and constraints: {time.monotonic() - begun:.1f} s")


def main() -> int:
    import django  # noqa: PLC0415  the settings are read from the environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    size, base = int(sys.argv[1]), date.fromisoformat(sys.argv[2])
    if size:
        fill(size, base=base)
    else:
        write_cast()
    return 0


if __name__ == "__main__":
    sys.exit(main())
