# SPDX-License-Identifier: EUPL-1.2
"""Organisers invite rooms by mail."""

import pytest

from tests.bookings.wishes import at
from tests.factories import world
from tests.integrations.imip.post import ANNA, BERND, SMALL, Post, request
from vconf.bookings.models import Booking

pytestmark = pytest.mark.django_db


def test_an_invitation_books_the_room():
    scene = world()
    outcome = Post().bring(request(to=(BERND, SMALL, ANNA)))
    assert (outcome.state, outcome.code) == ("done", "")
    [booking] = Booking.objects.all()
    assert booking.room == scene.small
    assert (booking.uid, booking.organiser, booking.source) == ("m", scene.anna, "mail")
    assert booking.starts_local == at(10).isoformat()
    [bernd] = booking.attendees.all()
    assert bernd.address == BERND and bernd.told_by_client
