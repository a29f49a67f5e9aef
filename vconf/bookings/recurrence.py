# SPDX-License-Identifier: EUPL-1.2
"""Rule and time zone in, dates out. Plain Python.

Wall times are kept; instants are derived, so 09:00 stays 09:00 across both changes of the year (R4.1).
Skipped hours move forward, doubled hours take the first; durations are elapsed time (R4.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a booking: its original wall time (RECURRENCE-ID) and its planned instants (UTC)."""

    recurrence_id: datetime
    starts_at: datetime
    ends_at: datetime


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ZoneInfoNotFoundError or ValueError if there is none."""
    return ZoneInfo(name)


def to_instant(local: datetime, zone_name: str) -> datetime:
    """UTC instant of a naive wall time.

    `fold=0` gives a skipped hour the offset from before the change, which moves it forward, and a doubled
    hour its first pass (PEP 495).
    """
    return local.replace(tzinfo=zone(zone_name), fold=0).astimezone(UTC)


def to_local(instant: datetime, zone_name: str) -> datetime:
    """Naive wall time of an aware instant."""
    return instant.astimezone(zone(zone_name)).replace(tzinfo=None)


def dates_of(starts_local: datetime, duration: timedelta, zone_name: str) -> Sequence[Date]:
    """The dates of a booking without a rule: one."""
    starts_at = to_instant(starts_local, zone_name)
    return [Date(starts_local, starts_at, starts_at + duration)]
