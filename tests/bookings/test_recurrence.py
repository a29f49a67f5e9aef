# SPDX-License-Identifier: EUPL-1.2
"""Wall times are kept, instants derived: the two nights of the year, and any process zone (R4.1, R4.2)."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import islice
from time import process_time

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from vconf.bookings.recurrence import BadRule, dates_of, expand, parse_rule, to_instant, to_local

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


# --- rules ----------------------------------------------------------------------------------------------

START = datetime(2027, 1, 4, 9)  # a Monday
YEAR = datetime(2028, 1, 4, 9)


def expanded(rrule: str, *, start: datetime = START, last: datetime = YEAR, most: int = 750, **fields):
    return expand(
        start,
        timedelta(hours=1),
        BERLIN,
        rule=parse_rule(rrule, BERLIN),
        last_local=last,
        most=most,
        **fields,
    )


def days(rrule: str, **fields) -> list[str]:
    return [f"{date.recurrence_id:%m-%d}" for date in expanded(rrule, **fields).dates]


@pytest.mark.parametrize(
    ("rrule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["01-04", "01-05", "01-06"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=3", ["01-04", "01-18", "02-01"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4", ["01-04", "01-07", "01-11", "01-14"]),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=3", ["01-04", "02-01", "03-01"]),
        (
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3",
            ["01-04", "01-29", "02-26"],
        ),  # the first date always belongs to it
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["01-04", "01-29"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["01-04", "01-31", "03-31"]),
        ("FREQ=YEARLY;COUNT=1", ["01-04"]),
        ("FREQ=WEEKLY;UNTIL=20270118", ["01-04", "01-11", "01-18"]),
        ("FREQ=WEEKLY;UNTIL=20270118T080000Z", ["01-04", "01-11", "01-18"]),  # 09:00 in Berlin
        ("FREQ=WEEKLY;UNTIL=20270118T075959Z", ["01-04", "01-11"]),
    ],
)
def test_dates_of_rules(rrule, expected):
    assert days(rrule) == expected


def test_a_weekly_nine_o_clock_stays_nine_o_clock_over_both_changes():
    dates = expanded("FREQ=WEEKLY").dates
    assert {date.recurrence_id.time() for date in dates} == {START.time()}
    assert {to_local(date.starts_at, BERLIN).hour for date in dates} == {9}
    assert {date.starts_at.hour for date in dates} == {7, 8}


def test_exdate_and_rdate():
    dropped, added = datetime(2027, 1, 11, 9), datetime(2027, 1, 13, 15)
    assert days("FREQ=WEEKLY;COUNT=3", exdate=[dropped], rdate=[added]) == ["01-04", "01-13", "01-18"]


def test_a_rule_without_end_is_cut_and_says_so():
    found = expanded("FREQ=WEEKLY", last=datetime(2027, 2, 1, 9))
    assert [f"{d.recurrence_id:%m-%d}" for d in found.dates] == ["01-04", "01-11", "01-18", "01-25", "02-01"]
    assert (found.promised_until, found.beyond) == (datetime(2027, 2, 1, 9), False)
    assert str(found.rule) == "FREQ=WEEKLY;UNTIL=20270201T090000"
    assert found.rule.to_rrule(BERLIN) == "FREQ=WEEKLY;UNTIL=20270201T080000Z"


def test_a_rule_without_end_is_cut_at_the_most_dates():
    found = expanded("FREQ=DAILY", most=5)
    assert (len(found.dates), found.promised_until) == (5, datetime(2027, 1, 8, 9))


@pytest.mark.parametrize(
    "rrule", ["FREQ=WEEKLY;COUNT=60", "FREQ=WEEKLY;UNTIL=20290101", "FREQ=DAILY;COUNT=1000000000"]
)
def test_an_end_beyond_the_horizon_is_told(rrule):
    assert expanded(rrule).beyond


def test_rules_that_never_match_cost_nothing():
    # 30 February; without a bound this would run to the year 9999
    assert days("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30") == ["01-04"]


@pytest.mark.parametrize(
    "rrule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=HOURLY;COUNT=2",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=2;UNTIL=20280101",
        "FREQ=DAILY;COUNT=2;COUNT=3",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=DAILY;UNTIL=yesterday",
        "FREQ=DAILY;UNTIL=20271345",
        "FREQ=DAILY;X-EVIL=1",
        "FREQ=DAILY;COUNT=99999999999",
        "FREQ=DAILY;COUNT=²",
        "FREQ=DAILY;COUNT=٣",
        "FREQ=MONTHLY;BYMONTHDAY=٣",
        "FREQ=MONTHLY;BYDAY=-99MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=DAILY;BYDAY=-1FR",
        "FREQ=YEARLY;BYDAY=54MO",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=-9MO",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO",
        "FREQ=DAILY;UNTIL=00010101T000000Z",
        "FREQ=DAILY;UNTIL=02270101",
        "FREQ=DAILY;UNTIL=99991231T235959Z",
        "FREQ=YEARLY;BYYEARDAY=" + ",".join(str(n) for n in range(1, 200)),
        "FREQ",
    ],
)
def test_what_is_no_rule_is_refused(rrule):
    with pytest.raises(BadRule):
        parse_rule(rrule, BERLIN)


NUMBERS = st.integers(-366, 366)
PARTS = st.dictionaries(
    st.sampled_from(["BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"]),
    st.lists(NUMBERS, min_size=1, max_size=4),
    max_size=3,
)
WEEKDAYS = st.lists(
    st.tuples(st.one_of(st.just(""), st.integers(-60, 60).map(str)), st.sampled_from(["MO", "WE", "SU"])),
    max_size=3,
)
ENDS = st.one_of(
    st.just(""),
    st.integers(1, 10**9).map(lambda count: f";COUNT={count}"),
    st.datetimes().map(lambda until: f";UNTIL={until.isoformat()[:19].replace('-', '').replace(':', '')}"),
)


def rule_text(frequency, parts, weekdays, end=""):
    words = [f"{name}={','.join(map(str, numbers))}" for name, numbers in parts.items()]
    words += ["BYDAY=" + ",".join(number + day for number, day in weekdays)] if weekdays else []
    return ";".join([f"FREQ={frequency}", *words]) + end


FREQUENCY = st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])


@settings(max_examples=200)
@given(FREQUENCY, PARTS, WEEKDAYS, ENDS)
def test_every_rule_is_refused_or_can_be_expanded_kept_and_read_again(frequency, parts, weekdays, end):
    try:
        found = expanded(rule_text(frequency, parts, weekdays, end))
    except BadRule:
        return
    assert parse_rule(str(found.rule), BERLIN) == found.rule


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    FREQUENCY,
    st.dictionaries(
        st.sampled_from(["BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"]),
        st.lists(
            st.sampled_from([1, 2, 3, 5, 12, 20, 31, 53, 100, 366, -1, -2, -31]), min_size=1, max_size=4
        ),
        max_size=3,
    ),
    st.one_of(
        st.lists(st.tuples(st.just(""), st.sampled_from(["MO", "TH", "SU"])), max_size=3),
        st.lists(
            st.tuples(st.sampled_from(["1", "2", "5", "-1", "-5"]), st.sampled_from(["MO", "SU"])), max_size=3
        ),
    ),
    st.sampled_from(["", ";WKST=SU", ";WKST=TH"]),
    st.sampled_from([1, 1, 2, 5]),
)
def test_rules_mean_what_they_mean_to_dateutil(frequency, parts, weekdays, week_start, interval):
    # It counts the positions of a week that the first date lies in from that date on, not from the week's beginning.
    assume(not (frequency == "WEEKLY" and "BYSETPOS" in parts))
    # Its first days of January may get another number when weeks do not begin on Monday.
    assume(not (week_start and "BYWEEKNO" in parts))
    text = rule_text(frequency, parts, weekdays, f";INTERVAL={interval}{week_start}")
    try:
        found = expanded(text, last=START + timedelta(days=1500), most=300)
    except BadRule:
        return
    ours = [date.recurrence_id for date in found.dates]
    assume(len(ours) > 1)
    theirs = rrulestr(text, dtstart=START, ignoretz=True)
    # Asked for no more than there are, for it would look for another one until the year 9999.
    named = list(islice(theirs, len(ours) if theirs[0] == START else len(ours) - 1))
    assert ours == sorted({START, *named})


def test_rules_that_match_late_or_never_cost_no_more_than_others():
    rules = [
        "FREQ=DAILY;BYSETPOS=300",
        "FREQ=WEEKLY;BYSETPOS=-8",
        "FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=DAILY;BYYEARDAY=1;BYWEEKNO=30",
        "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=4",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    ]
    started = process_time()
    for rule in rules:
        assert days(rule, last=START + timedelta(days=3660)) == ["01-04"]
    assert process_time() - started < 2


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 5),
    st.integers(1, 40),
    st.sampled_from(["", ";BYDAY=MO,WE,FR", ";BYMONTHDAY=1,15,-1", ";BYDAY=-1SU", ";BYMONTH=2,7"]),
    st.datetimes(datetime(2027, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(microsecond=0)),
)
def test_expansions_are_ordered_bounded_and_hold_the_first_date(frequency, interval, count, extra, start):
    assume("-1" not in extra or frequency in ("MONTHLY", "YEARLY") or "BYMONTHDAY" in extra)
    assume("-1SU" not in extra or frequency in ("MONTHLY", "YEARLY"))
    last = start + timedelta(days=550)
    found = expanded(f"FREQ={frequency};INTERVAL={interval};COUNT={count}{extra}", start=start, last=last)
    starts = [date.recurrence_id for date in found.dates]
    assert starts == sorted(set(starts))
    assert starts[0] == start
    assert len(starts) <= count
    assert all(local <= last for local in starts)
    assert found.beyond == (len(starts) < count)
    assert all(date.ends_at - date.starts_at == timedelta(hours=1) for date in found.dates)
