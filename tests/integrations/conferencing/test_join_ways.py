# SPDX-License-Identifier: EUPL-1.2
"""Other ways from the join page: the calendar file, the telephone, the code for a phone's camera."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar, Component

from tests import factories
from tests.integrations.conferencing.scene import Scene, date_of, move
from tests.integrations.conferencing.test_join import browser, path, text
from vconf.bookings import services
from vconf.bookings.joining import find_join
from vconf.bookings.links import join_url
from vconf.bookings.models import Booking, Occurrence, OccurrenceState
from vconf.integrations.conferencing.join_ways import calendar_file

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "+49 385 1234-0"


@pytest.fixture
def booking(scene: Scene) -> Booking:
    return scene.book(title="Lage; Ausblick", description="Vertraulich", invite="bernd@im.mv.example")


def grouped(pin: str) -> str:
    return f"{pin[:3]} {pin[3:6]} {pin[6:]}"


def event_in(response: Any) -> Component:
    calendar = Calendar.from_ical(response.content)
    assert "METHOD" not in calendar
    (event,) = calendar.walk("VEVENT")
    return event


# The calendar file


def test_the_calendar_file_holds_the_date_and_the_link(booking: Booking) -> None:
    page = browser().get(path(booking)).content.decode()
    assert f'href="{path(booking)}/event.ics"' in page

    response = browser().get(path(booking) + "/event.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="videokonferenz.ics"'
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    event, date = event_in(response), date_of(booking)
    assert str(event["SUMMARY"]) == "Lage; Ausblick"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date.starts_at, date.ends_at)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert str(event["LOCATION"]) == str(event["URL"]) == join_url(booking.join_link)
    assert str(event["CONTACT"]) == "Anna Amsel, Ministerium für Inneres"
    assert "Organiser: Anna Amsel" in str(event["DESCRIPTION"])


def test_it_tells_guests_what_the_page_tells_and_nothing_else(
    scene: Scene, booking: Booking, settings
) -> None:
    settings.VCONF_PHONE_NUMBER = NUMBER

    written = browser().get(path(booking) + "/event.ics").content.decode().replace("\r\n ", "")

    for hidden in (
        "Vertraulich",
        "bernd",
        "anna@im.mv.example",
        "mailto:",
        scene.world.shared.name,
        scene.world.shared.address,
        grouped(booking.join_link.pin),
        booking.join_link.pin,
        booking.join_link.moderator_pin,
        NUMBER,
        booking.uid,
        str(booking.id),
        str(date_of(booking).id),
        scene.server.name,
    ):
        assert hidden not in written


def test_it_is_the_same_entry_when_it_is_fetched_again_and_newer_after_a_change(booking: Booking) -> None:
    first, second = (browser().get(path(booking) + "/event.ics").content for _ in range(2))
    assert first == second
    Booking.objects.update(sequence=7)

    changed = event_in(browser().get(path(booking) + "/event.ics"))

    assert changed["UID"] == Calendar.from_ical(first).walk("VEVENT")[0]["UID"]
    assert changed["SEQUENCE"] == 7


def test_a_date_with_a_title_of_its_own_and_a_later_change_is_told_so(booking: Booking) -> None:
    changed_at = timezone.now().replace(microsecond=0) + timedelta(minutes=3)
    Booking.objects.update(changed_at=changed_at)
    Occurrence.objects.update(title="Sonderlage")

    event = event_in(browser().get(path(booking) + "/event.ics"))

    assert str(event["SUMMARY"]) == "Sonderlage"
    assert event.decoded("DTSTAMP") == changed_at


def test_people_who_know_the_pin_get_it_with_the_number(scene: Scene, booking: Booking, settings) -> None:
    settings.VCONF_PHONE_NUMBER = NUMBER

    event = event_in(browser(scene.world.bernd).get(path(booking) + "/event.ics"))

    assert grouped(booking.join_link.pin) in str(event["DESCRIPTION"])
    assert NUMBER in str(event["DESCRIPTION"])
    assert booking.join_link.moderator_pin not in str(event["DESCRIPTION"])


def test_in_the_doubled_hour_the_second_one_is_told_as_such(booking: Booking) -> None:
    """02:30 stands twice in the night of 25 October 2026; wall time would be the first."""
    starts = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    move(booking, starts, starts + timedelta(hours=1))
    view = find_join(booking.join_link.token, now=timezone.now())
    assert view is not None

    (event,) = Calendar.from_ical(calendar_file(view, knows_pin=False)).walk("VEVENT")

    assert event.decoded("DTSTART") == starts
    assert event.decoded("DTEND") == starts + timedelta(hours=1)


def test_what_does_not_take_place_or_is_not_sure_has_no_calendar_file(scene: Scene, booking: Booking) -> None:
    Occurrence.objects.update(state=OccurrenceState.PENDING)
    assert browser().get(path(booking) + "/event.ics")["Location"] == path(booking)
    assert "event.ics" not in browser().get(path(booking)).content.decode()
    Occurrence.objects.update(state=OccurrenceState.CONFIRMED)
    services.cancel(booking.id, actor=factories.actor(scene.world.anna))

    response = browser().get(path(booking) + "/event.ics")

    assert (response.status_code, response["Location"]) == (303, path(booking))
    assert "event.ics" not in browser().get(path(booking)).content.decode()


def test_an_unknown_link_has_no_calendar_file_and_nothing_is_written_to_it(booking: Booking) -> None:
    assert browser().get("/j/" + "x" * 32 + "/event.ics").status_code == 404
    assert browser().post(path(booking) + "/event.ics").status_code == 405


# The telephone


def test_without_a_number_nothing_is_said_of_telephones(scene: Scene, booking: Booking) -> None:
    assert "phone:" not in text(browser(scene.world.bernd).get(path(booking) + "?lang=en"))
    assert "by phone" not in text(browser().get(path(booking)))


def test_guests_are_told_that_there_is_a_number_and_the_invited_which(
    scene: Scene, booking: Booking, settings
) -> None:
    settings.VCONF_PHONE_NUMBER = NUMBER
    guest = browser()

    seen = text(guest.get(path(booking)))
    assert "number and PIN stand in your invitation" in seen
    assert NUMBER not in seen
    assert grouped(booking.join_link.pin) not in seen

    page = browser(scene.world.bernd).get(path(booking)).content.decode()
    assert f'href="tel:+4938512340">{NUMBER}</a>' in page
    assert grouped(booking.join_link.pin) in page
    assert grouped(booking.join_link.moderator_pin) not in page
    # whoever has entered the PIN is told no more than they knew
    guest.post(path(booking), {"name": "Gerda", "pin": booking.join_link.pin})
    assert grouped(booking.join_link.pin) in text(guest.get(path(booking)))


# The code


def test_the_code_is_drawn_in_the_page_and_holds_the_link(booking: Booking) -> None:
    import segno

    page = browser().get(path(booking)).content.decode()

    found = re.search(r'role="img" aria-label="QR code">(<svg.*?</svg>)', page)
    assert found is not None
    expected = segno.make(join_url(booking.join_link), error="m", micro=False)
    dark = re.findall(r' d="(M4[^"]+)"', expected.svg_inline(omitsize=True))
    assert dark
    assert dark[0] in found[1]
    assert "http" not in found[1]
    # for cameras, also where the page is dark
    assert 'fill="#fff"' in found[1]
    assert 'stroke="#000"' in found[1]


@pytest.mark.parametrize("state", [OccurrenceState.ENDED, OccurrenceState.CANCELLED])
def test_what_is_over_offers_no_more_ways(booking: Booking, state: str) -> None:
    Occurrence.objects.update(state=state)

    assert "<svg viewBox" not in browser().get(path(booking)).content.decode().partition("<main")[2]
