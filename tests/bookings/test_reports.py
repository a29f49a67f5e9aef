# SPDX-License-Identifier: EUPL-1.2
"""What an authority uses, and where a lowered limit is exceeded by what is booked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import at, wish
from vconf.authorities.models import Quota
from vconf.bookings.recurrence import to_instant
from vconf.bookings.reports import OverCommitted, quota_use, server_over_committed
from vconf.bookings.services import book

pytestmark = pytest.mark.django_db
AHEAD = timedelta(days=550)


@pytest.fixture
def world():
    return factories.world()


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
