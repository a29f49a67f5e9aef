# SPDX-License-Identifier: EUPL-1.2
"""Answers, changes and hidden entries in any order, against a model that knows none of our tables."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.bookings.calendars import there
from tests.bookings.wishes import at, wish
from vconf.bookings import calendar_views as views
from vconf.bookings.answering import answer, put_away
from vconf.bookings.free_busy import busy_times
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, BusyTime, CalendarEntry, Occurrence
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.series import cancel_occurrence, change_occurrence
from vconf.bookings.services import book, cancel, change

DAYS = 3

days = st.integers(0, DAYS - 1)
guests = st.integers(0, 1)
said = st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE"])
steps = st.one_of(
    st.tuples(st.just("answer"), guests, st.none() | days, said),
    st.tuples(st.just("hide"), guests),
    st.tuples(st.just("move date"), days, st.integers(10, 18)),
    st.tuples(st.just("drop"), days),
    st.tuples(st.just("retitle"), st.integers(0, 9)),
    st.tuples(st.just("seats"), st.integers(5, 20)),
    st.tuples(st.just("move all"), st.integers(1, 4)),
    st.tuples(st.just("invite"), st.sampled_from([(0,), (1,), (0, 1)])),
    st.tuples(st.just("cancel")),
)


class Model:
    """What is promised to two guests and their organiser, kept as simply as it can be."""

    def __init__(self) -> None:
        self.dates = dict.fromkeys(range(DAYS), 9)
        self.invited = {0: "NEEDS-ACTION", 1: "NEEDS-ACTION"}
        self.single: dict[tuple[int, int], str] = {}
        self.hidden: set[int] = set()
        self.title, self.seats, self.shift = "T", 4, 0
        self.cancelled = False

    def effective(self, guest: int, day: int) -> str:
        return self.single.get((guest, day), self.invited[guest])

    def busy(self, guest: int) -> set[int]:
        if self.cancelled or guest not in self.invited:
            return set()
        return {day for day in self.dates if self.effective(guest, day) != "DECLINED"}

    def rise(self) -> None:
        """SEQUENCE rose: what was put away is shown again."""
        self.hidden.clear()

    def answer(self, guest: int, day: int | None, partstat: str) -> None:
        if day is None:
            self.invited[guest] = partstat
            self.single = {key: one for key, one in self.single.items() if key[0] != guest}
        elif partstat == self.invited[guest]:
            self.single.pop((guest, day), None)
        else:
            self.single[guest, day] = partstat

    def ask_again(self, day: int | None) -> None:
        for guest in self.invited:
            if day is None:
                self.answer(guest, None, "NEEDS-ACTION")
            else:
                self.answer(guest, day, "NEEDS-ACTION")


class World:
    """The same, done to vconf."""

    def __init__(self) -> None:
        self.world = factories.world()
        self.people = [self.world.bernd, self.world.clara]
        self.anna = factories.actor(self.world.anna)
        self.actors = [factories.actor(person) for person in self.people]
        self.booking = book(
            wish(
                9,
                title="T",
                seats=4,
                room_id=self.world.big.id,
                rrule=f"FREQ=DAILY;COUNT={DAYS}",
                invite=" ".join(person.email for person in self.people),
            ),
            actor=self.anna,
        )
        dates = self.booking.occurrences.order_by("recurrence_id")
        self.ids = list(dates.values_list("id", flat=True))

    def local(self, day: int) -> datetime:
        return datetime.fromisoformat(Occurrence.objects.get(id=self.ids[day]).recurrence_id)


@pytest.mark.one_database
@given(st.lists(steps, max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_order_of_answers_changes_and_hiding_ends_as_the_model_says(db_undone, taken):
    with db_undone():
        it, model = World(), Model()
        for step in taken:
            _step(it, model, step)
        _compare(it, model)


@pytest.fixture
def db_undone(db):
    """Each example begins with an empty database."""

    @contextmanager
    def undone():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return undone


def _step(it: World, model: Model, step: tuple[Any, ...]) -> None:
    if model.cancelled:
        return
    match step:
        case "answer", guest, day, partstat:
            if guest not in model.invited or (day is not None and day not in model.dates):
                return
            local = None if day is None else it.local(day)
            answer(it.booking.id, partstat=partstat, recurrence_id=local, actor=it.actors[guest])
            before = (model.invited[guest], dict(model.single))
            model.answer(guest, day, partstat)
            if partstat != "DECLINED" and before != (model.invited[guest], model.single):
                model.hidden.discard(guest)
        case "hide", guest:
            if guest in model.invited:
                put_away(it.booking.id, person_id=it.people[guest].id, actor=it.actors[guest])
                model.answer(guest, None, "DECLINED")
                model.hidden.add(guest)
        case "move date", day, hour:
            if day in model.dates and model.dates[day] != hour:
                begins = at(hour, day=day)
                change_occurrence(it.ids[day], ChangeRequest(starts_local=begins), actor=it.anna)
                model.dates[day] = hour
                model.ask_again(day)
                model.rise()
        case "drop", day:
            if day in model.dates:
                cancel_occurrence(it.ids[day], actor=it.anna)
                del model.dates[day]
                model.cancelled = not model.dates
                model.rise()
        case "retitle", number:
            if model.title != f"T{number}":
                change(it.booking.id, ChangeRequest(title=f"T{number}"), actor=it.anna)
                model.title = f"T{number}"
                model.rise()
        case "seats", number:
            change(it.booking.id, ChangeRequest(seats=number), actor=it.anna)
        case "move all", hours:
            first = datetime.fromisoformat(Booking.objects.get(id=it.booking.id).starts_local)
            wanted = first.replace(hour=8 + hours)
            if wanted != first and set(model.dates.values()) <= {first.hour}:
                change(it.booking.id, ChangeRequest(starts_local=wanted), actor=it.anna)
                model.dates = dict.fromkeys(model.dates, wanted.hour)
                model.ask_again(None)
                model.rise()
        case "invite", wanted:
            people = tuple(AttendeeRequest(address=it.people[guest].email) for guest in wanted)
            change(it.booking.id, ChangeRequest(attendees=people), actor=it.anna)
            for guest in (0, 1):
                if guest not in wanted:
                    model.invited.pop(guest, None)
                    model.single = {key: one for key, one in model.single.items() if key[0] != guest}
                    model.hidden.discard(guest)  # whoever is invited anew has put nothing away
                elif guest not in model.invited:
                    model.invited[guest] = "NEEDS-ACTION"
        case ("cancel",):
            cancel(it.booking.id, actor=it.anna)
            model.cancelled = True


def _compare(it: World, model: Model) -> None:
    assert audit_invariants() == []
    for guest, person in enumerate(it.people):
        found = BusyTime.objects.filter(person=person).values_list("occurrence_id", flat=True)
        assert {it.ids.index(one) for one in found} == model.busy(guest)
        calendar = there(views.calendar_of_person(it.actors[guest], person.id))
        entries = views.entries(calendar)
        expected = guest in model.invited and guest not in model.hidden and not model.cancelled
        assert bool(entries) == expected
        if expected:
            [shown] = views.shown([entries[0].id], it.actors[guest])
            [me] = [one for one in shown.attendees if one.address == person.email]
            assert [(d.starts_at.date() - shown.dates[0].starts_at.date()).days for d in shown.dates] == [
                day - min(model.dates) for day in sorted(model.dates)
            ]
            for day, date in zip(sorted(model.dates), shown.dates, strict=True):
                assert date.answers.get(me.address, me.partstat) == model.effective(guest, day)
            for date in shown.dates:
                assert views.entries_between(calendar, date.starts_at, date.ends_at)
            last = shown.dates[-1].ends_at
            assert not views.entries_between(calendar, last, last + timedelta(days=40))
            busy = busy_times(
                person_ids=[person.id],
                starts_at=shown.dates[0].starts_at - timedelta(days=1),
                ends_at=last + timedelta(days=1),
                actor=it.anna,
            )[person.id]
            assert len(busy) == len(model.busy(guest))
    changes = list(
        CalendarEntry.objects.filter(calendar__room__isnull=True).values_list("calendar", "change")
    )
    assert len(set(changes)) == len(changes)
