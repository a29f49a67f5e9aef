# SPDX-License-Identifier: EUPL-1.2
"""A rule in plain words: "jede Woche am Montag und Donnerstag, bis 31. Mai 2027"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from vconf.bookings.recurrence import Rule

_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WORKDAYS = list(_WEEK[:5])


def describe_rule(rule: Rule, starts_local: datetime, language: str) -> str:
    """One phrase in "de" or "en", without a full stop. starts_local: wall time of the first date.

    A rule with rare parts (BYSETPOS, BYYEARDAY, BYWEEKNO) is described as far as words go, and as "by its own rule".
    """
    with translation.override(language):
        words = _Words("de" if language == "de" else "en")
        parts = dict(rule.parts)
        every = _every(rule)
        on = words.days_of(rule, parts, starts_local)
        if {"BYSETPOS", "BYYEARDAY", "BYWEEKNO"} & set(parts):
            on = _("on the dates of its own rule")
        phrase = _("%(every)s %(days)s") % {"every": every, "days": on} if on else every
        if rule.frequency != "YEARLY" and "BYMONTH" in parts:
            months = words.listed([words.months[int(n)] for n in parts["BYMONTH"].split(",")])
            phrase = _("%(phrase)s in %(months)s") % {"phrase": phrase, "months": months}
        if rule.count is not None:
            times = ngettext("%(count)d time", "%(count)d times", rule.count) % {"count": rule.count}
            return _("%(phrase)s, %(times)s") % {"phrase": phrase, "times": times}
        if rule.until is not None:
            until = format_date(rule.until, "j. F Y" if language == "de" else "j F Y")
            return _("%(phrase)s, until %(day)s") % {"phrase": phrase, "day": until}
        return phrase


def _every(rule: Rule) -> str:
    n = {"count": rule.interval}
    once = rule.interval == 1
    match rule.frequency:
        case "DAILY":
            return _("every day") if once else _("every %(count)d days") % n
        case "WEEKLY":
            return _("every week") if once else _("every %(count)d weeks") % n
        case "MONTHLY":
            return _("every month") if once else _("every %(count)d months") % n
        case _:
            return _("every year") if once else _("every %(count)d years") % n


class _Words:
    def __init__(self, language: str) -> None:
        self.language = language
        self.weekdays = [str(WEEKDAYS[n]) for n in range(7)]
        self.months = {n: str(name) for n, name in MONTHS.items()}

    def listed(self, words: Sequence[str]) -> str:
        if len(words) < 2:
            return "".join(words)
        return _("%(several)s and %(last)s") % {"several": ", ".join(words[:-1]), "last": words[-1]}

    def days_of(self, rule: Rule, parts: dict[str, str], starts_local: datetime) -> str:
        """On which days within its period, "" where the period alone says it."""
        if rule.frequency == "YEARLY":
            return self._days_of_year(parts, starts_local)
        if "BYDAY" in parts:
            return self._weekdays(parts["BYDAY"].split(","))
        if "BYMONTHDAY" in parts:
            return self._month_days([int(n) for n in parts["BYMONTHDAY"].split(",")])
        if rule.frequency == "WEEKLY":
            return self._weekdays([_WEEK[starts_local.weekday()]])
        if rule.frequency == "MONTHLY":
            return self._month_days([starts_local.day])
        return ""

    def _days_of_year(self, parts: dict[str, str], starts_local: datetime) -> str:
        months = [int(n) for n in parts.get("BYMONTH", str(starts_local.month)).split(",")]
        in_months = self.listed([self.months[n] for n in months])
        if "BYDAY" in parts:
            days = self._weekdays(parts["BYDAY"].split(","))
            return _("%(phrase)s in %(months)s") % {"phrase": days, "months": in_months}
        numbers = parts.get("BYMONTHDAY", str(starts_local.day)).split(",")
        if len(months) == len(numbers) == 1 and int(numbers[0]) > 0:
            return pgettext("day of a year", "on %(day)s %(month)s") % {
                "day": f"{numbers[0]}." if self.language == "de" else numbers[0],
                "month": in_months,
            }
        days = self._month_days([int(n) for n in numbers])
        return _("%(phrase)s in %(months)s") % {"phrase": days, "months": in_months}

    def _weekdays(self, items: Sequence[str]) -> str:
        if sorted(items, key=lambda item: item[-2:]) == sorted(_WORKDAYS):
            return _("from Monday to Friday")
        named = []
        for item in sorted(items, key=lambda item: _WEEK.index(item[-2:])):
            name, place = self.weekdays[_WEEK.index(item[-2:])], item[:-2]
            named.append(name if place in ("", "0") else f"{self._place(int(place))} {name}")
        if any(item[:-2] not in ("", "0") for item in items):
            return _("on the %(days)s") % {"days": self.listed(named)}
        return pgettext("weekdays", "on %(days)s") % {"days": self.listed(named)}

    def _place(self, n: int) -> str:
        """The first, second, last ... of its kind in a month or year."""
        if n == -1:
            return pgettext("weekday of a month", "last")
        if n < 0:
            return _("%(ordinal)s last") % {"ordinal": self._ordinal(-n)}
        return self._ordinal(n)

    def _month_days(self, numbers: Sequence[int]) -> str:
        named = [
            self._ordinal(n)
            if n > 0
            else _("last day")
            if n == -1
            else _("%(ordinal)s last day") % {"ordinal": self._ordinal(-n)}
            for n in sorted(numbers, key=lambda n: (n < 0, n))
        ]
        return pgettext("days of a month", "on the %(days)s") % {"days": self.listed(named)}

    def _ordinal(self, n: int) -> str:
        if self.language == "de":
            return f"{n}."
        ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
        return f"{n}{ending}"
