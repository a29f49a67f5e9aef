# SPDX-License-Identifier: EUPL-1.2
"""What a whole object makes of a booking's dates: which move, which go, which are new. Writes nothing.

Rows and dates find each other by recurrence id. Where the object begins at another time than the booking did, its ids
have wandered along, as those of `retiming` do, unless it still names some as they were, as after the first dates were
cut off: then the fewest dates change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from vconf.bookings.checks import SHORTEST, dates_from
from vconf.bookings.errors import AlreadyStarted
from vconf.bookings.models import OCCUPYING, OFF, Booking, Occurrence, OccurrenceState
from vconf.bookings.overriding import Overridden, overridden
from vconf.bookings.placing import is_ahead
from vconf.bookings.plans import Plan, checked_rule, checked_wall_times, plan_of, wall_times_of
from vconf.bookings.recurrence import BadRule, Date, to_instant, to_local
from vconf.bookings.requests import BookingRequest
from vconf.bookings.retiming import Retimed, locals_of
from vconf.bookings.sight import undo_ends_at
from vconf.errors import Invalid, Refusal

#: whether dates that were dropped minutes ago come back if the object names them; or which do, by recurrence id
TakesBack = bool | Collection[datetime]


@dataclass(frozen=True, slots=True)
class Differing:
    """timing: the rule as it is then, and what becomes of the rows. rows: those that `timing` moves, by their id.

    titles, rooms: of single dates, by recurrence id. named: dates that the object describes by themselves.
    """

    timing: Retimed
    rows: Mapping[UUID, Occurrence]
    titles: Mapping[datetime, str]
    rooms: Mapping[datetime, UUID]
    named: Collection[datetime]
    #: the first time, length, zone or rule is another: all dates are asked about anew
    is_other_time: bool
    #: rule, added or dropped dates are others
    is_retimed: bool

    @property
    def ahead(self) -> list[tuple[Date, Occurrence | None]]:
        """The dates to come, in order of time, with the rows they have."""
        found: list[tuple[Date, Occurrence | None]] = [(date, None) for date in self.timing.new]
        found += [(date, self.rows[row_id]) for row_id, date in self.timing.dates.items()]
        return sorted(found, key=lambda one: one[0].starts_at)

    def room_of(self, o: Occurrence | None, local: datetime, *, moves: bool) -> UUID | None:
        """The room that a date has to itself; None if it has none. moves: the others go to another room."""
        if local in self.rooms:
            return self.rooms[local]
        keeps = o is not None and o.state in OCCUPYING and local in self.named and not moves
        return o.room_id if o is not None and keeps else None


def differing(
    booking: Booking,
    wanted: BookingRequest,
    rows: Sequence[Occurrence],
    *,
    now: datetime,
    days_ahead: int | None,
    takes_back: TakesBack = False,
    leniently: bool = False,
) -> Differing:
    """leniently: what lies beyond the horizon is told as well.

    Raises Invalid, TooLong, BeyondHorizon, AlreadyStarted (a single date that has begun cannot be moved).
    """
    starts_local = wanted.starts_local.replace(microsecond=0)
    zone_name = wanted.timezone
    dates_from(starts_local, SHORTEST if leniently else wanted.duration, zone_name)
    rrule = checked_rule(wanted.rrule, zone_name)
    rdate = set(checked_wall_times(wanted.rdate, wanted.exdate)[0])
    by_rule = _by_rule(starts_local, rrule, zone_name)
    named = by_rule | rdate
    delta = _wandered_by(booking, rows, starts_local, named, _plain(wanted.exdate), now)
    wanted = _following(wanted, delta, named, booking, rows)
    dropped = _dropped(booking, rows, delta, takes_back, named - _plain(wanted.exdate), now)
    exdate = (_plain(wanted.exdate) & named) | dropped
    kept_rdate = {local + delta for local in locals_of(booking.rdate)}
    same_rule = rrule == booking.rrule and rdate == kept_rdate
    promised = booking.promised_until
    if promised is not None and delta:
        promised = to_instant(to_local(promised, booking.timezone) + delta, zone_name)

    def plan_for(added: Collection[datetime]) -> Plan:
        if not (same_rule or leniently):
            return plan_of(
                starts_local,
                wanted.duration,
                zone_name,
                rrule=rrule,
                rdate=added,
                exdate=exdate,
                now=now,
                days_ahead=days_ahead,
            )
        # what was promised stays so, however far ahead it may be booked by now
        there = sorted(set(wall_times_of(starts_local, rrule, added, zone_name)) - exdate)
        instants = [(local, to_instant(local, zone_name)) for local in there]
        dates = [Date(local, at, at + wanted.duration) for local, at in instants]
        return Plan(starts_local, dates, rrule, tuple(sorted(added)), tuple(sorted(exdate)), promised)

    object_ = overridden(wanted, plan_for, now=now)
    timing = _matched(object_, wanted, rows, delta, by_rule, now)
    before = _rule_of(booking)
    return Differing(
        timing,
        {o.id: o for o in rows},
        object_.titles,
        object_.rooms,
        object_.named,
        is_other_time=before[:4] != _rule_as(timing)[:4],
        is_retimed=before != _rule_as(timing) or bool(timing.new or timing.gone),
    )


def given_up(
    booking: Booking, wanted: BookingRequest, rows: Sequence[Occurrence], people: int, now: datetime
) -> list[Occurrence]:
    """The dates to come that the object would have moved, dropped or given another room or number of seats; all of
    them, if that cannot be told. people: organiser and invited.
    """
    ahead = [o for o in rows if is_ahead(o, now)]
    try:
        what = differing(booking, wanted, rows, now=now, days_ahead=None, leniently=True)
    except Refusal:
        return ahead
    other_room = wanted.room_id is not None and wanted.room_id != booking.room_id
    unknown = {one.recurrence_id for one in wanted.overrides if one.unknown_room}
    found = []
    for o in ahead:
        date = what.timing.dates.get(o.id)
        if date is None or (date.starts_at, date.ends_at) != (o.starts_at, o.ends_at):
            found.append(o)
            continue
        nowhere = wanted.unknown_room or date.recurrence_id in unknown
        room_id = what.room_of(o, date.recurrence_id, moves=other_room) or wanted.room_id or booking.room_id
        more = wanted.seats != booking.seats_asked if wanted.seats is not None else people > o.seats
        if nowhere or room_id != o.room_id or more:
            found.append(o)
    return found


def _by_rule(starts_local: datetime, rrule: str, zone_name: str) -> set[datetime]:
    try:
        return set(wall_times_of(starts_local, rrule, (), zone_name))
    except BadRule as error:
        raise Invalid.field("rrule", _("This is not a rule that can be booked.")) from error


def _plain(locals_: Collection[datetime]) -> set[datetime]:
    return {local.replace(microsecond=0) for local in locals_}


def _wandered_by(
    booking: Booking,
    rows: Sequence[Occurrence],
    starts_local: datetime,
    named: Collection[datetime],
    exdate: Collection[datetime],
    now: datetime,
) -> timedelta:
    delta = starts_local - datetime.fromisoformat(booking.starts_local)
    dropped = locals_of(booking.exdate)
    as_before = sum(local in exdate for local in dropped)
    along = sum(local + delta in exdate for local in dropped)
    if as_before != along:
        return delta if along > as_before else timedelta()
    ahead = [datetime.fromisoformat(o.recurrence_id) for o in rows if is_ahead(o, now)]
    return timedelta() if any(local in named for local in ahead) else delta


def _following(
    wanted: BookingRequest,
    delta: timedelta,
    named: set[datetime],
    booking: Booking,
    rows: Sequence[Occurrence],
) -> BookingRequest:
    """Overrides and EXDATEs that still go by the old ids go by the new ones."""
    if not delta:
        return wanted
    old = {datetime.fromisoformat(o.recurrence_id) for o in rows}
    new = named | {local + delta for local in locals_of(booking.exdate)}

    def followed(local: datetime) -> datetime:
        return local + delta if local in old and local not in new and local + delta in named else local

    return replace(
        wanted,
        exdate=tuple(followed(local) for local in wanted.exdate),
        overrides=tuple(replace(one, recurrence_id=followed(one.recurrence_id)) for one in wanted.overrides),
    )


def _dropped(
    booking: Booking,
    rows: Sequence[Occurrence],
    delta: timedelta,
    takes_back: TakesBack,
    named: Collection[datetime],
    now: datetime,
) -> set[datetime]:
    """What stays dropped."""
    back = () if isinstance(takes_back, bool) else takes_back
    dropped = {local + delta for local in locals_of(booking.exdate) if local not in back}
    if takes_back is not True:
        return dropped
    for o in rows:
        local = datetime.fromisoformat(o.recurrence_id) + delta
        if o.state == OccurrenceState.CANCELLED and o.released_at is not None and local in named:
            ends_at = undo_ends_at(o.released_at)
            if ends_at is not None and ends_at > now and o.starts_at > now:
                dropped.discard(local)
    return dropped


def _matched(
    object_: Overridden,
    wanted: BookingRequest,
    rows: Sequence[Occurrence],
    delta: timedelta,
    by_rule: Collection[datetime],
    now: datetime,
) -> Retimed:
    plan = object_.plan
    by_local = {datetime.fromisoformat(o.recurrence_id) + delta: o for o in rows}
    planned = {date.recurrence_id: date for date in plan.dates}
    rdate, exdate = set(plan.rdate), set(plan.exdate)
    dates: dict[UUID, Date] = {}
    new: list[Date] = []
    for local, date in planned.items():
        o = by_local.get(local)
        if o is not None and is_ahead(o, now):
            dates[o.id] = date
        elif o is not None and o.state == OccurrenceState.REFUSED:
            # what could not be had is asked for again at another time only
            if date.starts_at > now and (date.starts_at, date.ends_at) != (o.starts_at, o.ends_at):
                dates[o.id] = date
        elif o is None or o.state == OccurrenceState.CANCELLED:
            if date.starts_at <= now:
                exdate.add(local)  # it never took place
            elif o is None:
                new.append(date)
            else:
                dates[o.id] = date
        elif not plan.is_series and len(rows) == 1 and o.state in OCCUPYING:
            if date.starts_at != o.starts_at:
                raise AlreadyStarted()
            if date.ends_at != o.ends_at:
                dates[o.id] = date  # it runs, and gets a later end
    begun = {local for local, o in by_local.items() if o.state not in OFF and not is_ahead(o, now)}
    exdate -= begun
    rdate |= begun - planned.keys() - set(by_rule)
    if not dates and not new and not begun:
        raise Invalid.field("rrule", _("No date is left."))
    return Retimed(
        plan.starts_local,
        wanted.duration,
        wanted.timezone,
        delta,
        plan.rrule,
        sorted(rdate),
        sorted(exdate),
        plan.promised_until,
        dates,
        new,
        [
            o
            for local, o in by_local.items()
            if local not in planned and (is_ahead(o, now) or o.state == OccurrenceState.REFUSED)
        ],
    )


def _rule_of(booking: Booking) -> tuple[object, ...]:
    return (
        datetime.fromisoformat(booking.starts_local),
        booking.duration,
        booking.timezone,
        booking.rrule,
        locals_of(booking.rdate),
        locals_of(booking.exdate),
    )


def _rule_as(timing: Retimed) -> tuple[object, ...]:
    return (
        timing.starts_local,
        timing.duration,
        timing.timezone,
        timing.rrule,
        list(timing.rdate),
        list(timing.exdate),
    )
