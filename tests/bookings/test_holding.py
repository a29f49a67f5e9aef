# SPDX-License-Identifier: EUPL-1.2
"""A refused change that is kept: what it would have given up is held until somebody decides, or the time is up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.refused import why, wished
from tests.bookings.wishes import at, wish
from vconf.bookings.approvals import decide
from vconf.bookings.clock import pass_time
from vconf.bookings.errors import NothingWished, SlotTaken
from vconf.bookings.holding import HELD_FOR, read, written
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, HistoryEntry, Occurrence
from vconf.bookings.replacing import keep_old_times, replace_booking, try_again
from vconf.bookings.requests import AttendeeRequest, ChangeRequest, DateOverride
from vconf.bookings.selectors import get_booking
from vconf.bookings.series import cancel_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.outbox.models import Message

pytestmark = pytest.mark.django_db
DAILY = "FREQ=DAILY;COUNT=4"


@pytest.fixture
def taken(world, bernd):
    """Bernd has the big room at 14."""
    return book(wish(14, room_id=world.big.id), actor=bernd)


@pytest.fixture
def asked(world):
    return wish(10, room_id=world.big.id, seats=20, invite="g@x.example")


@pytest.fixture
def single(asked, anna):
    return book(asked, actor=anna)


@pytest.fixture
def series(asked, anna):
    return book(replace(asked, rrule=DAILY), actor=anna)


def put(booking, wanted, actor):
    found = replace_booking(booking.id, wanted, actor=actor, store_refused=True)
    assert audit_invariants() == []
    return found


def states(booking):
    return [o.state for o in booking.occurrences.order_by("recurrence_id")]


def facts(kind):
    return list(Message.objects.filter(fact=kind).values_list("payload", flat=True))


def later(hours=24.01):
    return timezone.now() + timedelta(hours=hours)


class TestHeld:
    def test_the_old_time_is_kept_for_a_day(self, asked, anna, taken, single):
        before = timezone.now()

        booking = put(single, replace(asked, starts_local=at(14)), anna)

        o = booking.occurrences.get()
        assert (o.state, o.starts_at) == ("held", single.occurrences.get().starts_at)
        assert before + HELD_FOR <= o.held_until == booking.wish_until <= timezone.now() + HELD_FOR
        assert (booking.version, booking.sequence) == (2, 0)
        assert get_booking(booking.id, actor=anna).status == "pending"
        assert why(booking).code == "slot_taken"
        assert why(booking).alternatives
        assert wished(booking).starts_local == at(14)
        [fact] = facts("BookingRefused")
        assert fact == {"booking_id": str(booking.id), "version": 2}
        assert facts("BookingChanged") == []

    def test_at_most_until_it_begins(self, world, anna, bernd):
        soon = (timezone.now() + timedelta(hours=3)).replace(microsecond=0)
        asked = wish(room_id=world.big.id, starts_local=soon.replace(tzinfo=None), timezone="UTC")
        later_on = replace(asked, starts_local=asked.starts_local + timedelta(hours=5))
        booking = book(asked, actor=anna)
        book(later_on, actor=bernd)

        put(booking, later_on, anna)

        assert booking.occurrences.get().held_until == soon

    def test_only_the_dates_that_it_would_have_given_up(self, asked, anna, taken, series):
        override = DateOverride(recurrence_id=at(10, day=1), starts_local=at(14))

        booking = put(series, replace(asked, rrule=DAILY, overrides=(override,)), anna)

        assert states(booking) == ["confirmed", "held", "confirmed", "confirmed"]

    def test_a_series_longer_than_can_be_booked_gives_up_nothing(self, asked, anna, series):
        booking = put(series, replace(asked, rrule="FREQ=WEEKLY;COUNT=300"), anna)

        assert states(booking)[0] == "confirmed"
        booking = put(series, replace(asked, rrule="FREQ=DAILY;COUNT=2000"), anna)
        assert states(booking) == ["confirmed"] * 4
        assert booking.is_held

    def test_more_people_than_the_room_has(self, world, anna, asked, single):
        many = wish(10, room_id=world.big.id, invite=" ".join(f"p{n}@x.example" for n in range(120)))

        booking = put(single, many, anna)

        assert (states(booking), why(booking).code) == (["held"], "room_too_small")

    def test_another_wish_takes_the_place_of_the_first(self, asked, anna, taken, series):
        first = DateOverride(recurrence_id=at(10, day=1), starts_local=at(14))
        second = DateOverride(recurrence_id=at(10, day=2), starts_local=at(14))
        put(series, replace(asked, rrule=DAILY, overrides=(first,)), anna)

        booking = put(series, replace(asked, rrule=DAILY, overrides=(second,)), anna)

        assert states(booking) == ["confirmed", "confirmed", "held", "confirmed"]

    def test_the_same_wish_once_more_is_no_news(self, asked, anna, taken, single):
        wanted = replace(asked, starts_local=at(14))
        until = put(single, wanted, anna).wish_until

        booking = put(single, wanted, anna)

        assert (booking.version, booking.wish_until) == (2, until)
        assert len(facts("BookingRefused")) == 1

    def test_the_wish_is_kept_as_it_was_asked(self, world):
        wanted = wish(
            10,
            room_id=world.big.id,
            seats=7,
            rrule=DAILY,
            rdate=(at(9),),
            exdate=(at(8),),
            invite="a@x.example",
            sequence=4,
            source="caldav",
            overrides=(
                DateOverride(recurrence_id=at(10), starts_at=timezone.now(), duration=timedelta(hours=2)),
                DateOverride(recurrence_id=at(11), starts_local=at(12), title="T", room_id=world.big.id),
            ),
        )

        assert read(written(wanted)) == wanted


class TestDecided:
    @pytest.fixture
    def held(self, asked, anna, taken, single):
        return put(single, replace(asked, starts_local=at(14)), anna)

    def assert_stands(self, booking, anna):
        booking = Booking.objects.get(id=booking.id)
        assert (booking.wish, booking.refusal, booking.wish_until) == (None, None, None)
        assert set(states(booking)) == {"confirmed"}
        assert get_booking(booking.id, actor=anna).status == "confirmed"
        assert audit_invariants() == []

    def test_moving_back_cannot_fail(self, world, asked, anna, held):
        """Whatever was blocked, filled or lowered meanwhile."""
        world.big.blocked_reason = "Umbau"
        world.big.save()
        factories.quota(world.im, seats=1)

        booking = replace_booking(held.id, asked, actor=anna)

        assert (booking.version, booking.sequence) == (3, 0)
        assert booking.occurrences.get().starts_at == held.occurrences.get().starts_at
        booking = Booking.objects.get(id=booking.id)
        assert (booking.wish, states(booking)) == (None, ["confirmed"])
        assert HistoryEntry.objects.filter(booking=booking).latest("at").action == "kept"

    def test_kept_on_the_page(self, anna, held):
        keep_old_times(held.id, actor=anna)

        self.assert_stands(held, anna)
        with pytest.raises(NothingWished):
            keep_old_times(held.id, actor=anna)

    def test_another_time_that_can_be_had(self, asked, anna, held):
        booking = replace_booking(held.id, replace(asked, starts_local=at(16)), actor=anna)

        self.assert_stands(booking, anna)
        assert booking.starts_local == at(16).isoformat()

    def test_tried_again_once_it_is_free(self, anna, bernd, taken, held):
        with pytest.raises(SlotTaken):
            try_again(held.id, actor=anna)
        cancel(taken.id, actor=bernd)

        booking = try_again(held.id, actor=anna)

        self.assert_stands(booking, anna)
        assert booking.starts_local == at(14).isoformat()

    def test_any_other_change_ends_it(self, anna, held):
        change(held.id, ChangeRequest(title="Anders"), actor=anna)

        self.assert_stands(held, anna)

    def test_given_up(self, anna, held):
        cancel(held.id, actor=anna)

        booking = Booking.objects.get(id=held.id)
        assert (states(booking), booking.wish) == (["cancelled"], None)
        assert audit_invariants() == []

    def test_single_dates_of_a_held_series(self, asked, anna, taken, series):
        put(series, replace(asked, rrule=DAILY, starts_local=at(14)), anna)

        cancel_occurrence(series.occurrences.order_by("starts_at")[1].id, actor=anna)

        assert states(series) == ["confirmed", "cancelled", "confirmed", "confirmed"]
        assert audit_invariants() == []

    def test_this_and_following_of_a_held_series(self, asked, anna, taken, series):
        put(series, replace(asked, rrule=DAILY, starts_local=at(14)), anna)
        cut = series.occurrences.order_by("starts_at")[2]

        new = split_booking(cut.id, ChangeRequest(starts_local=at(16, day=2)), actor=anna)

        assert states(series) == ["confirmed"] * 2
        assert states(new) == ["confirmed"] * 2
        assert audit_invariants() == []


class TestReleased:
    def test_when_the_day_is_over_it_is_cancelled_and_told(self, asked, anna, taken, single):
        put(single, replace(asked, starts_local=at(14)), anna)
        assert pass_time(later(23.9)) == 0

        now = later()
        assert pass_time(now) == 1

        booking = Booking.objects.get(id=single.id)
        assert (states(booking), booking.wish) == (["cancelled"], None)
        assert booking.cancelled_at == now
        assert [one["booking_id"] for one in facts("BookingCancelled")] == [str(booking.id)]
        assert facts("BookingReleased") == [{"booking_id": str(booking.id), "released_at": now.isoformat()}]
        assert audit_invariants() == []
        assert pass_time(later(25)) == 0

    def test_of_a_series_the_held_dates_alone(self, asked, anna, taken, series):
        override = DateOverride(recurrence_id=at(10, day=1), starts_local=at(14))
        put(series, replace(asked, rrule=DAILY, overrides=(override,)), anna)

        pass_time(later())

        booking = Booking.objects.get(id=series.id)
        assert states(booking) == ["confirmed", "cancelled", "confirmed", "confirmed"]
        assert booking.exdate == [at(10, day=1).isoformat()]
        assert (booking.wish, booking.cancelled_at) == (None, None)
        assert facts("BookingChanged")[-1]["what"] == ["time"]
        assert HistoryEntry.objects.filter(booking=booking).latest("at").action == "released"
        assert audit_invariants() == []

    def test_each_at_its_own_time(self, world, anna, bernd):
        """The first begins within the day: it goes then, and the others later."""
        soon = (timezone.now() + timedelta(hours=3)).replace(microsecond=0)
        asked = wish(
            room_id=world.big.id, rrule=DAILY, starts_local=soon.replace(tzinfo=None), timezone="UTC"
        )
        moved = replace(asked, starts_local=asked.starts_local + timedelta(hours=5))
        series = book(asked, actor=anna)
        book(replace(moved, rrule=""), actor=bernd)
        put(series, moved, anna)

        pass_time(soon)
        assert states(series) == ["cancelled", "held", "held", "held"]
        assert Booking.objects.get(id=series.id).is_held
        assert audit_invariants() == []

        pass_time(later())
        assert states(series) == ["cancelled"] * 4
        assert Booking.objects.get(id=series.id).cancelled_at is not None
        assert audit_invariants() == []

    def test_a_wish_that_held_nothing_is_only_forgotten(self, asked, anna, series):
        put(series, replace(asked, rrule="FREQ=DAILY;COUNT=2000"), anna)

        pass_time(later())

        booking = Booking.objects.get(id=series.id)
        assert (states(booking), booking.wish) == (["confirmed"] * 4, None)
        assert facts("BookingReleased") == []


class TestApproval:
    @pytest.fixture
    def world(self):
        return factories.world(approval="always")

    @pytest.fixture
    def waiting(self, world, anna, bernd, taken, asked):
        """Dates that wait for approval go on waiting while a change of theirs is refused."""
        booking = book(asked, actor=anna)
        assert states(booking) == ["pending"]
        return put(booking, replace(asked, starts_local=at(14)), anna)

    def test_what_waits_goes_on_waiting(self, world, waiting):
        o = waiting.occurrences.get()
        assert (o.state, waiting.wish_until) == ("pending", o.held_until)
        assert waiting.approvals.filter(state="asked").exists()

    def test_approved_it_is_held(self, world, waiting):
        decide(waiting.approvals.get().id, approve=True, actor=factories.actor(world.chief))

        assert states(waiting) == ["held"]
        assert audit_invariants() == []

    def test_declined_nothing_is_held(self, world, waiting):
        decide(waiting.approvals.get().id, approve=False, reason="Nein", actor=factories.actor(world.chief))

        assert states(waiting) == ["refused"]
        assert audit_invariants() == []

    def test_released_nobody_has_to_decide_any_more(self, waiting):
        pass_time(later())

        assert states(waiting) == ["cancelled"]
        assert waiting.approvals.get().state == "withdrawn"
        assert audit_invariants() == []


def test_the_audit_finds_dates_that_nobody_would_let_go(asked, anna, single):
    Occurrence.objects.filter(booking=single).update(state="held")

    assert [finding.invariant for finding in audit_invariants()] == [4]


def test_who_is_invited_by_the_organisers_program_stays_so_when_it_is_tried_again(world, anna, bernd, taken):
    """A mail adds somebody and moves the meeting; it is refused, and tried again on the page."""
    by_mail = {"room_id": world.big.id, "source": "mail", "uid": "u"}
    booking = book(wish(10, **by_mail), actor=anna)
    people = (AttendeeRequest(address="g@x.example", told_by_client=True),)
    put(booking, wish(14, attendees=people, **by_mail), anna)
    cancel(taken.id, actor=bernd)
    tried = try_again(booking.id, actor=anna)
    assert (tried.source, tried.attendees.get().told_by_client) == ("mail", True)


def test_what_a_mail_wanted_stays_the_mails_when_it_is_changed_on_the_page(world, anna, taken):
    people = (AttendeeRequest(address="g@x.example", told_by_client=True),)
    wanted = wish(14, room_id=world.big.id, attendees=people, source="mail", uid="u", store_refused=True)
    refused = book(wanted, actor=anna)
    booked = change(refused.id, ChangeRequest(starts_local=at(16)), actor=anna)
    assert (booked.source, booked.attendees.get().told_by_client) == ("mail", True)
