# SPDX-License-Identifier: EUPL-1.2
"""Changing and cancelling: the new promise wholly, or the old one unharmed."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import DAY, at, wish
from vconf.bookings.errors import (
    AlreadyCancelled,
    AlreadyStarted,
    NoCapacity,
    QuotaExceeded,
    RoomBlocked,
    SlotTaken,
)
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Booking, CalendarEntry, JoinLink, Occurrence
from vconf.bookings.recurrence import to_instant
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.series import change_occurrence
from vconf.bookings.services import book, cancel, change
from vconf.errors import Forbidden, NotFound, VersionConflict
from vconf.outbox.models import Message
from vconf.rooms.models import Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(world, anna):
    return book(wish(10, room_id=world.big.id, seats=40, invite="bernd@im.mv.example"), actor=anna)


def test_strangers_find_nothing_to_change(world, booking):
    for stranger in (world.clara, world.dora):
        with pytest.raises(NotFound):
            change(booking.id, ChangeRequest(title="x"), actor=factories.actor(stranger))
        with pytest.raises(NotFound):
            cancel(booking.id, actor=factories.actor(stranger))


def test_attendees_and_admins_see_but_may_not_change(world, booking):
    for other in (world.bernd, world.admin, world.operator):
        with pytest.raises(Forbidden):
            change(booking.id, ChangeRequest(title="x"), actor=factories.actor(other))
        with pytest.raises(Forbidden):
            cancel(booking.id, actor=factories.actor(other))


def test_move_keeps_link_and_pin_and_raises_sequence(world, anna, booking):
    moved = change(booking.id, ChangeRequest(starts_local=at(14)), actor=anna)
    occurrence = moved.occurrences.get()
    assert occurrence.starts_at == to_instant(at(14), "Europe/Berlin")
    assert (moved.sequence, moved.version) == (1, 2)
    assert moved.join_link_id == booking.join_link_id
    assert moved.join_link.pin == booking.join_link.pin
    book(wish(10, room_id=world.big.id), actor=anna)  # the old time is free at once
    assert audit_invariants() == []


def test_a_move_into_its_own_old_time_is_no_clash(anna, booking):
    change(booking.id, ChangeRequest(starts_local=at(10.5)), actor=anna)
    assert audit_invariants() == []


def test_a_refused_move_leaves_everything_as_it_was(world, anna, booking):
    book(wish(14, room_id=world.big.id), actor=anna)
    facts = Message.objects.count()
    with pytest.raises(SlotTaken) as refused:
        change(booking.id, ChangeRequest(starts_local=at(14), title="neu"), actor=anna)
    assert refused.value.alternatives
    booking.refresh_from_db()
    assert (booking.title, booking.sequence, booking.version) == ("Lagebesprechung", 0, 1)
    assert booking.occurrences.get().starts_at == to_instant(at(10), "Europe/Berlin")
    assert Message.objects.count() == facts
    assert audit_invariants() == []


def test_growing_past_the_quota_is_refused(world, anna, booking):
    factories.quota(world.im, seats=50)
    with pytest.raises(QuotaExceeded) as refused:
        change(booking.id, ChangeRequest(seats=60), actor=anna)
    # its own forty are given back before sixty are asked for
    assert (refused.value.limit, refused.value.in_use, refused.value.asked) == (50, 0, 60)
    change(booking.id, ChangeRequest(seats=50), actor=anna)
    assert audit_invariants() == []


def test_growing_past_the_servers_is_refused(world, anna):
    halls = [factories.room(f"Halle {n}", 400, world.im, world.pool, world.standard) for n in (1, 2)]
    book(wish(10, room_id=halls[0].id, seats=250), actor=anna)
    second = book(wish(10, room_id=halls[1].id, seats=250), actor=anna)
    with pytest.raises(NoCapacity):
        change(second.id, ChangeRequest(seats=301), actor=anna)
    change(second.id, ChangeRequest(seats=300), actor=anna)
    assert audit_invariants() == []


def test_people_added_past_the_reserved_seats_reserve_more(world, anna):
    booking = book(wish(room_id=world.big.id, seats=3, invite="a@x.example b@x.example"), actor=anna)
    people = tuple(AttendeeRequest(address=f"p{n}@x.example") for n in range(9))
    grown = change(booking.id, ChangeRequest(attendees=people), actor=anna)
    assert grown.seats == 10
    assert grown.occurrences.get().seats == 10
    assert grown.sequence == 0  # nothing that the calendars of those already invited need to know anew
    fact = Message.objects.get(fact="BookingChanged").payload
    assert fact["removed"] == ["a@x.example", "b@x.example"]
    assert len(fact["added"]) == 9
    assert audit_invariants() == []


def test_another_room(world, anna, booking):
    moved = change(booking.id, ChangeRequest(room_id=world.shared.id, seats=20), actor=anna)
    assert moved.occurrences.get().room == world.shared
    shown = CalendarEntry.objects.filter(booking=booking, deleted_at=None, calendar__room__isnull=False)
    assert [entry.calendar.room for entry in shown] == [world.shared]
    assert CalendarEntry.objects.get(booking=booking, calendar__room=world.big).deleted_at is not None
    assert audit_invariants() == []


def test_stale_version_changes_nothing(anna, booking):
    change(booking.id, ChangeRequest(title="eins", expected_version=1), actor=anna)
    with pytest.raises(VersionConflict):
        change(booking.id, ChangeRequest(title="zwei", expected_version=1), actor=anna)
    with pytest.raises(VersionConflict):
        cancel(booking.id, actor=anna, expected_version=1)
    booking.refresh_from_db()
    assert booking.title == "eins"


def test_nothing_changed_is_no_change(anna, booking):
    same = change(booking.id, ChangeRequest(title="Lagebesprechung", seats=40), actor=anna)
    assert (same.version, same.sequence) == (1, 0)
    assert not Message.objects.filter(fact="BookingChanged").exists()


def test_a_running_meeting_can_be_extended_but_not_moved(world, anna):
    start = timezone.now().replace(second=0, microsecond=0)
    running = book(
        wish(starts_local=start.replace(tzinfo=None), timezone="UTC", room_id=world.small.id), actor=anna
    )
    open_occurrence(running.occurrences.get().id)
    with pytest.raises(AlreadyStarted):
        change(running.id, ChangeRequest(starts_local=at(10), timezone="Europe/Berlin"), actor=anna)
    change(running.id, ChangeRequest(duration=timedelta(hours=2)), actor=anna)
    assert running.occurrences.get().ends_at == start + timedelta(hours=2)
    assert running.occurrences.get().state == "opening"
    assert audit_invariants() == []


def test_cancel_frees_everything_and_closes_the_link(world, anna, booking):
    cancelled = cancel(booking.id, actor=anna)
    assert (cancelled.sequence, cancelled.version) == (1, 2)
    assert cancelled.occurrences.get().state == "cancelled"
    assert JoinLink.objects.get(id=booking.join_link_id).retired_at is not None
    assert not CalendarEntry.objects.filter(booking=booking, deleted_at=None).exists()
    assert [m.fact for m in Message.objects.order_by("id")] == ["BookingConfirmed", "BookingCancelled"]
    book(wish(10, room_id=world.big.id), actor=anna)
    with pytest.raises(AlreadyCancelled):
        cancel(booking.id, actor=anna)
    with pytest.raises(AlreadyCancelled):
        change(booking.id, ChangeRequest(title="x"), actor=anna)
    assert audit_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_cancel_gives_one_effect(world, anna):
    booking = book(wish(room_id=world.big.id), actor=anna)
    outcomes = []

    def click():
        from django.db import connection

        try:
            cancel(booking.id, actor=anna)
            outcomes.append("cancelled")
        except AlreadyCancelled:
            outcomes.append("already")
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()

    assert sorted(outcomes) == ["already"] * 3 + ["cancelled"]
    assert Message.objects.filter(fact="BookingCancelled").count() == 1
    assert Booking.objects.get().sequence == 1
    assert Occurrence.objects.get().state == "cancelled"


def test_a_refused_change_of_a_series_names_a_room_that_is_free_on_all_dates(world, anna):
    book(wish(14, day=2, room_id=world.big.id, seats=5), actor=anna)
    series = book(wish(10, room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=4"), actor=anna)
    book(wish(14, day=3, room_id=world.small.id, seats=5), actor=anna)

    with pytest.raises(SlotTaken) as refused:
        change(series.id, ChangeRequest(starts_local=at(14)), actor=anna)

    [offer] = refused.value.alternatives
    assert (offer.room_id, offer.starts_at) == (world.shared.id, None)
    change(series.id, ChangeRequest(starts_local=at(14), room_id=world.shared.id), actor=anna)


def test_a_refused_change_of_one_date_comes_with_ways_out(world, anna):
    monday = -DAY.weekday() % 7
    book(wish(14, day=monday, room_id=world.big.id, seats=5), actor=anna)
    series = book(
        wish(11, day=monday, room_id=world.big.id, seats=5, hours=2, rrule="FREQ=DAILY;COUNT=2"), actor=anna
    )
    first = series.occurrences.order_by("starts_at")[0]

    with pytest.raises(SlotTaken) as refused:
        change_occurrence(first.id, ChangeRequest(starts_local=at(13, day=monday)), actor=anna)

    offers = [(one.room_id, one.starts_at) for one in refused.value.alternatives]
    assert offers == [
        (world.small.id, first.starts_at + timedelta(hours=2)),
        (world.big.id, first.starts_at + timedelta(hours=4)),
        (world.big.id, first.starts_at + timedelta(hours=6)),
    ]


def test_nothing_is_moved_into_a_room_blocked_since_but_what_is_there_stays(world, anna):
    booking = book(wish(10, room_id=world.big.id, seats=5), actor=anna)
    series = book(wish(12, room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=3"), actor=anna)
    Room.objects.filter(id=world.big.id).update(blocked_reason="Umbau")

    with pytest.raises(RoomBlocked):
        change(booking.id, ChangeRequest(starts_local=at(11)), actor=anna)
    with pytest.raises(RoomBlocked):
        change_occurrence(series.occurrences.all()[0].id, ChangeRequest(starts_local=at(15)), actor=anna)
    assert change(booking.id, ChangeRequest(title="Neuer Titel"), actor=anna).version == 2
    assert change(booking.id, ChangeRequest(duration=timedelta(minutes=30)), actor=anna).version == 3
