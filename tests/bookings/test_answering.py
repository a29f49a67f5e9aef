# SPDX-License-Identifier: EUPL-1.2
"""Whether somebody comes: to all dates, or to one."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests import factories
from tests.bookings.wishes import at, wish
from tests.threads import at_once
from vconf.audit.models import AuditEntry
from vconf.authorities.models import PersonAddress
from vconf.authorities.rights import Actor
from vconf.bookings.answering import answer, answer_all, put_away
from vconf.bookings.errors import AlreadyCancelled, AlreadyStarted
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import (
    Attendee,
    AttendeeAnswer,
    Booking,
    BusyTime,
    Calendar,
    CalendarEntry,
    Occurrence,
)
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.series import change_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.errors import Invalid, NotFound
from vconf.outbox.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(world, anna):
    """Three days in a row; Bernd and Clara are invited."""
    invited = f"{world.bernd.email} {world.clara.email}"
    return book(wish(9, room_id=world.big.id, rrule="FREQ=DAILY;COUNT=3", invite=invited), actor=anna)


def day(number: int) -> datetime:
    return at(9, day=number)


def busy_days(person) -> list[str]:
    ids = BusyTime.objects.filter(person=person).values("occurrence_id")
    return sorted(Occurrence.objects.filter(id__in=ids).values_list("recurrence_id", flat=True))


def said(booking, person) -> tuple[str, dict[str, str]]:
    row = Attendee.objects.get(booking=booking, person=person)
    singles = AttendeeAnswer.objects.filter(attendee=row)
    return row.partstat, dict(singles.values_list("occurrence__recurrence_id", "partstat"))


def changes(booking) -> dict[str, int]:
    entries = CalendarEntry.objects.filter(booking=booking).select_related("calendar__person")
    return {str(entry.calendar.person or "room"): entry.change for entry in entries}


def test_an_answer_is_no_change_of_the_booking_but_one_for_every_calendar(world, bernd, series):
    before = changes(series)

    answered = answer(series.id, partstat="ACCEPTED", comment=" Gern. ", actor=bernd)

    assert said(series, world.bernd) == ("ACCEPTED", {})
    assert Attendee.objects.get(booking=series, person=world.bernd).comment == "Gern."
    assert (answered.version, answered.sequence, answered.answers) == (1, 0, 1)
    assert changes(series) == {owner: change + 1 for owner, change in before.items()}
    assert list(series.history.values_list("action", "person__name", "version")) == [
        ("booked", "Anna Amsel", 1),
        ("answered", "Bernd Buche", 1),
    ]
    assert Message.objects.filter(fact="AttendeeAnswered").count() == 1
    row = AuditEntry.objects.get(action="booking.answer")
    assert "@" not in str(row.changes)


def test_who_declines_a_date_is_not_busy_then(world, bernd, series):
    answer(series.id, partstat="DECLINED", recurrence_id=day(1), actor=bernd)

    assert said(series, world.bernd) == ("NEEDS-ACTION", {day(1).isoformat(): "DECLINED"})
    assert busy_days(world.bernd) == [day(0).isoformat(), day(2).isoformat()]
    assert len(busy_days(world.clara)) == 3
    assert audit_invariants() == []


def test_an_answer_to_all_dates_replaces_those_to_single_ones_but_for_what_comes_with_it(
    world, bernd, series
):
    answer(series.id, partstat="DECLINED", recurrence_id=day(0), actor=bernd)
    answer_all(series.id, answers={None: "ACCEPTED", day(2): "DECLINED"}, actor=bernd)

    assert said(series, world.bernd) == ("ACCEPTED", {day(2).isoformat(): "DECLINED"})
    assert busy_days(world.bernd) == [day(0).isoformat(), day(1).isoformat()]
    assert audit_invariants() == []


def test_the_same_answer_again_counts_nowhere(world, bernd, series):
    answer(series.id, partstat="TENTATIVE", actor=bernd)
    before = changes(series)

    again = answer(series.id, partstat="TENTATIVE", actor=bernd)
    answer(series.id, partstat="TENTATIVE", recurrence_id=day(1), actor=bernd)

    assert again.answers == 1
    assert changes(series) == before
    assert series.history.count() == 2


def test_people_answer_for_themselves_only(world, anna, bernd, series):
    deputy = factories.deputy(factories.person("Dieter Dohle", world.im), world.bernd).deputy
    attempts = [
        (anna, {"person_id": world.bernd.id}),
        (anna, {"address": world.bernd.email}),
        (anna, {}),
        (factories.actor(deputy), {"person_id": world.bernd.id}),
        (factories.actor(world.dora), {}),
        (Actor.nobody(), {"person_id": world.bernd.id}),
        (bernd, {"address": world.clara.email}),
    ]
    for actor, who in attempts:
        with pytest.raises(NotFound):
            answer(series.id, partstat="DECLINED", actor=actor, **who)
    assert said(series, world.bernd) == ("NEEDS-ACTION", {})


def test_an_address_of_ones_own_answers_also_where_the_row_knows_no_person(world, anna, bernd):
    booking = book(wish(9, invite="buche@privat.example"), actor=anna)
    PersonAddress.objects.create(person=world.bernd, address="buche@privat.example")

    answer(booking.id, address="Buche@privat.example", partstat="ACCEPTED", actor=bernd)

    assert booking.attendees.get().partstat == "ACCEPTED"


def test_vconf_itself_answers_for_whose_mail_was_proved(series):
    answer(series.id, address="clara@fm.mv.example", partstat="DECLINED", actor=Actor.system("mail"))

    assert series.attendees.get(address="clara@fm.mv.example").partstat == "DECLINED"
    assert series.history.get(action="answered").source == "mail"


@pytest.mark.parametrize(
    "asked",
    [
        {"partstat": "DELEGATED"},
        {"partstat": "ACCEPTED", "comment": "x" * 501},
        {"partstat": "ACCEPTED", "recurrence_id": at(10)},
    ],
)
def test_what_cannot_be_answered(bernd, series, asked):
    with pytest.raises(Invalid):
        answer(series.id, actor=bernd, **asked)


def test_nobody_answers_what_is_cancelled_or_over(world, anna, bernd, series):
    over = book(wish(15, room_id=world.small.id, invite=world.bernd.email), actor=anna)
    Occurrence.objects.filter(booking=over).update(state="ended")
    with pytest.raises(AlreadyStarted):
        answer(over.id, partstat="ACCEPTED", actor=bernd)
    cancel(series.id, actor=anna)
    with pytest.raises(AlreadyCancelled):
        answer(series.id, partstat="ACCEPTED", actor=bernd)
    assert AuditEntry.objects.filter(action="booking.answer", outcome="refused").count() == 2


def test_another_time_is_asked_about_again(world, anna, bernd, series):
    answer_all(series.id, answers={None: "ACCEPTED", day(1): "DECLINED"}, actor=bernd)
    moved = series.occurrences.get(recurrence_id=day(1).isoformat())

    change_occurrence(moved.id, ChangeRequest(starts_local=at(14, day=1)), actor=anna)

    assert said(series, world.bernd) == ("ACCEPTED", {day(1).isoformat(): "NEEDS-ACTION"})
    assert len(busy_days(world.bernd)) == 3

    change(series.id, ChangeRequest(starts_local=at(11)), actor=anna)
    assert said(series, world.bernd) == ("NEEDS-ACTION", {})
    assert audit_invariants() == []


def test_answers_go_along_when_a_series_is_split(world, anna, bernd, series):
    answer_all(series.id, answers={None: "ACCEPTED", day(0): "TENTATIVE", day(2): "DECLINED"}, actor=bernd)
    second = series.occurrences.get(recurrence_id=day(1).isoformat())

    new = split_booking(second.id, ChangeRequest(title="Neu"), actor=anna)

    assert said(series, world.bernd) == ("ACCEPTED", {day(0).isoformat(): "TENTATIVE"})
    assert said(new, world.bernd) == ("ACCEPTED", {day(2).isoformat(): "DECLINED"})
    assert busy_days(world.bernd) == [day(0).isoformat(), day(1).isoformat()]
    assert audit_invariants() == []


class TestPutAway:
    def shown(self, booking, person) -> bool:
        return CalendarEntry.objects.filter(
            booking=booking, calendar__person=person, deleted_at=None
        ).exists()

    def test_an_attendee_deletes_their_copy_and_so_declines(self, world, bernd, series):
        put_away(series.id, person_id=world.bernd.id, actor=bernd)

        assert not self.shown(series, world.bernd)
        assert self.shown(series, world.clara)
        assert said(series, world.bernd) == ("DECLINED", {})

    def test_it_stays_away_until_sequence_rises(self, world, anna, bernd, series):
        put_away(series.id, person_id=world.bernd.id, decline=False, actor=bernd)
        assert said(series, world.bernd) == ("NEEDS-ACTION", {})
        calendar = Calendar.objects.get(person=world.bernd)

        change(series.id, ChangeRequest(seats=20), actor=anna)
        assert not self.shown(series, world.bernd)
        assert Calendar.objects.get(person=world.bernd).change == calendar.change

        change(series.id, ChangeRequest(title="Wichtiger"), actor=anna)
        assert self.shown(series, world.bernd)
        assert audit_invariants() == []

    def test_who_comes_after_all_sees_it_again(self, world, bernd, series):
        put_away(series.id, person_id=world.bernd.id, actor=bernd)
        answer(series.id, partstat="DECLINED", comment="Leider nein.", actor=bernd)
        assert not self.shown(series, world.bernd)

        answer(series.id, partstat="TENTATIVE", recurrence_id=day(1), actor=bernd)

        assert self.shown(series, world.bernd)
        assert busy_days(world.bernd) == [day(1).isoformat()]

    def test_the_organiser_cannot_put_their_own_away(self, world, anna, series):
        with pytest.raises(NotFound):
            put_away(series.id, person_id=world.anna.id, actor=anna)

    def test_what_is_over_can_be_put_away(self, world, bernd, series):
        Occurrence.objects.filter(booking=series).update(state="ended")
        put_away(series.id, person_id=world.bernd.id, actor=bernd)
        assert not self.shown(series, world.bernd)


@pytest.mark.django_db(transaction=True)
def test_answers_given_at_once_are_all_kept_and_counted(world, anna):
    """Eight people at the same moment: no answer, no number of a change is lost."""
    people = [factories.person(f"Person {number}", world.im) for number in range(8)]
    booking = book(wish(9, rrule="FREQ=DAILY;COUNT=3", invite=" ".join(p.email for p in people)), actor=anna)
    actors = [factories.actor(person) for person in people]
    before = changes(booking)

    def work(number: int) -> None:
        date = None if number % 2 else day(number % 3)
        answer(booking.id, partstat="DECLINED", recurrence_id=date, actor=actors[number])

    at_once(8, work)

    assert Booking.objects.get(id=booking.id).answers == 8
    assert changes(booking) == {owner: change + 8 for owner, change in before.items()}
    for number, person in enumerate(people):
        assert len(busy_days(person)) == (0 if number % 2 else 2)
    assert audit_invariants() == []
