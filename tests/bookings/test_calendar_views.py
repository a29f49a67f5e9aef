# SPDX-License-Identifier: EUPL-1.2
"""Calendars as clients see them: whose, what of them, and how many statements it takes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.bookings.calendars import there
from tests.bookings.wishes import at, wish
from vconf.bookings import calendar_views as views
from vconf.bookings.answering import answer, put_away
from vconf.bookings.models import CalendarEntry, Occurrence
from vconf.bookings.pruning import prune_tombstones
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.series import cancel_occurrence, change_occurrence
from vconf.bookings.services import book, cancel, change
from vconf.bookings.sight import Sight
from vconf.bookings.transferring import transfer_booking
from vconf.bookings.undeliverable import note_undeliverable

pytestmark = pytest.mark.django_db


def own(actor):
    return there(views.calendar_of_person(actor, actor.person_id))


def only(actor):
    """What the one entry of the actor's calendar shows."""
    [entry] = views.entries(own(actor))
    [shown] = views.shown([entry.id], actor)
    return shown


def test_calendars_of_others_are_absent(world, anna):
    factories.deputy(world.dora, world.bernd)
    dora = factories.actor(world.dora)

    assert views.calendar_of_person(anna, world.bernd.id) is None
    assert there(views.calendar_of_person(dora, world.bernd.id)).organised_only
    assert not own(dora).organised_only
    assert views.calendar_of_room(factories.actor(world.clara), world.small.id) is None
    assert there(views.calendar_of_room(factories.actor(world.clara), world.shared.id)).room == world.shared


def test_an_entry_shows_all_that_its_organiser_may_know(world, anna, bernd):
    deputy = factories.deputy(factories.person("Dieter Dohle", world.im), world.anna).deputy
    booking = book(
        wish(
            9,
            room_id=world.big.id,
            rrule="FREQ=DAILY;COUNT=4",
            invite=f"{world.bernd.email} gast@firma.example",
            uid="4711@client",
            href="termin.ics",
            organiser_id=world.anna.id,
        ),
        actor=factories.actor(deputy),
    )
    dates = list(booking.occurrences.order_by("starts_at"))
    change_occurrence(dates[1].id, ChangeRequest(starts_local=at(15, day=1), title="Später"), actor=anna)
    change_occurrence(dates[2].id, ChangeRequest(room_id=world.small.id), actor=anna)
    cancel_occurrence(dates[3].id, actor=anna)
    answer(booking.id, partstat="DECLINED", recurrence_id=at(9), comment="Urlaub", actor=bernd)

    shown = only(anna)

    assert (shown.href, shown.uid, shown.part, shown.sight) == (
        "termin.ics",
        "4711@client",
        "organiser",
        Sight.FULL,
    )
    assert (shown.status, shown.sent_by) == ("confirmed", deputy.email)
    assert shown.join_url
    assert shown.pin
    assert shown.exdate == (at(9, day=3),)
    assert (shown.room.name, shown.room.partstat) == ("Großer Saal", "ACCEPTED")
    assert [one.address for one in shown.attendees] == [world.bernd.email, "gast@firma.example"]
    first, moved, elsewhere = shown.dates
    assert (first.answers, first.is_override) == ({world.bernd.email: "DECLINED"}, True)
    assert (moved.is_moved, moved.title, moved.recurrence_id) == (True, "Später", at(9, day=1))
    assert (elsewhere.is_moved, elsewhere.room.name) == (False, "Beratung")
    assert only(bernd).part == "attendee"


def test_whom_no_mail_reaches_is_for_the_organiser_to_know(world, anna):
    booking = book(wish(9, invite=f"{world.bernd.email} {world.clara.email}"), actor=anna)
    note_undeliverable(booking.id, world.bernd.email, "5.1.1")

    assert [one.undeliverable for one in only(anna).attendees] == ["5.1.1", ""]
    assert [one.undeliverable for one in only(factories.actor(world.clara)).attendees] == ["", ""]


def test_comments_are_for_the_organiser(world, anna, bernd):
    booking = book(wish(9, invite=f"{world.bernd.email} {world.clara.email}"), actor=anna)
    answer(booking.id, partstat="DECLINED", comment="Urlaub", actor=bernd)

    assert [one.comment for one in only(anna).attendees] == ["Urlaub", ""]
    assert [one.comment for one in only(factories.actor(world.clara)).attendees] == ["", ""]
    assert [one.partstat for one in only(factories.actor(world.clara)).attendees] == [
        "DECLINED",
        "NEEDS-ACTION",
    ]


