# SPDX-License-Identifier: EUPL-1.2
"""What a change of times makes of a booking's dates: which move, which go, which are new. Writes nothing.

Dates that are past or running stay where they are (invariant 6), and a dropped date stays dropped. When all dates
wander, the recurrence ids wander with them, also those of past dates, so that the rule goes on naming every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from vconf.bookings.checks import chosen, dates_from
from vconf.bookings.errors import AlreadyStarted
from vconf.bookings.models import OCCUPYING, OFF, Booking, Occurrence, OccurrenceState
from vconf.bookings.placing import is_ahead
from vconf.bookings.plans import expressed, plan_of, shifted, wall_times_of
from vconf.bookings.recurrence import Date, parse_rule, to_instant, to_local
from vconf.bookings.requests import UNSET, ChangeRequest
from vconf.errors import Invalid


@dataclass(frozen=True, slots=True)
class Retimed:
    """dates: where rows go, by their id. new: dates without a row. gone: rows that the rule names no more.

    delta: by what the recurrence ids of all other rows wander.
    """

    starts_local: datetime
    duration: timedelta
    timezone: str
    delta: timedelta = timedelta()
    rrule: str = ""
    rdate: Sequence[datetime] = ()
    exdate: Sequence[datetime] = ()
    promised_until: datetime | None = None
    dates: dict[UUID, Date] = field(default_factory=dict)
    new: Sequence[Date] = ()
    gone: Sequence[Occurrence] = ()

    @property
    def is_series(self) -> bool:
        return bool(self.rrule or self.rdate)

    def keep(self, booking: Booking) -> None:
        """Write the rule of time into the booking (unsaved)."""
        booking.starts_local = self.starts_local.isoformat()
        booking.duration, booking.timezone = self.duration, self.timezone
        booking.rrule = self.rrule
        booking.rdate = [local.isoformat() for local in self.rdate]
        booking.exdate = [local.isoformat() for local in self.exdate]
        if booking.promised_until != self.promised_until:
            booking.promised_until, booking.reminded_at = self.promised_until, None


def is_series(booking: Booking) -> bool:
    return bool(booking.rrule or booking.rdate)


def locals_of(texts: Sequence[str]) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in texts]


def retimed(
    booking: Booking, rows: Sequence[Occurrence], request: ChangeRequest, now: datetime, days_ahead: int
) -> Retimed | None:
    """What the request makes of the dates, or None if it leaves all times as they are.

    days_ahead: the booking horizon of the room's class.

    Raises Invalid, TooLong, BeyondHorizon, AlreadyStarted.
    """
    old = datetime.fromisoformat(booking.starts_local)
    starts_local = chosen(request.starts_local, old).replace(microsecond=0)
    duration = chosen(request.duration, booking.duration)
    zone_name = chosen(request.timezone, booking.timezone)
    [date] = dates_from(starts_local, duration, zone_name)
    if _names_a_rule(booking, request):
        return _by_a_new_rule(booking, rows, request, starts_local, duration, zone_name, now, days_ahead)
    # what is left of a series, if it is one date, lasts as long as is said, like a booking of one date
    lasts = duration if request.duration is not UNSET and len(rows) == 1 else None
    if (starts_local, duration, zone_name) == (old, booking.duration, booking.timezone) and (
        lasts is None or rows[0].ends_at - rows[0].starts_at == lasts
    ):
        return None
    if is_series(booking):
        return _shifted(booking, rows, starts_local, duration, zone_name, now, lasts)
    dates = {o.id: date for o in rows if o.state in OCCUPYING}
    return Retimed(starts_local, duration, zone_name, starts_local - old, dates=dates)


def _names_a_rule(booking: Booking, request: ChangeRequest) -> bool:
    return (
        (request.rrule is not UNSET and request.rrule != booking.rrule)
        or (request.rdate is not UNSET and sorted(request.rdate) != locals_of(booking.rdate))
        or (request.exdate is not UNSET and not set(request.exdate) <= set(locals_of(booking.exdate)))
    )


def wall_time(occurrence: Occurrence, zone_name: str) -> datetime:
    """Where a date lies now, on the clock of the zone; a skipped hour keeps the name it was asked by."""
    named = datetime.fromisoformat(occurrence.recurrence_id)
    if to_instant(named, zone_name) == occurrence.starts_at:
        return named
    return to_local(occurrence.starts_at, zone_name)


def _wandered(
    booking: Booking,
    o: Occurrence,
    delta: timedelta,
    duration: timedelta,
    zone_name: str,
    lasts: timedelta | None = None,
) -> Date:
    """A date moved by `delta` on the clock. One with a length of its own keeps it, unless the series gets a new one
    (`duration`) or the date itself does (`lasts`).
    """
    length = lasts or (o.ends_at - o.starts_at if duration == booking.duration else duration)
    starts_at = to_instant(wall_time(o, booking.timezone) + delta, zone_name)
    return Date(datetime.fromisoformat(o.recurrence_id) + delta, starts_at, starts_at + length)


def _shifted(
    booking: Booking,
    rows: Sequence[Occurrence],
    starts_local: datetime,
    duration: timedelta,
    zone_name: str,
    now: datetime,
    lasts: timedelta | None,
) -> Retimed:
    old = datetime.fromisoformat(booking.starts_local)
    delta = starts_local - old
    rdate = [local + delta for local in locals_of(booking.rdate)]
    named = wall_times_of(old, booking.rrule, locals_of(booking.rdate), booking.timezone)
    rule = parse_rule(booking.rrule, booking.timezone) if booking.rrule else None
    rrule, rdate = expressed(
        starts_local,
        None if rule is None else shifted(rule, delta, old),
        rdate,
        [local + delta for local in named],
        zone_name,
    )
    promised = booking.promised_until
    if promised is not None:
        promised = to_instant(to_local(promised, booking.timezone) + delta, zone_name)
    return Retimed(
        starts_local,
        duration,
        zone_name,
        delta,
        rrule,
        rdate,
        [local + delta for local in locals_of(booking.exdate)],
        promised,
        {o.id: _wandered(booking, o, delta, duration, zone_name, lasts) for o in rows if is_ahead(o, now)},
    )


def _by_a_new_rule(
    booking: Booking,
    rows: Sequence[Occurrence],
    request: ChangeRequest,
    starts_local: datetime,
    duration: timedelta,
    zone_name: str,
    now: datetime,
    days_ahead: int,
) -> Retimed:
    old = datetime.fromisoformat(booking.starts_local)
    delta = starts_local - old
    rule = parse_rule(booking.rrule, booking.timezone) if booking.rrule else None
    kept_rule = "" if rule is None else str(shifted(rule, delta, old))
    dropped = {local + delta for local in locals_of(booking.exdate)}
    plan = plan_of(
        starts_local,
        duration,
        zone_name,
        rrule=chosen(request.rrule, kept_rule),
        rdate=chosen(request.rdate, tuple(local + delta for local in locals_of(booking.rdate))),
        exdate={*chosen(request.exdate, ()), *dropped},
        now=now,
        days_ahead=days_ahead,
    )
    by_local = {datetime.fromisoformat(o.recurrence_id) + delta: o for o in rows}
    dates: dict[UUID, Date] = {}
    new: list[Date] = []
    rdate, exdate = set(plan.rdate), set(plan.exdate)
    planned = {date.recurrence_id: date for date in plan.dates}
    for local, date in planned.items():
        o = by_local.get(local)
        if o is not None and is_ahead(o, now):
            dates[o.id] = _wandered(booking, o, delta, duration, zone_name)
        elif date.starts_at <= now and (o is None or o.state == OccurrenceState.CANCELLED):
            exdate.add(local)  # it never took place
        elif o is None:
            new.append(date)
        elif o.state == OccurrenceState.CANCELLED:
            dates[o.id] = date  # an earlier rule had left it out
    for local, o in by_local.items():
        begun = o.state not in OFF and not is_ahead(o, now)
        if begun and local not in planned:
            if local < starts_local:
                raise AlreadyStarted(_("The series has begun; change this and the following dates instead."))
            exdate.discard(local)
            rdate |= {local} - set(wall_times_of(starts_local, plan.rrule, (), zone_name))
    if not dates and not new:
        raise Invalid.field("rrule", _("No date is left."))
    return Retimed(
        starts_local,
        duration,
        zone_name,
        delta,
        plan.rrule,
        sorted(rdate),
        sorted(exdate),
        plan.promised_until,
        dates,
        new,
        [o for local, o in by_local.items() if is_ahead(o, now) and local not in planned],
    )
