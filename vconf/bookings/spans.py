# SPDX-License-Identifier: EUPL-1.2
"""How long a date blocks its room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from vconf.bookings.recurrence import Date
from vconf.rooms.policies import Policy

#: no interval that blocks a room is longer: a date of 24 h and the largest buffers
LONGEST_BLOCK = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Span:
    """A date with the buffers of its room."""

    date: Date
    blocks_from: datetime
    blocks_until: datetime

    @classmethod
    def of(cls, date: Date, policy: Policy) -> Span:
        return cls(
            date,
            date.starts_at - timedelta(minutes=policy.buffer_before_minutes),
            date.ends_at + timedelta(minutes=policy.buffer_after_minutes),
        )