def test_the_calendar_of_a_room_tells_times_to_all_and_more_by_right(world, anna):
    booking = book(wish(9, room_id=world.small.id, uid="4711@client"), actor=anna)

    def seen_by(person):
        actor = factories.actor(person)
        [entry] = views.entries(there(views.calendar_of_room(actor, world.small.id)))
        [shown] = views.shown([entry.id], actor)
        return entry, shown

    entry, busy = seen_by(world.dora)
    assert (busy.part, busy.sight, busy.title, busy.organiser) == ("room", Sight.BUSY, "", None)
    assert not (busy.attendees or busy.join_url or busy.pin or busy.description or busy.sent_by)
    for told in (entry.href, busy.uid):
        assert str(booking.id) not in told
        assert "4711" not in told
    assert seen_by(world.admin)[1].organiser.name == "Anna Amsel"
    assert seen_by(world.admin)[1].title == ""
    assert (seen_by(world.anna)[1].title, seen_by(world.anna)[1].uid) == ("Lagebesprechung", "4711@client")


def test_a_room_shows_the_dates_that_it_has(world, anna):
    booking = book(wish(9, room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=3"), actor=anna)
    second = booking.occurrences.get(recurrence_id=at(9, day=1).isoformat())
    change_occurrence(second.id, ChangeRequest(room_id=world.small.id), actor=anna)

    for room, days, left_out in ((world.big, [0, 2], [1]), (world.small, [1], [0, 2])):
        calendar = there(views.calendar_of_room(anna, room.id))
        [entry] = views.entries(calendar)
        [shown] = views.shown([entry.id], anna)
        assert [date.recurrence_id for date in shown.dates] == [at(9, day=day) for day in days]
        assert list(shown.exdate) == [at(9, day=day) for day in left_out]
        assert all(date.room is None for date in shown.dates)
        begins = second.starts_at
        assert bool(views.entries_between(calendar, begins, begins + timedelta(hours=1))) == (1 in days)


def test_foreign_entries_are_left_out(world, anna, bernd):
    book(wish(9, room_id=world.small.id), actor=anna)
    book(wish(11, room_id=world.small.id, invite=world.dora.email), actor=bernd)
    ids = list(CalendarEntry.objects.values_list("id", flat=True))

    assert {one.title for one in views.shown(ids, factories.actor(world.clara))} == set()
    assert [one.part for one in views.shown(ids, factories.actor(world.dora))].count("attendee") == 1
    assert [one.calendar_id for one in views.shown(ids, anna) if one.part == "organiser"] == [own(anna).id]


def test_a_deputy_sees_what_the_principal_organises(world, anna, bernd):
    dora = factories.actor(factories.deputy(world.dora, world.anna).deputy)
    organised = book(wish(9, href="mine.ics"), actor=anna)
    invited = book(wish(11, invite=world.anna.email), actor=bernd)

    def calendar():
        return there(views.calendar_of_person(dora, world.anna.id))

    assert [entry.booking_id for entry in views.entries(calendar())] == [organised.id]
    assert views.entry_of_booking(calendar(), invited.id) is None
    ids = [entry.id for entry in views.entries(own(anna))]
    assert [one.booking_id for one in views.shown(ids, dora)] == [organised.id]
    token = calendar().change
    cancel(invited.id, actor=bernd)
    assert views.changed_since(calendar(), token).entries == []


def test_what_goes_to_another_organiser_goes_from_the_deputys_view(world, anna):
    dora = factories.actor(factories.deputy(world.dora, world.anna).deputy)
    booking = book(wish(9, href="mine.ics"), actor=anna)
    token = there(views.calendar_of_person(dora, world.anna.id)).change

    transfer_booking(booking.id, world.bernd.email, actor=anna)

    [entry] = views.changed_since(there(views.calendar_of_person(dora, world.anna.id)), token).entries
    assert (entry.href, entry.deleted) == ("mine.ics", True)
    [entry] = views.changed_since(own(anna), token).entries
    assert not entry.deleted


class TestSync:
    def test_it_tells_what_came_changed_and_went_and_ends_where_the_calendar_is(self, world, anna):
        first, second, third = (book(wish(hour), actor=anna) for hour in (9, 11, 13))
        token = own(anna).change
        change(second.id, ChangeRequest(title="Neu"), actor=anna)
        cancel(first.id, actor=anna)
        fourth = book(wish(15), actor=anna)

        told = views.changed_since(own(anna), token)

        assert [(one.booking_id, one.deleted) for one in told.entries] == [
            (second.id, False),
            (first.id, True),
            (fourth.id, False),
        ]
        assert (told.change, told.more) == (own(anna).change, False)
        everything = views.changed_since(own(anna), 0)
        assert {one.booking_id for one in everything.entries} == {second.id, third.id, fourth.id}

    def test_cut_off_it_goes_on_where_it_ended(self, world, anna):
        bookings = [book(wish(hour), actor=anna) for hour in (8, 10, 12, 14, 16)]
        seen: list[views.Entry] = []
        change_, more = 0, True
        while more:
            told = views.changed_since(own(anna), change_, limit=2)
            seen += told.entries
            change_, more = told.change, told.more
        assert [one.booking_id for one in seen] == [one.id for one in bookings]
        assert change_ == own(anna).change

    def test_what_changes_after_the_calendar_was_opened_comes_next_time(self, world, anna):
        book(wish(9), actor=anna)
        opened = own(anna)
        late = book(wish(11), actor=anna)

        assert len(views.changed_since(opened, 0).entries) == 1
        [entry] = views.changed_since(own(anna), opened.change).entries
        assert entry.booking_id == late.id

    def test_tombstones_are_forgotten_after_their_time_and_so_are_older_tokens(self, world, anna, bernd):
        gone = book(wish(9), actor=anna)
        kept = book(wish(11, invite=world.bernd.email), actor=anna)
        before = own(anna).change
        cancel(gone.id, actor=anna)
        put_away(kept.id, person_id=world.bernd.id, actor=bernd)
        after = own(anna).change

        assert prune_tombstones(before=timezone.now() - timedelta(days=90)) == 0
        assert own(anna).knows(before)

        CalendarEntry.objects.filter(deleted_at__isnull=False).update(
            deleted_at=timezone.now() - timedelta(days=91)
        )
        assert prune_tombstones(before=timezone.now() - timedelta(days=90)) == 2  # Anna's and the room's
        assert not own(anna).knows(before)
        assert own(anna).knows(after)
        assert not own(anna).knows(after + 1)
        assert CalendarEntry.objects.filter(hidden_at__isnull=False).exists()


@pytest.mark.parametrize("whose", ["organiser", "invited"])
def test_entries_between_are_those_with_a_date_there(world, anna, bernd, whose):
    invited = {"invite": world.bernd.email, "timezone": "UTC"}
    weekly = book(wish(9, rrule="FREQ=WEEKLY;COUNT=3", **invited), actor=anna)
    single = book(wish(9, day=8, **invited), actor=anna)
    answer(single.id, partstat="DECLINED", actor=bernd)

    def between(first, last):
        begins = Occurrence.objects.get(booking=single).starts_at - timedelta(days=8)
        found = views.entries_between(
            own(anna if whose == "organiser" else bernd),
            None if first is None else begins + timedelta(days=first),
            None if last is None else begins + timedelta(days=last),
        )
        return {entry.booking_id for entry in found}

    assert between(0, 1) == {weekly.id}
    assert between(1, 7) == set()
    assert between(2, 3) == set()
    assert between(7, 9) == {weekly.id, single.id}
    assert between(1 / 24, 7) == set()
    assert between(None, 1 / 24) == {weekly.id}
    assert between(8, None) == {weekly.id, single.id}
    assert between(14 + 1 / 24, None) == set()
    assert between(None, None) == {weekly.id, single.id}


def test_fifty_entries_take_as_many_statements_as_one(world, anna, bernd):
    def statements(act) -> int:
        with CaptureQueriesContext(connection) as context:
            act()
        return len(context)

    def everything(actor):
        calendar = own(actor)
        ids = [entry.id for entry in views.entries(calendar)]
        views.entries_between(calendar, timezone.now(), None)
        views.changed_since(calendar, 1, limit=100)
        shown = views.shown(ids, actor)
        assert len(shown) == len(ids)
        for one in shown:
            assert one.attendees
            assert [date.room for date in one.dates]

    for number in range(50):
        invited = f"{world.bernd.email} gast{number}@firma.example"
        asked = wish(8 + 2 * (number % 5), day=number // 5, invite=invited, rrule="FREQ=MONTHLY;COUNT=2")
        booking = book(asked, actor=anna)
        if number == 0:
            one = statements(lambda: everything(bernd))
        if number % 7 == 0:
            answer(booking.id, partstat="DECLINED", recurrence_id=None, actor=bernd)
    assert statements(lambda: everything(bernd)) == one
    assert one < 14
