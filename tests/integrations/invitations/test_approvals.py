# SPDX-License-Identifier: EUPL-1.2
"""Who is told what while a booking waits for approval, and after: over a real mail server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from tests.bookings.wishes import at, wish
from tests.factories import World, actor, room, room_class, world
from tests.integrations.invitations.letters import body
from tests.smtp_sink import SmtpSink
from vconf.authorities.models import Person
from vconf.bookings import approvals
from vconf.bookings.clock import pass_time
from vconf.bookings.models import Booking
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.series import change_occurrence
from vconf.bookings.services import book, cancel, change
from vconf.integrations.invitations.models import SentMail
from vconf.outbox.deliver import deliver_due
from vconf.outbox.models import Delivery, DeliveryState
from vconf.reactions import INVITE, REACTIONS, TELL_APPROVAL
from vconf.rooms.models import Approver, Room

pytestmark = pytest.mark.django_db

ANNA, ADMIN, BERND, CLARA = (
    "anna@im.mv.example",
    "admin@im.mv.example",
    "bernd@im.mv.example",
    "clara@fm.mv.example",
)


@dataclass
class Scene:
    """A situation centre about which Bernd and the ministry's admin decide, and what reaches people."""

    world: World
    centre: Room
    sink: SmtpSink
    seen: int = 0
    rounds: int = 0

    def book(self, **fields: Any) -> Booking:
        fields = {"room_id": self.centre.id, "seats": 20, "invite": CLARA, **fields}
        return book(wish(**fields), actor=actor(self.world.anna))

    def decide(self, booking: Booking, *, approve: bool = True, reason: str = "") -> None:
        request = booking.approvals.get(state="asked")
        approvals.decide(request.id, approve=approve, reason=reason, actor=actor(self.world.bernd))

    def deliver(self) -> list[tuple[str, str]]:
        """Deliver what is due; answers what is new: (recipient, method, or NOTICE without a calendar part)."""
        self.rounds += 1
        now = timezone.now() + self.rounds * timedelta(seconds=1)
        deliver_due(REACTIONS, limit=1000, now=now, only={INVITE.name, TELL_APPROVAL.name})
        new = self.sink.received[self.seen :]
        self.seen = len(self.sink.received)
        return sorted((one.recipient, method_of(one.message)) for one in new)

    def last(self, recipient: str) -> EmailMessage:
        return [one.message for one in self.sink.received if one.recipient == recipient][-1]

    def notice(self, recipient: str) -> EmailMessage:
        mails = [one.message for one in self.sink.received if one.recipient == recipient]
        return [mail for mail in mails if method_of(mail) == "NOTICE"][-1]


def method_of(message: EmailMessage) -> str:
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return str(parts[0].get_param("method")) if parts else "NOTICE"


@pytest.fixture
def scene(sink: SmtpSink) -> Scene:
    people = world()
    kind = room_class(people.im, "Vertraulich", approval="always", approval_hours=48)
    centre = room("Lagezentrum", 50, people.im, people.pool, kind)
    Approver.objects.create(room_class=kind, person=people.bernd)
    return Scene(people, centre, sink)


def test_those_who_decide_and_the_organiser_are_told_and_nobody_is_invited(scene: Scene) -> None:
    scene.book()

    assert scene.deliver() == [(ADMIN, "NOTICE"), (ANNA, "NOTICE"), (BERND, "NOTICE")]
    told = scene.last(BERND)
    text = body(told, "text/plain")
    assert told["Subject"] == "Wartet auf Ihre Genehmigung: Lagebesprechung"
    assert "/approvals" in text
    assert "Lagezentrum" in text
    assert "Anna Amsel, Ministerium für Inneres" in text
    assert "10:00–11:00" in text
    assert "Bitte entscheiden Sie bis " in text
    waits = body(scene.last(ANNA), "text/plain")
    assert "Ihre Videokonferenz wartet auf Genehmigung" in waits
    assert "/approvals" not in waits


def test_mails_speak_the_language_of_who_reads_them(scene: Scene) -> None:
    Person.objects.filter(id=scene.world.bernd.id).update(language="en")
    scene.book()
    scene.deliver()

    assert scene.last(BERND)["Subject"] == "Waits for your approval: Lagebesprechung"
    assert "To the requests" in body(scene.last(BERND), "text/html")
    assert scene.last(ADMIN)["Subject"] == "Wartet auf Ihre Genehmigung: Lagebesprechung"


