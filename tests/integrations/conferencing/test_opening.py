# SPDX-License-Identifier: EUPL-1.2
"""Dates open where it was decided, and those that open at the same moment see each other."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from tests.threads import at_once
from vconf.bookings import locks
from vconf.bookings.clock import pass_time
from vconf.bookings.draining import drain, enable, settle
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.models import RUNNING, Meeting, Occurrence
from vconf.bookings.retry import Meanwhile
from vconf.bookings.services import book
from vconf.integrations.conferencing import opening
from vconf.integrations.conferencing.effects import move_elsewhere
from vconf.integrations.conferencing.opening import open_due, open_placed, placing
from vconf.integrations.conferencing.placement import Placement, place
from vconf.integrations.conferencing.port import Unreachable
from vconf.rooms.health import report_server_seen
from vconf.rooms.models import ConferenceServer, Pool, ServerEvent, ServerHealth, ServerState

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def a_world(servers: int, seats: int = 300) -> factories.World:
    """With as many unnamed rooms as are needed."""
    world = factories.world(servers=(seats,) * servers)
    factories.room("Vorrat", 100, world.land, world.pool, world.standard, open_to_all=True, is_stock=True)
    return world


def book_at_once(world: factories.World, count: int, seats: int) -> list[Occurrence]:
    anna = factories.actor(world.anna)
    for _ in range(count):
        book(wish(10, seats=seats), actor=anna)
    return list(Occurrence.objects.select_related("room__room_class"))


def open_at_once(dates: list[Occurrence]) -> None:
    def work(number: int) -> None:
        for date in dates[number::4]:
            open_due(date.id)

    at_once(4, work)


def test_a_meeting_that_is_opened_keeps_why_it_is_there() -> None:
    world = a_world(2)
    [date] = book_at_once(world, 1, 30)

    meeting = open_placed(date)

    assert meeting.server_id == date.reserved_server_id
    assert meeting.explanation == {
        "code": "as_reserved",
        "server": meeting.server.name,
        "kept": 30,
        "seats": 300,
        "people": 0,
    }
    event = ServerEvent.objects.get(kind="placed")
    assert (event.server_id, event.meeting_id, event.facts) == (
        meeting.server_id,
        meeting.id,
        meeting.explanation,
    )
    assert open_placed(date) == meeting
    assert ServerEvent.objects.filter(kind="placed").count() == 1


def test_without_any_server_the_clock_tries_again() -> None:
    world = a_world(2)
    [date] = book_at_once(world, 1, 30)
    ConferenceServer.objects.update(state=ServerState.DISABLED)

    assert open_due(date.id) is None
    with pytest.raises(Unreachable):
        open_placed(date)

    assert not Meeting.objects.exists()
    ConferenceServer.objects.update(state=ServerState.ENABLED)
    assert open_due(date.id) is not None


def test_the_clock_opens_by_class_and_chooses_then() -> None:
    world = factories.world(opening="clock", open_minutes_before=240)
    booking = book(wish(10, room_id=world.big.id, seats=30), actor=factories.actor(world.anna))
    date = booking.occurrences.get()
    ConferenceServer.objects.filter(id=date.reserved_server_id).update(health=ServerHealth.DOWN)

    assert pass_time(date.starts_at - timedelta(minutes=241), opens=open_due) == 0
    assert pass_time(date.starts_at - timedelta(minutes=240), opens=open_due) == 1

    meeting = Meeting.objects.get()
    assert meeting.server_id != date.reserved_server_id
    assert meeting.explanation["why_not"]["code"] == "down"


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_the_full_hour_are_spread_as_they_were_reserved() -> None:
    world = a_world(5)
    dates = book_at_once(world, 200, 7)
    reserved = Counter(date.reserved_server_id for date in dates)
    assert len(reserved) == 5

    open_at_once(dates)

    placed = Counter(Meeting.objects.values_list("server_id", flat=True))
    assert placed == reserved
    assert max(placed.values()) <= 300 // 7
    assert audit_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_a_wave_whose_server_is_lost_is_spread_over_the_others() -> None:
    """Forty meetings open at the same moment elsewhere than reserved; each sees what the others have taken."""
    world = a_world(5, seats=300)
    dates = book_at_once(world, 160, 7)
    lost = dates[0].reserved_server_id
    ConferenceServer.objects.filter(id=lost).update(health=ServerHealth.DOWN)

    open_at_once(dates)

    placed = Counter(Meeting.objects.values_list("server_id", flat=True))
    assert lost not in placed
    assert sum(placed.values()) == 160
    assert max(placed.values()) <= 300 // 7
    assert audit_invariants() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("disable", [False, True], ids=["draining", "disabling"])
def test_a_wave_leaves_a_server_alone_once_it_is_taken_out_of_use(disable: bool) -> None:
    """What is not open yet when the server is drained opens where it was moved to, however close the two come."""
    world = a_world(3)
    dates = book_at_once(world, 60, 7)
    drained = dates[0].reserved_server_id
    operator = factories.actor(world.operator)
    plans = []

    def work(number: int) -> None:
        if number == 0:
            plans.append(drain(drained, actor=operator, disable=disable))
            return
        for date in dates[number - 1 :: 3]:
            open_placed(date)

    at_once(4, work)

    [plan] = plans
    assert not plan.stays
    assert Meeting.objects.count() == 60
    assert Meeting.objects.filter(server=drained).count() == plan.live
    moved = Meeting.objects.exclude(server=F("occurrence__reserved_server"))
    assert not moved.exists(), [meeting.explanation for meeting in moved]
    assert audit_invariants() == []


def two_that_leave_their_server(world: factories.World, *, fallback: bool) -> list[Occurrence]:
    """Two dates of sixty seats whose servers are lost, and two others with as many: in their pool, or in the one that
    stands in for the pools of both."""
    dates = book_at_once(world, 2, 60)
    ConferenceServer.objects.update(health=ServerHealth.DOWN)
    if not fallback:
        factories.server(world.pool, "third", seats=60)
        factories.server(world.pool, "fourth", seats=60)
        return dates
    reserve = factories.pool("Reserve", servers=(60, 60))
    other = factories.pool("Andere", servers=())
    Pool.objects.filter(id__in=[world.pool.id, other.id]).update(fallback=reserve)
    Occurrence.objects.filter(id=dates[1].id).update(pool=other)
    return list(Occurrence.objects.select_related("room__room_class"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fallback", [False, True], ids=["own pool", "fallback of both"])
def test_who_chooses_at_the_same_moment_sees_what_the_other_chose(
    fallback: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both would take the same one, if both could look before either has written."""
    dates = two_that_leave_their_server(a_world(2, seats=60), fallback=fallback)
    both_have_chosen = threading.Barrier(2)

    def choose_and_wait(occurrence: Occurrence) -> Placement | None:
        chosen = place(occurrence)
        if chosen is not None and chosen.server_id != occurrence.reserved_server_id:
            with suppress(threading.BrokenBarrierError):
                both_have_chosen.wait(1.0)
        return chosen

    with monkeypatch.context() as slow:
        # whoever only finds out that its own server will not do holds no pool, and may
        slow.setattr(opening, "place", choose_and_wait)
        slow.setattr(opening, "_open_as_reserved", lambda occurrence: None)
        at_once(2, lambda number: open_placed(dates[number]))

    assert len(set(Meeting.objects.values_list("server_id", flat=True))) == 2


