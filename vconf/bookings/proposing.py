# SPDX-License-Identifier: EUPL-1.2
"""Counter-proposals: an attendee would like another time (RFC 5546, 3.2.7), the organiser takes it or declines.

A proposal reserves nothing and changes neither `version` nor SEQUENCE. Taking it is a change of the booking, or of
one date, like any other: all that is asked of those is asked of it, and where it is refused the proposal stays open.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.bookings import history
from vconf.bookings.answering import rows_of
from vconf.bookings.attempts import attempt, record_refusal, refusals_noted
from vconf.bookings.changing import apply_change, lock_booking, with_alternatives, with_date_alternatives
from vconf.bookings.checks import checked_comment, dates_from
from vconf.bookings.errors import AlreadyDecided, AlreadyStarted, InPast, TooManyProposals
from vconf.bookings.events import ProposalDeclined, ProposalMade
from vconf.bookings.models import OCCUPYING, Attendee, Booking, Occurrence, Proposal, ProposalState
from vconf.bookings.placing import is_ahead
from vconf.bookings.proposal_views import get_proposal_to_decide, is_open
from vconf.bookings.recurrence import to_instant, to_local
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.retiming import is_series
from vconf.bookings.retry import retried
from vconf.bookings.series import apply_date_change
from vconf.errors import Invalid, Refusal
from vconf.outbox.record import record

#: of one attendee in one booking and a day; each is a mail to the organiser
MOST_A_DAY = 20


@retried
@refusals_noted("booking.propose")
def propose(
    booking_id: UUID,
    *,
    address: str,
    recurrence_id: datetime | None = None,
    starts_at: datetime,
    duration: timedelta,
    comment: str,
    actor: Actor,
    now: datetime,
    source: str = "api",
) -> Proposal:
    """Ask for another time, for one date (`recurrence_id`, naive wall time in the booking's zone), or for a booking as
    a whole; of a series `starts_at` is then where its first date would go.

    address: of the attendee, one of the actor's own, or anybody's if vconf itself asks (a mail whose sender was
    proved). An open proposal of theirs for the same date is replaced; the same one again is left alone. Raises NotFound
    (no such booking, or not invited to it), Invalid, AlreadyCancelled, NotBooked, AlreadyStarted, InPast, TooLong,
    TooManyProposals.
    """
    comment = checked_comment(comment)
    rows_of(booking_id, None, address, actor)
    with transaction.atomic():
        booking = lock_booking(booking_id, expected_version=None)
        attendee = rows_of(booking_id, None, address, actor)[0]
        occurrence = _date_of(booking, recurrence_id, now)
        before = _time_of(booking, occurrence)
        asked = _asked(starts_at, duration, booking)
        if asked[0] <= now:
            raise InPast()
        if asked == before:
            raise Invalid.field("starts_at", _("This is when it takes place already."))
        earlier = Proposal.objects.filter(
            attendee=attendee, occurrence=occurrence, state=ProposalState.OPEN
        ).first()
        if earlier is not None:
            same = (earlier.starts_at, earlier.ends_at, earlier.comment) == (*asked, comment)
            if same and is_open(earlier, now):
                return earlier
            earlier.state = ProposalState.SUPERSEDED
            earlier.save(update_fields=["state"])
        _check_number(attendee, now)
        proposal = Proposal.objects.create(
            booking=booking,
            attendee=attendee,
            occurrence=occurrence,
            starts_at=asked[0],
            ends_at=asked[1],
            instead_of_start=before[0],
            instead_of_end=before[1],
            comment=comment,
            by_mail=source == "mail",
            sequence=booking.sequence,
            made_at=now,
        )
        _note("proposed", proposal, booking, actor=actor, now=now, source=source)
        record(ProposalMade(booking_id=str(booking.id), proposal_id=str(proposal.id)))
        return proposal


@retried
def take_proposal(proposal_id: UUID, *, actor: Actor, expected_version: int | None = None) -> Booking:
    """Move the booking, or the date, to where the attendee would like it.

    Raises NotFound or Forbidden first, then AlreadyDecided (or no longer in question), VersionConflict and every
    refusal of `change`; then all stays as it is, and the proposal open.
    """
    proposal = get_proposal_to_decide(proposal_id, actor=actor)
    now = timezone.now()
    with transaction.atomic():
        refusal = attempt(lambda: _take(proposal_id, actor, expected_version, now))
        if isinstance(refusal, Booking):
            return refusal
        record_refusal(
            "booking.take_proposal",
            refusal,
            actor=actor,
            authority_id=proposal.booking.authority_id,
            object_id=proposal.booking_id,
        )
    raise _with_ways_out(refusal, proposal, actor, now)


def _take(proposal_id: UUID, actor: Actor, expected_version: int | None, now: datetime) -> Booking:
    booking, proposal = _locked(proposal_id, expected_version, now)
    request = _change_wished(proposal, booking)
    _close(proposal, ProposalState.TAKEN, actor=actor, now=now)
    _note("proposal_taken", proposal, booking, actor=actor, now=now)
    if proposal.occurrence_id is not None and is_series(booking):
        return apply_date_change(booking.id, proposal.occurrence_id, request, actor, now)
    return apply_change(booking, request, actor=actor, now=now)


@retried
def decline_proposal(proposal_id: UUID, *, actor: Actor) -> Proposal:
    """Leave it at the time there is; who proposed another is told. Raises NotFound, Forbidden, AlreadyDecided."""
    get_proposal_to_decide(proposal_id, actor=actor)
    now = timezone.now()
    with transaction.atomic():
        booking, proposal = _locked(proposal_id, None, now)
        _close(proposal, ProposalState.DECLINED, actor=actor, now=now)
        _note("proposal_declined", proposal, booking, actor=actor, now=now)
        record(ProposalDeclined(booking_id=str(booking.id), proposal_id=str(proposal.id)))
    return proposal


def _locked(proposal_id: UUID, expected_version: int | None, now: datetime) -> tuple[Booking, Proposal]:
    """Raises AlreadyDecided, VersionConflict, AlreadyCancelled."""
    booking_id = Proposal.objects.values_list("booking_id", flat=True).get(id=proposal_id)
    booking = lock_booking(booking_id, expected_version=expected_version)
    proposal = Proposal.objects.select_related("attendee", "occurrence", "booking").get(id=proposal_id)
    if not is_open(proposal, now):
        raise AlreadyDecided(_("This proposal is no longer in question."))
    return booking, proposal


def _close(proposal: Proposal, state: ProposalState, *, actor: Actor, now: datetime) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by = state, now, actor.person
    proposal.save(update_fields=["state", "decided_at", "decided_by"])


def _change_wished(proposal: Proposal, booking: Booking) -> ChangeRequest:
    return ChangeRequest(
        starts_local=to_local(proposal.starts_at, booking.timezone),
        duration=proposal.ends_at - proposal.starts_at,
    )


def _with_ways_out(refusal: Refusal, proposal: Proposal, actor: Actor, now: datetime) -> Refusal:
    if isinstance(refusal, AlreadyDecided):
        return refusal
    booking = Booking.objects.select_related("room__room_class").get(id=proposal.booking_id)
    request = _change_wished(proposal, booking)
    if proposal.occurrence_id is None or not is_series(booking):
        return with_alternatives(refusal, booking, request, actor, now)
    rows = Occurrence.objects.select_related("booking", "room__room_class")
    return with_date_alternatives(refusal, rows.get(id=proposal.occurrence_id), request, actor, now)


def _date_of(booking: Booking, recurrence_id: datetime | None, now: datetime) -> Occurrence | None:
    """The date it is about; None for a series as a whole. Raises AlreadyStarted, Invalid."""
    ahead = [o for o in booking.occurrences.all() if o.state in OCCUPYING and is_ahead(o, now)]
    if not ahead:
        raise AlreadyStarted()
    if recurrence_id is None:
        return None if is_series(booking) else ahead[0]
    named = [o for o in ahead if o.recurrence_id == recurrence_id.isoformat()]
    if not named:
        raise Invalid.field("occurrence", _("There is no such date, or it is over."))
    return named[0]


def _asked(starts_at: datetime, duration: timedelta, booking: Booking) -> tuple[datetime, datetime]:
    """As it would be booked: whole seconds, the first of a doubled hour. Raises Invalid, TooLong."""
    if not 1970 <= starts_at.year <= 9000:
        raise Invalid.field("starts_at", _("That is not a date for a meeting."))
    [date] = dates_from(to_local(starts_at, booking.timezone), duration, booking.timezone)
    return date.starts_at, date.ends_at


def _time_of(booking: Booking, occurrence: Occurrence | None) -> tuple[datetime, datetime]:
    """From when to when that takes place now, which somebody would like otherwise."""
    if occurrence is not None:
        return occurrence.starts_at, occurrence.ends_at
    starts_at = to_instant(datetime.fromisoformat(booking.starts_local), booking.timezone)
    return starts_at, starts_at + booking.duration


def _check_number(attendee: Attendee, now: datetime) -> None:
    lately = Proposal.objects.filter(attendee=attendee, made_at__gt=now - timedelta(days=1)).count()
    if lately >= MOST_A_DAY:
        raise TooManyProposals(limit=MOST_A_DAY, in_use=lately, asked=1, unit="proposals")


def _note(
    action: str, proposal: Proposal, booking: Booking, *, actor: Actor, now: datetime, source: str = "api"
) -> None:
    zone = booking.timezone
    changes = {
        "attendee": ("", proposal.attendee.address),
        "time": (
            history.wall_time_of(proposal.instead_of_start, proposal.instead_of_end, zone),
            history.wall_time_of(proposal.starts_at, proposal.ends_at, zone),
        ),
    }
    history.note(booking, action, actor=actor, changes=changes, now=now, source=source)
    record_audit(
        _AUDITED[action],
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=booking.authority_id,
        changes={"proposal": str(proposal.id), "source": source},
    )


_AUDITED = {
    "proposed": "booking.propose",
    "proposal_taken": "booking.take_proposal",
    "proposal_declined": "booking.decline_proposal",
}
