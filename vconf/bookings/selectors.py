# SPDX-License-Identifier: EUPL-1.2
"""Bookings and dates for doors. The actor comes first: what is read starts from what they may see (R1.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Window,
    prefetch_related_objects,
)
from django.db.models.functions import RowNumber
from django.utils import timezone

from vconf.authorities.models import Authority, Person
from vconf.authorities.rights import Actor
from vconf.bookings.approval_inbox import approvals_visible_to
from vconf.bookings.links import join_url
from vconf.bookings.models import (
    OCCUPYING,
    RUNNING,
    Attendee,
    AttendeeAnswer,
    Booking,
    Meeting,
    Occurrence,
    OccurrenceState,
)
from vconf.bookings.sight import (
    BookingView,
    Dates,
    Sight,
    bookings_of,
    bookings_visible_to,
    part_of,
    sight_of,
    view_of,
)
from vconf.bookings.spans import LONGEST_BLOCK
from vconf.errors import Forbidden, NotFound
from vconf.rooms.models import Room
from vconf.rooms.selectors import rooms_visible_to


def with_details(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Everything an answer about bookings needs, in a constant number of queries."""
    return _with_people(bookings).prefetch_related(
        Prefetch("occurrences", Occurrence.objects.select_related("room").order_by("starts_at"))
    )


