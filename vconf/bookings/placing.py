# SPDX-License-Identifier: EUPL-1.2
"""Dates take their places: room, seats on a server, quota, all in the ledger. The caller's transaction has the locks.

Rooms are locked by the caller, who has to choose them first; pools and authorities are locked here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Replace
from django.utils import timezone

from vconf.authorities.models import Authority
from vconf.bookings import allotment, approvals, locks, occupancy, overlaps, quotas, standing
from vconf.bookings.calendars import show_booking
from vconf.bookings.checks import GRACE, Guest, check_length
from vconf.bookings.errors import AlreadyStarted, InPast, NoCapacity, QuotaExceeded, SlotTaken
from vconf.bookings.models import (
    NOT_YET_OPEN,
    OCCUPYING,
    Booking,
    Occurrence,
    OccurrenceState,
)
from vconf.bookings.recurrence import Date
from vconf.bookings.spans import Span
from vconf.errors import Clash, Refusal
from vconf.rooms.models import Pool, Room
from vconf.rooms.policies import Policy, policy_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a date shall be. occurrence: the row that it has already; without one it is made. title: one of
    its own; None: as it is.
    """

    date: Date
    room: Room
    policy: Policy
    seats: int
    occurrence: Occurrence | None = None
    title: str | None = None

    @property
    def span(self) -> Span:
        return Span.of(self.date, self.policy)

    @property
    def is_taken(self) -> bool:
        """Whether the row is exactly there already."""
        o = self.occurrence
        return (
            o is not None
            and o.state in OCCUPYING
            and (o.starts_at, o.ends_at, o.room_id, o.seats)
            == (self.date.starts_at, self.date.ends_at, self.room.id, self.seats)
        )

    @property
    def running_on(self) -> UUID | None:
        """The server of a date that is open: it stays there, whatever number of seats it gets."""
        o = self.occurrence
        return (
            o.reserved_server_id
            if o is not None and o.state in OCCUPYING and o.state not in NOT_YET_OPEN
            else None
        )

    @property
    def is_new_time_or_room(self) -> bool:
        o = self.occurrence
        there = (self.date.starts_at, self.date.ends_at, self.room.id)
        return o is None or o.state not in OCCUPYING or (o.starts_at, o.ends_at, o.room_id) != there

    @property
    def is_new_promise(self) -> bool:
        """Whether more is asked for than the row has been granted: not so if only seats are given back."""
        return self.is_new_time_or_room or (
            self.occurrence is not None and self.seats > self.occurrence.seats
        )


def date_of(occurrence: Occurrence) -> Date:
    return Date(datetime.fromisoformat(occurrence.recurrence_id), occurrence.starts_at, occurrence.ends_at)


def is_ahead(occurrence: Occurrence, now: datetime) -> bool:
    """Whether it has neither begun nor been opened: only such dates are moved or dropped."""
    return occurrence.state in NOT_YET_OPEN and occurrence.starts_at > now


def reserve(
    pool: Pool,
    path: Sequence[Authority],
    dates: Sequence[Date],
    seats: int,
    *,
    running_on: UUID | None = None,
) -> list[UUID]:
    """Check quota and capacity of all dates and name the server of each. Pool and path are locked.

    running_on: the server that the meetings of these dates run on; as long as it takes any, they stay there.
    """
    now = standing.read([pool], path, [(d.starts_at, d.ends_at) for d in dates])
    quotas.check_quotas(path, dates, seats, now.levels, limits=now.limits, months_used=now.months_used)
    for server in now.servers:
        if server.id == running_on:
            allotment.check_server(pool, now.servers, server, dates, seats, now.levels)
            return [server.id] * len(dates)
    return allotment.reserve_servers(pool, now.servers, dates, seats, now.levels)


def reserve_what_fits(
    pool: Pool, path: Sequence[Authority], dates: Sequence[Date], seats: int
) -> dict[Date, UUID]:
    """The dates that quota and capacity take, each with its server. Raises the last refusal if they take none."""

    def take(left: Sequence[Date]) -> Sequence[UUID]:
        with transaction.atomic():
            return reserve(pool, path, left, seats)

    taken, refusals = sifted(dates, take)
    if taken:
        return taken
    raise none_fits(refusals)


