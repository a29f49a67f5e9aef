# SPDX-License-Identifier: EUPL-1.2
"""VTIMEZONE (RFC 5545, 3.6.5), written from the zone database.

Outlook ignores a TZID whose VTIMEZONE is missing and understands yearly rules, but no RDATE, inside it. So a zone that
changes by a yearly rule is written as one; lists of dates are the last resort (Morocco, Israel).
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vRecur

#: after so many years every weekday has stood on every day of the calendar: enough to tell a rule from chance
_YEARS_TO_SEE = 28
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def offset_changes(tzid: str, first_year: int, last_year: int) -> Iterator[tuple[datetime, timedelta]]:
    """The instants (UTC) in these years at which the zone's offset changes, each with the offset from then on."""
    for change in _changes(tzid, first_year, last_year):
        if change.observance.offset_from != change.observance.offset_to:
            yield (
                (change.onset - change.observance.offset_from).replace(tzinfo=UTC),
                change.observance.offset_to,
            )


@dataclass(frozen=True, slots=True)
class _Observance:
    offset_from: timedelta
    offset_to: timedelta
    name: str


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of a zone's offset. onset: naive wall time by the offset before it."""

    onset: datetime
    observance: _Observance


def vtimezone(tzid: str, first_year: int, last_year: int) -> Timezone:
    """The zone's definition, valid for dates from `first_year` to `last_year` at least.

    :param tzid: an IANA name
    """
    zone = ZoneInfo(tzid)
    begin = first_year - 1  # the change that was valid at the start of the first year happened before it
    end = max(last_year + 1, begin + _YEARS_TO_SEE - 1)
    changes = _changes(tzid, begin, end)

    component = Timezone()
    component.add("tzid", tzid)
    if not changes or changes[0].onset.year >= first_year:
        at = datetime(begin, 1, 1, tzinfo=zone)
        offset = at.utcoffset() or timedelta()
        component.add_component(_component(_Observance(offset, offset, at.tzname() or ""), at))

    by_observance: dict[_Observance, list[datetime]] = defaultdict(list)
    for change in changes:
        by_observance[change.observance].append(change.onset)
    for observance, onsets in by_observance.items():
        part = _component(observance, onsets[0])
        rule = _yearly_rule(onsets, end)
        needed = [onset for onset in onsets[1:] if onset.year <= last_year + 1]
        if rule is not None:
            part.add("rrule", rule)
        elif needed:
            part.add("rdate", needed)
        component.add_component(part)
    return component


def _component(observance: _Observance, onset: datetime) -> TimezoneStandard | TimezoneDaylight:
    # Which half of the year is called "standard" differs (Ireland); readers only care which one is ahead.
    ahead = observance.offset_to > observance.offset_from
    part = TimezoneDaylight() if ahead else TimezoneStandard()
    part.add("tzoffsetfrom", observance.offset_from)
    part.add("tzoffsetto", observance.offset_to)
    part.add("tzname", observance.name)
    part.add("dtstart", onset.replace(tzinfo=None))
    return part


def _yearly_rule(onsets: list[datetime], last_year: int) -> vRecur | None:
    """The one RRULE that gives exactly these wall times, once in each year up to the last one looked at."""
    first = onsets[0]
    every_year = [onset.year for onset in onsets] == list(range(first.year, last_year + 1))
    alike = {(onset.month, onset.weekday(), onset.time()) for onset in onsets}
    if not every_year or len(alike) > 1 or len(onsets) < _YEARS_TO_SEE - 1:
        return None
    if all(onset.day + 7 > monthrange(onset.year, onset.month)[1] for onset in onsets):
        ordinal = -1
    elif len({(onset.day - 1) // 7 for onset in onsets}) == 1:
        ordinal = (first.day - 1) // 7 + 1
    else:
        return None
    return vRecur(freq="YEARLY", bymonth=first.month, byday=f"{ordinal}{_WEEKDAYS[first.weekday()]}")


@lru_cache(maxsize=128)
def _changes(tzid: str, begin: int, end: int) -> tuple[_Change, ...]:
    """All changes in the years `begin` to `end`. The database has no list to ask for, so they are searched."""
    zone = ZoneInfo(tzid)
    changes = []
    before, stop = datetime(begin, 1, 1, tzinfo=UTC), datetime(end + 1, 1, 1, tzinfo=UTC)
    while before < stop:
        after = before + timedelta(days=7)
        if _observed(zone, before) != _observed(zone, after):
            at = _first_instant_after_change(zone, before, after)
            offset_from, _ = _observed(zone, before)
            offset_to, name = _observed(zone, at)
            onset = (at + offset_from).replace(tzinfo=None)
            changes.append(_Change(onset, _Observance(offset_from, offset_to, name)))
        before = after
    return tuple(changes)


def _first_instant_after_change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = _observed(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if _observed(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _observed(zone: ZoneInfo, at: datetime) -> tuple[timedelta, str]:
    local = at.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or ""
