# SPDX-License-Identifier: EUPL-1.2
"""Reads for doors and exits. Those for people take the actor first and start from what they may see (R1.1).

Three degrees of sight: `full` (organiser, their deputies, attendee), `restricted` (authority admin of the charged
authority's subtree: times, seats, organiser, state; operator: times, seats, state), `busy` (everybody else).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db.models import (
    Count,
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

from vconf.authorities.deputies import deputies_of
from vconf.authorities.models import Authority, Person
from vconf.authorities.rights import Actor
from vconf.bookings.links import find_link, join_url
from vconf.bookings.models import (
    OCCUPYING,
    RUNNING,
    Approval,
    ApprovalState,
    Attendee,
    AttendeeRole,
    Booking,
    JoinLink,
    Meeting,
    Occurrence,
    OccurrenceState,
)
from vconf.bookings.occupancy import LONGEST_BLOCK
from vconf.errors import Forbidden, NotFound
from vconf.rooms.models import Room
from vconf.rooms.policies import Policy, policy_of
from vconf.rooms.selectors import class_ids_decided_by, people_deciding, rooms_visible_to


def undo_ends_at(cancelled_at: datetime) -> datetime | None:
    """Until when a cancellation can be taken back; None if it never can."""
    minutes = settings.VCONF_UNDO_MINUTES
    return cancelled_at + timedelta(minutes=minutes) if minutes else None


class Sight(StrEnum):
    FULL = "full"
    RESTRICTED = "restricted"
    BUSY = "busy"


def _mine(actor: Actor) -> Q:
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
    return Booking.objects.filter(_mine(actor) | Q(authority_id__in=actor.admin_ids))


def bookings_of(actor: Actor) -> QuerySet[Booking]:
    """Bookings the actor organises, deputises or attends."""
    return Booking.objects.filter(_mine(actor))


def with_details(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Everything an answer about bookings needs, in a constant number of queries."""
    return _with_people(bookings).prefetch_related(
        Prefetch("occurrences", Occurrence.objects.select_related("room").order_by("starts_at"))
    )


def _with_people(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return bookings.select_related(
        "organiser", "booked_by", "authority", "room", "join_link"
    ).prefetch_related("attendees", "approvals")


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
    if states <= {OccurrenceState.REFUSED, OccurrenceState.CANCELLED}:
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
    return BookingView(booking, sight, owns and open_dates, owns and open_dates, hosts, dates, owns)


def _date_restorable_until(occurrence: Occurrence) -> datetime | None:
    if occurrence.state != OccurrenceState.CANCELLED or occurrence.released_at is None:
        return None
    ends_at = undo_ends_at(occurrence.released_at)
    if ends_at is None or min(ends_at, occurrence.starts_at) <= timezone.now():
        return None
    return min(ends_at, occurrence.starts_at)


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


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


def _is_approver_of(booking_id: UUID, actor: Actor) -> bool:
    """Whether the actor has decided about the booking, or is asked to: "an approver sees the request in full"."""
    return approvals_visible_to(actor).filter(booking_id=booking_id).exists()


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
        found = found.filter(_mine(actor), title__icontains=text)
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
    return _with_people(found).order_by(soonest.asc(nulls_last=True), "starts_local", "id")


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


@dataclass(frozen=True, slots=True)
class JoinView:
    """What the join page may know. `occurrence` is the live, else the next, else the last date."""

    link: JoinLink
    booking: Booking
    occurrence: Occurrence
    meeting: Meeting | None
    policy: Policy
    opens_at: datetime
    cancelled: bool

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
        cancelled=chosen.state in (OccurrenceState.CANCELLED, OccurrenceState.REFUSED),
    )


@dataclass(frozen=True, slots=True)
class DateView:
    """room_name, room_address, title: of a date that has its own, else empty."""

    recurrence_id: str
    starts_at: datetime
    ends_at: datetime
    state: str
    room_name: str = ""
    room_address: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class AttendeeView:
    """`language` is None for people without an account."""

    address: str
    name: str
    role: str
    partstat: str
    language: str | None
    is_moderator: bool
    person_id: UUID | None


