# SPDX-License-Identifier: EUPL-1.2
"""What the owner of a calendar put onto a booking there: read for many at once, written with the booking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from vconf.bookings.models import Calendar, CalendarEntry
from vconf.integrations.caldav.models import DressedEntry
from vconf.integrations.ical.dressing import Dressing
from vconf.integrations.ical.event import Party
from vconf.integrations.ical.parsed import ParsedParty

#: so many are asked for one by one; of more, SQLite reads the whole calendar
_FEW = 100
_REVISIONS = """
    SELECT booking_id, revision FROM caldav_dressedentry WHERE calendar_id = %s AND booking_id = ANY(%s::uuid[])
"""
#: what a row without anything says
_NOTHING: dict[str, Any] = {"dressing": {}, "strangers": [], "unsaid": {}}


def dressed(calendar_id: int, booking_ids: Collection[UUID]) -> Mapping[UUID, DressedEntry]:
    """Booking -> its dressing in this calendar. One query, however many; those without one are left out."""
    found = DressedEntry.objects.filter(calendar_id=calendar_id, booking_id__in=booking_ids)
    return {row.booking_id: row for row in found}


def revision_of(row: DressedEntry | None) -> int:
    """The part of the ETag that counts what the owner's clients wrote."""
    return 0 if row is None else row.revision


def revisions_of(calendar_id: int, booking_ids: Collection[UUID]) -> dict[UUID, int]:
    """Booking -> what `revision_of` says of its row; those without one are left out. One query, however many."""
    if len(booking_ids) > _FEW and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_REVISIONS, [calendar_id, list(booking_ids)])
            return dict(cursor.fetchall())
    rows = DressedEntry.objects.filter(calendar_id=calendar_id)
    if len(booking_ids) <= _FEW:
        rows = rows.filter(booking_id__in=booking_ids)
    return dict(rows.values_list("booking_id", "revision"))


def dressing_of(row: DressedEntry | None) -> Dressing | None:
    return None if row is None else Dressing.from_json(row.dressing)


def strangers_of(row: DressedEntry | None) -> list[Party]:
    """Attendees whom the client named and nobody can invite; they stand in this calendar only."""
    return [] if row is None else [Party(**fields) for fields in row.strangers]


def unsaid_of(row: DressedEntry | None) -> Mapping[str, Any]:
    """What `unsaid` keeps."""
    return {} if row is None else row.unsaid


def dress(
    calendar_id: int,
    booking_id: UUID,
    before: DressedEntry | None,
    dressing: Dressing,
    *,
    room_named: bool = False,
    usually: bool | None = None,
    strangers: Sequence[ParsedParty] = (),
    unsaid: Mapping[str, Any] | None = None,
) -> bool:
    """Keep what is new of it; whether anything was. The caller has the booking's lock, which keeps others away.

    unsaid: as `unsaid` keeps it. usually: what is held of `room_named` where nothing was kept yet; None: keep it in any
    case.
    """
    wanted: dict[str, Any] = {
        "dressing": dressing.as_json(),
        "room_named": room_named,
        "strangers": [
            {"address": one.address, "name": one.name, "role": one.role, "partstat": one.partstat}
            | ({} if one.address else {"uri": one.uri})
            for one in strangers
        ],
        "unsaid": dict(unsaid or {}),
    }
    if before is None:
        if wanted == {**_NOTHING, "room_named": room_named} and room_named == usually:
            return False
        DressedEntry.objects.create(calendar_id=calendar_id, booking_id=booking_id, **wanted)
        return True
    if all(getattr(before, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(before, name, value)
    before.revision += 1
    before.save()
    return True


def count_entry(entry: CalendarEntry) -> None:
    """Let the one calendar count on, for other clients of its owner to see what this one wrote."""
    calendar = Calendar.objects.select_for_update(no_key=True).get(id=entry.calendar_id)
    calendar.change += 1
    calendar.save(update_fields=["change"])
    CalendarEntry.objects.filter(id=entry.id).update(change=calendar.change)
