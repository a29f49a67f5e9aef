# SPDX-License-Identifier: EUPL-1.2
"""Sixteen writers at once: no error, no broken promise; and a check without its lock is found out."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from vconf.authorities.selectors import path_of
from vconf.bookings import locks, standing
from vconf.bookings.errors import NoCapacity, SlotTaken
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, cancel, change
from vconf.errors import Refusal
from vconf.rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 16


def at_once(work: Callable[[int], object], *, writers: int = WRITERS) -> list[BaseException]:
    """Run `work(n)` in so many threads that all begin at the same moment; the errors they ended with."""
    begin = threading.Barrier(writers)
    errors: list[BaseException] = []

    def run(n: int) -> None:
        try:
            begin.wait()
            work(n)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.fixture
def hall_world():
    """Rooms for far more than two servers and the agency's quota carry."""
    world = factories.world()
    factories.quota(world.agency, seats=100)
    rooms = [factories.room(f"Raum {n}", 100, world.im, world.pool, world.standard) for n in range(20)]
    return world, rooms


@pytest.mark.long
def test_hundreds_of_competing_bookings(hall_world):
    world, rooms = hall_world
    # on SQLite one writes at a time, so that fewer show as much
    each = 50 if connection.vendor == "postgresql" else 25
    people = [factories.actor(p) for p in (world.anna, world.bernd, world.dora)]
    outcomes: Counter[str] = Counter()
    count = threading.Lock()

    def work(n: int) -> None:
        dice = random.Random(n)
        for _ in range(each):
            request = wish(
                10 + dice.choice([0, 0.25, 0.5, 1]),
                hours=dice.choice([0.5, 1, 2]),
                day=dice.randrange(3),
                seats=dice.choice([5, 20, 60, 90]),
                **({"room_id": dice.choice(rooms).id} if dice.random() < 0.8 else {}),
            )
            try:
                book(request, actor=dice.choice(people))
                outcome = "booked"
            except Refusal as refusal:
                outcome = refusal.code
            with count:
                outcomes[outcome] += 1

    errors = at_once(work)

    assert errors == []
    assert sum(outcomes.values()) == WRITERS * each
    assert audit_invariants() == []
    assert outcomes["booked"] == Booking.objects.count() == Occurrence.objects.count() > 30
    assert min(outcomes["slot_taken"], outcomes["quota_exceeded"], outcomes["no_capacity"]) > 0, outcomes


@pytest.mark.parametrize("writers", [8, 32])
def test_the_same_slot_at_once_has_one_winner(writers):
    world = factories.world()
    won = []

    def work(n: int) -> None:
        with suppress(SlotTaken):
            won.append(book(wish(room_id=world.big.id), actor=factories.actor(world.anna)))

    assert at_once(work, writers=writers) == []
    assert len(won) == Booking.objects.count() == 1


def test_any_room_at_once_gives_everybody_another():
    world = factories.world(servers=(1000,))
    factories.room("Vorrat 1", 300, world.land, world.pool, world.standard, open_to_all=True, is_stock=True)

    def work(n: int) -> None:
        book(wish(seats=5), actor=factories.actor(world.anna))

    assert at_once(work) == []
    assert Booking.objects.values("room").distinct().count() == WRITERS
    assert Room.objects.filter(is_stock=True).count() == WRITERS - 3
    assert audit_invariants() == []


def test_the_same_idempotency_key_at_once_books_once():
    world = factories.world()
    booked = []

    def work(n: int) -> None:
        booked.append(book(wish(seats=5, idempotency_key="k"), actor=factories.actor(world.anna)).id)

    assert at_once(work) == []
    assert len(booked) == WRITERS
    assert len(set(booked)) == Booking.objects.count() == 1


def test_moves_and_cancels_at_once(hall_world):
    world, rooms = hall_world
    anna = factories.actor(world.anna)
    bookings = [book(wish(9 + n % 4, room_id=rooms[n].id, seats=20), actor=anna) for n in range(WRITERS)]

    def work(n: int) -> None:
        dice = random.Random(n)
        for _ in range(15):
            booking = dice.choice(bookings)
            with suppress(Refusal):
                if dice.random() < 0.1:
                    cancel(booking.id, actor=anna)
                else:
                    change(
                        booking.id,
                        ChangeRequest(
                            starts_local=wish(9 + dice.randrange(8) / 2).starts_local,
                            room_id=dice.choice(rooms).id,
                            seats=dice.choice([10, 50, 100]),
                        ),
                        actor=anna,
                    )

    assert at_once(work) == []
    assert audit_invariants() == []


def test_without_the_lock_the_audit_finds_what_went_wrong(monkeypatch):
    """The seeded fault: what is checked is not what holds when it is written."""
    world = factories.world(servers=(100,))
    rooms = [factories.room(f"Raum {n}", 100, world.im, world.pool, world.standard) for n in range(WRITERS)]
    together = threading.Barrier(WRITERS)
    if connection.vendor == "postgresql":
        read = standing.read

        def lock_nothing(room_id, authority_id):
            return Room.objects.get(id=room_id), world.pool, path_of(authority_id)

        def read_together(*asked):
            found = read(*asked)
            together.wait(timeout=10)
            return found

        monkeypatch.setattr(locks, "lock_place", lock_nothing)
        monkeypatch.setattr(standing, "read", read_together)
    else:
        # IMMEDIATE is the lock here: without it the ledger is read before one is the only writer
        now = timezone.now()
        stale = standing.read([world.pool], path_of(world.im.id), [(now, now + timedelta(hours=1))])
        monkeypatch.setattr(standing, "read", lambda *asked: stale)

    def work(n: int) -> None:
        with suppress(NoCapacity):
            book(wish(room_id=rooms[n].id, seats=60), actor=factories.actor(world.anna))

    at_once(work)

    findings = audit_invariants()
    assert [finding.invariant for finding in findings if finding.violation] == [2]
    assert "limit 100" in findings[0].what
