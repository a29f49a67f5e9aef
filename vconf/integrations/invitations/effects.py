# SPDX-License-Identifier: EUPL-1.2
"""Reactions to bookings being made, changed and cancelled: who is told what, and what not.

A reaction does not repeat what a fact once said. It looks at the booking as it is now and at what the recipient was
told last, and sends the difference, if there is one. So facts may come late, twice or after each other's effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from vconf.authorities.models import Authority
from vconf.authorities.selectors import person_by_address
from vconf.bookings.mail_views import AttendeeView, BookingMail, mail_view
from vconf.integrations.invitations import compose, wording
from vconf.integrations.invitations.answer_addresses import answers_to
from vconf.integrations.invitations.compose import Envelope, Recipient
from vconf.integrations.invitations.models import CALENDAR_METHODS, Method, SentMail
from vconf.integrations.invitations.parts import message_id_of
from vconf.integrations.invitations.sending import Outgoing, send_once
from vconf.integrations.invitations.wording import Told
from vconf.outbox.deliver import NotYet

#: names in BookingChanged.what that everybody invited is told of; a changed list of attendees is not among them
_MATTERS_TO_ALL = {"time", "room", "title", "description", "link", "organiser"}


#: of what begins so soon people are told at once
_SOON = timedelta(hours=1)


def recipients_of(payload: Mapping[str, Any]) -> list[str]:
    """The addresses that a BookingConfirmed, BookingChanged or BookingCancelled may concern, in lower case.

    Whoever was told of the booking is among them, so that nobody is forgotten who was removed in between.
    """
    mail = mail_view(payload["booking_id"])
    if mail is None:
        return []
    own = mail.organiser_email.lower()
    told_last = {row.address: row for row in _calendar_mails(mail)}
    removed = {address.lower() for address in payload.get("removed", ())} - {own}
    if "what" in payload and not _MATTERS_TO_ALL & set(payload["what"]):
        added = {address.lower() for address in payload["added"]} - {own}
        promoted = {
            one.address
            for one in mail.attendees
            if one.is_moderator
            and one.address in told_last
            and not Told.from_json(told_last[one.address].told).moderator_pin
        }
        return sorted(added | removed | promoted - {own})
    return sorted({own} | {one.address for one in mail.attendees} | removed | set(told_last))


def send_invitation(payload: Mapping[str, Any], recipient: str) -> None:
    """Bring one recipient up to date. Raises MailNotSent, whose `permanent` tells whether to try again, and NotYet."""
    mail = mail_view(payload["booking_id"])
    if mail is None:
        return
    history = list(_calendar_mails(mail).filter(address=recipient))
    letter = _due(mail, recipient, history)
    if letter is None:
        return
    if letter.before is not None and (left := _still_changing(mail)) is not None:
        raise NotYet(again_in=left)
    _send_once(mail, recipient, letter, history)


def _still_changing(mail: BookingMail) -> timedelta | None:
    """How long to wait for further changes before one is told; None if it is to be told now."""
    now = timezone.now()
    quiet_at = mail.changed_at + timedelta(seconds=settings.VCONF_MAILS_GROUPED_SECONDS)
    ahead = [one.starts_at for one in mail.occurrences if one.ends_at > now]
    if mail.cancelled or now >= quiet_at or (ahead and min(ahead) < now + _SOON):
        return None
    return quiet_at - now


def _calendar_mails(mail: BookingMail) -> QuerySet[SentMail]:
    """What was told of the booking with a calendar part, or may have been; mere words make no invitation old."""
    of_booking = SentMail.objects.filter(booking_id=mail.booking_id, method__in=CALENDAR_METHODS)
    return of_booking.exclude(sent_at=None, failed_at__isnull=False, may_have_arrived=False)


def organiser_alone(payload: Mapping[str, Any]) -> list[str]:
    """Whom a SeriesEnding concerns."""
    mail = mail_view(payload["booking_id"])
    return [] if mail is None else [mail.organiser_email.lower()]


def send_reminder(payload: Mapping[str, Any], recipient: str) -> None:
    """Tell the organiser until when a series without end is promised, once. Raises MailNotSent."""
    mail = mail_view(payload["booking_id"])
    if mail is None or mail.cancelled or mail.promised_until is None:
        return
    if mail.promised_until.isoformat() != payload["promised_until"] or recipient != mail.organiser_email:
        return  # extended, or handed over, meanwhile
    history = list(SentMail.objects.filter(booking_id=mail.booking_id, address=recipient))
    _send_once(mail, recipient, _Letter(Method.REMINDER, organiser(mail)), history)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A mail that has to go out. before: what the recipient was told last, if that is no longer true."""

    method: Method
    to: Recipient
    before: Told | None = None

    def compose(self, mail: BookingMail, envelope: Envelope) -> Message:
        if self.method is Method.REMINDER:
            return compose.reminder(mail, self.to, envelope)
        if self.method is Method.CANCEL:
            return compose.cancellation(mail, self.to, envelope)
        if self.method is Method.PUBLISH:
            not_mailed = addresses_not_mailed(mail)
            return compose.confirmation(mail, self.to, envelope, before=self.before, not_mailed=not_mailed)
        return compose.invitation(mail, self.to, envelope, before=self.before)


