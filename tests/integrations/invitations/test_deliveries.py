# SPDX-License-Identifier: EUPL-1.2
"""What became of the mails about a booking: seen by its organiser, over a real mail server."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.bookings.wishes import at, wish
from tests.factories import actor, deputy, world
from tests.integrations.invitations.test_effects import Scene
from tests.smtp_sink import SmtpSink
from vconf.bookings.calendar_views import calendar_of_person, entries, shown
from vconf.bookings.models import Attendee, Booking, HistoryEntry
from vconf.bookings.requests import AttendeeRequest
from vconf.bookings.services import book
from vconf.errors import Forbidden, NotFound
from vconf.integrations.ical.showing import written_of
from vconf.integrations.invitations.deliveries import AddressState, deliveries_of, note_bounce
from vconf.integrations.invitations.models import SentMail

pytestmark = pytest.mark.django_db

ANNA, BERND = "anna@im.mv.example", "bernd@im.mv.example"


@pytest.fixture
def scene(sink: SmtpSink, settings: Settings) -> Scene:
    settings.VCONF_MAIL_BOUNCES = "bounces@vk.mv.example"
    return Scene(world(), sink)


def states(scene: Scene, booking: Booking) -> dict[str, AddressState]:
    return {one.address: one for one in deliveries_of(booking.id, actor=actor(scene.world.anna))}


def token_of(scene: Scene, recipient: str) -> str:
    sender = [one.sender for one in scene.sink.received if one.recipient == recipient][-1]
    return sender.partition("+")[2].partition("@")[0]


def test_a_mail_waits_and_then_is_sent(scene: Scene) -> None:
    booking = scene.book()
    assert {one.delivery for one in states(scene, booking).values()} == {"waiting"}

    scene.deliver()
    found = states(scene, booking)
    assert list(found) == [ANNA, BERND]
    assert [(one.is_organiser, one.delivery) for one in found.values()] == [(True, "sent"), (False, "sent")]
    assert [mail.method for mail in found[BERND].mails] == ["REQUEST"]


def test_each_mail_has_a_sender_of_its_own_which_its_report_comes_to(scene: Scene) -> None:
    scene.book()
    scene.deliver()

    senders = {one.sender for one in scene.sink.received}
    assert len(senders) == 2
    assert all(one.startswith("bounces+") and one.endswith("@vk.mv.example") for one in senders)


def test_a_mail_that_came_back_is_shown_and_its_attendee_known_for_it(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()
    version = Booking.objects.get().version

    assert note_bounce(token_of(scene, BERND).upper(), "5.1.1", "550 nobody\r\nhere")

    found = states(scene, booking)[BERND]
    assert (found.delivery, found.detail) == ("bounced", "5.1.1 550 nobody here")
    assert Attendee.objects.get(address=BERND).undeliverable == "5.1.1"
    assert Booking.objects.get().version == version
    assert HistoryEntry.objects.filter(action="undeliverable").count() == 1


def test_a_report_counts_once_and_one_about_nothing_of_ours_never(scene: Scene) -> None:
    scene.book()
    scene.deliver()
    token = token_of(scene, BERND)

    assert note_bounce(token, "5.1.1", "550")
    assert not note_bounce(token, "5.7.1", "later")
    assert SentMail.objects.get(address=BERND).bounce_status == "5.1.1"
    assert not note_bounce("0" * 32, "5.1.1", "550")
    SentMail.objects.update(token="")  # as of mails that were sent before reports could be taken in
    assert not note_bounce("", "5.1.1", "550")


def test_a_later_mail_is_what_counts(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()
    note_bounce(token_of(scene, BERND), "4.4.7", "mailbox full")
    scene.change(booking, starts_local=at(14))
    scene.deliver()

    found = states(scene, booking)[BERND]
    assert [one.state for one in found.mails] == ["sent", "bounced"]
    assert found.delivery == "sent"


def test_what_a_mail_server_refuses_has_failed_and_says_why(scene: Scene) -> None:
    scene.sink.mode = "refuse recipient"
    booking = scene.book()
    scene.deliver()

    found = states(scene, booking)[BERND]
    assert (found.delivery, found.detail) == ("failed", "550 nobody here")


def test_what_it_does_not_take_just_now_waits(scene: Scene) -> None:
    scene.sink.mode = "try later"
    booking = scene.book()
    scene.deliver()

    found = states(scene, booking)[BERND]
    assert (found.delivery, found.detail) == ("waiting", "451 later, please")


def test_who_never_got_an_invitation_gets_no_cancellation(scene: Scene) -> None:
    scene.sink.mode = "refuse recipient"
    booking = scene.book()
    scene.deliver()
    scene.sink.mode = "take"
    scene.cancel(booking)

    assert [one for one in scene.deliver() if one[0] == BERND] == []


def test_whom_nobody_of_ours_writes_to(scene: Scene) -> None:
    people = (AttendeeRequest(address=BERND, told_by_client=True),)
    request = wish(room_id=scene.world.big.id, attendees=people)
    booking = book(request, actor=actor(scene.world.anna))

    assert states(scene, booking)[BERND].delivery == "not_mailed"


def test_it_is_for_who_may_change_the_booking(scene: Scene) -> None:
    booking = scene.book()
    deputy(scene.world.dora, scene.world.anna)

    assert deliveries_of(booking.id, actor=actor(scene.world.dora))
    with pytest.raises(Forbidden):
        deliveries_of(booking.id, actor=actor(scene.world.bernd))
    with pytest.raises(NotFound):
        deliveries_of(booking.id, actor=actor(scene.world.clara))


def test_calendar_programs_are_told_too(scene: Scene) -> None:
    scene.book()
    scene.deliver()
    anna = actor(scene.world.anna)
    calendar = calendar_of_person(anna, scene.world.anna.id)
    assert calendar is not None
    before = calendar.change
    note_bounce(token_of(scene, BERND), "5.1.1", "550")

    calendar = calendar_of_person(anna, scene.world.anna.id)
    assert calendar is not None
    assert calendar.change > before
    [one] = written_of(shown([entry.id for entry in entries(calendar)], anna))
    assert one.statuses.delivery[BERND] == "5.1"
