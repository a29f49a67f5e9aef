# SPDX-License-Identifier: EUPL-1.2
"""Who sees what of a booking.

Three degrees: `full` (organiser, their deputies, attendee), `restricted` (authority admin of the charged authority's
subtree: times, seats, organiser, state; operator: times, seats, state), `busy` (everybody else).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.bookings.links import join_url
from vconf.bookings.models import (
    OCCUPYING,
    OFF,
    Approval,
    Attendee,
    AttendeeRole,
    Booking,
    Occurrence,
    OccurrenceState,
)


def undo_ends_at(cancelled_at: datetime) -> datetime | None:
    """Until when a cancellation can be taken back; None if it never can."""
    minutes = settings.VCONF_UNDO_MINUTES
    return cancelled_at + timedelta(minutes=minutes) if minutes else None


class Sight(StrEnum):
    FULL = "full"
    RESTRICTED = "restricted"
    BUSY = "busy"


def part_of(actor: Actor) -> Q:
    """Bookings the actor or a principal of theirs organises, or the actor is invited to; none for who is no person.

    Having booked it for somebody gives no right: what a deputy sees ends with the deputyship. Nor does a deputy see
    what the principal is only invited to.
    """
    if actor.person_id is None:
        return Q(pk__in=[])
    invited = Attendee.objects.filter(person_id=actor.person_id).values("booking_id")
    return Q(organiser_id__in=actor.organiser_ids) | Q(id__in=invited)


def bookings_visible_to(actor: Actor) -> QuerySet[Booking]:
    """Bookings seen in full or restricted; anything else does not exist for the actor."""
    if actor.is_operator:
        return Booking.objects.all()
    return Booking.objects.filter(part_of(actor) | Q(authority_id__in=actor.admin_ids))


def bookings_of(actor: Actor) -> QuerySet[Booking]:
    """Bookings the actor organises, deputises or attends."""
    return Booking.objects.filter(part_of(actor))


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a booking: `shown` are all of them, or those that a list shows; states and count are of all."""

    shown: Sequence[Occurrence]
    states: frozenset[str]
    count: int

    @classmethod
    def all_of(cls, booking: Booking) -> Dates:
        rows = list(booking.occurrences.all())
        return cls(rows, frozenset(o.state for o in rows), len(rows))

    def next(self, now: datetime) -> Occurrence | None:
        """The date running now or to come next."""
        return next(
            (o for o in self.shown if _is_running(o) or (o.state in OCCUPYING and o.ends_at > now)), None
        )


def _is_running(occurrence: Occurrence) -> bool:
    return occurrence.state in (OccurrenceState.LIVE, OccurrenceState.OVERRUN)


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking with the caller's sight and what the caller may do with it."""

    booking: Booking
    sight: Sight
    may_change: bool
    may_cancel: bool
    may_moderate: bool
    dates: Dates
    #: organises it, or stands in for who does
    owns: bool = False
    #: is invited, under one of these rows
    invited_as: frozenset[UUID] = frozenset()

    @property
    def may_be_answered(self) -> bool:
        """Whether the caller is asked to come."""
        return bool(self.invited_as)

    @property
    def join_url(self) -> str:
        return join_url(self.booking.join_link)

    @property
    def approval(self) -> Approval | None:
        """The newest request for approval."""
        return max(self.booking.approvals.all(), key=lambda one: one.asked_at, default=None)

    @property
    def restorable_until(self) -> datetime | None:
        """Until when the caller can take the cancellation of the booking back."""
        cancelled_at = self.booking.cancelled_at
        if cancelled_at is None or not self.owns:
            return None
        dates = self.booking.occurrences.all()
        return _latest(_date_restorable_until(o) for o in dates if o.released_at == cancelled_at)

    def date_restorable_until(self, occurrence: Occurrence) -> datetime | None:
        """Until when the caller can take back that this date was dropped."""
        if self.booking.cancelled_at is not None or not self.owns:
            return None
        return _date_restorable_until(occurrence)

    @property
    def status(self) -> str:
        if self.booking.cancelled_at is not None:
            return "cancelled"
        return status_of(self.dates.states)


def status_of(states: Collection[str]) -> str:
    """confirmed, pending, partly, refused or cancelled: derived from the dates' states, never stored."""
    states = set(states)
    if states <= {OccurrenceState.CANCELLED}:
        return "cancelled"
    if states <= set(OFF):
        return "refused"
    if states & {OccurrenceState.PENDING, OccurrenceState.HELD}:
        return "pending"
    return "partly" if OccurrenceState.REFUSED in states else "confirmed"


def sight_of(booking: Booking, actor: Actor, invited: Collection[UUID]) -> Sight:
    if booking.organiser_id in actor.organiser_ids or booking.id in invited:
        return Sight.FULL
    if actor.is_operator or booking.authority_id in actor.admin_ids:
        return Sight.RESTRICTED
    return Sight.BUSY


def view_of(booking: Booking, actor: Actor, dates: Dates | None = None) -> BookingView:
    """For a booking with its attendees at hand, and its dates (`with_details`, or `next_dates`): no further query."""
    dates = dates or Dates.all_of(booking)
    mine = [a for a in booking.attendees.all() if a.person_id == actor.person_id]
    sight = sight_of(booking, actor, {booking.id} if mine else ())
    owns = booking.organiser_id in actor.organiser_ids
    hosts = owns or any(a.role == AttendeeRole.CO_HOST for a in mine)
    open_dates = bool(dates.states & set(OCCUPYING))
    # what was refused can be tried otherwise, or taken away
    refused = booking.cancelled_at is None and status_of(dates.states) == "refused"
    may_change = owns and (open_dates or (refused and booking.is_refused))
    may_cancel = owns and (open_dates or refused)
    invited_as = frozenset(a.id for a in mine)
    return BookingView(booking, sight, may_change, may_cancel, hosts, dates, owns, invited_as)


def _date_restorable_until(occurrence: Occurrence) -> datetime | None:
    if occurrence.state != OccurrenceState.CANCELLED or occurrence.released_at is None:
        return None
    ends_at = undo_ends_at(occurrence.released_at)
    if ends_at is None or min(ends_at, occurrence.starts_at) <= timezone.now():
        return None
    return min(ends_at, occurrence.starts_at)


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