@pytest.mark.parametrize("lost", [False, True], ids=["as reserved", "its server is lost"])
def test_only_who_leaves_the_reserved_server_locks_the_pool(lost: bool) -> None:
    world = a_world(2)
    [date] = book_at_once(world, 1, 30)
    if lost:
        ConferenceServer.objects.filter(id=date.reserved_server_id).update(health=ServerHealth.DOWN)
    locked: list[object] = []

    with pytest.MonkeyPatch.context() as noting:
        noting.setattr(locks, "lock_pools", locked.append)
        open_placed(date)

    assert bool(locked) is lost


def test_who_was_moved_while_others_placed_is_placed_where_it_is_reserved_now() -> None:
    world = a_world(2, seats=60)
    [date] = book_at_once(world, 1, 60)
    before = date.reserved_server_id
    drain(before, actor=factories.actor(world.operator))

    with placing(date):
        placement = place(date)

    assert placement is not None
    assert placement.server_id not in (None, before)
    assert (placement.explanation["code"], placement.explanation["kept"]) == ("as_reserved", 60)


def test_who_went_to_another_pool_meanwhile_begins_anew() -> None:
    world = a_world(2)
    [date] = book_at_once(world, 1, 30)
    Occurrence.objects.update(pool=factories.pool("Anderer"))

    with pytest.raises(Meanwhile), placing(date):
        pass


@pytest.mark.django_db(transaction=True)
def test_operators_a_wave_and_lost_servers_at_the_same_time() -> None:
    """Whoever comes first: each date has one meeting that runs, nobody fails, and the ledger agrees."""
    world = a_world(4)
    dates = book_at_once(world, 60, 7)
    operator = factories.actor(world.operator)
    one, two, three, _four = world.servers

    def work(number: int) -> None:
        match number:
            case 0:
                for _ in range(3):
                    drain(one.id, actor=operator)
                    enable(one.id, actor=operator)
            case 1:
                for _ in range(3):
                    drain(two.id, actor=operator, disable=True)
                    settle(timezone.now())
                    enable(two.id, actor=operator)
                drain(one.id, actor=operator)
            case 2:
                for ok in (False, False, False, True, False):
                    report_server_seen(three.id, ok=ok)
                    for meeting in list(Meeting.objects.filter(server=three, state__in=RUNNING)):
                        move_elsewhere(meeting.id, reason="down")
            case _:
                for date in dates[number - 3 :: 3]:
                    open_placed(date)

    at_once(6, work)

    running = Meeting.objects.filter(state__in=RUNNING)
    assert Counter(running.values_list("occurrence_id", flat=True)) == {date.id: 1 for date in dates}
    assert [finding for finding in audit_invariants() if finding.violation] == []