@dataclass(frozen=True, slots=True)
class BookingMail:
    """Everything a mail or a calendar object tells of a booking. For exits: knows no caller and no rights.

    cancelled: nothing of it takes place, be it that it was cancelled or `refused`. waits: no date stands before
    somebody has approved it.
    """

    booking_id: UUID
    uid: str
    sequence: int
    version: int
    title: str
    description: str
    language: str
    organiser_name: str
    organiser_email: str
    organiser_language: str
    authority_name: str
    room_name: str
    room_address: str
    room_is_stock: bool
    seats: int
    timezone: str
    starts_local: datetime
    duration: timedelta
    rrule: str
    rdate: tuple[str, ...]
    exdate: tuple[str, ...]
    join_url: str
    pin: str
    moderator_pin: str
    phone: str
    mail_outside: bool
    cancelled: bool
    waits: bool
    refused: bool
    created_at: datetime
    changed_at: datetime
    occurrences: tuple[DateView, ...]
    attendees: tuple[AttendeeView, ...]
    #: who made the booking, if it was not the organiser
    booked_by_name: str = ""
    promised_until: datetime | None = None


def mail_view(booking_id: UUID | str) -> BookingMail | None:
    """The booking as mails and calendar objects tell it, or None if it is gone (erased)."""
    booking = (
        Booking.objects.filter(id=booking_id)
        .select_related("organiser", "booked_by", "authority", "room__room_class", "join_link")
        .prefetch_related(
            Prefetch("occurrences", Occurrence.objects.select_related("room")),
            Prefetch("attendees", Attendee.objects.select_related("person")),
        )
        .first()
    )
    if booking is None:
        return None
    states = {o.state for o in booking.occurrences.all()}
    refused = booking.cancelled_at is None and status_of(states) == "refused"
    return BookingMail(
        booking_id=booking.id,
        uid=booking.uid,
        sequence=booking.sequence,
        version=booking.version,
        title=booking.title,
        description=booking.description,
        language=booking.language,
        organiser_name=booking.organiser.name,
        organiser_email=booking.organiser.email,
        organiser_language=booking.organiser.language,
        booked_by_name="" if booking.booked_by_id == booking.organiser_id else booking.booked_by.name,
        promised_until=booking.promised_until,
        authority_name=booking.authority.name,
        room_name=booking.room.name,
        room_address=booking.room.address,
        room_is_stock=booking.room.is_stock,
        seats=booking.seats,
        timezone=booking.timezone,
        starts_local=datetime.fromisoformat(booking.starts_local),
        duration=booking.duration,
        rrule=booking.rrule,
        rdate=tuple(booking.rdate),
        exdate=tuple(booking.exdate),
        join_url=join_url(booking.join_link),
        pin=booking.join_link.pin,
        moderator_pin=booking.join_link.moderator_pin,
        phone=settings.VCONF_PHONE_NUMBER,
        mail_outside=policy_of(booking.room.room_class).mail_outside,
        cancelled=booking.cancelled_at is not None or refused,
        waits=_waits(states),
        refused=refused,
        created_at=booking.created_at,
        changed_at=booking.changed_at,
        occurrences=tuple(_date_view(o, booking) for o in booking.occurrences.all()),
        attendees=tuple(
            AttendeeView(
                address=a.address,
                name=a.name or (a.person.name if a.person else ""),
                role=a.role,
                partstat=a.partstat,
                language=a.person.language if a.person else None,
                is_moderator=a.role == AttendeeRole.CO_HOST,
                person_id=a.person_id,
            )
            for a in booking.attendees.all()
        ),
    )


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who is told that a request waits."""

    address: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class ApprovalMail:
    """What a mail tells of a request for approval, besides its booking. dates: those it is about, as they are now.

    deciding: whom to tell while it waits; the organiser and who stands in for them never decide. decided_by: "" if
    nobody did.
    """

    state: str
    room_class: str
    lapses_at: datetime
    decided_by: str
    reason: str
    dates: tuple[DateView, ...]
    deciding: tuple[Decider, ...]


def approval_mail(approval_id: UUID | str) -> ApprovalMail | None:
    """For exits: knows no caller and no rights. None if it is gone (erased)."""
    approval = (
        Approval.objects.filter(id=approval_id).select_related("room_class", "decided_by", "booking").first()
    )
    if approval is None:
        return None
    booking = approval.booking
    deciding: tuple[Decider, ...] = ()
    rows = booking.occurrences.select_related("room").order_by("starts_at")
    match approval.state:
        case ApprovalState.ASKED:
            rows = rows.filter(state=OccurrenceState.PENDING)
            own = {booking.organiser_id, booking.booked_by_id}
            own |= deputies_of([booking.organiser_id], now=timezone.now())[booking.organiser_id]
            people = people_deciding(approval.room_class, now=timezone.now())
            deciding = tuple(Decider(p.email, p.name, p.language) for p in people if p.id not in own)
        case ApprovalState.DECLINED | ApprovalState.LAPSED:
            # those left out when it was booked were never asked about, and released nothing
            rows = rows.filter(state=OccurrenceState.REFUSED, released_at__gte=approval.asked_at)
        case _:
            rows = rows.exclude(state__in=(OccurrenceState.CANCELLED, OccurrenceState.REFUSED))
    return ApprovalMail(
        state=approval.state,
        room_class=approval.room_class.name,
        lapses_at=approval.lapses_at,
        decided_by=approval.decided_by.name if approval.decided_by is not None else "",
        reason=approval.reason,
        dates=tuple(_date_view(o, booking) for o in rows),
        deciding=deciding,
    )


def _waits(states: Collection[str]) -> bool:
    off = {OccurrenceState.CANCELLED, OccurrenceState.REFUSED}
    return set(states) - off == {OccurrenceState.PENDING}


def _date_view(o: Occurrence, booking: Booking) -> DateView:
    own_room = o.room_id != booking.room_id
    return DateView(
        o.recurrence_id,
        o.starts_at,
        o.ends_at,
        o.state,
        o.room.name if own_room else "",
        o.room.address if own_room else "",
        o.title,
    )


@dataclass(frozen=True, slots=True)
class StatusSource:
    """What a room's live status is worked out from: its dates around now, with the running meeting of each."""

    occurrence: Occurrence
    meeting: Meeting | None
    audience: frozenset[UUID]


