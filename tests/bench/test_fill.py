# SPDX-License-Identifier: EUPL-1.2
"""What the benchmark fills a database with is what booking it all would have left behind."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from bench.fill import fill, first_monday, first_whole_week, is_fresh
from vconf.bookings.guards import missing_guards
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, CalendarEntry, LedgerStep, Occurrence
from vconf.outbox.models import Message

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]
#: more than a week, so that there are series
SIZE = 26_000


@pytest.mark.long
@pytest.mark.postgresql
def test_a_filled_database_holds_every_promise():
    base = first_monday(SIZE, datetime.now(UTC).date())

    fill(SIZE, base=base, tell=lambda line: None)

    assert audit_invariants() == []
    assert missing_guards(connection) == []
    assert Occurrence.objects.count() == SIZE
    assert Booking.objects.exclude(rrule="").exists()
    assert not Message.objects.exists()

    # the audit is no rubber stamp: one step less, and it says so
    LedgerStep.objects.filter(seats__gt=0).earliest("id").delete()
    CalendarEntry.objects.filter(calendar__room__isnull=False).earliest("id").delete()
    assert {finding.invariant for finding in audit_invariants()} == {2, 7}


def test_a_kept_database_is_used_while_half_a_year_of_it_is_ahead():
    monday = datetime(2026, 11, 30, tzinfo=UTC)
    just_before, base = monday - timedelta(minutes=1), monday.date()

    assert first_whole_week(1_000_000, base, just_before) == monday
    assert is_fresh(1_000_000, base, just_before)
    assert is_fresh(1_000_000, base, monday + timedelta(weeks=11))
    assert not is_fresh(1_000_000, base, monday + timedelta(weeks=12))
    assert not is_fresh(10_000, base, monday)


def test_five_million_dates_reach_back_and_as_far_ahead_as_can_be_booked():
    base = first_monday(5_000_000, datetime(2026, 11, 26, tzinfo=UTC).date())

    assert base == datetime(2024, 7, 15, tzinfo=UTC).date()
