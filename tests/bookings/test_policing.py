# SPDX-License-Identifier: EUPL-1.2
"""What a room class says to a wish: hours, days, people, series, dates left out. At each way in to a booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.bookings.availability import find_availability
from vconf.bookings.errors import (
    BeyondHorizon,
    ClosedDay,
    NotEntitled,
    OutsideHours,
    PartialNotAllowed,
    SeriesNotAllowed,
    TooFewDates,
    TooSoon,
)
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.policing import fits_policy
from vconf.bookings.recurrence import Date
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.selectors import get_booking
from vconf.bookings.series import change_occurrence, split_booking
from vconf.bookings.services import book, change
from vconf.bookings.substitutes import refused_dates
from vconf.rooms.policies import Policy

pytestmark = pytest.mark.django_db

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.fixture
def hall(world):
    """A room of a class of its own, which each test decides about."""

    def make(owner=None, **settings):
        owner = owner or world.im
        kind = factories.room_class(owner, "Eigen", **settings)
        return factories.room("Saal", 50, owner, world.pool, kind)

    return make


def local(day: int, hour: float, hours: float = 1) -> Date:
    """In May 2027 in Berlin, two hours ahead of UTC. The third is a Monday."""
    starts_at = datetime(2027, 5, day, tzinfo=UTC) + timedelta(hours=hour - 2)
    return Date(datetime(2027, 5, day), starts_at, starts_at + timedelta(hours=hours))


# --- the plain rule, without a booking


@pytest.mark.parametrize(
    ("settings", "wanted", "code"),
    [
        ({}, local(1, 23, 3), None),
        ({"bookable_from": "08:00"}, local(3, 8), None),
        ({"bookable_from": "08:00"}, local(3, 7.75), "outside_hours"),
        ({"bookable_from": "08:00"}, local(3, 23, 1), None),
        ({"bookable_from": "08:00"}, local(3, 23, 1.5), "outside_hours"),
        ({"bookable_until": "18:00"}, local(3, 17), None),
        ({"bookable_until": "18:00"}, local(3, 17.25), "outside_hours"),
        ({"bookable_until": "18:00"}, local(3, 23, 10), "outside_hours"),
        ({"bookable_days": "MO,TU"}, local(4, 10), None),
        ({"bookable_days": "MO,TU"}, local(5, 10), "outside_hours"),
        ({"bookable_days": "MO,TU"}, local(4, 23, 2), "outside_hours"),
        ({"bookable_days": "MO,TU"}, local(4, 23, 1), None),
        ({"closed_days": "2027-05-04,2027-12-24"}, local(4, 10), "closed_day"),
        ({"closed_days": "2027-05-04,2027-12-24"}, local(3, 23, 1), None),
        ({"closed_days": "2027-05-04,2027-12-24"}, local(3, 23, 2), "closed_day"),
        ({"closed_on_holidays": True}, local(6, 10), "closed_day"),
        ({"closed_on_holidays": True}, local(7, 10), None),
        ({"max_length_minutes": 60}, local(3, 10, 1), None),
        ({"max_length_minutes": 60}, local(3, 10, 1.5), "too_long"),
    ],
)
def test_what_a_class_takes(settings, wanted, code):
    refusal = fits_policy(wanted, Policy(**settings))

    assert (refusal and refusal.code) == code


def test_hours_are_those_of_the_house_in_summer_and_winter():
    policy = Policy(bookable_from="08:00")
    winter = Date(
        datetime(2027, 1, 4), datetime(2027, 1, 4, 7, tzinfo=UTC), datetime(2027, 1, 4, 8, tzinfo=UTC)
    )
    summer = Date(
        datetime(2027, 7, 5), datetime(2027, 7, 5, 6, tzinfo=UTC), datetime(2027, 7, 5, 7, tzinfo=UTC)
    )

    assert fits_policy(winter, policy) is None
    assert fits_policy(summer, policy) is None
    assert fits_policy(replace(winter, starts_at=summer.starts_at.replace(month=1)), policy) is not None


def test_the_sentence_names_hours_and_days_in_both_languages():
    refusal = fits_policy(local(1, 10), Policy(bookable_from="08:00", bookable_days="MO,FR"))
    assert refusal is not None
    told = {}
    for language in ("de", "en"):
        with translation.override(language):
            told[language] = str(refusal)

    assert told["en"] == "This room can be booked from 08:00 to 24:00: Mon, Fri."
    assert told["de"] == "Dieser Raum kann von 08:00 bis 24:00 Uhr gebucht werden: Mo, Fr."


# --- every way in


def test_book_names_the_date_and_another_time(anna, hall):
    room = hall(bookable_from="09:00", bookable_until="17:00")

    with pytest.raises(OutsideHours) as refused:
        book(wish(8, room_id=room.id), actor=anna)

    starts = book(wish(9, room_id=room.id), actor=anna).occurrences.get().starts_at
    assert [clash.code for clash in refused.value.conflicts] == ["outside_hours"]
    assert starts.astimezone(UTC) > refused.value.conflicts[0].starts_at
    for way_out in refused.value.alternatives:
        assert way_out.starts_at is not None and way_out.ends_at is not None
        if way_out.room_id == room.id:
            wanted = Date(at(0), way_out.starts_at, way_out.ends_at)
            assert fits_policy(wanted, Policy(bookable_from="09:00", bookable_until="17:00")) is None
    assert room.id in {way_out.room_id for way_out in refused.value.alternatives}


def test_change_one_date_and_split_ask_the_class_as_well(anna, hall):
    room = hall(bookable_until="17:00")
    single = book(wish(9, room_id=room.id, day=1), actor=anna)
    series = book(wish(10, room_id=room.id, rrule="FREQ=DAILY;COUNT=4"), actor=anna)
    [_first, second, third, *_] = series.occurrences.order_by("starts_at")

    for act in (
        lambda: change(single.id, ChangeRequest(starts_local=at(17, day=1)), actor=anna),
        lambda: change(series.id, ChangeRequest(starts_local=at(17)), actor=anna),
        lambda: change(series.id, ChangeRequest(duration=timedelta(hours=8)), actor=anna),
        lambda: change_occurrence(second.id, ChangeRequest(starts_local=at(18, day=1)), actor=anna),
        lambda: split_booking(third.id, ChangeRequest(starts_local=at(18, day=2)), actor=anna),
    ):
        with pytest.raises(OutsideHours):
            act()
    assert Booking.objects.count() == 2


def test_a_room_of_a_stricter_class_is_asked_when_a_date_moves_there(world, anna, hall):
    room = hall(closed_days=at(0).date().isoformat())
    booking = book(wish(10, room_id=world.big.id, seats=5), actor=anna)

    with pytest.raises(ClosedDay):
        change(booking.id, ChangeRequest(room_id=room.id), actor=anna)
    with pytest.raises(ClosedDay):
        change_occurrence(booking.occurrences.get().id, ChangeRequest(room_id=room.id), actor=anna)


def test_other_changes_ask_nothing_though_the_class_is_stricter_now(anna, hall):
    room = hall()
    booking = book(wish(10, room_id=room.id), actor=anna)
    room.room_class.settings = {"bookable_until": {"value": "09:00"}, "who_may_book": {"value": "admins"}}
    room.room_class.save()

    change(booking.id, ChangeRequest(title="Anders"), actor=anna)
    change(booking.id, ChangeRequest(seats=7), actor=anna)

    assert booking.occurrences.get().seats == 7


def test_notice_holds_for_a_new_room_as_well(world, anna, hall):
    begins = (timezone.now() + timedelta(hours=3)).replace(tzinfo=None)
    request = wish(room_id=world.big.id, starts_local=begins, timezone="UTC", seats=5)
    booking = book(request, actor=anna)
    room = hall(notice_minutes=24 * 60)

    with pytest.raises(TooSoon) as refused:
        change(booking.id, ChangeRequest(room_id=room.id), actor=anna)
    assert refused.value.limit == 24 * 60


# --- horizon


def test_the_class_has_a_nearer_horizon(anna, hall):
    room = hall(horizon_days=30)

    with pytest.raises(BeyondHorizon) as refused:
        book(wish(room_id=room.id), actor=anna)
    assert (refused.value.limit, refused.value.unit) == (30, "days")


def test_never_beyond_that_of_the_installation(anna, hall, settings):
    room = hall(horizon_days=3660)
    settings.VCONF_HORIZON_DAYS = 300

    with pytest.raises(BeyondHorizon) as refused:
        book(wish(room_id=room.id), actor=anna)
    assert refused.value.limit == 300


def test_a_rule_without_end_is_cut_at_the_horizon_of_the_class(anna, hall):
    room = hall(horizon_days=30)
    tomorrow = timezone.now().replace(hour=10, minute=0, tzinfo=None) + timedelta(days=1)

    booking = book(wish(room_id=room.id, starts_local=tomorrow, rrule="FREQ=WEEKLY"), actor=anna)

    assert booking.promised_until is not None
    assert booking.promised_until <= timezone.now() + timedelta(days=30)
    assert booking.occurrences.count() in (4, 5)


# --- who may book


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("visible", {"anna", "admin", "dora"}),
        ("authority", {"anna", "admin"}),
        ("admins", {"admin"}),
        ("named", {"dora"}),
    ],
)
def test_who_may_book(world, hall, who, allowed):
    room = hall(who_may_book=who, bookers="dora@laiv.mv.example,nobody@mv.example")
    booked = set()
    for day, name in enumerate(("anna", "admin", "dora")):
        actor = factories.actor(getattr(world, name))
        try:
            book(wish(10, day=day, room_id=room.id), actor=actor)
            booked.add(name)
        except NotEntitled:
            continue

    assert booked == allowed


def test_nobody_moves_a_booking_into_a_room_kept_for_others(world, anna, hall):
    room = hall(who_may_book="admins")
    booking = book(wish(10, room_id=world.big.id, seats=5), actor=anna)

    with pytest.raises(NotEntitled):
        change(booking.id, ChangeRequest(room_id=room.id), actor=anna)


# --- any room


def test_any_room_passes_over_rooms_whose_class_refuses(world, anna, hall):
    room = hall(who_may_book="admins")  # 50 seats: smaller than the big one
    starts_at = book(wish(10, seats=40), actor=anna).occurrences.get().starts_at

    found = find_availability(
        anna, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), seats=40, room_class_id=None
    )

    assert Occurrence.objects.get().room_id == world.big.id
    assert room.id not in {one.id for one in found.rooms}


def test_any_room_takes_none_that_needs_approval_unless_its_class_is_named(world, anna, hall):
    room = hall(approval="always")

    unnamed = book(wish(10, seats=40), actor=anna)
    named = book(wish(10, seats=40, room_class_id=room.room_class_id), actor=anna)

    assert (unnamed.room_id, named.room_id) == (world.big.id, room.id)


def test_nobody_named_the_default_of_the_class_counts(world, anna):
    event = factories.room_class(world.land, "Veranstaltung", default_seats=80)
    factories.room("Stock", 300, world.land, world.pool, event, is_stock=True, open_to_all=True)

    booking = book(wish(10), actor=anna)

    assert (booking.seats, booking.room_id) == (80, world.big.id)


# --- series


def test_a_class_without_series(world, anna, hall):
    room = hall(series_allowed=False)
    single = book(wish(10, room_id=room.id), actor=anna)
    elsewhere = book(wish(14, room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=3"), actor=anna)

    with pytest.raises(SeriesNotAllowed) as refused:
        book(wish(16, room_id=room.id, rrule="FREQ=DAILY;COUNT=3"), actor=anna)
    with pytest.raises(SeriesNotAllowed):
        change(single.id, ChangeRequest(rrule="FREQ=DAILY;COUNT=3"), actor=anna)
    with pytest.raises(SeriesNotAllowed):
        change(elsewhere.id, ChangeRequest(room_id=room.id), actor=anna)

    assert (refused.value.limit, refused.value.asked, refused.value.unit) == (1, 3, "dates")
    change_occurrence(
        elsewhere.occurrences.order_by("starts_at")[0].id, ChangeRequest(room_id=room.id), actor=anna
    )


def a_week(room, **fields):
    return wish(10, room_id=room.id, rrule="FREQ=DAILY;COUNT=7", **fields)


def weekdays(*left_out: str) -> str:
    return ",".join(day for day in DAYS if day not in left_out)


def test_without_partial_the_whole_series_is_refused_with_each_date_named(anna, hall):
    room = hall(bookable_days=weekdays("SA", "SU"))

    with pytest.raises(OutsideHours) as refused:
        book(a_week(room), actor=anna)

    assert len(refused.value.conflicts) == 2
    assert not Booking.objects.exists()


def test_with_partial_dates_outside_are_refused_one_by_one_and_named(anna, hall):
    closed = at(0, day=1).date()
    room = hall(closed_days=closed.isoformat())

    booking = book(a_week(room, partial=True), actor=anna)

    view = get_booking(booking.id, actor=anna)
    [refused] = refused_dates(view.booking, actor=anna, now=timezone.now())
    assert view.status == "partly"
    assert refused.occurrence.starts_at.date() == closed
    assert refused.refusal is not None and refused.refusal.code == "closed_day"
    assert booking.occurrences.filter(state="confirmed").count() == 6


def test_a_series_of_closed_days_only_is_refused(anna, hall):
    room = hall(closed_days=",".join(at(0, day=n).date().isoformat() for n in range(7)))

    with pytest.raises(ClosedDay) as refused:
        book(a_week(room, partial=True), actor=anna)
    assert len(refused.value.conflicts) == 7


@pytest.mark.parametrize(
    ("settings", "refusal", "limit"),
    [
        ({"partial_share_percent": 72}, TooFewDates, 1),
        ({"partial_share_percent": 71}, None, None),
        ({"partial_most_refused": 1}, TooFewDates, 1),
        ({"partial_most_refused": 2}, None, None),
        ({"partial_allowed": False}, PartialNotAllowed, 0),
    ],
)
def test_so_many_dates_may_be_left_out(world, anna, hall, settings, refusal, limit):
    """Two of seven cannot be had: one is closed, one taken."""
    room = hall(closed_days=at(0, day=1).date().isoformat(), **settings)
    book(wish(10, day=3, room_id=room.id), actor=anna)
    if refusal is None:
        assert book(a_week(room, partial=True), actor=anna).occurrences.filter(state="refused").count() == 2
        return

    with pytest.raises(refusal) as refused:
        book(a_week(room, partial=True), actor=anna)

    assert (refused.value.limit, refused.value.asked, refused.value.unit) == (limit, 2, "dates")
    assert [clash.code for clash in refused.value.conflicts] == ["closed_day", "slot_taken"]
    assert Booking.objects.count() == 1


def test_all_dates_fit_so_nothing_is_partial(anna, hall):
    room = hall(partial_allowed=False)

    assert book(a_week(room, partial=True), actor=anna).occurrences.count() == 7
