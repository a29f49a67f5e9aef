# SPDX-License-Identifier: EUPL-1.2
"""What a client's PUT does, over HTTP: a booking, the room's answer, and the object read back."""

import pytest

from tests.factories import world
from tests.integrations.caldav.client import CalendarClient
from tests.integrations.caldav.objects import ANNA, BERND, SMALL, calendar, vevent
from vconf.bookings.models import Booking
from vconf.integrations.caldav import paths

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    return world()


def put(client, path, octets, **headers):
    return client.dav("PUT", path, octets, Content_Type="text/calendar; charset=utf-8", **headers)


def test_a_new_event_becomes_a_booking_and_the_room_accepts(scene):
    client = CalendarClient(scene.anna)
    path = paths.bookings(scene.anna.id) + "abc.ics"
    answer = put(client, path, calendar(vevent(ANNA, BERND, SMALL)), If_None_Match="*")
    assert answer.status_code == 201, answer.content
    assert "ETag" not in answer
    assert answer["Schedule-Tag"]
    booking = Booking.objects.get()
    assert (booking.uid, booking.room, booking.organiser) == ("meeting-1", scene.small, scene.anna)
    found = client.dav("GET", path)
    text = found.content.decode().replace("\r\n ", "")
    print(text)
    assert found.status_code == 200
    assert "PARTSTAT=ACCEPTED;SCHEDULE-STATUS=2.0:mailto:beratung@raum.mv.example" in text
    assert "CONFERENCE" in text
