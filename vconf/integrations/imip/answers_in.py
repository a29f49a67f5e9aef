# SPDX-License-Identifier: EUPL-1.2
"""REPLY, COUNTER and REFRESH: people invited answer, propose another time, or ask for their invitation again.

Each changes nothing but what its sender says of themselves. Exchange leaves ORGANIZER out and names zones in its own
way, others answer to the organiser's address instead of the one in Reply-To: what is relied on is the address that the
mail came to, or UID and attendee (RFC 5546, 3.2.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from vconf.authorities.rights import Actor
from vconf.authorities.selectors import person_by_address
from vconf.bookings.answering import answer_all
from vconf.bookings.checks import LONGEST_COMMENT
from vconf.bookings.errors import TooManyProposals
from vconf.bookings.models import Attendee, Booking, PartStat
from vconf.bookings.proposing import propose
from vconf.bookings.recurrence import to_local
from vconf.bookings.refreshing import refresh
from vconf.errors import DomainError, NotFound
from vconf.integrations.ical.company import own_addresses
from vconf.integrations.ical.parsed import ParsedEvent, ParsedParty
from vconf.integrations.imip.events import StrangerAnswered
from vconf.integrations.imip.invitation_model import MailedWish
from vconf.integrations.imip.letters import Letter, at_instance, author_of, instance_of
from vconf.integrations.imip.shapes import Outcome
from vconf.integrations.invitations.answer_addresses import booking_of
from vconf.integrations.invitations.subaddresses import parted
from vconf.outbox.record import record

#: RFC 5545, 3.2.12: what else an attendee may say, as we keep it
_ANSWERS: Final = {
    "ACCEPTED": PartStat.ACCEPTED,
    "DECLINED": PartStat.DECLINED,
    "DELEGATED": PartStat.DECLINED,
    "TENTATIVE": PartStat.TENTATIVE,
    "NEEDS-ACTION": PartStat.NEEDS_ACTION,
}


def take_reply(letter: Letter) -> Outcome:
    found = _found(letter)
    if isinstance(found, Outcome):
        return found
    booking = found.booking
    if _is_early(letter, found):
        return Outcome("early")
    answers: dict[datetime | None, str] = {}
    comment, stamp = "", letter.now
    seen = set()
    for event in letter.message.events:
        party = _party_of(event, found)
        said = None if party is None else _ANSWERS.get(party.partstat)
        if party is None or said is None:
            continue
        date = _date_of(event, booking)
        answers[date] = said
        if date is not None and _knows_the_date(event, booking):
            seen.add(date)
        comment = comment or event.comment or _delegated_to(letter, party)
        stamp = event.stamp or stamp
    if not answers:
        return Outcome("ignored", "not_attendee")
    try:
        answer_all(
            booking.id,
            address=found.attendee,
            answers=answers,
            comment=comment[:LONGEST_COMMENT],
            actor=Actor.system("mail"),
            source="mail",
            sequence=letter.message.sequence,
            stamp=min(stamp, letter.now),
            seen=seen,
        )
    except NotFound:
        return Outcome("ignored", "not_attendee")
    except DomainError:
        return Outcome("ignored", "over")
    return Outcome("done")


def take_counter(letter: Letter) -> Outcome:
    """Another time is proposed; the organiser decides on the page. To a room it means nothing."""
    found = _found(letter)
    if isinstance(found, Outcome):
        return Outcome("ignored", "no_such_meeting") if found.state == "early" else found
    event = letter.message.first
    party = _party_of(event, found)
    if party is None:
        return Outcome("ignored", "not_attendee")
    try:
        propose(
            found.booking.id,
            address=found.attendee,
            recurrence_id=_date_of(event, found.booking),
            starts_at=event.starts_at,
            duration=event.duration,
            comment=event.comment[:LONGEST_COMMENT],
            actor=Actor.system("mail"),
            now=letter.now,
            source="mail",
        )
    except TooManyProposals:
        return Outcome("ignored", "too_many")
    except DomainError:
        return Outcome("ignored", "over")
    take_reply(letter)
    return Outcome("done")


def take_refresh(letter: Letter) -> Outcome:
    found = _found(letter)
    if isinstance(found, Outcome):
        return Outcome("ignored", "no_such_meeting") if found.state == "early" else found
    booking = Booking.objects.select_for_update(no_key=True).get(id=found.booking.id)
    refresh(booking, [found.attendee])
    return Outcome("done")


@dataclass(frozen=True, slots=True)
class _Found:
    """attendee: the address they are invited under. written_as: all addresses that mean them, in this mail."""

    booking: Booking
    attendee: str
    written_as: frozenset[str]


def _found(letter: Letter) -> _Found | Outcome:
    """The meeting, and as whom its sender is invited to it."""
    mine = _addresses_of(letter)
    by_token = next((one for one in map(_by_token, letter.recipients) if one is not None), None)
    if by_token is not None:
        booking = Booking.objects.filter(id=by_token).first()
        if booking is None:
            return Outcome("ignored", "no_such_meeting")
        invited = Attendee.objects.filter(booking=booking, address__in=mine)
        address = invited.order_by("address").values_list("address", flat=True).first()
        if address is None:
            record(StrangerAnswered(booking_id=str(booking.id), address=letter.sender))
            return Outcome("ignored", "not_attendee")
        return _Found(booking, address, frozenset(mine))
    # without the address that only those invited know, who is not among them learns nothing of the UID
    invited = Attendee.objects.filter(address__in=mine).filter(
        Q(booking__uid=letter.uid) | Q(booking__uid=letter.message.uid)
    )
    organiser = letter.message.organiser
    known = None if organiser is None else person_by_address(organiser.address)
    if known is not None:
        invited = invited.filter(booking__organiser=known)
    rows = list(invited.select_related("booking").order_by("booking__cancelled_at", "address"))
    standing = [row for row in rows if row.booking.cancelled_at is None] or rows
    if len({row.booking.organiser_id for row in standing}) != 1:
        return Outcome("early") if not standing else Outcome("ignored", "no_such_meeting")
    return _Found(standing[0].booking, standing[0].address, frozenset(mine))


def _is_early(letter: Letter, found: _Found) -> bool:
    """Whether it answers an invitation of the organiser's program that has not come here yet."""
    booking, sequence = found.booking, letter.message.sequence
    is_told = Attendee.objects.filter(booking=booking, address=found.attendee, told_by_client=True).exists()
    if booking.source != "mail" or not is_told:
        return False
    rows = list(MailedWish.objects.filter(owner=str(booking.organiser_id), uid=booking.uid))
    if sequence > max((row.sequence for row in rows), default=booking.sequence):
        return True
    is_of_all = letter.message.master is not None
    return is_of_all and any(row.other_until < sequence < row.same_from for row in rows if not row.instance)


