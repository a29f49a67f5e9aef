# SPDX-License-Identifier: EUPL-1.2
"""Booking: what is promised, what is refused and with which numbers."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.audit.models import AuditEntry
from vconf.bookings.errors import (
    BeyondHorizon,
    IdempotencyMismatch,
    InPast,
    NoCapacity,
    QuotaExceeded,
    RoomBlocked,
    RoomTooSmall,
    SlotTaken,
    TooLong,
)
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, CalendarEntry, Occurrence
from vconf.bookings.recurrence import to_instant
from vconf.bookings.services import book, cancel
from vconf.errors import Invalid, NotFound
from vconf.outbox.models import Message
from vconf.rooms.models import Room

pytestmark = pytest.mark.django_db


def test_foreign_room_is_not_found(world):
    with pytest.raises(NotFound):
        book(wish(room_id=world.big.id), actor=factories.actor(world.clara))
    assert not Booking.objects.exists()


def test_foreign_authority_is_not_charged(world, anna):
    with pytest.raises(Invalid) as refused:
        book(wish(seats=5, authority_id=world.fm.id), actor=anna)
    assert list(refused.value.fields) == ["authority"]
    assert not Booking.objects.exists()


def test_book_promises_room_seats_link_and_calendars(world, anna):
    booking = book(
        wish(10, room_id=world.big.id, seats=40, invite="bernd@im.mv.example gast@firma.example"), actor=anna
    )

    occurrence = booking.occurrences.get()
    assert (booking.organiser, booking.authority, booking.sequence, booking.version) == (
        world.anna,
        world.im,
        0,
        1,
    )
    assert (occurrence.starts_at, occurrence.ends_at) == (
        to_instant(at(10), "Europe/Berlin"),
        to_instant(at(10), "Europe/Berlin") + timedelta(hours=1),
    )
    assert (occurrence.seats, occurrence.state, occurrence.pool_id) == (40, "confirmed", world.pool.id)
    assert occurrence.reserved_server in world.servers
    assert {a.address: a.person for a in booking.attendees.all()} == {
        "bernd@im.mv.example": world.bernd,
        "gast@firma.example": None,
    }
    assert len(booking.join_link.token) >= 22
    assert len(booking.join_link.pin) == len(booking.join_link.moderator_pin) == 9
    assert booking.join_link.pin[0] in "1234"
    assert booking.join_link.moderator_pin[0] in "56789"
    owners = CalendarEntry.objects.filter(booking=booking).values_list("calendar__person", "calendar__room")
    assert set(owners) == {(world.anna.id, None), (world.bernd.id, None), (None, world.big.id)}
    assert [m.fact for m in Message.objects.all()] == ["BookingConfirmed"]
    assert AuditEntry.objects.get(action="booking.book").outcome == "done"
    assert audit_invariants() == []


@pytest.mark.parametrize(
    ("fields", "seats"),
    [
        ({"seats": 7}, 7),
        ({"invite": "a@x.example"}, 3),
        ({"invite": "a@x.example b@x.example c@x.example d@x.example"}, 5),
        ({}, 100),
    ],
    ids=["asked", "at least three", "people and organiser", "nobody named: the room's"],
)
def test_expected_seats(world, anna, fields, seats):
    assert book(wish(room_id=world.big.id, **fields), actor=anna).seats == seats


def test_nobody_named_and_no_room_takes_the_default(world, anna):
    assert book(wish(), actor=anna).seats == 10


def test_any_room_is_the_smallest_free_one_that_fits(world, anna):
    first = book(wish(seats=5), actor=anna)
    second = book(wish(seats=5), actor=anna)
    third = book(wish(seats=5), actor=anna)
    assert [b.room for b in (first, second, third)] == [world.small, world.shared, world.big]


def test_stock_rooms_are_made_when_all_are_taken(world, anna):
    stock = factories.room(
        "Vorrat 1", 300, world.land, world.pool, world.standard, open_to_all=True, is_stock=True
    )
    for _ in range(3):
        book(wish(seats=5), actor=anna)
    fourth = book(wish(seats=5), actor=anna)
    fifth = book(wish(seats=5), actor=anna)
    assert fourth.room == stock
    assert fifth.room.is_stock
    assert fifth.room != stock
    assert audit_invariants() == []


def test_taken_room_is_refused_with_other_room_and_other_time(world, anna):
    book(wish(10, room_id=world.small.id), actor=anna)
    with pytest.raises(SlotTaken) as refused:
        book(wish(10.5, room_id=world.small.id, seats=4), actor=anna)
    other_room, *other_times = refused.value.alternatives
    assert other_room.room_id == world.shared.id
    assert [a.room_id for a in other_times] == [world.small.id] * len(other_times)
    assert len(other_times) >= 1
    assert refused.value.conflicts[0].starts_at == to_instant(at(10.5), "Europe/Berlin")
    audit = AuditEntry.objects.get(outcome="refused")
    assert (audit.action, audit.code) == ("booking.book", "slot_taken")


def test_back_to_back_is_no_clash(world, anna):
    book(wish(10, room_id=world.small.id), actor=anna)
    book(wish(11, room_id=world.small.id), actor=anna)
    book(wish(9, room_id=world.small.id), actor=anna)
    assert Occurrence.objects.count() == 3


def test_buffers_keep_the_room_but_no_seats():
    world = factories.world(servers=(6,), buffer_before_minutes=15, buffer_after_minutes=15)
    anna = factories.actor(world.anna)
    book(wish(10, room_id=world.small.id), actor=anna)
    with pytest.raises(SlotTaken):
        book(wish(11.25, room_id=world.small.id), actor=anna)
    # the server is free again at eleven: another room takes all of its seats at once
    book(wish(11, room_id=world.big.id, seats=6), actor=anna)
    book(wish(12.5, room_id=world.small.id), actor=anna)
    assert audit_invariants() == []


def test_third_of_250_250_100_is_refused_with_numbers_and_cancelling_frees_it(world):
    """The issue's own example: two servers of 300, next year, the same hour."""
    halls = [factories.room(f"Halle {n}", 300, world.im, world.pool, world.standard) for n in (1, 2, 3)]
    anna = factories.actor(world.anna)
    first = book(wish(10, room_id=halls[0].id, seats=250), actor=anna)
    book(wish(10, room_id=halls[1].id, seats=250), actor=anna)

    with pytest.raises(NoCapacity) as refused:
        book(wish(10, room_id=halls[2].id, seats=100), actor=anna)

    assert (refused.value.limit, refused.value.in_use, refused.value.asked) == (300, 250, 100)
    smaller, *times = refused.value.alternatives
    assert smaller.seats == 50
    assert times[0].starts_at is not None
    assert times[0].starts_at >= to_instant(at(11), "Europe/Berlin")

    cancel(first.id, actor=anna)
    book(wish(10, room_id=halls[2].id, seats=100), actor=anna)
    assert audit_invariants() == []


