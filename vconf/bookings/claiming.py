# SPDX-License-Identifier: EUPL-1.2
"""Where a new booking goes: its room, the server of each date, the quota, claimed under locks in their order.

When any room will do, capacity is asked of one pool after the other, the pool of the smallest free room first. Each
attempt has a savepoint of its own: rolling back to it gives the locks taken since back as well (PostgreSQL, explicit
locking), so no room or pool of one attempt is held while the next one waits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from vconf.authorities.models import Authority
from vconf.authorities.rights import Actor
from vconf.bookings import locks, overlaps, policing
from vconf.bookings.checks import Guest, check_room, expected_seats
from vconf.bookings.choosing import no_room, reasons_of, rooms_free_on, rooms_wanted, spans_in, stock_of
from vconf.bookings.errors import NoCapacity, SlotTaken
from vconf.bookings.placing import reserve, reserve_what_fits
from vconf.bookings.plans import Plan
from vconf.bookings.recurrence import Date
from vconf.bookings.requests import BookingRequest
from vconf.bookings.spans import Span
from vconf.crashpoints import reach
from vconf.errors import Refusal
from vconf.rooms.models import Pool, Room
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.services import add_stock_room


@dataclass(frozen=True, slots=True)
class Claim:
    """server_ids: of the dates that were got. missing: those that were not, if that was agreed to.

    path: who pays, root first.
    """

    room: Room
    policy: Policy
    seats: int
    server_ids: Mapping[Date, UUID]
    missing: Sequence[Date]
    path: Sequence[Authority]


@dataclass(frozen=True, slots=True)
class Claiming:
    """A wish of somebody with these rights, as far as it is understood."""

    request: BookingRequest
    rights: Actor
    plan: Plan
    authority_id: UUID
    guests: Sequence[Guest]
    now: datetime

    def in_room(self, room: Room) -> Claim:
        """Raises RoomBlocked, SlotTaken, NoCapacity, QuotaExceeded and whatever the class has against it."""
        known = room.room_class
        room, pool, path = locks.lock_place(room.id, self.authority_id)
        reach("book.after_locks")
        room.room_class = known if known.id == room.room_class_id else room.room_class
        check_room(room, None)  # it may have been blocked meanwhile
        policy = policy_of(room.room_class)
        seats = expected_seats(self.request.seats, self.guests, room, policy)
        spans = spans_in(room, policy, self.plan, self.request, self.rights, self.now)
        return self._claimed(room, policy, seats, spans, lambda _room: (pool, path))

    def in_any_room(self) -> Claim:
        """In the smallest free room whose pool takes the meeting; one attempt for each pool.

        Raises like `in_room`, and NoRoom. If no pool has the capacity, it is the first one's numbers that count.
        """
        full: set[UUID] = set()
        first: NoCapacity | None = None
        while True:
            try:
                with transaction.atomic():
                    try:
                        room, policy, seats, spans = self._any_room(full)
                    except Refusal as refusal:
                        raise first or refusal from None
                    try:
                        return self._claimed(room, policy, seats, spans, self._locked)
                    except NoCapacity as refusal:
                        full.add(room.pool_id)
                        raise _PoolIsFull(refusal) from None
            except _PoolIsFull as found:
                first = first or found.refusal

    def _locked(self, room: Room) -> tuple[Pool, list[Authority]]:
        pool = locks.lock_pools([room.pool_id])[room.pool_id]
        path = locks.lock_path(self.authority_id)
        reach("book.after_locks")
        return pool, path

    def _claimed(
        self,
        room: Room,
        policy: Policy,
        seats: int,
        spans: Sequence[Span],
        lock: Callable[[Room], tuple[Pool, list[Authority]]],
    ) -> Claim:
        """The room is locked. lock: locks pool and path, unless that was done with the room."""
        clashes = [*overlaps.overlapping_each_other(spans), *overlaps.clashes(room.id, spans)]
        taken = {clash.starts_at for clash in clashes}
        dates = [span.date for span in spans if span.date.starts_at not in taken]
        if clashes and not (self.request.partial and dates):
            raise SlotTaken(conflicts=sorted(set(clashes), key=lambda clash: clash.starts_at))
        pool, path = lock(room)
        if self.request.partial:
            server_ids = reserve_what_fits(pool, path, dates, seats)
        else:
            server_ids = dict(zip(dates, reserve(pool, path, dates, seats), strict=True))
        missing = [date for date in self.plan.dates if date not in server_ids]
        if missing:
            policing.check_partial(policy, self.plan.dates, missing, reasons_of(missing, policy, taken))
        return Claim(room, policy, seats, server_ids, missing, path)

    def _any_room(self, full: Collection[UUID]) -> tuple[Room, Policy, int, list[Span]]:
        """The smallest room that fits and is free on all dates, locked: a named one, else one from stock, else a new
        one. None of the pools that are full.

        Each is tried under a savepoint of its own, so that at most one room is locked at a time. Rooms that somebody
        has to approve are for those who name them, or their class.
        """
        request, plan = self.request, self.plan
        seats, rooms = rooms_wanted(request, self.rights, self.guests, full=full)
        last: Refusal | None = None
        tried: set[UUID] = set()
        for _attempt in range(2):
            for room_id in rooms_free_on(rooms, plan.dates, tried):
                tried.add(room_id)
                try:
                    with transaction.atomic():
                        room = locks.lock_rooms([room_id])[room_id]
                        check_room(room, seats)
                        policy = policy_of(room.room_class)
                        spans = spans_in(room, policy, plan, request, self.rights, self.now)
                        clashes = overlaps.clashes(room.id, spans)
                        if not clashes and len(spans) == len(plan.dates):
                            return room, policy, seats, spans
                        raise SlotTaken(conflicts=clashes)
                except SlotTaken:
                    continue
                except Refusal as refusal:
                    last = refusal
        stock = stock_of(rooms)
        if stock is None:
            raise last or no_room(self.rights, seats)
        # what other rooms refuse by their class is no reason: the class of the stock decides
        policy = policy_of(stock.room_class)
        spans = spans_in(stock, policy, plan, request, self.rights, self.now)
        return add_stock_room(stock), policy, seats, spans


class _PoolIsFull(Exception):
    """Takes the refusal out of a savepoint that has to be rolled back."""

    def __init__(self, refusal: NoCapacity) -> None:
        super().__init__()
        self.refusal = refusal
