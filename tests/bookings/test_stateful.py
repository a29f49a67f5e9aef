# SPDX-License-Identifier: EUPL-1.2
"""Any sequence of bookings, changes, cancels and meetings keeps every promise; a plain model stands beside it.

The model knows rooms, times, seats and the tree, and decides slot and quota by brute force over minutes. Whatever
vconf accepts must be right by the model, and what it refuses must have had that reason. The audit runs after each
step.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.bookings.errors import NoCapacity, QuotaExceeded, SlotTaken
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import (
    end_occurrence,
    meeting_attended,
    meeting_provisioned,
    meeting_vanished,
    open_occurrence,
)
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, cancel, change
from vconf.errors import Refusal

SERVER_SEATS = (60, 40)
QUOTAS = {"im": 80, "agency": 30}
PATHS = {"anna": ("im",), "dora": ("im", "agency"), "clara": ()}

hours = st.integers(8 * 4, 12 * 4).map(lambda quarter: quarter / 4)
lengths = st.sampled_from([0.25, 0.5, 1, 2])
seats = st.sampled_from([3, 6, 10, 25, 30, 45, 60])
rooms = st.integers(0, 4)


@dataclass(frozen=True)
class Expected:
    """One booking as the model knows it: times in hours of the test day."""

    who: str
    room: int | None
    begins: float
    length: float
    seats: int

    def covers(self, quarter: float) -> bool:
        return self.begins <= quarter < self.begins + self.length


class Engine(RuleBasedStateMachine):
    bookings = Bundle("bookings")

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[object, Expected] = {}
        self.rollback = transaction.atomic()
        self.rollback.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    @initialize()
    def build_the_world(self) -> None:
        self.world = factories.world(servers=SERVER_SEATS)
        for name, limit in QUOTAS.items():
            factories.quota(getattr(self.world, name), seats=limit)
        self.rooms = [
            factories.room(
                f"Raum {n}", 60, self.world.land, self.world.pool, self.world.standard, open_to_all=True
            )
            for n in range(5)
        ]

    def actor(self, who: str):
        return factories.actor(getattr(self.world, who))

    @rule(
        target=bookings, who=st.sampled_from(sorted(PATHS)), room=rooms, begins=hours, length=lengths, n=seats
    )
    def book_a_room(self, who, room, begins, length, n):
        wanted = Expected(who, room, begins, length, n)
        try:
            booking = book(
                wish(begins, hours=length, seats=n, room_id=self.rooms[room].id), actor=self.actor(who)
            )
        except Refusal as refusal:
            self.refused_for_a_reason(refusal, wanted, others=self.expected.values())
            return multiple()
        self.expected[booking.id] = wanted
        return booking.id

    @rule(target=bookings, who=st.sampled_from(sorted(PATHS)), begins=hours, length=lengths, n=seats)
    def book_any_room(self, who, begins, length, n):
        try:
            booking = book(wish(begins, hours=length, seats=n), actor=self.actor(who))
        except Refusal as refusal:
            if not isinstance(refusal, SlotTaken) and refusal.code != "no_room":
                self.refused_for_a_reason(
                    refusal, Expected(who, None, begins, length, n), self.expected.values()
                )
            return multiple()
        ids = [room.id for room in self.rooms]
        room = ids.index(booking.room_id) if booking.room_id in ids else None
        self.expected[booking.id] = Expected(who, room, begins, length, n)
        return booking.id

    @rule(booking_id=bookings, begins=hours, length=lengths, room=rooms, n=seats)
    def change_it(self, booking_id, begins, length, room, n):
        before = self.expected.get(booking_id)
        if before is None:
            return
        wanted = replace(before, begins=begins, length=length, room=room, seats=n)
        request = ChangeRequest(
            starts_local=at(begins),
            duration=timedelta(hours=length),
            room_id=self.rooms[room].id,
            seats=n,
        )
        try:
            change(booking_id, request, actor=self.actor(before.who))
        except Refusal as refusal:
            others = [e for i, e in self.expected.items() if i != booking_id]
            self.refused_for_a_reason(refusal, wanted, others)
        else:
            self.expected[booking_id] = wanted

    @rule(booking_id=consumes(bookings))
    def cancel_it(self, booking_id):
        before = self.expected.pop(booking_id, None)
        if before is not None:
            cancel(booking_id, actor=self.actor(before.who))

    @rule(booking_id=bookings, people=st.integers(0, 5), vanishes=st.booleans())
    def hold_its_meeting(self, booking_id, people, vanishes):
        if booking_id not in self.expected:
            return
        occurrence = Occurrence.objects.get(booking_id=booking_id)
        meeting = open_occurrence(occurrence.id)
        meeting_provisioned(meeting.id, incarnation=str(meeting.epoch))
        meeting_attended(meeting.id, people=people, moderators=min(people, 1))
        if vanishes:
            meeting_vanished(meeting.id)
        else:
            # ended long before its start: it occupies nothing any more
            end_occurrence(occurrence.id, actor=self.actor(self.expected.pop(booking_id).who))

    def refused_for_a_reason(self, refusal: Refusal, wanted: Expected, others: Iterable[Expected]) -> None:
        others = list(others)
        quarters = [wanted.begins + n / 4 for n in range(int(wanted.length * 4))]
        if isinstance(refusal, SlotTaken):
            assert any(o.room == wanted.room and o.covers(q) for o in others for q in quarters)
        elif isinstance(refusal, QuotaExceeded):
            exceeded = [
                self.used(others, q, below=name) + wanted.seats > QUOTAS[name]
                for name in PATHS[wanted.who]
                for q in quarters
            ]
            assert any(exceeded)
        elif isinstance(refusal, NoCapacity):
            # fragmentation may refuse what the pool as a whole would hold, but never what one empty server takes
            assert max(self.used(others, q) for q in quarters) + wanted.seats > min(SERVER_SEATS)
        else:
            raise AssertionError(f"refused with {refusal.code}")

    def used(self, bookings: Iterable[Expected], quarter: float, below: str | None = None) -> int:
        return sum(
            b.seats for b in bookings if b.covers(quarter) and (below is None or below in PATHS[b.who])
        )

    @invariant()
    def every_promise_is_kept(self):
        if not hasattr(self, "rooms"):
            return
        assert audit_invariants() == []
        living = Booking.objects.filter(occurrences__state__in=["confirmed", "opening", "live"])
        assert set(living.values_list("id", flat=True)) == set(self.expected)
        values = list(self.expected.values())
        for quarter in {v.begins for v in values}:
            there = [v for v in values if v.covers(quarter)]
            named = [v.room for v in there if v.room is not None]
            assert len(named) == len(set(named))
            assert self.used(values, quarter) <= sum(SERVER_SEATS)
            for name, limit in QUOTAS.items():
                assert self.used(values, quarter, below=name) <= limit


@pytest.mark.django_db
def test_engine_against_the_model():
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=int(os.environ.get("VCONF_TEST_EXAMPLES", "12")),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
