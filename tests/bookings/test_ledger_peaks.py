# SPDX-License-Identifier: EUPL-1.2
"""The peaks that the database works out are those that a walk over all steps finds."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from vconf.bookings import ledger
from vconf.ids import uuid7

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 7, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(5))
def test_peaks_from_the_database_are_those_of_a_walk_over_the_steps(seed):
    chance = random.Random(seed)
    accounts = tuple(uuid7() for _ in range(3))
    entries = []
    for _ in range(60):
        begins = MONDAY + timedelta(minutes=15 * chance.randrange(4 * 24 * 4))
        ends = begins + timedelta(minutes=15 * chance.randrange(1, 80))
        some = tuple(chance.sample(accounts[:2], chance.randint(1, 2)))
        entries.append(ledger.Entry(some, begins, ends, chance.randrange(1, 50)))
    ledger.write(entries)

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


def test_without_accounts_nothing_is_asked():
    assert ledger.read_peaks((), MONDAY, MONDAY + timedelta(days=1)) == {}
