# SPDX-License-Identifier: EUPL-1.2
"""What a booking would get, date for date, while it is still being typed. Reads only: no lock, nothing stored.

It asks what `book` asks, in the same order and with the same arithmetic, so in the same state both say the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from vconf.authorities.deputies import rights_of_organiser
from vconf.authorities.rights import Actor
from vconf.bookings import approvals, overlaps, policing, suggestions
from vconf.bookings.changing import guests_of
from vconf.bookings.checks import (
    Guest,
    bookable_room,
    charged_authority,
    check_room,
    check_words,
    default_policy,
    expected_seats,
    resolve_guests,
    spans_of,
)
from vconf.bookings.choosing import room_in_sight, spans_in
from vconf.bookings.errors import AlreadyCancelled, AlreadyStarted, NoCapacity, SlotTaken
from vconf.bookings.models import OCCUPYING, Booking, Occurrence
from vconf.bookings.placing import is_ahead, none_fits, sifted
from vconf.bookings.plans import Plan, plan_of
from vconf.bookings.recurrence import Date
from vconf.bookings.requests import BookingRequest
from vconf.bookings.retiming import locals_of
from vconf.bookings.selectors import get_own_booking
from vconf.bookings.spans import Span
from vconf.bookings.substitutes import add_substitutes
from vconf.bookings.window import Window
from vconf.errors import Clash, NotFound, Refusal
from vconf.rooms.models import Room
from vconf.rooms.policies import Policy, policy_of

__all__ = ["Preview", "PreviewedDate", "preview"]


@dataclass(frozen=True, slots=True)
class PreviewedDate:
    """One date; `refusal` says why it cannot be had, with what can be had instead, or None."""

    date: Date
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Preview:
    """`refusal` is what `book` would answer now, or None. plan: None if the times cannot be booked at all.

    room: the one asked for or found; None if none is, or one of the stock would be taken. With `partial` a wish fits
    as soon as one date does.
    """

    plan: Plan | None
    seats: int
    room: Room | None
    dates: Sequence[PreviewedDate]
    refusal: Refusal | None
    #: somebody would have to approve it
    approval: bool = False

    @property
    def fits(self) -> bool:
        return self.refusal is None


def preview(request: BookingRequest, *, actor: Actor, booking_id: UUID | None = None) -> Preview:
    """Answer a wish for a new booking, or for what a booking of the actor's shall become.

    booking_id: that booking; what it has on dates to come counts as free, dates that have begun are left out, and
    dates dropped before stay dropped.
    Raises Invalid, NotFound and Forbidden like `book`; what does not fit is in the answer.
    """
    now = timezone.now()
    if actor.person is None:
        raise NotFound()
    check_words(request)
    booking = None if booking_id is None else get_own_booking(booking_id, actor=actor)
    rows = [] if booking is None else list(booking.occurrences.all())
    organiser_id = request.organiser_id if booking is None else booking.organiser_id
    rights = rights_of_organiser(organiser_id, actor=actor)
    organiser = rights.person
    assert organiser is not None
    authority_id = (
        charged_authority(request.authority_id, rights) if booking is None else booking.authority_id
    )
    room = None if request.room_id is None else _room_asked_for(request.room_id, booking, rights)
    policy = default_policy(rights, request.room_class_id) if room is None else policy_of(room.room_class)
    try:
        if booking is not None and booking.cancelled_at is not None:
            raise AlreadyCancelled()
        plan = _plan(request, booking, rows, now, policing.horizon_days(policy))
    except Refusal as refusal:
        return Preview(None, request.seats or 0, None, (), refusal)
    guests = resolve_guests(request.attendees, organiser)
    return _Weighing(
        request, rights, organiser.id, plan, authority_id, guests, room, booking, rows, now
    ).result()


def _room_asked_for(room_id: UUID, booking: Booking | None, rights: Actor) -> Room:
    if booking is not None and room_id == booking.room_id:
        return Room.objects.select_related("room_class", "pool").get(id=room_id)
    return bookable_room(room_id, rights)


def _plan(
    request: BookingRequest,
    booking: Booking | None,
    rows: Sequence[Occurrence],
    now: datetime,
    days_ahead: int,
) -> Plan:
    exdate = set(request.exdate)
    if booking is not None:
        delta = request.starts_local - datetime.fromisoformat(booking.starts_local)
        exdate |= {local + delta for local in locals_of(booking.exdate)}
    plan = plan_of(
        request.starts_local,
        request.duration,
        request.timezone,
        rrule=request.rrule,
        rdate=request.rdate,
        exdate=exdate,
        now=now,
        days_ahead=days_ahead,
    )
    begun = {o.starts_at for o in rows if not is_ahead(o, now) and o.starts_at <= now}
    left = [date for date in plan.dates if date.starts_at not in begun]
    if not left:
        raise AlreadyStarted()
    return replace(plan, dates=left)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a wish meets in a room. room None: there is none. window None: capacity was not asked any more."""

    room: Room | None
    seats: int
    refused: dict[Date, Refusal]
    refusal: Refusal | None
    window: Window | None = None


