# SPDX-License-Identifier: EUPL-1.2
"""Calendar objects as text, with their tags: for GET and for every report that tells calendar data.

A few statements for any number of objects.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from vconf.authorities.rights import Actor
from vconf.bookings.calendar_views import CalendarView, Entry, ShownBooking, shown, sights_in
from vconf.bookings.sight import Sight
from vconf.crypto import keyed_hash
from vconf.integrations.caldav.conditions import Tags
from vconf.integrations.caldav.dressings import (
    dressed,
    dressing_of,
    revision_of,
    revisions_of,
    strangers_of,
    unsaid_of,
)
from vconf.integrations.caldav.models import DressedEntry
from vconf.integrations.caldav.unsaid import with_unsaid
from vconf.integrations.ical.company import own_addresses
from vconf.integrations.ical.dressing import Dressing
from vconf.integrations.ical.event import CalendarEvent, Party, Statuses
from vconf.integrations.ical.objects import render_busy, render_object
from vconf.integrations.ical.showing import Written, written_of

CONTENT_TYPE = "text/calendar; charset=utf-8; component=vevent"
#: SCHEDULE-STATUS of attendees whom nobody can invite (RFC 6638, 3.2.9)
_UNKNOWN_USER = "3.7"
#: in calendars of rooms, where nobody dresses anything, the ETag tells how much of it is told (RFC 9110, 8.8.3)
_LEVELS: Mapping[Sight, int] = {Sight.FULL: 0, Sight.RESTRICTED: 1, Sight.BUSY: 2}


@dataclass(frozen=True, slots=True)
class Object:
    """What is written about one entry. busy: only that and when it takes place is told."""

    href: str
    tags: Tags
    event: CalendarEvent
    dressing: Dressing | None
    statuses: Statuses
    busy: bool

    @property
    def octets(self) -> bytes:
        if self.busy:
            return render_busy(self.event)
        return render_object(self.event, self.dressing, statuses=self.statuses)


def tags_of(calendar: CalendarView, entries: Iterable[Entry]) -> Mapping[str, Tags]:
    """Name -> tags of what stands there, for who looks; a few queries."""
    rows = list(entries)
    if calendar.room is not None:
        sights = sights_in(calendar, [one.booking_id for one in rows])
        return {
            one.href: Tags(one.change, one.version, _LEVELS[sights.get(one.booking_id, Sight.BUSY)])
            for one in rows
        }
    revisions = revisions_of(calendar.id, [one.booking_id for one in rows])
    return {one.href: Tags(one.change, one.version, revisions.get(one.booking_id, 0)) for one in rows}


def objects_of(calendar: CalendarView, entry_ids: Collection[int], viewer: Actor) -> list[Object]:
    """These entries as the viewer sees them, in the order asked for; what is not for their eyes is left out."""
    found = shown(entry_ids, viewer)
    rows = dressed(calendar.id, [one.booking_id for one in found]) if calendar.person is not None else {}
    if any(row.unsaid for row in rows.values()):
        assert calendar.person is not None
        own = own_addresses(calendar.person)
        found = [with_unsaid(one, unsaid_of(rows.get(one.booking_id)), own) for one in found]
    return [
        _object(one, written, rows.get(one.booking_id))
        for one, written in zip(found, written_of(found), strict=True)
    ]


def _object(one: ShownBooking, written: Written, row: DressedEntry | None) -> Object:
    event, statuses = written.event, written.statuses
    busy = one.sight is not Sight.FULL
    if busy:
        event = replace(event, uid=keyed_hash("busy", f"{one.calendar_id} {one.booking_id}")[:40])
    shown_as_rooms = {
        event.room.address,
        *(date.room.address for date in event.moved if date.room is not None),
    }
    strangers = [_strange(party) for party in strangers_of(row) if party.key not in shown_as_rooms]
    if strangers:
        event = replace(event, attendees=[*event.attendees, *strangers])
        unknown = {stranger.key: _UNKNOWN_USER for stranger in strangers}
        statuses = replace(statuses, delivery={**statuses.delivery, **unknown})
    revision = _LEVELS[one.sight] if one.part == "room" else revision_of(row)
    tags = Tags(one.change, one.version, revision)
    dressing = dressing_of(row)
    statuses = replace(statuses, delivery=_delivered_by_us(statuses.delivery, dressing))
    return Object(one.href, tags, event, dressing, statuses, busy)


def _strange(party: Party) -> Party:
    """A room that there is none of says no; whoever has no mail address says nothing."""
    return replace(party, partstat="DECLINED") if party.address else party


def _delivered_by_us(delivery: Mapping[str, str], dressing: Dressing | None) -> Mapping[str, str]:
    """Without those whom the client tells itself, or nobody does (SCHEDULE-AGENT; RFC 6638, 7.1)."""
    if dressing is None or not dressing.master.params:
        return delivery
    return {
        address: status
        for address, status in delivery.items()
        if "SCHEDULE-AGENT" not in dressing.master.params.get(f"ATTENDEE:{address}", {})
    }
