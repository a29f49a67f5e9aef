# SPDX-License-Identifier: EUPL-1.2
"""What is read of the ledger, and the peaks that the database works out, are what a walk over all steps finds."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from vconf.bookings import ledger
from vconf.ids import uuid7

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 7, tzinfo=UTC)


def written(chance, accounts):
    """Entries of four days on two of the three accounts, many of them across midnight."""
    entries = []
    for _ in range(60):
        begins = MONDAY + timedelta(minutes=15 * chance.randrange(4 * 24 * 4))
        ends = begins + timedelta(minutes=15 * chance.randrange(1, 80))
        some = tuple(chance.sample(accounts[:2], chance.randint(1, 2)))
        entries.append(ledger.Entry(some, begins, ends, chance.randrange(1, 50)))
    ledger.write(entries)
    return entries


@pytest.mark.parametrize("seed", range(5))
def test_peaks_from_the_database_are_those_of_a_walk_over_the_steps(seed):
    chance = random.Random(seed)
    accounts = tuple(uuid7() for _ in range(3))
    written(chance, accounts)

    for _ in range(40):
        begins = MONDAY + timedelta(minutes=5 * chance.randrange(-100, 4 * 24 * 12))
        ends = begins + timedelta(minutes=5 * chance.randrange(1, 1000))
        walked = ledger.read_range(accounts, begins, ends)
        peaks = ledger.read_peaks(accounts, begins, ends)
        for account in accounts:
            expected = walked.peak(account, begins, ends)
            found = peaks.get(account, ledger.Peak())
            assert (found.seats, found.meetings, found.seats_at) == (
                expected.seats,
                expected.meetings,
                expected.seats_at,
            )


@pytest.mark.parametrize("seed", range(5))
def test_the_steps_of_some_times_say_of_these_what_all_steps_say(seed):
    chance = random.Random(seed)
    accounts = tuple(uuid7() for _ in range(3))
    entries = written(chance, accounts)
    for _ in range(15):
        times = []
        for _ in range(chance.randint(1, 4)):  # several on one day, and some across midnight
            begins = MONDAY + timedelta(minutes=15 * chance.randrange(-20, 4 * 24 * 4))
            times.append((begins, begins + timedelta(minutes=15 * chance.randrange(1, 90))))
        moved = [entry.reversed() for entry in chance.sample(entries, 3)]
        some = ledger.read_times(accounts, times)
        everything = ledger.read_levels(accounts, {day for one in times for day in ledger.days_of(*one)})
        for account in accounts:
            for begins, ends in times:
                assert some.peak(account, begins, ends) == everything.peak(account, begins, ends)
                assert some.plus(moved).peak(account, begins, ends) == everything.plus(moved).peak(
                    account, begins, ends
                )
                assert passed(some, account, begins, ends) == passed(everything, account, begins, ends)


def passed(levels, account, begins, ends):
    """Where 60 seats or two meetings are passed."""
    over = levels.over(account, begins, ends, seats=60, meetings=2)
    return [(since, until, what) for since, until, what, *_ in over if since < until]


def test_fewer_steps_are_read_of_a_time_than_of_its_day():
    account = uuid7()
    ledger.write(
        ledger.Entry((account,), MONDAY + timedelta(hours=n), MONDAY + timedelta(hours=n, minutes=30), 5)
        for n in range(24)
    )
    noon = MONDAY + timedelta(hours=12)
    found = list(
        ledger.read_times([account], [(noon, noon + timedelta(hours=1))]).walk(
            account, "seats", MONDAY, MONDAY + timedelta(days=1)
        )
    )
    assert found == [(noon, 5), (noon + timedelta(minutes=30), 0)]


def test_without_accounts_nothing_is_asked():
    assert ledger.read_peaks((), MONDAY, MONDAY + timedelta(days=1)) == {}


def test_a_walk_is_told_that_what_ends_at_midnight_is_over_though_more_comes_later_that_day():
    account = uuid7()
    ledger.write(
        [
            ledger.Entry((account,), MONDAY + timedelta(hours=22), MONDAY + timedelta(hours=24), 30),
            ledger.Entry((account,), MONDAY + timedelta(hours=33), MONDAY + timedelta(hours=34), 20),
        ]
    )
    until = MONDAY + timedelta(hours=40)
    levels = ledger.read_range([account], MONDAY, until)

    assert [
        ((at - MONDAY) / timedelta(hours=1), level)
        for at, level in levels.walk(account, "seats", MONDAY, until)
    ] == [(22, 30), (24, 0), (33, 20), (34, 0)]
    assert [
        ((over[0] - MONDAY) / timedelta(hours=1), (over[1] - MONDAY) / timedelta(hours=1))
        for over in levels.over(account, MONDAY, until, seats=10, meetings=None)
    ] == [(22, 24), (33, 34)]
