# SPDX-License-Identifier: EUPL-1.2

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests import factories
from tests.bookings.wishes import wish
from vconf.bookings import services
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import open_occurrence
from vconf.bookings.models import Occurrence
from vconf.integrations.conferencing.placement import Placement, Survey, abilities_needed, place
from vconf.integrations.conferencing.port import ABILITIES
from vconf.integrations.conferencing.server_words import explained
from vconf.rooms.models import ConferenceServer, Pool, ServerHealth, ServerState
from vconf.rooms.policies import Policy
from vconf.rooms.selectors import fallbacks_of

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


@pytest.fixture
def world() -> factories.World:
    return factories.world(servers=(300, 200, 100))


def book(world: factories.World, *, hour: float = 10, seats: int = 30) -> Occurrence:
    booking = services.book(wish(hour, seats=seats, room_id=world.big.id), actor=factories.actor(world.anna))
    dates = Occurrence.objects.select_related("room__room_class", "reserved_server")
    return dates.get(booking=booking)


def told(placement: Placement) -> str:
    with translation.override("en"):
        return explained(placement.explanation)


def change(server: ConferenceServer, **fields: object) -> None:
    ConferenceServer.objects.filter(id=server.id).update(**fields)


def others(world: factories.World, reserved: ConferenceServer) -> list[ConferenceServer]:
    return sorted((s for s in world.servers if s.id != reserved.id), key=lambda s: -s.seats)


def test_a_meeting_is_placed_where_it_was_reserved(world: factories.World) -> None:
    date = book(world)

    placement = place(date)

    assert placement is not None
    assert placement.server_id == date.reserved_server_id
    server = date.reserved_server
    assert told(placement) == (f"{server.name}, as reserved: 30 of {server.seats} seats kept, 0 people there")


@pytest.mark.parametrize("state", [ServerState.DRAINING, ServerState.DISABLED])
def test_a_server_taken_out_gets_no_new_meeting(world: factories.World, state: ServerState) -> None:
    date = book(world)
    change(date.reserved_server, state=state)
    best, second = others(world, date.reserved_server)

    placement = place(date)

    assert placement is not None
    assert placement.server_id == best.id
    assert told(placement) == (
        f"{best.name}: {best.seats} of {best.seats} seats free, 30 needed; "
        f"next {second.name} ({second.seats} of {second.seats} seats free); "
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
    assert f"{smaller.seats - 20} of {smaller.seats} seats free" in told(placement)


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
    ConferenceServer.objects.update(state=ServerState.DISABLED)

    assert place(date) is None


def test_servers_that_failed_for_this_date_are_left_out(world: factories.World) -> None:
    date = book(world)

    placement = place(date, without={date.reserved_server_id})

    assert placement is not None
    assert placement.server_id == others(world, date.reserved_server)[0].id
    assert told(placement).endswith("the reserved server could not open it")


def test_placing_costs_the_same_however_many_servers(
    world: factories.World, django_assert_num_queries
) -> None:
    date = book(world)
    spare = Pool.objects.create(name="Reserve")
    factories.server(spare, "spare", seats=500)
    Pool.objects.filter(id=world.pool.id).update(fallback=spare)

    with django_assert_num_queries(1):
        place(date)
    change(date.reserved_server, health=ServerHealth.DOWN)
    with django_assert_num_queries(3):
        place(date)
    ConferenceServer.objects.filter(pool=world.pool).update(live_people=1000)
    with django_assert_num_queries(7):
        place(date)


# Seats over the interval


def test_what_others_were_promised_meanwhile_counts_as_taken(world: factories.World) -> None:
    """Of two servers, both empty now, the one is taken that nobody else will need while the meeting lasts."""
    date = book(world, hour=10)
    change(date.reserved_server, health=ServerHealth.DOWN)
    bigger, smaller = others(world, date.reserved_server)
    taken = bigger.seats - 40
    reserve_elsewhere(world, bigger, hour=10.5, seats=taken)

    placement = place(date)

    assert placement is not None
    assert placement.server_id == smaller.id
    assert f"next {bigger.name} (40 of {bigger.seats} seats free)" in told(placement)


def test_what_is_promised_before_or_after_does_not_count(world: factories.World) -> None:
    date = book(world, hour=10)
    change(date.reserved_server, health=ServerHealth.DOWN)
    bigger, _smaller = others(world, date.reserved_server)
    reserve_elsewhere(world, bigger, hour=9, seats=bigger.seats)
    reserve_elsewhere(world, bigger, hour=11, seats=bigger.seats)

    placement = place(date)

    assert placement is not None
    assert placement.server_id == bigger.id


def test_a_server_with_the_seats_is_taken_before_an_overfull_one(world: factories.World) -> None:
    date = book(world, seats=80)
    change(date.reserved_server, health=ServerHealth.DOWN)
    bigger, smaller = others(world, date.reserved_server)
    change(bigger, live_people=bigger.seats - 79)
    change(smaller, live_people=smaller.seats - 80)
    assert placed_on(date) == smaller

    change(smaller, live_people=smaller.seats)

    placement = place(date)
    assert placement is not None
    assert placement.server_id == bigger.id
    assert ", overfull: no server has the seats;" in told(placement)


def test_the_operators_weight_counts_among_those_with_the_seats(world: factories.World) -> None:
    date = book(world)
    change(date.reserved_server, health=ServerHealth.DOWN)
    bigger, smaller = others(world, date.reserved_server)
    assert placed_on(date) == bigger

    change(bigger, weight=10)

    assert placed_on(date) == smaller


# Load


def test_a_reserved_server_that_is_overloaded_is_left_for_a_calm_one(world: factories.World) -> None:
    date = book(world)
    change(date.reserved_server, load=1.1)
    bigger, smaller = others(world, date.reserved_server)
    change(bigger, load=0.9)
    change(smaller, load=0.1)

    placement = place(date)

    assert placement is not None
    assert placement.server_id == smaller.id
    assert told(placement).endswith(
        f"reserved on {date.reserved_server.name}, which is overloaded (load 110%)"
    )


def test_if_all_are_overloaded_it_stays_where_its_seats_are(world: factories.World) -> None:
    date = book(world)
    ConferenceServer.objects.update(load=1.0)
    assert placed_on(date) == date.reserved_server


# Abilities


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({}, set()),
        ({"lobby": True}, {"lobby", "moderators"}),
        ({"recording": True}, {"recording", "moderators"}),
        ({"cameras_off": True}, {"moderators"}),
    ],
)
def test_what_a_class_needs(settings: dict[str, bool], needed: set[str]) -> None:
    assert abilities_needed(Policy(**settings)) == needed  # type: ignore[arg-type]
    assert abilities_needed(Policy(**settings)) <= ABILITIES  # type: ignore[arg-type]


