# SPDX-License-Identifier: EUPL-1.2
"""An invitation once more, as it is now, for who asks for it or is to have it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from vconf.bookings.mail_views import mail_view
from vconf.integrations.invitations import compose, wording
from vconf.integrations.invitations.answer_addresses import answers_to
from vconf.integrations.invitations.effects import addresses_not_mailed, recipient_of
from vconf.integrations.invitations.models import Method, SentMail
from vconf.integrations.invitations.parts import message_id_of
from vconf.integrations.invitations.sending import Outgoing, send_once

#: nobody gets an invitation again that they have got just now, however often it is asked for
AGAIN_AFTER = timedelta(minutes=10)


def the_one_asked_for(payload: Mapping[str, Any]) -> list[str]:
    """Whom a RefreshAsked concerns."""
    return [payload["address"]]


def send_again(payload: Mapping[str, Any], recipient: str) -> None:
    """Send the invitation that stands now, if the address is still invited by us. Raises MailNotSent, NotYet."""
    mail = mail_view(payload["booking_id"])
    if mail is None or mail.cancelled or mail.waits:
        return
    attendee = next((one for one in mail.attendees if one.address == recipient), None)
    if attendee is None or attendee.told_by_client or recipient in addresses_not_mailed(mail):
        return
    sent = SentMail.objects.filter(booking_id=mail.booking_id, address=recipient, method=Method.REQUEST)
    sent = sent.exclude(sent_at=None)
    if sent.filter(sent_at__gt=timezone.now() - AGAIN_AFTER).exists():
        return
    to = recipient_of(attendee, mail)
    outgoing = Outgoing.about(
        mail,
        to,
        Method.REQUEST,
        message_id=message_id_of("again", mail.uid, mail.sequence, recipient, payload["asked_at"]),
        told=wording.told_by(mail, moderator_pin=to.is_moderator).as_json(),
        follows=sent.values_list("message_id", flat=True).first() or "",
        answers_to=answers_to(mail),
    )
    send_once(outgoing, lambda envelope: compose.invitation(mail, to, envelope, before=None))
