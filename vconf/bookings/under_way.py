# SPDX-License-Identifier: EUPL-1.2
"""Series that began before they came here: programs hand them over whole, as somebody invites a room to a meeting that
has been there every week for months, or moves it into the calendar of bookings.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from vconf.bookings.checks import GRACE
from vconf.bookings.overriding import plan_with_overrides
from vconf.bookings.requests import BookingRequest
from vconf.errors import DomainError

#: how far ahead can be booked at all; what a class makes less of it is weighed by who books
_FARTHEST: Final = timedelta(days=3660)


def with_dates_to_come(request: BookingRequest, *, now: datetime) -> BookingRequest:
    """The series without the dates that have begun, which nobody can book any more: they are dropped, so that rule and
    start stay what the program wrote. A meeting none of whose dates is to come, or that is not understood, stays as it
    is: who books it says why it cannot be had.
    """
    if not (request.rrule or request.rdate):
        return request
    try:
        dates = plan_with_overrides(request, now=now, days_ahead=_FARTHEST.days).plan.dates
    except DomainError:
        return request
    begun = {date.recurrence_id for date in dates if date.starts_at < now - GRACE or date.ends_at <= now}
    if not begun or len(begun) == len(dates):
        return request
    return replace(request, exdate=tuple(sorted({*request.exdate, *begun})))
