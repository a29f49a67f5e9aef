# SPDX-License-Identifier: EUPL-1.2
"""C:calendar-data (RFC 4791, 9.6): the texts of many objects, whole, expanded or cut to a window.

Which of its parts a client would like (C:comp, C:prop) is passed over: it gets all of them, as most servers do it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from vconf.integrations.caldav import xml
from vconf.integrations.caldav.calendars import CalendarCollection, CalendarObject
from vconf.integrations.caldav.conditions import Tags
from vconf.integrations.caldav.filters import Window, read_window
from vconf.integrations.caldav.get import Object, objects_of
from vconf.integrations.caldav.http import Call, Refused
from vconf.integrations.caldav.texts import octets, texts
from vconf.integrations.caldav.xml import Element
from vconf.integrations.ical.expanding import expand_busy, expand_object, limit_object

#: objects whose rows are in memory at once
_BATCH = 500
#: as far as series can be booked, and some time before
LONGEST_WINDOW = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Shape:
    """How an object is told. window: of `expand` and `limit`, both ends set."""

    how: Literal["whole", "expand", "limit"] = "whole"
    window: Window | None = None

    def text(self, one: Object) -> bytes:
        if self.window is None:
            return one.octets
        starts_at, ends_at = self.window.starts_at, self.window.ends_at
        assert starts_at is not None and ends_at is not None
        if one.busy:
            # its few single dates are not worth cutting
            is_cut = self.how == "limit"
            return one.octets if is_cut else expand_busy(one.event, starts_at=starts_at, ends_at=ends_at)
        write = expand_object if self.how == "expand" else limit_object
        return write(one.event, one.dressing, statuses=one.statuses, starts_at=starts_at, ends_at=ends_at)


def read_shape(document: Element) -> Shape | None:
    """What a report says of calendar data; None if it asks for none. Raises Refused."""
    prop = document.child("D:prop")
    data = None if prop is None else prop.child("C:calendar-data")
    if data is None:
        return None
    kind, version = (
        data.attributes.get("content-type", "text/calendar"),
        data.attributes.get("version", "2.0"),
    )
    if kind.lower() != "text/calendar" or version != "2.0":
        raise Refused(403, "C:supported-calendar-data")
    expand, limit = data.child("C:expand"), data.child("C:limit-recurrence-set")
    if expand is not None:
        return Shape("expand", _whole(expand))
    if limit is not None:
        return Shape("limit", _whole(limit))
    return Shape()


def with_texts(
    call: Call, calendar: CalendarCollection, found: Sequence[CalendarObject], shape: Shape
) -> Iterator[CalendarObject]:
    """The objects with their texts put into them; those gone meanwhile, or not for the caller's eyes, are left out."""
    keeps = shape.window is None and calendar.view.person is not None
    for start in range(0, len(found), _BATCH):
        some = found[start : start + _BATCH]
        if keeps:
            for one in some:
                one.text = _kept(_key(call, one))
        missing = told_of(call, calendar, [one for one in some if one.text is None])
        for one, told in missing:
            one.text = xml.octets_as_text(shape.text(told))
            if keeps:
                texts.keep(_key(call, one), one.text)
        yield from (one for one in some if one.text is not None)


def told_of(
    call: Call, calendar: CalendarCollection, some: Sequence[CalendarObject]
) -> list[tuple[CalendarObject, Object]]:
    """The objects with all that is told of them, as of now: which may be later than when the calendar was listed."""
    if not some:
        return []
    by_href = {one.entry.href: one for one in some if one.entry is not None}
    ids = [one.entry.id for one in some if one.entry is not None]
    found = [(by_href[told.href], told) for told in objects_of(calendar.view, ids, call.actor)]
    for one, told in found:
        one.tags = told.tags
    return found


def _kept(key: Hashable) -> str | None:
    """The text as it was told before, or as it was answered to GET or after PUT."""
    text = texts.get(key)
    if text is None and (answered := octets.get(key)) is not None:
        text = xml.octets_as_text(answered)
        texts.keep(key, text)
    return text


@dataclass(frozen=True, slots=True)
class Read:
    """A whole object as GET answers it. busy: only that and when it takes place is told."""

    octets: bytes
    tags: Tags
    busy: bool


def read_object(call: Call, one: CalendarObject) -> Read | None:
    """What is there; None if it is gone meanwhile, or is not for the caller's eyes."""
    keeps = one.collection.view.person is not None
    kept = octets.get(_key(call, one)) if keeps else None
    if kept is not None:
        assert one.tags is not None
        return Read(kept, one.tags, busy=False)
    for _one, told in told_of(call, one.collection, [one]):
        if keeps:
            octets.keep(_key(call, one), told.octets)
        return Read(told.octets, told.tags, told.busy)
    return None


def _key(call: Call, one: CalendarObject) -> Hashable:
    """What a text in a person's calendar depends on; in those of rooms it depends on who looks."""
    assert one.entry is not None and one.tags is not None
    calendar_id, booking_id, tags = one.collection.view.id, one.entry.booking_id, one.tags
    return calendar_id, booking_id, tags.change, tags.version, tags.revision, call.person.language


def _whole(element: Element) -> Window:
    """Both ends have to be there (RFC 4791, 9.6.5 and 9.6.6)."""
    window = read_window(element)
    if window.starts_at is None or window.ends_at is None:
        raise Refused(403, "C:valid-filter")
    if window.ends_at - window.starts_at > LONGEST_WINDOW:
        raise Refused(403, "D:number-of-matches-within-limits")
    return window
