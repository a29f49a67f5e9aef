# SPDX-License-Identifier: EUPL-1.2
"""Fill a calendar on with what stands in it already, weeks later: `python -m bench.caldav_fill NUMBERS WEEKS TIMES`.

Booking 10,000 events through the door takes as long as everything that is measured with them. So the first NUMBERS
events are put through it, which fills WEEKS whole weeks, and what they left behind is written TIMES times more, each so
many weeks further on: rooms, servers and ledger repeat with them. A test has the audit of the invariants look at it.
Only links are alike but for their hashes, and there is neither audit nor outbox for the copies. PostgreSQL only.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import Any

_COPIES = """
    CREATE TEMP TABLE the_copy AS
        SELECT b.id AS old, o.id AS old_date, b.join_link_id AS old_link, n, step * %(shift)s::interval AS shift,
            ('01a30000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
            ('01a30001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS date,
            'bench-' || lpad((substr(b.uid, 7)::int + step * %(numbers)s)::text, 6, '0') AS uid
        FROM bookings_booking b JOIN bookings_occurrence o ON o.booking_id = b.id CROSS JOIN
            generate_series(1, %(times)s) AS step,
            LATERAL (SELECT (step - 1) * %(numbers)s + substr(b.uid, 7)::int + 1 AS n) AS counted
        WHERE b.uid LIKE 'bench-%%';
    ANALYZE the_copy;
"""

#: table -> what of its columns is another in a copy, as SQL over the row `one` and its `the_copy`, and how they meet
_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "bookings_joinlink": (
        {
            "id": "id",
            "token_hash": "encode(sha256(('t' || n)::bytea), 'hex')",
            "pin_hash": "encode(sha256(('p' || n)::bytea), 'hex')",
            "moderator_pin_hash": "encode(sha256(('m' || n)::bytea), 'hex')",
        },
        "one.id = copy.old_link",
    ),
    "bookings_booking": (
        {
            "id": "id",
            "uid": "uid",
            "join_link_id": "id",
            "title": "'Besprechung ' || substr(copy.uid, 7)::int",
            "starts_local": "to_char(one.starts_local::timestamp + shift, 'YYYY-MM-DD\"T\"HH24:MI:SS')",
        },
        "one.id = copy.old",
    ),
    "bookings_occurrence": (
        {
            "id": "date",
            "booking_id": "id",
            "recurrence_id": "to_char(one.recurrence_id::timestamp + shift, 'YYYY-MM-DD\"T\"HH24:MI:SS')",
            "starts_at": "one.starts_at + shift",
            "ends_at": "one.ends_at + shift",
            "blocks_from": "one.blocks_from + shift",
            "blocks_until": "one.blocks_until + shift",
        },
        "one.id = copy.old_date",
    ),
    "bookings_attendee": ({"id": "gen_random_uuid()", "booking_id": "id"}, "one.booking_id = copy.old"),
    "bookings_busytime": (
        {
            "occurrence_id": "date",
            "starts_at": "one.starts_at + shift",
            "ends_at": "one.ends_at + shift",
        },
        "one.occurrence_id = copy.old_date",
    ),
    "bookings_historyentry": ({"id": "gen_random_uuid()", "booking_id": "id"}, "one.booking_id = copy.old"),
    "bookings_calendarentry": (
        {
            "booking_id": "id",
            "href": "CASE WHEN one.href = 'bench-' || substr(one.uid, 7) || '.ics' THEN copy.uid || '.ics'"
            " ELSE copy.id || '.ics' END",
            "uid": "uid",
            "change": "calendar.change + row_number() OVER (PARTITION BY one.calendar_id ORDER BY n)",
            "first_at": "one.first_at + shift",
            "last_at": "one.last_at + shift",
        },
        "one.booking_id = copy.old JOIN bookings_calendar calendar ON calendar.id = one.calendar_id",
    ),
    "caldav_dressedentry": ({"booking_id": "id"}, "one.booking_id = copy.old"),
}

_SUMS = """
    UPDATE bookings_calendar calendar SET change = newest.change
        FROM (SELECT calendar_id, max(change) AS change FROM bookings_calendarentry GROUP BY calendar_id) AS newest
        WHERE newest.calendar_id = calendar.id;
    INSERT INTO bookings_ledgerstep (account, day, at, seats, meetings, opening_seats, opening_meetings)
        SELECT account, ((at + step * %(shift)s::interval) AT TIME ZONE 'UTC')::date, at + step * %(shift)s::interval,
            seats, meetings, opening_seats, opening_meetings
        FROM bookings_ledgerstep CROSS JOIN generate_series(1, %(times)s) AS step;
    INSERT INTO bookings_monthlyuse (account, month, seat_minutes)
        SELECT account, used.month, minutes FROM (SELECT DISTINCT account FROM bookings_monthlyuse) AS accounts
        CROSS JOIN (
            SELECT date_trunc('month', starts_at AT TIME ZONE %(zone)s)::date AS month,
                sum(extract(epoch FROM ends_at - starts_at)::int / 60 * seats) AS minutes
            FROM bookings_occurrence WHERE id IN (SELECT date FROM the_copy) GROUP BY 1
        ) AS used
        ON CONFLICT (account, month)
            DO UPDATE SET seat_minutes = bookings_monthlyuse.seat_minutes + excluded.seat_minutes;
    DROP TABLE the_copy;
"""


def fill_on(*, numbers: int, weeks: int, times: int) -> None:
    """Events 0 to `numbers` stand in one calendar, and in nobody else's; so many weeks hold them all."""
    from django.conf import settings  # noqa: PLC0415  after django.setup()
    from django.db import connection, transaction  # noqa: PLC0415

    values: dict[str, Any] = {
        "numbers": numbers,
        "shift": timedelta(weeks=weeks),
        "times": times,
        "zone": settings.VCONF_TIME_ZONE,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for statements in (_COPIES, *map(_copying, _TABLES), _SUMS):
            for statement in statements.split(";\n"):
                if statement.strip():
                    cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copying(table: str) -> str:
    from django.db import connection  # noqa: PLC0415

    others, meets = _TABLES[table]
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, table)
        keys = {one["column"] for one in connection.introspection.get_sequences(cursor, table)}
    names = [column.name for column in columns if column.name not in keys]
    values = [_of_copy(others[name]) if name in others else f'one."{name}"' for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} FROM {table} one"
        f" JOIN the_copy copy ON {meets} ORDER BY n"
    )


def _of_copy(value: str) -> str:
    return f"copy.{value}" if value.isidentifier() else value


def main() -> None:
    import django  # noqa: PLC0415  the settings are read from the environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
    django.setup()
    numbers, weeks, times = map(int, sys.argv[1:])
    fill_on(numbers=numbers, weeks=weeks, times=times)


if __name__ == "__main__":
    main()
