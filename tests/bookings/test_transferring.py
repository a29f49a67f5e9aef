# SPDX-License-Identifier: EUPL-1.2
"""A booking in other hands: who organises it, who pays for it, and what becomes of dates that have begun."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import assert_rule_names_rows, wish
from vconf.authorities.models import Membership, Role
from vconf.bookings import ledger
from vconf.bookings.errors import AlreadyCancelled, AlreadyStarted, QuotaExceeded
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, HistoryEntry, Occurrence
from vconf.bookings.selectors import get_booking
from vconf.bookings.services import book, cancel
from vconf.bookings.transferring import transfer_booking
from vconf.errors import Forbidden, Invalid, NotFound, VersionConflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Anna also works for the ministry of finance, so it may be charged for what she hands over to Clara."""
    scene = factories.world()
    Membership.objects.create(person=scene.anna, authority=scene.fm, role=Role.STAFF)
    return scene


def seats_of(authority, booking):
    date = booking.occurrences.filter(state="confirmed").first()
    levels = ledger.read_levels([authority.id], ledger.days_of(date.starts_at, date.ends_at))
    return levels.peak(authority.id, date.starts_at, date.ends_at).seats


def test_the_new_organiser_has_all_rights_and_the_old_one_stays_invited(world, anna):
    booking = book(wish(room_id=world.big.id, invite=world.bernd.email), actor=anna)

    now_his = transfer_booking(booking.id, "Bernd@im.mv.example", actor=anna)

    assert (now_his.organiser, now_his.booked_by, now_his.authority_id) == (
        world.bernd,
        world.anna,
        world.im.id,
    )
    assert [one.address for one in now_his.attendees.all()] == [world.anna.email]
    assert now_his.sequence == 1
    assert get_booking(booking.id, actor=factories.actor(world.bernd)).may_change
    assert not get_booking(booking.id, actor=anna).may_change
    with pytest.raises(Forbidden):
        cancel(booking.id, actor=anna)
    line = HistoryEntry.objects.get(action="transferred")
    assert (line.person, line.changes["organiser"]) == (world.anna, ["Anna Amsel", "Bernd Buche"])
    assert audit_invariants() == []


def test_rights_come_first_then_what_is_wrong_with_it(world, anna):
    booking = book(wish(room_id=world.big.id, invite=world.bernd.email), actor=anna)
    for person, error in ((world.clara, NotFound), (world.bernd, Forbidden), (world.anna, VersionConflict)):
        with pytest.raises(error):
            transfer_booking(booking.id, world.dora.email, actor=factories.actor(person), expected_version=9)
    for address in ("nobody@im.mv.example", world.auditor.email, world.clara.email):
        # no account; works nowhere; may not book a room of the interior
        with pytest.raises(Invalid) as refused:
            transfer_booking(booking.id, address, actor=anna)
        assert list(refused.value.fields) == ["email"]
    cancel(booking.id, actor=anna)
    with pytest.raises(AlreadyCancelled):
        transfer_booking(booking.id, world.bernd.email, actor=anna)


def test_nobody_makes_an_authority_pay_that_they_do_not_work_for(world, anna):
    booking = book(wish(room_id=world.shared.id, seats=20), actor=anna)
    Membership.objects.filter(person=world.anna, authority=world.fm).delete()

    with pytest.raises(Invalid) as refused:
        transfer_booking(booking.id, world.clara.email, actor=factories.actor(world.anna))

    assert list(refused.value.fields) == ["email"]
    booking.refresh_from_db()
    assert (booking.organiser, booking.authority_id) == (world.anna, world.im.id)
    assert seats_of(world.fm, booking) == 0


def test_another_authority_pays_if_the_new_organiser_is_no_member_of_the_old(world, anna):
    booking = book(wish(room_id=world.shared.id, seats=20), actor=anna)
    assert (seats_of(world.im, booking), seats_of(world.fm, booking), seats_of(world.land, booking)) == (
        20,
        0,
        20,
    )

    moved = transfer_booking(booking.id, world.clara.email, actor=anna)

    assert moved.authority_id == world.fm.id
    assert (seats_of(world.im, moved), seats_of(world.fm, moved), seats_of(world.land, moved)) == (0, 20, 20)
    assert audit_invariants() == []


