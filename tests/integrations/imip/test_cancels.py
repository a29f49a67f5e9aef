# SPDX-License-Identifier: EUPL-1.2
"""Organisers call meetings off by mail, or dates, rooms and people of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.bookings.wishes import wish
from tests.factories import actor
from tests.integrations.imip.post import (
    ANNA,
    BERND,
    BIG,
    OUTLOOK,
    PEOPLE,
    SHARED,
    SMALL,
    Sent,
    calendar,
    cancel,
    day,
    event,
    request,
    taken,
)
from vconf.bookings.models import Booking
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, change
from vconf.bookings.services import cancel as cancel_booking
from vconf.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

DAILY = "RRULE:FREQ=DAILY;COUNT=4"


def test_a_meeting_is_called_off_and_nobody_answers(post):
    post.bring(request(to=PEOPLE))
    assert post.bring(cancel(to=PEOPLE, sequence=1, sent=5)).state == "done"
    assert Booking.objects.get().cancelled_at is not None
    assert Message.objects.filter(fact="InvitationAnswerable").count() == 1


@pytest.mark.parametrize(("sequence", "sent"), [(0, 5), (0, 0)])
def test_it_need_not_count_higher(post, sequence, sent):
    post.bring(request(to=PEOPLE))
    post.bring(cancel(to=PEOPLE, sequence=sequence, sent=sent))
    assert taken() == []


def test_an_older_one_calls_nothing_off(post):
    post.bring(request(to=PEOPLE, sequence=3, sent=9))
    outcome = post.bring(cancel(to=PEOPLE, sequence=2, sent=10))
    assert (outcome.state, outcome.code) == ("ignored", "superseded")
    assert taken() == [day(0)]


def test_what_is_not_known_yet_waits(post):
    assert post.bring(cancel(to=PEOPLE, sequence=1, sent=5)).state == "early"
    post.bring(request(to=PEOPLE))
    assert taken() == [] and post.early == []


def test_single_dates_are_called_off(post):
    post.bring(request(DAILY, to=PEOPLE, product=OUTLOOK))
    dates = [event("STATUS:CANCELLED", to=PEOPLE, of=n, day=n, sequence=1, sent=5) for n in (1, 3)]
    post.bring(Sent(calendar("CANCEL", *dates)))
    assert taken() == [day(0), day(2)]


def test_a_date_that_is_invited_again_comes_back(post):
    post.bring(request(DAILY, to=PEOPLE, product=OUTLOOK))
    post.bring(cancel(to=PEOPLE, of=1, day=1, sequence=1, sent=5))
    post.bring(request(to=PEOPLE, of=1, day=1, sequence=2, sent=6, product=OUTLOOK))
    assert taken() == [day(n) for n in range(4)]


def test_with_its_last_date_the_meeting_is_called_off(post):
    post.bring(request("RRULE:FREQ=DAILY;COUNT=2", to=PEOPLE, product=OUTLOOK))
    for number in (0, 1):
        post.bring(cancel(to=PEOPLE, of=number, day=number, sequence=1, sent=5 + number))
    assert Booking.objects.get().cancelled_at is not None


def test_a_date_alone_is_called_off_before_its_series_comes(post):
    post.bring(request(to=PEOPLE, of=1, day=1, hour=14, sequence=1, sent=5, product=OUTLOOK))
    post.bring(cancel(to=PEOPLE, of=1, day=1, sequence=2, sent=6))
    assert taken() == []
    post.bring(request(DAILY, to=PEOPLE, product=OUTLOOK))
    assert taken() == [day(0), day(2), day(3)]


def test_with_the_whole_go_dates_that_were_told_alone(post):
    """Their numbers are counted apart: the whole's may be lower."""
    post.bring(request(to=PEOPLE, of=1, day=1, hour=14, sequence=3, sent=5, product=OUTLOOK))
    post.bring(cancel(to=PEOPLE, sequence=1, sent=6))
    assert taken() == []


def test_and_dates_in_rooms_of_their_own(post):
    post.bring(request(DAILY, to=PEOPLE, product=OUTLOOK))
    post.bring(request(to=(BERND, BIG, ANNA), of=1, day=1, sequence=1, sent=5, product=OUTLOOK))
    assert day(1, slug="grosser-saal") in taken()
    post.bring(cancel(to=PEOPLE, sequence=2, sent=6))
    assert taken() == []


