# SPDX-License-Identifier: EUPL-1.2
"""A server is taken out of use: what is planned on it moves, what fits nowhere is named before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.bookings.wishes import at, wish
from tests.threads import at_once
from vconf.audit.models import AuditEntry
from vconf.bookings import draining
from vconf.bookings.draining import drain, enable, note_drained, preview_drain, settle
from vconf.bookings.errors import NoCapacity
from vconf.bookings.invariants import audit_invariants
from vconf.bookings.meetings import end_occurrence, meeting_provisioned, open_occurrence
from vconf.bookings.models import Occurrence
from vconf.bookings.recurrence import to_instant
from vconf.bookings.services import book, cancel
from vconf.errors import Forbidden, NotFound, Refusal
from vconf.outbox.models import Message
from vconf.rooms.models import ConferenceServer, ServerEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def operator(world):
    return factories.actor(world.operator)


def a_world(*, servers=(300, 200, 100)):
    """With as many unnamed rooms as are needed."""
    world = factories.world(servers=servers)
    factories.room("Vorrat", 300, world.land, world.pool, world.standard, open_to_all=True, is_stock=True)
    return world


def date_of(booking):
    return booking.occurrences.get()


def instant(hour, day=0):
    return to_instant(at(hour, day=day), "Europe/Berlin")


def book_on(server, anna, hour=10, seats=30, **fields):
    """A date that is reserved on this server, because no other takes any just then."""
    others = ConferenceServer.objects.filter(state="enabled").exclude(id=server.id)
    taken = list(others.values_list("id", flat=True))
    others.update(state="draining")
    try:
        return date_of(book(wish(hour, seats=seats, **fields), actor=anna))
    finally:
        ConferenceServer.objects.filter(id__in=taken).update(state="enabled")


def reserved_on(date):
    date.refresh_from_db()
    return date.reserved_server_id


def test_planned_dates_move_at_once(world, anna, operator):
    large, middle, small = world.servers
    dates = [book_on(large, anna, hour, seats=60) for hour in (10, 10.5)]

    plan = drain(large.id, actor=operator)

    assert (plan.moves, plan.stays, plan.live, plan.empty_at) == (2, (), 0, None)
    assert {reserved_on(date) for date in dates} == {middle.id, small.id}
    assert audit_invariants() == []
    large.refresh_from_db()
    assert large.state == "draining"
    entry = AuditEntry.objects.get(action="server.drain")
    assert entry.numbers == {"moved": 2, "left": 0, "live": 0}


def test_what_fits_nowhere_else_is_named_before_and_stays(world, anna, operator):
    large, middle, _small = world.servers
    hall = factories.room("Halle", 250, world.im, world.pool, world.standard)
    there = book_on(large, anna, 9, seats=250, room_id=hall.id)
    late = book_on(large, anna, 15, seats=120)
    book_on(middle, anna, 15, seats=100)

    plan = preview_drain(large.id, timezone.now())

    assert [(d.occurrence_id, d.room_name, d.starts_at, d.seats, d.why) for d in plan.stays] == [
        (there.id, "Halle", instant(9), 250, "too_large"),
        (late.id, late.room.name, instant(15), 120, "no_seats"),
    ]
    assert (plan.moves, plan.empty_at) == (0, instant(16))
    assert drain(large.id, actor=operator) == plan
    assert reserved_on(there) == reserved_on(late) == large.id
    # more than such a server takes, which is nothing; and by decision
    assert [finding for finding in audit_invariants() if finding.violation] == []


def test_what_cannot_move_does_not_keep_others_from_moving(world, anna, operator):
    large, _middle, small = world.servers
    stays = book_on(large, anna, 10, seats=250)
    moves = book_on(large, anna, 10, seats=50)

    plan = drain(large.id, actor=operator)

    assert ([d.occurrence_id for d in plan.stays], plan.moves) == ([stays.id], 1)
    assert reserved_on(moves) == small.id


def test_meetings_that_run_stay_until_they_are_over(world, anna, operator):
    large = world.servers[0]
    runs, waits = book_on(large, anna, 10, seats=60), book_on(large, anna, 12, seats=60)
    meeting = open_occurrence(runs.id)
    meeting_provisioned(meeting.id, incarnation="1")

    plan = drain(large.id, actor=operator)

    assert (plan.moves, plan.live, plan.stays, plan.empty_at) == (1, 1, (), instant(11))
    assert reserved_on(runs) == large.id
    assert reserved_on(waits) != large.id
    assert audit_invariants() == []


def test_nothing_new_is_promised_there_until_it_is_enabled_again(world, anna, operator):
    large, _middle, _small = world.servers
    drain(large.id, actor=operator)
    with pytest.raises(NoCapacity):
        book(wish(seats=201), actor=anna)

    enable(large.id, actor=operator)

    assert date_of(book(wish(seats=201), actor=anna)).reserved_server_id == large.id


def test_a_disabled_server_is_drained_at_once(world, anna, operator):
    large = world.servers[0]
    date = book_on(large, anna)

    assert drain(large.id, actor=operator, disable=True).moves == 1

    assert reserved_on(date) != large.id
    large.refresh_from_db()
    assert large.state == "disabled"


def test_dates_that_are_over_or_on_other_servers_do_not_count(world, anna, operator):
    large, _middle, small = world.servers
    other = book_on(small, anna)
    cancel(book_on(large, anna).booking_id, actor=anna)

    assert drain(large.id, actor=operator).moves == 0

    assert reserved_on(other) == small.id


def test_a_date_that_others_wait_for_approval_of_moves_too(world, anna, operator):
    world.standard.settings = {"approval": {"value": "always", "enforced": True}}
    world.standard.save()
    large = world.servers[0]
    date = book_on(large, anna, room_id=world.big.id)
    assert date.state == "pending"

    assert drain(large.id, actor=operator).moves == 1
    assert audit_invariants() == []


@pytest.mark.parametrize("name", ["anna", "admin", "auditor"])
def test_only_operators_drain(world, name):
    with pytest.raises(Forbidden):
        drain(world.servers[0].id, actor=factories.actor(getattr(world, name)))


def test_a_server_that_is_not_there(operator, world):
    with pytest.raises(NotFound):
        drain(world.pool.id, actor=operator)


# What stayed is tried again


def test_a_new_server_takes_what_fitted_nowhere(world, anna, operator):
    large = world.servers[0]
    date = book_on(large, anna, seats=250)
    drain(large.id, actor=operator)
    assert settle(timezone.now()) == 0
    new = factories.server(world.pool, "new", seats=260)

    assert settle(timezone.now()) == 1

    assert reserved_on(date) == new.id
    assert audit_invariants() == []
    assert preview_drain(large.id, timezone.now()).empty_at is None


def test_a_server_that_is_enabled_takes_what_fitted_nowhere(world, anna, operator):
    large, middle, _small = world.servers
    drain(large.id, actor=operator)
    date = book_on(middle, anna, seats=150)
    drain(middle.id, actor=operator)
    assert reserved_on(date) == middle.id

    enable(large.id, actor=operator)

    assert reserved_on(date) == large.id
    assert AuditEntry.objects.get(action="server.settle").numbers == {"moved": 1}
    assert audit_invariants() == []


def test_what_is_cancelled_makes_room_for_what_stayed(world, anna, operator):
    large, middle, _small = world.servers
    there = book_on(middle, anna, seats=150)
    date = book_on(large, anna, seats=120)
    drain(large.id, actor=operator)
    assert settle(timezone.now()) == 0

    cancel(there.booking_id, actor=anna)

    assert settle(timezone.now()) == 1
    assert reserved_on(date) == middle.id


def test_dates_that_stay_keep_none_of_those_after_them_from_settling(world, anna, operator, monkeypatch):
    """However many of them there are: each pass comes to the last."""
    monkeypatch.setattr(draining, "SETTLED_AT_ONCE", 2)
    large = world.servers[0]
    stuck = [book_on(large, anna, hour=8 + n, seats=250) for n in range(3)]
    late = [book_on(large, anna, hour=13 + n, seats=210) for n in range(3)]
    drain(large.id, actor=operator)
    new = factories.server(world.pool, "new", seats=220)

    assert settle(timezone.now()) == 3

    assert {reserved_on(date) for date in late} == {new.id}
    assert {reserved_on(date) for date in stuck} == {large.id}
    assert audit_invariants() == []


def test_a_date_whose_end_has_come_is_left_to_the_clock_that_closes_it(world, anna):
    date = book_on(world.servers[0], anna, 9, 60)

    assert preview_drain(world.servers[0].id, date.ends_at - timedelta(seconds=1)).moves == 1
    assert preview_drain(world.servers[0].id, date.ends_at).moves == 0


def test_where_nothing_is_out_of_use_settling_asks_once(world, anna, django_assert_num_queries):
    book_on(world.servers[0], anna)
    with django_assert_num_queries(1):
        assert settle(timezone.now()) == 0


# When it is empty


def events(server):
    kinds = ServerEvent.objects.filter(server=server, kind="drained")
    return list(kinds.order_by("id").values_list("kind", "code"))


def test_it_is_told_once_when_the_last_meeting_is_over(world, anna, operator):
    large = world.servers[0]
    date = book_on(large, anna, 10)
    open_occurrence(date.id)
    drain(large.id, actor=operator)
    now = timezone.now()
    assert note_drained(now) == 0
    facts = Message.objects.filter(fact="ServerChanged").count()

    end_occurrence(date.id, actor=anna)

    assert note_drained(now) == 1
    assert note_drained(now) == 0
    assert events(large) == [("drained", "draining")]
    assert Message.objects.filter(fact="ServerChanged").count() == facts + 1


def test_it_is_told_anew_when_it_is_drained_another_time(world, operator):
    large = world.servers[0]
    for _ in range(2):
        drain(large.id, actor=operator)
        assert note_drained(timezone.now()) == 1
        enable(large.id, actor=operator)
    assert len(events(large)) == 2


def test_a_server_with_dates_that_stayed_is_not_empty(world, anna, operator):
    large = world.servers[0]
    book_on(large, anna, seats=250)
    drain(large.id, actor=operator)
    assert note_drained(timezone.now()) == 0


# Thousands


def test_two_thousand_dates_in_a_bounded_number_of_statements(world, anna, operator):
    large = world.servers[0]
    ConferenceServer.objects.exclude(id=large.id).update(state="draining")
    for hour in (8, 9, 10, 11):
        book(wish(hour, day=-390, seats=60, rrule="FREQ=DAILY;COUNT=500"), actor=anna)
    ConferenceServer.objects.update(state="enabled")

    with CaptureQueriesContext(connection) as queries:
        plan = drain(large.id, actor=operator)

    assert (plan.moves, plan.stays) == (2000, ())
    assert len(queries) < 60
    assert audit_invariants() == []


# Whatever is booked


dates = st.lists(
    st.tuples(
        st.integers(8, 10),
        st.sampled_from([0.5, 1, 2]),
        st.sampled_from([3, 10, 20, 25, 45]),
        st.sampled_from([0, 0, 1, 2]),
    ),
    min_size=4,
    max_size=14,
)


@pytest.mark.long
@settings(max_examples=30, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(
    dates=dates,
    meetings=st.sampled_from([None, 2]),
    opened=st.integers(3, 14),
    chosen=st.sampled_from([0, 0, 1, 2]),
)
def test_after_draining_no_server_carries_more_than_it_can(
    world_of_small_servers, dates, meetings, opened, chosen
):
    world = world_of_small_servers
    anna, operator = factories.actor(world.anna), factories.actor(world.operator)
    with undone():
        ConferenceServer.objects.filter(id=world.servers[1].id).update(meetings=meetings)
        booked = []
        for hour, hours, seats, which in dates:
            with suppress(Refusal):
                booked.append(book_on(world.servers[which], anna, hour, seats, hours=hours))
        for date in booked[opened:]:
            open_occurrence(date.id)
        before = {date.id: reserved_on(date) for date in booked}
        server = world.servers[chosen]
        expected = preview_drain(server.id, timezone.now())

        plan = drain(server.id, actor=operator)

        assert plan == expected
        assert audit_invariants() == []
        stays = {date.occurrence_id: date for date in plan.stays}
        running = {date.id for date in booked[opened:]}
        moved = 0
        for date in booked:
            after = reserved_on(date)
            if before[date.id] != server.id or date.id in running or date.id in stays:
                assert after == before[date.id]
            else:
                assert after != server.id
                moved += 1
        assert moved == plan.moves
        for one in plan.stays:
            assert nobody_takes(one, without=server)


def nobody_takes(one, without) -> bool:
    """By the dates themselves: no other server has the seats and the meetings left at every instant."""
    for server in ConferenceServer.objects.exclude(id=without.id):
        there = [
            o
            for o in Occurrence.objects.filter(reserved_server=server, state__in=("confirmed", "opening"))
            if o.starts_at < one.ends_at and one.starts_at < o.ends_at
        ]
        instants = {one.starts_at, *(o.starts_at for o in there if o.starts_at > one.starts_at)}
        at_once = [[o for o in there if o.starts_at <= moment < o.ends_at] for moment in instants]
        has_seats = all(sum(o.seats for o in some) + one.seats <= server.seats for some in at_once)
        has_meetings = server.meetings is None or all(len(some) < server.meetings for some in at_once)
        if has_seats and has_meetings:
            return False
    return True


@pytest.fixture
def world_of_small_servers():
    return a_world(servers=(60, 50, 40))


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# While others book


@pytest.mark.django_db(transaction=True)
def test_bookings_and_openings_while_servers_are_drained_and_enabled():
    world = a_world(servers=(120, 90, 90))
    anna, operator = factories.actor(world.anna), factories.actor(world.operator)

    def work(number):
        dice = random.Random(number)
        if number == 0:
            for _ in range(6):
                server = dice.choice(world.servers)
                drain(server.id, actor=operator)
                settle(timezone.now())
                enable(server.id, actor=operator)
            return
        for _ in range(12):
            with suppress(Refusal):
                date = date_of(book(wish(9 + dice.randrange(4), seats=dice.choice([5, 20, 50])), actor=anna))
                match dice.randrange(4):
                    case 0:
                        cancel(date.booking_id, actor=anna)
                    case 1:
                        open_occurrence(date.id)

    at_once(6, work)

    assert [finding for finding in audit_invariants() if finding.violation] == []
    assert Occurrence.objects.filter(state="confirmed").count() > 5


@pytest.mark.django_db(transaction=True)
def test_a_date_that_opens_while_its_server_is_drained_is_on_one_of_both():
    """The one who locks the date first decides; either way ledger and reservation agree."""
    world = a_world()
    anna, operator = factories.actor(world.anna), factories.actor(world.operator)
    opened = [book_on(world.servers[0], anna, 8 + n / 4, hours=0.25, seats=60) for n in range(8)]

    def work(number):
        if number == 0:
            drain(world.servers[0].id, actor=operator)
        else:
            open_occurrence(opened[number - 1].id)

    at_once(9, work)

    assert [finding for finding in audit_invariants() if finding.violation] == []
    assert Occurrence.objects.filter(state="opening").count() == 8
