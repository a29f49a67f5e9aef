# SPDX-License-Identifier: EUPL-1.2
"""What a room says to an invitation, worked out from what was asked and what became of it. Sends and stores nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from vconf.bookings.mail_views import ApprovalMail, BookingMail, DateView
from vconf.bookings.models import OFF, ApprovalState, OccurrenceState
from vconf.bookings.recurrence import to_instant, to_local
from vconf.bookings.refusals import told
from vconf.errors import Alternative, Refusal
from vconf.integrations.ical.showing import request_status
from vconf.integrations.ical.text import one_line

#: dates of a series that are answered alone, beside the answer to the whole; that one names them all
MOST_DATES = 40
#: dates that a series was booked without whose reasons, and ways out, are looked for; the page has them for all
MOST_MENDED = 5

_SUCCESS = "2.0;Success"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An invitation as the answer to it needs it.

    recurrence_id: naive wall time in `timezone`; None: the whole. address: of the room as it was written.
    organiser_line, attendee_line: content lines as they were. message_id: of the mail that brought it. language: "de"
    or "en". room_name, room_address: "" if it is no room of ours, or any room will do. is_any: any room will do.
    is_unknown: the organiser knows no such room. refusal: as `bookings.refusals.kept` wrote it, if it was refused
    without a booking. title, timezone, starts_at, ends_at: what was asked for.
    """

    uid: str
    sequence: int
    stamp: datetime
    recurrence_id: datetime | None
    address: str
    attendee_line: str
    organiser_line: str
    organiser_address: str
    organiser_name: str
    message_id: str
    language: str
    room_name: str
    room_address: str
    title: str
    timezone: str
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool = False
    is_any: bool = False
    is_unknown: bool = False
    refusal: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class MissingDate:
    """A date of a series that the room does not have. reason: sentences, none if nobody has looked for it."""

    date: DateView
    reason: Sequence[str]
    refusal: Refusal | None = None

    @property
    def ways(self) -> Sequence[Alternative]:
        return () if self.refusal is None else tuple(self.refusal.alternatives)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One answer, in the active language.

    at: the date that it is about; None: the whole. heading: what it comes to. reason: sentences. missing: dates to come
    that the answer to the whole does not stand for. has_way_in: whether link and PIN go with it.
    """

    partstat: str
    at: datetime | None
    starts_at: datetime
    ends_at: datetime
    heading: str
    dates: Sequence[DateView] = ()
    reason: Sequence[str] = ()
    ways: Sequence[Alternative] = ()
    missing: Sequence[MissingDate] = ()
    request_status: str = _SUCCESS
    has_way_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What became of what was asked.

    refusal: of the booking, or of its last change. held_until: until when its dates are kept for that. is_last: whether
    this invitation is the one that the refused change came from. answered_alone: recurrence ids, as instants, of dates
    that have an invitation of their own, or were left out or taken back by the organiser's mail. spoken_of: recurrence
    ids, as instants, of dates that were answered alone for this version already. not_had: as `dates_left_out` has it.
    """

    booking: BookingMail
    refusal: Refusal | None = None
    held_until: str = ""
    approval: ApprovalMail | None = None
    is_last: bool = True
    answered_alone: Collection[datetime] = ()
    spoken_of: Collection[datetime] = ()
    not_had: Mapping[str, Refusal | None] = field(default_factory=dict)


def words_of(asked: Asked, standing: Standing | None, *, now: datetime) -> list[Word]:
    """The answer to the whole, or to the date that was asked for, then those to single dates that get another one.

    Empty if there is nothing new to say. Call it with the recipient's language active.
    """
    if asked.refusal is not None:
        return [_refused(asked, told(dict(asked.refusal)))]
    if standing is None:
        return []
    booking = standing.booking
    if asked.recurrence_id is not None:
        date = _date_of(booking, to_instant(asked.recurrence_id, asked.timezone))
        word = _whole(asked, standing) if date is None else _date(asked, date, standing)
        return [] if word is None else [word]
    whole = _whole(asked, standing)
    if whole is None:
        return []
    if whole.partstat != "DECLINED" and (missing := _missing_dates(standing, now)):
        in_part = _("The room is booked, but not for all dates")
        heading = in_part if whole.partstat == "ACCEPTED" else whole.heading
        whole = replace(whole, heading=heading, missing=missing)
    return [whole, *_single_dates(asked, standing, whole, now)]


def _whole(asked: Asked, standing: Standing) -> Word | None:
    booking = standing.booking
    if standing.held_until:
        if not standing.is_last:
            return None  # what was refused was asked for by another mail
        kept = _("What was booked before is kept for you until %(time)s.") % {"time": standing.held_until}
        not_changed = _("The change of your video conference could not be made")
        return replace(_refused(asked, standing.refusal, kept), heading=not_changed)
    if booking.refused:
        return _refused(asked, standing.refusal, *_decision(standing.approval))
    if booking.cancelled:
        return _refused(asked, None, _("The booking was cancelled at the video conference service."))
    if _is_elsewhere(asked, booking.room_address):
        elsewhere = _("The video conference takes place in another room: %(room)s.")
        return _refused(asked, None, elsewhere % {"room": _room(booking)})
    if booking.waits:
        return _tentative(asked, booking.occurrences)
    standing_dates = [one for one in booking.occurrences if one.state not in OFF]
    first = standing_dates[0] if standing_dates else booking.occurrences[0]
    return Word(
        partstat="ACCEPTED",
        at=asked.recurrence_id,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        heading=_("The room is booked"),
        dates=standing_dates,
        has_way_in=True,
    )


