# SPDX-License-Identifier: EUPL-1.2
"""Values of properties (RFC 5545, 3.3): times, durations and addresses, as programs write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote

from vconf.bookings.recurrence import to_instant, to_local
from vconf.integrations.ical.components import Component
from vconf.integrations.ical.invalid import DATA, InvalidCalendar
from vconf.integrations.ical.lines import Line
from vconf.integrations.ical.text import one_line
from vconf.integrations.ical.zones import iana_zone

_TIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z)?)?", re.IGNORECASE)
_DURATION = re.compile(
    r"([+-])?P(?:([0-9]{1,5})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,8})S)?)?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")


@dataclass(frozen=True, slots=True)
class Time:
    """A DATE or DATE-TIME: naive wall time in an IANA zone."""

    local: datetime
    zone: str
    is_date: bool = False

    @property
    def instant(self) -> datetime:
        return to_instant(self.local, self.zone)

    def seen_in(self, zone: str) -> datetime:
        """The wall time in another zone; a DATE is the same everywhere."""
        return self.local if self.is_date or zone == self.zone else to_local(self.instant, zone)


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of one text are to be read. floating: zone of times that name none."""

    floating: str
    definitions: Mapping[str, Component]

    def times(self, line: Line) -> list[Time]:
        """The values of a line, the beginnings of periods included. Raises InvalidCalendar."""
        tzid = line.param("TZID")
        return [self._time(value.partition("/")[0], tzid) for value in line.value.split(",")]

    def time(self, line: Line) -> Time:
        """The only value of a line. Raises InvalidCalendar."""
        times = self.times(line)
        if len(times) != 1:
            raise InvalidCalendar(DATA, f"{line.name} with several values")
        return times[0]

    def _time(self, value: str, tzid: str) -> Time:
        found = _TIME.fullmatch(value.strip())
        if found is None:
            raise InvalidCalendar(DATA, "a time that is none")
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        if year < 1970:
            raise InvalidCalendar("min-date-time", "a time before 1970")
        if year > 9000:
            raise InvalidCalendar("max-date-time", "a time after the year 9000")
        is_date = found[4] is None
        # a leap second is the last second that clocks here know
        clock = (0, 0, 0) if is_date else (int(found[4]), int(found[5]), min(int(found[6]), 59))
        try:
            local = datetime(year, month, day, *clock)  # noqa: DTZ001 - wall time
        except ValueError as error:
            raise InvalidCalendar(DATA, "a time that is none") from error
        if found[7]:
            return Time(local, "UTC")
        if not tzid or is_date:
            return Time(local, self.floating, is_date)
        zone = iana_zone(tzid, self.definitions, year)
        if zone is None:
            raise InvalidCalendar(DATA, "a time zone that is unknown")
        return Time(local, zone)


def end_after(start: Time, text: str) -> datetime:
    """The instant a DURATION after the start: days are those of the calendar, hours elapse (3.8.2.5).

    :raises InvalidCalendar: it is none, or negative
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None or found[1] == "-" or not any(found.groups()[1:]):
        raise InvalidCalendar(DATA, "a duration that is none")
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in found.groups()[1:])
    try:
        later = start.local + timedelta(weeks=weeks, days=days)
        return to_instant(later, start.zone) + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (OverflowError, ValueError) as error:
        raise InvalidCalendar(DATA, "a duration that is too long") from error


def length_of(text: str) -> timedelta:
    """A DURATION (3.3.6), before or after; a day has 24 hours. Raises InvalidCalendar, OverflowError."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]):
        raise InvalidCalendar(DATA, "a duration that is none")
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length


def address_of(value: str, email: str = "") -> str:
    """The mail address of a calendar user, in lower case; "" if neither value nor EMAIL parameter says one."""
    value = value.strip().strip("<>")
    scheme, colon, rest = value.partition(":")
    if colon and scheme.strip().lower() == "mailto":
        candidate = unquote(rest.partition("?")[0])
    elif "@" in value and not colon and "/" not in value:
        candidate = value
    else:
        candidate = email.strip()
        if candidate.lower().startswith("mailto:"):
            candidate = unquote(candidate[len("mailto:") :])
    candidate = one_line(candidate).strip(" <>").lower()
    return candidate if _ADDRESS.fullmatch(candidate) else ""
