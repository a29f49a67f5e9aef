# SPDX-License-Identifier: EUPL-1.2
"""The database holds invariant 1 by itself, also against what no service would write."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tests.bookings.wishes import wish
from vconf.bookings.guards import is_overlap
from vconf.bookings.models import Occurrence
from vconf.bookings.services import book

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("begins_after", "fits"), [(31.9, False), (4, False), (32, True), (40, True)])
def test_the_longest_block_there_can_be_is_seen_from_its_end(world, begins_after, fits):
    anna = factories.actor(world.anna)
    longest = book(wish(10, room_id=world.small.id, seats=3), actor=anna).occurrences.get()
    other = book(wish(10, room_id=world.big.id, seats=3), actor=anna).occurrences.get()
    begin = longest.starts_at
    # a day, with the widest buffers on both sides
    Occurrence.objects.filter(id=longest.id).update(
        ends_at=begin + timedelta(hours=24),
        blocks_from=begin - timedelta(hours=4),
        blocks_until=begin + timedelta(hours=28),
    )
    later = begin + timedelta(hours=begins_after - 4)

    def move() -> None:
        with transaction.atomic():
            Occurrence.objects.filter(id=other.id).update(
                room=world.small,
                starts_at=later,
                ends_at=later + timedelta(hours=1),
                blocks_from=later,
                blocks_until=later + timedelta(hours=1),
            )

    if fits:
        move()
    else:
        with pytest.raises(IntegrityError) as refused:
            move()
        assert is_overlap(refused.value)