def test_others_are_re_reserved_to_make_room(world):
    halls = [factories.room(f"Halle {n}", 300, world.im, world.pool, world.standard) for n in range(4)]
    anna = factories.actor(world.anna)
    one = book(wish(10, room_id=halls[0].id, seats=200), actor=anna)
    book(wish(10, room_id=halls[1].id, seats=200), actor=anna)
    cancel(one.id, actor=anna)
    small = book(wish(10, room_id=halls[2].id, seats=100), actor=anna)  # the empty one stays half empty
    again = book(wish(10, room_id=halls[0].id, seats=150), actor=anna)
    assert reserved(small) == reserved(again)
    # 250 here and 200 there are in use; 150 more fit only as 150 + 150 beside 200 + 100
    book(wish(10, room_id=halls[3].id, seats=150), actor=anna)
    assert reserved(small) != reserved(again)
    assert audit_invariants() == []


def reserved(booking):
    return booking.occurrences.get().reserved_server_id


def test_n_plus_one_keeps_the_largest_server_in_reserve(world, anna):
    world.pool.n_plus_one = True
    world.pool.save()
    hall = factories.room("Halle", 300, world.im, world.pool, world.standard)
    book(wish(10, room_id=hall.id, seats=250), actor=anna)
    with pytest.raises(NoCapacity) as refused:
        book(wish(10, room_id=world.big.id, seats=51), actor=anna)
    assert (refused.value.limit, refused.value.in_use, refused.value.asked) == (300, 250, 51)
    book(wish(10, room_id=world.big.id, seats=50), actor=anna)


@pytest.mark.parametrize("limited", ["land", "im"])
def test_quota_of_any_authority_above_limits(world, anna, limited):
    factories.quota(getattr(world, limited), seats=50)
    book(wish(10, room_id=world.shared.id, seats=30), actor=factories.actor(world.dora))
    with pytest.raises(QuotaExceeded) as refused:
        book(wish(10.5, room_id=world.big.id, seats=21), actor=anna)
    assert (refused.value.limit, refused.value.in_use, refused.value.asked) == (50, 30, 21)
    assert refused.value.alternatives[0].seats == 20
    book(wish(10.5, room_id=world.big.id, seats=20), actor=anna)
    book(wish(11.5, room_id=world.small.id, seats=6), actor=anna)
    assert audit_invariants() == []


def test_quota_of_another_branch_does_not_limit(world, anna):
    factories.quota(world.fm, seats=1)
    book(wish(seats=50), actor=anna)


def test_quota_of_meetings(world, anna):
    factories.quota(world.im, meetings=1)
    book(wish(10, seats=5), actor=anna)
    with pytest.raises(QuotaExceeded) as refused:
        book(wish(10, seats=5), actor=anna)
    assert (refused.value.limit, refused.value.in_use, refused.value.asked, refused.value.unit) == (
        1,
        1,
        1,
        "meetings",
    )


