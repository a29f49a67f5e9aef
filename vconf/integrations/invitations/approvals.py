# SPDX-License-Identifier: EUPL-1.2
"""Mails about approval: to those who decide that a request waits, to the organiser that it does and how it ended.

They carry no calendar part: nobody is invited before the decision, and there is nothing yet to be put into a calendar.
As with invitations, what is sent is what is true when it is sent, so a fact that comes late or twice does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from vconf.bookings.mail_views import ApprovalMail, BookingMail, approval_mail, mail_view
from vconf.bookings.models import ApprovalState
from vconf.integrations.ical.text import one_line
from vconf.integrations.invitations import compose, wording
from vconf.integrations.invitations.compose import Notice, Recipient
from vconf.integrations.invitations.effects import organiser
from vconf.integrations.invitations.models import Method
from vconf.integrations.invitations.parts import message_id_of
from vconf.integrations.invitations.sending import Outgoing, send_once


def recipients_of(payload: Mapping[str, Any]) -> list[str]:
    """The addresses that an ApprovalAsked or ApprovalDecided concerns, in lower case: the organiser's, and while the
    request waits those of the people who decide.
    """
    mail, approval = mail_view(payload["booking_id"]), approval_mail(payload["approval_id"])
    if mail is None or approval is None:
        return []
    # the room answers an organiser who invited it by mail
    own = set() if mail.source == "mail" else {mail.organiser_email.lower()}
    return sorted(own | {one.address.lower() for one in approval.deciding})


def send_notice(payload: Mapping[str, Any], recipient: str) -> None:
    """Tell one recipient how the request stands. Raises MailNotSent."""
    mail, approval = mail_view(payload["booking_id"]), approval_mail(payload["approval_id"])
    if mail is None or approval is None or approval.state == ApprovalState.WITHDRAWN:
        return
    for_organiser = recipient == mail.organiser_email.lower()
    to = organiser(mail) if for_organiser else _decider(approval, recipient)
    if to is None:
        return  # decided meanwhile, or no longer theirs to decide
    with translation.override(to.language):
        words = _for_organiser(mail, approval) if for_organiser else _for_decider(mail, approval)
        outgoing = Outgoing.about(
            mail,
            to,
            Method.NOTICE,
            message_id=message_id_of("approval", payload["approval_id"], approval.state, recipient),
        )
        send_once(outgoing, lambda envelope: compose.notice(mail, to, envelope, words))


def _for_decider(mail: BookingMail, approval: ApprovalMail) -> Notice:
    until = wording.moment(approval.lapses_at, settings.VCONF_TIME_ZONE)
    return Notice(
        subject=_("Waits for your approval: %(title)s") % {"title": one_line(mail.title)},
        heading=_("A booking waits for your approval"),
        lines=[_("Please decide until %(until)s; then the request lapses.") % {"until": until}],
        facts=[
            *_facts(mail, approval),
            (_("Organised by"), [f"{one_line(mail.organiser_name)}, {one_line(mail.authority_name)}"]),
            (_("Seats"), [str(mail.seats)]),
        ],
        link=f"{settings.VCONF_PUBLIC_URL}/approvals",
        label=_("To the requests"),
    )


def _for_organiser(mail: BookingMail, approval: ApprovalMail) -> Notice:
    title = {"title": one_line(mail.title)}
    by = {"person": one_line(approval.decided_by)}
    match approval.state:
        case ApprovalState.ASKED:
            until = wording.moment(approval.lapses_at, settings.VCONF_TIME_ZONE)
            subject = _("Waits for approval: %(title)s") % title
            heading = _("Your video conference waits for approval")
            lines = [
                _("Room and seats are kept for you. Invitations go out once it is approved."),
                _("If nobody decides until %(until)s, the request lapses.") % {"until": until},
            ]
        case ApprovalState.APPROVED:
            subject = _("Approved: %(title)s") % title
            heading = _("Your video conference is approved")
            lines = [_("%(person)s has approved it. The invitations go out now.") % by]
        case ApprovalState.DECLINED:
            subject = _("Declined: %(title)s") % title
            heading = _("Your video conference is declined")
            lines = [_("%(person)s has declined it. Room and seats are free again.") % by]
        case _:
            subject = _("Lapsed: %(title)s") % title
            heading = _("Nobody has decided about your video conference in time")
            lines = [_("Room and seats are free again. You may book anew.")]
    return Notice(
        subject=subject,
        heading=heading,
        lines=lines,
        facts=_facts(mail, approval),
        reason=approval.reason,
        link=f"{settings.VCONF_PUBLIC_URL}/bookings/{mail.booking_id}",
        label=_("To the booking"),
    )


def _facts(mail: BookingMail, approval: ApprovalMail) -> list[tuple[str, Sequence[str]]]:
    facts: list[tuple[str, Sequence[str]]] = [(_("When"), wording.listed(approval.dates, mail.timezone))]
    if not mail.room_is_stock:
        facts.append((_("Room"), [one_line(mail.room_name)]))
    return facts


def _decider(approval: ApprovalMail, address: str) -> Recipient | None:
    for one in approval.deciding:
        if one.address.lower() == address:
            return Recipient(address=one.address, name=one.name, language=one.language)
    return None
