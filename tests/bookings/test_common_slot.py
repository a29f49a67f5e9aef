# SPDX-License-Identifier: EUPL-1.2
"""The first times at which everybody, a room and capacity are free; checked against brute force over quarter-hours."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.bookings.wishes import DAY, at, wish
from vconf.bookings.busy import gaps_of, keep_busy
from vconf.bookings.common_slot import SlotRequest, first_common_slots
from vconf.bookings.models import Attendee, Occurrence, PartStat
from vconf.bookings.recurrence import to_instant
from vconf.bookings.services import book, cancel
from vconf.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
#: so many days after the test day it is Monday
MONDAY = -DAY.weekday() % 7


def local(hour, *, day=0):
    return to_instant(at(hour, day=MONDAY + day), "Europe/Berlin")


def ask(actor, *people, begins=None, until=None, minutes=60, **fields):
    request = SlotRequest(
        people=tuple(people),
        duration=timedelta(minutes=minutes),
        begins=begins or local(0),
        until=until,
        **{"timezone": "Europe/Berlin", **fields},
    )
    return first_common_slots(request, actor=actor)


def hours_of(found):
    """(days after Monday, local hour) of each slot."""
    monday = at(0, day=MONDAY)
    starts = [slot.starts_at.astimezone(BERLIN).replace(tzinfo=None) - monday for slot in found.slots]
    return [(start.days, start.seconds / 3600) for start in starts]


def busy(world, who, hour, *, hours=1.0, day=0, invite=""):
    return book(
        wish(hour, hours=hours, day=MONDAY + day, seats=3, invite=invite),
        actor=factories.actor(getattr(world, who)),
    )


def test_who_organises_or_is_invited_is_busy(world, anna):
    factories.room("Vorrat", 10, world.land, world.pool, world.standard, is_stock=True, open_to_all=True)
    busy(world, "bernd", 8, hours=2)
    busy(world, "clara", 10, hours=2.5, invite="anna@im.mv.example")

    found = ask(anna, "anna@im.mv.example", "bernd@im.mv.example")

    assert hours_of(found) == [(0, 12.5), (0, 13.5), (0, 14.5), (0, 15.5), (0, 16.5)]
    assert [slot.room for slot in found.slots] == [world.small] * 5


def test_who_declined_or_whose_meeting_is_cancelled_is_free(world, anna):
    declined = busy(world, "clara", 8, invite="anna@im.mv.example")
    Attendee.objects.filter(booking=declined).update(partstat=PartStat.DECLINED)
    keep_busy(declined)
    cancel(busy(world, "anna", 9).id, actor=anna)
    assert hours_of(ask(anna, "anna@im.mv.example"))[:2] == [(0, 8), (0, 9)]


def test_a_meeting_lies_within_the_hours_and_days_asked_for(world, anna):
    found = ask(
        anna, "anna@im.mv.example", minutes=180, day_from=time(9), day_until=time(12), days=frozenset({"TU"})
    )
    assert hours_of(found) == [(1, 9), (8, 9)]


def test_weekends_are_left_out_unless_asked_for(world, anna):
    friday = local(17.5, day=4)
    assert hours_of(ask(anna, begins=friday))[0] == (7, 8)
    assert hours_of(ask(anna, begins=friday, days=frozenset({"SA"})))[0] == (5, 8)


@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
def test_hours_are_those_of_the_wall_clock_when_it_is_changed(world, anna, day):
    """The Sundays of the change: the search begins the evening before, and eight is eight by the new time."""
    change = datetime.fromisoformat(day)
    begins = to_instant(change - timedelta(hours=4), "Europe/Berlin")
    found = ask(anna, "anna@im.mv.example", begins=begins, days=frozenset({"SU"}))
    assert found.slots[0].starts_at == to_instant(change + timedelta(hours=8), "Europe/Berlin")


def test_the_first_quarter_hour_after_the_start_of_the_search(world, anna):
    begins = local(9) + timedelta(minutes=7, seconds=30)
    assert hours_of(ask(anna, begins=begins))[0] == (0, 9.25)


def test_rooms_capacity_and_quota_have_to_be_free_as_well(world, anna):
    factories.quota(world.im, seats=50)
    book(wish(8, day=MONDAY, hours=2, room_id=world.big.id, seats=20), actor=anna)

    assert hours_of(ask(anna, room_ids=(world.big.id,), seats=10))[0] == (0, 10)
    found = ask(anna, room_ids=(world.big.id, world.shared.id), seats=10)
    assert (hours_of(found)[0], found.slots[0].room) == ((0, 8), world.shared)
    assert hours_of(ask(anna, seats=40))[0] == (0, 10)
    assert ask(anna, seats=51).slots == []


def test_what_lasts_into_the_evening_is_over_the_next_day(world, anna):
    book(wish(12, hours=9, day=MONDAY, room_id=world.big.id, seats=100), actor=anna)
    factories.quota(world.im, seats=105)
    assert hours_of(ask(anna, begins=local(16), seats=20))[0] == (1, 8)


def test_one_of_the_stock_has_no_name(world, anna):
    factories.room("Vorrat", 200, world.land, world.pool, world.standard, is_stock=True, open_to_all=True)
    found = ask(anna, seats=150)
    assert [slot.room for slot in found.slots] == [None] * 5


def test_what_is_to_be_moved_is_free(world, anna):
    booking = book(wish(8, day=MONDAY, hours=2, room_id=world.big.id), actor=anna)
    mine = {"room_ids": (world.big.id,), "seats": 100}
    assert hours_of(ask(anna, "anna@im.mv.example", **mine))[0] == (0, 10)
    assert hours_of(ask(anna, "anna@im.mv.example", booking_id=booking.id, **mine))[0] == (0, 8)
    with pytest.raises(NotFound):
        ask(factories.actor(world.clara), booking_id=booking.id)


def test_strangers_are_named_and_count_as_free(world, anna):
    world.bernd.is_active = False
    world.bernd.save()
    busy(world, "anna", 8)
    found = ask(anna, "Anna@IM.mv.example", "who@elsewhere.example", "bernd@im.mv.example")
    assert found.without_calendar == ["bernd@im.mv.example", "who@elsewhere.example"]
    assert hours_of(found)[0] == (0, 9)


def test_a_full_room_is_searched_to_the_end(world, anna):
    for day in range(5):
        book(wish(8, day=MONDAY + day, hours=10, room_id=world.big.id, seats=5), actor=anna)
    assert hours_of(ask(anna, room_ids=(world.big.id,)))[0] == (7, 8)
    assert ask(anna, room_ids=(world.big.id,), until=local(0, day=5)).slots == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"minutes": 0}, "duration"),
        ({"day_from": time(9), "day_until": time(9)}, "day_until"),
        ({"until": datetime(2100, 1, 1, tzinfo=UTC)}, "until"),
        ({"until": timezone.now() - timedelta(days=1)}, "until"),
    ],
)
def test_what_cannot_be_searched_is_said(world, anna, wrong, field):
    with pytest.raises(Invalid) as error:
        ask(anna, **wrong)
    assert error.value.fields.keys() == {field}


def test_too_many_people_and_people_who_work_nowhere_are_refused(world, anna):
    with pytest.raises(Invalid):
        ask(anna, *(f"{n}@x.example" for n in range(51)))
    with pytest.raises(Forbidden):
        ask(factories.actor(world.auditor))


meetings = st.lists(
    st.tuples(
        st.sampled_from(["anna", "bernd", "clara"]),
        st.integers(8 * 4, 17 * 4).map(lambda quarter: quarter / 4),
        st.sampled_from([0.25, 1, 2, 5]),
        st.sampled_from(["", "anna@im.mv.example", "bernd@im.mv.example"]),
    ),
    max_size=10,
)


@pytest.mark.one_database
@settings(
    max_examples=int(os.environ.get("VCONF_TEST_EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(booked=meetings, people=st.sets(st.sampled_from(["anna", "bernd"]), max_size=2))
def test_gaps_are_what_nobody_is_busy_in(db, booked, people):
    with transaction.atomic():
        scene = factories.world()
        factories.room("Vorrat", 10, scene.land, scene.pool, scene.standard, is_stock=True, open_to_all=True)
        for who, hour, hours, invite in booked:
            busy(scene, who, hour, hours=hours, invite=invite)
        persons = {getattr(scene, name) for name in people}
        begins, ends = local(9), local(18)

        gaps = gaps_of({p.id for p in persons}, begins, ends)

        quarter = begins
        while quarter < ends:
            taken = any(
                o.starts_at <= quarter < o.ends_at
                and (
                    o.booking.organiser in persons or o.booking.attendees.filter(person__in=persons).exists()
                )
                for o in Occurrence.objects.select_related("booking__organiser")
            )
            assert taken == (not any(since <= quarter < until for since, until in gaps)), quarter
            quarter += timedelta(minutes=15)
        transaction.set_rollback(True)


def test_no_room_is_offered_that_the_caller_would_be_refused(world, anna):
    """A slot in a room that is kept for others, or would have to be approved, is none."""
    for who_may_book, approval in (("admins", "never"), ("visible", "always")):
        kind = factories.room_class(
            world.im, f"{who_may_book} {approval}", who_may_book=who_may_book, approval=approval
        )
        factories.room(f"Raum {who_may_book}", 3, world.im, world.pool, kind)

    found = ask(anna, seats=3)

    assert {slot.room.name if slot.room else "" for slot in found.slots}.isdisjoint(
        {"Raum admins", "Raum visible"}
    )


def test_a_room_that_is_kept_for_others_has_no_slots(world, anna):
    kind = factories.room_class(world.im, "Leitung", who_may_book="admins")
    room = factories.room("Leitungsraum", 20, world.im, world.pool, kind)

    assert ask(anna, room_ids=(room.id,)).slots == []