def test_people_who_are_not_needed_any_more_are_taken_off(post):
    post.bring(request(to=(*PEOPLE, "gast@elsewhere.example")))
    text = calendar("CANCEL", event(to=("gast@elsewhere.example",), sequence=1, sent=5))
    assert post.bring(Sent(text)).state == "done"
    booking = Booking.objects.get()
    assert [a.address for a in booking.attendees.all()] == [BERND]
    assert taken() == [day(0)]


def test_a_second_room_that_is_not_needed_leaves_the_first(post):
    post.bring(request(to=(SMALL, SHARED)))
    post.bring(cancel(to=(SHARED,), rooms=[SHARED], sequence=1, sent=5))
    assert taken() == [day(0)]


def test_the_second_room_takes_over_from_the_first(post):
    post.bring(request(to=(SMALL, SHARED)))
    post.bring(cancel(to=(SMALL,), rooms=[SMALL], sequence=1, sent=5))
    assert taken() == [day(0, slug="offener-raum")]


def test_a_meeting_of_another_door_is_called_off_too(scene, post):
    book(wish(10, uid="m", room_id=scene.small.id, rrule="FREQ=DAILY;COUNT=3"), actor=actor(scene.anna))
    post.bring(cancel(to=PEOPLE, of=1, day=1, sequence=1, sent=5))
    assert taken() == [day(0), day(2)]
    post.bring(cancel(to=PEOPLE, sequence=2, sent=6))
    assert taken() == []


def test_organiser_left_out_means_the_sender(post):
    post.bring(request(to=PEOPLE))
    text = calendar("CANCEL", event("STATUS:CANCELLED", to=PEOPLE, organiser="", sequence=1, sent=5))
    post.bring(Sent(text))
    assert taken() == []


def test_what_is_called_off_and_asked_for_again_keeps_its_link(post):
    """A program that exchanges one room for another may call the first one off before it asks for the second."""
    post.bring(request(to=PEOPLE))
    before = Booking.objects.get()
    post.bring(cancel(to=PEOPLE, sequence=1, sent=5))
    post.bring(request(to=(BERND, SHARED, ANNA), sequence=2, sent=6))
    again = Booking.objects.get(cancelled_at=None)
    assert again.id != before.id
    assert again.join_link.token == before.join_link.token
    assert again.join_link.retired_at is None


def test_after_more_than_an_hour_it_is_another_meeting(post):
    post.bring(request(to=PEOPLE))
    post.bring(cancel(to=PEOPLE, sequence=1, sent=5))
    Booking.objects.update(cancelled_at=timezone.now() - timedelta(minutes=61))
    post.bring(request(to=PEOPLE, sequence=2, sent=6))
    assert Booking.objects.values("join_link").distinct().count() == 2


def test_the_same_one_again_changes_nothing_that_was_done_on_the_page_since(scene, post):
    post.bring(request(DAILY, to=PEOPLE, product=OUTLOOK))
    mail = cancel(to=PEOPLE, of=1, day=1, sequence=1, sent=5)
    post.bring(mail)
    change(Booking.objects.get().id, ChangeRequest(title="Neu"), actor=actor(scene.anna))
    assert post.bring(mail).state == "ignored"
    assert Booking.objects.get().title == "Neu"


def test_the_same_one_again_takes_no_people_off_again(post):
    post.bring(request(to=(*PEOPLE, "gast@elsewhere.example")))
    mail = Sent(calendar("CANCEL", event(to=("gast@elsewhere.example",), sequence=1, sent=5)))
    assert [post.bring(mail).state for _ in range(2)] == ["done", "ignored"]


def test_what_was_cancelled_on_the_page_is_not_booked_by_calling_a_date_off(scene, post):
    post.bring(request(DAILY, to=PEOPLE, product=OUTLOOK))
    cancel_booking(Booking.objects.get().id, actor=actor(scene.anna))
    post.bring(cancel(to=PEOPLE, of=1, day=1, sequence=1, sent=5))
    assert taken() == []