def test_quota_of_seat_hours_counts_the_month_and_is_given_back(world, anna):
    factories.quota(world.im, seat_hours=20)
    first = book(wish(10, hours=2, seats=6), actor=anna)
    with pytest.raises(QuotaExceeded) as refused:
        book(wish(15, hours=2, seats=5), actor=anna)
    assert (refused.value.limit, refused.value.in_use, refused.value.asked) == (20, 12, 10)
    cancel(first.id, actor=anna)
    book(wish(15, hours=2, seats=5), actor=anna)
    assert audit_invariants() == []


def test_quota_with_a_period_replaces_the_standing_one(world, anna):
    factories.quota(world.im, seats=10)
    factories.quota(world.im, seats=50, valid_from=at(0).date(), valid_until=at(0).date())
    book(wish(10, seats=50), actor=anna)
    with pytest.raises(QuotaExceeded) as refused:
        book(wish(10, day=1, seats=50), actor=anna)
    assert refused.value.limit == 10


def test_a_meeting_across_midnight_counts_on_both_days(world, anna):
    factories.quota(world.im, seats=10)
    book(wish(22, hours=6, seats=8), actor=anna)
    with pytest.raises(QuotaExceeded):
        book(wish(3, day=1, hours=1, seats=3), actor=anna)
    book(wish(4, day=1, hours=1, seats=10), actor=anna)
    assert audit_invariants() == []


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"starts_local": datetime(2020, 1, 1, 10)}, InPast),
        ({"starts_local": at(10, day=400)}, BeyondHorizon),
        ({"duration": timedelta(hours=25)}, TooLong),
        ({"seats": 7}, RoomTooSmall),
    ],
)
def test_refusals_that_numbers_explain(world, anna, fields, refusal):
    with pytest.raises(refusal):
        book(dataclasses.replace(wish(room_id=world.small.id), **fields), actor=anna)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\r\nBcc: b"}, "title"),
        ({"description": "a\x00b"}, "description"),
        ({"duration": timedelta(0)}, "duration"),
        ({"duration": timedelta(hours=-1)}, "duration"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"seats": 0}, "seats"),
        ({"invite": "not-an-address"}, "attendees"),
        ({"language": "fr"}, "language"),
        ({"starts_local": datetime(1, 1, 1)}, "starts_at"),
    ],
)
def test_requests_that_make_no_sense_name_the_field(world, anna, fields, name):
    with pytest.raises(Invalid) as refused:
        book(wish(**fields), actor=anna)
    assert list(refused.value.fields) == [name]
    assert not Booking.objects.exists()


def test_blocked_room(world, anna):
    world.small.blocked_reason = "Umbau"
    world.small.save()
    with pytest.raises(RoomBlocked):
        book(wish(room_id=world.small.id), actor=anna)


def test_the_running_quarter_hour_can_be_booked(world, anna):
    now = timezone.now().astimezone(UTC).replace(tzinfo=None)
    book(wish(starts_local=now - timedelta(minutes=5), timezone="UTC", seats=5), actor=anna)


def test_same_idempotency_key_gives_the_same_booking(world, anna):
    first = book(wish(seats=5, idempotency_key="k1"), actor=anna)
    again = book(wish(seats=5, idempotency_key="k1"), actor=anna)
    assert again == first
    assert Booking.objects.count() == 1
    with pytest.raises(IdempotencyMismatch):
        book(wish(seats=6, idempotency_key="k1"), actor=anna)
    # another person's key is another key
    assert book(wish(seats=5, idempotency_key="k1"), actor=factories.actor(world.bernd)) != first


def test_a_repeat_gets_the_same_booking_whatever_has_changed_since(world, anna, monkeypatch):
    request = wish(seats=5, room_id=world.small.id, idempotency_key="k1")
    first = book(request, actor=anna)
    Room.objects.filter(id=world.small.id).update(blocked_reason="Umbau")

    assert book(request, actor=anna) == first

    monkeypatch.setattr(timezone, "now", lambda: first.created_at + timedelta(days=401))
    assert book(request, actor=anna) == first


def test_the_organiser_is_no_guest_of_their_own(world, anna):
    booking = book(
        wish(seats=5, invite="anna@im.mv.example Bernd@IM.mv.example bernd@im.mv.example"), actor=anna
    )
    assert [a.address for a in booking.attendees.all()] == ["bernd@im.mv.example"]


def test_stock_grows_also_where_the_class_of_other_rooms_says_no(world, anna):
    short = factories.room_class(world.land, "Kurz", max_length_minutes=30)
    factories.room("Halle", 200, world.im, world.pool, short)
    factories.room("Vorrat 1", 300, world.land, world.pool, world.standard, open_to_all=True, is_stock=True)
    rooms = [book(wish(10, seats=150), actor=anna).room for _ in range(2)]
    assert [room.is_stock for room in rooms] == [True, True]
    assert rooms[0] != rooms[1]
