# SPDX-License-Identifier: EUPL-1.2
"""VFREEBUSY (RFC 5545, 3.6.4; RFC 5546, 3.3): what is asked, and when somebody is busy, in periods of UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from vconf.bookings.free_busy import BusyPeriod
from vconf.integrations.ical.components import Component, read_calendar
from vconf.integrations.ical.invalid import DATA, InvalidCalendar
from vconf.integrations.ical.limits import Limits
from vconf.integrations.ical.lines import escape, folded, write_line
from vconf.integrations.ical.objects import PRODID
from vconf.integrations.ical.parse import attendees_of, definitions_of, party_of
from vconf.integrations.ical.parsed import ParsedParty
from vconf.integrations.ical.text import one_line
from vconf.integrations.ical.values import Clock, end_after

#: what one question may have; it needs far less than an event
QUESTION = Limits(octets=262_144, lines=2_000, line=8_192, components=50, overrides=0)
MESSAGE = "valid-scheduling-message"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBusyQuestion:
    """METHOD:REQUEST of a VFREEBUSY. starts_at, ends_at: aware instants. masked_uid: the meeting that is not to count
    (X-CALENDARSERVER-MASK-UID), or "".
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    organiser: ParsedParty
    attendees: tuple[ParsedParty, ...]
    masked_uid: str = ""


def read_question(octets: bytes, *, limits: Limits = QUESTION) -> FreeBusyQuestion:
    """What is posted to an outbox (RFC 6638, 5).

    :raises InvalidCalendar: `valid-calendar-data`, `valid-scheduling-message`, `max-attendees-per-instance`,
        `max-resource-size`
    """
    calendar = read_calendar(octets, limits)
    asked = [part for part in calendar.parts if part.name != "VTIMEZONE"]
    if calendar.value("METHOD").upper() != "REQUEST" or [part.name for part in asked] != ["VFREEBUSY"]:
        raise InvalidCalendar(MESSAGE, "not METHOD:REQUEST with one VFREEBUSY")
    (component,) = asked
    organiser, attendees = component.one("ORGANIZER"), component.all("ATTENDEE")
    if organiser is None or not attendees:
        raise InvalidCalendar(MESSAGE, "no ORGANIZER or no ATTENDEE")
    if len(attendees) > limits.attendees:
        raise InvalidCalendar("max-attendees-per-instance", f"more than {limits.attendees} attendees")
    starts_at, ends_at = _window(component, Clock(settings.VCONF_TIME_ZONE, definitions_of(calendar)))
    return FreeBusyQuestion(
        uid=one_line(component.value("UID"))[:255],
        starts_at=starts_at,
        ends_at=ends_at,
        organiser=party_of(organiser),
        attendees=attendees_of(component),
        masked_uid=one_line(component.value("X-CALENDARSERVER-MASK-UID"))[:255],
    )


def _window(component: Component, clock: Clock) -> tuple[datetime, datetime]:
    start, end, duration = component.one("DTSTART"), component.one("DTEND"), component.value("DURATION")
    if start is None or (end is None and not duration):
        raise InvalidCalendar(DATA, "no DTSTART or no DTEND")
    begins = clock.time(start)
    ends_at = end_after(begins, duration) if end is None else clock.time(end).instant
    if ends_at <= begins.instant:
        raise InvalidCalendar(MESSAGE, "an end before the start")
    return begins.instant, ends_at


def render_freebusy(
    periods: Iterable[BusyPeriod],
    *,
    starts_at: datetime,
    ends_at: datetime,
    stamp: datetime,
    uid: str = "",
    method: str = "",
    organiser: str = "",
    attendee: str = "",
) -> bytes:
    """The periods of a window, in order and none overlapping another.

    :param method: "REPLY" to a question; "PUBLISH" for a free/busy address, whose owner is the organiser; "" for the
        answer to a free-busy-query (RFC 4791, 7.10)
    :param organiser: calendar user address, as it was in the question
    :param attendee: the one asked about, as in the question; "" if not in an answer
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN"]
    if method:
        lines.append(f"METHOD:{method}")
    lines.append("BEGIN:VFREEBUSY")
    if uid:
        lines.append(f"UID:{escape(one_line(uid))}")
    lines += [f"DTSTAMP:{_utc(stamp)}", f"DTSTART:{_utc(starts_at)}", f"DTEND:{_utc(ends_at)}"]
    if organiser:
        lines.append(write_line("ORGANIZER", one_line(organiser)))
    if attendee:
        lines.append(write_line("ATTENDEE", one_line(attendee)))
    lines += [
        f"FREEBUSY;FBTYPE={period.kind}:{_utc(period.starts_at)}/{_utc(period.ends_at)}" for period in periods
    ]
    return folded([*lines, "END:VFREEBUSY", "END:VCALENDAR"])


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
