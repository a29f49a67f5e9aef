# SPDX-License-Identifier: EUPL-1.2
"""When a wish that was refused would have taken place: that is where its organiser's calendar shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from vconf.bookings.holding import read
from vconf.bookings.plans import LONGEST_LIFE
from vconf.bookings.recurrence import expand, parse_rule, to_instant, to_local
from vconf.bookings.requests import BookingRequest

#: dates of one wish that are looked at; a horizon allows far fewer
_MOST = 5_000


def is_wished_between(wish: Mapping[str, Any], starts_at: datetime | None, ends_at: datetime | None) -> bool:
    """Whether a date of the wish (`Booking.wish`) overlaps [starts_at, ends_at); None: no bound."""
    return any(
        (ends_at is None or begins < ends_at) and (starts_at is None or ends > starts_at)
        for begins, ends in _dates_of(read(dict(wish)), ends_at)
    )


def _dates_of(wish: BookingRequest, until: datetime | None) -> Iterator[tuple[datetime, datetime]]:
    """Start and end of each date that begins by then, in no order."""
    own = {one.recurrence_id: one for one in wish.overrides}
    for one in wish.overrides:
        begins = one.starts_at or to_instant(one.starts_local or one.recurrence_id, wish.timezone)
        yield begins, begins + (wish.duration if one.duration is None else one.duration)
    last = wish.starts_local + LONGEST_LIFE
    if until is not None:
        # a day covers what wall time shifts
        last = min(last, to_local(until, wish.timezone) + timedelta(days=1))
    found = expand(
        wish.starts_local,
        wish.duration,
        wish.timezone,
        rule=parse_rule(wish.rrule, wish.timezone) if wish.rrule else None,
        rdate=wish.rdate,
        exdate=wish.exdate,
        last_local=last,
        most=_MOST,
    )
    for date in found.dates:
        if date.recurrence_id not in own:
            yield date.starts_at, date.ends_at
