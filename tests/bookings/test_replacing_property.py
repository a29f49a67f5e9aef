# SPDX-License-Identifier: EUPL-1.2
"""Whatever is put in the place of a booking: then its dates are those of the object, or all is as it was.

The model works dates out from day numbers and hours, by no code of ours. VCONF_TEST_EXAMPLES says how many objects.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.bookings.wishes import assert_rule_names_rows, at, wish
from vconf.authorities.rights import Actor
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Attendee, Booking, CalendarEntry, HistoryEntry, LedgerStep, Occurrence
from vconf.bookings.recurrence import to_local
from vconf.bookings.replacing import replace_booking
from vconf.bookings.requests import BookingRequest, DateOverride
from vconf.bookings.services import book
from vconf.errors import Refusal
from vconf.outbox.models import Message
from vconf.rooms.models import Room

EXAMPLES = int(os.environ.get("VCONF_TEST_EXAMPLES", "12")) * 5
#: somebody else has the first room then: day and hours
TAKEN = (3, 10.0, 11.0)

hours = st.integers(8 * 2, 16 * 2).map(lambda half: half / 2)
lengths = st.sampled_from([0.5, 1.0, 2.0])


@dataclass(frozen=True)
class Override:
    hour: float
    length: float
    title: str
    room: int | None


@dataclass(frozen=True)
class Object:
    """A series of days, or a single one; `out`, `more` and `overrides` by day number."""

    first: int
    hour: float
    length: float
    every: int
    count: int
    room: int
    title: str
    people: int
    out: frozenset[int] = frozenset()
    more: tuple[tuple[int, float], ...] = ()
    overrides: dict[int, Override] = field(default_factory=dict)

    @property
    def by_rule(self) -> set[int]:
        return {self.first + self.every * n for n in range(self.count)}

    @property
    def dates(self) -> set[tuple[int, float, float, int, str]]:
        """Day, begin, length, room and title of each; a date that the rule does not name keeps to its own hour."""
        found = set()
        for day in self.by_rule - self.out:
            one = self.overrides.get(day)
            if one is None:
                found.add((day, self.hour, self.length, self.room, self.title))
            else:
                room = self.room if one.room is None else one.room
                found.add((day, one.hour, one.length, room, one.title or self.title))
        return found | {(day, hour, self.length, self.room, self.title) for day, hour in self.more}

    @property
    def clashes(self) -> bool:
        dates = sorted(self.dates)
        apart = all(a[0] != b[0] or a[1] + a[2] <= b[1] for a, b in pairwise(dates))
        day, begins, ends = TAKEN
        taken = any(d == day and r == 0 and h < ends and begins < h + n for d, h, n, r, _ in dates)
        return taken or not apart


@st.composite
def objects(draw: st.DrawFn) -> Object:
    count = draw(st.integers(1, 5))
    first, every = draw(st.integers(0, 3)), draw(st.integers(1, 2))
    days = [first + every * n for n in range(count)]
    overrides = {
        day: draw(
            st.builds(
                Override, hours, lengths, st.sampled_from(["", "Anders"]), st.sampled_from([None, 0, 1])
            )
        )
        for day in draw(st.sets(st.sampled_from(days), max_size=2))
    }
    return Object(
        first,
        draw(hours),
        draw(lengths),
        every,
        count,
        draw(st.integers(0, 1)),
        draw(st.sampled_from(["Lage", "Runde"])),
        draw(st.integers(0, 2)),
        frozenset(draw(st.sets(st.sampled_from(days), max_size=1))),
        tuple((day, hour) for day, hour in draw(st.sets(st.tuples(st.integers(14, 16), hours), max_size=2))),
        overrides if count > 1 else {},
    )


@dataclass
class Scene:
    anna: Actor
    rooms: list[Room]

    def request(self, wanted: Object, dropped: set[tuple[int, float]]) -> BookingRequest:
        out = {(day, wanted.hour) for day in wanted.out} | dropped
        return wish(
            title=wanted.title,
            starts_local=at(wanted.hour, day=wanted.first),
            hours=wanted.length,
            room_id=self.rooms[wanted.room].id,
            seats=3,
            rrule=f"FREQ=DAILY;INTERVAL={wanted.every};COUNT={wanted.count}" if wanted.count > 1 else "",
            rdate=tuple(at(hour, day=day) for day, hour in wanted.more),
            exdate=tuple(at(hour, day=day) for day, hour in out),
            invite=" ".join(f"p{n}@x.example" for n in range(wanted.people)),
            overrides=tuple(
                DateOverride(
                    recurrence_id=at(wanted.hour, day=day),
                    starts_local=at(one.hour, day=day),
                    duration=timedelta(hours=one.length),
                    title=one.title,
                    room_id=self.rooms[wanted.room if one.room is None else one.room].id,
                )
                for day, one in wanted.overrides.items()
            ),
        )

    def dates_of(self, booking: Booking) -> set[tuple[int, float, float, int, str]]:
        found = set()
        for o in booking.occurrences.filter(state="confirmed"):
            begins = to_local(o.starts_at, "Europe/Berlin") - at(0)
            length = (o.ends_at - o.starts_at) / timedelta(hours=1)
            room = next(n for n, room in enumerate(self.rooms) if room.id == o.room_id)
            found.add((begins.days, begins.seconds / 3600, length, room, o.title or booking.title))
        return found


def everything(booking: Booking) -> list[list[Any]]:
    """All that is written about the booking, and what servers and authorities carry."""
    return [
        list(rows.order_by("pk").values())
        for rows in (
            Booking.objects.filter(id=booking.id),
            Occurrence.objects.filter(booking=booking),
            Attendee.objects.filter(booking=booking),
            CalendarEntry.objects.filter(booking=booking),
            HistoryEntry.objects.filter(booking=booking),
            LedgerStep.objects.all(),
            Message.objects.all(),
        )
    ]


@pytest.mark.django_db
@pytest.mark.one_database
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=objects(), others=st.lists(objects(), min_size=1, max_size=2))
def test_the_dates_are_those_of_the_object_or_all_is_as_it_was(first, others):
    with transaction.atomic():
        check(first, others)
        transaction.set_rollback(True)


def check(first: Object, others: list[Object]) -> None:
    world = factories.world()
    scene = Scene(factories.actor(world.anna), [world.big, world.shared])
    day, begins, ends = TAKEN
    book(wish(begins, hours=ends - begins, day=day, room_id=world.big.id), actor=factories.actor(world.bernd))
    assume(first.dates and not first.clashes)
    booking = book(scene.request(first, set()), actor=scene.anna)
    assert scene.dates_of(booking) == first.dates
    standing = first
    for wanted in others:
        # dropped dates stay so, and clients go on naming them, by their new hour when the series has moved
        shift = wanted.first - standing.first
        wanted = Object(
            **{
                **wanted.__dict__,
                "out": wanted.out | {day + shift for day in standing.out},
            }
        )
        if not wanted.dates:
            return
        before = everything(booking)
        try:
            booking = replace_booking(
                booking.id,
                scene.request(wanted, {(day, wanted.hour) for day in wanted.out}),
                actor=scene.anna,
            )
        except Refusal:
            assert wanted.clashes
            assert everything(booking) == before
            assert audit_invariants() == []
            continue
        assert not wanted.clashes
        booking = Booking.objects.get(id=booking.id)
        assert scene.dates_of(booking) == wanted.dates
        assert [a.address for a in booking.attendees.all()] == [
            f"p{n}@x.example" for n in range(wanted.people)
        ]
        assert_rule_names_rows(booking)
        assert audit_invariants() == []
        steps = booking.version - before[0][0]["version"]
        assert steps == len(HistoryEntry.objects.filter(booking=booking)) - len(before[4])
        assert steps == len(Message.objects.all()) - len(before[6])
        assert steps == (everything(booking)[:4] != before[:4])
        standing = wanted
