# SPDX-License-Identifier: EUPL-1.2
"""The audit finds every broken promise: each test breaks one behind the back of the services."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from vconf.authorities.services import set_quota
from vconf.bookings.busy import keep_busy, set_free
from vconf.bookings.guards import NAME
from vconf.bookings.invariants import audit_invariants, one_moment
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import (
    Booking,
    BusyTime,
    CalendarEntry,
    LedgerStep,
    Meeting,
    MonthlyUse,
    Occurrence,
)
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, change
from vconf.rooms.health import report_server_seen
from vconf.rooms.models import ConferenceServer
from vconf.rooms.services import change_pool, change_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(world):
    return factories.actor(world.operator)


@pytest.fixture
def booking(world, anna):
    return book(wish(10, room_id=world.big.id, seats=100), actor=anna)


def found():
    return [(finding.invariant, finding.violation) for finding in audit_invariants()]


def remove_guards():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # checked now, so that the table may be altered
            cursor.execute(f"ALTER TABLE bookings_occurrence DROP CONSTRAINT {NAME}")
        else:
            cursor.execute(f"DROP TRIGGER {NAME}_insert")
            cursor.execute(f"DROP TRIGGER {NAME}_update")


def test_a_room_used_twice(world, anna, booking):
    other = book(wish(10.5, room_id=world.shared.id, seats=30), actor=anna)
    remove_guards()
    assert {invariant for invariant, _ in found()} == {1}  # the guards are missed at once
    Occurrence.objects.filter(booking=other).update(room=world.big)
    findings = [str(finding) for finding in audit_invariants()]
    assert sum("overlap" in text for text in findings) == 1


def test_more_on_a_server_than_it_has(booking):
    server = booking.occurrences.get().reserved_server
    server.seats = 99
    server.save()
    assert found() == [(2, True)]


def test_people_who_are_busy_otherwise_than_written(world, booking):
    BusyTime.objects.update(ends_at=timezone.now())
    assert found() == [(7, True)]
    BusyTime.objects.all().delete()
    assert found() == [(7, True)]
    keep_busy(booking)
    assert found() == []
    date = booking.occurrences.get()
    BusyTime.objects.create(
        occurrence=date, person=world.bernd, starts_at=date.starts_at, ends_at=date.ends_at
    )
    assert found() == [(7, True)]


def test_a_server_that_was_shrunk_later_is_over_committed(operator, booking):
    change_server(booking.occurrences.get().reserved_server_id, seats=99, actor=operator)
    assert found() == [(2, False)]


def test_how_a_server_fares_excuses_nothing(booking):
    server = booking.occurrences.get().reserved_server
    server.seats = 99
    server.save()
    report_server_seen(server.id, ok=False, detail="silent")
    assert found() == [(2, True)]


def test_more_in_a_pool_than_the_loss_of_the_largest_server_leaves(world, anna, operator):
    for hall in [factories.room(f"Halle {n}", 200, world.im, world.pool, world.standard) for n in range(2)]:
        book(wish(10, room_id=hall.id, seats=200), actor=anna)
    world.pool.n_plus_one = True
    world.pool.save()
    assert found() == [(2, True)]
    # a decision about a server of another pool is none about this one
    factories.pool("Anderswo")
    elsewhere = ConferenceServer.objects.get(name="anderswo-1")
    change_server(elsewhere.id, seats=200, actor=operator)
    assert found() == [(2, True)]
    # nor is another name, of the pool or of one of its servers
    change_pool(world.pool.id, name="Umbenannt", actor=operator)
    change_server(world.servers[0].id, name="umbenannt", actor=operator)
    assert found() == [(2, True)]
    change_pool(world.pool.id, n_plus_one=True, actor=operator)
    assert found() == [(2, False)]


@pytest.mark.parametrize("limit", [{"seats": 99}, {"meetings": 0}, {"seat_hours": 99}])
def test_more_than_a_quota(world, booking, limit):
    factories.quota(world.land, **limit)
    assert found() == [(3, True)]


@pytest.mark.parametrize(
    "limit", [{"concurrent_seats": 99}, {"concurrent_meetings": 0}, {"seat_hours_per_month": 99}]
)
def test_a_quota_that_was_lowered_later_is_over_committed(world, operator, booking, limit):
    set_quota(world.im.id, limit, actor=operator)
    assert found() == [(3, False)]


def test_a_violation_is_not_hidden_behind_a_larger_over_commitment(world, anna, operator, booking):
    small = book(wish(10, room_id=world.small.id, seats=6, day=1), actor=anna)
    set_quota(world.im.id, {"concurrent_seats": 5}, actor=operator)
    assert found() == [(3, False)]
    Occurrence.objects.filter(booking=small).update(reserved_at=timezone.now())
    assert found() == [(3, True)]


def test_another_title_does_not_make_an_over_commitment_a_violation(world, anna, operator, booking):
    set_quota(world.im.id, {"concurrent_seats": 5}, actor=operator)
    change(booking.id, ChangeRequest(title="Anderer Titel"), actor=anna)
    assert found() == [(3, False)]


def test_a_ledger_that_says_something_else(world, booking):
    LedgerStep.objects.filter(account=world.pool.id, seats=100).update(seats=99)
    MonthlyUse.objects.filter(account=world.im.id).delete()
    assert found() == [(2, True), (3, True)]


def test_a_meeting_of_a_date_that_is_over(booking):
    occurrence = booking.occurrences.get()
    open_occurrence(occurrence.id)
    Occurrence.objects.filter(id=occurrence.id).update(state="ended")
    set_free(occurrence)
    assert found() == [(8, True)]
    Meeting.objects.update(state="ended")
    assert found() == []


def test_a_booking_missing_in_its_calendars(booking):
    CalendarEntry.objects.filter(calendar__room__isnull=False).update(deleted_at=timezone.now())
    assert found() == [(7, True)]


def test_a_cancelled_booking_still_shown(booking):
    Booking.objects.update(cancelled_at=timezone.now())
    assert found() == [(7, True)]


@pytest.mark.django_db(transaction=True)
def test_it_is_asked_while_people_book(world, anna):
    def book_meanwhile():
        try:
            book(wish(10, room_id=world.big.id), actor=anna)
        finally:
            connection.close()

    with one_moment():
        assert not Occurrence.objects.exists()
        other = threading.Thread(target=book_meanwhile)
        other.start()
        other.join()
        assert not LedgerStep.objects.exists()
    assert Occurrence.objects.get().starts_at - timezone.now() > timedelta(0)
    assert audit_invariants() == []
