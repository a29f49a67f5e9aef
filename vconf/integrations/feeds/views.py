# SPDX-License-Identifier: EUPL-1.2
"""`/feeds/<token>`: a calendar for programs that only ever read. The token is the right; what its owner may see at that
moment is shown.

`.ics` is iCalendar (RFC 5545, 7986), `.ifb` free/busy as Exchange and others ask for it (RFC 5546, 3.3.1), `.json`
what the display at a room's door shows. All answer conditional requests (RFC 9110, 13), before any booking is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vconf.authorities.rights import Actor
from vconf.bookings.calendar_views import (
    CalendarView,
    ShownBooking,
    calendar_of_person,
    calendar_of_room,
    entries_between,
    shown,
)
from vconf.bookings.free_busy import BusyPeriod, busy_times
from vconf.bookings.sight import Sight
from vconf.crypto import keyed_hash
from vconf.integrations.feeds.addresses import find_feed
from vconf.integrations.feeds.models import Detail, Feed
from vconf.integrations.ical.event import CalendarEvent, Party
from vconf.integrations.ical.freebusy import render_freebusy
from vconf.integrations.ical.objects import busy_lines, event_lines, render_collection
from vconf.integrations.ical.showing import Written, written_of

#: how far back a feed reaches
BACK = timedelta(days=60)
#: how far ahead free/busy is told, and how far back, as Exchange publishes it
BUSY_AHEAD, BUSY_BACK = timedelta(days=180), timedelta(days=7)
#: how long programs shall wait until they ask again
REFRESHED = "PT15M"
#: the display at a door shows so many dates, of so many hours
DOOR_DATES, DOOR_AHEAD = 12, timedelta(hours=36)

Body = Callable[[Feed, CalendarView, datetime], HttpResponse]


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar as text, from two months ago on."""
    return _answer(request, token, _calendar, every=timedelta(days=1))


@require_safe
def free_busy_feed(request: HttpRequest, token: str) -> HttpResponse:
    """When the person or the room is busy: METHOD:PUBLISH, times only."""
    return _answer(request, token, _free_busy, every=timedelta(hours=1))


@require_safe
def door_display(request: HttpRequest, token: str) -> HttpResponse:
    """`{"room", "now", "state": "free"|"busy", "until", "dates": [{"starts_at", "ends_at", "tentative"}]}`, instants in
    UTC, buffers included. `until` null: for all of the time that is looked at. Of rooms only, and times only (R8.6).
    """
    return _answer(request, token, _door, every=timedelta(minutes=1), rooms_only=True)


def _answer(
    request: HttpRequest, token: str, body: Body, *, every: timedelta, rooms_only: bool = False
) -> HttpResponse:
    """The body, unless the caller has it already. every: how often it changes because time passes."""
    feed = find_feed(token)
    calendar = None if feed is None else _calendar_of(feed)
    if feed is None or calendar is None or (rooms_only and feed.room_id is None):
        return _with_headers(HttpResponse(_("There is no calendar here."), status=404, content_type=_TEXT))
    now = timezone.now()
    etag = quote_etag(_version(feed, calendar, now, every))
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is None:
        with translation.override(feed.person.language):
            unchanged = body(feed, calendar, now)
    unchanged["ETag"] = etag
    return _with_headers(unchanged)


def _calendar_of(feed: Feed) -> CalendarView | None:
    actor = Actor.load(feed.person)
    if feed.room_id is None:
        return calendar_of_person(actor, feed.person_id)
    return calendar_of_room(actor, feed.room_id)


def _version(feed: Feed, calendar: CalendarView, now: datetime, every: timedelta) -> str:
    """Changes with the calendar, with what its owner may see, and with time."""
    viewer = calendar.viewer
    rights = [*sorted(viewer.organiser_ids), *sorted(viewer.admin_ids), viewer.is_operator, feed.detail]
    told = f"{calendar.id}-{calendar.change}-{int(now.timestamp() // every.total_seconds())}"
    digest = hashlib.sha256(repr((told, feed.person.language, rights)).encode())
    return digest.hexdigest()[:32]


_TEXT = "text/plain; charset=utf-8"
_CALENDAR = "text/calendar; charset=utf-8"


def _with_headers(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


# iCalendar


def _calendar(feed: Feed, calendar: CalendarView, now: datetime) -> HttpResponse:
    entries = entries_between(calendar, now - BACK, None)
    bookings = shown([entry.id for entry in entries], calendar.viewer)
    parts = [
        _part(feed, one, written)
        for one, written in zip(bookings, written_of(bookings), strict=True)
        if one.status != "refused"
    ]
    octets = render_collection(_name(feed), REFRESHED, parts)
    answer = HttpResponse(octets, content_type=_CALENDAR)
    answer.headers["Content-Disposition"] = 'inline; filename="vconf.ics"'
    return answer


def _part(feed: Feed, one: ShownBooking, written: Written) -> tuple[CalendarEvent, list[str]]:
    if feed.detail == Detail.FULL and one.sight is Sight.FULL:
        # a copy to look at: it asks nobody for an answer, and so it names no attendees (RFC 5546, 3.2.1)
        room = Party(address="", name=written.event.room.name)
        event = replace(written.event, attendees=(), room=room)
        return event, event_lines(event, written.statuses)
    # the UID of a meeting would let people compare calendars
    event = replace(written.event, uid=keyed_hash(f"feed-{feed.id}", str(one.booking_id))[:32])
    return event, busy_lines(event)


def _name(feed: Feed) -> str:
    if feed.room is not None:
        return feed.room.name
    return _("Video conferences of %(name)s") % {"name": feed.person.name}


# Free/busy


def _free_busy(feed: Feed, calendar: CalendarView, now: datetime) -> HttpResponse:
    hour = now.replace(minute=0, second=0, microsecond=0)
    starts_at, ends_at = hour - BUSY_BACK, hour + BUSY_AHEAD
    address = feed.person.email if feed.room is None else feed.room.address
    octets = render_freebusy(
        _periods(feed, calendar, starts_at, ends_at),
        starts_at=starts_at,
        ends_at=ends_at,
        stamp=hour,
        uid=f"{feed.id}",
        method="PUBLISH",
        organiser=f"mailto:{address}",
    )
    return HttpResponse(octets, content_type=_CALENDAR)


def _periods(feed: Feed, calendar: CalendarView, starts_at: datetime, ends_at: datetime) -> list[BusyPeriod]:
    about = feed.person_id if feed.room_id is None else feed.room_id
    found = busy_times(
        person_ids=() if feed.room_id else (about,),
        room_ids=(about,) if feed.room_id else (),
        starts_at=starts_at,
        ends_at=ends_at,
        actor=calendar.viewer,
    )
    return found.get(about, [])


# The display at a door


def _door(feed: Feed, calendar: CalendarView, now: datetime) -> HttpResponse:
    periods = _periods(feed, calendar, now, now + DOOR_AHEAD)
    running = next((one for one in periods if one.starts_at <= now), None)
    if running is not None:
        until = running.ends_at if running.ends_at < now + DOOR_AHEAD else None
    else:
        until = periods[0].starts_at if periods else None
    return JsonResponse(
        {
            "room": "" if feed.room is None else feed.room.name,
            "now": now,
            "state": "free" if running is None else "busy",
            "until": until,
            "dates": [
                {
                    "starts_at": one.starts_at,
                    "ends_at": one.ends_at,
                    "tentative": one.kind == "BUSY-TENTATIVE",
                }
                for one in periods[:DOOR_DATES]
            ],
        }
    )