def test_the_quota_of_the_new_authority_decides_and_what_both_share_counts_once(world, anna):
    booking = book(wish(room_id=world.shared.id, seats=20), actor=anna)
    factories.quota(world.land, seats=20)
    limit = factories.quota(world.fm, seats=19)
    with pytest.raises(QuotaExceeded) as refused:
        transfer_booking(booking.id, world.clara.email, actor=anna)
    assert (refused.value.limit, refused.value.asked) == (19, 20)
    assert Booking.objects.get().organiser == world.anna
    assert audit_invariants() == []
    limit.delete()
    transfer_booking(booking.id, world.clara.email, actor=anna)
    assert audit_invariants() == []


def test_hours_of_the_month_go_along(world, anna):
    booking = book(wish(room_id=world.shared.id, seats=20), actor=anna)
    transfer_booking(booking.id, world.clara.email, actor=anna)
    date = booking.occurrences.get()
    month = ledger.month_of(date.starts_at)
    used = ledger.read_monthly([world.im.id, world.fm.id], [month])
    assert (used[world.im.id, month], used[world.fm.id, month]) == (0, 1200)


def test_dates_that_have_begun_stay_with_who_paid_for_them(world, anna):
    start = timezone.now().replace(microsecond=0, tzinfo=None) - timedelta(minutes=5)
    booking = book(
        wish(starts_local=start, timezone="UTC", room_id=world.shared.id, rrule="FREQ=DAILY;COUNT=4"),
        actor=anna,
    )

    goes_on = transfer_booking(booking.id, world.clara.email, actor=anna)

    booking.refresh_from_db()
    assert goes_on.id != booking.id
    assert (booking.organiser, booking.authority_id, booking.occurrences.count()) == (
        world.anna,
        world.im.id,
        1,
    )
    assert (goes_on.organiser, goes_on.authority_id, goes_on.occurrences.count()) == (
        world.clara,
        world.fm.id,
        3,
    )
    assert goes_on.join_link_id == booking.join_link_id
    assert_rule_names_rows(booking)
    assert_rule_names_rows(goes_on)
    assert audit_invariants() == []


def test_within_the_authority_a_begun_series_stays_one(world, anna):
    start = timezone.now().replace(microsecond=0, tzinfo=None) - timedelta(minutes=5)
    booking = book(
        wish(starts_local=start, timezone="UTC", room_id=world.shared.id, rrule="FREQ=DAILY;COUNT=4"),
        actor=anna,
    )
    assert transfer_booking(booking.id, world.bernd.email, actor=anna).id == booking.id
    single = book(wish(starts_local=start, timezone="UTC", room_id=world.small.id), actor=anna)
    with pytest.raises(AlreadyStarted):
        transfer_booking(single.id, world.bernd.email, actor=anna)


def test_somebody_more_needs_a_seat_more(world, anna):
    guests = " ".join(f"g{n}@x.example" for n in range(4))
    booking = book(wish(room_id=world.big.id, invite=guests), actor=anna)
    assert booking.seats == 5
    transfer_booking(booking.id, world.bernd.email, actor=anna)
    assert Occurrence.objects.get().seats == Booking.objects.get().seats == 6
    assert audit_invariants() == []


def test_a_repeat_with_the_same_key_is_answered_although_the_right_is_gone(world, anna):
    booking = book(wish(room_id=world.big.id), actor=anna)
    first = transfer_booking(booking.id, world.bernd.email, actor=anna, idempotency_key="k")
    again = transfer_booking(booking.id, world.bernd.email, actor=anna, idempotency_key="k")
    assert (again.id, again.version) == (first.id, first.version)


def test_not_to_somebody_whom_the_class_does_not_let_book(world, anna):
    """Who may see the room, but is none of those it is kept for, does not get it by way of somebody who is."""
    kind = factories.room_class(world.im, "Leitung", who_may_book="named", bookers=world.anna.email)
    room = factories.room("Leitungsraum", 20, world.im, world.pool, kind)
    booking = book(wish(room_id=room.id), actor=anna)

    with pytest.raises(Invalid) as refused:
        transfer_booking(booking.id, world.bernd.email, actor=anna)

    assert "email" in refused.value.fields
    assert Booking.objects.get().organiser == world.anna
    kind.settings["bookers"] = {"value": f"{world.anna.email},{world.bernd.email}"}
    kind.save()
    assert transfer_booking(booking.id, world.bernd.email, actor=anna).organiser == world.bernd