def none_fits(refusals: Sequence[Refusal]) -> Refusal:
    """The last refusal, with the dates of all."""
    clashes = [clash for refusal in refusals for clash in refusal.conflicts]
    refusals[-1].conflicts = tuple(sorted(clashes, key=lambda clash: clash.starts_at))
    return refusals[-1]


def sifted(
    dates: Sequence[Date], take: Callable[[Sequence[Date]], Sequence[UUID]]
) -> tuple[dict[Date, UUID], list[Refusal]]:
    """Leave out what `take` refuses until it takes the rest: what each date gets, and every refusal on the way."""
    left = list(dates)
    refusals: list[Refusal] = []
    while left:
        try:
            return dict(zip(left, take(left), strict=True)), refusals
        except (NoCapacity, QuotaExceeded) as refusal:
            refusals.append(refusal)
            named = {clash.starts_at for clash in refusal.conflicts}
            left = [date for date in left if date.starts_at not in named] if named else []
    return {}, refusals


def move_dates(
    booking: Booking,
    places: Sequence[Place],
    *,
    dropped: Collection[Occurrence] = (),
    standing: Collection[Occurrence] = (),
    now: datetime,
    approved: bool = False,
) -> None:
    """Give up what the dates occupy and occupy it anew; on refusal the caller's savepoint brings the old back.

    dropped: dates given up for good. standing: other dates of the booking, which these must not overlap.
    approved: somebody has approved just this, or did not have to; nobody is asked again.
    Rows of `places` get their recurrence ids from them. Raises SlotTaken, NoCapacity, QuotaExceeded,
    AlreadyStarted, InPast, TooLong; nothing is written before the room is known to be free.
    """
    _check_begun(places, now)
    for place in places:
        check_length(place.date.ends_at - place.date.starts_at, place.policy)
    _check_rooms(booking, places, standing)
    moving = [p.occurrence for p in places if p.occurrence is not None]
    occupying = [o for o in [*moving, *dropped] if o.state in OCCUPYING]
    pools = locks.lock_pools({*(p.room.pool_id for p in places), *(o.pool_id for o in occupying)})
    path = locks.lock_path(booking.authority_id)
    path_ids = [authority.id for authority in path]
    locks.lock_unchanged_dates([*moving, *dropped])
    occupancy.release(occupying, path_ids)
    # out of the way of each other, and of what may be re-reserved for the new times
    Occurrence.objects.filter(id__in=[o.id for o in [*moving, *dropped]]).update(
        state=OccurrenceState.CANCELLED, recurrence_id=Replace(F("recurrence_id"), Value("T"), Value("~"))
    )
    settle(dropped, state=OccurrenceState.CANCELLED, released_at=now)
    _write(booking, places, pools, path, approved=approved)


def settle(
    occurrences: Collection[Occurrence], *, state: OccurrenceState, released_at: datetime | None
) -> None:
    """Write the recurrence ids back that `move_dates` put aside, with a new state: one statement."""
    for occurrence in occurrences:
        occurrence.state, occurrence.released_at = state, released_at
    Occurrence.objects.bulk_update(occurrences, ["state", "released_at", "recurrence_id"])


def _check_begun(places: Sequence[Place], now: datetime) -> None:
    for place in places:
        o = place.occurrence
        if o is None or o.state not in OCCUPYING or is_ahead(o, now):
            continue
        if place.date.starts_at != o.starts_at or place.room.id != o.room_id or place.date.ends_at <= now:
            raise AlreadyStarted()
    past = [
        Clash(p.date.starts_at, p.date.ends_at, InPast.code)
        for p in places
        if p.date.ends_at <= now
        or (
            p.date.starts_at < now - GRACE
            and (p.occurrence is None or p.date.starts_at != p.occurrence.starts_at)
        )
    ]
    if past:
        raise InPast(conflicts=past)


def _check_rooms(booking: Booking, places: Sequence[Place], standing: Collection[Occurrence]) -> None:
    found = overlaps.overlapping_each_other(
        [*(p.span for p in places), *(Span(date_of(o), o.blocks_from, o.blocks_until) for o in standing)]
    )
    by_room: dict[UUID, list[Span]] = defaultdict(list)
    for place in places:
        by_room[place.room.id].append(place.span)
    for room_id, spans in by_room.items():
        found += overlaps.clashes(room_id, spans, except_booking=booking.id)
    if found:
        raise SlotTaken(conflicts=sorted(set(found), key=lambda clash: clash.starts_at))


