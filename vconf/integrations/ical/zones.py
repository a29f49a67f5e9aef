# SPDX-License-Identifier: EUPL-1.2
"""TZID as programs write it -> the IANA zone that is meant.

A name that says it is believed: an IANA name, one behind a path, a Windows name (CLDR's table, from the library).
Only a name that says nothing makes the rules of its VTIMEZONE count: they are compared with the zone database for
the years around the event. vconf keeps no rules of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from vconf.bookings.recurrence import BadRule, expand, parse_rule
from vconf.integrations.ical.components import Component
from vconf.integrations.ical.timezones import offset_changes

_UTC = frozenset({"utc", "z", "gmt", "etc/utc", "utc/gmt", "coordinated universal time"})
_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?")
_PLACES = re.compile(r"\((?:UTC|GMT)(?:([+-])([0-9]{2}):?([0-9]{2}))?\)(.*)", re.IGNORECASE)
#: of zones with the same rules the one that most people mean
_COMMON = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Australia/Sydney")
#: parts of a VTIMEZONE that are worked out; real ones have two, or one for each change in the past
_MOST_PARTS = 200

#: the offset that holds at first, and each change after it: its instant and the offset from then on
_Course = tuple[timedelta, tuple[tuple[datetime, timedelta], ...]]


def iana_zone(tzid: str, definitions: Mapping[str, Component], year: int) -> str | None:
    """The IANA name of the zone; None if it cannot be told.

    :param definitions: the VTIMEZONEs of the text by TZID
    :param year: of the event; the rules of a definition count around it
    """
    tzid = tzid.strip().strip('"')
    if (named := _by_name(tzid)) is not None:
        return named
    definition = definitions.get(tzid)
    if definition is None:
        return _by_places(tzid, year)
    for line in definition.lines:
        if line.name in ("X-LIC-LOCATION", "TZID-ALIAS-OF", "TZURL") and (named := _by_name(line.value)):
            return named
    return _by_rules(definition, year) or _by_places(tzid, year)


def _by_name(name: str) -> str | None:
    name = name.strip()
    if len(name) > 200:
        return None
    if name.lower() in _UTC:
        return "UTC"
    if windows := _windows_names().get(name.lower()):
        return windows
    # /freeassociation.sourceforge.net/Tzfile/Europe/Berlin, /mozilla.org/20050126_1/America/Indiana/Knox
    segments = name.removesuffix(".ics").split("/")[-3:]
    for first in range(len(segments)):
        if known := _iana_names().get("/".join(segments[first:]).lower()):
            return known
    return None


@lru_cache(maxsize=1)
def _iana_names() -> Mapping[str, str]:
    return {name.lower(): name for name in available_timezones() if name not in ("localtime", "Factory")}


@lru_cache(maxsize=1)
def _windows_names() -> Mapping[str, str]:
    return {name.lower(): iana for name, iana in WINDOWS_TO_OLSON.items()}


def _by_places(tzid: str, year: int) -> str | None:
    """The zone of `(UTC+01:00) Amsterdam, Berlin, Bern`: that of the first place known for this offset."""
    found = _PLACES.match(tzid)
    if found is None:
        return None
    offset = timedelta(hours=int(found[2] or 0), minutes=int(found[3] or 0))
    if found[1] == "-":
        offset = -offset
    winter = datetime(year, 1, 15, tzinfo=UTC)
    for place in found[4].split(",")[:10]:
        zone = _places().get(place.strip().lower())
        if zone is not None and winter.astimezone(ZoneInfo(zone)).utcoffset() == offset:
            return zone
    return None


@lru_cache(maxsize=1)
def _places() -> Mapping[str, str]:
    return {
        name.rsplit("/", 1)[-1].replace("_", " ").lower(): name
        for name in sorted(_iana_names().values())
        if "/" in name
    }


def _by_rules(definition: Component, year: int) -> str | None:
    course = _course_of(definition, year)
    if course is None:
        return None
    offset, changes = course
    if not changes and offset % timedelta(hours=1) == timedelta() and abs(offset) <= timedelta(hours=12):
        hours = int(offset / timedelta(hours=1))
        return f"Etc/GMT{-hours:+d}" if hours else "UTC"
    return next((zone for zone in _candidates() if _course_in_database(zone, year) == course), None)


@lru_cache(maxsize=1)
def _candidates() -> tuple[str, ...]:
    """The zones whose rules a definition may have, ours first, then the common ones and Europe's."""
    zones = sorted({*WINDOWS_TO_OLSON.values()}, key=lambda name: (not name.startswith("Europe/"), name))
    known = _iana_names()
    wanted = (settings.VCONF_TIME_ZONE, "Europe/Berlin", *_COMMON, *zones)
    return tuple(dict.fromkeys(zone for zone in wanted if zone.lower() in known))


