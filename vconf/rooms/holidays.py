# SPDX-License-Identifier: EUPL-1.2
"""Public holidays in Mecklenburg-Vorpommern (FTG M-V, section 2): fixed days, and those that follow Easter."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_FIXED = ((1, 1), (5, 1), (10, 3), (10, 31), (12, 25), (12, 26))
#: days after Easter Sunday: Good Friday, Easter Monday, Ascension, Whit Monday
_AFTER_EASTER = (-2, 1, 39, 50)
#: International Women's Day is a holiday since then
_WOMENS_DAY_SINCE = 2023


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Those of one year."""
    days = {date(year, month, day) for month, day in _FIXED}
    days |= {easter(year) + timedelta(days=after) for after in _AFTER_EASTER}
    if year >= _WOMENS_DAY_SINCE:
        days.add(date(year, 3, 8))
    return frozenset(days)