def test_approved_the_invitations_go_out(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()

    scene.decide(booking, reason="Gern.")

    assert scene.deliver() == [(ANNA, "NOTICE"), (ANNA, "PUBLISH"), (CLARA, "REQUEST")]
    text = body(scene.notice(ANNA), "text/plain")
    assert "Bernd Buche hat die Buchung genehmigt." in text
    assert "Gern." in text
    assert scene.deliver() == []


def test_declined_the_organiser_is_told_why_and_nobody_else(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()

    scene.decide(booking, approve=False, reason="Der Stab tagt.\nBitte nehmen Sie den Saal.")

    assert scene.deliver() == [(ANNA, "NOTICE")]
    mail = scene.last(ANNA)
    assert mail["Subject"] == "Abgelehnt: Lagebesprechung"
    assert "Der Stab tagt.\nBitte nehmen Sie den Saal." in body(mail, "text/plain")
    assert "10:00–11:00" in body(mail, "text/plain")


def test_lapsed_the_organiser_is_told(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()

    pass_time(booking.approvals.get().lapses_at)

    assert scene.deliver() == [(ANNA, "NOTICE")]
    assert scene.last(ANNA)["Subject"] == "Verfallen: Lagebesprechung"


def test_decided_before_the_mails_went_out_there_is_nothing_to_decide(scene: Scene) -> None:
    booking = scene.book()
    scene.decide(booking)

    assert scene.deliver() == [(ANNA, "NOTICE"), (ANNA, "PUBLISH"), (CLARA, "REQUEST")]
    assert scene.notice(ANNA)["Subject"] == "Genehmigt: Lagebesprechung"


def test_cancelled_while_it_waits_only_the_organiser_hears_of_it(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()

    cancel(booking.id, actor=actor(scene.world.anna))

    assert scene.deliver() == [(ANNA, "PUBLISH")]
    assert scene.last(ANNA)["Subject"].startswith("Abgesagt: ")


def test_people_added_while_it_waits_are_invited_once_it_is_approved(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()
    people = (AttendeeRequest(address=CLARA), AttendeeRequest(address="gast@example.org"))
    change(booking.id, ChangeRequest(attendees=people), actor=actor(scene.world.anna))
    assert scene.deliver() == []

    scene.decide(booking)

    assert scene.deliver() == [
        (ANNA, "NOTICE"),
        (ANNA, "PUBLISH"),
        (CLARA, "REQUEST"),
        ("gast@example.org", "REQUEST"),
    ]


def test_a_new_time_is_told_to_those_invited_once_it_is_approved(scene: Scene) -> None:
    booking = scene.book()
    scene.decide(booking)
    scene.deliver()

    change(booking.id, ChangeRequest(starts_local=at(14)), actor=actor(scene.world.anna))
    assert scene.deliver() == [(ADMIN, "NOTICE"), (ANNA, "NOTICE"), (BERND, "NOTICE")]
    scene.decide(booking)

    assert scene.deliver() == [(ANNA, "NOTICE"), (ANNA, "PUBLISH"), (CLARA, "REQUEST")]
    update = scene.last(CLARA)
    assert str(update["Subject"]).startswith("Geändert: ")
    assert "14:00–15:00" in body(update, "text/plain")


def test_a_new_time_that_is_declined_calls_the_invitation_off(scene: Scene) -> None:
    booking = scene.book()
    scene.decide(booking)
    scene.deliver()
    change(booking.id, ChangeRequest(starts_local=at(14)), actor=actor(scene.world.anna))
    scene.deliver()

    scene.decide(booking, approve=False, reason="Nein.")

    assert scene.deliver() == [(ANNA, "NOTICE"), (ANNA, "PUBLISH"), (CLARA, "CANCEL")]


def test_of_a_series_the_date_that_waits_is_left_out_until_it_is_approved(scene: Scene) -> None:
    booking = scene.book(rrule="FREQ=DAILY;COUNT=3")
    scene.decide(booking)
    scene.deliver()
    second = booking.occurrences.order_by("starts_at")[1]
    change_occurrence(second.id, ChangeRequest(starts_local=at(14, day=1)), actor=actor(scene.world.anna))
    scene.deliver()
    left_out = calendar(scene.last(CLARA))
    scene.decide(booking)

    assert (CLARA, "REQUEST") in scene.deliver()
    assert "EXDATE" in left_out
    assert "RECURRENCE-ID" not in left_out
    moved = calendar(scene.last(CLARA))
    assert "EXDATE" not in moved
    assert "RECURRENCE-ID" in moved


def calendar(mail: EmailMessage) -> str:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return str(part.get_content())


def test_delivered_twice_it_is_sent_once(scene: Scene) -> None:
    scene.book()
    scene.deliver()
    Delivery.objects.filter(reaction=TELL_APPROVAL.name).update(state=DeliveryState.PENDING)

    assert scene.deliver() == []
    assert SentMail.objects.filter(method="NOTICE", sent_at__isnull=False).count() == 3


def test_an_approver_who_is_invited_gets_both(scene: Scene) -> None:
    booking = scene.book(invite=BERND)
    scene.deliver()
    scene.decide(booking)

    assert scene.deliver() == [(ANNA, "NOTICE"), (ANNA, "PUBLISH"), (BERND, "REQUEST")]
    assert scene.last(BERND)["References"] is None
