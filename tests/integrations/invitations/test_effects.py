# SPDX-License-Identifier: EUPL-1.2
"""Who is told what: real bookings, the real outbox, a real mail server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from tests.bookings.wishes import at, wish
from tests.factories import World, actor, person, room_class, world
from tests.integrations.invitations.letters import body
from tests.smtp_sink import SmtpSink
from vconf.authorities.models import Person
from vconf.bookings.models import Booking
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.services import book, cancel, change
from vconf.integrations.invitations import effects, transport
from vconf.integrations.invitations.models import SentMail
from vconf.outbox.deliver import Reaction, deliver_due
from vconf.outbox.models import Delivery, DeliveryState, Message

pytestmark = pytest.mark.django_db

INVITE = Reaction("invitations", effects.send_invitation, recipients=effects.recipients_of)
REACTIONS = dict.fromkeys(("BookingConfirmed", "BookingChanged", "BookingCancelled"), (INVITE,))


@dataclass
class Scene:
    """The usual people, and what reaches them."""

    world: World
    sink: SmtpSink
    seen: int = 0
    rounds: int = 0

    def book(self, invite: str = "bernd@im.mv.example", **fields: Any) -> Booking:
        fields.setdefault("room_id", self.world.big.id)
        return book(wish(invite=invite, **fields), actor=actor(self.world.anna))

    def change(self, booking: Booking, **fields: Any) -> None:
        if "invite" in fields:
            people = [AttendeeRequest(address=address) for address in fields.pop("invite").split()]
            fields["attendees"] = tuple(people)
        change(booking.id, ChangeRequest(**fields), actor=actor(self.world.anna))

    def cancel(self, booking: Booking) -> None:
        cancel(booking.id, actor=actor(self.world.anna))

    def deliver(self) -> list[tuple[str, str, int]]:
        """Deliver what is due, retries included; answers what is new: (recipient, method, sequence), by recipient."""
        self.rounds += 1
        deliver_due(REACTIONS, limit=1000, now=timezone.now() + self.rounds * timedelta(hours=2))
        new = self.sink.received[self.seen :]
        self.seen = len(self.sink.received)
        return sorted((one.recipient, *told(one.message)) for one in new)

    def last(self, recipient: str) -> EmailMessage:
        return [one.message for one in self.sink.received if one.recipient == recipient][-1]


def told(message: EmailMessage) -> tuple[str, int]:
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    sequence = next(line for line in part.get_content().splitlines() if line.startswith("SEQUENCE:"))
    return str(part.get_param("method")), int(sequence.removeprefix("SEQUENCE:"))


def states() -> Sequence[str]:
    return sorted(Delivery.objects.values_list("state", flat=True))


@pytest.fixture
def scene(sink: SmtpSink) -> Scene:
    return Scene(world(), sink)


# Who gets what


def test_a_booking_invites_the_attendees_and_confirms_to_the_organiser(scene: Scene) -> None:
    scene.book("bernd@im.mv.example guest@elsewhere.example")

    assert scene.deliver() == [
        ("anna@im.mv.example", "PUBLISH", 0),
        ("bernd@im.mv.example", "REQUEST", 0),
        ("guest@elsewhere.example", "REQUEST", 0),
    ]


def test_the_envelope_sender_is_where_bounces_go(scene: Scene, settings: Any) -> None:
    settings.VCONF_EMAIL_BOUNCES = "bounces@mv.example"
    scene.book()
    scene.deliver()

    assert {one.sender for one in scene.sink.received} == {"bounces@mv.example"}


def test_an_organiser_on_the_list_is_not_invited_to_their_own_meeting(scene: Scene) -> None:
    scene.book("anna@im.mv.example")

    assert scene.deliver() == [("anna@im.mv.example", "PUBLISH", 0)]


def test_a_new_time_goes_to_everybody_with_a_higher_sequence(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()

    scene.change(booking, starts_local=at(14))

    assert scene.deliver() == [("anna@im.mv.example", "PUBLISH", 1), ("bernd@im.mv.example", "REQUEST", 1)]
    update = scene.last("bernd@im.mv.example")
    assert str(update["Subject"]).startswith("Geändert: Lagebesprechung (")
    assert "Die Zeit ist neu. Bisher: " in body(update, "text/plain")
    assert update["References"] == scene.sink.received[1].message["Message-ID"]


def test_a_new_list_of_attendees_concerns_only_who_is_new_or_gone(scene: Scene) -> None:
    booking = scene.book("bernd@im.mv.example clara@fm.mv.example")
    scene.deliver()

    scene.change(booking, invite="bernd@im.mv.example dora@laiv.mv.example")

    assert scene.deliver() == [
        ("clara@fm.mv.example", "CANCEL", 0),
        ("dora@laiv.mv.example", "REQUEST", 0),
    ]


def test_a_new_number_of_seats_concerns_nobody(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()

    scene.change(booking, seats=50)

    assert scene.deliver() == []
    assert Delivery.objects.count() == 2  # nobody was even looked at


def test_a_cancelled_booking_is_cancelled_for_everybody(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()

    scene.cancel(booking)

    assert scene.deliver() == [("anna@im.mv.example", "PUBLISH", 1), ("bernd@im.mv.example", "CANCEL", 1)]


def test_who_is_removed_and_invited_again_gets_three_mails_of_their_own(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()
    scene.change(booking, invite="")
    scene.deliver()
    scene.change(booking, invite="bernd@im.mv.example")
    scene.deliver()

    to_bernd = [one for one in scene.sink.received if one.recipient == "bernd@im.mv.example"]
    assert [told(one.message) for one in to_bernd] == [("REQUEST", 0), ("CANCEL", 0), ("REQUEST", 0)]
    assert len({one.message["Message-ID"] for one in to_bernd}) == 3
    assert str(to_bernd[2].message["Subject"]).startswith("Einladung: ")


def test_a_new_co_host_is_told_the_moderator_pin_and_nobody_else_is_bothered(scene: Scene) -> None:
    booking = scene.book("bernd@im.mv.example clara@fm.mv.example")
    scene.deliver()
    assert "Moderations-PIN" not in body(scene.last("bernd@im.mv.example"), "text/plain")

    scene.change(
        booking,
        attendees=(
            AttendeeRequest(address="bernd@im.mv.example", role="CHAIR"),
            AttendeeRequest(address="clara@fm.mv.example"),
        ),
    )

    assert scene.deliver() == [("bernd@im.mv.example", "REQUEST", 0)]
    assert "Moderations-PIN: " in body(scene.last("bernd@im.mv.example"), "text/plain")
    scene.change(booking, invite="bernd@im.mv.example clara@fm.mv.example dora@laiv.mv.example")
    assert scene.deliver() == [("dora@laiv.mv.example", "REQUEST", 0)]
    assert len(set(scene.sink.message_ids())) == len(scene.sink.received)


def test_everybody_reads_their_own_language_and_strangers_the_bookings(scene: Scene) -> None:
    person("Emily English", scene.world.im, email="emily@im.mv.example", language="en")
    scene.book("emily@im.mv.example bernd@im.mv.example guest@elsewhere.example", language="en")
    scene.deliver()

    languages = {one.recipient: one.message["Content-Language"] for one in scene.sink.received}
    assert languages == {
        "anna@im.mv.example": "de",
        "bernd@im.mv.example": "de",
        "emily@im.mv.example": "en",
        "guest@elsewhere.example": "en",
    }


def test_a_room_class_can_keep_links_inside(scene: Scene) -> None:
    closed = room_class(scene.world.land, "Vertraulich", mail_outside=False)
    scene.world.big.room_class = closed
    scene.world.big.save()

    # newcomer@im.mv.example has no account yet, but the ministry's domain.
    booking = scene.book("bernd@im.mv.example newcomer@im.mv.example guest@elsewhere.example")

    assert [recipient for recipient, _, _ in scene.deliver()] == [
        "anna@im.mv.example",
        "bernd@im.mv.example",
        "newcomer@im.mv.example",
    ]
    confirmation = body(scene.last("anna@im.mv.example"), "text/plain")
    assert "keine an Adressen außerhalb verschickt: guest@elsewhere.example\n" in confirmation
    scene.cancel(booking)
    assert "guest@elsewhere.example" not in [recipient for recipient, _, _ in scene.deliver()]


# Late, twice, in the wrong order


def test_the_same_fact_again_says_nothing_new(scene: Scene) -> None:
    scene.book()
    scene.deliver()

    Message.objects.update(fanned_out_at=None)
    Delivery.objects.all().delete()

    assert scene.deliver() == []


def test_facts_that_come_late_together_make_one_mail(scene: Scene) -> None:
    booking = scene.book()
    scene.change(booking, starts_local=at(14))
    scene.change(booking, title="Neue Lage")

    assert scene.deliver() == [("anna@im.mv.example", "PUBLISH", 2), ("bernd@im.mv.example", "REQUEST", 2)]
    assert str(scene.last("bernd@im.mv.example")["Subject"]).startswith("Einladung: Neue Lage (")


def test_who_never_had_an_invitation_gets_no_cancellation(scene: Scene) -> None:
    booking = scene.book()
    scene.cancel(booking)

    assert scene.deliver() == [("anna@im.mv.example", "PUBLISH", 1)]


def test_an_older_fact_after_a_newer_one_changes_nothing(scene: Scene) -> None:
    booking = scene.book()
    scene.change(booking, starts_local=at(14))
    scene.deliver()

    effects.send_invitation({"booking_id": str(booking.id), "sequence": 0}, "bernd@im.mv.example")

    assert scene.deliver() == []


def test_a_booking_that_was_erased_is_told_to_nobody(scene: Scene) -> None:
    gone = {"booking_id": "0193a5c2-7b1e-7c3d-9f00-5a1b2c3d4e5f", "sequence": 0}

    assert effects.recipients_of(gone) == []
    effects.send_invitation(gone, "bernd@im.mv.example")

    assert scene.sink.received == []


# A mail server in trouble


def test_a_mail_taken_without_an_answer_is_sent_again_as_the_same_mail(scene: Scene) -> None:
    scene.sink.mode = "take, then drop"
    scene.book()
    scene.deliver()
    assert states() == ["pending", "pending"]

    scene.sink.mode = "take"
    scene.deliver()

    assert states() == ["done", "done"]
    assert len(scene.sink.received) == 4
    assert len(set(scene.sink.message_ids())) == 2


def test_a_crash_between_sending_and_noting_it_repeats_the_same_mail(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.book("")
    really_send = transport.send

    def send_and_die(*args: Any, **kwargs: Any) -> None:
        really_send(*args, **kwargs)
        raise SystemExit

    monkeypatch.setattr(transport, "send", send_and_die)
    with pytest.raises(SystemExit):
        scene.deliver()
    monkeypatch.setattr(transport, "send", really_send)
    scene.deliver()

    assert len(scene.sink.received) == 2
    assert len(set(scene.sink.message_ids())) == 1
    assert SentMail.objects.get().sent_at is not None


def test_a_refused_address_is_given_up_alone_and_never_gets_a_cancellation(scene: Scene) -> None:
    scene.sink.mode = "refuse recipient"
    booking = scene.book()
    scene.deliver()
    assert states() == ["parked", "parked"]

    scene.sink.mode = "take"
    scene.cancel(booking)

    assert scene.deliver() == [("anna@im.mv.example", "PUBLISH", 1)]
    assert Delivery.objects.filter(state=DeliveryState.PENDING).count() == 0


def test_a_server_that_says_later_gets_it_later(scene: Scene) -> None:
    scene.sink.mode = "try later"
    scene.book()
    assert scene.deliver() == []

    scene.sink.mode = "take"

    assert len(scene.deliver()) == 2


def test_who_may_have_got_an_invitation_is_told_when_it_ends(scene: Scene) -> None:
    booking = scene.book()
    scene.sink.mode = "take, then drop"
    scene.deliver()
    scene.sink.mode = "take"

    scene.change(booking, invite="")

    assert ("bernd@im.mv.example", "CANCEL", 0) in scene.deliver()


def test_a_cancellation_overtakes_an_invitation_that_never_left(scene: Scene) -> None:
    scene.sink.mode = "try later"
    booking = scene.book()
    scene.deliver()
    scene.sink.mode = "take"

    scene.cancel(booking)

    assert scene.deliver() == [("anna@im.mv.example", "PUBLISH", 1)]


def test_people_without_a_name_are_people_too(scene: Scene) -> None:
    Person.objects.filter(id=scene.world.anna.id).update(name="")
    scene.book("guest@elsewhere.example")

    assert len(scene.deliver()) == 2
    assert scene.last("guest@elsewhere.example")["To"] == "guest@elsewhere.example"
