# SPDX-License-Identifier: EUPL-1.2
"""When alarms go off (RFC 5545, 3.6.6): vconf rings no bell, but clients ask (RFC 4791, 9.9)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from vconf.integrations.ical.components import Component
from vconf.integrations.ical.invalid import InvalidCalendar
from vconf.integrations.ical.values import length_of

#: an alarm farther from its event is passed over
FARTHEST = timedelta(days=366)
#: how often one is counted that repeats itself
_MOST_REPEATS = 100


def goes_off(event: Component, starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    """The instants at which the alarms of a date of an event go off; an alarm that makes no sense never does."""
    for alarm in event.parts:
        if alarm.name == "VALARM":
            with contextlib.suppress(InvalidCalendar, ValueError, OverflowError):
                yield from _times(alarm, starts_at, ends_at)


def _times(alarm: Component, starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    trigger = alarm.one("TRIGGER")
    if trigger is None:
        return
    if trigger.param("VALUE").upper() == "DATE-TIME":
        first = datetime.strptime(trigger.value.strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    else:
        before = length_of(trigger.value)
        if abs(before) > FARTHEST:
            return
        first = (ends_at if trigger.param("RELATED").upper() == "END" else starts_at) + before
    yield first
    times = alarm.value("REPEAT")
    if times.isascii() and times.isdigit():
        pause = length_of(alarm.value("DURATION"))
        for number in range(1, min(int(times[:6]), _MOST_REPEATS) + 1):
            if abs(number * pause) > FARTHEST:
                return
            yield first + number * pause
