# SPDX-License-Identifier: EUPL-1.2
"""GET of a calendar object (RFC 4791, 5.3.4): what is there by now, written once as long as it stays so."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import World
from tests.integrations.caldav.calendars import a_booking, address
from tests.integrations.caldav.client import CalendarClient
from vconf.bookings.models import CalendarEntry
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import cancel, change
from vconf.integrations.caldav.paths import room_calendar

pytestmark = pytest.mark.django_db


def test_a_text_is_written_once_and_anew_with_every_change(world: World) -> None:
    booked = a_booking(world.anna, 10)
    client = CalendarClient(world.anna)

    def read() -> tuple[Any, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address(booked, world.anna))
        return answer, len(queries)

    read()  # notes that the password was used
    first, cost = read()
    assert cost <= 5

    change(booked.id, ChangeRequest(title="Anderer Titel"), actor=factories.actor(world.anna))
    changed, more = read()
    again, less = read()

    assert b"Anderer Titel" not in first.content
    assert b"Anderer Titel" in changed.content
    assert changed["ETag"] != first["ETag"]
    assert (again.content, again["ETag"]) == (changed.content, changed["ETag"])
    assert less < more

    cancel(booked.id, actor=factories.actor(world.anna))
    assert read()[0].status_code == 404


def test_what_one_reads_of_a_room_is_not_read_by_the_next(world: World) -> None:
    booked = a_booking(world.anna, 10, title="Nur für Eingeweihte", room_id=world.shared.id)
    entry = CalendarEntry.objects.get(booking=booked, calendar__room=world.shared)
    href = f"{room_calendar(world.shared.id)}{entry.id}.ics"

    mine, theirs = (CalendarClient(who).get(href) for who in (world.anna, world.clara))

    assert "Nur für Eingeweihte" in mine.content.decode()
    assert theirs.status_code == 200
    assert "Nur für Eingeweihte" not in theirs.content.decode()
    assert mine["ETag"] != theirs["ETag"]
