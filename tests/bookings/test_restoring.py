# SPDX-License-Identifier: EUPL-1.2
"""A cancellation taken back: the same meeting under the same link, if nobody has taken its place."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import assert_rule_names_rows, at, wish
from vconf.bookings.errors import (
    AlreadyStarted,
    NoCapacity,
    NotCancelled,
    QuotaExceeded,
    RoomBlocked,
    SlotTaken,
    TooLate,
)
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.joining import JoinView, find_join
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import (
    Approval,
    Booking,
    CalendarEntry,
    HistoryEntry,
    JoinLink,
    Meeting,
    Occurrence,
)
from vconf.bookings.recurrence import to_local
from vconf.bookings.renewing import renew_link
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.restoring import restore_booking, restore_occurrence
from vconf.bookings.selectors import get_booking
from vconf.bookings.series import cancel_following, cancel_occurrence, change_occurrence, split_booking
from vconf.bookings.services import book, cancel
from vconf.errors import Forbidden, NotFound, VersionConflict
from vconf.outbox.models import Message

pytestmark = pytest.mark.django_db

DAILY = "FREQ=DAILY;COUNT=4"


def join_of(token: str) -> JoinView:
    view = find_join(token, now=timezone.now())
    assert view is not None
    return view


@pytest.fixture
def series(world, anna):
    return book(wish(10, room_id=world.big.id, seats=40, rrule=DAILY, invite="g@x.example"), actor=anna)


def rows(booking, *states):
    found = Occurrence.objects.filter(booking=booking).order_by("recurrence_id")
    return [o for o in found if not states or o.state in states]


def starts(booking):
    return [to_local(o.starts_at, "Europe/Berlin") for o in rows(booking, "confirmed")]


def test_the_same_meeting_is_back(world, anna):
    booking = book(wish(room_id=world.big.id, invite=world.bernd.email), actor=anna)
    token, pin = booking.join_link.token, booking.join_link.pin
    cancelled = cancel(booking.id, actor=anna)
    view = get_booking(booking.id, actor=anna)
    assert cancelled.cancelled_at is not None
    assert view.restorable_until == cancelled.cancelled_at + timedelta(minutes=15)

    back = restore_booking(booking.id, actor=anna, expected_version=cancelled.version)

    assert (back.uid, back.sequence, back.cancelled_at) == (booking.uid, cancelled.sequence + 1, None)
    assert (back.join_link.token, back.join_link.pin) == (token, pin)
    assert join_of(token).can_be_joined
    assert JoinLink.objects.get().retired_at is None
    assert set(CalendarEntry.objects.values_list("deleted_at", flat=True)) == {None}
    told = Message.objects.filter(fact="BookingConfirmed").latest("id")
    assert told.payload == {"booking_id": str(booking.id), "sequence": back.sequence}
    assert HistoryEntry.objects.filter(booking=booking).latest("at").action == "restored"
    assert get_booking(booking.id, actor=anna).restorable_until is None
    assert audit_invariants() == []


def test_rights_come_first_then_the_version(world, anna):
    booking = book(wish(room_id=world.big.id, invite=world.bernd.email), actor=anna)
    cancel(booking.id, actor=anna)
    for person, error in ((world.clara, NotFound), (world.bernd, Forbidden), (world.anna, VersionConflict)):
        with pytest.raises(error):
            restore_booking(booking.id, actor=factories.actor(person), expected_version=7)


def test_what_was_not_cancelled_is_not_restored(world, anna, series):
    with pytest.raises(NotCancelled):
        restore_booking(series.id, actor=anna)
    with pytest.raises(NotCancelled):
        restore_occurrence(rows(series)[0].id, actor=anna)


def test_after_some_minutes_it_is_too_late(world, anna, series, settings):
    booking = book(wish(14, room_id=world.big.id), actor=anna)
    cancel(booking.id, actor=anna)
    dropped = rows(series)[1]
    cancel_occurrence(dropped.id, actor=anna)
    settings.VCONF_UNDO_MINUTES = 0
    for undo in (
        lambda: restore_booking(booking.id, actor=anna),
        lambda: restore_occurrence(dropped.id, actor=anna),
    ):
        with pytest.raises(TooLate):
            undo()
    assert get_booking(booking.id, actor=anna).restorable_until is None
    settings.VCONF_UNDO_MINUTES = 1
    past = timezone.now() - timedelta(minutes=1)
    Booking.objects.filter(id=booking.id).update(cancelled_at=past)
    Occurrence.objects.filter(booking=booking).update(released_at=past)
    with pytest.raises(TooLate):
        restore_booking(booking.id, actor=anna)


def test_who_came_meanwhile_keeps_the_place(world, anna):
    """Room, capacity, quota and a blocked room are asked for afresh, and what was cancelled stays so."""
    booking = book(wish(room_id=world.big.id, seats=100), actor=anna)
    cancel(booking.id, actor=anna)

    rival = book(wish(10.5, room_id=world.big.id), actor=factories.actor(world.bernd))
    with pytest.raises(SlotTaken):
        restore_booking(booking.id, actor=anna)
    cancel(rival.id, actor=factories.actor(world.bernd))
    limit = factories.quota(world.im, seats=99)
    with pytest.raises(QuotaExceeded):
        restore_booking(booking.id, actor=anna)
    limit.delete()
    for server in world.servers:
        server.seats = 99
        server.save()
    with pytest.raises(NoCapacity):
        restore_booking(booking.id, actor=anna)
    world.big.blocked_reason = "Umbau"
    world.big.save()
    with pytest.raises(RoomBlocked):
        restore_booking(booking.id, actor=anna)
    assert Booking.objects.get(id=booking.id).cancelled_at is not None
    assert audit_invariants() == []


def test_a_pin_that_got_another_owner_is_not_taken_back(world, anna):
    booking = book(wish(room_id=world.big.id), actor=anna)
    link = booking.join_link
    cancel(booking.id, actor=anna)
    other = book(wish(14, room_id=world.big.id), actor=anna).join_link
    JoinLink.objects.filter(id=other.id).update(pin=link.pin, pin_hash=link.pin_hash)

    back = restore_booking(booking.id, actor=anna)

    assert back.join_link.token == link.token
    assert back.join_link.pin != link.pin


def test_a_renewed_link_stays_renewed(world, anna, series):
    """The part that was split off shares the link; the old one must not come back with what is restored."""
    old_token = series.join_link.token
    second = split_booking(rows(series)[2].id, ChangeRequest(title="Zweiter Teil"), actor=anna)
    cancel(series.id, actor=anna)
    new = renew_link(second.id, actor=anna).join_link

    back = restore_booking(series.id, actor=anna)

    assert back.join_link_id == new.id
    assert find_join(old_token, now=timezone.now()) is None
    assert JoinLink.objects.get(token_hash=series.join_link.token_hash).retired_at is not None


def test_what_waited_for_approval_does_not_come_back_as_approved(world, anna):
    booking = book(wish(room_id=world.big.id), actor=anna)
    Approval.objects.create(
        booking=booking, room_class=world.standard, state="withdrawn", lapses_at=timezone.now()
    )
    cancel(booking.id, actor=anna)
    with pytest.raises(TooLate):
        restore_booking(booking.id, actor=anna)


def test_what_has_begun_stays_over_and_its_meeting_too(world, anna):
    now = timezone.now().replace(microsecond=0, tzinfo=None)
    booking = book(
        wish(starts_local=now, timezone="UTC", room_id=world.big.id, rrule="FREQ=DAILY;COUNT=3"), actor=anna
    )
    running = rows(booking)[0]
    open_occurrence(running.id)
    cancel(booking.id, actor=anna)

    back = restore_booking(booking.id, actor=anna)

    assert [o.state for o in rows(booking)] == ["ended", "confirmed", "confirmed"]
    assert Meeting.objects.get().state == "ended"
    assert_rule_names_rows(back)
    assert audit_invariants() == []
    single = book(wish(starts_local=now, timezone="UTC", room_id=world.small.id), actor=anna)
    cancel(single.id, actor=anna)
    with pytest.raises(AlreadyStarted):
        restore_booking(single.id, actor=anna)


def test_one_dropped_date_is_back_in_the_rule(world, anna, series):
    second = rows(series)[1]
    dropped = cancel_occurrence(second.id, actor=anna)
    assert dropped.exdate == [at(10, day=1).isoformat()]
    [gone] = [o for o in get_booking(series.id, actor=anna).booking.occurrences.all() if o.id == second.id]
    assert get_booking(series.id, actor=anna).date_restorable_until(gone) is not None

    back = restore_occurrence(second.id, actor=anna)

    assert (back.rrule, back.exdate, back.sequence) == (DAILY, [], dropped.sequence + 1)
    assert starts(back) == [at(10, day=n) for n in range(4)]
    assert_rule_names_rows(back)
    assert audit_invariants() == []


def test_a_moved_date_comes_back_where_it_was(world, anna, series):
    second = rows(series)[1]
    change_occurrence(
        second.id, ChangeRequest(starts_local=at(15, day=1), room_id=world.shared.id, seats=7), actor=anna
    )
    cancel_occurrence(second.id, actor=anna)
    restore_occurrence(second.id, actor=anna)
    row = rows(series)[1]
    assert (to_local(row.starts_at, "Europe/Berlin"), row.room_id, row.seats) == (
        at(15, day=1),
        world.shared.id,
        7,
    )


def test_this_and_following_gets_its_rule_back(world, anna):
    endless = book(wish(10, room_id=world.big.id, seats=5, rrule="FREQ=WEEKLY"), actor=anna)
    before = (endless.rrule, endless.rdate, endless.exdate, endless.promised_until)
    all_dates = starts(endless)
    third = rows(endless)[2]
    cut = cancel_following(third.id, actor=anna)
    assert (len(starts(cut)), cut.promised_until) == (2, None)

    back = restore_occurrence(third.id, following=True, actor=anna)

    assert (back.rrule, back.rdate, back.exdate, back.promised_until) == before
    assert starts(back) == all_dates
    assert_rule_names_rows(back)
    assert audit_invariants() == []


def test_of_this_and_following_one_date_alone_is_added(world, anna, series):
    third = rows(series)[2]
    cancel_following(third.id, actor=anna)
    back = restore_occurrence(third.id, actor=anna)
    assert back.rdate == [at(10, day=2).isoformat()]
    assert starts(back) == [at(10, day=n) for n in range(3)]
    assert_rule_names_rows(back)


def test_of_what_was_dropped_together_all_or_nothing_comes_back(world, anna, series):
    third = rows(series)[2]
    cancel_following(third.id, actor=anna)
    book(wish(10, day=3, room_id=world.big.id), actor=factories.actor(world.bernd))
    with pytest.raises(SlotTaken) as refused:
        restore_occurrence(third.id, following=True, actor=anna)
    assert len(refused.value.conflicts) == 1
    assert starts(series) == [at(10, day=n) for n in range(2)]
    assert audit_invariants() == []


def test_the_last_date_takes_the_booking_along_both_ways(world, anna):
    booking = book(wish(room_id=world.big.id), actor=anna)
    [only] = rows(booking)
    cancel_occurrence(only.id, actor=anna)
    assert Booking.objects.get(id=booking.id).cancelled_at is not None
    back = restore_occurrence(only.id, actor=anna)
    assert (back.cancelled_at, starts(back)) == (None, [at(10)])


def test_a_date_dropped_before_the_booking_was_cancelled_waits_for_it(world, anna, series):
    second = rows(series)[1]
    cancel_occurrence(second.id, actor=anna)
    cancel(series.id, actor=anna)
    with pytest.raises(TooLate):
        restore_occurrence(second.id, actor=anna)
    back = restore_booking(series.id, actor=anna)
    assert datetime.fromisoformat(back.exdate[0]) == at(10, day=1)
    assert len(starts(back)) == 3
    assert_rule_names_rows(back)


def test_a_repeat_with_the_same_key_restores_once(world, anna):
    booking = book(wish(room_id=world.big.id), actor=anna)
    cancel(booking.id, actor=anna)
    first = restore_booking(booking.id, actor=anna, idempotency_key="k")
    again = restore_booking(booking.id, actor=anna, idempotency_key="k")
    assert (again.id, again.version) == (first.id, first.version)
