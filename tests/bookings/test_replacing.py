# SPDX-License-Identifier: EUPL-1.2
"""A booking replaced as a whole, as a calendar client puts it: whatever differs is one change (invariants 5 and 6)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import assert_rule_names_rows, at, wish
from vconf.bookings.errors import AlreadyCancelled, AlreadyStarted, BeyondHorizon, RoomBlocked, SlotTaken
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import close_occurrence, open_occurrence
from vconf.bookings.models import Booking, HistoryEntry, Occurrence
from vconf.bookings.recurrence import to_local
from vconf.bookings.replacing import replace_booking
from vconf.bookings.requests import ChangeRequest, DateOverride
from vconf.bookings.series import cancel_occurrence, change_occurrence
from vconf.bookings.services import book, cancel, change
from vconf.errors import Forbidden, Invalid, NotFound, VersionConflict
from vconf.outbox.models import Message

pytestmark = pytest.mark.django_db
BERLIN = "Europe/Berlin"
DAILY = "FREQ=DAILY;COUNT=4"


@pytest.fixture
def asked(world):
    """Four days at ten, in the big room, as the client put it."""
    return wish(10, room_id=world.big.id, rrule=DAILY, invite="g@x.example", source="caldav")


@pytest.fixture
def series(asked, anna):
    return book(asked, actor=anna)


def dates(booking, *states):
    """Wall times of the dates that stand, as hours of the test day."""
    found = booking.occurrences.filter(state__in=states or ["confirmed", "pending", "held", "live"])
    return [to_local(o.starts_at, BERLIN) for o in found.order_by("starts_at")]


def facts(kind):
    return [message.payload for message in Message.objects.filter(fact=kind).order_by("id")]


def moved(day, hour, **fields):
    return DateOverride(recurrence_id=at(10, day=day), starts_local=at(hour, day=day), **fields)


def put(booking, wanted, actor, **options):
    """Replace, with the promises audited afterwards."""
    found = replace_booking(booking.id, wanted, actor=actor, **options)
    assert_sound(found)
    return found


def assert_sound(booking):
    assert audit_invariants() == []
    if not booking.is_refused:
        assert_rule_names_rows(Booking.objects.get(id=booking.id))


class TestNothing:
    def test_the_same_object_again_changes_nothing(self, series, asked, anna):
        again = put(series, replace(asked, sequence=3), anna)

        assert (again.version, again.sequence) == (1, 0)
        assert facts("BookingChanged") == []
        assert HistoryEntry.objects.count() == 1

    def test_seats_that_the_object_does_not_tell_stay(self, world, anna):
        booking = book(wish(10, room_id=world.big.id, seats=60), actor=anna)

        again = put(booking, wish(10, room_id=world.big.id, title="Anders"), anna)

        assert (again.seats, again.seats_asked) == (60, 60)

    def test_the_same_rule_in_other_words_is_the_same(self, world, anna):
        asked = wish(10, room_id=world.big.id, rrule="FREQ=WEEKLY;INTERVAL=1;COUNT=3")
        booking = book(asked, actor=anna)

        assert put(booking, replace(asked, rrule="FREQ=WEEKLY;COUNT=3"), anna).version == 1


class TestWords:
    def test_text_and_people_are_one_change(self, series, asked, anna):
        wanted = wish(
            10,
            room_id=asked.room_id,
            rrule=DAILY,
            title="Anders",
            description="Neu",
            invite="h@x.example i@x.example",
        )

        after = put(series, wanted, anna)

        assert (after.title, after.description, after.version, after.sequence) == ("Anders", "Neu", 2, 1)
        [fact] = facts("BookingChanged")
        assert fact["what"] == ["title", "description", "attendees"]
        assert (fact["added"], fact["removed"]) == (["h@x.example", "i@x.example"], ["g@x.example"])
        assert HistoryEntry.objects.filter(booking=series).count() == 2

    def test_the_clients_sequence_is_never_undercut(self, series, asked, anna):
        assert put(series, replace(asked, title="Anders", sequence=7), anna).sequence == 7
        assert put(series, replace(asked, title="Nochmal", sequence=2), anna).sequence == 8

    def test_a_sequence_is_a_number(self, series, asked, anna):
        with pytest.raises(Invalid):
            replace_booking(series.id, replace(asked, sequence=2**40), actor=anna)


class TestTimes:
    def test_a_single_date_moves(self, world, anna):
        booking = book(wish(10, room_id=world.big.id, invite="g@x.example"), actor=anna)
        booking.attendees.update(partstat="ACCEPTED")

        after = put(booking, wish(14, hours=2, room_id=world.big.id, invite="g@x.example"), anna)

        assert dates(after) == [at(14)]
        assert after.occurrences.get().ends_at - after.occurrences.get().starts_at == timedelta(hours=2)
        assert [a.partstat for a in after.attendees.all()] == ["NEEDS-ACTION"]

    def test_the_whole_series_moves_with_its_ids(self, series, asked, anna):
        ids = {o.id for o in series.occurrences.all()}

        after = put(series, replace(asked, starts_local=at(11)), anna)

        assert dates(after) == [at(11, day=n) for n in range(4)]
        assert {o.id for o in after.occurrences.all()} == ids
        assert [o.recurrence_id for o in after.occurrences.all()] == [
            at(11, day=n).isoformat() for n in range(4)
        ]

    def test_overrides_and_exdates_by_the_old_ids_go_along(self, series, asked, anna):
        """What clients do that move the master only."""
        wanted = replace(asked, starts_local=at(11), exdate=(at(10, day=1),), overrides=(moved(2, 15),))

        after = put(series, wanted, anna)

        assert dates(after) == [at(11), at(15, day=2), at(11, day=3)]

    def test_another_rule_adds_and_gives_up(self, series, asked, anna):
        kept = {o.recurrence_id: o.id for o in series.occurrences.all()}

        after = put(series, replace(asked, rrule="FREQ=DAILY;INTERVAL=2;COUNT=3"), anna)

        assert dates(after) == [at(10), at(10, day=2), at(10, day=4)]
        there = {o.recurrence_id: o.id for o in after.occurrences.exclude(state="cancelled")}
        assert there[at(10, day=2).isoformat()] == kept[at(10, day=2).isoformat()]
        assert facts("BookingChanged")[0]["what"] == ["time"]

    def test_the_first_dates_cut_off_leave_the_others_where_they_are(self, series, asked, anna):
        last = series.occurrences.get(recurrence_id=at(10, day=3).isoformat())

        after = put(series, replace(asked, starts_local=at(10, day=2), rrule="FREQ=DAILY;COUNT=2"), anna)

        assert dates(after) == [at(10, day=2), at(10, day=3)]
        assert after.occurrences.get(recurrence_id=at(10, day=3).isoformat()).id == last.id

    def test_dates_are_added_and_dropped(self, series, asked, anna):
        wanted = replace(asked, rdate=(at(16, day=6),), exdate=(at(10, day=1),))

        after = put(series, wanted, anna)

        assert dates(after) == [at(10), at(10, day=2), at(10, day=3), at(16, day=6)]
        assert after.exdate == [at(10, day=1).isoformat()]

    def test_a_series_becomes_a_single_date_and_back(self, series, asked, anna):
        single = put(series, replace(asked, rrule=""), anna)
        assert (dates(single), single.rrule) == ([at(10)], "")

        again = put(single, replace(asked, rrule="FREQ=DAILY;COUNT=2"), anna)
        assert dates(again) == [at(10), at(10, day=1)]

    def test_the_same_instants_in_another_zone_ask_nobody_anew(self, world, anna):
        booking = book(wish(10, room_id=world.big.id, invite="g@x.example"), actor=anna)
        booking.attendees.update(partstat="ACCEPTED")
        starts_at = booking.occurrences.get().starts_at
        in_utc = wish(
            10,
            room_id=world.big.id,
            invite="g@x.example",
            timezone="UTC",
            starts_local=starts_at.replace(tzinfo=None),
        )

        after = put(booking, in_utc, anna)

        assert (after.timezone, after.occurrences.get().starts_at) == ("UTC", starts_at)
        assert [a.partstat for a in after.attendees.all()] == ["ACCEPTED"]

    def test_a_series_beyond_the_horizon_is_refused_and_stays_as_it_is(self, series, asked, anna):
        with pytest.raises(BeyondHorizon):
            replace_booking(series.id, replace(asked, rrule="FREQ=WEEKLY;COUNT=200"), actor=anna)

        assert dates(series) == [at(10, day=n) for n in range(4)]

    def test_what_was_promised_is_not_asked_about_again(self, series, asked, anna, settings):
        settings.VCONF_HORIZON_DAYS = 30

        assert put(series, replace(asked, title="Anders"), anna).title == "Anders"


class TestDropped:
    def test_a_dropped_date_stays_dropped(self, series, asked, anna):
        cancel_occurrence(series.occurrences.all()[1].id, actor=anna)

        after = put(series, replace(asked, title="Anders"), anna)

        assert dates(after) == [at(10), at(10, day=2), at(10, day=3)]

    def test_who_has_seen_it_dropped_takes_it_back_within_minutes(self, series, asked, anna):
        dropped = series.occurrences.all()[1]
        cancel_occurrence(dropped.id, actor=anna)

        after = put(series, asked, anna, takes_back=True)

        assert dates(after) == [at(10, day=n) for n in range(4)]
        assert after.occurrences.get(recurrence_id=dropped.recurrence_id).id == dropped.id

    def test_later_nobody_does(self, series, asked, anna):
        dropped = series.occurrences.all()[1]
        cancel_occurrence(dropped.id, actor=anna)
        Occurrence.objects.filter(id=dropped.id).update(released_at=timezone.now() - timedelta(hours=1))

        after = put(series, asked, anna, takes_back=True)

        assert dates(after) == [at(10), at(10, day=2), at(10, day=3)]


class TestSingleDates:
    def test_moved_shortened_retitled_elsewhere(self, world, series, asked, anna):
        overrides = (
            moved(1, 14, duration=timedelta(minutes=30), title="Kurz"),
            moved(2, 10, room_id=world.shared.id),
        )

        after = put(series, replace(asked, overrides=overrides), anna)

        rows = list(after.occurrences.order_by("recurrence_id"))
        assert dates(after) == [at(10), at(14, day=1), at(10, day=2), at(10, day=3)]
        assert [o.title for o in rows] == ["", "Kurz", "", ""]
        assert [o.room_id for o in rows] == [
            world.big.id,
            world.big.id,
            world.shared.id,
            world.big.id,
        ]
        assert rows[1].ends_at - rows[1].starts_at == timedelta(minutes=30)
        assert facts("BookingChanged")[0]["what"] == ["time", "title", "room"]
        entry = HistoryEntry.objects.filter(booking=series).latest("at")
        assert "14:00" in entry.changes["dates"][1]

    def test_taken_away_they_go_back_to_the_rule(self, world, series, asked, anna):
        overrides = (moved(1, 14, title="Kurz"), moved(2, 10, room_id=world.shared.id))
        put(series, replace(asked, overrides=overrides), anna)

        after = put(series, asked, anna)

        assert dates(after) == [at(10, day=n) for n in range(4)]
        assert {(o.title, o.room_id) for o in after.occurrences.all()} == {("", world.big.id)}

    def test_one_that_says_no_room_keeps_its_own(self, world, series, asked, anna):
        one = series.occurrences.all()[1]
        change_occurrence(one.id, ChangeRequest(room_id=world.shared.id), actor=anna)

        after = put(series, replace(asked, overrides=(moved(1, 14),)), anna)

        assert after.occurrences.get(id=one.id).room_id == world.shared.id

    def test_one_that_the_rule_does_not_name_is_one_date_more(self, series, asked, anna):
        more = DateOverride(recurrence_id=at(10, day=8), starts_local=at(12, day=8))

        after = put(series, replace(asked, overrides=(more,)), anna)

        assert dates(after)[-1] == at(12, day=8)
        assert after.rdate == [at(10, day=8).isoformat()]

    def test_two_may_change_places(self, series, asked, anna):
        swapped = (
            DateOverride(recurrence_id=at(10, day=1), starts_local=at(10, day=2)),
            DateOverride(recurrence_id=at(10, day=2), starts_local=at(10, day=1)),
        )

        after = put(series, replace(asked, overrides=swapped), anna)

        assert dates(after) == [at(10, day=n) for n in range(4)]
        assert facts("BookingChanged")[0]["what"] == ["time"]

    def test_described_twice_it_is_invalid(self, series, asked, anna):
        with pytest.raises(Invalid):
            replace_booking(series.id, replace(asked, overrides=(moved(1, 12), moved(1, 13))), actor=anna)

    def test_booked_with_overrides_from_the_start(self, world, asked, anna):
        overrides = (moved(1, 14, title="Kurz"), moved(2, 9, room_id=world.shared.id))

        booking = book(replace(asked, overrides=overrides, sequence=2), actor=anna)

        assert dates(booking) == [at(10), at(14, day=1), at(9, day=2), at(10, day=3)]
        assert booking.sequence == 2
        assert [o.room_id for o in booking.occurrences.order_by("starts_at")].count(world.shared.id) == 1
        assert_sound(booking)

    def test_where_each_date_is_elsewhere_the_first_one_tells_the_bookings_room(self, world, asked, anna):
        overrides = tuple(moved(day, 10, room_id=world.shared.id) for day in range(4))

        booking = book(replace(asked, overrides=overrides), actor=anna)

        assert booking.room_id == world.shared.id
        assert {o.room_id for o in booking.occurrences.all()} == {world.shared.id}
        assert_sound(booking)

    def test_a_single_date_has_none(self, world, anna):
        asked = wish(10, room_id=world.big.id, overrides=(moved(0, 15, title="Später"),))

        booking = book(asked, actor=anna)

        assert (dates(booking), booking.title, booking.starts_local) == (
            [at(15)],
            "Später",
            at(15).isoformat(),
        )
        assert_sound(booking)


class TestRooms:
    def test_another_room_for_all(self, world, series, asked, anna):
        after = put(series, replace(asked, room_id=world.shared.id), anna)

        assert after.room_id == world.shared.id
        assert {o.room_id for o in after.occurrences.all()} == {world.shared.id}

    def test_no_room_named_keeps_it(self, world, series, asked, anna):
        assert put(series, replace(asked, room_id=None, title="Anders"), anna).room_id == world.big.id

    def test_no_room_named_and_this_one_taken_takes_another(self, world, series, asked, anna):
        book(wish(14, room_id=world.big.id), actor=anna)

        after = put(series, replace(asked, room_id=None, starts_local=at(14)), anna)

        assert after.room_id != world.big.id
        assert dates(after) == [at(14, day=n) for n in range(4)]

    def test_too_small_by_now_it_gives_way_to_a_larger_one(self, world, anna):
        booking = book(wish(10, room_id=world.small.id, invite="a@x.example"), actor=anna)
        many = " ".join(f"p{n}@x.example" for n in range(20))

        after = put(booking, wish(10, invite=many), anna)

        assert after.room_id == world.shared.id
        assert after.seats == 21

    def test_a_named_room_that_is_taken_refuses_it(self, world, series, asked, anna):
        book(wish(14, room_id=world.big.id), actor=anna)

        with pytest.raises(SlotTaken) as refused:
            replace_booking(series.id, replace(asked, starts_local=at(14)), actor=anna)

        assert refused.value.alternatives
        assert dates(series) == [at(10, day=n) for n in range(4)]
        assert facts("BookingChanged") == []

    def test_a_blocked_room_is_kept_for_dates_that_stay(self, world, series, asked, anna):
        world.big.blocked_reason = "Umbau"
        world.big.save()

        assert put(series, replace(asked, title="Anders"), anna).title == "Anders"
        with pytest.raises(RoomBlocked):
            replace_booking(series.id, replace(asked, starts_local=at(12)), actor=anna)

    def test_rooms_of_others_are_not_there(self, world, series, asked, anna):
        foreign = factories.room("Fremd", 50, world.fm, world.pool, world.standard)

        with pytest.raises(NotFound):
            replace_booking(series.id, replace(asked, room_id=foreign.id), actor=anna)
        with pytest.raises(NotFound):
            replace_booking(
                series.id, replace(asked, overrides=(moved(1, 10, room_id=foreign.id),)), actor=anna
            )


class TestPast:
    @pytest.fixture
    def series(self, world, anna, monkeypatch):
        """Daily from the day before yesterday on, four dates: two are over."""
        start = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=2, hours=-2)
        asked = wish(
            room_id=world.big.id, rrule=DAILY, starts_local=start.replace(tzinfo=None), timezone="UTC"
        )
        with monkeypatch.context() as earlier:
            earlier.setattr(timezone, "now", lambda: start - timedelta(days=1))
            booking = book(asked, actor=anna)
        for o in booking.occurrences.filter(ends_at__lte=timezone.now()):
            close_occurrence(o.id, now=timezone.now())
        return booking, asked, start

    def test_dates_that_are_over_stay_as_they_are(self, series, anna):
        booking, asked, start = series
        over = {o.id: o.starts_at for o in booking.occurrences.filter(state__in=["no_show", "ended"])}
        wanted = replace(asked, starts_local=asked.starts_local + timedelta(hours=3))

        after = put(booking, wanted, anna)

        assert {o.id: o.starts_at for o in after.occurrences.filter(id__in=over)} == over
        ahead = after.occurrences.filter(state="confirmed").order_by("starts_at")
        assert [o.starts_at for o in ahead][-1] == start + timedelta(days=3, hours=3)

    def test_a_series_cut_before_now_keeps_what_took_place(self, series, anna):
        booking, asked, _start = series
        over = booking.occurrences.filter(state__in=["no_show", "ended"]).count()

        after = put(booking, replace(asked, rrule="FREQ=DAILY;COUNT=2"), anna)

        assert after.occurrences.exclude(state="cancelled").count() == over

    def test_one_that_begins_later_than_its_past(self, series, anna):
        booking, asked, start = series
        over = booking.occurrences.filter(state__in=["no_show", "ended"]).count()
        wanted = replace(
            asked, starts_local=asked.starts_local + timedelta(days=3), rrule="FREQ=DAILY;COUNT=2"
        )

        after = put(booking, wanted, anna)

        ahead = after.occurrences.filter(state="confirmed").order_by("starts_at")
        assert [o.starts_at for o in ahead] == [start + timedelta(days=3), start + timedelta(days=4)]
        assert after.occurrences.filter(state__in=["no_show", "ended"]).count() == over

    def test_a_single_date_that_runs_gets_a_later_end_and_no_other_start(self, world, anna):
        start = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
        asked = wish(room_id=world.big.id, starts_local=start.replace(tzinfo=None), timezone="UTC", hours=1)
        booking = book(asked, actor=anna)
        open_occurrence(booking.occurrences.get().id)

        after = put(booking, replace(asked, duration=timedelta(hours=2)), anna)
        assert after.occurrences.get().ends_at == start + timedelta(hours=2)
        with pytest.raises(AlreadyStarted):
            replace_booking(
                booking.id, replace(asked, starts_local=asked.starts_local + timedelta(hours=1)), actor=anna
            )


class TestRights:
    def test_only_the_organiser_and_deputies(self, world, series, asked, anna):
        with pytest.raises(NotFound):
            replace_booking(series.id, asked, actor=factories.actor(world.clara))
        factories.deputy(world.bernd, world.anna)

        after = put(series, replace(asked, title="Vertreten"), factories.actor(world.bernd))

        assert after.title == "Vertreten"
        assert HistoryEntry.objects.filter(booking=series).latest("at").person == world.bernd

    def test_whoever_attends_may_not(self, world, anna):
        booking = book(wish(10, room_id=world.big.id, invite=world.bernd.email), actor=anna)

        with pytest.raises(Forbidden):
            replace_booking(booking.id, wish(11), actor=factories.actor(world.bernd))

    def test_what_was_changed_meanwhile(self, series, asked, anna):
        change(series.id, ChangeRequest(title="Anders"), actor=anna)

        with pytest.raises(VersionConflict):
            replace_booking(series.id, asked, actor=anna, expected_version=1)

    def test_what_is_cancelled(self, series, asked, anna):
        cancel(series.id, actor=anna)

        with pytest.raises(AlreadyCancelled):
            replace_booking(series.id, asked, actor=anna)


class TestApproval:
    def test_moved_dates_wait_and_one_request_asks_for_them(self):
        world = factories.world(approval="always")
        her = factories.actor(world.anna)
        asked = wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=2")
        booking = book(asked, actor=her)
        assert {o.state for o in booking.occurrences.all()} == {"pending"}

        after = put(booking, replace(asked, starts_local=at(12)), her)

        assert dates(after, "pending") == [at(12), at(12, day=1)]
        assert after.approvals.filter(state="asked").count() == 1