@dataclass
class _Weighing:
    request: BookingRequest
    actor: Actor  # the organiser's rights, whoever asks
    organiser_id: UUID
    plan: Plan
    authority_id: UUID
    guests: Sequence[Guest]
    asked: Room | None
    booking: Booking | None
    rows: Sequence[Occurrence]
    now: datetime

    def result(self) -> Preview:
        first = found = self._outcome(())
        full: set[UUID] = set()
        while self.asked is None and found.room is not None and isinstance(found.refusal, NoCapacity):
            full.add(found.room.pool_id)
            found = self._outcome(full)
        # the rooms of all other pools are taken, or their pools are full as well
        return self._answer(first if found.room is None else found)

    def _outcome(self, full: Collection[UUID]) -> _Outcome:
        """What comes of it; where any room will do, of one in a pool that is not full."""
        seats = self.request.seats or expected_seats(None, self.guests, None, None)
        room: Room | None = None
        refused: dict[Date, Refusal] = {}
        refusal: Refusal | None = None
        dates = self.plan.dates
        spans: Sequence[Span] = ()
        try:
            if self.asked is not None:
                room = self.asked
                check_room(room, self.request.seats)
                policy = policy_of(room.room_class)
                seats = self._seats(room, policy)
                policing.check_entitled(room, policy, self.actor)
                if self.plan.is_series:
                    policing.check_series(policy, len(dates))
                refused = self._out_of_time(policy)
                spans = [Span.of(date, policy) for date in dates if date not in refused]
                if refused:
                    spans_in(room, policy, self.plan, self.request, self.actor, self.now)
            else:
                room, policy, seats, spans = room_in_sight(
                    self.request,
                    self.actor,
                    self.plan,
                    self.guests,
                    self.now,
                    full=full,
                    except_booking=self._booking_id,
                )
                if len(spans) < len(dates):
                    refused = self._out_of_time(policy)
        except Refusal as error:
            refusal = error
            if room is None or not refused:
                return _Outcome(room, seats, {date: _alike(error) for date in dates}, error)
        window = Window.of(room.pool, self.authority_id, dates).without(self._own)
        clashes = list(overlaps.overlapping_each_other(spans))
        if self.asked is not None:
            clashes += overlaps.clashes(room.id, spans, except_booking=self._booking_id)
        weighed = self._weigh(window, [span.date for span in spans], clashes, seats, refused)
        if self.request.partial and refusal is None and weighed is None:
            weighed = self._too_many_left_out(policy, refused)
        return _Outcome(room, seats, refused, refusal or weighed, window)

    def _too_many_left_out(self, policy: Policy, refused: dict[Date, Refusal]) -> Refusal | None:
        codes = {date: refusal.code for date, refusal in refused.items()}
        left_out = [date for date in self.plan.dates if date in refused]
        try:
            policing.check_partial(policy, self.plan.dates, left_out, codes)
        except Refusal as refusal:
            return refusal
        return None

    def _weigh(
        self,
        window: Window,
        dates: Sequence[Date],
        clashes: Sequence[Clash],
        seats: int,
        refused: dict[Date, Refusal],
    ) -> Refusal | None:
        """Put what each date meets into `refused`; what `book` would say of them all, or None."""
        taken = {clash.starts_at for clash in clashes}
        refused.update({date: SlotTaken() for date in dates if date.starts_at in taken})
        free = [date for date in dates if date.starts_at not in taken]
        refusal: Refusal | None = None
        if free:
            fitting, refusals = sifted(free, lambda left: window.take(left, seats))
            for one in refusals:
                named = {clash.starts_at for clash in one.conflicts}
                refused.update({d: _why(window, d, seats, one) for d in free if d.starts_at in named})
            if refusals and not (self.request.partial and fitting):
                refusal = none_fits(refusals) if self.request.partial else refusals[0]
        if clashes and not (self.request.partial and free):
            return SlotTaken(conflicts=sorted(set(clashes), key=lambda clash: clash.starts_at))
        return refusal

    def _answer(self, outcome: _Outcome) -> Preview:
        room, seats, refused = outcome.room, outcome.seats, outcome.refused
        refusal, window = outcome.refusal, outcome.window
        named = room if room is not None and not room.is_stock else None
        pool = suggestions.stock_pool(self.actor) if window is None else window.pool
        if refused and pool is not None:
            kept = [(date.starts_at, date.ends_at) for date in self.plan.dates if date not in refused]
            add_substitutes(
                refused,
                room=named,
                window=window.on_whole_days(refused)
                if window is not None
                else Window.on_days(pool, self.authority_id, self.plan.dates).without(self._own),
                actor=self.actor,
                seats=seats,
                now=self.now,
                kept=kept,
                except_booking=self._booking_id,
            )
        if refusal is not None:
            single = refused[self.plan.dates[0]].alternatives if len(self.plan.dates) == 1 else ()
            refusal.alternatives = single or suggestions.ways_out(
                refusal,
                actor=self.actor,
                room=named,
                authority_id=self.authority_id,
                dates=self.plan.dates,
                seats=seats,
                now=self.now,
                except_booking=self._booking_id,
            )
        return Preview(
            self.plan,
            seats,
            named,
            [PreviewedDate(date, refused.get(date)) for date in self.plan.dates],
            refusal,
            approval=room is not None
            and approvals.is_needed(
                room.room_class,
                policy_of(room.room_class),
                seats=seats,
                authority_id=self.authority_id,
                organiser_id=self.organiser_id,
            ),
        )

    @property
    def _booking_id(self) -> UUID | None:
        return None if self.booking is None else self.booking.id

    @property
    def _own(self) -> list[Occurrence]:
        return [o for o in self.rows if o.state in OCCUPYING and is_ahead(o, self.now)]

    def _seats(self, room: Room, policy: Policy) -> int:
        booking = self.booking
        if booking is None:
            return expected_seats(self.request.seats, self.guests, room, policy)
        invited = {guest.address for guest in guests_of(booking)}
        stays = (self.request.seats, self.request.room_id) == (booking.seats_asked, booking.room_id)
        if stays and invited == {guest.address for guest in self.guests}:
            return booking.seats
        return expected_seats(self.request.seats, self.guests, room, policy, grow=True)

    def _out_of_time(self, policy: Policy) -> dict[Date, Refusal]:
        """The dates that the class or the horizon rules out one by one."""
        found: dict[Date, Refusal] = {}
        for date in self.plan.dates:
            try:
                spans_of([date], policy, self.now)
            except Refusal as refusal:
                found[date] = refusal
        return found


def _why(window: Window, date: Date, seats: int, whole: Refusal) -> Refusal:
    """The refusal of one date with its own numbers; a date that fails only beside the others has those of the whole."""
    try:
        window.take([date], seats)
    except Refusal as refusal:
        if refusal.code == whole.code:
            return _alike(refusal)
    return _alike(whole)


def _alike(refusal: Refusal) -> Refusal:
    """The same refusal without the clashes and ways out of the whole."""
    return type(refusal)(
        refusal.detail, limit=refusal.limit, in_use=refusal.in_use, asked=refusal.asked, unit=refusal.unit
    )
