# SPDX-License-Identifier: EUPL-1.2
"""What is done twice or against each other at the same moment: exactly one wins, and every promise holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from tests.threads import at_once
from vconf.authorities.models import Membership, Role
from vconf.bookings.copying import CopyRequest, InstantRequest, book_instant, copy_booking
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, HistoryEntry, JoinLink, Meeting, Occurrence
from vconf.bookings.renewing import renew_link
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.restoring import restore_booking, restore_occurrence
from vconf.bookings.series import cancel_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.bookings.transferring import transfer_booking
from vconf.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    """Anna and Clara work for both ministries, so each may charge the other's."""
    scene = factories.world()
    Membership.objects.create(person=scene.anna, authority=scene.fm, role=Role.STAFF)
    Membership.objects.create(person=scene.clara, authority=scene.im, role=Role.STAFF)
    return scene


def race(*acts: Callable[[], object]) -> Counter[str]:
    """Do them at once; how each of them ended."""
    ends: list[str] = []

    def run(number: int) -> None:
        try:
            acts[number]()
            ends.append("done")
        except DomainError as error:
            ends.append(error.code)

    at_once(len(acts), run)
    return Counter(ends)


def test_an_undo_and_a_rival_booking(world, anna):
    bernd = factories.actor(world.bernd)
    for hour in range(1, 6):
        booking = book(wish(hour, room_id=world.big.id), actor=anna)
        cancel(booking.id, actor=anna)
        ends = race(
            partial(restore_booking, booking.id, actor=anna),
            partial(book, wish(hour + 0.5, hours=0.25, room_id=world.big.id), actor=bernd),
        )
        assert ends == {"done": 1, "slot_taken": 1}
    assert Occurrence.objects.filter(state="confirmed").count() == 5
    assert audit_invariants() == []


def test_two_undos_restore_once(world, anna):
    booking = book(wish(room_id=world.big.id), actor=anna)
    cancel(booking.id, actor=anna)
    ends = race(*[lambda: restore_booking(booking.id, actor=anna)] * 4)
    assert ends == {"done": 1, "not_cancelled": 3}
    assert Booking.objects.get().sequence == 2
    assert audit_invariants() == []


def test_two_undos_that_want_the_same_seats(world, anna):
    """Of two bookings that fitted one after the other only one comes back."""
    factories.quota(world.im, seats=100)
    ids = []
    for room in (world.big, world.shared):
        booking = book(wish(room_id=room.id, seats=room.seats), actor=anna)
        ids.append(cancel(booking.id, actor=anna).id)
    factories.quota(world.land, seats=100)
    ends = race(*[partial(restore_booking, one, actor=anna) for one in ids])
    assert ends == {"done": 1, "quota_exceeded": 1}
    assert audit_invariants() == []


@pytest.mark.parametrize("what", ["restore", "restore-date", "copy", "instant", "link", "transfer"])
def test_the_same_key_at_once_does_it_once_and_answers_all(world, anna, what):
    booking = book(wish(room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=3"), actor=anna)
    date = booking.occurrences.order_by("starts_at")[1]
    if what == "restore":
        cancel(booking.id, actor=anna)
    if what == "restore-date":
        cancel_occurrence(date.id, actor=anna)
    lines = HistoryEntry.objects.count()
    acts = {
        "restore": lambda: restore_booking(booking.id, actor=anna, idempotency_key="k"),
        "restore-date": lambda: restore_occurrence(date.id, actor=anna, idempotency_key="k"),
        "copy": lambda: copy_booking(
            booking.id, CopyRequest(starts_local=at(15), idempotency_key="k"), actor=anna
        ),
        "instant": lambda: book_instant(InstantRequest(seats=3, idempotency_key="k"), actor=anna),
        "link": lambda: renew_link(booking.id, actor=anna, idempotency_key="k"),
        "transfer": lambda: transfer_booking(booking.id, world.bernd.email, actor=anna, idempotency_key="k"),
    }
    answers = []

    def act() -> None:
        answers.append(acts[what]().id)

    assert race(*[act] * 6) == {"done": 6}
    assert len(set(answers)) == 1
    assert HistoryEntry.objects.count() == lines + 1
    assert Meeting.objects.count() == (1 if what == "instant" else 0)
    assert audit_invariants() == []


def test_a_link_renewed_while_others_change_and_split(world, anna):
    """No booking is left on the retired link, whoever comes first."""
    for hour in (8, 12, 16):
        series = book(wish(hour, room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=4"), actor=anna)
        third = series.occurrences.order_by("starts_at")[2]
        ends = race(
            partial(renew_link, series.id, actor=anna),
            partial(split_booking, third.id, ChangeRequest(seats=6), actor=anna),
            partial(change, series.id, ChangeRequest(title="Neu"), actor=anna),
        )
        assert ends == {"done": 3}
    living = JoinLink.objects.filter(retired_at=None).values_list("id", flat=True)
    assert set(Booking.objects.values_list("join_link", flat=True)) == set(living)
    assert len(living) == 3


def test_handed_over_and_cancelled_at_once(world, anna):
    for hour in range(3):
        booking = book(wish(hour, room_id=world.shared.id, seats=20), actor=anna)
        ends = race(
            partial(transfer_booking, booking.id, world.clara.email, actor=anna),
            partial(cancel, booking.id, actor=anna),
            partial(book, wish(hour, room_id=world.big.id, seats=50), actor=anna),
        )
        assert ends["done"] >= 2
    assert audit_invariants() == []


def test_many_hand_overs_between_two_authorities_deadlock_nobody(world, anna):
    clara = factories.actor(world.clara)
    mine = [book(wish(hour, room_id=world.shared.id, seats=5), actor=anna) for hour in range(4)]
    hers = [book(wish(hour, room_id=world.shared.id, seats=5), actor=clara) for hour in range(4, 8)]
    began = timezone.now()
    ends = race(
        *[partial(transfer_booking, b.id, world.clara.email, actor=anna) for b in mine],
        *[partial(transfer_booking, b.id, world.anna.email, actor=clara) for b in hers],
    )
    assert ends == {"done": 8}
    assert HistoryEntry.objects.filter(action="transferred", at__gte=began).count() == 8
    assert audit_invariants() == []
