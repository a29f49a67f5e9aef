# SPDX-License-Identifier: EUPL-1.2
"""Bookings and the addresses under which calendar clients find them."""

from __future__ import annotations

from typing import Any

from tests import factories
from tests.bookings.wishes import wish
from vconf.authorities.models import Person
from vconf.bookings.models import Booking
from vconf.bookings.services import book


def calendar_of(person: Person) -> str:
    return f"/dav/calendars/{person.id}/bookings/"


def a_booking(person: Person, hour: float = 10, **fields: Any) -> Booking:
    return book(wish(hour, **fields), actor=factories.actor(person))


def address(booking: Booking, person: Person) -> str:
    """Of a booking that was not made by a calendar client."""
    return f"{calendar_of(person)}{booking.id}.ics"
