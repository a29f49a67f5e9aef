# SPDX-License-Identifier: EUPL-1.2
"""Requests for approval, as those who decide about them read them. For people: the actor comes first (R1.1)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.bookings.models import Approval, ApprovalState, Booking, Occurrence
from vconf.errors import NotFound
from vconf.rooms.selectors import class_ids_decided_by


def approvals_visible_to(actor: Actor) -> QuerySet[Approval]:
    """Requests that wait for the actor, also for others of the same class, and those the actor decided."""
    if actor.person_id is None:
        return Approval.objects.none()
    class_ids = class_ids_decided_by(actor, now=timezone.now())
    waiting = Q(state=ApprovalState.ASKED, room_class_id__in=class_ids)
    return Approval.objects.filter(waiting | Q(decided_by_id=actor.person_id))


def list_approvals(actor: Actor, *, decided: bool = False) -> QuerySet[Approval]:
    """Waiting ones, those that lapse first in front; or those the actor decided, the newest in front."""
    rows = _approval_details(approvals_visible_to(actor))
    if decided:
        return rows.filter(decided_by_id=actor.person_id).order_by("-decided_at", "id")
    return rows.filter(state=ApprovalState.ASKED).order_by("lapses_at", "id")


def get_approval(approval_id: UUID, *, actor: Actor) -> Approval:
    """Raises NotFound for absent and foreign alike."""
    found = _approval_details(approvals_visible_to(actor)).filter(id=approval_id).first()
    if found is None:
        raise NotFound()
    return found


def get_approval_to_decide(approval_id: UUID, *, actor: Actor) -> Approval:
    """A request of a class that the actor decides about, decided or not. Raises NotFound for all others."""
    class_ids = class_ids_decided_by(actor, now=timezone.now())
    found = Approval.objects.filter(id=approval_id, room_class_id__in=class_ids).select_related("booking")
    approval = found.first()
    if approval is None:
        raise NotFound()
    return approval


def may_decide(approval: Approval, actor: Actor) -> bool:
    """Whether the request waits for the actor."""
    return approval.state == ApprovalState.ASKED and not decides_for_itself(approval.booking, actor)


def decides_for_itself(booking: Booking, actor: Actor) -> bool:
    """Whether it is the actor's own booking, or they made it, or stand in for who organises it: then somebody else
    has to decide.
    """
    return booking.organiser_id in actor.organiser_ids or booking.booked_by_id == actor.person_id


def count_approvals_waiting(actor: Actor) -> int:
    """Requests that wait for the actor's decision."""
    rows = list_approvals(actor).exclude(booking__organiser_id__in=actor.organiser_ids)
    return rows.exclude(booking__booked_by_id=actor.person_id).count()


def _approval_details(approvals: QuerySet[Approval]) -> QuerySet[Approval]:
    return approvals.select_related(
        "room_class",
        "decided_by",
        "booking__organiser",
        "booking__booked_by",
        "booking__authority",
        "booking__room",
    ).prefetch_related(
        Prefetch("booking__occurrences", Occurrence.objects.order_by("starts_at")), "booking__attendees"
    )
