# SPDX-License-Identifier: EUPL-1.2
"""A calendar object cut to a window of time, for programs that do not want to work out series (RFC 4791, 9.6.5, 9.6.6).

Windows are half open: what ends at `starts_at` or begins at `ends_at` lies outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from vconf.bookings.recurrence import expand, parse_rule, to_instant, to_local
from vconf.integrations.ical.dressing import NOTHING, Dressing
from vconf.integrations.ical.event import CalendarEvent, MovedDate, Statuses
from vconf.integrations.ical.objects import (
    ShownDate,
    busy_dates,
    master_of,
    overrides_of,
    shown_date,
    written,
)

#: instances of one object in one answer; a series has fewer, for every horizon is shorter
MOST_INSTANCES = 5_000


def expand_object(
    event: CalendarEvent,
    dressing: Dressing | None = None,
    *,
    statuses: Statuses | None = None,
    starts_at: datetime,
    ends_at: datetime,
) -> bytes:
    """C:expand: one VEVENT for each date in the window, in UTC, without rule and zone.

    Those of a series have a RECURRENCE-ID. The calendar is empty if no date lies in the window.
    """
    dressing, statuses = dressing or NOTHING, statuses or Statuses()
    shown = list(_instances(event, dressing, statuses, starts_at, ends_at))
    return written(event, dressing, statuses, shown, with_zone=False)


def expand_busy(event: CalendarEvent, *, starts_at: datetime, ends_at: datetime) -> bytes:
    """C:expand of what tells times only (`render_busy`)."""
    return busy_dates(event, list(_instances(event, NOTHING, Statuses(), starts_at, ends_at)))


def limit_object(
    event: CalendarEvent,
    dressing: Dressing | None = None,
    *,
    statuses: Statuses | None = None,
    starts_at: datetime,
    ends_at: datetime,
) -> bytes:
    """C:limit-recurrence-set: the master, and those single dates that touch the window now or did by the rule."""
    dressing, statuses = dressing or NOTHING, statuses or Statuses()

    def touches(date: ShownDate) -> bool:
        assert date.recurrence_id is not None
        by_rule = to_instant(date.recurrence_id, event.timezone)
        return _overlaps(date.starts_at, date.ends_at, starts_at, ends_at) or _overlaps(
            by_rule, by_rule + event.duration, starts_at, ends_at
        )

    shown = [
        master_of(event, dressing, statuses),
        *filter(touches, overrides_of(event, dressing, statuses)),
    ]
    return written(event, dressing, statuses, shown)


def instances_of(
    event: CalendarEvent, starts_at: datetime, ends_at: datetime
) -> Iterator[tuple[datetime | None, MovedDate | None, datetime, datetime]]:
    """Recurrence id (None for a single event), what is different, start and end of each date in the window."""
    if not event.is_series:
        if _overlaps(event.starts_at, event.ends_at, starts_at, ends_at):
            yield None, None, event.starts_at, event.ends_at
        return
    moved = {one.recurrence_id: one for one in event.moved}
    rule = parse_rule(event.rrule, event.timezone) if event.rrule else None
    found = expand(
        event.starts_local,
        event.duration,
        event.timezone,
        rule=rule,
        rdate=event.rdate,
        exdate=event.exdate,
        # no date by the rule is later than the window; a day covers what wall time shifts
        last_local=to_local(ends_at, event.timezone) + timedelta(days=1),
        most=MOST_INSTANCES,
    )
    by_rule = {date.recurrence_id for date in found.dates}
    for at in sorted({*by_rule, *moved}):
        other = moved.get(at)
        begins = to_instant(at, event.timezone) if other is None else other.starts_at
        ends = begins + event.duration if other is None else other.ends_at
        if _overlaps(begins, ends, starts_at, ends_at):
            yield at, other, begins, ends


def _instances(
    event: CalendarEvent, dressing: Dressing, statuses: Statuses, starts_at: datetime, ends_at: datetime
) -> Iterator[ShownDate]:
    for at, moved, begins, ends in instances_of(event, starts_at, ends_at):
        if at is not None:
            yield shown_date(event, at, moved, dressing, statuses, in_utc=True)
        else:
            yield ShownDate(
                recurrence_id=None,
                starts_at=begins,
                ends_at=ends,
                answer=statuses.room,
                dressing=dressing.master,
                in_utc=True,
            )


def _overlaps(begins: datetime, ends: datetime, starts_at: datetime, ends_at: datetime) -> bool:
    return begins < ends_at and ends > starts_at
