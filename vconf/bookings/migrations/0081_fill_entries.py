# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations
from django.utils import timezone

_TAKES_PLACE = "('pending', 'held', 'confirmed', 'opening', 'live', 'overrun', 'ended', 'no_show')"

#: UIDs were all our own until now, so no calendar shows one twice
_NAMES_AND_TIMES = """
    UPDATE bookings_calendarentry SET uid = told.uid, first_at = told.first_at, last_at = told.last_at
    FROM (
        SELECT b.id, b.uid,
            COALESCE(
                min(CASE WHEN o.state <> 'cancelled' THEN o.starts_at END), min(o.starts_at), b.created_at
            ) AS first_at,
            COALESCE(
                max(CASE WHEN o.state <> 'cancelled' THEN o.ends_at END), max(o.ends_at), b.created_at
            ) AS last_at
        FROM bookings_booking AS b LEFT JOIN bookings_occurrence AS o ON o.booking_id = b.id
        GROUP BY b.id
    ) AS told
    WHERE told.id = bookings_calendarentry.booking_id
"""

#: calendars of rooms show every booking that has a date there, and no other
_IN_ROOMS = f"""
    SELECT DISTINCT o.room_id, o.booking_id
    FROM bookings_occurrence AS o JOIN bookings_booking AS b ON b.id = o.booking_id
    WHERE o.state IN {_TAKES_PLACE} AND b.cancelled_at IS NULL
"""  # noqa: S608 - names and states only
_ROOMS = f"""
    INSERT INTO bookings_calendar (room_id, change, known_since)
    SELECT DISTINCT room_id, 0, 0 FROM ({_IN_ROOMS}) AS used
    WHERE NOT EXISTS (SELECT 1 FROM bookings_calendar AS c WHERE c.room_id = used.room_id)
"""  # noqa: S608 - names and states only
_GONE = f"""
    UPDATE bookings_calendarentry SET deleted_at = %s, change = told.change
    FROM (
        SELECT e.id, c.change + row_number() OVER (PARTITION BY c.id ORDER BY e.id) AS change
        FROM bookings_calendarentry AS e JOIN bookings_calendar AS c ON c.id = e.calendar_id
        WHERE e.deleted_at IS NULL AND c.room_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM ({_IN_ROOMS}) AS used
            WHERE used.room_id = c.room_id AND used.booking_id = e.booking_id
        )
    ) AS told
    WHERE told.id = bookings_calendarentry.id
"""  # noqa: S608 - names and states only
_BACK = f"""
    UPDATE bookings_calendarentry SET deleted_at = NULL, change = told.change
    FROM (
        SELECT e.id, c.change + row_number() OVER (PARTITION BY c.id ORDER BY e.id) AS change
        FROM bookings_calendarentry AS e
        JOIN bookings_calendar AS c ON c.id = e.calendar_id
        JOIN ({_IN_ROOMS}) AS used ON used.room_id = c.room_id AND used.booking_id = e.booking_id
        WHERE e.deleted_at IS NOT NULL
    ) AS told
    WHERE told.id = bookings_calendarentry.id
"""  # noqa: S608 - names and states only
_MISSING = f"""
    INSERT INTO bookings_calendarentry (calendar_id, booking_id, href, uid, change, first_at, last_at)
    SELECT c.id, known.booking_id, known.href, known.uid,
        c.change + row_number() OVER (PARTITION BY c.id ORDER BY known.booking_id), known.first_at, known.last_at
    FROM ({_IN_ROOMS}) AS used
    JOIN bookings_calendar AS c ON c.room_id = used.room_id
    JOIN (
        SELECT booking_id, min(href) AS href, min(uid) AS uid, min(first_at) AS first_at, max(last_at) AS last_at
        FROM bookings_calendarentry GROUP BY booking_id
    ) AS known ON known.booking_id = used.booking_id
    WHERE NOT EXISTS (
        SELECT 1 FROM bookings_calendarentry AS e WHERE e.calendar_id = c.id AND e.booking_id = used.booking_id
    )
"""  # noqa: S608 - names and states only
#: what takes place nowhere is shown to its organiser alone
_REFUSED = f"""
    UPDATE bookings_calendarentry SET deleted_at = %s, change = told.change
    FROM (
        SELECT e.id, c.change + row_number() OVER (PARTITION BY c.id ORDER BY e.id) AS change
        FROM bookings_calendarentry AS e
        JOIN bookings_calendar AS c ON c.id = e.calendar_id
        JOIN bookings_booking AS b ON b.id = e.booking_id
        WHERE e.deleted_at IS NULL AND c.person_id IS NOT NULL AND c.person_id <> b.organiser_id
        AND NOT EXISTS (
            SELECT 1 FROM bookings_occurrence AS o WHERE o.booking_id = b.id AND o.state IN {_TAKES_PLACE}
        )
    ) AS told
    WHERE told.id = bookings_calendarentry.id
"""  # noqa: S608 - names and states only
#: nobody has read these yet; from now on they do not tell the booking's id
_ROOM_NAMES = """
    UPDATE bookings_calendarentry SET href = {random} || '.ics'
    WHERE calendar_id IN (SELECT id FROM bookings_calendar WHERE room_id IS NOT NULL)
"""
_RANDOM = {
    "postgresql": "replace(CAST(gen_random_uuid() AS text), '-', '')",
    "sqlite": "lower(hex(randomblob(16)))",
}
_COUNTED = """
    UPDATE bookings_calendar SET change = told.change
    FROM (SELECT calendar_id, max(change) AS change FROM bookings_calendarentry GROUP BY calendar_id) AS told
    WHERE told.calendar_id = bookings_calendar.id AND told.change > bookings_calendar.change
"""


def fill(apps, schema_editor):
    now = schema_editor.connection.ops.adapt_datetimefield_value(timezone.now())
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_NAMES_AND_TIMES)
        cursor.execute(_ROOMS)
        for statement, values in (
            (_GONE, [now]),
            (_BACK, []),
            (_MISSING, []),
            (_REFUSED, [now]),
        ):
            cursor.execute(statement, values)
            # each goes on counting after the one before
            cursor.execute(_COUNTED)
        cursor.execute(_ROOM_NAMES.format(random=_RANDOM[schema_editor.connection.vendor]))


class Migration(migrations.Migration):
    dependencies = [("bookings", "0080_answers_and_entries")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
