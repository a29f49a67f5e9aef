# SPDX-License-Identifier: EUPL-1.2
"""Wall times are kept, instants derived: the two nights of the year, and any process zone (R4.1, R4.2)."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from vconf.bookings.recurrence import dates_of, to_instant, to_local

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2027-03-27T09:00", "2027-03-27T08:00+00:00"),  # the day before summer time
        ("2027-03-28T09:00", "2027-03-28T07:00+00:00"),  # 09:00 stays 09:00
        ("2027-10-30T09:00", "2027-10-30T07:00+00:00"),
        ("2027-10-31T09:00", "2027-10-31T08:00+00:00"),
    ],
)
def test_nine_o_clock_stays_nine_o_clock(local, instant):
    assert to_instant(datetime.fromisoformat(local), BERLIN) == datetime.fromisoformat(instant)


def test_skipped_hour_moves_forward():
    # 02:30 does not exist on 28 March 2027 in Berlin; it becomes 03:30 summer time
    instant = to_instant(datetime(2027, 3, 28, 2, 30), BERLIN)
    assert instant == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert to_local(instant, BERLIN) == datetime(2027, 3, 28, 3, 30)


def test_doubled_hour_takes_the_first():
    # 02:30 happens twice on 31 October 2027; the first is still summer time
    assert to_instant(datetime(2027, 10, 31, 2, 30), BERLIN) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_duration_is_elapsed_time_across_the_change():
    [date] = dates_of(datetime(2027, 3, 28, 1, 30), timedelta(hours=2), BERLIN)
    assert date.ends_at - date.starts_at == timedelta(hours=2)
    assert to_local(date.ends_at, BERLIN) == datetime(2027, 3, 28, 4, 30)


@pytest.mark.parametrize("process_zone", ["UTC", "America/New_York", "Pacific/Auckland"])
def test_instants_do_not_depend_on_the_zone_of_the_process(process_zone):
    code = (
        "from datetime import datetime; from vconf.bookings.recurrence import to_instant;"
        f"print(to_instant(datetime(2027, 7, 1, 9), {BERLIN!r}).isoformat())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TZ": process_zone},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "2027-07-01T07:00:00+00:00"