def _write(
    booking: Booking,
    places: Sequence[Place],
    pools: dict[UUID, Pool],
    path: Sequence[Authority],
    *,
    approved: bool,
) -> None:
    """Reserve, a group of equal seats and pool at a time, then write all rows and the ledger."""
    path_ids = [authority.id for authority in path]
    groups: dict[tuple[UUID, int, UUID | None], list[Place]] = defaultdict(list)
    for place in places:
        groups[place.room.pool_id, place.seats, place.running_on].append(place)
    for (pool_id, seats, running_on), group in groups.items():
        dates = [p.date for p in group]
        server_ids = reserve(pools[pool_id], path, dates, seats, running_on=running_on)
        waiting = [] if approved else approvals_needed(booking, group)
        rows = [
            row_of(booking, p, server_id, waits=p in waiting)
            for p, server_id in zip(group, server_ids, strict=True)
        ]
        # the next group has to see what this one takes, in the ledger and in the rows
        occupancy.occupy(rows, path_ids)
        Occurrence.objects.bulk_update([p.occurrence for p in group if p.occurrence is not None], _MOVABLE)
        Occurrence.objects.bulk_create(
            [row for p, row in zip(group, rows, strict=True) if p.occurrence is None]
        )


_MOVABLE = [
    "room",
    "pool",
    "reserved_server",
    "recurrence_id",
    "starts_at",
    "ends_at",
    "blocks_from",
    "blocks_until",
    "seats",
    "state",
    "held_until",
    "released_at",
    "reserved_at",
    "title",
]


def approvals_needed(booking: Booking, places: Sequence[Place]) -> list[Place]:
    """Those of the places that somebody has to approve before they stand."""
    known: dict[tuple[UUID, int], bool] = {}
    found = []
    for place in places:
        if not place.policy.asks_approval:
            continue
        key = (place.room.room_class_id, place.seats)
        if key not in known:
            known[key] = approvals.is_needed(
                place.room.room_class,
                place.policy,
                seats=place.seats,
                authority_id=booking.authority_id,
                organiser_id=booking.organiser_id,
            )
        if known[key]:
            found.append(place)
    return found


def row_of(booking: Booking, place: Place, server_id: UUID, *, waits: bool = False) -> Occurrence:
    """The occurrence at its place: the row it has, changed, or a new one; unsaved.

    waits: the place needs approval. A date that had it keeps it as long as no more is asked for; one that has begun
    is not asked about any more. One that was held stands, once it has got a place.
    """
    row = place.occurrence or Occurrence(booking=booking)
    span = place.span
    if row.state in (OccurrenceState.CONFIRMED, OccurrenceState.HELD) and place.occurrence is not None:
        asks = waits and place.is_new_promise and row.starts_at > timezone.now()
        row.state = OccurrenceState.PENDING if asks else OccurrenceState.CONFIRMED
    elif row.state == OccurrenceState.PENDING or row.state not in OCCUPYING or place.occurrence is None:
        row.state = OccurrenceState.PENDING if waits else OccurrenceState.CONFIRMED
    elif row.state == OccurrenceState.OVERRUN:
        # its new end is ahead: what it took beyond the old one is planned now
        row.state = OccurrenceState.LIVE
    row.released_at = row.held_until = None
    if place.title is not None:
        row.title = place.title
    row.room, row.pool_id, row.reserved_server_id = place.room, place.room.pool_id, server_id
    row.recurrence_id = place.date.recurrence_id.isoformat()
    row.starts_at, row.ends_at = place.date.starts_at, place.date.ends_at
    row.blocks_from, row.blocks_until = span.blocks_from, span.blocks_until
    row.seats = place.seats
    row.reserved_at = timezone.now()
    return row


def lock_rooms_with_policies(room_ids: Iterable[UUID]) -> dict[UUID, tuple[Room, Policy]]:
    locked = locks.lock_rooms(set(room_ids))
    return {room_id: (room, policy_of(room.room_class)) for room_id, room in locked.items()}


def show(booking: Booking, guests: Sequence[Guest], now: datetime) -> None:
    """Show the booking in the calendars of its people and its rooms, and keep when its people are busy."""
    show_booking(booking, person_ids=people_of(booking, guests), now=now)


def people_of(booking: Booking, guests: Sequence[Guest]) -> set[UUID]:
    """Organiser and invited people who have an account."""
    return {booking.organiser_id, *(g.person.id for g in guests if g.person is not None)}
