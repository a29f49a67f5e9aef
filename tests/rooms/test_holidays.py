# SPDX-License-Identifier: EUPL-1.2
"""Public holidays in Mecklenburg-Vorpommern, against the calendar on the wall."""

from __future__ import annotations

from datetime import date

import pytest

from vconf.rooms.holidays import easter, public_holidays


@pytest.mark.parametrize(
    "sunday",
    [
        date(1961, 4, 2),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2011, 4, 24),
        date(2024, 3, 31),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),  # the latest day there is
        date(2285, 3, 22),  # the earliest
    ],
)
def test_easter(sunday: date) -> None:
    assert easter(sunday.year) == sunday


def test_the_holidays_of_2027() -> None:
    assert sorted(public_holidays(2027)) == [
        date(2027, 1, 1),
        date(2027, 3, 8),
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 5, 1),
        date(2027, 5, 6),
        date(2027, 5, 17),
        date(2027, 10, 3),
        date(2027, 10, 31),
        date(2027, 12, 25),
        date(2027, 12, 26),
    ]


def test_womens_day_is_one_since_2023() -> None:
    assert date(2022, 3, 8) not in public_holidays(2022)
    assert date(2023, 3, 8) in public_holidays(2023)
