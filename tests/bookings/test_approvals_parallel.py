# SPDX-License-Identifier: EUPL-1.2
"""Many at the door at once: one decision counts, and it and a cancellation never both win."""

from __future__ import annotations

import contextlib

import pytest

from tests import factories
from tests.bookings.wishes import wish
from tests.threads import at_once
from vconf.bookings import approvals
from vconf.bookings.clock import pass_time
from vconf.bookings.errors import AlreadyDecided
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Approval, Booking
from vconf.bookings.services import book, cancel
from vconf.outbox.models import Message
from vconf.rooms.models import Approver

pytestmark = pytest.mark.django_db(transaction=True)

APPROVERS = 8


@pytest.fixture
def scene():
    """A request, and many who may decide about it."""
    world = factories.world()
    kind = factories.room_class(world.im, "Vertraulich", approval="always")
    room = factories.room("Lagezentrum", 50, world.im, world.pool, kind)
    deciders = [factories.person(f"Decider {n}", world.im) for n in range(APPROVERS)]
    Approver.objects.bulk_create([Approver(room_class=kind, person=one) for one in deciders])
    booking = book(wish(10, room_id=room.id, seats=20), actor=factories.actor(world.anna))
    return world, booking, [factories.actor(one) for one in deciders]


def test_of_many_decisions_exactly_one_wins(scene):
    _world, booking, deciders = scene
    request = booking.approvals.get()
    won: list[bool] = []

    def work(n: int) -> None:
        try:
            approvals.decide(request.id, approve=n % 2 == 0, reason="Nein.", actor=deciders[n])
            won.append(n % 2 == 0)
        except AlreadyDecided:
            pass

    at_once(APPROVERS, work)

    [approved] = won
    assert booking.occurrences.get().state == ("confirmed" if approved else "refused")
    assert Approval.objects.get().state == ("approved" if approved else "declined")
    assert Message.objects.filter(fact="ApprovalDecided").count() == 1
    assert audit_invariants() == []


def test_a_decision_and_a_cancellation_never_both_leave_their_mark(scene):
    world, booking, deciders = scene
    request = booking.approvals.get()
    decided: list[str] = []

    def work(n: int) -> None:
        if n == 0:
            cancel(booking.id, actor=factories.actor(world.anna))
            return
        with contextlib.suppress(AlreadyDecided):
            decided.append(approvals.decide(request.id, approve=True, actor=deciders[n]).state)

    at_once(4, work)

    assert Booking.objects.get().cancelled_at is not None
    assert booking.occurrences.get().state == "cancelled"
    assert Approval.objects.get().state == ("approved" if decided else "withdrawn")
    assert len(decided) <= 1
    assert audit_invariants() == []


def test_a_decision_and_the_clock(scene):
    _world, booking, deciders = scene
    request = booking.approvals.get()

    def work(n: int) -> None:
        if n % 2:
            pass_time(request.lapses_at)
            return
        with contextlib.suppress(AlreadyDecided):
            approvals.decide(request.id, approve=True, actor=deciders[n])

    at_once(4, work)

    expected = {"approved": "confirmed", "lapsed": "refused"}
    assert booking.occurrences.get().state == expected[Approval.objects.get().state]
    assert Message.objects.filter(fact="ApprovalDecided").count() == 1
    assert audit_invariants() == []
