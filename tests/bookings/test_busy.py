# SPDX-License-Identifier: EUPL-1.2
"""People are busy with what stands, whatever was done to it; after each step the audit says that nothing is missed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bookings.wishes import at, wish
from vconf.bookings.busy import set_free
from vconf.bookings.calendars import ensure_calendars
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import close_occurrence
from vconf.bookings.models import BusyTime
from vconf.bookings.recurrence import to_local
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.restoring import restore_booking
from vconf.bookings.series import cancel_occurrence, change_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.bookings.transferring import transfer_booking

pytestmark = pytest.mark.django_db

BERND, CLARA = "bernd@im.mv.example", "clara@fm.mv.example"


@pytest.fixture
def series(world, anna):
    return book(
        wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=3", invite=f"{BERND} who@x.example"),
        actor=anna,
    )


def busy_days(person):
    """(days after the test day, local hour) at which each of the person's busy times begins."""
    assert audit_invariants() == []
    starts = BusyTime.objects.filter(person=person).order_by("starts_at").values_list("starts_at", flat=True)
    since = [to_local(begins, "Europe/Berlin") - at(0) for begins in starts]
    return [(passed.days, passed.seconds // 3600) for passed in since]


def test_organisers_and_guests_with_an_account_are_busy(world, anna, series):
    assert busy_days(world.anna) == busy_days(world.bernd) == [(0, 10), (1, 10), (2, 10)]
    assert BusyTime.objects.count() == 6


def test_a_booking_takes_one_statement_for_all_of_them(world, anna):
    ensure_calendars(person_ids=(), room_ids=[world.big.id])
    with CaptureQueriesContext(connection) as asked:
        book(wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=3", invite=BERND), actor=anna)
    assert sum("bookings_busytime" in one["sql"] for one in asked) == 1


def test_an_organiser_who_is_invited_as_well_is_busy_once(world, anna):
    book(wish(10, room_id=world.big.id, invite="anna@im.mv.example"), actor=anna)
    assert busy_days(world.anna) == [(0, 10)]


def test_moved_dropped_and_split_dates_are_followed(world, anna, series):
    first, second, third = series.occurrences.all()
    change_occurrence(first.id, ChangeRequest(starts_local=at(12)), actor=anna)
    assert busy_days(world.bernd) == [(0, 12), (1, 10), (2, 10)]
    split_booking(third.id, ChangeRequest(starts_local=at(15, day=2)), actor=anna)
    assert busy_days(world.bernd) == [(0, 12), (1, 10), (2, 15)]
    cancel_occurrence(second.id, actor=anna)
    assert busy_days(world.bernd) == busy_days(world.anna) == [(0, 12), (2, 15)]


def test_people_who_come_and_go(world, anna, series):
    change(series.id, ChangeRequest(attendees=(AttendeeRequest(address=CLARA),)), actor=anna)
    assert busy_days(world.bernd) == []
    assert len(busy_days(world.clara)) == 3


def test_who_is_handed_a_booking_is_busy_and_so_is_who_hands_it_over(world, anna, series):
    change(series.id, ChangeRequest(attendees=()), actor=anna)
    transfer_booking(series.id, BERND, actor=anna)
    assert len(busy_days(world.bernd)) == len(busy_days(world.anna)) == 3


def test_cancelled_is_free_and_restored_is_busy_again(world, anna, series):
    cancel(series.id, actor=anna)
    assert busy_days(world.bernd) == []
    restore_booking(series.id, actor=anna)
    assert busy_days(world.bernd) == [(0, 10), (1, 10), (2, 10)]


def test_what_is_over_sets_people_free(world, anna, series):
    first = series.occurrences.first()
    assert close_occurrence(first.id, now=first.ends_at + timedelta(minutes=1))
    assert busy_days(world.bernd) == [(1, 10), (2, 10)]


def test_a_place_that_forgets_is_found_by_the_audit(world, anna, series):
    set_free(series.occurrences.first())
    assert {finding.invariant for finding in audit_invariants()} == {7}
