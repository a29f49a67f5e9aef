# SPDX-License-Identifier: EUPL-1.2
"""What is told of a counter-proposal, and to whom: over a real mail server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.bookings.wishes import at, wish
from tests.factories import actor, world
from tests.integrations.invitations.letters import body
from tests.smtp_sink import SmtpSink
from vconf.authorities.rights import Actor
from vconf.bookings.models import Proposal
from vconf.bookings.proposing import decline_proposal, propose, take_proposal
from vconf.bookings.recurrence import to_instant
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, change
from vconf.outbox.deliver import deliver_due
from vconf.reactions import REACTIONS, TELL_PROPOSAL

pytestmark = pytest.mark.django_db


class Scene:
    """Anna has invited Bernd and a guest for nine o'clock."""

    def __init__(self, sink: SmtpSink) -> None:
        self.world = world()
        self.sink = sink
        self.seen = self.rounds = 0
        self.anna, self.bernd = actor(self.world.anna), actor(self.world.bernd)
        invited = f"{self.world.bernd.email} gast@firma.example"
        self.booking = book(wish(9, room_id=self.world.big.id, invite=invited), actor=self.anna)

    def proposed(self, by: Actor, address: str, comment: str = "") -> Proposal:
        return propose(
            self.booking.id,
            address=address,
            starts_at=to_instant(at(11), "Europe/Berlin"),
            duration=timedelta(hours=1),
            comment=comment,
            actor=by,
            now=timezone.now(),
            source="mail" if by.is_system else "api",
        )

    def mails(self) -> list[tuple[str, str, str]]:
        """New ones: to whom, what about, and the words."""
        self.rounds += 1
        now = timezone.now() + self.rounds * timedelta(seconds=1)
        deliver_due(REACTIONS, limit=1000, now=now, only={TELL_PROPOSAL.name})
        new = self.sink.received[self.seen :]
        self.seen = len(self.sink.received)
        return [(one.recipient, one.message["Subject"], body(one.message, "text/plain")) for one in new]


@pytest.fixture
def scene(sink: SmtpSink) -> Scene:
    return Scene(sink)


def test_the_organiser_is_told_what_is_proposed_and_where_to_decide(scene: Scene) -> None:
    scene.proposed(scene.bernd, scene.world.bernd.email, "Vorher bin ich im Zug.")

    [(recipient, subject, text)] = scene.mails()

    assert recipient == scene.world.anna.email
    assert subject == "Andere Zeit vorgeschlagen: Lagebesprechung"
    assert "Bernd Buche schlägt eine andere Zeit vor" in text
    assert "Vorher bin ich im Zug." in text
    assert "09:00–10:00" in text
    assert "11:00–12:00" in text
    assert f"/bookings/{scene.booking.id}" in text
    assert scene.mails() == []


def test_who_proposed_is_told_that_the_time_stays(scene: Scene) -> None:
    made = scene.proposed(Actor.system("mail"), "gast@firma.example")
    scene.mails()

    decline_proposal(made.id, actor=scene.anna)

    [(recipient, subject, text)] = scene.mails()
    assert recipient == "gast@firma.example"
    assert subject == "Es bleibt beim Termin: Lagebesprechung"
    assert "/j/" not in text
    assert "/bookings/" not in text


def test_nobody_is_told_of_what_is_decided_or_no_longer_in_question(scene: Scene) -> None:
    scene.proposed(Actor.system("mail"), "gast@firma.example")
    change(scene.booking.id, ChangeRequest(starts_local=at(15)), actor=scene.anna)
    assert scene.mails() == []

    take_proposal(scene.proposed(scene.bernd, scene.world.bernd.email).id, actor=scene.anna)
    assert scene.mails() == []
