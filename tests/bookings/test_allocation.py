# SPDX-License-Identifier: EUPL-1.2
"""Which server takes a meeting: best fit, and moving others to make room. No database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from vconf.bookings.allocation import MAX_MOVES, Move, Plan, Reservation, Server, best_fit, make_room, peak

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
