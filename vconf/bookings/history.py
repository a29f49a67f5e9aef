# SPDX-License-Identifier: EUPL-1.2
"""Who changed what, for those who see the booking in full: written by every service in its own transaction.

Before and after are texts, as they were then: a room that is renamed or erased later does not rewrite them. They
name wall times with their zone and are of no language.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking, HistoryEntry, Occurrence
from vconf.bookings.recurrence import to_instant
from vconf.bookings.selectors import get_booking
from vconf.bookings.sight import Sight
from vconf.errors import Forbidden
from vconf.rooms.models import Room
from vconf.writing import Writing

#: name of a field -> before and after
Changes = Mapping[str, tuple[str, str]]

#: of a description; the whole stands in the booking
LONGEST_TEXT = 300
#: dates, or people, that are written out
MOST_NAMED = 20


def note(
    booking: Booking,
    action: str,
    *,
    actor: Actor,
    changes: Changes | None = None,
    now: datetime,
    source: str = "api",
    writing: Writing | None = None,
) -> None:
    """Add one line, with the version the booking has now. `changes`: field -> (before, after). `writing`: it is written
    with the caller's other rows.
    """
    entry = HistoryEntry(
        booking=booking,
        at=now,
        person=actor.person,
        action=action,
        source=(actor.label or source)[:20],
        version=booking.version,
        changes={name: list(pair) for name, pair in (changes or {}).items()},
    )
    if writing is None:
        entry.save(force_insert=True)
    else:
        writing.add([entry])


def portrait(booking: Booking) -> dict[str, str]:
    """What a change can be told from: the same fields before and after it. Asks nothing if its room is at hand."""
    starts_at = to_instant(datetime.fromisoformat(booking.starts_local), booking.timezone)
    return {
        "title": booking.title,
        "description": _short(booking.description),
        "time": wall_time_of(starts_at, starts_at + booking.duration, booking.timezone),
        "rule": _rule(booking),
        "room": name_of(booking.room),
        "seats": str(booking.seats),
        "language": booking.language,
    }


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {
        name: (before.get(name, ""), text) for name, text in after.items() if before.get(name, "") != text
    }


def people(added: Collection[str], removed: Collection[str]) -> dict[str, tuple[str, str]]:
    """Addresses that came and went."""
    found = {}
    if added:
        found["people_added"] = ("", _listed(sorted(added)))
    if removed:
        found["people_removed"] = (_listed(sorted(removed)), "")
    return found


def dates(occurrences: Sequence[Occurrence], zone_name: str) -> str:
    """When they are, in order of time."""
    return spans([(o.starts_at, o.ends_at) for o in occurrences], zone_name)


def spans(moments: Sequence[tuple[datetime, datetime]], zone_name: str) -> str:
    """`dates` of starts and ends."""
    return _listed([wall_time_of(starts_at, ends_at, zone_name) for starts_at, ends_at in sorted(moments)])


def wall_time_of(starts_at: datetime, ends_at: datetime, zone_name: str) -> str:
    """`2027-05-03 09:00–10:30 Europe/Berlin`."""
    zone = ZoneInfo(zone_name)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M}–{until} {zone_name}"


def name_of(room: Room) -> str:
    """Rooms from stock are never named."""
    return "" if room.is_stock else room.name


def history_of(booking_id: UUID, *, actor: Actor) -> QuerySet[HistoryEntry]:
    """Newest first, with the people. Raises NotFound, and Forbidden for who does not see the booking in full."""
    if get_booking(booking_id, actor=actor).sight is not Sight.FULL:
        raise Forbidden
    rows = HistoryEntry.objects.filter(booking_id=booking_id).select_related("person")
    return rows.order_by("-at", "-id")


def _rule(booking: Booking) -> str:
    parts = [booking.rrule] if booking.rrule else []
    if booking.rdate:
        parts.append("+ " + _listed(booking.rdate))
    if booking.exdate:
        parts.append("− " + _listed(booking.exdate))
    return " ".join(parts)


def _listed(texts: Sequence[str]) -> str:
    more = f" … ({len(texts)})" if len(texts) > MOST_NAMED else ""
    return "; ".join(texts[:MOST_NAMED]) + more


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
