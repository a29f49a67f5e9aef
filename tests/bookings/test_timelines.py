# SPDX-License-Identifier: EUPL-1.2
"""Levels over time, and many dates packed onto servers at once. No database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from vconf.bookings.allocation import Server
from vconf.bookings.timelines import Planned, Timeline, pack

A, B, GONE = (UUID(int=n) for n in (1, 2, 3))
MIDNIGHT = datetime(2027, 5, 4, tzinfo=UTC)

spans = st.tuples(st.integers(0, 12), st.integers(1, 6))


def hour(n: float) -> datetime:
    return MIDNIGHT + timedelta(hours=n)


def planned(n: int, seats: int, begins: float = 0, length: float = 1) -> Planned:
    return Planned(UUID(int=100 + n), UUID(int=9), GONE, hour(begins), hour(begins + length), seats)


def test_a_level_holds_until_the_next_one():
    line = Timeline([(hour(1), 10, 1), (hour(2), 30, 2), (hour(3), 0, 0)])
    assert line.peak(hour(0), hour(1)) == (0, 0)
    assert line.peak(hour(1.5), hour(2)) == (10, 1)
    assert line.peak(hour(1.5), hour(2.5)) == (30, 2)
    assert line.peak(hour(3), hour(9)) == (0, 0)


def test_of_several_levels_at_one_instant_the_last_counts():
    assert Timeline([(hour(1), 10, 1), (hour(1), 3, 1)]).peak(hour(0), hour(2)) == (3, 1)


@given(st.lists(st.tuples(spans, st.integers(1, 50)), max_size=8), spans)
def test_what_is_added_counts_exactly_while_it_lasts(added, asked):
    line = Timeline()
    for (begins, length), seats in added:
        line.add(hour(begins), hour(begins + length), seats)

    def at(n: int) -> tuple[int, int]:
        there = [seats for (begins, length), seats in added if begins <= n < begins + length]
        return sum(there), len(there)

    begins, length = asked
    instants = range(begins, begins + length)
    expected = max(at(n)[0] for n in instants), max(at(n)[1] for n in instants)
    assert line.peak(hour(begins), hour(begins + length)) == expected


@given(
    st.lists(st.tuples(spans, st.integers(1, 70)), max_size=12),
    st.lists(st.tuples(spans, st.integers(1, 30), st.sampled_from([A, B])), max_size=6),
)
def test_no_server_is_overfilled_and_what_is_left_fits_nowhere(wanted, there):
    servers = [Server(A, 60, meetings=3), Server(B, 40)]
    lines = {A: Timeline(), B: Timeline()}
    for (begins, length), seats, server_id in there:
        lines[server_id].add(hour(begins), hour(begins + length), seats)
    dates = [planned(n, seats, *span) for n, (span, seats) in enumerate(wanted)]

    packing = pack(dates, servers, lines)

    assert packing.places.keys() | packing.left.keys() == {date.id for date in dates}
    assert not packing.places.keys() & packing.left.keys()

    def load(server_id: UUID, moment: datetime) -> tuple[int, int]:
        """Seats and meetings at an instant, by the dates alone."""
        some = [seats for (b, n), seats, on in there if on == server_id and hour(b) <= moment < hour(b + n)]
        some += [
            date.seats
            for date in dates
            if packing.places.get(date.id) == server_id and date.starts_at <= moment < date.ends_at
        ]
        return sum(some), len(some)

    def takes(server: Server, date: Planned, more: int) -> bool:
        """Whether it has the seats and the meeting at every instant; more: the date is not there yet."""
        loads = [load(server.id, hour(n)) for n in range(24) if date.starts_at <= hour(n) < date.ends_at]
        return all(
            seats + more * date.seats <= server.seats and meetings + more <= (server.meetings or 999)
            for seats, meetings in loads
        )

    by_id = {server.id: server for server in servers}
    for date in dates:
        if date.id in packing.places:
            assert takes(by_id[packing.places[date.id]], date, 0)
        else:
            assert not any(takes(server, date, 1) for server in servers)


def test_the_largest_go_first_and_each_where_it_leaves_the_least():
    lines = {A: Timeline(), B: Timeline()}
    packing = pack([planned(1, 40), planned(2, 60)], [Server(A, 60), Server(B, 45)], lines)
    assert packing.places == {planned(2, 0).id: A, planned(1, 0).id: B}


def test_what_is_left_has_its_reason():
    full = Timeline([(hour(0), 60, 1)])
    assert pack([planned(1, 5)], [], {}).left == {planned(1, 0).id: "no_server"}
    assert pack([planned(1, 61)], [Server(A, 60)], {A: Timeline()}).left == {planned(1, 0).id: "too_large"}
    assert pack([planned(1, 5)], [Server(A, 60)], {A: full}).left == {planned(1, 0).id: "no_seats"}
    busy = Timeline([(hour(0), 3, 1)])
    assert pack([planned(1, 5)], [Server(A, 60, meetings=1)], {A: busy}).left == {
        planned(1, 0).id: "no_meetings"
    }
