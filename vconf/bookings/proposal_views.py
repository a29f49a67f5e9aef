# SPDX-License-Identifier: EUPL-1.2
"""Who sees which proposals, whether they are still in question, and what mails tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from vconf.authorities.rights import Actor
from vconf.bookings.models import OCCUPYING, AttendeeAnswer, PartStat, Proposal, ProposalState
from vconf.bookings.recurrence import to_instant
from vconf.bookings.selectors import get_booking
from vconf.errors import Forbidden, NotFound


def is_open(proposal: Proposal, now: datetime) -> bool:
    """Whether it can still be taken: not decided, nothing of it has begun, what it was instead of is as it was, and who
    proposed it has not accepted that since.
    """
    if proposal.state != ProposalState.OPEN or proposal.starts_at <= now:
        return False
    booking, date = proposal.booking, proposal.occurrence
    if booking.cancelled_at is not None:
        return False
    if date is None:
        starts_at = to_instant(datetime.fromisoformat(booking.starts_local), booking.timezone)
        if (starts_at, starts_at + booking.duration) != (proposal.instead_of_start, proposal.instead_of_end):
            return False
    elif (
        date.booking_id != booking.id
        or date.state not in OCCUPYING
        or date.starts_at <= now
        or (date.starts_at, date.ends_at) != (proposal.instead_of_start, proposal.instead_of_end)
    ):
        return False
    return not _accepted_since(proposal)


def _accepted_since(proposal: Proposal) -> bool:
    attendee = proposal.attendee
    said: AttendeeAnswer | None = None
    if proposal.occurrence_id is not None:
        singles = attendee.single_answers.all()
        said = next((one for one in singles if one.occurrence_id == proposal.occurrence_id), None)
    partstat, answered_at = (
        (attendee.partstat, attendee.answered_at) if said is None else (said.partstat, said.answered_at)
    )
    return partstat == PartStat.ACCEPTED and answered_at is not None and answered_at > proposal.made_at


def state_of(proposal: Proposal, now: datetime) -> str:
    """open, taken, declined, or superseded: nobody can take it any more."""
    if proposal.state == ProposalState.OPEN and not is_open(proposal, now):
        return ProposalState.SUPERSEDED
    return proposal.state


def list_proposals(booking_id: UUID, *, actor: Actor) -> QuerySet[Proposal]:
    """Newest first: all of a booking for its organiser and who stands in for them, their own for who is invited.

    Raises NotFound, and Forbidden for who sees the booking without being part of it.
    """
    view = get_booking(booking_id, actor=actor)
    rows = Proposal.objects.filter(booking_id=booking_id)
    if not view.owns:
        if not view.invited_as:
            raise Forbidden
        rows = rows.filter(attendee__in=view.invited_as)
    return (
        rows.select_related("attendee__person", "occurrence", "booking")
        .prefetch_related("attendee__single_answers")
        .order_by("-made_at", "-id")
    )


def get_proposal_to_decide(proposal_id: UUID, *, actor: Actor) -> Proposal:
    """The proposal, if the actor may change its booking. Raises Forbidden for its author, else NotFound."""
    proposal = Proposal.objects.filter(id=proposal_id).first()
    if proposal is None:
        raise NotFound()
    view = get_booking(proposal.booking_id, actor=actor)
    if view.owns:
        return proposal
    if proposal.attendee_id in view.invited_as:
        raise Forbidden
    raise NotFound()


@dataclass(frozen=True, slots=True)
class ProposalMail:
    """What a mail tells of a proposal, besides its booking. state: as `state_of` has it."""

    state: str
    attendee_address: str
    attendee_name: str
    #: None: without an account
    attendee_language: str | None
    starts_at: datetime
    ends_at: datetime
    instead_of: tuple[datetime, datetime]
    all_dates: bool
    comment: str
    by_mail: bool
    sequence: int
    #: naive ISO text, "" for the booking as a whole
    recurrence_id: str


def proposal_mail(proposal_id: UUID | str, now: datetime) -> ProposalMail | None:
    """For exits: knows no caller and no rights. None if it is gone, for instance with its author."""
    proposal = (
        Proposal.objects.select_related("attendee__person", "occurrence", "booking")
        .filter(id=proposal_id)
        .first()
    )
    if proposal is None:
        return None
    attendee, booking, date = proposal.attendee, proposal.booking, proposal.occurrence
    series = bool(booking.rrule or booking.rdate)
    return ProposalMail(
        state=state_of(proposal, now),
        attendee_address=attendee.address,
        attendee_name=attendee.name or (attendee.person.name if attendee.person else ""),
        attendee_language=attendee.person.language if attendee.person else None,
        starts_at=proposal.starts_at,
        ends_at=proposal.ends_at,
        instead_of=(proposal.instead_of_start, proposal.instead_of_end),
        all_dates=date is None,
        comment=proposal.comment,
        by_mail=proposal.by_mail,
        sequence=proposal.sequence,
        recurrence_id=date.recurrence_id if date is not None and series else "",
    )
