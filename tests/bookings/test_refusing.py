# SPDX-License-Identifier: EUPL-1.2
"""What was refused at a door that cannot say no otherwise is kept as a booking that occupies nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from tests import factories
from tests.bookings.refused import why
from tests.bookings.wishes import at, wish
from vconf.audit.models import AuditEntry
from vconf.bookings.errors import (
    AlreadyCancelled,
    BeyondHorizon,
    InPast,
    NotBooked,
    NothingWished,
    RoomTooSmall,
    SlotTaken,
)
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, BusyTime, CalendarEntry, IdempotencyKey, LedgerStep
from vconf.bookings.refusals import kept, told
from vconf.bookings.replacing import replace_booking, try_again
from vconf.bookings.requests import ChangeRequest, DateOverride
from vconf.bookings.selectors import get_booking, list_bookings
from vconf.bookings.series import cancel_occurrence, change_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.bookings.transferring import transfer_booking
from vconf.errors import Invalid, NotFound
from vconf.outbox.models import Message
from vconf.web.problems import problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(world):
    """Bernd has the big room from ten to eleven."""
    return book(wish(10, room_id=world.big.id), actor=factories.actor(world.bernd))


@pytest.fixture
def refused(world, anna, taken):
    return book(
        wish(10, room_id=world.big.id, invite="bernd@im.mv.example", store_refused=True, uid="u@client"),
        actor=anna,
    )


def facts(kind):
    return list(Message.objects.filter(fact=kind).values_list("payload", flat=True))


class TestKept:
    def test_it_occupies_nothing_and_says_why(self, world, anna, taken, refused):
        view = get_booking(refused.id, actor=anna)

        assert (view.status, refused.uid, refused.room) == ("refused", "u@client", world.big)
        assert {o.state for o in refused.occurrences.all()} == {"refused"}
        assert why(refused).code == "slot_taken"
        assert LedgerStep.objects.values("at").distinct().count() == 2  # of the other booking
        assert not BusyTime.objects.filter(person=world.anna).exists()
        assert audit_invariants() == []

    def test_nobody_but_the_organiser_learns_of_it(self, world, anna, refused):
        bernd = factories.actor(world.bernd)

        with pytest.raises(NotFound):
            get_booking(refused.id, actor=bernd)
        assert refused not in list_bookings(bernd)
        shown = CalendarEntry.objects.filter(booking=refused, deleted_at=None)
        assert [entry.calendar.person_id for entry in shown] == [world.anna.id]
        assert [payload["booking_id"] for payload in facts("BookingRefused")] == [str(refused.id)]
        assert str(refused.id) not in str(facts("BookingConfirmed"))

    def test_its_refusal_is_in_the_audit_like_any_other(self, refused):
        [row] = AuditEntry.objects.filter(action="booking.book", outcome="refused")
        assert row.code == "slot_taken"
        assert AuditEntry.objects.filter(action="booking.keep_refused", object_id=str(refused.id)).exists()

    def test_without_the_wish_to_keep_it_is_refused_as_ever(self, world, anna, taken):
        with pytest.raises(SlotTaken):
            book(wish(10, room_id=world.big.id), actor=anna)
        assert Booking.objects.count() == 1

    def test_any_room_names_the_smallest_that_would_fit(self, world, anna):
        for room in (world.big, world.shared):
            book(wish(10, room_id=room.id), actor=factories.actor(world.bernd))

        booking = book(wish(10, seats=20, store_refused=True), actor=anna)

        assert booking.room == world.shared
        assert why(booking).code == "no_room"

    def test_more_people_than_any_room_has_name_the_largest(self, world, anna):
        booking = book(wish(10, seats=500, store_refused=True), actor=anna)

        assert (booking.room, booking.seats) == (world.big, 500)
        assert audit_invariants() == []

    def test_too_many_dates_show_the_first(self, anna):
        booking = book(wish(10, rrule="FREQ=DAILY;COUNT=2000", store_refused=True), actor=anna)

        assert why(booking).code == BeyondHorizon.code
        assert booking.occurrences.count() == 1

    def test_a_meeting_longer_than_any_may_be(self, anna):
        booking = book(wish(10, hours=40, store_refused=True), actor=anna)

        assert why(booking).code == "too_long"
        assert audit_invariants() == []

    def test_a_room_too_small_or_blocked(self, world, anna):
        small = book(wish(10, room_id=world.small.id, seats=7, store_refused=True), actor=anna)
        world.small.blocked_reason = "Umbau"
        world.small.save()
        blocked = book(wish(10, room_id=world.small.id, store_refused=True), actor=anna)

        assert [why(one).code for one in (small, blocked)] == ["room_too_small", "room_blocked"]

    def test_what_is_past_or_makes_no_sense_is_not_kept(self, world, anna):
        yesterday = (timezone.now() - timedelta(days=1)).replace(tzinfo=None)

        with pytest.raises(InPast):
            book(wish(starts_local=yesterday, store_refused=True), actor=anna)
        with pytest.raises(Invalid):
            book(wish(10, title=" ", store_refused=True), actor=anna)
        with pytest.raises(Invalid):
            book(wish(10, hours=40, timezone="Mond", store_refused=True), actor=anna)
        with pytest.raises(NotFound):
            book(wish(10, room_id=world.anna.id, store_refused=True), actor=anna)
        assert not Booking.objects.exists()

    def test_the_same_request_again_gets_the_same_booking(self, world, anna, taken):
        wanted = wish(10, room_id=world.big.id, store_refused=True, idempotency_key="k")

        assert book(wanted, actor=anna) == book(wanted, actor=anna)
        assert IdempotencyKey.objects.count() == 1

    def test_a_deputy_asks_for_the_organiser(self, world, taken):
        factories.deputy(world.dora, world.anna)

        booking = book(
            wish(10, room_id=world.big.id, organiser_id=world.anna.id, store_refused=True),
            actor=factories.actor(world.dora),
        )

        assert (booking.organiser, booking.booked_by) == (world.anna, world.dora)


class TestToldAgain:
    def test_as_the_api_would_have_said_it_in_each_language(self, world, anna, taken):
        asked = wish(10, room_id=world.big.id)
        with pytest.raises(SlotTaken) as at_the_api:
            book(asked, actor=anna)

        booking = book(replace(asked, store_refused=True), actor=anna)

        for language in ("de", "en"):
            with translation.override(language):
                assert problem_of(why(booking)) == problem_of(at_the_api.value)
                assert problem_of(at_the_api.value)["alternatives"]

    def test_with_its_numbers(self):
        refusal = RoomTooSmall(limit=6, in_use=0, asked=7, unit="seats")

        again = told(kept(refusal))

        assert (type(again), again.limit, again.asked, again.unit) == (RoomTooSmall, 6, 7, "seats")


class TestTriedAgain:
    def test_once_the_room_is_free_it_is_booked_under_its_uid_and_link(self, world, anna, taken, refused):
        cancel(taken.id, actor=factories.actor(world.bernd))

        booking = try_again(refused.id, actor=anna)

        view = get_booking(booking.id, actor=anna)
        assert (view.status, booking.uid) == ("confirmed", "u@client")
        assert booking.join_link_id == refused.join_link_id
        assert booking.refusal is None
        assert [a.person for a in booking.attendees.all()] == [world.bernd]
        assert BusyTime.objects.filter(person=world.bernd).count() == 1
        [confirmed] = [one for one in facts("BookingConfirmed") if one["booking_id"] == str(booking.id)]
        assert confirmed["sequence"] == booking.sequence == 1
        assert audit_invariants() == []

    def test_while_it_is_taken_it_is_refused_as_ever_and_stays(self, anna, refused):
        with pytest.raises(SlotTaken) as again:
            try_again(refused.id, actor=anna)

        assert again.value.alternatives
        assert get_booking(refused.id, actor=anna).status == "refused"

    def test_replaced_by_what_can_be_had(self, world, anna, refused):
        wanted = wish(14, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=2")

        booking = replace_booking(refused.id, wanted, actor=anna)

        assert booking.occurrences.filter(state="confirmed").count() == 2
        assert audit_invariants() == []

    def test_replaced_by_what_cannot_it_says_the_new_reason(self, world, anna, refused):
        wanted = wish(16, hours=40, room_id=world.big.id)

        booking = replace_booking(refused.id, wanted, actor=anna, store_refused=True)

        assert why(booking).code == "too_long"
        assert (booking.version, booking.starts_local) == (2, at(16).isoformat())
        assert len(facts("BookingRefused")) == 2

    def test_the_same_wish_refused_once_more_is_no_news(self, world, anna, refused):
        wanted = wish(10, room_id=world.big.id, invite="bernd@im.mv.example")

        booking = replace_booking(refused.id, wanted, actor=anna, store_refused=True)

        assert booking.version == 1
        assert len(facts("BookingRefused")) == 1

    def test_overrides_are_part_of_the_wish(self, world, anna, taken):
        override = DateOverride(recurrence_id=at(10, day=1), starts_local=at(15, day=1), title="Kurz")
        asked = wish(
            10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=2", overrides=(override,), store_refused=True
        )
        refused = book(asked, actor=anna)
        cancel(taken.id, actor=factories.actor(world.bernd))

        booking = try_again(refused.id, actor=anna)

        assert sorted(o.title for o in booking.occurrences.all()) == ["", "Kurz"]

    def test_where_somebody_has_to_approve_it_waits(self):
        world = factories.world(approval="always")
        anna = factories.actor(world.anna)
        asked = wish(10, room_id=world.small.id, seats=7, store_refused=True)
        refused = book(asked, actor=anna)

        booking = replace_booking(refused.id, replace(asked, seats=5), actor=anna)

        assert get_booking(booking.id, actor=anna).status == "pending"
        assert facts("BookingConfirmed") == []
        assert audit_invariants() == []

    def test_what_was_never_refused_has_nothing_to_try(self, world, anna):
        booking = book(wish(10, room_id=world.big.id), actor=anna)

        with pytest.raises(NothingWished):
            try_again(booking.id, actor=anna)

    def test_a_change_of_it_asks_anew(self, world, anna, refused):
        """What the page does when somebody picks another time."""
        booking = change(refused.id, ChangeRequest(starts_local=at(14)), actor=anna)

        assert get_booking(booking.id, actor=anna).status == "confirmed"
        assert [a.person for a in booking.attendees.all()] == [world.bernd]

    def test_and_may_be_refused_anew(self, anna, refused):
        with pytest.raises(SlotTaken):
            change(refused.id, ChangeRequest(title="Anders"), actor=anna)


class TestGivenUp:
    def test_cancelled_it_leaves_the_calendar_and_nobody_is_told(self, anna, refused):
        cancel(refused.id, actor=anna)

        assert get_booking(refused.id, actor=anna).status == "cancelled"
        assert not CalendarEntry.objects.filter(booking=refused, deleted_at=None).exists()
        assert facts("BookingCancelled") == []
        assert audit_invariants() == []
        with pytest.raises(AlreadyCancelled):
            cancel(refused.id, actor=anna)

    def test_its_dates_are_no_dates_to_be_changed_alone(self, world, anna, taken):
        series = book(
            wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=2", store_refused=True), actor=anna
        )
        one = series.occurrences.all()[1]

        with pytest.raises(NotBooked):
            change_occurrence(one.id, ChangeRequest(starts_local=at(14)), actor=anna)
        with pytest.raises(NotBooked):
            cancel_occurrence(one.id, actor=anna)
        with pytest.raises(NotBooked):
            transfer_booking(series.id, world.bernd.email, actor=anna)

    def test_who_was_told_of_a_booking_is_told_also_when_only_its_refused_dates_are_left(self, world, anna):
        book(wish(10, room_id=world.big.id), actor=factories.actor(world.bernd))
        partly = wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=2", partial=True)
        booking = book(partly, actor=anna)
        standing = booking.occurrences.get(state="confirmed")
        split_booking(standing.id, ChangeRequest(title="Anders"), actor=anna)

        cancelled = cancel(booking.id, actor=anna)

        assert {"booking_id": str(booking.id), "sequence": cancelled.sequence} in facts("BookingCancelled")
