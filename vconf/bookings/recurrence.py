# SPDX-License-Identifier: EUPL-1.2
"""Rule and time zone in, dates out. Plain Python.

Wall times are kept; instants are derived, so 09:00 stays 09:00 across both changes of the year (R4.1).
Skipped hours move forward, doubled hours take the first; durations are elapsed time (R4.2).

Rules are those of RFC 5545, 3.3.10, as far as a meeting needs them: once a day at most. Every expansion is bounded
by a last day, so a rule that never matches or never ends costs no more than one that does (R5.2).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule as dateutil_rrule


class BadRule(ValueError):
    """The text is no rule that can be booked. The message says why, in English, for developers and logs."""


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a booking: its original wall time (RECURRENCE-ID) and its planned instants (UTC)."""

    recurrence_id: datetime
    starts_at: datetime
    ends_at: datetime


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ZoneInfoNotFoundError or ValueError if there is none."""
    return ZoneInfo(name)


def to_instant(local: datetime, zone_name: str) -> datetime:
    """UTC instant of a naive wall time.

    `fold=0` gives a skipped hour the offset from before the change, which moves it forward, and a doubled
    hour its first pass (PEP 495).
    """
    return local.replace(tzinfo=zone(zone_name), fold=0).astimezone(UTC)


def to_local(instant: datetime, zone_name: str) -> datetime:
    """Naive wall time of an aware instant."""
    return instant.astimezone(zone(zone_name)).replace(tzinfo=None)


def dates_of(starts_local: datetime, duration: timedelta, zone_name: str) -> Sequence[Date]:
    """The dates of a booking without a rule: one."""
    return [_date(starts_local, duration, zone_name)]


def _date(local: datetime, duration: timedelta, zone_name: str) -> Date:
    starts_at = to_instant(local, zone_name)
    return Date(local, starts_at, starts_at + duration)


# --- rules ----------------------------------------------------------------------------------------------

_FREQUENCIES: dict[str, Any] = {
    "DAILY": dateutil_rrule.DAILY,
    "WEEKLY": dateutil_rrule.WEEKLY,
    "MONTHLY": dateutil_rrule.MONTHLY,
    "YEARLY": dateutil_rrule.YEARLY,
}
_WEEKDAYS: dict[str, Any] = {
    "MO": dateutil_rrule.MO,
    "TU": dateutil_rrule.TU,
    "WE": dateutil_rrule.WE,
    "TH": dateutil_rrule.TH,
    "FR": dateutil_rrule.FR,
    "SA": dateutil_rrule.SA,
    "SU": dateutil_rrule.SU,
}
_BYDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
#: part -> lowest and highest number; negative ones count from the end
_NUMBERS = {"BYMONTHDAY": 31, "BYMONTH": 12, "BYSETPOS": 366, "BYYEARDAY": 366, "BYWEEKNO": 53}
_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """A parsed RRULE. `until` is naive wall time in the booking's zone, inclusive; `count` includes the first date.

    `parts` are the remaining parts in the order they were given, checked, upper case.
    """

    frequency: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    parts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """RRULE value with UNTIL as floating wall time; `to_rrule` gives the UTC form that RFC 5545 asks for."""
        return self._text("" if self.until is None else f"{self.until:%Y%m%dT%H%M%S}")

    def to_rrule(self, zone_name: str) -> str:
        """RRULE value for a DTSTART with TZID: UNTIL in UTC."""
        until = "" if self.until is None else f"{to_instant(self.until, zone_name):%Y%m%dT%H%M%SZ}"
        return self._text(until)

    def _text(self, until: str) -> str:
        words = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            words.append(f"INTERVAL={self.interval}")
        if self.count is not None:
            words.append(f"COUNT={self.count}")
        if until:
            words.append(f"UNTIL={until}")
        return ";".join(words + [f"{name}={value}" for name, value in self.parts])


def parse_rule(text: str, zone_name: str) -> Rule:
    """Read an RRULE value (without the name). Raises BadRule.

    UNTIL may be UTC (as RFC 5545 wants it), floating, or a DATE, which includes the whole day. Parts that would
    give more than one date a day are refused, and so are repeated or unknown ones.
    """
    if len(text) > _LONGEST_TEXT:
        raise BadRule("the rule is too long")
    given: dict[str, str] = {}
    for word in text.strip().rstrip(";").upper().split(";"):
        name, separator, value = word.partition("=")
        if not separator or not value:
            raise BadRule(f"{word!r} is no part of a rule")
        if name in given:
            raise BadRule(f"{name} is given twice")
        given[name] = value
    frequency = given.pop("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise BadRule("FREQ has to be DAILY, WEEKLY, MONTHLY or YEARLY")
    interval = _number("INTERVAL", given.pop("INTERVAL", "1"), 1, 1000)
    count_text, until_text = given.pop("COUNT", None), given.pop("UNTIL", None)
    if count_text is not None and until_text is not None:
        raise BadRule("COUNT and UNTIL exclude each other")
    for name, value in given.items():
        _check_part(name, value)
    _check_weekdays(frequency, given)
    return Rule(
        frequency=frequency,
        interval=interval,
        count=None if count_text is None else _number("COUNT", count_text, 1, 10**9),
        until=None if until_text is None else _until(until_text, zone_name),
        parts=tuple(given.items()),
    )


def _number(name: str, text: str, lowest: int, highest: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,10}", text) or not lowest <= int(text) <= highest:
        raise BadRule(f"{name} has to be a number from {lowest} to {highest}")
    return int(text)


def _check_part(name: str, value: str) -> None:
    items = value.split(",")
    if len(items) > 31:
        raise BadRule(f"{name} has too many values")
    if name == "WKST":
        if value not in _WEEKDAYS:
            raise BadRule("WKST has to be a weekday")
    elif name == "BYDAY":
        if not all(_BYDAY.fullmatch(item) for item in items):
            raise BadRule("BYDAY has to be weekdays")
    elif name in _NUMBERS:
        for item in items:
            if _number(name, item, -_NUMBERS[name], _NUMBERS[name]) == 0:
                raise BadRule(f"{name} cannot be 0")
            if name == "BYMONTH" and int(item) < 0:
                raise BadRule("BYMONTH counts from 1")
    else:
        raise BadRule(f"{name} is not supported")


def _check_weekdays(frequency: str, parts: Mapping[str, str]) -> None:
    """A number before a weekday counts those of a month or of a year, and means nothing elsewhere (3.3.10)."""
    most = 0
    if frequency == "MONTHLY" or (frequency == "YEARLY" and "BYMONTH" in parts):
        most = 5
    elif frequency == "YEARLY" and "BYWEEKNO" not in parts:
        most = 53
    for item in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        number = item[:-2]
        if number and not 1 <= abs(int(number)) <= most:
            raise BadRule(f"there is no {item} in a {frequency.lower()} rule")


def _until(text: str, zone_name: str) -> datetime:
    until = _until_as_given(text, zone_name)
    # years of four digits, which is how it is kept
    if not 1970 <= until.year <= 9000:
        raise BadRule("UNTIL is no time")
    return until


def _until_as_given(text: str, zone_name: str) -> datetime:
    try:
        if re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", text):
            return to_local(datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), zone_name)
        if re.fullmatch(r"[0-9]{8}T[0-9]{6}", text):
            return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - floating on purpose
        if re.fullmatch(r"[0-9]{8}", text):
            day = datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a date
            return datetime.combine(day, time(23, 59, 59))
    except (ValueError, OverflowError) as error:
        raise BadRule("UNTIL is no time") from error
    raise BadRule("UNTIL is no time")


# --- expansion ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expansion:
    """All dates of a booking in order of time.

    rule: as it is kept; if it had no end, with the UNTIL it was cut at. promised_until: that UNTIL, else None.
    beyond: the rule has an end, and dates before it lie beyond the horizon.
    """

    dates: tuple[Date, ...]
    rule: Rule | None
    promised_until: datetime | None = None
    beyond: bool = False


def expand(
    starts_local: datetime,
    duration: timedelta,
    zone_name: str,
    *,
    rule: Rule | None,
    rdate: Collection[datetime] = (),
    exdate: Collection[datetime] = (),
    last_local: datetime,
    most: int,
) -> Expansion:
    """The dates of a booking up to `last_local` (naive wall time, inclusive), `most` at most.

    The first date belongs to it whether or not the rule names it (RFC 5545, 3.8.5.3). A rule without an end is
    cut; one with an end that lies beyond, or has more than `most` dates, comes back with `beyond`, and so do RDATEs
    beyond. EXDATE takes dates away last.
    """
    horizon = max(last_local, starts_local)
    locals_: list[datetime] = [starts_local]
    beyond = False
    promised_until: datetime | None = None
    if rule is not None:
        wanted = rule.count if rule.count is not None else None
        last = horizon if rule.until is None else min(rule.until, horizon)
        for local in islice(_matches(rule, starts_local, last), most + 1):
            if wanted is not None and len(locals_) >= wanted:
                break
            if local != starts_local:
                locals_.append(local)
        endless = wanted is None and rule.until is None
        short = wanted is not None and len(locals_) < wanted
        later = rule.until is not None and rule.until > horizon
        beyond = not endless and (short or later or len(locals_) > most)
        if endless:
            locals_ = locals_[:most]
            promised_until = locals_[-1]
            rule = replace(rule, until=promised_until)
    beyond = beyond or any(local > horizon for local in rdate)
    dropped = set(exdate)
    chosen = sorted({*locals_, *rdate} - dropped)
    return Expansion(
        tuple(_date(local, duration, zone_name) for local in chosen[: most + 1]),
        rule,
        promised_until,
        beyond or len(chosen) > most,
    )


def _matches(rule: Rule, starts_local: datetime, last: datetime) -> Iterator[datetime]:
    """Wall times the rule names from the first date to `last`. dateutil on naive times, always with an end.

    Raises BadRule while it is read, too: dateutil finds some rules impossible only then.
    """
    options: dict[str, Any] = {}
    for name, value in rule.parts:
        items = value.split(",")
        if name == "WKST":
            options["wkst"] = _WEEKDAYS[value]
        elif name == "BYDAY":
            options["byweekday"] = [_weekday(item) for item in items]
        else:
            options[name.lower()] = [int(item) for item in items]
    try:
        yield from dateutil_rrule.rrule(
            _FREQUENCIES[rule.frequency],
            dtstart=starts_local,
            interval=rule.interval,
            until=last,
            **options,
        )
    except (ValueError, IndexError, OverflowError) as error:
        raise BadRule(str(error)) from error


def _weekday(item: str) -> Any:
    found = _BYDAY.fullmatch(item)
    assert found is not None
    weekday = _WEEKDAYS[found[2]]
    return weekday if found[1] is None else weekday(int(found[1]))
