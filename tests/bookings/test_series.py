# SPDX-License-Identifier: EUPL-1.2
"""Series: booked, changed or refused as a whole; one date, this and following, all (invariants 5 and 6)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import assert_rule_names_rows, at, wish
from vconf.bookings import locks, placing
from vconf.bookings.errors import (
    AlreadyCancelled,
    AlreadyStarted,
    BeyondHorizon,
    NoCapacity,
    QuotaExceeded,
    SlotTaken,
)
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.mail_views import mail_view
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Booking, JoinLink, Occurrence
from vconf.bookings.recurrence import parse_rule, to_instant, to_local
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.selectors import get_occurrence
from vconf.bookings.series import cancel_following, cancel_occurrence, change_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.errors import Forbidden, Invalid, NotFound, VersionConflict
from vconf.outbox.models import Message

pytestmark = pytest.mark.django_db
BERLIN = "Europe/Berlin"
DAILY = "FREQ=DAILY;COUNT=4"


@pytest.fixture
def series(world, anna):
    """Four days at ten, in the big room."""
    return book(wish(10, room_id=world.big.id, seats=40, rrule=DAILY, invite="g@x.example"), actor=anna)


def rows(booking, *states):
    found = list(Occurrence.objects.filter(booking=booking).order_by("recurrence_id"))
    return [o for o in found if not states or o.state in states]


def starts(booking, *states):
    return [to_local(o.starts_at, booking.timezone) for o in rows(booking, *(states or ("confirmed",)))]


def assert_whole(*bookings):
    """The audit finds nothing, and every rule names exactly the rows that were not dropped."""
    assert audit_invariants() == []
    for booking in bookings:
        assert_rule_names_rows(Booking.objects.get(id=booking.id))


# --- book -------------------------------------------------------------------------------------------------


def test_all_dates_are_rows_and_keep_the_wall_time_across_both_changes_of_the_year(world, anna):
    first = to_local(timezone.now() + timedelta(days=2), BERLIN).replace(hour=9, minute=0, second=0)
    booking = book(
        wish(starts_local=first, room_id=world.big.id, rrule="FREQ=WEEKLY;COUNT=53", seats=5), actor=anna
    )
    found = rows(booking)
    assert len(found) == 53
    assert {to_local(o.starts_at, BERLIN).hour for o in found} == {9}
    assert len({o.starts_at.hour for o in found}) == 2  # summer and winter time
    assert {o.ends_at - o.starts_at for o in found} == {timedelta(hours=1)}
    assert_whole(booking)


def test_rdate_and_exdate(world, anna):
    booking = book(
        wish(10, room_id=world.big.id, rrule=DAILY, rdate=(at(15, day=9),), exdate=(at(10, day=0),)),
        actor=anna,
    )
    assert starts(booking) == [at(10, day=1), at(10, day=2), at(10, day=3), at(15, day=9)]
    assert booking.starts_local == at(10).isoformat()
    assert_whole(booking)


def test_a_rule_without_end_is_cut_and_says_so(world, anna, settings):
    settings.VCONF_HORIZON_DAYS = 410
    booking = book(wish(10, room_id=world.big.id, rrule="FREQ=DAILY"), actor=anna)
    last = rows(booking)[-1]
    assert booking.promised_until == last.starts_at
    assert booking.rrule == f"FREQ=DAILY;UNTIL={to_local(last.starts_at, BERLIN):%Y%m%dT%H%M%S}"
    assert 8 <= len(rows(booking)) <= 12
    assert_whole(booking)


@pytest.mark.parametrize(
    ("rrule", "unit", "limit"),
    [
        ("FREQ=YEARLY;COUNT=3", "days", 550),
        ("FREQ=WEEKLY;UNTIL=21000101", "days", 550),
        ("FREQ=DAILY;COUNT=6", "dates", 5),
    ],
)
def test_an_end_beyond_the_horizon_is_refused(world, anna, settings, rrule, unit, limit):
    settings.VCONF_HORIZON_DATES = 5 if unit == "dates" else 750
    with pytest.raises(BeyondHorizon) as refused:
        book(wish(10, room_id=world.big.id, rrule=rrule), actor=anna)
    assert (refused.value.unit, refused.value.limit) == (unit, limit)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"rrule": "rubbish"}, "rrule"),
        ({"rrule": DAILY, "exdate": tuple(at(10, day=n) for n in range(4))}, "exdate"),
        ({"rdate": (datetime(1, 1, 1),)}, "rdate"),
    ],
)
def test_what_is_no_series(anna, fields, named):
    with pytest.raises(Invalid) as refused:
        book(wish(10, **fields), actor=anna)
    assert list(refused.value.fields) == [named]


def test_one_clash_refuses_all_and_every_clashing_date_is_named(world, anna):
    for day in (1, 3):
        book(wish(10.5, day=day, room_id=world.big.id), actor=anna)
    with pytest.raises(SlotTaken) as refused:
        book(wish(10, room_id=world.big.id, rrule=DAILY, seats=20), actor=anna)
    named = [to_local(clash.starts_at, BERLIN) for clash in refused.value.conflicts]
    assert named == [at(10, day=1), at(10, day=3)]
    # a way out that holds for all four dates
    assert [one.room_name for one in refused.value.alternatives] == ["Offener Raum"]
    assert Booking.objects.count() == 2
    assert audit_invariants() == []


def test_dates_of_one_booking_may_not_overlap(world, anna):
    with pytest.raises(SlotTaken) as refused:
        book(wish(10, room_id=world.big.id, rrule=DAILY, rdate=(at(10.5, day=2),)), actor=anna)
    assert [to_local(c.starts_at, BERLIN) for c in refused.value.conflicts] == [at(10.5, day=2)]


def test_quota_and_capacity_name_every_date_that_fails(world, anna):
    for day in (0, 2):
        book(wish(10, day=day, room_id=world.shared.id, seats=30), actor=anna)
    factories.quota(world.im, seats=60)
    with pytest.raises(QuotaExceeded) as refused:
        book(wish(10, room_id=world.big.id, rrule=DAILY, seats=50), actor=anna)
    assert len(refused.value.conflicts) == 2
    assert (refused.value.limit, refused.value.in_use, refused.value.asked) == (60, 30, 50)
    assert [one.seats for one in refused.value.alternatives] == [30]
    factories.server(world.pool, seats=10)
    for server in world.servers:
        server.seats = 40
        server.save()
    with pytest.raises(NoCapacity) as full:
        book(wish(10, room_id=world.big.id, rrule=DAILY, seats=41, day=20), actor=anna)
    assert len(full.value.conflicts) == 4


def test_any_room_is_one_that_is_free_on_all_dates(world, anna):
    book(wish(10, day=2, room_id=world.small.id), actor=anna)
    booking = book(wish(10, seats=5, rrule=DAILY), actor=anna)
    assert {o.room_id for o in rows(booking)} == {world.shared.id}
    assert_whole(booking)


# --- partial acceptance -----------------------------------------------------------------------------------


def test_partial_acceptance_keeps_what_can_be_had_and_stores_the_rest_as_refused(world, anna):
    book(wish(10.5, day=1, room_id=world.big.id, seats=3), actor=anna)
    book(wish(10, day=2, room_id=world.shared.id, seats=30), actor=anna)
    factories.quota(world.im, seats=60)
    booking = book(wish(10, room_id=world.big.id, rrule=DAILY, seats=40, partial=True), actor=anna)
    assert starts(booking) == [at(10), at(10, day=3)]
    assert starts(booking, "refused") == [at(10, day=1), at(10, day=2)]
    book(wish(12, day=2, room_id=world.big.id, seats=60), actor=anna)
    assert_whole(booking)

    # a refused date can be had at another time, and then belongs to the series as a moved one
    refused = rows(booking, "refused")[0]
    change_occurrence(refused.id, ChangeRequest(starts_local=at(14, day=1)), actor=anna)
    assert at(14, day=1) in starts(booking)
    assert_whole(booking)


def test_partial_acceptance_of_nothing_is_a_refusal(world, anna):
    book(wish(9, hours=8, room_id=world.big.id, seats=3), actor=anna)
    with pytest.raises(SlotTaken):
        book(wish(10, room_id=world.big.id, partial=True), actor=anna)
    factories.quota(world.im, seats=5)
    with pytest.raises(QuotaExceeded) as refused:
        book(wish(10, room_id=world.shared.id, seats=6, rrule=DAILY, partial=True), actor=anna)
    assert len(refused.value.conflicts) == 4
    assert audit_invariants() == []


def test_seat_hours_take_the_dates_in_order_while_they_last(world, anna):
    factories.quota(world.im, seat_hours=25)
    first = at(10).replace(day=1)
    booking = book(
        wish(starts_local=first, room_id=world.big.id, rrule=DAILY, seats=10, partial=True), actor=anna
    )
    assert len(rows(booking, "confirmed")) == 2
    assert len(rows(booking, "refused")) == 2
    assert_whole(booking)


# --- one date ---------------------------------------------------------------------------------------------


def test_a_dropped_date_is_free_at_once_and_stays_dropped(world, anna, series):
    second = rows(series)[1]
    dropped = cancel_occurrence(second.id, actor=anna)
    assert (dropped.version, dropped.sequence) == (2, 1)
    assert dropped.exdate == [at(10, day=1).isoformat()]
    book(wish(10, day=1, room_id=world.big.id), actor=anna)
    with pytest.raises(AlreadyCancelled):
        cancel_occurrence(second.id, actor=anna)
    moved = change(series.id, ChangeRequest(starts_local=at(11)), actor=anna)
    assert starts(moved) == [at(11), at(11, day=2), at(11, day=3)]
    again = change(series.id, ChangeRequest(rrule="FREQ=DAILY;COUNT=6"), actor=anna)
    assert starts(again) == [at(11, day=n) for n in (0, 2, 3, 4, 5)]
    assert_whole(series)


def test_the_last_date_dropped_cancels_the_booking(world, anna):
    booking = book(wish(10, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=2"), actor=anna)
    for o in rows(booking):
        cancel_occurrence(o.id, actor=anna)
    booking.refresh_from_db()
    assert booking.cancelled_at is not None
    assert JoinLink.objects.get(id=booking.join_link_id).retired_at is not None
    assert audit_invariants() == []


def test_one_date_moves_to_another_time_room_and_size(world, anna, series):
    third = rows(series)[2]
    request = ChangeRequest(starts_local=at(15, day=2), room_id=world.shared.id, seats=20)
    changed = change_occurrence(third.id, request, actor=anna)
    third.refresh_from_db()
    assert to_local(third.starts_at, BERLIN) == at(15, day=2)
    assert (third.room, third.seats) == (world.shared, 20)
    assert third.recurrence_id == at(10, day=2).isoformat()
    assert (changed.room_id, changed.seats, changed.version, changed.sequence) == (world.big.id, 40, 2, 1)
    fact = Message.objects.get(fact="BookingChanged").payload
    assert fact["what"] == ["time", "room", "seats"]
    assert set(fact["room_ids"]) == {str(world.big.id), str(world.shared.id)}
    # the others wander, and so does the moved one; its own room and size stay
    change(series.id, ChangeRequest(starts_local=at(11)), actor=anna)
    third.refresh_from_db()
    assert to_local(third.starts_at, BERLIN) == at(16, day=2)
    assert (third.room, third.seats) == (world.shared, 20)
    # what a change of all names, holds for all
    change(series.id, ChangeRequest(room_id=world.big.id, seats=30), actor=anna)
    assert {(o.room_id, o.seats) for o in rows(series)} == {(world.big.id, 30)}
    assert_whole(series)


def test_a_date_cannot_be_moved_onto_another_or_into_somebody_elses(world, anna, series):
    second = rows(series)[1]
    with pytest.raises(SlotTaken):
        change_occurrence(second.id, ChangeRequest(starts_local=at(10.5, day=2)), actor=anna)
    book(wish(14, day=1, room_id=world.big.id), actor=anna)
    with pytest.raises(SlotTaken):
        change_occurrence(second.id, ChangeRequest(starts_local=at(14.5, day=1)), actor=anna)
    assert starts(series) == [at(10, day=n) for n in range(4)]
    assert Booking.objects.get(id=series.id).version == 1
    assert_whole(series)


def test_what_belongs_to_all_dates_is_not_changed_on_one(anna, series):
    with pytest.raises(Invalid) as refused:
        change_occurrence(rows(series)[0].id, ChangeRequest(description="neu"), actor=anna)
    assert list(refused.value.fields) == ["description"]


def test_one_date_has_a_title_of_its_own(world, anna, series):
    first, second, *_ = rows(series)
    changed = change_occurrence(second.id, ChangeRequest(title="Jahresabschluss"), actor=anna)
    assert [o.title for o in rows(series)] == ["", "Jahresabschluss", "", ""]
    assert (changed.title, changed.sequence, changed.version) == ("Lagebesprechung", 1, 2)
    assert get_occurrence(second.id, actor=anna).title == "Jahresabschluss"
    assert get_occurrence(first.id, actor=anna).title == "Lagebesprechung"

    # moved, it keeps the title; named like the booking, it has none of its own; unchanged is no change
    change_occurrence(second.id, ChangeRequest(starts_local=at(15, day=1)), actor=anna)
    assert rows(series)[1].title == "Jahresabschluss"
    change_occurrence(second.id, ChangeRequest(title="Lagebesprechung"), actor=anna)
    assert rows(series)[1].title == ""
    same = change_occurrence(second.id, ChangeRequest(title="Lagebesprechung"), actor=anna)
    assert same.version == 4


def test_a_new_title_of_the_series_holds_for_all_dates_to_come(world, anna, series):
    second = rows(series)[1]
    change_occurrence(second.id, ChangeRequest(title="Jahresabschluss"), actor=anna)
    change(series.id, ChangeRequest(seats=41), actor=anna)
    assert rows(series)[1].title == "Jahresabschluss"
    change(series.id, ChangeRequest(title="Neu"), actor=anna)
    assert [o.title for o in rows(series)] == [""] * 4


def test_past_and_running_dates_are_left_alone(world, anna):
    start = timezone.now().replace(second=0, microsecond=0)
    booking = book(
        wish(
            starts_local=start.replace(tzinfo=None),
            timezone="UTC",
            room_id=world.big.id,
            rrule="FREQ=DAILY;COUNT=3",
        ),
        actor=anna,
    )
    running, *_ = rows(booking)
    open_occurrence(running.id)
    for act in (
        lambda: cancel_occurrence(running.id, actor=anna),
        lambda: split_booking(running.id, ChangeRequest(title="x"), actor=anna),
        lambda: change_occurrence(running.id, ChangeRequest(seats=3), actor=anna),
    ):
        with pytest.raises(AlreadyStarted):
            act()
    later = (start + timedelta(hours=2)).replace(tzinfo=None)
    change(booking.id, ChangeRequest(starts_local=later, seats=7), actor=anna)
    now_running, *others = rows(booking)
    assert (now_running.id, now_running.starts_at, now_running.state) == (running.id, start, "opening")
    assert now_running.seats == running.seats
    assert [(o.starts_at - start, o.seats) for o in others] == [
        (timedelta(days=n, hours=2), 7) for n in (1, 2)
    ]
    assert_whole(booking)
    # the running one still shows at its true time: as a moved date of the rule that has wandered
    change(booking.id, ChangeRequest(rrule="FREQ=DAILY;INTERVAL=2;COUNT=2"), actor=anna)
    assert [o.starts_at - start for o in rows(booking, "opening", "confirmed")] == [
        timedelta(),
        timedelta(days=2, hours=2),
    ]
    assert_whole(booking)


def test_strangers_and_attendees_change_no_date(world, series):
    date = rows(series)[1]
    for person, error in ((world.clara, NotFound), (world.admin, Forbidden)):
        actor = factories.actor(person)
        for drop in (cancel_occurrence, cancel_following):
            with pytest.raises(error):
                drop(date.id, actor=actor)
        for act in (change_occurrence, split_booking):
            with pytest.raises(error):
                act(date.id, ChangeRequest(seats=3), actor=actor)


def test_a_stale_version_changes_no_date(anna, series):
    date = rows(series)[1]
    change(series.id, ChangeRequest(title="neu"), actor=anna)
    with pytest.raises(VersionConflict):
        cancel_occurrence(date.id, actor=anna, expected_version=1)
    for act in (change_occurrence, split_booking):
        with pytest.raises(VersionConflict):
            act(date.id, ChangeRequest(seats=3, expected_version=1), actor=anna)


# --- all --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "days"), [(1, 0), (0, 1), (-2, 0), (0, -1), (3, 5)])
def test_all_dates_wander_by_the_same_time_on_the_clock(world, anna, series, hours, days):
    ids = [o.id for o in rows(series)]
    change(series.id, ChangeRequest(starts_local=at(10 + hours, day=days)), actor=anna)
    assert starts(series) == [at(10 + hours, day=n + days) for n in range(4)]
    assert [o.id for o in rows(series)] == ids
    assert_whole(series)


def test_weekdays_wander_with_the_dates(world, anna):
    monday = at(10) + timedelta(days=-at(10).weekday() + 7)
    booking = book(
        wish(starts_local=monday, room_id=world.big.id, rrule="FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4"), actor=anna
    )
    before = starts(booking)
    moved = change(booking.id, ChangeRequest(starts_local=monday + timedelta(days=1)), actor=anna)
    assert moved.rrule == "FREQ=WEEKLY;COUNT=4;BYDAY=TU,FR"
    assert starts(booking) == [start + timedelta(days=1) for start in before]
    assert_whole(booking)


def test_dates_that_no_rule_names_become_a_list(world, anna):
    booking = book(
        wish(
            10, room_id=world.big.id, rrule="FREQ=MONTHLY;BYDAY=1MO,-1FR;COUNT=4", duration=timedelta(hours=1)
        ),
        actor=anna,
    )
    before = starts(booking)
    moved = change(booking.id, ChangeRequest(starts_local=at(10, day=1)), actor=anna)
    assert moved.rrule == ""
    assert starts(booking) == [start + timedelta(days=1) for start in before]
    assert_whole(booking)


def test_a_clash_on_one_date_refuses_the_change_of_all(world, anna, series):
    book(wish(12, day=3, room_id=world.big.id), actor=anna)
    with pytest.raises(SlotTaken) as refused:
        change(series.id, ChangeRequest(starts_local=at(12), title="neu"), actor=anna)
    assert [to_local(c.starts_at, BERLIN) for c in refused.value.conflicts] == [at(12, day=3)]
    series.refresh_from_db()
    assert (series.title, series.version) == ("Lagebesprechung", 1)
    assert starts(series) == [at(10, day=n) for n in range(4)]
    assert_whole(series)


def test_a_new_rule_keeps_what_it_still_names(world, anna, series):
    ids = {o.recurrence_id: o.id for o in rows(series)}
    change(series.id, ChangeRequest(rrule="FREQ=DAILY;INTERVAL=2;COUNT=3"), actor=anna)
    assert starts(series) == [at(10), at(10, day=2), at(10, day=4)]
    assert {o.id for o in rows(series, "confirmed")} & set(ids.values()) == {
        ids[at(10).isoformat()],
        ids[at(10, day=2).isoformat()],
    }
    book(wish(10, day=1, room_id=world.big.id), actor=anna)
    with pytest.raises(SlotTaken):
        change(series.id, ChangeRequest(rrule=DAILY), actor=anna)
    assert_whole(series)
    change(series.id, ChangeRequest(rrule="FREQ=DAILY;INTERVAL=3;COUNT=3"), actor=anna)
    assert starts(series) == [at(10), at(10, day=3), at(10, day=6)]
    assert_whole(series)


def test_a_single_date_becomes_a_series_and_back(world, anna):
    booking = book(wish(10, room_id=world.big.id), actor=anna)
    change(booking.id, ChangeRequest(rrule=DAILY), actor=anna)
    assert len(starts(booking)) == 4
    change(booking.id, ChangeRequest(rrule=""), actor=anna)
    assert starts(booking) == [at(10)]
    assert_whole(booking)


def test_the_length_of_all_dates(anna, series):
    change(series.id, ChangeRequest(duration=timedelta(hours=2)), actor=anna)
    assert {o.ends_at - o.starts_at for o in rows(series)} == {timedelta(hours=2)}
    assert_whole(series)


# --- this and following -----------------------------------------------------------------------------------


def test_this_and_following_becomes_a_booking_of_its_own_with_the_same_link(world, anna, series):
    cancel_occurrence(rows(series)[3].id, actor=anna)
    third = rows(series)[2]
    new = split_booking(third.id, ChangeRequest(starts_local=at(15, day=2), title="neu"), actor=anna)
    old = Booking.objects.get(id=series.id)
    assert new.uid != old.uid
    assert new.join_link_id == old.join_link_id
    assert starts(old) == [at(10), at(10, day=1)]
    assert starts(new) == [at(15, day=2)]
    assert (old.title, new.title) == ("Lagebesprechung", "neu")
    assert rows(new, "confirmed")[0].id == third.id
    assert new.exdate == [at(15, day=3).isoformat()]  # still dropped
    assert [a.address for a in new.attendees.all()] == ["g@x.example"]
    assert [m.payload["booking_id"] for m in Message.objects.filter(fact="BookingConfirmed")] == [
        str(old.id),
        str(new.id),
    ]
    assert_whole(old, new)

    cancel(old.id, actor=anna)
    assert JoinLink.objects.get(id=new.join_link_id).retired_at is None
    cancel(new.id, actor=anna)
    assert JoinLink.objects.get(id=new.join_link_id).retired_at is not None
    assert audit_invariants() == []


def test_what_is_split_off_on_the_page_is_a_booking_of_the_page(world, anna):
    """Its UID is news to the program that invited people to the old one."""
    people = (AttendeeRequest(address="g@x.example", told_by_client=True),)
    whole = book(
        wish(10, room_id=world.big.id, rrule=DAILY, attendees=people, source="mail", uid="u"), actor=anna
    )
    part = split_booking(rows(whole)[2].id, ChangeRequest(title="neu"), actor=anna)
    assert (part.source, part.attendees.get().told_by_client) == ("api", False)
    assert (whole.source, whole.attendees.get().told_by_client) == ("mail", True)


def test_a_length_that_is_named_holds_for_the_last_date_although_it_had_its_own(world, anna, series):
    last = rows(series)[3]
    change_occurrence(last.id, ChangeRequest(duration=timedelta(hours=2)), actor=anna)

    new = split_booking(last.id, ChangeRequest(duration=series.duration), actor=anna)

    [date] = rows(new)
    assert date.ends_at - date.starts_at == series.duration
    assert_whole(new)


def test_a_date_with_a_length_of_its_own_keeps_it_while_others_move(world, anna, series):
    last = rows(series)[3]
    change_occurrence(last.id, ChangeRequest(duration=timedelta(hours=2)), actor=anna)

    new = split_booking(
        rows(series)[2].id, ChangeRequest(starts_local=at(15, day=2), duration=series.duration), actor=anna
    )

    assert [o.ends_at - o.starts_at for o in rows(new)] == [series.duration, timedelta(hours=2)]
    assert_whole(new)


def test_a_refused_split_leaves_the_series_whole(world, anna, series):
    book(wish(15, day=3, room_id=world.big.id), actor=anna)
    with pytest.raises(SlotTaken):
        split_booking(rows(series)[2].id, ChangeRequest(starts_local=at(15, day=2)), actor=anna)
    assert starts(series) == [at(10, day=n) for n in range(4)]
    assert Booking.objects.get(id=series.id).rrule == DAILY
    assert_whole(series)


def test_a_split_at_the_first_date_changes_the_series_itself(anna, series):
    same = split_booking(rows(series)[0].id, ChangeRequest(title="neu"), actor=anna)
    assert (same.id, same.title) == (series.id, "neu")


def test_this_and_following_dropped_ends_the_series(world, anna, series):
    ended = cancel_following(rows(series)[2].id, actor=anna)
    assert starts(ended) == [at(10), at(10, day=1)]
    assert ended.rrule.startswith("FREQ=DAILY;UNTIL=")
    book(wish(10, day=3, room_id=world.big.id), actor=anna)
    assert_whole(ended)


# --- what the outside is told, and what it costs ---------------------------------------------------------------


def test_a_rule_is_never_kept_so_long_that_it_could_not_be_read_again(world, anna):
    """Cutting a series makes an UNTIL of its COUNT, which is 14 characters more."""

    def rule(months: int) -> str:
        numbers = {"BYMONTHDAY": ["-31"] * 31, "BYYEARDAY": ["-366"] * 31, "BYWEEKNO": ["-53"] * 31}
        parts = {**numbers, "BYMONTH": ["12"] * months}
        return ";".join(["FREQ=DAILY;COUNT=1", *(f"{name}={','.join(parts[name])}" for name in parts)])

    # its dates come from RDATE, so that there is something to cut
    dates = {"rdate": (at(10, day=1), at(10, day=2)), "room_id": world.big.id, "seats": 5}
    booking = book(wish(10, rrule=rule(9), **dates), actor=anna)

    ended = cancel_following(rows(booking)[1].id, actor=anna)

    assert (len(booking.rrule), len(ended.rrule)) == (486, 500)
    assert str(parse_rule(ended.rrule, BERLIN)) == ended.rrule
    with pytest.raises(Invalid):
        book(wish(12, rrule=rule(10), **dates), actor=anna)


def test_mails_are_told_rule_moved_and_dropped_dates(anna, series):
    _, second, third, _ = rows(series)
    cancel_occurrence(second.id, actor=anna)
    change_occurrence(third.id, ChangeRequest(starts_local=at(15, day=2)), actor=anna)
    mail = mail_view(series.id)
    assert mail is not None
    assert (mail.rrule, mail.sequence) == (DAILY, 2)
    states = {date.recurrence_id: (date.state, date.starts_at) for date in mail.occurrences}
    assert states[at(10, day=1).isoformat()][0] == "cancelled"
    assert states[at(10, day=2).isoformat()] == ("confirmed", to_instant(at(15, day=2), BERLIN))


def test_a_year_of_weeks_takes_as_many_statements_as_one_date(world, anna):
    def statements(**fields):
        book(wish(8, day=-1, room_id=world.big.id), actor=anna)
        Booking.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            book(wish(room_id=world.big.id, seats=5, **fields), actor=anna)
        return len(captured)

    start = to_local(timezone.now() + timedelta(days=3), BERLIN).replace(hour=9)
    one = statements(starts_local=start)
    many = statements(starts_local=start, rrule="FREQ=WEEKLY;COUNT=52")
    assert many <= one + 3  # the rows of a year are sent in a few pieces


def test_a_split_locks_all_it_needs_before_it_writes_the_first_booking(world, anna, monkeypatch):
    """Else it holds calendars while it waits for a room, and whoever has the room waits for the calendars."""
    taken: list[tuple[str, frozenset[UUID]]] = []

    def noted(module, name, what):
        act = getattr(module, name)

        def note(*args, **kwargs):
            taken.append((what, frozenset(args[0]) if what == "rooms" else frozenset()))
            return act(*args, **kwargs)

        monkeypatch.setattr(module, name, note)

    booking = book(wish(rrule="FREQ=DAILY;COUNT=3", room_id=world.small.id, seats=3), actor=anna)
    noted(locks, "lock_rooms", "rooms")
    noted(locks, "lock_pools", "pools")
    noted(locks, "lock_path", "path")
    noted(placing, "show_booking", "calendars")
    last = booking.occurrences.last()
    assert last is not None

    split_booking(last.id, ChangeRequest(room_id=world.big.id), actor=anna)

    assert [what for what, _ in taken][:4] == ["rooms", "pools", "path", "calendars"]
    assert taken[0][1] == {world.small.id, world.big.id}
    assert all(rooms <= taken[0][1] for _, rooms in taken)
