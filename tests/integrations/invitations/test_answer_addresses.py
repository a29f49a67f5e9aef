# SPDX-License-Identifier: EUPL-1.2
"""Where answers go: an address of the service for each booking that was made here, kept for the life of its UID."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

import pytest
from icalendar import Calendar
from pytest_django import Settings

from tests.bookings.wishes import at
from tests.factories import world
from tests.integrations.invitations.test_effects import Scene
from tests.smtp_sink import SmtpSink
from vconf.integrations.invitations.answer_addresses import booking_of
from vconf.integrations.invitations.models import AnswerAddress

pytestmark = pytest.mark.django_db

BERND = "bernd@im.mv.example"


@pytest.fixture
def scene(sink: SmtpSink, settings: Settings) -> Scene:
    settings.VCONF_MAIL_ANSWERS = "antwort@vk.mv.example"
    return Scene(world(), sink)


def event_in(mail: EmailMessage) -> Any:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_content()).events[0]


def organizer(mail: EmailMessage) -> str:
    return str(event_in(mail)["ORGANIZER"]).removeprefix("mailto:")


def test_answers_go_to_an_address_of_the_booking_and_words_to_the_organiser_too(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()
    mail = scene.last(BERND)

    address = organizer(mail)
    local, _at, domain = address.partition("@")
    name, _plus, token = local.partition("+")
    assert (name, domain) == ("antwort", "vk.mv.example")
    assert booking_of(token) == booking_of(token.upper()) == booking.id
    assert event_in(mail)["ORGANIZER"].params["CN"] == "Anna Amsel"
    assert [one for _, one in getaddresses([str(mail["Reply-To"])])] == ["anna@im.mv.example", address]


def test_the_organiser_stands_among_those_who_come(scene: Scene) -> None:
    scene.book(f"{BERND} anna@im.mv.example")
    scene.deliver()

    people = {str(one): one.params for one in event_in(scene.last(BERND))["ATTENDEE"]}
    assert people["mailto:anna@im.mv.example"]["PARTSTAT"] == "ACCEPTED"
    assert "RSVP" not in people["mailto:anna@im.mv.example"]
    assert people[f"mailto:{BERND}"]["RSVP"] == "TRUE"


def test_invitation_update_and_cancellation_name_the_same_organiser(scene: Scene) -> None:
    booking = scene.book()
    scene.deliver()
    first = organizer(scene.last(BERND))

    scene.change(booking, starts_local=at(14))
    scene.deliver()
    update = organizer(scene.last(BERND))
    scene.cancel(booking)
    scene.deliver()

    assert first == update == organizer(scene.last(BERND)) == organizer(scene.last("anna@im.mv.example"))


def test_a_booking_keeps_what_it_began_with(scene: Scene, settings: Settings) -> None:
    settings.VCONF_MAIL_ANSWERS = ""
    before = scene.book()
    scene.deliver()
    settings.VCONF_MAIL_ANSWERS = "antwort@vk.mv.example"
    scene.change(before, starts_local=at(14))
    scene.deliver()
    assert organizer(scene.last(BERND)) == "anna@im.mv.example"

    with_token = scene.book(starts_local=at(17))
    scene.deliver()
    address = organizer(scene.last(BERND))
    settings.VCONF_MAIL_ANSWERS = ""
    scene.change(with_token, starts_local=at(18))
    scene.deliver()
    assert organizer(scene.last(BERND)) == address


@pytest.mark.parametrize("source", ["caldav", "mail"])
def test_who_books_in_their_own_calendar_keeps_their_own_address(scene: Scene, source: str) -> None:
    scene.book(source=source)
    scene.deliver()

    assert not AnswerAddress.objects.exists()


def test_a_token_that_nobody_made_belongs_to_nothing() -> None:
    assert booking_of("aaaaaaaaaaaaaaaaaaaaa") is None


def test_other_times_may_be_proposed_where_somebody_reads_them(scene: Scene, settings: Settings) -> None:
    scene.book()
    scene.deliver()
    assert event_in(scene.last(BERND))["X-MICROSOFT-DISALLOW-COUNTER"] == "FALSE"

    settings.VCONF_MAIL_ANSWERS = ""
    scene.book(starts_local=at(14))
    scene.deliver()
    assert event_in(scene.last(BERND))["X-MICROSOFT-DISALLOW-COUNTER"] == "TRUE"
