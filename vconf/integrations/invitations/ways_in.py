# SPDX-License-Identifier: EUPL-1.2
"""Zugangsdaten: one plain mail with link and PINs to those whose invitation is not ours.

Who books by inviting a room sends the invitations from their own calendar, and nothing that a room answers gets a link
into those. So organiser and attendees get it this way, once, and again when the link is renewed. The organiser is also
told what was changed here: their calendar does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from vconf.bookings.mail_views import BookingMail, last_door, mail_view, told_elsewhere
from vconf.integrations.invitations import compose, wording
from vconf.integrations.invitations.compose import Recipient
from vconf.integrations.invitations.effects import addresses_not_mailed, organiser, recipient_of
from vconf.integrations.invitations.models import Method, SentMail
from vconf.integrations.invitations.parts import message_id_of
from vconf.integrations.invitations.sending import Outgoing, send_once
from vconf.integrations.invitations.wording import Told


def recipients_of(payload: Mapping[str, Any]) -> list[str]:
    """The addresses that a BookingConfirmed or BookingChanged may concern, in lower case."""
    return told_elsewhere(payload["booking_id"])


def send_way_in(payload: Mapping[str, Any], recipient: str) -> None:
    """Tell one of them how to get in, if they do not know. Raises MailNotSent."""
    mail = mail_view(payload["booking_id"])
    if mail is None or mail.cancelled or mail.waits or all(_is_over(one.ends_at) for one in mail.occurrences):
        return
    letter = _due(mail, recipient)
    if letter is None:
        return
    outgoing = Outgoing.about(
        mail,
        letter.to,
        Method.WAY_IN,
        message_id=_message_id(mail, letter),
        told=letter.now.as_json(),
    )
    send_once(
        outgoing,
        lambda envelope: compose.way_in(
            mail,
            letter.to,
            envelope,
            before=letter.before,
            for_organiser=letter.is_organiser,
            not_mailed=addresses_not_mailed(mail) if letter.is_organiser else (),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Letter:
    to: Recipient
    is_organiser: bool
    before: Told | None
    now: Told


def _due(mail: BookingMail, address: str) -> _Letter | None:
    is_organiser = mail.source == "mail" and address == mail.organiser_email.lower()
    attendee = next((one for one in mail.attendees if one.address == address and one.told_by_client), None)
    if is_organiser:
        to = organiser(mail)
    elif attendee is not None and address not in addresses_not_mailed(mail):
        to = recipient_of(attendee, mail)
    else:
        return None
    now = wording.told_by(mail, moderator_pin=to.is_moderator)
    sent = SentMail.objects.filter(
        booking_id=mail.booking_id, address=address, method=Method.WAY_IN, sent_at__isnull=False
    )
    last = sent.order_by("id").last()
    if last is None:
        return _Letter(to, is_organiser, None, now)
    before = Told.from_json(last.told)
    if before.link != now.link or (now.moderator_pin and not before.moderator_pin):
        return _Letter(to, is_organiser, before, now)
    if is_organiser and last_door(mail.booking_id) != "mail" and wording.changes(before, now, mail):
        return _Letter(to, is_organiser, before, now)
    return None


def _is_over(ends_at: datetime) -> bool:
    return ends_at <= timezone.now()


def _message_id(mail: BookingMail, letter: _Letter) -> str:
    told_again = mail.sequence if letter.is_organiser and letter.before is not None else 0
    parts = ("way-in", str(mail.booking_id), letter.to.address, letter.now.link, letter.to.is_moderator)
    return message_id_of(*parts, told_again)
