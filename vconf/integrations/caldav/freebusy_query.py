# SPDX-License-Identifier: EUPL-1.2
"""free-busy-query (RFC 4791, 7.10): when somebody or a room is busy, and nothing else.

Asked of calendars by the standard, and of principals and homes by Evolution, which looks up everybody who is to come.
Whoever works here may ask about colleagues, as in the search for common times, and not all the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone

from vconf.bookings.free_busy import BusyPeriod, busy_times
from vconf.errors import Invalid
from vconf.integrations.caldav.calendars import PersonCalendar, RoomCalendar
from vconf.integrations.caldav.filters import read_window
from vconf.integrations.caldav.homes import BusyHome, Home, RoomHome
from vconf.integrations.caldav.http import Call, Refused
from vconf.integrations.caldav.principals import PersonPrincipal, RoomPrincipal
from vconf.integrations.caldav.resources import Resource
from vconf.integrations.caldav.xml import Element
from vconf.integrations.ical.freebusy import render_freebusy
from vconf.web.limits import BusyLookUps


def free_busy_query(call: Call, resource: Resource, document: Element) -> HttpResponse:
    """Whatever Depth says. Raises Refused for a window without both ends, or longer than is answered at once."""
    element = document.child("C:time-range")
    window = read_window(element) if element is not None else None
    if window is None or window.starts_at is None or window.ends_at is None:
        raise Refused(400)
    try:
        periods = _periods(call, resource, window.starts_at, window.ends_at)
    except Invalid as error:
        raise Refused(403, "D:number-of-matches-within-limits") from error
    body = render_freebusy(
        periods,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        stamp=timezone.now(),
    )
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


def _periods(call: Call, resource: Resource, starts_at: datetime, ends_at: datetime) -> Sequence[BusyPeriod]:
    person_ids: list[UUID] = []
    room_ids: list[UUID] = []
    match resource:
        case PersonCalendar() | Home() | BusyHome():
            person_ids = [resource.person.id]
        case PersonPrincipal():
            person_ids = [resource.id]
        case RoomCalendar() | RoomHome() | RoomPrincipal():
            room_ids = [resource.room.id]
    is_of_others = not call.actor.organiser_ids.issuperset(person_ids)
    if is_of_others and not BusyLookUps().allow_request(call.request, None):
        raise Refused(429)
    found = busy_times(
        person_ids=person_ids, room_ids=room_ids, starts_at=starts_at, ends_at=ends_at, actor=call.actor
    )
    return [period for periods in found.values() for period in periods]
