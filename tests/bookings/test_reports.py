# SPDX-License-Identifier: EUPL-1.2
"""What an authority uses, and where a lowered limit is exceeded by what is booked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.authorities.models import Quota
from vconf.bookings import ledger
from vconf.bookings.recurrence import to_instant
from vconf.bookings.reports import OverCommitted, pool_over_committed, quota_use, server_over_committed
from vconf.bookings.services import book
from vconf.rooms.models import ServerState

pytestmark = pytest.mark.django_db
AHEAD = timedelta(days=550)


def test_use_counts_everything_below(world):
    book(wish(10, hours=2, seats=20), actor=factories.actor(world.anna))
    book(wish(11, hours=2, seats=30), actor=factories.actor(world.dora))
    book(wish(11, hours=2, seats=3, room_id=world.shared.id, day=1), actor=factories.actor(world.clara))
    now = timezone.now()
    land, im, agency, fm = quota_use([world.land, world.im, world.agency, world.fm], now=now, ahead=AHEAD)
    assert [u.seats_peak for u in (land, im, agency, fm)] == [50, 50, 30, 3]
    assert [u.meetings_peak for u in (land, im, agency, fm)] == [2, 2, 1, 1]
    assert im.seats_peak_at == to_instant(at(11), "Europe/Berlin")
    assert im.seats_now == 0


def test_a_lowered_quota_lists_what_is_booked_beyond_it(world, django_assert_num_queries):
    book(wish(10, hours=2, seats=20), actor=factories.actor(world.anna))
    book(wish(11, hours=2, seats=30), actor=factories.actor(world.dora))
    planned = Quota(authority=world.im, concurrent_seats=40, seat_hours_per_month=99)
    with django_assert_num_queries(5):
        [use] = quota_use([world.im], now=timezone.now(), ahead=AHEAD, instead=planned)
    assert use.over_committed[0] == OverCommitted(
        to_instant(at(11), "Europe/Berlin"), to_instant(at(12), "Europe/Berlin"), "concurrent_seats", 40, 50
    )
    assert (use.over_committed[1].what, use.over_committed[1].limit, use.over_committed[1].in_use) == (
        "seat_hours_per_month",
        99,
        100.0,
    )
    assert not Quota.objects.exists()


def test_a_shrunk_server_lists_what_is_promised_beyond_it(world):
    booking = book(wish(10, seats=90, room_id=world.big.id), actor=factories.actor(world.anna))
    server = booking.occurrences.get().reserved_server
    now = timezone.now()
    assert server_over_committed(server, now=now, ahead=AHEAD) == []
    server.seats = 50
    assert [o.in_use for o in server_over_committed(server, now=now, ahead=AHEAD)] == [90]
    server.seats, server.state = 300, "draining"
    assert [o.limit for o in server_over_committed(server, now=now, ahead=AHEAD)] == [0]


def test_what_ended_early_is_not_promised_any_more(world):
    """Steps of the ledger before now count as one, the last of them."""
    now = timezone.now()
    server = world.servers[0]
    began, ended, later = (now - timedelta(minutes=minutes) for minutes in (30, 20, 10))
    until = now + timedelta(hours=1)
    ledger.write(
        [
            ledger.Entry((server.id,), began, ended, 90),
            ledger.Entry((server.id,), began, later, 40),
            ledger.Entry((server.id,), began, until, 5),
        ]
    )

    server.state = ServerState.DRAINING
    over = server_over_committed(server, now=now, ahead=AHEAD)
    assert [(o.starts_at, o.ends_at, o.in_use) for o in over] == [(now, until, 5)]
    server.state, server.seats = ServerState.ENABLED, 5
    assert server_over_committed(server, now=now, ahead=AHEAD) == []


def test_a_pool_with_a_server_in_reserve_lists_what_is_promised_beyond_it(world):
    for hall in [factories.room(f"Halle {n}", 200, world.im, world.pool, world.standard) for n in range(2)]:
        book(wish(10, seats=200, room_id=hall.id), actor=factories.actor(world.anna))
    now = timezone.now()
    world.pool.n_plus_one = True
    two, three = to_instant(at(10), "Europe/Berlin"), to_instant(at(11), "Europe/Berlin")

    # of two servers with 300 seats one may be lost
    assert pool_over_committed(world.pool, now=now, ahead=AHEAD) == [
        OverCommitted(two, three, "seats", 300, 400)
    ]

    third = factories.server(world.pool, seats=250)
    assert pool_over_committed(world.pool, now=now, ahead=AHEAD) == []

    # servers out of use carry nothing and are not the one that may be lost
    third.state = "draining"
    third.save()
    assert [o.limit for o in pool_over_committed(world.pool, now=now, ahead=AHEAD)] == [300]
    type(third).objects.exclude(id=third.id).update(state="disabled")
    assert [o.limit for o in pool_over_committed(world.pool, now=now, ahead=AHEAD)] == [0]

    world.pool.n_plus_one = False
    assert pool_over_committed(world.pool, now=now, ahead=AHEAD) == []
