# SPDX-License-Identifier: EUPL-1.2
"""From an organiser's mail to the answer in their mailbox, and from our invitation to the answer on the board."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.bookings.wishes import wish
from tests.factories import actor, world
from tests.integrations.imip.post import ANNA, BERND, BIG, SMALL, Post, cancel, reply, request
from tests.integrations.imip.test_replies import event, method, partstat
from tests.smtp_sink import SmtpSink
from vconf.bookings.models import Attendee, Booking
from vconf.bookings.services import book
from vconf.integrations.imip.bounces import take_report
from vconf.integrations.imip.invitation_model import Invitation
from vconf.integrations.imip.shapes import ReadMail, Report
from vconf.outbox.deliver import deliver_due
from vconf.reactions import REACTIONS
from vconf.tasks import MAIL

pytestmark = pytest.mark.django_db


class Scene:
    """Anna's mailbox and the service, with a mail server in between."""

    def __init__(self, sink: SmtpSink) -> None:
        self.world = world()
        self.sink = sink
        self.post = Post()
        self.seen = self.rounds = 0

    def mails(self) -> list[tuple[str, EmailMessage]]:
        self.rounds += 1
        deliver_due(REACTIONS, limit=1000, now=timezone.now() + self.rounds * timedelta(hours=2), only=MAIL)
        new = self.sink.received[self.seen :]
        self.seen = len(self.sink.received)
        return [(one.recipient, one.message) for one in new]

    def answers(self) -> list[EmailMessage]:
        return [mail for recipient, mail in self.mails() if method(mail) == "REPLY" and recipient == ANNA]


@pytest.fixture
def scene(sink: SmtpSink, settings: Settings) -> Scene:
    settings.VCONF_MAIL_ANSWERS = "antwort@mv.example"
    settings.VCONF_MAIL_BOUNCES = "bounces@mv.example"
    return Scene(sink)


def test_whoever_invites_a_room_gets_its_answer_and_everybody_the_way_in(scene: Scene) -> None:
    scene.post.bring(request(to=(BERND, SMALL)))

    mails = scene.mails()
    (answer,) = [mail for _to, mail in mails if method(mail) == "REPLY"]
    assert partstat(answer) == "ACCEPTED"
    assert str(event(answer)["UID"]) == "m"
    assert event(answer)["ATTENDEE"] == f"mailto:{SMALL}"
    assert sorted(to for to, mail in mails if not method(mail)) == [ANNA, BERND]
    assert len(mails) == 3


def test_the_same_mail_ten_times_is_answered_once(scene: Scene) -> None:
    for _ in range(10):
        scene.post.bring(request())
    assert len(scene.answers()) == 1
    scene.post.bring(request())
    assert scene.answers() == []


def test_each_newer_version_is_answered(scene: Scene) -> None:
    scene.post.bring(request())
    scene.answers()
    scene.post.bring(request(hour=14, sequence=1, sent=5))

    (answer,) = scene.answers()
    assert (event(answer)["SEQUENCE"], partstat(answer)) == (1, "ACCEPTED")
    assert event(answer)["DTSTART"].dt == Booking.objects.get().occurrences.get().starts_at


def test_a_room_that_is_taken_says_no(scene: Scene) -> None:
    book(wish(10, room_id=scene.world.small.id), actor=actor(scene.world.bernd))
    scene.mails()
    scene.post.bring(request())

    mails = scene.mails()
    assert [(to, method(mail)) for to, mail in mails] == [(ANNA, "REPLY")]
    assert partstat(mails[0][1]) == "DECLINED"


def test_of_two_rooms_one_is_had_and_the_other_declines(scene: Scene) -> None:
    scene.post.bring(request(to=(SMALL, BIG)))

    said = {str(event(one)["ATTENDEE"]): partstat(one) for one in scene.answers()}
    assert said == {f"mailto:{SMALL}": "ACCEPTED", f"mailto:{BIG}": "DECLINED"}


def test_an_unknown_person_is_declined(scene: Scene) -> None:
    stranger = "fremd@elsewhere.example"
    scene.post.bring(request(by=stranger, organiser=stranger))

    ((to, answer),) = scene.mails()
    assert (to, partstat(answer)) == (stranger, "DECLINED")


def test_what_is_taken_back_is_not_answered(scene: Scene) -> None:
    scene.post.bring(request())
    scene.answers()
    scene.post.bring(cancel(sequence=1, sent=5))

    assert scene.mails() == []
    assert Booking.objects.get().cancelled_at is not None


def test_asked_again_after_it_was_taken_back_it_is_answered_again(scene: Scene) -> None:
    scene.post.bring(request())
    scene.answers()
    scene.post.bring(cancel(sequence=1, sent=5))
    scene.post.bring(request(sequence=2, sent=10))

    (answer,) = scene.answers()
    assert (event(answer)["SEQUENCE"], partstat(answer)) == (2, "ACCEPTED")
    assert Invitation.objects.get().cancelled is False


def test_who_is_invited_by_us_answers_to_the_booking(scene: Scene) -> None:
    booking = book(wish(10, room_id=scene.world.small.id, invite=BERND), actor=actor(scene.world.anna))
    invitation = next(mail for to, mail in scene.mails() if to == BERND)
    (part,) = [part for part in invitation.walk() if part.get_content_type() == "text/calendar"]
    organizer = next(
        line for line in part.get_content().replace("\r\n ", "").splitlines() if line.startswith("ORGANIZER")
    )
    address = organizer.rpartition("mailto:")[2]

    outcome = scene.post.bring(
        reply("ACCEPTED", uid=booking.uid, to=address, organiser="", sent=60 * 24 * 60)
    )

    assert (outcome.state, outcome.code) == ("done", "")
    assert Attendee.objects.get(address=BERND).partstat == "ACCEPTED"


def test_a_report_that_comes_back_is_shown(scene: Scene) -> None:
    book(wish(10, room_id=scene.world.small.id, invite=BERND), actor=actor(scene.world.anna))
    scene.mails()
    sender = next(one.sender for one in scene.sink.received if one.recipient == BERND)
    assert sender.startswith("bounces+")

    read = ReadMail(kind="dsn", dsn=[Report(BERND, "failed", "5.1.1", "550 nobody")])
    assert take_report(read, [sender], now=timezone.now()).state == "done"
    assert Attendee.objects.get(address=BERND).undeliverable == "5.1.1"
