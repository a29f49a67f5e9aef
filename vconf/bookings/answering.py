# SPDX-License-Identifier: EUPL-1.2
"""Whether somebody comes: the answer of one attendee, to all dates or to single ones (RFC 5546, 3.2.3).

It changes neither `version` nor SEQUENCE, for the organiser has changed nothing; every calendar that shows the booking
counts on, and who declined a date is not busy then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.models import PersonAddress
from vconf.authorities.rights import Actor
from vconf.bookings import history
from vconf.bookings.answers import is_outdated
from vconf.bookings.attempts import refusals_noted
from vconf.bookings.busy import keep_busy
from vconf.bookings.calendars import count_on, hide_entry, show_booking
from vconf.bookings.changing import lock_booking
from vconf.bookings.checks import checked_comment
from vconf.bookings.errors import AlreadyStarted
from vconf.bookings.events import AttendeeAnswered
from vconf.bookings.models import (
    OCCUPYING,
    Attendee,
    AttendeeAnswer,
    Booking,
    CalendarEntry,
    Occurrence,
    PartStat,
)
from vconf.bookings.retry import retried
from vconf.crashpoints import reach
from vconf.errors import Invalid, NotFound
from vconf.outbox.record import record

#: what somebody can answer; NEEDS-ACTION takes an answer back
ANSWERS = frozenset({PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE, PartStat.NEEDS_ACTION})

#: recurrence id (naive wall time in the booking's zone) of a date, or None for all dates -> PARTSTAT
Answers = Mapping[datetime | None, str]


def answer(
    booking_id: UUID,
    *,
    person_id: UUID | None = None,
    address: str | None = None,
    partstat: str,
    recurrence_id: datetime | None = None,
    comment: str = "",
    actor: Actor,
    source: str = "api",
) -> Booking:
    """What one attendee says to one date (`recurrence_id`), or to all that are not over.

    Either the attendee is a person, who answers for themselves, or an address: of the actor, or anybody's if vconf
    itself asks (a mail whose sender was proved). Raises NotFound (no such booking, or not invited to it), Invalid,
    AlreadyCancelled, AlreadyStarted (all is over).
    """
    return answer_all(
        booking_id,
        person_id=person_id,
        address=address,
        answers={recurrence_id: partstat},
        comment=comment,
        actor=actor,
        source=source,
    )


@retried
@refusals_noted("booking.answer")
def answer_all(
    booking_id: UUID,
    *,
    person_id: UUID | None = None,
    address: str | None = None,
    answers: Answers,
    comment: str = "",
    actor: Actor,
    source: str = "api",
    sequence: int | None = None,
    stamp: datetime | None = None,
    seen: Collection[datetime] = (),
) -> Booking:
    """Several answers of one attendee at once, as a calendar object has them. One for all dates (None) replaces those
    to single dates ahead, but for those given with it. Raises like `answer`.

    sequence: of the invitation that is answered; None: they have just seen it. It says nothing of dates that have been
    moved since. stamp: when they answered (aware); None: now. Mails overtake each other, and the last word counts.
    seen: single dates that the attendee knows to be where they are, whatever the SEQUENCE; each may have its own.
    """
    now = timezone.now()
    _check(answers)
    comment = checked_comment(comment)
    rows_of(booking_id, person_id, address, actor)
    with transaction.atomic():
        booking = lock_booking(booking_id, expected_version=None)
        rows = rows_of(booking_id, person_id, address, actor)
        answers = _still_good(booking, rows[0], answers, sequence, now if stamp is None else stamp, seen)
        if answers:
            _answer(booking, rows, answers, comment, actor=actor, now=now, said_at=stamp, source=source)
    return booking


def _still_good(
    booking: Booking,
    row: Attendee,
    answers: Answers,
    sequence: int | None,
    said_at: datetime,
    seen: Collection[datetime],
) -> Answers:
    """The answers without those to where dates no longer are, and without what the attendee has taken back since. One
    for all dates does not stand for single ones of which something newer is known.
    """
    moved = {one for one in booking.outdated or () if one and is_outdated(booking, sequence, one)}
    singles = AttendeeAnswer.objects.filter(attendee=row).select_related("occurrence")
    told = {one.occurrence.recurrence_id: (one.partstat, one.said_at) for one in singles}
    newer = {at for at, (_partstat, said) in told.items() if said is not None and said > said_at}
    found: dict[datetime | None, str] = {}
    if None in answers and not is_outdated(booking, sequence) and not _is_older(said_at, row.said_at):
        found[None] = answers[None]
        for at in moved | newer:
            partstat = told[at][0] if at in told else row.partstat
            if at in _dates_ahead(booking, timezone.now()):
                found[datetime.fromisoformat(at)] = partstat
    for local, partstat in answers.items():
        if local is None or (local not in seen and is_outdated(booking, sequence, local.isoformat())):
            continue
        if local.isoformat() not in newer and not _is_older(said_at, row.said_at):
            found[local] = partstat
    return found


def _is_older(said_at: datetime, known: datetime | None) -> bool:
    return known is not None and said_at < known


@retried
def put_away(
    booking_id: UUID, *, person_id: UUID, actor: Actor, decline: bool = True, source: str = "api"
) -> None:
    """An attendee deletes their copy: gone from their calendar until SEQUENCE rises or they say they come after all.

    decline: and they say that they do not come, where there is still anything to decline. Raises NotFound, also for
    the organiser, whose calendar shows it as long as it takes place.
    """
    now = timezone.now()
    rows_of(booking_id, person_id, None, actor)
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
        rows = rows_of(booking_id, person_id, None, actor)
        if booking.organiser_id == person_id:
            raise NotFound()
        stands = booking.cancelled_at is None and _dates_ahead(booking, now)
        if decline and stands:
            declined: Answers = {None: PartStat.DECLINED}
            _answer(booking, rows, declined, "", actor=actor, now=now, said_at=None, source=source)
        shown = CalendarEntry.objects.filter(booking=booking, calendar__person=person_id, deleted_at=None)
        for calendar_id in shown.values_list("calendar_id", flat=True):
            hide_entry(calendar_id, booking, now=now)


def _check(answers: Answers) -> None:
    if not answers or not set(answers.values()) <= ANSWERS:
        raise Invalid.field("partstat", _("Please accept, decline or answer tentatively."))


def rows_of(booking_id: UUID, person_id: UUID | None, address: str | None, actor: Actor) -> list[Attendee]:
    """The attendee, by each address they are invited under. Raises NotFound."""
    rows = Attendee.objects.filter(booking_id=booking_id)
    if address is not None:
        rows = rows.filter(address=address.strip().lower())
        own = PersonAddress.objects.filter(person=actor.person_id, person__isnull=False)
        mine = Q(person=actor.person_id) | Q(address__in=own.values("address"))
    else:
        person_id = person_id or actor.person_id
        rows = rows.filter(person=person_id)
        mine = Q(person=actor.person_id)
    if not actor.is_system:
        rows = rows.filter(mine) if actor.person_id is not None else rows.none()
    found = list(rows.order_by("address"))
    if not found:
        raise NotFound()
    return found


def _dates_ahead(booking: Booking, now: datetime) -> dict[str, Occurrence]:
    """What can still be answered about, by recurrence id."""
    rows = Occurrence.objects.filter(booking=booking, state__in=OCCUPYING, ends_at__gt=now)
    return {o.recurrence_id: o for o in rows}


def _answer(
    booking: Booking,
    rows: Sequence[Attendee],
    answers: Answers,
    comment: str,
    *,
    actor: Actor,
    now: datetime,
    said_at: datetime | None,
    source: str,
) -> None:
    ahead = _dates_ahead(booking, now)
    if not ahead:
        raise AlreadyStarted(_("The meeting is over."))
    before = {row.id: Said.of(row) for row in rows}
    wanted = {row.id: _wanted(before[row.id], answers, ahead) for row in rows}
    if wanted == before and (not comment or all(row.comment == comment for row in rows)):
        _keep_when(rows, answers, said_at or now)
        return
    for row in rows:
        _write(row, before[row.id], wanted[row.id], comment, now, said_at or now, to_all=None in answers)
    Booking.objects.filter(id=booking.id).update(answers=F("answers") + 1)
    booking.answers += 1
    _show(booking, rows, answers, now)
    first = rows[0]
    history.note(
        booking,
        "answered",
        actor=actor,
        changes={
            "attendee": ("", first.address),
            **_told(before[first.id], wanted[first.id], ahead, booking),
        },
        now=now,
        source=source,
    )
    record(AttendeeAnswered(booking_id=str(booking.id), attendee_id=str(first.id), answers=booking.answers))
    record_audit(
        "booking.answer",
        actor=actor,
        object_type="booking",
        object_id=booking.id,
        authority_id=booking.authority_id,
        numbers={"dates": sum(one is not None for one in answers)},
        changes={"partstat": ",".join(sorted(set(answers.values()))), "source": source},
    )
    reach("answer.before_commit")
    transaction.on_commit(lambda: reach("answer.after_commit"))


def _show(booking: Booking, rows: Sequence[Attendee], answers: Answers, now: datetime) -> None:
    """Who comes after all sees again what they had put away."""
    people = {row.person_id for row in rows if row.person_id is not None}
    hidden = CalendarEntry.objects.filter(
        booking=booking, calendar__person__in=people, hidden_at__isnull=False
    )
    if set(answers.values()) - {PartStat.DECLINED, PartStat.NEEDS_ACTION} and hidden.update(hidden_at=None):
        invited = booking.attendees.filter(person__isnull=False).values_list("person_id", flat=True)
        show_booking(booking, person_ids=[one for one in invited if one is not None], now=now)
        return
    keep_busy(booking)
    count_on(booking)


@dataclass(frozen=True, slots=True)
class Said:
    """What an attendee said: to all dates, and to single ones (by id of the date) that differ."""

    to_all: str
    to_dates: Mapping[UUID, str]

    @classmethod
    def of(cls, row: Attendee) -> Said:
        singles = AttendeeAnswer.objects.filter(attendee=row)
        return cls(row.partstat, dict(singles.values_list("occurrence_id", "partstat")))

    def to(self, date_id: UUID) -> str:
        return self.to_dates.get(date_id, self.to_all)


def _wanted(said: Said, answers: Answers, ahead: Mapping[str, Occurrence]) -> Said:
    """What the attendee says afterwards. Raises Invalid for a date that is not ahead, unless nothing changes for it."""
    to_all = answers.get(None, said.to_all)
    to_dates = dict(said.to_dates)
    if None in answers:
        for o in ahead.values():
            to_dates.pop(o.id, None)
    for recurrence_id, partstat in answers.items():
        if recurrence_id is None:
            continue
        named = ahead.get(recurrence_id.isoformat())
        if named is None:
            raise Invalid.field("occurrence", _("There is no such date, or it is over."))
        to_dates[named.id] = partstat
    return Said(to_all, {date_id: one for date_id, one in to_dates.items() if one != to_all})


def _write(
    row: Attendee, before: Said, after: Said, comment: str, now: datetime, said_at: datetime, *, to_all: bool
) -> None:
    row.partstat, row.comment, row.answered_at = after.to_all, comment, now
    if to_all:
        row.said_at = said_at
    row.save(update_fields=["partstat", "comment", "answered_at", "said_at"])
    changed = {
        date_id: partstat
        for date_id, partstat in after.to_dates.items()
        if before.to_dates.get(date_id) != partstat
    }
    gone = before.to_dates.keys() - after.to_dates.keys()
    singles = AttendeeAnswer.objects.filter(attendee=row)
    singles.filter(occurrence__in=[*gone, *changed]).delete()
    AttendeeAnswer.objects.bulk_create(
        [
            AttendeeAnswer(
                attendee=row,
                occurrence_id=date_id,
                partstat=partstat,
                comment=comment,
                answered_at=now,
                said_at=said_at,
            )
            for date_id, partstat in changed.items()
        ]
    )


def _keep_when(rows: Sequence[Attendee], answers: Answers, said_at: datetime) -> None:
    """Who says the same once more may have said something else in between, in a mail that is still on its way."""
    if None in answers:
        Attendee.objects.filter(id__in=[row.id for row in rows]).update(said_at=said_at)
        return
    dates = [one.isoformat() for one in answers if one is not None]
    singles = AttendeeAnswer.objects.filter(attendee__in=rows, occurrence__recurrence_id__in=dates)
    singles.update(said_at=said_at)


def _told(
    before: Said, after: Said, ahead: Mapping[str, Occurrence], booking: Booking
) -> dict[str, tuple[str, str]]:
    """For the history: the answer, and the dates it is about if not all."""
    if before.to_all != after.to_all:
        return {"answer": (before.to_all, after.to_all)}
    changed = [o for o in ahead.values() if before.to(o.id) != after.to(o.id)]
    if not changed:
        return {}
    told = {"answer": (before.to(changed[0].id), after.to(changed[0].id))}
    return told | {"dates": ("", history.dates(changed, booking.timezone))}
