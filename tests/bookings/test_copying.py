# SPDX-License-Identifier: EUPL-1.2
"""A copy of a booking, and a meeting that starts now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.authorities.deputies import name_deputy
from vconf.authorities.models import Membership, Role
from vconf.bookings.copying import CopyRequest, InstantRequest, book_instant, copy_booking
from vconf.bookings.errors import IdempotencyMismatch, RoomTooSmall, SlotTaken
from vconf.bookings.joining import JoinView, find_join
from vconf.bookings.models import Booking, Meeting
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.services import book, change
from vconf.errors import Forbidden, NotFound

pytestmark = pytest.mark.django_db


def join_of(token: str) -> JoinView:
    view = find_join(token, now=timezone.now())
    assert view is not None
    return view


def test_a_copy_has_title_people_description_and_seats_but_its_own_link(world, anna):
    original = book(
        wish(
            room_id=world.big.id,
            seats=20,
            rrule="FREQ=DAILY;COUNT=3",
            description="Bitte Unterlagen mitbringen",
            attendees=(AttendeeRequest(address=world.bernd.email, role="CHAIR"),),
        ),
        actor=anna,
    )

    copy = copy_booking(original.id, CopyRequest(starts_local=at(15, day=5)), actor=anna)

    assert (copy.title, copy.description, copy.seats, copy.room_id) == (
        original.title,
        original.description,
        20,
        world.big.id,
    )
    assert [(one.address, one.role) for one in copy.attendees.all()] == [(world.bernd.email, "CHAIR")]
    assert (copy.rrule, copy.starts_local, copy.occurrences.count()) == ("", at(15, day=5).isoformat(), 1)
    assert copy.join_link_id != original.join_link_id
    assert copy.uid != original.uid


def test_a_copy_of_what_came_by_mail_is_a_booking_of_the_page(world, anna):
    people = (AttendeeRequest(address=world.bernd.email, told_by_client=True),)
    original = book(wish(room_id=world.big.id, attendees=people, source="mail", uid="u"), actor=anna)

    copy = copy_booking(original.id, CopyRequest(starts_local=at(15, day=5)), actor=anna)

    assert (copy.source, copy.attendees.get().told_by_client) == ("api", False)


def test_what_is_named_is_different_and_the_same_place_is_taken(world, anna):
    original = book(wish(room_id=world.big.id, seats=5), actor=anna)
    with pytest.raises(SlotTaken):
        copy_booking(original.id, CopyRequest(starts_local=at(10.5)), actor=anna)
    copy = copy_booking(
        original.id,
        CopyRequest(starts_local=at(10), room_id=world.small.id, title="Kopie", duration=timedelta(hours=2)),
        actor=anna,
    )
    assert (copy.title, copy.room_id, copy.duration) == ("Kopie", world.small.id, timedelta(hours=2))


def test_only_who_may_change_it_copies_it_and_a_deputy_for_the_principal(world, anna):
    original = book(wish(room_id=world.big.id, invite=world.bernd.email), actor=anna)
    later = CopyRequest(starts_local=at(15))
    for person, error in ((world.clara, NotFound), (world.bernd, Forbidden)):
        with pytest.raises(error):
            copy_booking(original.id, later, actor=factories.actor(person))
    factories.deputy(world.clara, world.anna)
    copy = copy_booking(original.id, later, actor=factories.actor(world.clara))
    assert (copy.organiser, copy.booked_by, copy.authority_id) == (world.anna, world.clara, world.im.id)


def test_a_repeat_gets_the_same_copy_even_if_the_original_has_changed_since(world, anna):
    original = book(wish(room_id=world.big.id), actor=anna)
    request = CopyRequest(starts_local=at(15), idempotency_key="k")
    copy = copy_booking(original.id, request, actor=anna)
    change(original.id, ChangeRequest(title="Neuer Titel"), actor=anna)
    assert copy_booking(original.id, request, actor=anna).id == copy.id
    with pytest.raises(IdempotencyMismatch):
        copy_booking(original.id, CopyRequest(starts_local=at(16), idempotency_key="k"), actor=anna)


def test_an_instant_meeting_is_open_at_once_in_the_smallest_room_that_fits(world, anna):
    before = timezone.now()
    booking = book_instant(InstantRequest(seats=5), actor=anna)

    date = booking.occurrences.get()
    assert before - timedelta(minutes=1) <= date.starts_at <= timezone.now()
    assert date.ends_at - date.starts_at == timedelta(minutes=30)
    assert booking.room_id == world.small.id
    view = join_of(booking.join_link.token)
    assert view.can_be_joined
    assert view.opens_at <= timezone.now()
    assert Meeting.objects.get().state == "planned"


def test_an_instant_meeting_is_refused_like_any_other(world, anna):
    book_instant(InstantRequest(room_id=world.small.id, seats=3), actor=anna)
    with pytest.raises(SlotTaken):
        book_instant(InstantRequest(room_id=world.small.id, seats=3), actor=anna)
    with pytest.raises(RoomTooSmall):
        book_instant(InstantRequest(room_id=world.small.id, seats=7), actor=anna)


def test_a_repeat_a_minute_later_gets_the_same_meeting(world, anna, monkeypatch):
    request = InstantRequest(seats=3, idempotency_key="k")
    first = book_instant(request, actor=anna)
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert book_instant(request, actor=anna).id == first.id
    assert Booking.objects.count() == Meeting.objects.count() == 1


def test_a_copy_made_by_a_deputy_is_charged_to_whom_the_original_was(world):
    """Where the organiser works counts, not where the deputy does."""
    Membership.objects.create(person=world.anna, authority=world.fm, role=Role.STAFF)
    anna = factories.actor(world.anna)
    original = book(wish(room_id=world.big.id, authority_id=world.fm.id), actor=anna)
    name_deputy(world.bernd.email, actor=anna)

    copy = copy_booking(original.id, CopyRequest(starts_local=at(15)), actor=factories.actor(world.bernd))

    assert (copy.organiser, copy.authority) == (world.anna, world.fm)
