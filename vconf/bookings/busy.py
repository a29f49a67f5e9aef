# SPDX-License-Identifier: EUPL-1.2
"""When people and rooms are free together: one statement, whatever their number."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from vconf.bookings.models import OCCUPYING, Attendee, Booking, Occurrence, PartStat
from vconf.bookings.overlaps import moment_of
from vconf.bookings.spans import LONGEST_BLOCK
from vconf.bookings.window import Interval

_STATES = ", ".join(f"'{state.value}'" for state in OCCUPYING)


def gaps_of(
    person_ids: Collection[UUID],
    starts_at: datetime,
    ends_at: datetime,
    *,
    room_ids: Collection[UUID] = (),
    except_booking: UUID | None = None,
) -> list[Interval]:
    """The stretches of [starts_at, ends_at) in which none of these people and rooms has anything, in order.

    People are busy with what they organise or are invited to and have not declined; rooms with their buffers.
    A gap is what lies between a start and the latest end of all that began before (a running maximum).
    """
    at = Occurrence._meta.get_field("starts_at")
    key = Occurrence._meta.get_field("id")
    lowest, first, last = (
        at.get_db_prep_value(moment, connection) for moment in (starts_at - LONGEST_BLOCK, starts_at, ends_at)
    )
    moment = "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
    # the edges: what ends where the search begins, and what begins where it ends
    parts = [f"SELECT {moment} AS starts_at, {moment} AS ends_at UNION ALL SELECT {moment}, {moment}"]
    values: list[Any] = [lowest, first, last, last]

    def add(columns: str, source: str, ids: Collection[UUID]) -> None:
        begins, ends = columns.split(", ")
        marks = ", ".join(["%s"] * len(ids))
        statement = (
            f"SELECT {columns} FROM {source} IN ({marks}) AND o.state IN ({_STATES})"  # noqa: S608 - placeholders
            f" AND {begins} > %s AND {begins} < %s AND {ends} > %s"
        )
        values.extend([*(key.get_db_prep_value(one, connection) for one in ids), lowest, last, first])
        if except_booking is not None:
            statement += " AND o.booking_id <> %s"
            values.append(key.get_db_prep_value(except_booking, connection))
        parts.append(statement)

    dates, bookings, attendees = (model._meta.db_table for model in (Occurrence, Booking, Attendee))
    if person_ids:
        times = "o.starts_at, o.ends_at"
        add(times, f"{bookings} b JOIN {dates} o ON o.booking_id = b.id WHERE b.organiser_id", person_ids)
        add(
            times,
            f"{attendees} a JOIN {dates} o ON o.booking_id = a.booking_id"
            f" WHERE a.partstat <> '{PartStat.DECLINED.value}' AND a.person_id",
            person_ids,
        )
    if room_ids:
        add("o.blocks_from, o.blocks_until", f"{dates} o WHERE o.room_id", room_ids)
    statement = (
        f"WITH busy AS ({' UNION ALL '.join(parts)}),"  # noqa: S608 - placeholders
        " edges AS (SELECT starts_at, max(ends_at) OVER ("
        "ORDER BY starts_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS free_from FROM busy)"
        " SELECT free_from, starts_at FROM edges WHERE free_from < starts_at ORDER BY starts_at"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(moment_of(begins), moment_of(ends)) for begins, ends in cursor.fetchall()]
