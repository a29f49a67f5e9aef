# SPDX-License-Identifier: EUPL-1.2
"""When people have something: kept beside the dates in the booking transaction, asked in one statement.

`BusyTime` is written in three places only. Whoever makes a booking adds them (`calendars.NewInCalendars`); whoever
changes one shows it in calendars at the end (`calendars.show_booking`), and that is where all its busy times are
brought in line; what ends a date without changing its booking is `meetings`, which sets its people free. The audit of
the invariants compares.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from vconf.bookings.ledger import prepared_id, prepared_moment
from vconf.bookings.models import (
    OCCUPYING,
    Attendee,
    AttendeeAnswer,
    Booking,
    BusyTime,
    Occurrence,
    PartStat,
)
from vconf.bookings.overlaps import moment_of
from vconf.bookings.spans import LONGEST_BLOCK
from vconf.bookings.window import Interval
from vconf.writing import Writing

_BUSY, _DATES, _BOOKINGS, _ATTENDEES, _ANSWERS = (
    model._meta.db_table for model in (BusyTime, Occurrence, Booking, Attendee, AttendeeAnswer)
)
_STATES = ", ".join(f"'{state.value}'" for state in OCCUPYING)

#: date and person of a booking: the organiser, and who is invited and has not declined, this date or all
_WHO_IS_BUSY = f"""
    SELECT o.id AS occurrence_id, p.id AS person_id, o.starts_at, o.ends_at
    FROM (
        SELECT id, starts_at, ends_at FROM {_DATES} WHERE booking_id = %s AND state IN ({_STATES})
        ORDER BY id {{lock}}
    ) AS o
    CROSS JOIN (
        SELECT organiser_id AS id, NULL AS attendee_id, '' AS partstat FROM {_BOOKINGS} WHERE id = %s
        UNION ALL
        SELECT person_id, id, partstat FROM {_ATTENDEES} WHERE booking_id = %s AND person_id IS NOT NULL
    ) AS p
    LEFT JOIN {_ANSWERS} AS a ON a.attendee_id = p.attendee_id AND a.occurrence_id = o.id
    WHERE COALESCE(a.partstat, p.partstat) <> '{PartStat.DECLINED.value}'
    GROUP BY o.id, p.id, o.starts_at, o.ends_at
"""  # noqa: S608 - names of tables and states only

_KEEP = f"""
    INSERT INTO {_BUSY} AS known (occurrence_id, person_id, starts_at, ends_at)
    SELECT occurrence_id, person_id, starts_at, ends_at FROM ({_WHO_IS_BUSY}) AS found
    WHERE true
    ON CONFLICT (occurrence_id, person_id) DO UPDATE
        SET starts_at = excluded.starts_at, ends_at = excluded.ends_at
        WHERE (known.starts_at, known.ends_at) <> (excluded.starts_at, excluded.ends_at)
"""  # noqa: S608

_SET_FREE = f"""
    DELETE FROM {_BUSY} WHERE occurrence_id IN (SELECT id FROM {_DATES} WHERE booking_id = %s)
    AND (occurrence_id, person_id) NOT IN (SELECT occurrence_id, person_id FROM ({_WHO_IS_BUSY}) AS found)
"""  # noqa: S608


def keep_busy(booking: Booking) -> None:
    """Let the busy times say what the booking's rows say now. The caller has its lock.

    A date may end meanwhile, which needs no lock of its booking, so its dates are locked, as everywhere before
    calendars.
    """
    key = Occurrence._meta.get_field("id").get_db_prep_value(booking.id, connection)
    lock = "FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(lock=lock), [key] * 3)
        cursor.execute(_SET_FREE.format(lock=""), [key] * 4)


def add_busy_to(writing: Writing, occurrences: Sequence[Occurrence], person_ids: Collection[UUID]) -> None:
    """The busy times of a new booking's occupying dates, written with its other rows. Nobody has declined yet."""
    columns = (
        ("occurrence_id", "uuid"),
        ("person_id", "uuid"),
        ("starts_at", "timestamptz"),
        ("ends_at", "timestamptz"),
    )
    people = [prepared_id(one) for one in sorted(person_ids)]
    rows = []
    for o in occurrences:
        date, times = prepared_id(o.id), (prepared_moment(o.starts_at), prepared_moment(o.ends_at))
        rows += [(date, person, *times) for person in people]
    writing.insert(_BUSY, columns, rows)


def set_free(occurrence: Occurrence) -> None:
    """The date is over before, or at, its planned end: nobody is busy with it. The caller has its lock."""
    BusyTime.objects.filter(occurrence=occurrence).delete()


def gaps_of(
    person_ids: Collection[UUID],
    starts_at: datetime,
    ends_at: datetime,
    *,
    except_booking: UUID | None = None,
) -> list[Interval]:
    """The stretches of [starts_at, ends_at) in which none of these people has anything, in order.

    A gap is what lies between a start and the latest end of all that began before (a running maximum).
    """
    at = BusyTime._meta.get_field("starts_at")
    key = Occurrence._meta.get_field("id")
    lowest, first, last = (
        at.get_db_prep_value(moment, connection) for moment in (starts_at - LONGEST_BLOCK, starts_at, ends_at)
    )
    moment = "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
    # the edges: what ends where the search begins, and what begins where it ends
    busy = f"SELECT {moment} AS starts_at, {moment} AS ends_at UNION ALL SELECT {moment}, {moment}"
    values: list[Any] = [lowest, first, last, last]
    if person_ids:
        busy += (
            f" UNION ALL SELECT starts_at, ends_at FROM {_BUSY}"  # noqa: S608 - placeholders
            f" WHERE person_id IN ({', '.join(['%s'] * len(person_ids))})"
            " AND starts_at > %s AND starts_at < %s AND ends_at > %s"
        )
        values += [*(key.get_db_prep_value(one, connection) for one in person_ids), lowest, last, first]
        if except_booking is not None:
            busy += f" AND occurrence_id NOT IN (SELECT id FROM {_DATES} WHERE booking_id = %s)"  # noqa: S608
            values.append(key.get_db_prep_value(except_booking, connection))
    statement = (
        f"WITH busy AS ({busy}),"  # noqa: S608 - placeholders
        " edges AS (SELECT starts_at, max(ends_at) OVER ("
        "ORDER BY starts_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS free_from FROM busy)"
        " SELECT free_from, starts_at FROM edges WHERE free_from < starts_at ORDER BY starts_at"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(moment_of(begins), moment_of(ends)) for begins, ends in cursor.fetchall()]
