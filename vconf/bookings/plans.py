# SPDX-License-Identifier: EUPL-1.2
"""Which dates a wish means: rule, added and dropped dates, cut at the booking horizon. Asks no database.

Whatever is kept of a series always says the same as its rows: rule and RDATE without EXDATE are their recurrence
ids. So a rule that cannot express what a change made of it is replaced by a list of dates (`expressed`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vconf.bookings.checks import dates_from
from vconf.bookings.errors import BeyondHorizon
from vconf.bookings.recurrence import (
    BadRule,
    Date,
    Expansion,
    Rule,
    expand,
    parse_rule,
    to_instant,
    to_local,
)
from vconf.errors import Invalid

#: as much as `Booking.rrule` holds
LONGEST_RULE = 500
#: kept rules end; this only bounds the search for dates that never come
LONGEST_LIFE = timedelta(days=20 * 366)
_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Plan:
    """All dates in order of time, and what is kept of them. starts_local: wall time the rule is anchored at.

    rdate and exdate are naive wall times; promised_until is the instant at which an endless rule was cut.
    """

    starts_local: datetime
    dates: Sequence[Date]
    rrule: str = ""
    rdate: tuple[datetime, ...] = ()
    exdate: tuple[datetime, ...] = ()
    promised_until: datetime | None = None

    @property
    def is_series(self) -> bool:
        return bool(self.rrule or self.rdate)


def plan_of(
    starts_local: datetime,
    duration: timedelta,
    zone_name: str,
    *,
    rrule: str = "",
    rdate: Collection[datetime] = (),
    exdate: Collection[datetime] = (),
    now: datetime,
    days_ahead: int | None = None,
) -> Plan:
    """`days_ahead`: how far can be booked, where that is not the installation's horizon.

    Raises Invalid (no such rule, no date left), TooLong, BeyondHorizon (an end beyond the horizon)."""
    starts_local = starts_local.replace(microsecond=0)
    dates = dates_from(starts_local, duration, zone_name)
    if not rrule and not rdate and starts_local not in exdate:
        return Plan(starts_local, dates)
    most = settings.VCONF_HORIZON_DATES
    added, dropped = checked_wall_times(rdate, exdate)
    rule = _rule(rrule, zone_name)
    days = settings.VCONF_HORIZON_DAYS if days_ahead is None else days_ahead
    last_local = to_local(now + timedelta(days=days), zone_name)
    try:
        found = expand(
            starts_local,
            duration,
            zone_name,
            rule=rule,
            rdate=added,
            exdate=dropped,
            last_local=last_local,
            most=most,
        )
    except BadRule as error:
        raise Invalid.field("rrule", _("This is not a rule that can be booked.")) from error
    if found.beyond:
        raise _beyond(found, rule, now, zone_name, days)
    if not found.dates:
        raise Invalid.field("exdate", _("No date is left."))
    text = "" if found.rule is None else str(found.rule)
    # as long as it may ever get: whoever cuts the series later gives the rule an UNTIL instead of a COUNT
    if (
        found.rule is not None
        and len(str(replace(found.rule, count=None, until=starts_local))) > LONGEST_RULE
    ):
        raise Invalid.field("rrule", _("This is not a rule that can be booked."))
    return Plan(
        starts_local,
        found.dates,
        rrule=text,
        rdate=added,
        exdate=dropped,
        promised_until=None if found.promised_until is None else to_instant(found.promised_until, zone_name),
    )


def _rule(text: str, zone_name: str) -> Rule | None:
    if not text:
        return None
    try:
        return parse_rule(text, zone_name)
    except BadRule as error:
        raise Invalid.field("rrule", _("This is not a rule that can be booked.")) from error


def checked_rule(text: str, zone_name: str) -> str:
    """The rule as it would be kept. Raises Invalid."""
    rule = _rule(text, zone_name)
    return "" if rule is None else str(rule)


def checked_wall_times(
    rdate: Collection[datetime], exdate: Collection[datetime]
) -> tuple[tuple[datetime, ...], tuple[datetime, ...]]:
    """Added and dropped dates in order, each once. Raises Invalid, BeyondHorizon."""
    most = settings.VCONF_HORIZON_DATES
    if len(rdate) > most:
        raise _too_many_dates(len(rdate))
    if len(exdate) > 2 * most:
        raise Invalid.field("exdate", _("These are too many dates."))
    return _wall_times("rdate", rdate), _wall_times("exdate", exdate)


def _wall_times(field: str, given: Collection[datetime]) -> tuple[datetime, ...]:
    if any(not 1970 <= local.year <= 9000 for local in given):
        raise Invalid.field(field, _("That is not a date for a meeting."))
    return tuple(sorted({local.replace(microsecond=0) for local in given}))


def _too_many_dates(asked: int | None) -> BeyondHorizon:
    limit = settings.VCONF_HORIZON_DATES
    return BeyondHorizon(
        format_lazy(_("A series may have {limit} dates at most."), limit=limit),
        limit=limit,
        asked=asked,
        unit="dates",
    )


def _beyond(found: Expansion, rule: Rule | None, now: datetime, zone_name: str, days: int) -> BeyondHorizon:
    """The refusal of a series that ends beyond the horizon: too many dates, or too far ahead."""
    if len(found.dates) > settings.VCONF_HORIZON_DATES:
        return _too_many_dates(rule.count if rule is not None else None)
    until = rule.until if rule is not None else None
    return BeyondHorizon(
        format_lazy(_("Bookings are possible up to {days} days ahead."), days=days),
        limit=days,
        asked=None if until is None else (to_instant(until, zone_name) - now).days,
        unit="days",
    )


# --- what a change makes of a rule ------------------------------------------------------------------------


def wall_times_of(
    starts_local: datetime, rrule: str, rdate: Collection[datetime], zone_name: str
) -> list[datetime]:
    """The recurrence ids that a kept rule and its added dates name, dropped ones included."""
    rule = parse_rule(rrule, zone_name) if rrule else None
    found = expand(
        starts_local,
        timedelta(hours=1),
        zone_name,
        rule=rule,
        rdate=rdate,
        last_local=starts_local + LONGEST_LIFE,
        most=100_000,
    )
    return [date.recurrence_id for date in found.dates]


def expressed(
    starts_local: datetime,
    rule: Rule | None,
    rdate: Sequence[datetime],
    wanted: Collection[datetime],
    zone_name: str,
) -> tuple[str, list[datetime]]:
    """RRULE and RDATE that name exactly the wanted wall times: the given ones, if they do, else a list of dates."""
    if rule is not None:
        text = str(rule)
        try:
            named = wall_times_of(starts_local, text, rdate, zone_name)
        except BadRule:
            named = []
        if len(text) <= LONGEST_RULE and set(named) == set(wanted):
            return text, sorted(rdate)
    return "", sorted(set(wanted) - {starts_local})


def shifted(rule: Rule, delta: timedelta, starts_local: datetime) -> Rule:
    """The rule whose dates lie later by `delta`, as far as a rule can say so: weekdays wander with the days."""
    days = ((starts_local + delta).date() - starts_local.date()).days
    parts = rule.parts
    if days % 7 and rule.frequency == "WEEKLY":
        parts = tuple((name, _turned(value, days) if name == "BYDAY" else value) for name, value in parts)
    return replace(rule, parts=parts, until=None if rule.until is None else rule.until + delta)


def _turned(weekdays: str, days: int) -> str:
    return ",".join(
        _WEEK[(_WEEK.index(day) + days) % 7] if day in _WEEK else day for day in weekdays.split(",")
    )
