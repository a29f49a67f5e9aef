# SPDX-License-Identifier: EUPL-1.2
"""Of a series that began before it came here the dates to come are booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.bookings.wishes import wish
from vconf.bookings.overriding import plan_with_overrides
from vconf.bookings.requests import BookingRequest, DateOverride
from vconf.bookings.under_way import with_dates_to_come

BERLIN = ZoneInfo("Europe/Berlin")
#: a Wednesday, at noon here
NOW = datetime(2027, 3, 10, 12, tzinfo=BERLIN)


def since(begins: datetime, rule: str, **fields: object) -> BookingRequest:
    return replace(wish(rrule=rule), starts_local=begins, **fields)  # type: ignore[arg-type]


def dates_of(request: BookingRequest) -> list[datetime]:
    """Wall times of what would be booked."""
    plan = plan_with_overrides(with_dates_to_come(request, now=NOW), now=NOW).plan
    return [date.starts_at.astimezone(BERLIN).replace(tzinfo=None) for date in plan.dates]


def test_what_has_begun_is_left_out_and_rule_and_start_stay():
    asked = since(datetime(2027, 2, 22, 9), "FREQ=WEEKLY;COUNT=5")
    found = with_dates_to_come(asked, now=NOW)
    assert found == replace(asked, exdate=tuple(datetime(2027, *day, 9) for day in [(2, 22), (3, 1), (3, 8)]))
    assert dates_of(asked) == [datetime(2027, 3, 15, 9), datetime(2027, 3, 22, 9)]


@pytest.mark.parametrize(("minutes", "first"), [(14, 10), (16, 17)])
def test_one_that_has_just_begun_can_still_be_had(minutes, first):
    begins = (NOW - timedelta(days=14, minutes=minutes)).replace(tzinfo=None)
    assert dates_of(since(begins, "FREQ=WEEKLY;COUNT=4"))[0].day == first


def test_however_long_it_has_been_there_as_many_are_ahead_as_of_a_new_one(settings):
    new = dates_of(since(datetime(2027, 3, 11, 9), "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"))
    assert len(new) > 350
    for years in (1, 3, 5):
        assert dates_of(since(datetime(2027 - years, 3, 11, 9), "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR")) == new
    ends = "FREQ=DAILY;UNTIL=20270801T000000Z"
    assert dates_of(since(datetime(2024, 3, 11, 9), ends))[-1] == datetime(2027, 7, 31, 9)


def test_a_date_that_was_put_off_is_to_come():
    put_off = DateOverride(recurrence_id=datetime(2027, 3, 8, 9), starts_local=datetime(2027, 3, 12, 15))
    asked = since(datetime(2027, 3, 1, 9), "FREQ=WEEKLY;COUNT=3", overrides=(put_off,))
    assert dates_of(asked) == [datetime(2027, 3, 12, 15), datetime(2027, 3, 15, 9)]


@pytest.mark.parametrize(
    "asked",
    [
        since(datetime(2027, 2, 22, 9), "FREQ=WEEKLY;COUNT=2"),
        since(datetime(2027, 2, 22, 9), ""),
        since(datetime(2027, 3, 22, 9), "FREQ=WEEKLY;COUNT=2"),
        since(datetime(2027, 2, 22, 9), "FREQ=NEVER"),
        since(datetime(2027, 2, 22, 9), "FREQ=WEEKLY", timezone="Nowhere/Atall"),
        since(datetime(2027, 2, 22, 9), "FREQ=WEEKLY", duration=timedelta(days=3)),
    ],
    ids=["over", "no series", "ahead", "no rule", "no zone", "too long"],
)
def test_all_else_stays_as_it_is(asked):
    assert with_dates_to_come(asked, now=NOW) is asked