def test_a_server_that_cannot_do_what_the_class_needs_is_passed_over(world: factories.World) -> None:
    date = book(with_lobby(world))
    change(date.reserved_server, abilities=["end", "moderators"])
    bigger, smaller = others(world, date.reserved_server)
    change(bigger, abilities=["end", "lobby"])
    change(smaller, abilities=["end", "lobby", "moderators"])

    placement = place(date)

    assert placement is not None
    assert placement.server_id == smaller.id
    assert told(placement).endswith(f"reserved on {date.reserved_server.name}, which lacks: a lobby")


def test_one_that_was_never_checked_counts_as_able(world: factories.World) -> None:
    date = book(with_lobby(world))
    assert placed_on(date) == date.reserved_server


def test_if_none_is_able_it_stays_and_says_so(world: factories.World) -> None:
    date = book(with_lobby(world))
    ConferenceServer.objects.update(abilities=["end"])

    placement = place(date)

    assert placement is not None
    assert placement.server_id == date.reserved_server_id
    assert "which lacks: a lobby, moderators" in told(placement)

    change(date.reserved_server, health=ServerHealth.DOWN)
    placement = place(date)
    assert placement is not None
    assert ", lacks what no server has that can be had: a lobby, moderators" in told(placement)


# Draining


def test_a_draining_server_keeps_what_fits_nowhere_else(world: factories.World) -> None:
    """Its operator was told so before, and that it will be empty only then."""
    date = book(world)
    change(date.reserved_server, state=ServerState.DRAINING)
    bigger, smaller = others(world, date.reserved_server)
    change(smaller, live_people=smaller.seats)
    assert placed_on(date) == bigger

    change(bigger, live_people=bigger.seats)

    placement = place(date)
    assert placement is not None
    assert placement.server_id == date.reserved_server_id
    assert "; there is nothing better; reserved on" in told(placement)

    change(date.reserved_server, state=ServerState.DISABLED)
    assert placed_on(date) in (bigger, smaller)


# Fallback


