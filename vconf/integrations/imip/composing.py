# SPDX-License-Identifier: EUPL-1.2
"""One wish out of all that an organiser's mails have said of a UID, in whatever order they came. Plain.

Exchange tells the series and each exception in mails of their own; others tell everything at once. What was said of a
date before the series got its present times is no longer so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from vconf.bookings.holding import read
from vconf.bookings.plans import wall_times_of
from vconf.bookings.recurrence import BadRule, to_instant, to_local
from vconf.bookings.requests import BookingRequest, DateOverride
from vconf.integrations.imip.invitation_model import MailedWish
from vconf.integrations.imip.letters import at_instance
from vconf.integrations.imip.rooms import AskedRoom
from vconf.integrations.imip.versions import Version

#: (instance, address) -> the version with which that address was uninvited
TakenBack = Mapping[tuple[str, str], Version]


@dataclass(frozen=True, slots=True)
class Composed:
    """request: without a room; None: nothing of it shall take place. rooms: that are asked for, in this order."""

    request: BookingRequest | None
    rooms: Sequence[AskedRoom] = ()

    @property
    def left_out(self) -> Sequence[datetime]:
        return () if self.request is None else self.request.exdate


def composed(wishes: Mapping[str, MailedWish], taken_back: TakenBack) -> Composed:
    """wishes: by instance, at least one."""
    whole = wishes.get("")
    if whole is None or whole.wish is None:
        return _of_single_dates(wishes, taken_back)
    rooms = _left(whole, taken_back)
    if not rooms:
        return _of_single_dates(_invited_since(wishes, taken_back), taken_back)
    request = read(whole.wish)
    dropped = set(request.exdate)
    for (instance, address), version in taken_back.items():
        own = wishes.get(instance)
        if instance and own is None and version.stamp >= whole.since:
            gone = {a for (i, a), _ in taken_back.items() if i == instance}
            if address in gone and all(room.address in gone for room in rooms):
                dropped.add(_date_named(instance, request))
    overrides = []
    for instance, one in _single(wishes):
        if one.stamp < whole.since or one.wish is None:
            continue
        own_rooms = _left(one, taken_back)
        if own_rooms:
            overrides.append(_override(one, request, rooms, own_rooms))
        else:
            dropped.add(_date_named(instance, request))
    request = replace(
        request,
        exdate=tuple(sorted(dropped)),
        overrides=tuple(overrides),
        sequence=whole.sequence,
    )
    return Composed(None if _nothing_left(request) else request, rooms)


def _nothing_left(request: BookingRequest) -> bool:
    """Whether each date was called off by itself."""
    if not request.exdate:
        return False
    try:
        named = wall_times_of(request.starts_local, request.rrule, request.rdate, request.timezone)
    except BadRule:
        return False  # for the services to refuse
    return {*named, *(one.recurrence_id for one in request.overrides)} <= set(request.exdate)


def _invited_since(wishes: Mapping[str, MailedWish], taken_back: TakenBack) -> Mapping[str, MailedWish]:
    """Dates that a room is invited to by themselves after it was uninvited from the whole."""
    return {
        instance: row
        for instance, row in _single(wishes)
        if any(("", room.address) in taken_back for room in _left(row, taken_back))
    }


def _of_single_dates(wishes: Mapping[str, MailedWish], taken_back: TakenBack) -> Composed:
    """While the series is not known its dates are a booking of their own, which it takes over when it comes."""
    dates = [(row, _left(row, taken_back)) for _, row in _single(wishes) if row.wish is not None]
    dates = [(row, rooms) for row, rooms in dates if rooms]
    if not dates:
        return Composed(None)
    first, rooms = dates[0]
    assert first.wish is not None
    request = read(first.wish)
    named = [to_local(at_instance(row.instance), request.timezone) for row, _ in dates]
    request = replace(
        request,
        starts_local=named[0],
        rdate=tuple(named[1:]),
        sequence=max(row.sequence for row, _ in dates),
    )
    overrides = [_override(row, request, rooms, own) for row, own in dates]
    return Composed(replace(request, overrides=tuple(overrides)), rooms)


def _single(wishes: Mapping[str, MailedWish]) -> list[tuple[str, MailedWish]]:
    return sorted((instance, row) for instance, row in wishes.items() if instance)


def _left(row: MailedWish, taken_back: TakenBack) -> list[AskedRoom]:
    """The rooms that this version asks for, without those uninvited since."""
    version = Version.kept(row)
    found = []
    for room in map(AskedRoom.read, row.rooms):
        of_all, of_date = taken_back.get(("", room.address)), taken_back.get((row.instance, room.address))
        if of_date is not None and of_date >= version:
            continue
        # numbers of single dates are counted apart from those of the whole
        if of_all is not None and row.instance and of_all.stamp >= version.stamp:
            continue
        found.append(room)
    return found


def is_anew(row: MailedWish, version: Version, taken_back: TakenBack) -> bool:
    """Whether the whole was called off, and this version of it came only after that."""
    ends = [taken_back.get(("", room.address)) for room in map(AskedRoom.read, row.rooms)]
    return all(one is not None and Version.kept(row) <= one < version for one in ends)


def _override(
    row: MailedWish, whole: BookingRequest, rooms: Sequence[AskedRoom], own_rooms: Sequence[AskedRoom]
) -> DateOverride:
    assert row.wish is not None
    own = read(row.wish)
    return DateOverride(
        recurrence_id=_date_named(row.instance, whole),
        starts_at=to_instant(own.starts_local, own.timezone),
        duration=own.duration,
        title="" if own.title == whole.title else own.title,
        room_id=_own_room(rooms, own_rooms),
    )


def _own_room(rooms: Sequence[AskedRoom], own_rooms: Sequence[AskedRoom]) -> UUID | None:
    """A room that only this date is to have; None if it names one of those of the others."""
    if {room.address for room in rooms} & {room.address for room in own_rooms}:
        return None
    return next((room.room_id for room in own_rooms if room.room_id is not None), None)


def _date_named(instance: str, whole: BookingRequest) -> datetime:
    """The wall time that the rule of the whole has at this instant."""
    local = to_local(at_instance(instance), whole.timezone)
    by_rule = datetime.combine(local, whole.starts_local.time())
    if by_rule == local or not whole.rrule:
        return local
    # where an hour is skipped the instant alone would name another wall time; some name a date by its day only
    is_same = to_instant(by_rule, whole.timezone) == at_instance(instance)
    return by_rule if is_same or local.time() == datetime.min.time() else local
