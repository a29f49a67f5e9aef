# SPDX-License-Identifier: EUPL-1.2
"""A mail to the organiser: somebody answered who is not invited. That changes nothing until they are invited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from vconf.bookings.mail_views import BookingMail, mail_view
from vconf.integrations.ical.text import one_line
from vconf.integrations.invitations import compose, wording
from vconf.integrations.invitations.compose import Notice
from vconf.integrations.invitations.effects import organiser
from vconf.integrations.invitations.models import Method
from vconf.integrations.invitations.parts import message_id_of
from vconf.integrations.invitations.sending import Outgoing, send_once


def send_notice(payload: Mapping[str, Any], recipient: str) -> None:
    """Tell the organiser of a StrangerAnswered, once for each address. Raises MailNotSent and NotYet."""
    mail = mail_view(payload["booking_id"])
    if mail is None or mail.cancelled or recipient != mail.organiser_email.lower():
        return
    address = one_line(payload["address"])
    if any(one.address == address.lower() for one in mail.attendees):
        return  # invited meanwhile
    to = organiser(mail)
    outgoing = Outgoing.about(
        mail,
        to,
        Method.NOTICE,
        message_id=message_id_of("stranger", str(mail.booking_id), address.lower()),
    )
    with translation.override(to.language):
        words = _words(mail, address)
        send_once(outgoing, lambda envelope: compose.notice(mail, to, envelope, words))


def _words(mail: BookingMail, address: str) -> Notice:
    return Notice(
        subject=_("Somebody not invited has answered: %(title)s") % {"title": one_line(mail.title)},
        heading=_("Somebody who is not invited has answered"),
        lines=[
            _("%(address)s has answered your invitation, so it was passed on.") % {"address": address},
            _("They are not among those invited. If they are to come, invite them on the page."),
        ],
        facts=[(_("When"), wording.dates_in_words(mail))],
        link=f"{settings.VCONF_PUBLIC_URL}/bookings/{mail.booking_id}",
        label=_("To the booking"),
    )
