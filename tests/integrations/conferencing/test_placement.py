# SPDX-License-Identifier: EUPL-1.2

import pytest

from tests import factories
from tests.bookings.wishes import wish
from vconf.bookings import services
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Occurrence
from vconf.integrations.conferencing.placement import place
from vconf.rooms.models import ConferenceServer, ServerHealth, ServerState

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> factories.World:
    return factories.world(servers=(300, 200, 100))


def book(world: factories.World, *, hour: float = 10, seats: int = 30) -> Occurrence:
    booking = services.book(wish(hour, seats=seats, room_id=world.big.id), actor=factories.actor(world.anna))
    return Occurrence.objects.select_related("pool", "reserved_server").get(booking=booking)


def change(server: ConferenceServer, **fields: object) -> None:
    ConferenceServer.objects.filter(id=server.id).update(**fields)


def others(world: factories.World, reserved: ConferenceServer) -> list[ConferenceServer]:
    return sorted((s for s in world.servers if s.id != reserved.id), key=lambda s: -s.seats)


def test_a_meeting_is_placed_where_it_was_reserved(world: factories.World) -> None:
    date = book(world)

    placement = place(date)

    assert placement is not None
    assert placement.server_id == date.reserved_server_id
    seats = date.reserved_server.seats
    assert placement.explanation == f"{date.reserved_server.name}, as reserved: {seats} of {seats} seats free"


@pytest.mark.parametrize("state", [ServerState.DRAINING, ServerState.DISABLED])
def test_a_server_taken_out_gets_no_new_meeting(world: factories.World, state: ServerState) -> None:
    date = book(world)
    change(date.reserved_server, state=state)
    best = others(world, date.reserved_server)[0]

    placement = place(date)

    assert placement is not None
    assert placement.server_id == best.id
    assert placement.explanation == (
        f"{best.name}: {best.seats} of {best.seats} seats free, 30 needed, 1 other healthy; "
        f"reserved on {date.reserved_server.name}, which is {state.value}"
    )


@pytest.mark.parametrize("health", [ServerHealth.SUSPECT, ServerHealth.DOWN])
def test_a_failing_server_gets_no_new_meeting(world: factories.World, health: ServerHealth) -> None:
    date = book(world)
    change(date.reserved_server, health=health)

    placement = place(date)

    assert placement is not None
    assert placement.server_id == others(world, date.reserved_server)[0].id


def test_live_people_and_running_dates_count_as_taken(world: factories.World) -> None:
    date = book(world, hour=10)
    change(date.reserved_server, health=ServerHealth.DOWN)
    bigger, smaller = others(world, date.reserved_server)
    change(bigger, live_people=bigger.seats - smaller.seats + 50)
    open_occurrence(book(world, hour=12, seats=20).id, server_id=smaller.id)

    placement = place(date)

    # bigger: smaller.seats - 50 left; smaller: its seats - 20 left
    assert placement is not None
    assert placement.server_id == smaller.id
    assert f"{smaller.seats - 20} of {smaller.seats} seats free" in placement.explanation


def test_a_server_at_its_number_of_meetings_is_taken_last(world: factories.World) -> None:
    date = book(world)
    change(date.reserved_server, health=ServerHealth.DOWN)
    bigger, smaller = others(world, date.reserved_server)
    change(bigger, meetings=1)
    open_occurrence(book(world, hour=12).id, server_id=bigger.id)

    placement = place(date)

    assert placement is not None
    assert placement.server_id == smaller.id


def test_if_all_fail_the_reserved_one_is_tried_all_the_same(world: factories.World) -> None:
    date = book(world)
    ConferenceServer.objects.update(health=ServerHealth.DOWN)

    placement = place(date)

    assert placement is not None
    assert (placement.server_id, placement.healthy) == (date.reserved_server_id, False)


def test_no_server_can_be_had_when_none_is_enabled(world: factories.World) -> None:
    date = book(world)
    ConferenceServer.objects.update(state=ServerState.DRAINING)

    assert place(date) is None


def test_servers_that_failed_for_this_date_are_left_out(world: factories.World) -> None:
    date = book(world)

    placement = place(date, without={date.reserved_server_id})

    assert placement is not None
    assert placement.server_id == others(world, date.reserved_server)[0].id
    assert placement.explanation.endswith("the reserved server could not open it")


def test_placing_costs_the_same_however_many_servers(
    world: factories.World, django_assert_num_queries
) -> None:
    date = Occurrence.objects.select_related("pool").get(id=book(world).id)

    with django_assert_num_queries(2):
        place(date)
