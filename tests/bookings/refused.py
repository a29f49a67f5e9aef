# SPDX-License-Identifier: EUPL-1.2
"""What was refused and kept, in tests: of bookings that are sure to have it."""

from __future__ import annotations

from vconf.bookings.holding import wish_of
from vconf.bookings.models import Booking
from vconf.bookings.refusals import refusal_of
from vconf.bookings.requests import BookingRequest
from vconf.errors import Refusal


def why(booking: Booking) -> Refusal:
    found = refusal_of(booking)
    assert found is not None
    return found


def wished(booking: Booking) -> BookingRequest:
    found = wish_of(booking)
    assert found is not None
    return found