def test_the_fallback_pool_stands_in_when_no_server_has_the_seats(world: factories.World) -> None:
    date = book(world)
    spare = Pool.objects.create(name="Reserve")
    stand_in = factories.server(spare, "spare", seats=40)
    Pool.objects.filter(id=world.pool.id).update(fallback=spare)
    change(date.reserved_server, health=ServerHealth.DOWN)
    assert placed_on(date).pool == world.pool

    ConferenceServer.objects.filter(pool=world.pool).update(live_people=1000)

    placement = place(date)
    assert placement is not None
    assert placement.server_id == stand_in.id
    assert ", of the fallback pool Reserve;" in told(placement)


def test_the_nearer_fallback_is_taken_first_and_circles_end(world: factories.World) -> None:
    near, far = Pool.objects.create(name="Nah"), Pool.objects.create(name="Fern")
    Pool.objects.filter(id=world.pool.id).update(fallback=near)
    Pool.objects.filter(id=near.id).update(fallback=far)
    Pool.objects.filter(id=far.id).update(fallback=near)
    assert fallbacks_of(world.pool.id) == [near.id, far.id]
    date = book(world)
    ConferenceServer.objects.update(health=ServerHealth.DOWN)
    distant = factories.server(far, "distant", seats=900)
    assert placed_on(date) == distant

    close = factories.server(near, "close", seats=50)
    assert placed_on(date) == close


def test_in_a_fallback_pool_the_promise_stays_where_it_was_made(world: factories.World) -> None:
    date = book(world)
    spare = Pool.objects.create(name="Reserve")
    stand_in = factories.server(spare, "spare", seats=40)

    open_occurrence(date.id, server_id=stand_in.id)

    date.refresh_from_db()
    assert date.reserved_server_id != stand_in.id
    assert audit_invariants() == []
    # the next one that looks for a place sees it all the same
    again = book(world, hour=12)
    Pool.objects.filter(id=world.pool.id).update(fallback=spare)
    ConferenceServer.objects.filter(pool=world.pool).update(health=ServerHealth.DOWN)
    placement = place(again)
    assert placement is not None
    assert "10 of 40 seats free" in told(placement)


def placed_on(date: Occurrence) -> ConferenceServer:
    placement = place(date)
    assert placement is not None
    return ConferenceServer.objects.get(id=placement.server_id)


def reserve_elsewhere(world: factories.World, server: ConferenceServer, *, hour: float, seats: int) -> None:
    """Somebody else's date, on this server."""
    rest = ConferenceServer.objects.exclude(id=server.id)
    states = dict(rest.values_list("id", "state"))
    rest.update(state=ServerState.DISABLED)
    hall = factories.room(f"Halle {hour} {seats}", 300, world.im, world.pool, world.standard)
    request = wish(hour, seats=seats, room_id=hall.id)
    services.book(request, actor=factories.actor(world.anna))
    for server_id, state in states.items():
        ConferenceServer.objects.filter(id=server_id).update(state=state)


def with_lobby(world: factories.World) -> factories.World:
    world.standard.settings = {"lobby": {"value": True, "enforced": True}}
    world.standard.save()
    return world


def test_dates_placed_together_find_the_seats_taken_by_those_before(world: factories.World) -> None:
    """The same as one after the other, each written before the next is chosen for; but read once."""
    dates = [at_the_same_time(world, number, seats=60) for number in range(7)]
    down = {date.reserved_server_id for date in dates}
    change(ConferenceServer.objects.get(id=down.pop()), health=ServerHealth.DOWN)
    together = Survey(dates)
    chosen: list[Placement | None] = []
    with CaptureQueriesContext(connection) as asked:
        for date in dates:
            placement = place(date, survey=together)
            chosen.append(placement)
            if placement is not None and placement.fits:
                together.took(date, placement.server_id)
    assert len(asked) <= 5

    one_by_one = []
    for date in dates:
        placement = place(date)
        one_by_one.append(placement)
        if placement is not None and placement.fits:
            open_occurrence(date.id, server_id=placement.server_id)
    assert chosen == one_by_one
    assert len({placement.server_id for placement in chosen if placement}) > 1


def at_the_same_time(world: factories.World, number: int, *, seats: int) -> Occurrence:
    room = factories.room(f"Halle {number}", seats, world.im, world.pool, world.standard)
    booking = services.book(wish(10, seats=seats, room_id=room.id), actor=factories.actor(world.anna))
    dates = Occurrence.objects.select_related("room__room_class", "reserved_server")
    return dates.get(booking=booking)
