# SPDX-License-Identifier: EUPL-1.2
"""Four weeks before a series without end runs out, its organiser is told, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.bookings.wishes import wish
from vconf.bookings.clock import pass_time
from vconf.bookings.models import Booking
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, cancel, change
from vconf.outbox.models import Message

pytestmark = pytest.mark.django_db

MONTH = timedelta(weeks=4)


@pytest.fixture
def endless():
    world = factories.world()
    return book(wish(room_id=world.big.id, seats=5, rrule="FREQ=WEEKLY"), actor=factories.actor(world.anna))


def reminders():
    return Message.objects.filter(fact="SeriesEnding").count()


def test_it_is_told_once_when_it_is_time(endless):
    assert endless.promised_until is not None
    pass_time(endless.promised_until - MONTH - timedelta(seconds=1))
    assert reminders() == 0

    due = endless.promised_until - MONTH
    pass_time(due)
    pass_time(due + timedelta(seconds=1))

    fact = Message.objects.get(fact="SeriesEnding")
    assert fact.payload == {
        "booking_id": str(endless.id),
        "promised_until": endless.promised_until.isoformat(),
    }
    assert Booking.objects.get(id=endless.id).reminded_at == due


def test_cancelled_or_over_there_is_nothing_to_tell(endless):
    cancel(endless.id, actor=factories.actor(endless.organiser))
    pass_time(endless.promised_until - MONTH)
    assert reminders() == 0


def test_moved_on_it_is_told_again(endless):
    pass_time(endless.promised_until - MONTH)
    later = endless.starts_local
    change(
        endless.id,
        ChangeRequest(starts_local=type(endless.promised_until).fromisoformat(later) + timedelta(hours=2)),
        actor=factories.actor(endless.organiser),
    )
    booking = Booking.objects.get(id=endless.id)
    assert booking.promised_until == endless.promised_until + timedelta(hours=2)
    pass_time(booking.promised_until - MONTH)
    assert reminders() == 2
