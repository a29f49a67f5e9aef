# SPDX-License-Identifier: EUPL-1.2
"""The first times at which all of some people are free, a fitting room is, and capacity and quota take the meeting.

Answers times only: neither who is busy nor with what. No promise; booking it asks everything again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date as calendar_day
from datetime import datetime, time, timedelta
from itertools import islice
from uuid import UUID

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vconf.authorities.rights import Actor
from vconf.authorities.selectors import persons_by_addresses
from vconf.bookings import overlaps, suggestions
from vconf.bookings.busy import gaps_of
from vconf.bookings.checks import LONGEST, SHORTEST, SMALLEST_GROUP, bookable_rooms, checked_seats
from vconf.bookings.models import Occurrence
from vconf.bookings.policing import is_entitled
from vconf.bookings.recurrence import Date, to_instant, to_local
from vconf.bookings.selectors import get_own_booking
from vconf.bookings.window import Interval, Obstacles, Window
from vconf.errors import Forbidden, Invalid, Refusal
from vconf.rooms.models import Pool, Room
from vconf.rooms.policies import policy_of
from vconf.rooms.selectors import rooms_bookable_by

MOST_PEOPLE = 50
MOST_ROOMS = 20
MOST_SLOTS = 5
LONGEST_SEARCH = timedelta(days=31)
USUAL_SEARCH = timedelta(days=14)
#: rooms looked at as "any room", the smallest first
ROOMS_LOOKED_AT = 50
#: among so many, for not every room is for everybody
ROOMS_SIFTED = 400
#: times weighed at once to begin with; twice as many each time nothing is found
FIRST_BATCH = 32
LARGEST_BATCH = 400
_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRequest:
    """A wish for a time. people: addresses. room_ids: any one of these; none: any room with the seats.

    seats: None: worked out from the people. day_from, day_until: wall times in `timezone` that the meeting lies
    between, on one of `days`. booking_id: a booking of the actor's that shall move there.
    """

    people: tuple[str, ...]
    duration: timedelta
    timezone: str
    room_ids: tuple[UUID, ...] = ()
    seats: int | None = None
    begins: datetime | None = None
    until: datetime | None = None
    day_from: time = time(8)
    day_until: time = time(18)
    days: frozenset[str] = frozenset(_WEEK[:5])
    booking_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """room None: one of the room stock."""

    starts_at: datetime
    ends_at: datetime
    room: Room | None


@dataclass(frozen=True, slots=True)
class CommonSlots:
    """At most five, the soonest first. without_calendar: addresses that vconf knows no calendar of."""

    slots: Sequence[Slot]
    without_calendar: Sequence[str]


def first_common_slots(request: SlotRequest, *, actor: Actor) -> CommonSlots:
    """Raises Forbidden for callers who work nowhere, Invalid, and NotFound or Forbidden for room and booking."""
    authority_id = actor.home_id
    if authority_id is None:
        raise Forbidden(_("You are not a member of any authority."))
    now = timezone.now()
    begins, until = _checked(request, now)
    own = []
    if request.booking_id is not None:
        authority_id = get_own_booking(request.booking_id, actor=actor).authority_id
        own = suggestions.own_dates(request.booking_id)
    addresses = sorted({address.strip().lower() for address in request.people})
    persons = persons_by_addresses(addresses)
    person_ids = {person.id for person in persons.values()}
    seats = request.seats or max(
        SMALLEST_GROUP, len({*person_ids, actor.person_id}) + len(addresses) - len(persons)
    )
    search = _Search(request, actor, authority_id, seats, own, now)
    gaps = gaps_of(person_ids, begins, until, except_booking=request.booking_id)
    return CommonSlots(
        search.first_of(_starts(request, gaps)), [one for one in addresses if one not in persons]
    )


def _checked(request: SlotRequest, now: datetime) -> tuple[datetime, datetime]:
    if len(request.people) > MOST_PEOPLE:
        raise Invalid.field(
            "people", format_lazy(_("At most {limit} people can be looked at."), limit=MOST_PEOPLE)
        )
    if len(request.room_ids) > MOST_ROOMS:
        raise Invalid.field(
            "rooms", format_lazy(_("At most {limit} rooms can be looked at."), limit=MOST_ROOMS)
        )
    if not SHORTEST <= request.duration <= LONGEST:
        raise Invalid.field("duration", _("A meeting may last 24 hours at most."))
    if request.day_until <= request.day_from:
        raise Invalid.field("day_until", _("The end must be after the start."))
    checked_seats(request.seats)
    begins = max(now, request.begins or now)
    until = request.until or begins + USUAL_SEARCH
    if not begins < until <= begins + LONGEST_SEARCH:
        raise Invalid.field("until", _("The end must be ahead and after the start, 31 days later at most."))
    return begins, until


def _starts(request: SlotRequest, gaps: Sequence[Interval]) -> Iterator[datetime]:
    """All quarter-hours at which the meeting would lie in a gap and within the hours of a day, in order of time."""
    for since, until in gaps:
        day = to_local(since, request.timezone).date()
        last = to_local(until, request.timezone).date()
        while day <= last:
            opens, closes = _hours(request, day)
            begins = suggestions.on_grid(max(since, opens))
            while _WEEK[day.weekday()] in request.days and begins + request.duration <= min(until, closes):
                yield begins
                begins += suggestions.GRID
            day += timedelta(days=1)


def _hours(request: SlotRequest, day: calendar_day) -> Interval:
    opens = to_instant(datetime.combine(day, request.day_from), request.timezone)
    return opens, to_instant(datetime.combine(day, request.day_until), request.timezone)


@dataclass
class _Search:
    request: SlotRequest
    actor: Actor
    authority_id: UUID
    seats: int
    own: Sequence[Occurrence]
    now: datetime
    rooms: list[Room] = field(init=False)

    def __post_init__(self) -> None:
        if self.request.room_ids:
            asked = bookable_rooms(self.request.room_ids, self.actor)
            fitting_ones = (r for r in self._entitled_to(asked) if r.seats >= self.seats)
            self.rooms = sorted(fitting_ones, key=lambda r: (r.seats, r.name))
            return
        fitting = rooms_bookable_by(self.actor).filter(seats__gte=self.seats)
        named = fitting.filter(is_stock=False).order_by("seats", "name")
        # rooms that somebody has to approve are for those who name them
        at_once = (r for r in named[:ROOMS_SIFTED] if not policy_of(r.room_class).asks_approval)
        self.rooms = list(islice(self._entitled_to(at_once), ROOMS_LOOKED_AT))
        stock = fitting.filter(is_stock=True).order_by("-seats", "id").first()
        if stock is not None:
            self.rooms.append(stock)

    def _entitled_to(self, rooms: Iterable[Room]) -> Iterator[Room]:
        """Those that their class does not keep for others."""
        known: dict[tuple[UUID, UUID], bool] = {}
        for room in rooms:
            kind = (room.room_class_id, room.authority_id)
            if kind not in known:
                known[kind] = is_entitled(room, policy_of(room.room_class), self.actor)
            if known[kind]:
                yield room

    def first_of(self, starts: Iterator[datetime]) -> list[Slot]:
        """The first starts at which some room and its pool take it; each begins when the one before is over."""
        found: list[Slot] = []
        size = FIRST_BATCH
        while self.rooms and len(found) < MOST_SLOTS:
            batch = list(islice(starts, size))
            if not batch:
                break
            for slot in self._weighed(batch):
                if len(found) < MOST_SLOTS and (not found or slot.starts_at >= found[-1].ends_at):
                    found.append(slot)
            size = min(LARGEST_BATCH, size * 2)
        return found

    def _weighed(self, starts: Sequence[datetime]) -> Iterator[Slot]:
        length = self.request.duration
        dates = [Date(begins.replace(tzinfo=None), begins, begins + length) for begins in starts]
        named = [room for room in self.rooms if not room.is_stock]
        taken = overlaps.places_taken_with_buffers(named, dates, except_booking=self.request.booking_id)
        windows = self._windows({room.pool_id: room.pool for room in self.rooms}, dates)
        for place, date in enumerate(dates):
            free = [room for room in self.rooms if (place, room.id) not in taken]
            room = self._room_for(date, free, windows)
            if room is not None:
                yield Slot(date.starts_at, date.ends_at, None if room.is_stock else room)

    def _windows(
        self, pools: dict[UUID, Pool], dates: Sequence[Date]
    ) -> dict[UUID, tuple[Window, Obstacles]]:
        since, until = min(date.starts_at for date in dates), max(date.ends_at for date in dates)
        found = {}
        for read in Window.of_pools(list(pools.values()), self.authority_id, dates):
            window = read.without(self.own)
            # of times between the dates nothing was read, and nobody asks
            found[window.pool.id] = (window, window.obstacles(self.seats, since, until))
        return found

    def _room_for(
        self, date: Date, free: Sequence[Room], windows: dict[UUID, tuple[Window, Obstacles]]
    ) -> Room | None:
        takes = {pool_id: self._takes(date, *window) for pool_id, window in windows.items()}
        for room in free:
            if takes[room.pool_id] and suggestions.is_allowed(date, policy_of(room.room_class), self.now):
                return room
        return None

    def _takes(self, date: Date, window: Window, obstacles: Obstacles) -> bool:
        """Whether capacity and quotas do, seat-hours of the month included."""
        if obstacles.free_from(date.starts_at, date.ends_at) is not None:
            return False
        try:
            window.check_quotas([date], self.seats)
        except Refusal:
            return False
        return True