def _with_people(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return bookings.select_related(
        "organiser", "booked_by", "authority", "room", "join_link"
    ).prefetch_related("attendees", "approvals")


def get_booking(booking_id: UUID, *, actor: Actor) -> BookingView:
    """Raises NotFound for absent and foreign alike."""
    booking = with_details(bookings_visible_to(actor)).filter(id=booking_id).first()
    view = None if booking is None else view_of(booking, actor)
    if (view is None or view.sight is not Sight.FULL) and _is_approver_of(booking_id, actor):
        booking = booking or with_details(Booking.objects.all()).get(id=booking_id)
        view = replace(view_of(booking, actor), sight=Sight.FULL)
    if view is None:
        raise NotFound()
    return view


def view_of_new(booking: Booking, *, actor: Actor) -> BookingView:
    """What `get_booking` answers for a booking that the actor has just made, without reading it again if it can be
    told from what was written: not for a repeated request, nor for one that has to be approved or got some of its
    dates only.
    """
    if booking.just_written is None:
        return get_booking(booking.id, actor=actor)
    occurrences, attendees = booking.just_written
    dates = sorted(occurrences, key=lambda o: o.starts_at)
    read: dict[str, QuerySet[Any]] = {}
    for name, rows in (("occurrences", dates), ("attendees", attendees), ("approvals", [])):
        # as prefetch_related leaves it
        read[name] = getattr(booking, name).all()
        read[name]._result_cache = list(rows)
    booking._prefetched_objects_cache = read  # type: ignore[attr-defined]  # Django's own, not in the stubs
    return view_of(booking, actor)


def _is_approver_of(booking_id: UUID, actor: Actor) -> bool:
    """Whether the actor has decided about the booking, or is asked to: "an approver sees the request in full"."""
    return approvals_visible_to(actor).filter(booking_id=booking_id).exists()


@dataclass(frozen=True, slots=True)
class SingleAnswer:
    """comment: for the organiser, and for who wrote it."""

    occurrence_id: UUID
    partstat: str
    comment: str


def single_answers_of(booking: Booking) -> dict[UUID, list[SingleAnswer]]:
    """Attendee -> what they answered about dates otherwise than about all. For who sees the booking in full."""
    found: dict[UUID, list[SingleAnswer]] = defaultdict(list)
    if booking.answers:
        rows = AttendeeAnswer.objects.filter(attendee__booking=booking).order_by("occurrence__starts_at")
        for attendee_id, occurrence_id, partstat, comment in rows.values_list(
            "attendee_id", "occurrence_id", "partstat", "comment"
        ):
            found[attendee_id].append(SingleAnswer(occurrence_id, partstat, comment))
    return found


def last_look_at(booking_id: UUID, *, actor: Actor) -> BookingView:
    """A booking in full, with no rights, for who has just given it away (`transferring`), and for nobody else.

    Raises NotFound unless the actor was the last to change it, in its present version.
    """
    booking = with_details(Booking.objects.filter(id=booking_id)).first()
    last = None if booking is None else booking.history.order_by("-at", "-id").first()
    if booking is None or last is None or last.action != "transferred":
        raise NotFound()
    if last.person_id != actor.person_id or last.version != booking.version:
        raise NotFound()
    return BookingView(booking, Sight.FULL, False, False, False, Dates.all_of(booking))


def get_own_booking(booking_id: UUID, *, actor: Actor) -> Booking:
    """The booking if the actor may change it (organiser or a deputy of theirs), else NotFound or Forbidden."""
    view = get_booking(booking_id, actor=actor)
    if view.booking.organiser_id not in actor.organiser_ids:
        raise Forbidden()
    return view.booking


_SOONEST_FIRST = (F("soonest").asc(nulls_last=True), "starts_local", "id")


def list_bookings(
    actor: Actor,
    *,
    mine: bool = True,
    starts_from: datetime | None = None,
    starts_until: datetime | None = None,
    text: str = "",
) -> QuerySet[Booking]:
    """Bookings by their next date (at `starts_from`, or now), those without one last; for `listed`.

    text: searched in titles of bookings seen in full only, so that it never tells a hidden title.
    """
    found = bookings_of(actor) if mine else bookings_visible_to(actor)
    if text:
        found = found.filter(part_of(actor), title__icontains=text)
    if starts_from is not None or starts_until is not None:
        dates = Occurrence.objects.all()
        if starts_from is not None:
            dates = dates.filter(ends_at__gt=starts_from)
        if starts_until is not None:
            dates = dates.filter(starts_at__lt=starts_until)
        found = found.filter(id__in=dates.values("booking_id"))
    since = starts_from or timezone.now()
    ahead = Occurrence.objects.filter(
        booking_id=OuterRef("id"),
        state__in=OCCUPYING,
        starts_at__gt=since - LONGEST_BLOCK,
        ends_at__gt=since,
    )
    soonest = Subquery(ahead.order_by("starts_at").values("starts_at")[:1])
    return _with_people(found).annotate(soonest=soonest).order_by(*_SOONEST_FIRST)


#: dates of each booking in a list
DATES_LISTED = 3


def listed(bookings: Sequence[Booking], actor: Actor) -> list[BookingView]:
    """The rows of one page, each with its next three dates, or its last if none is ahead: three queries for all."""
    ids = [booking.id for booking in bookings]
    states: dict[UUID, dict[str, int]] = defaultdict(dict)
    counted = Occurrence.objects.filter(booking_id__in=ids).order_by().values_list("booking_id", "state")
    for booking_id, state, number in counted.annotate(number=Count("id")):
        states[booking_id][state] = number
    shown: dict[UUID, list[Occurrence]] = defaultdict(list)
    ahead = Occurrence.objects.filter(booking_id__in=ids, state__in=OCCUPYING).filter(
        Q(ends_at__gt=timezone.now()) | Q(state__in=[OccurrenceState.LIVE, OccurrenceState.OVERRUN])
    )
    for o in _first_of_each(ahead, "starts_at", DATES_LISTED):
        shown[o.booking_id].append(o)
    over = Occurrence.objects.filter(booking_id__in=[one for one in ids if one not in shown])
    for o in _first_of_each(over, "-starts_at", 1):
        shown[o.booking_id].append(o)
    return [
        view_of(
            booking,
            actor,
            Dates(shown[booking.id], frozenset(states[booking.id]), sum(states[booking.id].values())),
        )
        for booking in bookings
    ]


def _first_of_each(rows: QuerySet[Occurrence], order: str, number: int) -> QuerySet[Occurrence]:
    place = Window(RowNumber(), partition_by=["booking_id"], order_by=order)
    found = rows.annotate(place=place).filter(place__lte=number)
    return found.select_related("room").order_by("starts_at")


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """A date as the caller may see it: hidden fields are None."""

    id: UUID
    room: Room
    starts_at: datetime
    ends_at: datetime
    state: str
    sight: Sight
    booking_id: UUID | None = None
    seats: int | None = None
    title: str | None = None
    organiser: Person | None = None
    authority: Authority | None = None
    people: int | None = None
    join_url: str | None = None


def occurrences_between(
    actor: Actor,
    starts_at: datetime,
    ends_at: datetime,
    *,
    room_ids: Collection[UUID] | None = None,
    mine: bool = False,
) -> QuerySet[Occurrence]:
    """Dates that overlap [starts_at, ends_at), in rooms the actor sees or of bookings the actor is part of.

    In order of time; `views_of` shows those of one page.
    """
    rows = Occurrence.objects.filter(
        _of_own_bookings(actor) if mine else _seen_by(actor),
        state__in=[*OCCUPYING, OccurrenceState.ENDED, OccurrenceState.NO_SHOW],
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - timedelta(days=1),
        ends_at__gt=starts_at,
    )
    if room_ids is not None:
        rows = rows.filter(room_id__in=room_ids)
    return rows.order_by("starts_at", "id")


def get_occurrence(occurrence_id: UUID, *, actor: Actor) -> OccurrenceView:
    """Whatever its state. Raises NotFound for absent and foreign alike."""
    for view in views_of(Occurrence.objects.filter(_seen_by(actor), id=occurrence_id), actor):
        return view
    raise NotFound()


def _of_own_bookings(actor: Actor) -> Q:
    return Q(booking_id__in=bookings_of(actor).values("id"))


def _seen_by(actor: Actor) -> Q:
    """Dates that exist for the actor, be it as busy only."""
    if actor.is_operator:
        return Q()
    seen = _of_own_bookings(actor) | Q(room_id__in=rooms_visible_to(actor).values("id"))
    return seen | Q(booking__authority_id__in=actor.admin_ids) if actor.admin_ids else seen


def occurrences_of(booking_id: UUID, *, actor: Actor) -> QuerySet[Occurrence]:
    """All dates of a booking that the actor sees, in order of time, for `views_of`. Raises NotFound."""
    if not bookings_visible_to(actor).filter(id=booking_id).exists():
        raise NotFound()
    return Occurrence.objects.filter(booking_id=booking_id).order_by("starts_at", "id")


def views_of(rows: Iterable[Occurrence], actor: Actor) -> list[OccurrenceView]:
    """These dates as the actor may see them: a few queries for all."""
    found = list(rows)
    prefetch_related_objects(
        found,
        "room",
        "booking__organiser",
        "booking__authority",
        "booking__join_link",
        Prefetch("meetings", Meeting.objects.filter(state__in=RUNNING), to_attr="running"),
    )
    invitations = Attendee.objects.filter(
        person=actor.person, booking_id__in={o.booking_id for o in found}, person__isnull=False
    )
    invited = set(invitations.values_list("booking_id", flat=True))
    return [_occurrence_view(o, actor, invited) for o in found]


def get_own_occurrence(occurrence_id: UUID, *, actor: Actor) -> Occurrence:
    """The date, with its booking, if the actor may change it. Raises NotFound (absent or foreign) or Forbidden."""
    view = get_occurrence(occurrence_id, actor=actor)
    if view.booking_id is None:
        raise Forbidden()
    get_own_booking(view.booking_id, actor=actor)
    return Occurrence.objects.select_related("booking").get(id=occurrence_id)


def _occurrence_view(occurrence: Occurrence, actor: Actor, invited: Collection[UUID]) -> OccurrenceView:
    booking = occurrence.booking
    sight = sight_of(booking, actor, invited)
    if sight is Sight.BUSY:
        return OccurrenceView(
            id=occurrence.id,
            room=occurrence.room,
            starts_at=occurrence.starts_at,
            ends_at=occurrence.ends_at,
            state="busy" if occurrence.state in OCCUPYING else "ended",
            sight=sight,
        )
    running: list[Meeting] = occurrence.running  # type: ignore[attr-defined]  # set by Prefetch(to_attr)
    full = sight is Sight.FULL
    knows_people = full or booking.authority_id in actor.admin_ids
    return OccurrenceView(
        id=occurrence.id,
        room=occurrence.room,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        state=occurrence.state,
        sight=sight,
        booking_id=booking.id,
        seats=occurrence.seats,
        title=(occurrence.title or booking.title) if full else None,
        organiser=booking.organiser if knows_people else None,
        authority=booking.authority if knows_people else None,
        people=running[0].people if running else None,
        join_url=join_url(booking.join_link) if full else None,
    )
