# SPDX-License-Identifier: EUPL-1.2
"""Mails about counter-proposals: to the organiser that somebody would like another time, to who did that it stays.

The link leads to the page, where the organiser takes or declines it: nothing is decided by opening it. What is taken
goes out as a change of the invitation. As with invitations, what is sent is what is true when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.mime.multipart import MIMEMultipart
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from vconf.bookings.mail_views import BookingMail, mail_view
from vconf.bookings.models import ProposalState
from vconf.bookings.proposal_views import ProposalMail, proposal_mail
from vconf.integrations.ical.reply import ProposalDeclined, render_proposal_declined
from vconf.integrations.ical.text import one_line
from vconf.integrations.invitations import compose, wording
from vconf.integrations.invitations.answer_addresses import answers_to
from vconf.integrations.invitations.compose import Envelope, Notice, Recipient
from vconf.integrations.invitations.effects import organiser
from vconf.integrations.invitations.models import Method
from vconf.integrations.invitations.parts import calendar_part, message_id_of
from vconf.integrations.invitations.sending import Outgoing, send_once


def recipients_of(payload: Mapping[str, Any]) -> list[str]:
    """The addresses that a ProposalMade or ProposalDeclined concerns, in lower case: whichever still has to be told."""
    mail, proposal = mail_view(payload["booking_id"]), proposal_mail(payload["proposal_id"], timezone.now())
    if mail is None or proposal is None:
        return []
    return sorted({mail.organiser_email.lower(), proposal.attendee_address})


def send_notice(payload: Mapping[str, Any], recipient: str) -> None:
    """Tell the organiser of what waits, or its author that it was declined. Raises MailNotSent."""
    mail, proposal = mail_view(payload["booking_id"]), proposal_mail(payload["proposal_id"], timezone.now())
    if mail is None or proposal is None:
        return
    match proposal.state:
        case ProposalState.OPEN if recipient == mail.organiser_email.lower():
            to, write = organiser(mail), _made
        case ProposalState.DECLINED if recipient == proposal.attendee_address:
            to, write = _author(mail, proposal), _declined
        case _:
            return  # decided, or no longer in question; or none of theirs
    with translation.override(to.language):
        words = write(mail, proposal)
        declined = proposal.state == ProposalState.DECLINED and proposal.by_mail
        outgoing = Outgoing.about(
            mail,
            to,
            Method.DECLINE_COUNTER if declined else Method.NOTICE,
            message_id=message_id_of("proposal", payload["proposal_id"], proposal.state, recipient),
            answers_to=answers_to(mail) if declined else "",
        )
        send_once(outgoing, lambda envelope: _composed(mail, proposal, to, envelope, words, declined))


def _composed(
    mail: BookingMail,
    proposal: ProposalMail,
    to: Recipient,
    envelope: Envelope,
    words: Notice,
    declined: bool,
) -> MIMEMultipart:
    """Whose calendar program proposed is told no in a way that it reads (RFC 5546, 3.2.8)."""
    message = compose.notice(mail, to, envelope, words)
    if declined:
        octets = render_proposal_declined(
            ProposalDeclined(
                uid=mail.uid,
                sequence=proposal.sequence,
                stamp=envelope.sent_at,
                timezone=mail.timezone,
                starts_at=proposal.instead_of[0],
                title=mail.title,
                organiser_address=envelope.answers_to or mail.organiser_email,
                organiser_name=mail.organiser_name,
                attendee_address=proposal.attendee_address,
                recurrence_id=datetime.fromisoformat(proposal.recurrence_id)
                if proposal.recurrence_id
                else None,
                comment=words.heading,
            )
        )
        message.attach(calendar_part(octets, "DECLINECOUNTER"))
    return message


def _made(mail: BookingMail, proposal: ProposalMail) -> Notice:
    who = one_line(proposal.attendee_name) or proposal.attendee_address
    return Notice(
        subject=_("Another time proposed: %(title)s") % {"title": one_line(mail.title)},
        heading=_("%(person)s proposes another time") % {"person": who},
        lines=[_("Nothing has changed yet. On the page you take the proposal or decline it.")],
        facts=_facts(mail, proposal),
        reason=proposal.comment,
        is_message=True,
        link=f"{settings.VCONF_PUBLIC_URL}/bookings/{mail.booking_id}",
        label=_("To the booking"),
    )


def _declined(mail: BookingMail, proposal: ProposalMail) -> Notice:
    return Notice(
        subject=_("The time stays: %(title)s") % {"title": one_line(mail.title)},
        heading=_("Your proposal of another time was declined"),
        lines=[_("The video conference takes place as planned. Your invitation is still good.")],
        facts=_facts(mail, proposal),
    )


def _facts(mail: BookingMail, proposal: ProposalMail) -> list[tuple[str, Sequence[str]]]:
    zone = mail.timezone
    facts: list[tuple[str, Sequence[str]]] = [
        (_("As planned"), [wording.interval(*proposal.instead_of, zone)]),
        (_("Proposed"), [wording.interval(proposal.starts_at, proposal.ends_at, zone)]),
    ]
    if proposal.all_dates:
        facts.append((_("Applies to"), [_("all dates of the series, from the first on")]))
    return facts


def _author(mail: BookingMail, proposal: ProposalMail) -> Recipient:
    return Recipient(
        address=proposal.attendee_address,
        name=proposal.attendee_name,
        language=proposal.attendee_language or mail.language,
    )
