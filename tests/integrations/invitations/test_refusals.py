# SPDX-License-Identifier: EUPL-1.2
"""What the organiser is told about a wish that was refused, and about held dates: over a real mail server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.bookings.wishes import at, wish
from tests.factories import actor, world
from tests.integrations.invitations.letters import body
from tests.smtp_sink import SmtpSink
from vconf.authorities.models import Person
from vconf.bookings.clock import pass_time
from vconf.bookings.models import Booking
from vconf.bookings.replacing import keep_old_times, replace_booking
from vconf.bookings.services import book, cancel
from vconf.outbox.deliver import deliver_due
from vconf.reactions import REACTIONS, TELL_REFUSAL

pytestmark = pytest.mark.django_db


class Scene:
    """Bernd has the big room at ten; Anna wants it."""

    def __init__(self, sink: SmtpSink) -> None:
        self.world = world()
        self.sink = sink
        self.seen = self.rounds = 0
        self.anna = actor(self.world.anna)
        self.taken = book(wish(10, room_id=self.world.big.id), actor=actor(self.world.bernd))
        self.asked = wish(10, room_id=self.world.big.id, invite="g@x.example", store_refused=True)

    def mails(self) -> list[EmailMessage]:
        """New ones, which all go to Anna."""
        self.rounds += 1
        now = timezone.now() + self.rounds * timedelta(seconds=1)
        deliver_due(REACTIONS, limit=1000, now=now, only={TELL_REFUSAL.name})
        new = self.sink.received[self.seen :]
        self.seen = len(self.sink.received)
        assert {one.recipient for one in new} <= {self.world.anna.email}
        return [one.message for one in new]

    def held(self) -> Booking:
        booking = book(replace(self.asked, starts_local=at(14)), actor=self.anna)
        return replace_booking(booking.id, self.asked, actor=self.anna, store_refused=True)


@pytest.fixture
def scene(sink: SmtpSink) -> Scene:
    return Scene(sink)


def test_what_is_not_booked_says_why_and_what_can_be_had(scene: Scene) -> None:
    booking = book(scene.asked, actor=scene.anna)

    [mail] = scene.mails()

    assert mail["Subject"] == "Nicht gebucht: Lagebesprechung"
    assert not [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    text = body(mail, "text/plain")
    assert "Der Raum ist zu dieser Zeit belegt." in text
    assert "10:00–11:00" in text
    assert "Beratung" in text
    assert f"/bookings/{booking.id}" in text
    assert scene.mails() == []


def test_in_the_language_of_the_organiser(scene: Scene) -> None:
    Person.objects.filter(id=scene.world.anna.id).update(language="en")
    book(scene.asked, actor=scene.anna)

    [mail] = scene.mails()

    assert mail["Subject"] == "Not booked: Lagebesprechung"
    assert "The room is taken at that time." in body(mail, "text/html")


def test_what_is_not_changed_says_until_when_the_old_time_is_kept(scene: Scene) -> None:
    scene.held()

    [mail] = scene.mails()

    assert mail["Subject"] == "Nicht geändert: Lagebesprechung"
    text = body(mail, "text/plain")
    assert "10:00–11:00" in text
    assert "14:00–15:00" in text
    assert " für Sie vorgemerkt " in text


def test_once_somebody_has_decided_there_is_nothing_to_tell(scene: Scene) -> None:
    keep_old_times(scene.held().id, actor=scene.anna)
    cancel(book(scene.asked, actor=scene.anna).id, actor=scene.anna)

    assert scene.mails() == []


def test_what_was_given_up_is_told(scene: Scene) -> None:
    scene.held()
    scene.mails()

    pass_time(timezone.now() + timedelta(hours=25))

    [mail] = scene.mails()
    assert mail["Subject"] == "Freigegeben: Lagebesprechung"
    assert "14:00–15:00" in body(mail, "text/plain")