def _knows_the_date(event: ParsedEvent, booking: Booking) -> bool:
    """Whether it answers a mail about this date alone, which says where it is now. Exchange counts SEQUENCE of such
    mails by itself: it may be lower than that of the series.
    """
    told = MailedWish.objects.filter(owner=str(booking.organiser_id), uid=booking.uid)
    rows = {row.instance: row for row in told.filter(instance__in=["", instance_of(event)])}
    date, whole = rows.get(instance_of(event)), rows.get("")
    if date is None or event.stamp is None or (whole is not None and date.stamp < whole.since):
        return False
    return event.sequence >= date.same_from and event.stamp >= date.since


def _addresses_of(letter: Letter) -> set[str]:
    """Of whom the mail speaks: its sender, or whoever they answer for as a deputy (SENT-BY). Both may be invited."""
    sender = person_by_address(letter.sender)
    own = {letter.sender} if sender is None else {letter.sender, *own_addresses(sender)}
    parties = [party for event in letter.message.events for party in event.attendees]
    if any(party.address in own for party in parties):
        return own
    for party in parties:
        if party.sent_by == letter.sender and author_of(party.address, letter.sender) is not None:
            principal = person_by_address(party.address)
            if principal is not None:
                return set(own_addresses(principal))
    return own


def _party_of(event: ParsedEvent, found: _Found) -> ParsedParty | None:
    """Their own line: others that stand beside it say nothing."""
    return next((one for one in event.attendees if one.address in found.written_as), None)


def _by_token(recipient: str) -> UUID | None:
    _base, token = parted(recipient)
    return booking_of(token) if token else None


def _date_of(event: ParsedEvent, booking: Booking) -> datetime | None:
    """The date an answer is about, as the booking names it: compared by instant, whatever zone it was written in."""
    instance = instance_of(event)
    if not instance:
        return None
    named = to_local(at_instance(instance), booking.timezone)
    for recurrence_id, starts_at in booking.occurrences.values_list("recurrence_id", "starts_at"):
        if recurrence_id == named.isoformat() or starts_at == at_instance(instance):
            return datetime.fromisoformat(recurrence_id)
    return named


def _delegated_to(letter: Letter, party: ParsedParty) -> str:
    """For people: whom they would like to come in their place. They are not invited by that."""
    if party.partstat != "DELEGATED":
        return ""
    return ", ".join(address for address in _delegates(letter) if address)[:LONGEST_COMMENT]


def _delegates(letter: Letter) -> Iterator[str]:
    for event in letter.calendar.parts:
        for line in event.all("ATTENDEE") if event.name == "VEVENT" else ():
            yield line.param("DELEGATED-TO").lower().replace("mailto:", "")
