# SPDX-License-Identifier: EUPL-1.2
"""What others do between somebody's first look at a booking and the locks: PostgreSQL lets them, and it counts.

Each test lets the other act at exactly that moment, on the same connection, so that it is the same on SQLite.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.bookings import allocation, changing, checks, locks, series
from vconf.bookings.errors import AlreadyStarted, RoomBlocked
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import close_occurrence, open_occurrence
from vconf.bookings.models import Occurrence
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.retry import Meanwhile
from vconf.bookings.series import cancel_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.errors import VersionConflict
from vconf.rooms.selectors import rooms_visible_to
from vconf.rooms.services import change_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def meanwhile(monkeypatch):
    """`meanwhile(act)`: somebody else acts after the next caller has looked and before it has its locks."""
    real = {name: getattr(locks, name) for name in ("lock_rooms", "lock_place")}

    def arrange(act):
        def acting_before(lock):
            def act_then_lock(*args):
                for name, one in real.items():
                    monkeypatch.setattr(locks, name, one)
                act()
                return lock(*args)

            return act_then_lock

        for name, lock in real.items():
            monkeypatch.setattr(locks, name, acting_before(lock))

    return arrange


def moved(booking, actor):
    change(booking.id, ChangeRequest(starts_local=at(16)), actor=actor)


def cancelled(booking, actor):
    cancel(booking.id, actor=actor)


@pytest.mark.parametrize("act", [moved, cancelled])
def test_reserved_elsewhere_meanwhile_the_seats_are_given_back_there(world, anna, meanwhile, act):
    halls = [factories.room(f"Halle {n}", 400, world.im, world.pool, world.standard) for n in range(2)]
    booking = book(wish(10, room_id=world.big.id, seats=40), actor=anna)
    # on the other server: now a hall of 300 needs the one of the forty
    book(wish(10, room_id=halls[0].id, seats=250), actor=anna)
    before = booking.occurrences.get().reserved_server_id
    after = []

    def make_room():
        book(wish(10, room_id=halls[1].id, seats=300), actor=anna)
        after.append(booking.occurrences.get().reserved_server_id)

    meanwhile(make_room)
    act(booking, anna)

    assert after != [before]
    assert audit_invariants() == []


def running_out(world, anna):
    start = timezone.now().replace(second=0, microsecond=0)
    request = wish(starts_local=start.replace(tzinfo=None), timezone="UTC", room_id=world.small.id)
    return book(request, actor=anna).occurrences.get()


def test_closed_meanwhile_there_is_nothing_to_cancel(world, anna, meanwhile):
    occurrence = running_out(world, anna)
    meanwhile(lambda: close_occurrence(occurrence.id, now=occurrence.ends_at))
    with pytest.raises(AlreadyStarted):
        cancel(occurrence.booking_id, actor=anna)


def test_closed_meanwhile_there_is_nothing_to_extend(world, anna, meanwhile):
    occurrence = running_out(world, anna)
    meanwhile(lambda: close_occurrence(occurrence.id, now=occurrence.ends_at))
    with pytest.raises(AlreadyStarted):
        change(occurrence.booking_id, ChangeRequest(duration=timedelta(hours=2)), actor=anna)


def test_opened_meanwhile_it_is_not_moved(world, anna, meanwhile):
    booking = book(wish(10, room_id=world.big.id), actor=anna)
    meanwhile(lambda: open_occurrence(booking.occurrences.get().id))
    with pytest.raises(AlreadyStarted):
        change(booking.id, ChangeRequest(starts_local=at(16)), actor=anna)


@pytest.fixture
def block(world):
    """Blocks a room as the operator."""
    operator = factories.actor(world.operator)
    return lambda room: change_room(room.id, blocked_reason="Wasserschaden", actor=operator)


def test_a_room_blocked_meanwhile_is_not_booked(world, anna, meanwhile, block):
    meanwhile(lambda: block(world.big))
    with pytest.raises(RoomBlocked):
        book(wish(10, room_id=world.big.id), actor=anna)


def test_of_any_room_the_next_is_taken_when_one_is_blocked_meanwhile(world, anna, meanwhile, block):
    meanwhile(lambda: block(world.small))
    assert book(wish(10, seats=5), actor=anna).room == world.shared


def test_a_date_that_opens_while_it_shall_make_room_stays(world, anna, monkeypatch):
    """It has its meeting where it is; whoever wanted its seats begins anew, and sees that it runs."""
    halls = [factories.room(f"Halle {n}", 400, world.im, world.pool, world.standard) for n in range(2)]
    forty = book(wish(10, room_id=world.big.id, seats=40), actor=anna).occurrences.get()
    book(wish(10, room_id=halls[0].id, seats=250), actor=anna)
    find = allocation.make_room

    def find_then_open(*args, **kwargs):
        plan = find(*args, **kwargs)
        assert plan is not None
        assert [move.reservation_id for move in plan.moves] == [forty.id]
        open_occurrence(forty.id)
        return plan

    monkeypatch.setattr(allocation, "make_room", find_then_open)
    with pytest.raises(Meanwhile):  # the test's own transaction is the outermost: only it could begin anew
        book(wish(10, room_id=halls[1].id, seats=300), actor=anna)

    assert Occurrence.objects.get(id=forty.id).reserved_server_id == forty.reserved_server_id
    assert audit_invariants() == []


def test_a_date_that_went_over_to_another_booking_is_told_as_changed(world, anna, monkeypatch):
    booking = book(wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=3"), actor=anna)
    last = booking.occurrences.last()
    assert last is not None
    lock = changing.lock_booking

    def split_then_lock(booking_id, **options):
        monkeypatch.setattr(series, "lock_booking", lock)
        split_booking(last.id, ChangeRequest(starts_local=at(16, day=2)), actor=anna)
        return lock(booking_id, **options)

    monkeypatch.setattr(series, "lock_booking", split_then_lock)
    with pytest.raises(VersionConflict):
        cancel_occurrence(last.id, actor=anna)


def test_a_room_unblocked_between_two_looks_is_booked(world, anna, block, monkeypatch):
    block(world.big)
    look = rooms_visible_to

    def unblock_then_look(actor):
        change_room(world.big.id, blocked_reason="", actor=factories.actor(world.operator))
        return look(actor)

    monkeypatch.setattr(checks, "rooms_visible_to", unblock_then_look)
    assert book(wish(10, room_id=world.big.id), actor=anna).room == world.big
