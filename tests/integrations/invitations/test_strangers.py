# SPDX-License-Identifier: EUPL-1.2
"""The organiser is told, once, that somebody answered who is not invited."""

from __future__ import annotations

import pytest

from tests.factories import world
from tests.integrations.invitations.letters import body
from tests.integrations.invitations.test_effects import Scene
from tests.smtp_sink import SmtpSink
from vconf.integrations.invitations.effects import organiser_alone
from vconf.integrations.invitations.strangers import send_notice

pytestmark = pytest.mark.django_db

ANNA = "anna@im.mv.example"


def test_the_organiser_is_told_once_and_not_of_those_invited_meanwhile(sink: SmtpSink) -> None:
    scene = Scene(world(), sink)
    booking = scene.book("bernd@im.mv.example")
    fact = {"booking_id": str(booking.id), "address": "Fremd@elsewhere.example"}
    assert organiser_alone(fact) == [ANNA]

    for _ in range(2):
        send_notice(fact, ANNA)
    send_notice({**fact, "address": "bernd@im.mv.example"}, ANNA)

    [mail] = sink.received
    assert mail.recipient == ANNA
    assert "Fremd@elsewhere.example" in body(mail.message, "text/plain")