def _due(mail: BookingMail, address: str, history: Sequence[SentMail]) -> _Letter | None:
    """What this address has to be told now, or None if it knows, or need not.

    While no date stands before somebody has approved it, nobody is told anything.
    """
    if mail.waits:
        return None
    attendee = next((one for one in mail.attendees if one.address == address), None)
    if address == mail.organiser_email.lower():
        if mail.source == "mail":
            return None  # their own calendar has it; the room answers there, and `ways_in` tells the rest
        told = _last_sent(history, Method.PUBLISH)
        if told is not None and told.sequence >= mail.sequence:
            return None
        if told is None and mail.refused:
            return None  # never booked: the notice of the decision says it all
        before = Told.from_json(told.told) if told is not None else None
        return _Letter(Method.PUBLISH, organiser(mail), before)
    if attendee is not None and not mail.cancelled:
        if attendee.told_by_client or address in addresses_not_mailed(mail):
            return None
        to = recipient_of(attendee, mail)
        told = _last_sent(_since_cancel(history), Method.REQUEST)
        if told is None:
            return _Letter(Method.REQUEST, to)
        before = Told.from_json(told.told)
        if told.sequence >= mail.sequence and (before.moderator_pin or not to.is_moderator):
            return None
        return _Letter(Method.REQUEST, to, before)
    if any(row.method == Method.REQUEST for row in _since_cancel(history, sent=True)):
        return _Letter(
            Method.CANCEL, recipient_of(attendee, mail) if attendee else _former_attendee(address, mail)
        )
    return None


def _since_cancel(history: Sequence[SentMail], *, sent: bool = False) -> Sequence[SentMail]:
    """What followed the last cancellation. One that may not have arrived counts too, unless only `sent` ones do."""
    ends = [
        place
        for place, row in enumerate(history, start=1)
        if row.method == Method.CANCEL and (row.sent_at is not None or not sent)
    ]
    return history[ends[-1] :] if ends else history


def _last_sent(history: Sequence[SentMail], method: Method) -> SentMail | None:
    rows = [row for row in history if row.method == method and row.sent_at is not None]
    return rows[-1] if rows else None


def _send_once(mail: BookingMail, address: str, letter: _Letter, history: Sequence[SentMail]) -> None:
    outgoing = Outgoing.about(
        mail,
        letter.to,
        letter.method,
        message_id=_message_id(mail, address, letter, history),
        told=wording.told_by(mail, moderator_pin=letter.to.is_moderator).as_json(),
        follows=next((earlier.message_id for earlier in history if earlier.sent_at is not None), ""),
        answers_to=answers_to(mail) if letter.method in CALENDAR_METHODS else "",
    )
    send_once(outgoing, lambda envelope: letter.compose(mail, envelope))


def _message_id(mail: BookingMail, address: str, letter: _Letter, history: Sequence[SentMail]) -> str:
    """The same for every attempt to send this mail, and unguessable, as it stands in replies of others.

    Inviting somebody again raises no SEQUENCE; what came in between makes it another mail all the same.
    """
    opposite = Method.REQUEST if letter.method is Method.CANCEL else Method.CANCEL
    return message_id_of(
        mail.uid,
        mail.sequence,
        address,
        letter.method,
        letter.to.is_moderator,
        sum(row.method == opposite for row in history),
        *([str(mail.promised_until)] if letter.method is Method.REMINDER else []),
    )


def addresses_not_mailed(mail: BookingMail) -> frozenset[str]:
    """Invited addresses outside of the administration, if the room class keeps links inside: nobody's account, and in
    no authority's domain. The organiser is told, and passes the link on or does not.
    """
    if mail.mail_outside:
        return frozenset()
    strangers = {one.address for one in mail.attendees if one.person_id is None}
    domains = {address.rpartition("@")[2] for address in strangers}
    inside = {
        domain.lower() for domain in Authority.objects.exclude(domain="").values_list("domain", flat=True)
    } & domains
    return frozenset(address for address in strangers if address.rpartition("@")[2] not in inside)


def organiser(mail: BookingMail) -> Recipient:
    return Recipient(
        address=mail.organiser_email,
        name=mail.organiser_name,
        language=mail.organiser_language,
        is_moderator=True,
    )


def recipient_of(attendee: AttendeeView, mail: BookingMail) -> Recipient:
    return Recipient(
        address=attendee.address,
        name=attendee.name,
        language=attendee.language or mail.language,
        is_moderator=attendee.is_moderator,
    )


def _former_attendee(address: str, mail: BookingMail) -> Recipient:
    person = person_by_address(address)
    return Recipient(
        address=address,
        name=person.name if person else "",
        language=person.language if person else mail.language,
    )
