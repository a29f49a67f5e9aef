# SPDX-License-Identifier: EUPL-1.2
"""The judge is no rubber stamp: with one thing taken out of vconf, it names what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from history.doors import ServiceDoor
from history.judge import judge
from history.world import World
from history.writers import run
from vconf.bookings import allocation, changing, guards, locks, occupancy, overlaps, quotas, services
from vconf.bookings.models import Booking, Occurrence
from vconf.rooms.models import Room


def rules_broken(world: World, weights: Mapping[str, int], *, operations: int = 60) -> set[str]:
    history = run(ServiceDoor(world), world, operations=operations, writers=8, seed=1, weights=weights)
    return {finding.rule for finding in judge(history)}


@pytest.fixture
def without_guards() -> Iterator[None]:
    """The database itself lets a room be booked twice."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE bookings_occurrence DROP CONSTRAINT {guards.NAME}")
        else:
            for event in ("insert", "update"):
                cursor.execute(f"DROP TRIGGER {guards.NAME}_{event}")
    yield
    Occurrence.objects.all().delete()
    guards.install_guards(connection)


def test_nothing_is_found_when_nothing_is_missing(small_world: World) -> None:
    assert rules_broken(small_world, {"book": 4, "repeat": 2, "change": 2, "cancel": 1}) == set()


def test_a_room_that_is_not_looked_at(
    small_world: World, without_guards: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock_nothing(room_ids: Any) -> dict[Any, Room]:
        return {room.id: room for room in Room.objects.filter(id__in=room_ids)}

    monkeypatch.setattr(locks, "lock_rooms", lock_nothing)
    monkeypatch.setattr(overlaps, "clashes", lambda *_, **__: [])

    assert "room booked twice" in rules_broken(small_world, {"book": 3, "change": 1})


def test_a_quota_that_is_not_asked(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "check_quotas", lambda *_, **__: None)

    assert "limit passed" in rules_broken(small_world, {"book": 1})


def test_a_server_that_is_not_asked_for_its_seats(
    small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first(servers: Iterable[allocation.Server], seats: int) -> UUID | None:
        return min((s.id for s in servers if s.seats >= seats), default=None)

    monkeypatch.setattr(allocation, "evenly", first)
    history = run(
        ServiceDoor(small_world), small_world, operations=100, writers=8, seed=1, weights={"book": 1}
    )

    passed = [finding.what for finding in judge(history) if finding.rule == "limit passed"]
    assert any(what.startswith("server") for what in passed), passed


def test_a_cancellation_that_gives_nothing_back(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occupancy, "release", lambda *_, **__: None)

    assert "ledger" in rules_broken(small_world, {"book": 2, "cancel": 1})


def test_a_booking_that_vanishes_after_its_answer(small_world: World) -> None:
    history = run(
        ServiceDoor(small_world), small_world, operations=30, writers=8, seed=1, weights={"book": 1}
    )
    lost = Booking.objects.order_by("id").first()
    assert lost is not None

    lost.delete()

    assert "acknowledged and lost" in {finding.rule for finding in judge(history)}


def test_a_key_that_is_not_looked_up(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "repeated", lambda *_, **__: None)
    monkeypatch.setattr(services, "remember", lambda *_, **__: None)

    assert "idempotency" in rules_broken(small_world, {"book": 1, "repeat": 2})


def test_a_fact_that_is_not_written(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "record", lambda fact: None)

    assert "outbox" in rules_broken(small_world, {"book": 2, "change": 1})


def test_a_refusal_that_is_not_noted(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "record_refusal", lambda *_, **__: None)
    monkeypatch.setattr("vconf.bookings.attempts._note", lambda *_, **__: None)

    assert "audit" in rules_broken(small_world, {"book": 1})