def _single_dates(asked: Asked, standing: Standing, whole: Word, now: datetime) -> Iterator[Word]:
    """Answers to dates that get another one than the whole (programs read one VEVENT of an answer only)."""
    if whole.partstat == "DECLINED":
        return
    found = 0
    for date in standing.booking.occurrences:
        if date.ends_at <= now or _is_left_out(date, standing):
            continue
        word = _date(asked, date, standing)
        if word is None:
            continue
        if word.partstat != whole.partstat or _instant(date, standing) in standing.spoken_of:
            found += 1
            if found <= MOST_DATES:
                yield word


def _missing_dates(standing: Standing, now: datetime) -> list[MissingDate]:
    """Dates to come that the room does not have, although the series does."""
    return [
        _why_missing(one, standing)
        for one in standing.booking.occurrences
        if one.state in OFF and one.ends_at > now and not _is_left_out(one, standing)
    ]


def _why_missing(date: DateView, standing: Standing) -> MissingDate:
    if date.state == OccurrenceState.CANCELLED:
        return MissingDate(date, [_("This date was cancelled at the video conference service.")])
    decided = standing.approval
    if decided is not None and any(one.recurrence_id == date.recurrence_id for one in decided.dates):
        return MissingDate(date, list(_decision(decided)))
    if date.recurrence_id not in standing.not_had:
        return MissingDate(date, [])
    refusal = standing.not_had[date.recurrence_id]
    if refusal is None:
        return MissingDate(
            date, [_("It was not free when this was booked, but is now: take it on the page of the booking.")]
        )
    return MissingDate(date, [str(refusal.detail)], refusal)


def _is_left_out(date: DateView, standing: Standing) -> bool:
    return _instant(date, standing) in standing.answered_alone


def _instant(date: DateView, standing: Standing) -> datetime:
    return to_instant(datetime.fromisoformat(date.recurrence_id), standing.booking.timezone)


def _date(asked: Asked, date: DateView, standing: Standing) -> Word | None:
    at = asked.recurrence_id or to_local(_instant(date, standing), asked.timezone)
    if standing.held_until and asked.recurrence_id is not None:
        return _whole(asked, standing)
    booked = Word(
        partstat="ACCEPTED",
        at=at,
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        heading=_("The room is booked"),
        dates=(date,),
        has_way_in=True,
    )
    match date.state:
        case OccurrenceState.REFUSED | OccurrenceState.CANCELLED:
            return _not_booked(booked, _why_missing(date, standing))
        case OccurrenceState.PENDING:
            waits, reason = _heading_of_waiting(), _("This waits for an approval.")
            return replace(booked, partstat="TENTATIVE", heading=waits, reason=[reason], has_way_in=False)
        case _:
            return booked


def _not_booked(date: Word, why: MissingDate) -> Word:
    unknown = _("The room, or what this meeting needs, is not free at that time.")
    return replace(
        date,
        partstat="DECLINED",
        heading=_("The room is not booked for this date"),
        reason=why.reason or [unknown],
        ways=why.ways,
        request_status=request_status(why.refusal),
        has_way_in=False,
    )


def _heading_of_waiting() -> str:
    return _("The room is kept for you, and somebody has to approve it")


def _refused(asked: Asked, refusal: Refusal | None, *more: str) -> Word:
    reason = [str(refusal.detail)] if refusal is not None else []
    if not reason and not more:
        reason = [_("The room is not available.")]
    return Word(
        partstat="DECLINED",
        at=asked.recurrence_id,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        heading=_("The room is not booked"),
        reason=[*reason, *more],
        ways=() if refusal is None else tuple(refusal.alternatives),
        request_status=request_status(refusal),
    )


def _tentative(asked: Asked, dates: Sequence[DateView]) -> Word:
    waiting = [one for one in dates if one.state not in OFF]
    return Word(
        partstat="TENTATIVE",
        at=asked.recurrence_id,
        starts_at=waiting[0].starts_at,
        ends_at=waiting[0].ends_at,
        heading=_heading_of_waiting(),
        dates=waiting,
        reason=[_("You get another answer once it is decided.")],
    )


def _decision(approval: ApprovalMail | None) -> Iterator[str]:
    """Why those who decide said no, if they did."""
    if approval is None:
        return
    if approval.state == ApprovalState.DECLINED:
        yield _("%(person)s has declined it.") % {"person": one_line(approval.decided_by)}
        if approval.reason:
            yield one_line(approval.reason)
    elif approval.state == ApprovalState.LAPSED:
        yield _("Nobody has decided about your video conference in time.")


def _is_elsewhere(asked: Asked, room_address: str) -> bool:
    if asked.is_unknown:
        return True
    return bool(asked.room_address) and asked.room_address.lower() != room_address.lower()


def _room(booking: BookingMail) -> str:
    return _("Video conference") if booking.room_is_stock else one_line(booking.room_name)


def _date_of(booking: BookingMail, at: datetime) -> DateView | None:
    for one in booking.occurrences:
        if to_instant(datetime.fromisoformat(one.recurrence_id), booking.timezone) == at:
            return one
    return None
