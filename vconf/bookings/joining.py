# SPDX-License-Identifier: EUPL-1.2
"""Where a join link and the page of a room lead. For guests: knows no actor, the link is the right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from vconf.authorities.deputies import deputies_of
from vconf.bookings.links import find_link
from vconf.bookings.models import (
    OCCUPYING,
    OFF,
    AttendeeRole,
    Booking,
    JoinLink,
    Meeting,
    Occurrence,
    OccurrenceState,
)
from vconf.bookings.spans import LONGEST_BLOCK
from vconf.rooms.models import Room
from vconf.rooms.policies import Policy, policy_of


@dataclass(frozen=True, slots=True)
class JoinView:
    """What the join page may know. `occurrence` is the live, else the next, else the last date. refused: it was never
    booked.
    """

    link: JoinLink
    booking: Booking
    occurrence: Occurrence
    meeting: Meeting | None
    policy: Policy
    opens_at: datetime
    cancelled: bool
    refused: bool = False

    @property
    def title(self) -> str:
        return self.occurrence.title or self.booking.title

    @property
    def can_be_joined(self) -> bool:
        return not self.cancelled and self.occurrence.state in OCCUPYING

    def moderators(self) -> set[UUID]:
        """Persons who become moderators by signing in: organiser, the deputies they have now, co-hosts."""
        hosts = self.booking.attendees.filter(role=AttendeeRole.CO_HOST, person__isnull=False)
        organiser_id = self.booking.organiser_id
        return {
            organiser_id,
            *deputies_of([organiser_id], now=timezone.now())[organiser_id],
            *hosts.values_list("person_id", flat=True).distinct(),
        }


def find_join(token: str, *, now: datetime) -> JoinView | None:
    """What a join link leads to at `now`, or None if there is no such link."""
    link = find_link(token)
    return None if link is None else _join_view(link, now)


def find_joins_by_room(slug: str, *, now: datetime) -> list[JoinView]:
    """The dates behind `/r/<room>`: the one whose time it is first, then those that can be entered early or late.

    Where two dates follow each other closely, both have people at the door; whose link or PIN fits decides.
    """
    room = Room.objects.filter(slug=slug, is_active=True, is_stock=False).select_related("room_class").first()
    if room is None:
        return []
    opens = now + timedelta(minutes=policy_of(room.room_class).open_minutes_before)
    occurrences = (
        Occurrence.objects.filter(
            room=room, state__in=OCCUPYING, blocks_from__gt=now - LONGEST_BLOCK, starts_at__lte=opens
        )
        .filter(Q(ends_at__gt=now) | Q(state__in=[OccurrenceState.LIVE, OccurrenceState.OVERRUN]))
        .select_related("booking__join_link")
    )
    found = sorted(occurrences, key=lambda o: (not o.starts_at <= now < o.ends_at, o.starts_at))
    views = (_join_view(o.booking.join_link, now) for o in found)
    return [view for view in views if view is not None and view.link.retired_at is None]


def _join_view(link: JoinLink, now: datetime) -> JoinView | None:
    occurrences = list(
        Occurrence.objects.filter(booking__join_link=link)
        .select_related("booking__organiser", "booking__authority", "room__room_class", "reserved_server")
        .order_by("starts_at")
    )
    if not occurrences:
        return None
    running = [o for o in occurrences if o.state in (OccurrenceState.LIVE, OccurrenceState.OVERRUN)]
    current = [o for o in occurrences if o.state in OCCUPYING and o.starts_at <= now < o.ends_at]
    ahead = [o for o in occurrences if o.state in OCCUPYING and o.ends_at > now]
    chosen = (current[:1] or running[-1:] or ahead[:1] or occurrences[-1:])[0]
    policy = policy_of(chosen.room.room_class)
    meeting = Meeting.objects.filter(occurrence=chosen).select_related("server").order_by("-epoch").first()
    return JoinView(
        link=link,
        booking=chosen.booking,
        occurrence=chosen,
        meeting=meeting,
        policy=policy,
        opens_at=chosen.starts_at - timedelta(minutes=policy.open_minutes_before),
        cancelled=chosen.state in OFF,
        refused=chosen.booking.is_refused and chosen.booking.cancelled_at is None,
    )
