# SPDX-License-Identifier: EUPL-1.2
"""Which server takes a meeting: best fit, and moving others to make room. No database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from vconf.bookings.allocation import (
    MAX_MOVES,
    Move,
    Plan,
    Reservation,
    Server,
    best_fit,
    evenly,
    make_room,
    peak,
)

A, B, C = (UUID(int=n) for n in (1, 2, 3))
NINE = datetime(2027, 5, 4, 9, tzinfo=UTC)


def hour(n: float) -> datetime:
    return NINE + timedelta(hours=n)


def held(n: int, server: UUID, seats: int, begins: float = 0, ends: float = 1, movable: bool = True):
    return Reservation(UUID(int=100 + n), server, hour(begins), hour(ends), seats, movable)


def test_best_fit_keeps_large_gaps_whole():
    servers = [Server(A, 300, reserved_seats=0), Server(B, 300, reserved_seats=200)]
    assert best_fit(servers, 100) == B
    assert best_fit(servers, 101) == A


def test_best_fit_honours_the_number_of_meetings():
    servers = [Server(A, 300, meetings=2, reserved_meetings=2), Server(B, 300)]
    assert best_fit(servers, 10) == B


def test_best_fit_is_none_when_nothing_fits():
    assert best_fit([Server(A, 300, reserved_seats=250), Server(B, 300, reserved_seats=250)], 100) is None


def test_small_meetings_leave_large_servers_whole_as_long_as_others_stay_half_empty():
    servers = [Server(A, 100), Server(B, 300)]
    assert evenly(servers, 50) == A
    assert evenly([Server(A, 100, reserved_seats=50), Server(B, 300)], 10) == B


def test_beyond_half_the_least_full_by_its_size_is_taken():
    servers = [Server(A, 100, reserved_seats=50), Server(B, 300, reserved_seats=150), Server(C, 300)]
    assert evenly(servers, 160) == C
    assert evenly(servers[:2], 10) == B  # 53 of 100 rather than 60
    assert evenly([Server(A, 100), Server(B, 300, reserved_seats=160)], 90) == B


def test_a_server_with_all_its_meetings_gets_none_however_empty_it_is():
    servers = [Server(A, 300, meetings=1, reserved_meetings=1), Server(B, 100, reserved_seats=60)]
    assert evenly(servers, 10) == B


LOADS = st.builds(
    lambda n, seats, used, meetings, held: Server(UUID(int=n), seats, meetings, min(used, seats), held),
    st.integers(1, 6),
    st.integers(1, 400),
    st.integers(0, 400),
    st.none() | st.integers(0, 5),
    st.integers(0, 5),
)


@given(st.lists(LOADS, max_size=6, unique_by=lambda s: s.id), st.integers(1, 400))
def test_evenly_takes_exactly_what_best_fit_takes(servers, seats):
    chosen = evenly(servers, seats)

    assert (chosen is None) == (best_fit(servers, seats) is None)
    if chosen is not None:
        [server] = [s for s in servers if s.id == chosen]
        assert server.takes_a_meeting
        assert server.reserved_seats + seats <= server.seats
        others = [s for s in servers if s.takes_a_meeting and s.free_seats >= seats]
        fill = (server.reserved_seats + seats) / server.seats
        assert fill <= 0.5 or fill == min((s.reserved_seats + seats) / s.seats for s in others)


@given(st.lists(st.sampled_from([4, 6, 8, 10, 12, 14, 16]), min_size=20, max_size=400))
def test_a_wave_leaves_no_server_much_fuller_than_the_pool(sizes):
    """The fullest is at most half full, or no fuller than one and a half times the mean."""
    servers = filled([300, 400, 500, 1000, 1800], sizes)
    mean = sum(s.reserved_seats for s in servers) / sum(s.seats for s in servers)
    fullest = max(s.reserved_seats / s.seats for s in servers)
    assert fullest <= max(0.5, 1.5 * mean)


@given(st.lists(st.integers(10, 40), max_size=60), st.integers(1, 300))
def test_a_large_meeting_still_finds_a_hole_after_a_wave(sizes, large):
    """What best fit would have kept whole for it is made whole by moving others."""
    rooms = [300, 300, 300]
    sizes = sizes[: next((n for n in range(len(sizes)) if sum(sizes[: n + 1]) > 600 - 40), len(sizes))]
    packed = filled(rooms, sizes, best_fit)
    if best_fit(packed, large) is None:
        return
    places: list[UUID] = []
    servers = filled(rooms, sizes, evenly, places)
    reservations = [held(n, place, size) for n, (place, size) in enumerate(zip(places, sizes, strict=True))]

    plan = make_room(servers, reservations, starts_at=hour(0), ends_at=hour(1), seats=large)

    assert plan is not None
    assert len(plan.moves) <= MAX_MOVES
    assert_plan_keeps_every_server_within_its_seats(servers, reservations, plan, large)


def filled(rooms, sizes, choose=evenly, places=None):
    """Servers of so many seats after meetings of these sizes were reserved on them, as many as they take."""
    servers = [Server(UUID(int=n), seats) for n, seats in enumerate(rooms, start=1)]
    for size in sizes:
        chosen = choose(servers, size)
        if chosen is None:
            break
        if places is not None:
            places.append(chosen)
        servers = [
            replace(s, reserved_seats=s.reserved_seats + size, reserved_meetings=s.reserved_meetings + 1)
            if s.id == chosen
            else s
            for s in servers
        ]
    return servers


def test_one_move_makes_room():
    servers = [Server(A, 300), Server(B, 300)]
    reservations = [held(1, A, 100), held(2, A, 100), held(3, B, 100), held(4, B, 100)]
    plan = make_room(servers, reservations, starts_at=hour(0), ends_at=hour(1), seats=200)
    assert plan is not None
    assert len(plan.moves) == 1
    assert_plan_keeps_every_server_within_its_seats(servers, reservations, plan, 200)


def test_open_meetings_are_not_moved():
    servers = [Server(A, 300), Server(B, 300)]
    reservations = [held(n, server, 100, movable=False) for n, server in enumerate((A, A, B, B))]
    assert make_room(servers, reservations, starts_at=hour(0), ends_at=hour(1), seats=200) is None


def test_a_move_is_checked_over_the_whole_of_what_is_moved():
    # moving 1 to B would collide with 5 in the hour before, although B has room in the asked hour
    servers = [Server(A, 300), Server(B, 300)]
    reservations = [held(1, A, 200, begins=-1, ends=1), held(5, B, 200, begins=-1, ends=0)]
    assert make_room(servers, reservations, starts_at=hour(0), ends_at=hour(1), seats=300) == Plan(B)


def test_what_ends_makes_room_for_what_begins_at_the_same_instant():
    reservations = [held(1, A, 200, 0, 1), held(2, A, 200, 1, 2)]
    assert peak(reservations, A, hour(0), hour(2)) == (200, 1)


def test_two_moves_when_one_is_not_enough():
    servers = [Server(A, 300), Server(B, 300), Server(C, 300)]
    reservations = [held(1, A, 150), held(2, A, 150), held(3, B, 150), held(4, C, 150)]
    plan = make_room(servers, reservations, starts_at=hour(0), ends_at=hour(1), seats=300)
    assert plan is not None
    assert {move.reservation_id for move in plan.moves} in (
        {UUID(int=101), UUID(int=102)},
        {UUID(int=103)},
        {UUID(int=104)},
    )
    assert_plan_keeps_every_server_within_its_seats(servers, reservations, plan, 300)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([A, B, C]),
            st.integers(1, 150),
            st.integers(-4, 3),
            st.integers(1, 4),
            st.booleans(),
        ),
        max_size=14,
    ),
    st.integers(1, 300),
)
def test_no_plan_ever_overfills_a_server(raw, seats):
    servers = [Server(A, 300), Server(B, 300), Server(C, 200)]
    reservations: list[Reservation] = []
    for n, (server, size, begins, length, movable) in enumerate(raw):
        new = held(n, server, size, begins, begins + length, movable)
        if peak([*reservations, new], server, hour(-9), hour(9))[0] <= (200 if server == C else 300):
            reservations.append(new)

    plan = make_room(servers, reservations, starts_at=hour(0), ends_at=hour(2), seats=seats)

    if plan is not None:
        assert len(plan.moves) <= MAX_MOVES
        assert len({move.reservation_id for move in plan.moves}) == len(plan.moves)
        fixed = {r.id for r in reservations if not r.movable}
        assert not fixed & {move.reservation_id for move in plan.moves}
        assert_plan_keeps_every_server_within_its_seats(servers, reservations, plan, seats, length=2)
    else:
        # at least the direct way must have been impossible
        assert all(peak(reservations, s.id, hour(0), hour(2))[0] + seats > s.seats for s in servers)


def assert_plan_keeps_every_server_within_its_seats(servers, reservations, plan, seats, length=1):
    target = {move.reservation_id: move.server_id for move in plan.moves}
    after = [
        Reservation(r.id, target.get(r.id, r.server_id), r.starts_at, r.ends_at, r.seats, r.movable)
        for r in reservations
    ]
    after.append(held(99, plan.server_id, seats, 0, length))
    for server in servers:
        assert peak(after, server.id, hour(-24), hour(24))[0] <= server.seats
    assert all(isinstance(move, Move) for move in plan.moves)
