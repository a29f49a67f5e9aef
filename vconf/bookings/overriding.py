# SPDX-License-Identifier: EUPL-1.2
"""Dates of a series that are otherwise than the rule says, from the start: other times, titles, rooms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vconf.authorities.rights import Actor
from vconf.bookings import policing
from vconf.bookings.checks import (
    Guest,
    bookable_room,
    check_room,
    checked_title,
    dates_from,
    default_policy,
    resolve_guests,
)
from vconf.bookings.plans import Plan, plan_of
from vconf.bookings.recurrence import Date, to_local
from vconf.bookings.requests import BookingRequest, DateOverride
from vconf.errors import Invalid
from vconf.rooms.models import Room
from vconf.rooms.policies import Policy, policy_of


@dataclass(frozen=True, slots=True)
class Overridden:
    """A plan whose dates are where they shall be, in order of time; by recurrence id what else is theirs alone.

    room_id: of the dates without one of their own; None: any. named: the recurrence ids that were overridden, be it in
    nothing that counts here.
    """

    plan: Plan
    room_id: UUID | None
    titles: Mapping[datetime, str] = field(default_factory=dict)
    rooms: Mapping[datetime, UUID] = field(default_factory=dict)
    named: Collection[datetime] = ()

    @property
    def apart(self) -> dict[datetime, UUID]:
        """The rooms that are not that of the others."""
        return {local: own for local, own in self.rooms.items() if own != self.room_id}


@dataclass(frozen=True, slots=True)
class Understood:
    """A wish with what its names stand for. room: None if any will do; policy: its class's, or the default one."""

    room: Room | None
    policy: Policy
    overridden: Overridden
    guests: Sequence[Guest]


def understand(request: BookingRequest, *, rights: Actor, now: datetime) -> Understood:
    """What can be known of a wish before any lock. Raises Invalid, NotFound (a room absent or foreign), and what the
    room alone refuses.
    """
    assert rights.person is not None
    room = None if request.room_id is None else bookable_room(request.room_id, rights)
    policy = default_policy(rights, request.room_class_id) if room is None else policy_of(room.room_class)
    overridden = plan_with_overrides(request, now=now, days_ahead=policing.horizon_days(policy))
    if overridden.room_id is not None and overridden.room_id != request.room_id:
        room = bookable_room(overridden.room_id, rights)
    guests = resolve_guests(request.attendees, rights.person)
    if room is not None:
        check_room(room, request.seats)
    return Understood(room, policy, overridden, guests)


def plan_with_overrides(
    request: BookingRequest, *, now: datetime, days_ahead: int | None = None
) -> Overridden:
    """Raises Invalid, TooLong, BeyondHorizon."""
    return overridden(
        request,
        lambda rdate: plan_of(
            request.starts_local,
            request.duration,
            request.timezone,
            rrule=request.rrule,
            rdate=rdate,
            exdate=request.exdate,
            now=now,
            days_ahead=days_ahead,
        ),
        now=now,
    )


def overridden(
    request: BookingRequest, plan_for: Callable[[Collection[datetime]], Plan], *, now: datetime
) -> Overridden:
    """plan_for: makes the plan with these added dates.

    An override of a date that the rule does not name is one date more, unless it is past or left out.
    """
    plan = plan_for(request.rdate)
    if not request.overrides:
        return Overridden(plan, request.room_id)
    by_id = _by_recurrence_id(request)
    there = {date.recurrence_id for date in plan.dates}
    more = {
        local
        for local, one in by_id.items()
        if local not in there and local not in plan.exdate and _date(one, local, request).starts_at > now
    }
    if more:
        plan = plan_for({*request.rdate, *more})
    titles: dict[datetime, str] = {}
    rooms: dict[datetime, UUID] = {}
    dates = []
    for date in plan.dates:
        one = by_id.get(date.recurrence_id)
        if one is None:
            dates.append(date)
            continue
        dates.append(_date(one, date.recurrence_id, request))
        if one.title and one.title.strip() != request.title.strip():
            titles[date.recurrence_id] = checked_title(one.title)
        if one.room_id is not None:
            rooms[date.recurrence_id] = one.room_id
    dates.sort(key=lambda date: date.starts_at)
    room_id = request.room_id
    if len(rooms) == len(dates):
        # each has one of its own: then the first one's is that of the booking
        room_id = rooms[dates[0].recurrence_id]
    return Overridden(replace(plan, dates=dates), room_id, titles, rooms, frozenset(by_id))


def told_dates(request: BookingRequest, recurrence_ids: Collection[datetime]) -> list[Date]:
    """When these dates of a series are, whether or not they are as the rule has them. Raises Invalid, TooLong."""
    by_id = _by_recurrence_id(request)
    return [
        _date(by_id.get(local, DateOverride(recurrence_id=local)), local, request) for local in recurrence_ids
    ]


def folded(request: BookingRequest) -> BookingRequest:
    """A single date has no overrides: what they say of it is said of the booking."""
    if request.rrule or request.rdate or not request.overrides:
        return request
    own = [one for one in request.overrides if _plain(one.recurrence_id) == _plain(request.starts_local)]
    if not own:
        return request
    one, others = own[0], tuple(o for o in request.overrides if o is not own[0])
    date = _date(one, _plain(request.starts_local), request)
    return replace(
        request,
        starts_local=one.starts_local or to_local(date.starts_at, request.timezone),
        duration=date.ends_at - date.starts_at,
        title=one.title or request.title,
        room_id=None if one.unknown_room else one.room_id or request.room_id,
        unknown_room=one.unknown_room or ("" if one.room_id is not None else request.unknown_room),
        overrides=others,
    )


def _by_recurrence_id(request: BookingRequest) -> dict[datetime, DateOverride]:
    if len(request.overrides) > settings.VCONF_HORIZON_DATES:
        raise Invalid.field("overrides", _("These are too many dates."))
    found: dict[datetime, DateOverride] = {}
    for one in request.overrides:
        local = _plain(one.recurrence_id)
        if local in found:
            raise Invalid.field("overrides", _("A date is described twice."))
        found[local] = one
    return found


def _date(one: DateOverride, local: datetime, request: BookingRequest) -> Date:
    length: timedelta = request.duration if one.duration is None else one.duration
    begins = local if one.starts_local is None else _plain(one.starts_local)
    [asked] = dates_from(begins, length, request.timezone)
    starts_at = asked.starts_at if one.starts_at is None else one.starts_at.replace(microsecond=0)
    starts_at = starts_at.astimezone(asked.starts_at.tzinfo)
    return Date(local, starts_at, starts_at + length)


def _plain(local: datetime) -> datetime:
    return local.replace(microsecond=0)