def dates_around(
    room_ids: Collection[UUID] | None, *, now: datetime, ahead: timedelta = timedelta(days=7)
) -> dict[UUID, list[StatusSource]]:
    """For each room its occupying dates from now on (running ones included), soonest first.

    Four queries, whatever the number of rooms. `audience`: persons who see the booking in full.
    """
    rows = Occurrence.objects.filter(
        state__in=OCCUPYING, blocks_from__gt=now - LONGEST_BLOCK, blocks_from__lt=now + ahead
    ).filter(Q(ends_at__gt=now) | Q(state__in=[OccurrenceState.LIVE, OccurrenceState.OVERRUN]))
    if room_ids is not None:
        rows = rows.filter(room_id__in=room_ids)
    found: Sequence[Occurrence] = list(rows.select_related("booking").order_by("starts_at", "id"))
    meetings: dict[UUID, Meeting] = {}
    for meeting in Meeting.objects.filter(occurrence_id__in=[o.id for o in found]).order_by("epoch"):
        meetings[meeting.occurrence_id] = meeting
    invited: dict[UUID, set[UUID]] = {}
    people = Attendee.objects.filter(booking_id__in={o.booking_id for o in found}, person__isnull=False)
    for booking_id, person_id in people.values_list("booking_id", "person_id"):
        if person_id is not None:
            invited.setdefault(booking_id, set()).add(person_id)
    deputies = deputies_of({o.booking.organiser_id for o in found}, now=now)
    by_room: dict[UUID, list[StatusSource]] = {}
    for o in found:
        organiser_id = o.booking.organiser_id
        audience = {organiser_id, *deputies.get(organiser_id, ()), *invited.get(o.booking_id, ())}
        by_room.setdefault(o.room_id, []).append(StatusSource(o, meetings.get(o.id), frozenset(audience)))
    return by_room
