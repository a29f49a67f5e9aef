# SPDX-License-Identifier: EUPL-1.2
"""How much mail goes out: what is over a cap waits, comes as one mail, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.bookings.wishes import at
from tests.factories import actor, world
from tests.integrations.invitations.letters import body
from tests.integrations.invitations.test_effects import Scene
from tests.smtp_sink import SmtpSink
from vconf.bookings.models import Booking
from vconf.bookings.restoring import restore_booking
from vconf.bookings.services import cancel
from vconf.integrations.invitations import caps
from vconf.integrations.invitations.models import MailCount, SentMail

pytestmark = pytest.mark.django_db

BERND = "bernd@im.mv.example"


@pytest.fixture
def scene(sink: SmtpSink) -> Scene:
    return Scene(world(), sink)


def pass_window() -> None:
    """As if all mails had gone out an hour before."""
    for row in SentMail.objects.exclude(sent_at=None):
        assert row.sent_at is not None
        SentMail.objects.filter(pk=row.pk).update(sent_at=row.sent_at - timedelta(hours=1))


def to_bernd(sent: list[tuple[str, str, int]]) -> list[tuple[str, int]]:
    return [(method, sequence) for address, method, sequence in sent if address == BERND]


def test_changes_beyond_the_cap_come_in_one_mail_with_the_latest_state(
    scene: Scene, settings: Settings
) -> None:
    settings.VCONF_MAILS_ABOUT_BOOKING = 2
    booking = scene.book()
    scene.deliver()
    scene.change(booking, starts_local=at(11))
    assert to_bernd(scene.deliver()) == [("REQUEST", 1)]

    for hour in (12, 13, 14):
        scene.change(booking, starts_local=at(hour))
        assert to_bernd(scene.deliver()) == []

    pass_window()
    assert to_bernd(scene.deliver()) == [("REQUEST", 4)]
    assert "14:00" in str(scene.last(BERND)["Subject"])
    assert "Bisher: " in body(scene.last(BERND), "text/plain")


def test_cancelling_and_restoring_in_a_loop_ends_with_what_is_true(scene: Scene, settings: Settings) -> None:
    settings.VCONF_MAILS_ABOUT_BOOKING = 4
    booking = scene.book()
    scene.deliver()
    for _ in range(5):
        cancel(booking.id, actor=actor(scene.world.anna))
        scene.deliver()
        restore_booking(booking.id, actor=actor(scene.world.anna))
        scene.deliver()
    assert sum(one.recipient == BERND for one in scene.sink.received) == 4

    pass_window()
    assert to_bernd(scene.deliver()) == [("REQUEST", Booking.objects.get().sequence)]
    assert to_bernd(scene.deliver()) == []


@pytest.mark.parametrize(
    "cap", ["VCONF_MAILS_TO_ADDRESS", "VCONF_MAILS_OF_ORGANISER", "VCONF_MAILS_OF_AUTHORITY"]
)
def test_many_bookings_are_told_of_an_hour_later(scene: Scene, settings: Settings, cap: str) -> None:
    setattr(settings, cap, 2)
    for hour in range(4):
        scene.book(starts_local=at(8 + hour))
    first = scene.deliver()
    assert len(to_bernd(first)) <= 2
    assert len(first) <= 4

    seen = len(first)
    for _ in range(5):
        MailCount.objects.all().delete()
        seen += len(scene.deliver())
    assert seen == 8


def test_an_address_is_one_however_it_is_written(settings: Settings) -> None:
    settings.VCONF_MAILS_TO_ADDRESS = 1
    now = timezone.now()
    caps.count("Gast@Firma.example", organiser_id=None, authority_id=None, now=now)

    for address, waits in (("gast@firma.EXAMPLE", True), ("anders@firma.example", False)):
        left = caps.wait(address, booking_id=None, organiser_id=None, authority_id=None, now=now)
        assert (left is not None) is waits


def test_counts_are_forgotten(scene: Scene) -> None:
    scene.book()
    scene.deliver()
    assert MailCount.objects.count() == 4  # two addresses, the organiser, the authority

    caps.prune(before=timezone.now() + timedelta(hours=1))
    assert not MailCount.objects.exists()


def test_changes_in_a_row_make_one_mail(scene: Scene, settings: Settings) -> None:
    settings.VCONF_MAILS_GROUPED_SECONDS = 60
    booking = scene.book()
    assert to_bernd(scene.deliver()) == [("REQUEST", 0)]
    scene.change(booking, starts_local=at(12))
    scene.change(booking, starts_local=at(13))
    assert to_bernd(scene.deliver()) == []

    Booking.objects.update(changed_at=timezone.now() - timedelta(minutes=2))
    assert to_bernd(scene.deliver()) == [("REQUEST", 2)]


def test_a_cancellation_waits_for_nothing(scene: Scene, settings: Settings) -> None:
    settings.VCONF_MAILS_GROUPED_SECONDS = 60
    booking = scene.book()
    scene.deliver()
    cancel(booking.id, actor=actor(scene.world.anna))

    assert to_bernd(scene.deliver()) == [("CANCEL", 1)]
