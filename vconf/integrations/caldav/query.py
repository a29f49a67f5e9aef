# SPDX-License-Identifier: EUPL-1.2
"""calendar-query (RFC 4791, 7.8): the database says what has dates in a window; only where more is asked for are the
objects themselves looked at.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.http import HttpResponse

from vconf.bookings.calendar_views import Entry, entries, entries_between
from vconf.integrations.caldav import xml
from vconf.integrations.caldav.calendar_data import Shape, read_shape, told_of, with_texts
from vconf.integrations.caldav.calendars import CalendarCollection, CalendarObject
from vconf.integrations.caldav.filters import EARLIEST, LATEST, Filter, Window, read_filter
from vconf.integrations.caldav.get import Object
from vconf.integrations.caldav.http import Call, multistatus, status_response
from vconf.integrations.caldav.propfind import Wish
from vconf.integrations.caldav.xml import Element
from vconf.integrations.ical.alarms import FARTHEST, goes_off
from vconf.integrations.ical.components import Component, read_calendar
from vconf.integrations.ical.expanding import instances_of
from vconf.integrations.ical.limits import Limits

#: objects in one answer
MOST_RESULTS = 20_000
#: objects that are looked at at once
_BATCH = 500
#: our own text is read again, whatever its owner's clients put into it
_OWN = Limits(
    octets=10_000_000, lines=100_000, line=10_000_000, depth=10, components=10_000, parameters=1_000
)


def calendar_query(call: Call, calendar: CalendarCollection, document: Element) -> HttpResponse:
    """Depth 0 finds nothing, for the calendar itself is no object; whatever else it says, the objects are meant."""
    wanted = read_filter(document)
    wish, shape = Wish.of_report(document), read_shape(document)
    found = [] if call.depth == "0" else _candidates(calendar, wanted)
    too_many = len(found) > MOST_RESULTS
    rows = calendar.as_objects(found[:MOST_RESULTS])
    if wanted.needs_text:
        rows = list(_matching(call, calendar, rows, wanted, shape))
    elif shape is not None:
        rows = list(with_texts(call, calendar, rows, shape))
    parts = [wish.response(call, one) for one in rows]
    if too_many:
        status = "HTTP/1.1 507 Insufficient Storage"
        parts.append(status_response(calendar.href, status, "D:number-of-matches-within-limits"))
    return multistatus(call, parts)


def _candidates(calendar: CalendarCollection, wanted: Filter) -> Sequence[Entry]:
    """What can match, by its dates."""
    if wanted.calendar is None:
        return []
    if not wanted.windows:
        return entries(calendar.view)
    first, *others = (
        entries_between(calendar.view, window.starts_at, window.ends_at) for window in wanted.windows
    )
    for more in others:
        ids = {one.id for one in more}
        first = [one for one in first if one.id in ids]
    return first


def _matching(
    call: Call,
    calendar: CalendarCollection,
    rows: Sequence[CalendarObject],
    wanted: Filter,
    shape: Shape | None,
) -> Iterator[CalendarObject]:
    for start in range(0, len(rows), _BATCH):
        for one, told in told_of(call, calendar, rows[start : start + _BATCH]):
            text = read_calendar(told.octets, _OWN)
            if wanted.holds(
                text, functools.partial(_events_in, told, text), functools.partial(_ringing_in, told, text)
            ):
                if shape is not None:
                    one.text = xml.octets_as_text(shape.text(told))
                yield one


def _events_in(told: Object, text: Component, window: Window) -> Sequence[Component]:
    """The VEVENTs that tell of dates in a window."""
    dates = _dates_in(told, text, window.starts_at or EARLIEST, window.ends_at or LATEST)
    return list({id(event): event for event, _begins, _ends in dates}.values())


def _ringing_in(told: Object, text: Component, window: Window) -> Sequence[Component]:
    """The VEVENTs with an alarm that goes off in a window."""
    starts_at, ends_at = window.starts_at or EARLIEST, window.ends_at or LATEST
    found: dict[int, Component] = {}
    for event, begins, ends in _dates_in(told, text, starts_at - FARTHEST, ends_at + FARTHEST):
        if id(event) not in found and any(starts_at <= at < ends_at for at in goes_off(event, begins, ends)):
            found[id(event)] = event
    return list(found.values())


def _dates_in(
    told: Object, text: Component, starts_at: datetime, ends_at: datetime
) -> Iterator[tuple[Component, datetime, datetime]]:
    """Each date in a window with the VEVENT that tells of it: its own, or the master where it has none."""
    events = {
        part.value("RECURRENCE-ID").removesuffix("Z"): part for part in text.parts if part.name == "VEVENT"
    }
    for at, _moved, begins, ends in instances_of(told.event, starts_at, ends_at):
        key = "" if at is None else f"{at:%Y%m%dT%H%M%S}"
        event = events.get(key) or events.get("")
        if event is not None:
            yield event, begins, ends
