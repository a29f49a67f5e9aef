# SPDX-License-Identifier: EUPL-1.2
"""A booking is given up, by somebody or by the clock: what it occupied is free at once, and whoever knew is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings import approvals, history, occupancy
from vconf.bookings.calendars import show_booking
from vconf.bookings.events import BookingCancelled
from vconf.bookings.meetings import end_meeting
from vconf.bookings.models import RUNNING, Booking, JoinLink, Meeting, Occurrence, OccurrenceState
from vconf.outbox.record import record

#: what has not begun whatever the hour: nobody has approved it, or it was only held
_NOT_BEGUN = (OccurrenceState.PENDING, OccurrenceState.HELD)


def give_up_all(
    booking: Booking,
    occurrences: Sequence[Occurrence],
    path_ids: Sequence[UUID],
    *,
    actor: Actor,
    now: datetime,
    source: str,
    action: str = "cancelled",
) -> None:
    """Cancel the booking with these dates, which are all that occupy anything. Booking, accounts and dates are locked.

    Whoever was told of it is told, also where all that is left of it are dates that were refused. Of what was never
    booked nobody has to be told.
    """
    was_booked = not booking.is_refused
    begun = [o for o in occurrences if o.starts_at <= now and o.state not in _NOT_BEGUN]
    occupancy.release([o for o in occurrences if o not in begun], path_ids)
    # a date that has begun gives back what is left of it; its hours were used
    occupancy.release(begun, path_ids, since=now)
    Occurrence.objects.filter(id__in=[o.id for o in begun]).update(
        state=OccurrenceState.ENDED, released_at=now
    )
    Occurrence.objects.filter(id__in=[o.id for o in occurrences if o not in begun]).update(
        state=OccurrenceState.CANCELLED, released_at=now, held_until=None
    )
    meetings = Meeting.objects.filter(occurrence__booking=booking, state__in=RUNNING)
    for meeting in list(meetings.select_related("occurrence")):
        end_meeting(meeting, meeting.occurrence, now, on_server=True)
    booking.sequence += 1
    booking.version += 1
    booking.cancelled_at = booking.changed_at = now
    booking.cancelled_by = actor.person
    booking.wish = booking.refusal = booking.wish_until = None
    booking.save()
    # of two bookings that share it and are cancelled at once, the later one has to see the earlier
    JoinLink.objects.select_for_update(no_key=True).get(id=booking.join_link_id)
    others = Booking.objects.filter(join_link=booking.join_link_id, cancelled_at=None)
    if not others.exclude(id=booking.id).exists():
        JoinLink.objects.filter(id=booking.join_link_id, retired_at=None).update(retired_at=now)
    show_booking(booking, person_ids=(), now=now)
    approvals.withdraw(booking, actor=actor, now=now)
    given_up = history.dates(occurrences, booking.timezone)
    history.note(booking, action, actor=actor, changes={"dates": (given_up, "")}, now=now, source=source)
    if was_booked:
        record(BookingCancelled(booking_id=str(booking.id), sequence=booking.sequence))
    record_audit(
        "booking.cancel",
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=booking.authority_id,
        numbers={"dates": len(occurrences)},
    )
