# SPDX-License-Identifier: EUPL-1.2
"""What is read in one statement under the locks says what its tables say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from vconf.authorities.selectors import path_of
from vconf.bookings import allotment, ledger, standing
from vconf.rooms.models import ServerState

pytestmark = pytest.mark.django_db

MORNING = datetime(2027, 3, 1, 9, tzinfo=UTC)
#: two on one day, and one across midnight into another month
TIMES = [
    (MORNING, MORNING + timedelta(hours=1)),
    (MORNING + timedelta(hours=5), MORNING + timedelta(hours=6)),
    (datetime(2027, 3, 31, 21, tzinfo=UTC), datetime(2027, 4, 1, 1, tzinfo=UTC)),
]


@pytest.fixture
def scene():
    """Something reserved on every server, on pool and path; quotas of the ministry and of the Land's spring."""
    world = factories.world()
    factories.quota(world.im, seats=100, meetings=7, seat_hours=500)
    factories.quota(world.land, seats=40, valid_from=date(2027, 3, 1), valid_until=date(2027, 3, 15))
    path = path_of(world.agency.id)
    servers = allotment.servers_taking(world.pool.id)
    for number, server in enumerate(servers):
        accounts = (server.id, world.pool.id, *(one.id for one in path))
        for begins, ends in TIMES:
            ledger.write(
                [
                    ledger.Entry(
                        accounts, begins - timedelta(hours=2), ends - timedelta(minutes=30 * number), 9
                    )
                ]
            )
    ledger.write_monthly([one.id for one in path], {date(2027, 3, 1): 600, date(2027, 5, 1): 1})
    return world, path


def test_servers_come_with_their_size(scene):
    world, path = scene
    closed = factories.server(world.pool, "closed", state=ServerState.DRAINING)
    factories.server(factories.pool("Other"), "elsewhere")

    found = standing.read([world.pool], path, TIMES).servers

    told = [(one.id, one.pool_id, one.seats, one.meetings) for one in found]
    assert told == [
        (one.id, one.pool_id, one.seats, one.meetings) for one in allotment.servers_taking(world.pool.id)
    ]
    assert closed.id not in {one.id for one in found}


def test_quotas_hold_on_their_days(scene):
    world, path = scene
    limits = standing.read([world.pool], path, TIMES).limits

    of_im = limits.on(world.im.id, date(2027, 3, 1))
    assert of_im is not None
    assert (of_im.concurrent_seats, of_im.concurrent_meetings, of_im.seat_hours_per_month) == (100, 7, 500)
    in_spring = limits.on(world.land.id, date(2027, 3, 15))
    assert in_spring is not None
    assert in_spring.concurrent_seats == 40
    assert limits.on(world.land.id, date(2027, 3, 1)) is not None
    assert limits.on(world.land.id, date(2027, 2, 28)) is limits.on(world.land.id, date(2027, 3, 16)) is None
    assert not limits.names(world.agency.id)


def test_levels_are_those_of_the_ledger(scene):
    world, path = scene
    found = standing.read([world.pool], path, TIMES)
    limited = [*(one.id for one in found.servers), world.im.id, world.land.id]
    everything = ledger.read_levels(limited, {day for one in TIMES for day in ledger.days_of(*one)})
    # what was carried into the second day is its opening, and stands in no other step
    carried_on = (datetime(2027, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, 0, 30, tzinfo=UTC))
    for account in limited:
        for begins, ends in [*TIMES, carried_on]:
            peak = found.levels.peak(account, begins, ends)
            assert peak == everything.peak(account, begins, ends)
            assert peak.seats > 0
            assert peak.meetings > 0


def test_accounts_that_limit_nothing_are_not_read(scene):
    world, path = scene
    assert world.agency in path
    assert standing.read([world.pool], path, TIMES).levels.peak(world.agency.id, *TIMES[0]).seats == 0


@pytest.mark.parametrize("in_reserve", [True, False])
def test_the_pool_is_read_if_it_keeps_a_server_in_reserve(scene, in_reserve):
    world, path = scene
    world.pool.n_plus_one = in_reserve
    world.pool.save()
    levels = standing.read([world.pool], path, TIMES).levels
    assert levels.peak(world.pool.id, *TIMES[0]).seats == (18 if in_reserve else 0)


def test_hours_are_read_where_they_are_limited(scene):
    world, path = scene
    used = standing.read([world.pool], path, TIMES).months_used
    assert used == {(world.im.id, date(2027, 3, 1)): 600}


def test_it_is_one_statement(scene):
    world, path = scene
    with CaptureQueriesContext(connection) as asked:
        standing.read([world.pool], path, TIMES)
    assert len(asked) == 1
