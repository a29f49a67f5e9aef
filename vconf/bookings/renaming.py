# SPDX-License-Identifier: EUPL-1.2
"""An entry of a calendar gets another name there. The old one is remembered for sync (RFC 6578, 3.5), as are names of
what was taken out.
"""

from __future__ import annotations

from datetime import datetime

from vconf.bookings.calendars import default_href
from vconf.bookings.errors import UidTaken
from vconf.bookings.models import Booking, Calendar, CalendarEntry, FormerName
from vconf.ids import uuid7


def rename_entry(calendar_id: int, booking: Booking, href: str, *, now: datetime) -> None:
    """Call the booking so in this one calendar. The caller has its lock. Raises UidTaken if the name is in use.

    Two changes of the calendar: the old name is gone, then the new one is there.
    """
    calendar = Calendar.objects.select_for_update(no_key=True).get(id=calendar_id)
    entry = CalendarEntry.objects.get(calendar=calendar, booking=booking)
    _make_way(calendar, href)
    FormerName.objects.update_or_create(
        calendar=calendar,
        href=entry.href,
        defaults={"booking": booking, "change": calendar.change + 1, "left_at": now},
    )
    calendar.change += 2
    calendar.save(update_fields=["change"])
    entry.href, entry.change = href, calendar.change
    entry.save(update_fields=["href", "change"])


def _make_way(calendar: Calendar, href: str) -> None:
    """What was taken out under that name is told by the entry that has it from now on."""
    holder = CalendarEntry.objects.filter(calendar=calendar, href=href).first()
    if holder is None:
        return
    if holder.deleted_at is None:
        raise UidTaken()
    if holder.hidden_at is None:
        holder.delete()
        return
    # its owner has put it away, which has to be remembered
    holder.href = default_href(uuid7())
    holder.save(update_fields=["href"])
