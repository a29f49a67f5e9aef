# SPDX-License-Identifier: EUPL-1.2
"""Series that began before they came here: programs hand them over whole, as somebody invites a room to a meeting that
has been there every week for months, or moves it into the calendar of bookings.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from vconf.bookings.checks import GRACE, dates_from
from vconf.bookings.overriding import told_dates
from vconf.bookings.plans import wall_times_of
from vconf.bookings.recurrence import BadRule, to_local
from vconf.bookings.requests import BookingRequest
from vconf.errors import DomainError


def with_dates_to_come(request: BookingRequest, *, now: datetime) -> BookingRequest:
    """The series without the dates that can no longer be booked (`checks.check_time`): they are dropped, so that rule
    and start stay what the program wrote. A meeting none of whose dates is to come, or that is not understood, stays as
    it is: who books it says why it cannot be had.
    """
    if not (request.rrule or request.rdate):
        return request
    try:
        [first] = dates_from(request.starts_local, request.duration, request.timezone)
        if first.starts_at > now:
            return request
        named = set(wall_times_of(first.recurrence_id, request.rrule, request.rdate, request.timezone))
        named -= set(request.exdate)
        today = to_local(now, request.timezone)
        dates = told_dates(request, {local for local in named if local <= today})
    except (BadRule, DomainError):
        return request
    begun = {date.recurrence_id for date in dates if date.starts_at < now - GRACE or date.ends_at <= now}
    if not begun or begun == named:
        return request
    return replace(request, exdate=tuple(sorted({*request.exdate, *begun})))
