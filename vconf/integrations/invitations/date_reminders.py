# SPDX-License-Identifier: EUPL-1.2
"""Reminders of a date that begins soon, where the organiser chose them: with the way in, and nothing for a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from vconf.bookings.mail_views import BookingMail, DateView, declined_by, mail_view
from vconf.bookings.models import OCCUPYING, OccurrenceState
from vconf.integrations.invitations import compose
from vconf.integrations.invitations.compose import Recipient
from vconf.integrations.invitations.effects import addresses_not_mailed, organiser, recipient_of
from vconf.integrations.invitations.models import Method
from vconf.integrations.invitations.parts import message_id_of
from vconf.integrations.invitations.sending import Outgoing, send_once

_TAKES_PLACE = frozenset(OCCUPYING) - {OccurrenceState.PENDING}


def recipients_of(payload: Mapping[str, Any]) -> list[str]:
    """The organiser, and who is invited and has not declined, in lower case."""
    mail = mail_view(payload["booking_id"])
    date = None if mail is None else _date(mail, payload)
    if mail is None or date is None:
        return []
    declined = declined_by(mail.booking_id, date.recurrence_id) | addresses_not_mailed(mail)
    own = mail.organiser_email.lower()
    return [own, *(one.address for one in mail.attendees if one.address not in {own, *declined})]


def send_reminder_of_date(payload: Mapping[str, Any], recipient: str) -> None:
    """Remind one of them, unless the date was moved or dropped meanwhile, or is over. Raises MailNotSent, NotYet."""
    mail = mail_view(payload["booking_id"])
    date = None if mail is None else _date(mail, payload)
    if mail is None or date is None or date.ends_at <= timezone.now():
        return
    to = _recipient(mail, recipient)
    if to is None:
        return
    outgoing = Outgoing.about(
        mail,
        to,
        Method.REMINDER,
        message_id=message_id_of("reminder", payload["booking_id"], payload["starts_at"], recipient),
    )
    is_organiser = recipient == mail.organiser_email.lower()
    own = replace(mail, occurrences=(date,), title=date.title or mail.title)
    send_once(
        outgoing, lambda envelope: compose.reminder_of_date(own, to, envelope, for_organiser=is_organiser)
    )


def _date(mail: BookingMail, payload: Mapping[str, Any]) -> DateView | None:
    at = datetime.fromisoformat(payload["starts_at"])
    if mail.cancelled:
        return None
    return next((one for one in mail.occurrences if one.starts_at == at and one.state in _TAKES_PLACE), None)


def _recipient(mail: BookingMail, address: str) -> Recipient | None:
    if address == mail.organiser_email.lower():
        return organiser(mail)
    attendee = next((one for one in mail.attendees if one.address == address), None)
    return None if attendee is None else recipient_of(attendee, mail)
