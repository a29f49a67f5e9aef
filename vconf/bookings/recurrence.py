# SPDX-License-Identifier: EUPL-1.2
"""Rule and time zone in, dates out. Plain Python.

Wall times are kept; instants are derived, so 09:00 stays 09:00 across both changes of the year (R4.1).
Skipped hours move forward, doubled hours take the first; durations are elapsed time (R4.2).

Rules are those of RFC 5545, 3.3.10, as far as a meeting needs them: once a day at most. Every expansion is bounded
by a last day, so a rule that never matches or never ends costs no more than one that does (R5.2).
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo


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

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
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

    @property
    def week_start(self) -> int:
        """WKST as a number, Monday = 0."""
        return _WEEKDAYS.index(dict(self.parts).get("WKST", "MO"))

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
    """The dates of a booking up to `last_local` (naive wall time, inclusive), `most` at most that are not dropped.

    The first date belongs to it whether or not the rule names it (RFC 5545, 3.8.5.3). A rule without an end is
    cut; one with an end that lies beyond, or has more than `most` dates, comes back with `beyond`, and so do RDATEs
    beyond. EXDATE takes dates away last.
    """
    horizon = max(last_local, starts_local)
    dropped = set(exdate)
    locals_: list[datetime] = [starts_local]
    beyond = False
    promised_until: datetime | None = None
    if rule is not None:
        wanted = rule.count if rule.count is not None else None
        last = horizon if rule.until is None else min(rule.until, horizon)
        for local in islice(_matches(rule, starts_local, last), most + len(dropped) + 1):
            if wanted is not None and len(locals_) >= wanted:
                break
            if local != starts_local:
                locals_.append(local)
        endless = wanted is None and rule.until is None
        short = wanted is not None and len(locals_) < wanted
        later = rule.until is not None and rule.until > horizon
        beyond = not endless and (short or later)
        if endless:
            kept = [place for place, local in enumerate(locals_) if local not in dropped]
            locals_ = locals_[: kept[most - 1] + 1] if len(kept) >= most else locals_
            promised_until = locals_[-1]
            rule = replace(rule, until=promised_until)
    beyond = beyond or any(local > horizon for local in rdate)
    chosen = sorted({*locals_, *rdate} - dropped)
    return Expansion(
        tuple(_date(local, duration, zone_name) for local in chosen[: most + 1]),
        rule,
        promised_until,
        beyond or len(chosen) > most,
    )


def _matches(rule: Rule, starts_local: datetime, last: datetime) -> Iterator[datetime]:
    """Wall times the rule names from the first date to `last`.

    Goes through the days up to `last`, whatever the rule says, so a rule that never matches costs as much as one that
    always does. (dateutil looks for the next match until the year 9999.)
    """
    names = _Filter.of(rule, starts_local.date())
    for days in _periods(rule, starts_local.date(), last.date()):
        for day in names.of_period(days):
            local = datetime.combine(day, starts_local.time())
            if starts_local <= local <= last:
                yield local


def _periods(rule: Rule, first: date, end: date) -> Iterator[Sequence[date]]:
    """The days, weeks, months or years that the rule looks at, each as its days; `first` lies in the first one."""
    if rule.frequency == "DAILY":
        while first <= end:
            yield (first,)
            first += timedelta(days=rule.interval)
    elif rule.frequency == "WEEKLY":
        begins = first - timedelta(days=(first.weekday() - rule.week_start) % 7)
        while begins <= end:
            yield [begins + timedelta(days=n) for n in range(7)]
            begins += timedelta(days=7 * rule.interval)
    else:
        months = 1 if rule.frequency == "MONTHLY" else 12
        number = first.year * 12 + (first.month - 1 if months == 1 else 0)
        while (begins := date(number // 12, number % 12 + 1, 1)) <= end:
            after = number + months
            length = (date(after // 12, after % 12 + 1, 1) - begins).days
            yield [begins + timedelta(days=n) for n in range(length)]
            number += months * rule.interval


@dataclass(frozen=True, slots=True)
class _Filter:
    """Which days of a period a rule names: those that all of its BY parts let through, then those at its positions."""

    months: frozenset[int]
    week_numbers: frozenset[int]
    year_days: frozenset[int]
    month_days: frozenset[int]
    #: weekday from Monday = 0, and which one of the month or year; 0 is each
    weekdays: frozenset[tuple[int, int]]
    positions: tuple[int, ...]
    of_year: bool
    week_start: int

    @classmethod
    def of(cls, rule: Rule, first: date) -> _Filter:
        """What the rule leaves open, the first date says (RFC 5545, 3.3.10)."""
        given = {name: value.split(",") for name, value in rule.parts}

        def numbers(name: str) -> frozenset[int]:
            return frozenset(int(item) for item in given.get(name, ()))

        months, month_days = numbers("BYMONTH"), numbers("BYMONTHDAY")
        weekdays = frozenset(_weekday(item) for item in given.get("BYDAY", ()))
        if not given.keys() & {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"}:
            if rule.frequency == "WEEKLY":
                weekdays = frozenset({(first.weekday(), 0)})
            elif rule.frequency != "DAILY":
                month_days = frozenset({first.day})
                if rule.frequency == "YEARLY" and not months:
                    months = frozenset({first.month})
        return cls(
            months=months,
            week_numbers=numbers("BYWEEKNO"),
            year_days=numbers("BYYEARDAY"),
            month_days=month_days,
            weekdays=weekdays,
            positions=tuple(int(item) for item in given.get("BYSETPOS", ())),
            of_year=rule.frequency == "YEARLY" and not months,
            week_start=rule.week_start,
        )

    def of_period(self, days: Sequence[date]) -> Sequence[date]:
        named = [day for day in days if self._names(day)]
        if not self.positions:
            return named
        at = {n - 1 if n > 0 else len(named) + n for n in self.positions}
        return [day for n, day in enumerate(named) if n in at]

    def _names(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self.month_days and not _counted(day.day, monthrange(day.year, day.month)[1]) & self.month_days:
            return False
        if self.year_days and not _counted(_day_of_year(day), _year_length(day.year)) & self.year_days:
            return False
        if self.week_numbers and not _week_numbers(day, self.week_start) & self.week_numbers:
            return False
        return not self.weekdays or bool(self._weekdays_of(day) & self.weekdays)

    def _weekdays_of(self, day: date) -> set[tuple[int, int]]:
        """What its weekday may be called: a Friday, the third Friday, the last but one Friday."""
        place = _day_of_year(day) if self.of_year else day.day
        length = _year_length(day.year) if self.of_year else monthrange(day.year, day.month)[1]
        return {(day.weekday(), n) for n in (0, (place - 1) // 7 + 1, -((length - place) // 7 + 1))}


def _counted(place: int, length: int) -> set[int]:
    """A place in a row counted from its beginning, and from its end as a negative number."""
    return {place, place - length - 1}


def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday


def _year_length(year: int) -> int:
    return 366 if isleap(year) else 365


def _week_numbers(day: date, week_start: int) -> set[int]:
    """The number of its week in the year that most of the week lies in (ISO 8601, for any first day of the week)."""
    middle = day - timedelta(days=(day.weekday() - week_start) % 7) + timedelta(days=3)
    place = _day_of_year(middle)
    return {(place - 1) // 7 + 1, -((_year_length(middle.year) - place) // 7 + 1)}


def _weekday(item: str) -> tuple[int, int]:
    """`-1FR` -> (4, -1); `FR` -> (4, 0)."""
    return _WEEKDAYS.index(item[-2:]), int(item[:-2] or 0)