@lru_cache(maxsize=4096)
def _course_in_database(zone: str, year: int) -> _Course:
    begin = datetime(year - 1, 1, 1, tzinfo=UTC)
    offset = begin.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return offset, tuple(offset_changes(zone, year - 1, year + 1))


def _course_of(definition: Component, year: int) -> _Course | None:
    """What the definition says from the year before the event to the year after it; None if it cannot be read."""
    begin, end = datetime(year - 1, 1, 1, tzinfo=UTC), datetime(year + 2, 1, 1, tzinfo=UTC)
    if not 1 <= len(definition.parts) <= _MOST_PARTS:
        return None
    onsets: list[tuple[datetime, timedelta]] = []
    first: list[tuple[datetime, timedelta]] = []
    for part in definition.parts:
        offset_from, offset_to = _offset(part.value("TZOFFSETFROM")), _offset(part.value("TZOFFSETTO"))
        starts = _wall(part.value("DTSTART"))
        if offset_from is None or offset_to is None or starts is None:
            return None
        first.append((starts - offset_from, offset_from))
        try:
            onsets += [(wall - offset_from, offset_to) for wall in _onsets(part, starts, offset_from, year)]
        except (BadRule, ValueError, OverflowError):
            return None
    onsets.sort()
    before = [offset for at, offset in onsets if at.replace(tzinfo=UTC) <= begin]
    offset = before[-1] if before else min(first)[1]
    changes, last = [], offset
    for at, then in onsets:
        instant = at.replace(tzinfo=UTC)
        if begin < instant < end and then != last:
            changes.append((instant, then))
            last = then
    return offset, tuple(changes)


def _onsets(part: Component, starts: datetime, offset_from: timedelta, year: int) -> Iterator[datetime]:
    """The wall times at which the observance begins: its first, and those of the years looked at.

    Only yearly rules are followed: those of zones are, and others would take long to work out.
    """
    yield starts
    for line in part.all("RDATE"):
        yield from _dates_in(line.value.split(","))
    rule_text = part.value("RRULE")
    if not rule_text:
        return
    rule = parse_rule(rule_text, "UTC")
    if rule.frequency != "YEARLY" or rule.interval != 1 or rule.count is not None:
        raise BadRule("no rule of a zone")
    if rule.until is not None:
        rule = replace(rule, until=rule.until + offset_from)  # from UTC, as RFC 5545 (3.6.5) wants it
    last_year = year + 1 if rule.until is None else min(year + 1, rule.until.year)
    # the last onset before the years looked at may still hold when they begin; that of the first year is left out
    first_year = max(starts.year, min(year, last_year) - 3)
    first = starts if first_year == starts.year else starts.replace(year=first_year, day=min(starts.day, 28))
    found = expand(
        first,
        timedelta(hours=1),
        "UTC",
        rule=rule,
        last_local=datetime(last_year, 12, 31, 23, 59, 59),  # noqa: DTZ001 - wall time
        most=50,
    )
    # its first date is the one counted from, named by the rule or not
    for date in found.dates[1:]:
        yield date.recurrence_id


def _dates_in(values: Iterable[str]) -> Iterator[datetime]:
    for value in values:
        wall = _wall(value.partition("/")[0])
        if wall is not None:
            yield wall


def _wall(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip().rstrip("Zz")[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall time
    except ValueError:
        return None


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -offset if found[1] == "-" else offset
