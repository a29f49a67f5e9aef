# SPDX-License-Identifier: EUPL-1.2
"""Statuses in the database: numbered, written only when they differ, due by the clock."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests import factories
from tests.factories import World
from tests.realtime.dates import NOW, a_date, after, joined, opened
from vconf.bookings.meetings import meeting_attended, meeting_stranded, open_occurrence
from vconf.bookings.moving import move_meeting
from vconf.bookings.services import cancel
from vconf.realtime import status
from vconf.realtime.models import RoomStatus, StatusVersion
from vconf.realtime.status import due_rooms, refresh_all, refresh_due, refresh_room, refresh_rooms
from vconf.rooms.models import Room

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def world() -> World:
    return factories.world()


def shown(room: Room) -> RoomStatus:
    return RoomStatus.objects.get(room=room)


def test_every_room_but_the_stock_gets_a_status(world: World) -> None:
    factories.room("Vorrat 1", 10, world.im, world.pool, world.standard, is_stock=True)
    refresh_all(now=NOW)
    rows = RoomStatus.objects.order_by("version")
    assert {row.room_id for row in rows} == {world.small.id, world.big.id, world.shared.id}
    assert [(row.state, row.version) for row in rows] == [("free", 1), ("free", 2), ("free", 3)]


def test_a_status_is_written_only_when_it_differs(world: World) -> None:
    refresh_all(now=NOW)
    a_date(world.small, world.anna)
    assert refresh_room(world.small.id, now=NOW) == 4
    assert refresh_room(world.small.id, now=NOW) is None
    assert refresh_room(world.big.id, now=NOW) is None
    assert StatusVersion.objects.get().version == 4
    assert (shown(world.small).state, shown(world.small).version) == ("reserved", 4)


def test_it_tells_who_may_see_the_details(world: World) -> None:
    date = a_date(world.small, world.anna, invite=[world.bernd])
    refresh_room(world.small.id, now=NOW)
    row = shown(world.small)
    assert row.audience == {
        "persons": sorted([str(world.anna.id), str(world.bernd.id)]),
        "authority": str(world.im.id),
    }
    assert (row.booking_id, row.occurrence_id) == (date.booking_id, date.id)
    assert (row.until, row.next_at) == (after(60), None)


def test_the_life_of_a_meeting(world: World) -> None:
    date = a_date(world.small, world.anna)
    states = []

    def look() -> None:
        refresh_room(world.small.id, now=after(5))
        states.append((shown(world.small).state, shown(world.small).people))

    look()
    meeting = opened(date)
    look()
    meeting_attended(meeting.id, people=3, moderators=1)
    look()
    meeting_stranded(meeting.id, stranded=True)
    look()
    move_meeting(meeting.id, server_id=world.servers[1].id)
    look()
    cancel(date.booking_id, actor=factories.actor(world.anna))
    look()
    assert states == [("reserved", 0), ("opening", 0), ("live", 3), ("failed", 0), ("moved", 0), ("free", 0)]


def test_a_meeting_opened_again_after_people_left_was_not_moved(world: World) -> None:
    date = a_date(world.small, world.anna)
    second = move_meeting(joined(date).id, server_id=world.servers[1].id)
    assert second is not None
    second.state = "ended"
    second.save()
    open_occurrence(date.id)
    refresh_room(world.small.id, now=after(5))
    assert shown(world.small).state == "opening"


def test_people_coming_and_going_is_no_news_to_those_without_details(world: World) -> None:
    meeting = joined(a_date(world.small, world.anna))
    refresh_room(world.small.id, now=NOW)
    before = shown(world.small)
    meeting_attended(meeting.id, people=4, moderators=1)
    refresh_room(world.small.id, now=NOW)
    row = shown(world.small)
    assert (row.people, row.version, row.busy_version) == (4, before.version + 1, before.busy_version)


def test_a_new_audience_is_news_to_those_who_are_not_in_it_any_more(world: World) -> None:
    date = a_date(world.small, world.anna, invite=[world.bernd])
    refresh_room(world.small.id, now=NOW)
    date.booking.attendees.all().delete()
    refresh_room(world.small.id, now=NOW)
    row = shown(world.small)
    assert row.busy_version == row.version


def test_the_clock_finds_rooms_whose_time_has_come(world: World) -> None:
    a_date(world.small, world.anna, starts=60, minutes=60)
    refresh_all(now=NOW)
    seen = []
    for minutes in range(0, 130, 10):
        if due_rooms(after(minutes)):
            refresh_due(after(minutes))
            seen.append((minutes, shown(world.small).state))
    assert seen == [(30, "reserved"), (60, "reserved"), (120, "free")]
    assert due_rooms(after(10_000)) == []


def test_time_that_passed_unwatched_is_made_up_for(world: World) -> None:
    a_date(world.small, world.anna, starts=60, minutes=60)
    a_date(world.small, world.anna, starts=24 * 60 * 9)
    refresh_all(now=NOW)
    assert shown(world.small).next_at == after(60)
    refresh_all(now=after(180))
    assert (shown(world.small).state, shown(world.small).next_at) == ("free", after(24 * 60 * 9))


def test_a_start_that_only_moves_the_due_time_makes_no_version(world: World) -> None:
    refresh_all(now=NOW)
    a_date(world.small, world.anna, starts=60)
    first = refresh_room(world.small.id, now=NOW)
    assert refresh_room(world.small.id, now=after(29)) is None
    assert first is not None
    assert refresh_room(world.small.id, now=after(30)) == first + 1


@pytest.mark.parametrize("rooms", [1, 40])
def test_the_number_of_queries_does_not_grow_with_the_rooms(world: World, rooms: int) -> None:
    made = [
        factories.room(f"Raum {number}", 10, world.im, world.pool, world.standard) for number in range(rooms)
    ]
    refresh_rooms([room.id for room in made], now=NOW)
    for room in made:
        a_date(room, world.anna, invite=[world.bernd])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        refresh_rooms([room.id for room in made], now=after(1))
    assert len(queries) <= 16
    assert set(RoomStatus.objects.filter(room__in=made).values_list("state", flat=True)) == {"reserved"}


@pytest.mark.django_db(transaction=True)
def test_refreshes_at_once_give_each_change_a_number_of_its_own(world: World) -> None:
    rooms = [
        factories.room(f"Raum {number}", 10, world.im, world.pool, world.standard) for number in range(6)
    ]
    for room in rooms:
        a_date(room, world.anna)
    failures: list[BaseException] = []

    def refresh_many() -> None:
        try:
            for minutes in (0, 20, 40, 61):
                for room in rooms:
                    refresh_room(room.id, now=after(minutes))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=refresh_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    versions = list(RoomStatus.objects.values_list("version", flat=True))
    assert len(versions) == len(set(versions)) == 6
    assert StatusVersion.objects.get().version == max(versions)


def test_the_lead_is_an_option(world: World, settings: Settings) -> None:
    settings.VCONF_RESERVED_LEAD_MINUTES = 5
    a_date(world.small, world.anna, starts=20)
    refresh_room(world.small.id, now=NOW)
    assert shown(world.small).state == "free"
    assert shown(world.small).due_at == after(20) - timedelta(minutes=5)


@pytest.mark.django_db(transaction=True)
def test_a_new_room_beside_a_refresh_holds_up_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One holds a row and wants the counter, the other the counter and wants that row; one of them begins anew."""
    refresh_all(now=NOW)
    a_date(world.small, world.anna)
    RoomStatus.objects.filter(room=world.big).delete()
    raise_version = status._raise_version
    both_hold = threading.Barrier(2)
    errors: list[BaseException] = []

    def meet() -> None:
        # SQLite lets only one of them begin, and nobody waits a second time
        with contextlib.suppress(threading.BrokenBarrierError):
            both_hold.wait(timeout=3)

    def in_a_circle(*, by: int) -> int:
        if threading.current_thread().name == "new room":
            version = raise_version(by=by)
            meet()
            return version
        meet()
        return raise_version(by=by)

    def refresh(rooms: list[Room]) -> None:
        try:
            refresh_rooms([room.id for room in rooms], now=NOW)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(status, "_raise_version", in_a_circle)
    threads = [
        threading.Thread(target=refresh, args=([world.small],)),
        threading.Thread(target=refresh, args=([world.small, world.big],), name="new room"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert shown(world.small).state == "reserved"
    assert shown(world.big).version
