# SPDX-License-Identifier: EUPL-1.2
"""Mails overtake each other: in whatever order they come, the end is the same."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import transaction

from tests.bookings.wishes import at
from tests.factories import world
from tests.integrations.imip.post import (
    BERND,
    OUTLOOK,
    PEOPLE,
    SHARED,
    SMALL,
    ZONE,
    Post,
    Sent,
    cancel,
    reply,
    request,
)
from vconf.bookings.models import OCCUPYING, Booking, Occurrence
from vconf.bookings.recurrence import to_instant
from vconf.integrations.imip.models import Invitation, MailedWish

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

REQUEST = request(to=PEOPLE)
UPDATE = request(to=PEOPLE, hour=14, sequence=1, sent=10)
REPLY = reply("ACCEPTED", sequence=1, sent=20, hour=14)
OLD_REPLY = reply("DECLINED", sequence=0, sent=5)
CANCEL = cancel(to=PEOPLE, sequence=2, sent=30, hour=14)
CANCEL_UNCOUNTED = cancel(to=PEOPLE, sequence=1, sent=30, hour=14)


def ends(mails: tuple[Sent, ...]) -> dict[str, Any]:
    """What is there in the end, when they come in this order."""
    with transaction.atomic():
        post = Post()
        for mail in mails:
            post.bring(mail)
        standing = Booking.objects.filter(cancelled_at=None)
        found = {
            "bookings": [
                {
                    "uid": one.uid,
                    "title": one.title,
                    "starts_local": one.starts_local,
                    "rrule": one.rrule,
                    "room": one.room.slug,
                    "people": sorted(one.attendees.values_list("address", "partstat")),
                }
                for one in standing
            ],
            "occupied": sorted(
                Occurrence.objects.filter(state__in=OCCUPYING).values_list(
                    "starts_at", "ends_at", "room__slug"
                )
            ),
            "versions": sorted(MailedWish.objects.values_list("instance", "sequence", "stamp")),
            "invitations": sorted(
                Invitation.objects.values_list("instance", "address", "sequence", "stamp", "cancelled")
            ),
            "waiting": len(post.early),
        }
        transaction.set_rollback(True)
    return found


def the_only_end(*mails: Sent) -> dict[str, Any]:
    # a mail that comes twice may change places with itself: the same order
    first, *others = {
        tuple(mails.index(mail) for mail in order): order for order in itertools.permutations(mails)
    }.values()
    expected = ends(first)
    for order in others:
        assert ends(order) == expected, [mails.index(mail) for mail in order]
    return expected


@pytest.mark.one_database
def test_all_orders_of_request_update_cancel_reply_and_duplicate_end_cancelled():
    world()
    end = the_only_end(REQUEST, UPDATE, CANCEL, REPLY, REQUEST)
    assert end["bookings"] == end["occupied"] == []


def test_a_cancellation_that_counts_no_higher_than_the_update_ends_it_all_the_same():
    world()
    assert the_only_end(REQUEST, UPDATE, CANCEL_UNCOUNTED)["occupied"] == []


def test_a_room_that_is_not_needed_any_more_stays_so_when_the_mail_that_invited_it_comes_late():
    world()
    with_shared = request(to=(SMALL, SHARED), sequence=1, sent=10)
    without = cancel(to=(SHARED,), rooms=[SHARED], sequence=2, sent=20)
    end = the_only_end(REQUEST, with_shared, without)
    [(_, _, room)] = end["occupied"]
    assert room == "beratung"
    assert [gone for _, address, _, _, gone in end["invitations"] if address == SHARED] == [True]


def test_a_room_that_is_invited_to_one_date_after_the_series_was_called_off_has_that_date():
    world()
    series = request("RRULE:FREQ=DAILY;COUNT=4", to=PEOPLE, product=OUTLOOK)
    off = cancel(to=PEOPLE, sequence=1, sent=5)
    date = request(to=PEOPLE, of=1, day=1, hour=14, sequence=0, sent=6, product=OUTLOOK)
    [(starts_at, _, _)] = the_only_end(series, off, date)["occupied"]
    assert starts_at == to_instant(at(14, day=1), ZONE)


def test_what_was_called_off_and_is_invited_to_anew_has_the_dates_that_had_been_dropped_too():
    world()
    rule = "RRULE:FREQ=DAILY;COUNT=3"
    series = request(rule, to=PEOPLE, product=OUTLOOK)
    dropped = cancel(to=PEOPLE, of=1, day=1, sequence=1, sent=5)
    off = cancel(rule, to=PEOPLE, sequence=1, sent=10)
    anew = request(rule, to=PEOPLE, sequence=2, sent=20, product=OUTLOOK)
    assert len(the_only_end(series, dropped, off, anew)["occupied"]) == 3


@pytest.mark.parametrize("again", [REQUEST, UPDATE])
def test_all_orders_without_cancel_end_at_the_new_time_and_with_the_answer_to_it(again):
    world()
    [booking] = the_only_end(REQUEST, UPDATE, REPLY, again)["bookings"]
    assert booking["starts_local"] == at(14).isoformat()
    assert booking["people"] == [(BERND, "ACCEPTED")]


def test_an_answer_to_the_old_time_says_nothing_of_the_new_one():
    world()
    [booking] = the_only_end(REQUEST, UPDATE, OLD_REPLY)["bookings"]
    assert booking["people"] == [(BERND, "NEEDS-ACTION")]


def test_of_two_answers_the_later_one_counts():
    world()
    no = reply("DECLINED", sequence=0, sent=5)
    yes = reply("ACCEPTED", sequence=0, sent=6)
    [booking] = the_only_end(REQUEST, no, yes)["bookings"]
    assert booking["people"] == [(BERND, "ACCEPTED")]


OTHER_WORDS = request(to=PEOPLE, summary="Neu", sent=10)
OTHER_WORDS_COUNTED = request(to=PEOPLE, summary="Neu", sequence=1, sent=10)
YES = reply("ACCEPTED", sequence=0, sent=5)


@pytest.mark.parametrize("update", [OTHER_WORDS, OTHER_WORDS_COUNTED])
def test_an_answer_stays_good_for_other_words_also_if_these_come_first(update):
    world()
    [booking] = the_only_end(REQUEST, update, YES, REQUEST)["bookings"]
    assert (booking["title"], booking["people"]) == ("Neu", [(BERND, "ACCEPTED")])


def test_other_words_do_not_hide_that_the_time_was_another():
    world()
    moved = request(to=PEOPLE, hour=14, summary="Neu", sequence=1, sent=10)
    again = request(to=PEOPLE, hour=14, summary="Ganz neu", sequence=2, sent=15)
    no = reply("DECLINED", sequence=1, sent=12, hour=14)
    [booking] = the_only_end(REQUEST, moved, again, no)["bookings"]
    assert booking["people"] == [(BERND, "DECLINED")]


def test_other_words_that_count_no_higher_do_not_make_the_next_answer_an_old_one():
    world()
    yes = reply("ACCEPTED", sequence=1, sent=30, hour=14)
    moved = request(to=PEOPLE, hour=14, summary="Neu", sequence=1, sent=20)
    [booking] = the_only_end(REQUEST, OTHER_WORDS, moved, yes)["bookings"]
    assert booking["people"] == [(BERND, "ACCEPTED")]


def test_an_update_that_changes_nothing_here_is_answered_all_the_same():
    world()
    yes = reply("ACCEPTED", sequence=1, sent=30)
    [booking] = the_only_end(REQUEST, request(to=PEOPLE, sequence=1, sent=10), yes)["bookings"]
    assert booking["people"] == [(BERND, "ACCEPTED")]
