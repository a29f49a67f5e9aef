# SPDX-License-Identifier: EUPL-1.2
"""Booking requests as tests like them: at an hour of a day months ahead, in local time."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from vconf.bookings.models import Booking
from vconf.bookings.plans import wall_times_of
from vconf.bookings.requests import AttendeeRequest, BookingRequest
from vconf.integrations.imip.models import Invitation

#: a working day a good year ahead, inside the booking horizon
DAY = (timezone.now() + timedelta(days=400)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


def at(hour: float, *, day: int = 0) -> datetime:
    """Local wall time on the test day (or so many days later)."""
    return DAY + timedelta(days=day, hours=hour)


def wish(hour: float = 10, *, hours: float = 1, day: int = 0, invite: str = "", **fields) -> BookingRequest:
    """One hour at 10 unless told otherwise; `invite` lists addresses, separated by blanks."""
    people = tuple(AttendeeRequest(address=address) for address in invite.split())
    return BookingRequest(
        **{
            "title": "Lagebesprechung",
            "starts_local": at(hour, day=day),
            "duration": timedelta(hours=hours),
            "timezone": "Europe/Berlin",
            "attendees": people,
            **fields,
        }
    )


def assert_rule_names_rows(booking: Booking) -> None:
    """Rule and added dates, without those left out, are exactly the recurrence ids of the rows not dropped."""
    named = wall_times_of(
        datetime.fromisoformat(booking.starts_local),
        booking.rrule,
        [datetime.fromisoformat(text) for text in booking.rdate],
        booking.timezone,
    )
    kept = booking.occurrences.exclude(state="cancelled").values_list("recurrence_id", flat=True)
    assert {local.isoformat() for local in named} - set(booking.exdate) == set(kept)


def kept_refusal(row: Booking | Invitation) -> dict[str, Any]:
    """Why what was asked for was refused, as it is kept with it."""
    assert row.refusal is not None
    return dict(row.refusal)
