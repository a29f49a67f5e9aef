# SPDX-License-Identifier: EUPL-1.2
"""What is told of refused dates beside a booking: why they cannot be had now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.bookings.wishes import wish
from tests.factories import World, actor, world
from vconf.bookings.errors import SlotTaken
from vconf.bookings.models import Booking
from vconf.bookings.refusal_views import dates_left_out
from vconf.bookings.services import book, cancel

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> World:
    return world()


@pytest.fixture
def in_part(scene: World) -> Booking:
    """Of six dates the second to the fifth are somebody else's."""
    for day in range(1, 5):
        book(wish(10, day=day, room_id=scene.small.id), actor=actor(scene.bernd))
    asked = wish(10, room_id=scene.small.id, rrule="FREQ=DAILY;COUNT=6", partial=True)
    return book(asked, actor=actor(scene.anna))


def missing(booking: Booking) -> list[str]:
    return list(
        booking.occurrences.filter(state="refused")
        .order_by("starts_at")
        .values_list("recurrence_id", flat=True)
    )


def test_the_soonest_have_a_reason(in_part: Booking) -> None:
    found = dates_left_out(booking_id=in_part.id, now=timezone.now(), most=3)
    assert list(found) == missing(in_part)[:3]
    assert all(isinstance(refusal, SlotTaken) for refusal in found.values())


def test_one_that_is_free_by_now_has_none(scene: World, in_part: Booking) -> None:
    first = Booking.objects.filter(organiser=scene.bernd).order_by("starts_local")[0]
    cancel(first.id, actor=actor(scene.bernd))
    found = dates_left_out(in_part.id, now=timezone.now(), most=2)
    assert [refusal is None for refusal in found.values()] == [True, False]


def test_those_that_somebody_declined_take_no_place_of_others(in_part: Booking) -> None:
    declined, others = missing(in_part)[:2], missing(in_part)[2:]
    in_part.occurrences.filter(recurrence_id__in=declined).update(released_at=timezone.now())
    assert list(dates_left_out(in_part.id, now=timezone.now(), most=2)) == others


def test_what_is_over_or_called_off_is_not_spoken_of(scene: World, in_part: Booking) -> None:
    later = timezone.now() + timedelta(days=1000)
    assert dates_left_out(in_part.id, now=later, most=5) == {}
    cancel(in_part.id, actor=actor(scene.anna))
    assert dates_left_out(in_part.id, now=timezone.now(), most=5) == {}
