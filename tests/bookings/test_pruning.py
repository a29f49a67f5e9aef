# SPDX-License-Identifier: EUPL-1.2
"""Idempotency keys are kept as long as somebody may still repeat a request, not for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.bookings.wishes import wish
from vconf.bookings import pruning
from vconf.bookings.models import Booking, IdempotencyKey
from vconf.bookings.services import book

pytestmark = pytest.mark.django_db


def test_old_keys_are_forgotten_and_their_bookings_stay(world, monkeypatch):
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    anna = factories.actor(world.anna)
    for hour in range(9, 15):
        book(wish(hour, idempotency_key=f"key {hour}"), actor=anna)
    now = timezone.now()
    IdempotencyKey.objects.exclude(key="key 14").update(created_at=now - timedelta(days=8))

    assert pruning.prune_keys(before=now - timedelta(days=7)) == 5
    assert [one.key for one in IdempotencyKey.objects.all()] == ["key 14"]
    assert Booking.objects.count() == 6


def test_a_repeat_within_the_time_still_gets_the_first_booking(world):
    anna = factories.actor(world.anna)
    first = book(wish(9, idempotency_key="once"), actor=anna)

    assert pruning.prune_keys(before=timezone.now() - timedelta(days=7)) == 0
    assert book(wish(9, idempotency_key="once"), actor=anna) == first
