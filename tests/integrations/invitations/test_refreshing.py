# SPDX-License-Identifier: EUPL-1.2
"""An invitation once more, for who has lost it: as it is now, and not over and over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from tests.bookings.wishes import at
from tests.factories import world
from tests.integrations.invitations.test_effects import Scene, told
from tests.smtp_sink import SmtpSink
from vconf.bookings.models import Booking
from vconf.integrations.invitations.models import SentMail
from vconf.integrations.invitations.refreshing import AGAIN_AFTER, send_again

pytestmark = pytest.mark.django_db

BERND = "bernd@im.mv.example"


@pytest.fixture
def scene(sink: SmtpSink) -> Scene:
    return Scene(world(), sink)


@pytest.fixture
def booking(scene: Scene) -> Booking:
    booking = scene.book(BERND)
    scene.deliver()
    return booking


def asked_again(booking: Booking, address: str = BERND, *, at_: int = 1) -> None:
    send_again({"booking_id": str(booking.id), "address": address, "asked_at": at_}, address)


def later(wait: timedelta = AGAIN_AFTER) -> None:
    """All that was sent was sent so much earlier."""
    SentMail.objects.update(sent_at=F("sent_at") - wait)


def test_it_comes_once_more_in_the_same_conversation(scene: Scene, booking: Booking) -> None:
    first = scene.last(BERND)
    later()

    asked_again(booking)

    again = scene.last(BERND)
    assert told(again) == ("REQUEST", 0)
    assert again["Message-ID"] != first["Message-ID"]
    assert again["References"] == first["Message-ID"]


def test_who_has_got_it_just_now_gets_none_however_often_they_ask(scene: Scene, booking: Booking) -> None:
    asked_again(booking)
    assert len(scene.sink.received) == 2

    later()
    for number in range(3):
        asked_again(booking, at_=number)

    assert len(scene.sink.received) == 3


def test_it_says_what_is_so_now(scene: Scene, booking: Booking) -> None:
    scene.change(booking, starts_local=at(14))
    scene.deliver()
    later()

    asked_again(booking)

    assert told(scene.last(BERND)) == ("REQUEST", 1)


def test_who_is_not_invited_any_more_gets_none(scene: Scene, booking: Booking) -> None:
    scene.change(booking, invite="")
    scene.deliver()
    later()
    before = len(scene.sink.received)

    asked_again(booking)
    asked_again(booking, "fremd@elsewhere.example")

    assert len(scene.sink.received) == before


def test_nor_does_anybody_for_what_is_called_off(scene: Scene, booking: Booking) -> None:
    scene.cancel(booking)
    scene.deliver()
    later()
    before = len(scene.sink.received)

    asked_again(booking)

    assert len(scene.sink.received) == before
