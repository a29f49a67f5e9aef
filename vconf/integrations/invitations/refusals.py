# SPDX-License-Identifier: EUPL-1.2
"""Mails to the organiser about a wish that was refused, and about dates that were held for one and are given up.

Without a calendar part: what was refused is shown by the calendar that asked. As with invitations, what is sent is what
is true when it is sent, so a fact that comes late or twice does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from vconf.bookings.mail_views import BookingMail, DateView, mail_view
from vconf.bookings.refusal_views import RefusalMail, dates_released, refusal_mail
from vconf.integrations.ical.text import one_line
from vconf.integrations.invitations import compose, wording
from vconf.integrations.invitations.compose import Notice
from vconf.integrations.invitations.effects import organiser
from vconf.integrations.invitations.models import Method
from vconf.integrations.invitations.parts import message_id_of
from vconf.integrations.invitations.sending import Outgoing, send_once


def send_notice(payload: Mapping[str, Any], recipient: str) -> None:
    """Tell the organiser of a BookingRefused or BookingReleased. Raises MailNotSent."""
    mail = mail_view(payload["booking_id"])
    if mail is None or recipient != mail.organiser_email.lower():
        return  # erased, or handed over
    to = organiser(mail)
    with translation.override(to.language):
        words = _words(mail, payload)
        if words is None:
            return
        which = payload.get("released_at") or payload["version"]
        outgoing = Outgoing.about(
            mail,
            to,
            Method.NOTICE,
            message_id=message_id_of("refusal", payload["booking_id"], which, recipient),
        )
        send_once(outgoing, lambda envelope: compose.notice(mail, to, envelope, words))


def _words(mail: BookingMail, payload: Mapping[str, Any]) -> Notice | None:
    if "released_at" in payload:
        dates = dates_released(payload["booking_id"], datetime.fromisoformat(payload["released_at"]))
        return _released(mail, dates) if dates else None
    found = refusal_mail(payload["booking_id"], payload["version"])
    if found is None or found.source == "mail":
        return None  # changed meanwhile; or the room answers, who invited it by mail
    return _not_booked(mail, found) if found.held_until is None else _not_changed(mail, found)


def _not_booked(mail: BookingMail, found: RefusalMail) -> Notice:
    return Notice(
        subject=_("Not booked: %(title)s") % {"title": one_line(mail.title)},
        heading=_("Your video conference is not booked"),
        lines=[
            str(found.refusal.detail),
            _("Nothing is reserved, and nobody was invited. Change it in your calendar, or try again here."),
        ],
        facts=_facts(mail, found),
        link=_page(mail),
        label=_("To the booking"),
    )


def _not_changed(mail: BookingMail, found: RefusalMail) -> Notice:
    assert found.held_until is not None
    until = {"until": wording.moment(found.held_until, mail.timezone)}
    kept = _("What was booked stays as it is.")
    if found.held:
        kept = _(
            "The old dates are kept for you until %(until)s, and given up then. Until then you can move back, choose"
            " something else, or keep them here."
        )
    facts = _facts(mail, found)
    if found.held:
        facts.append((_("Kept until then"), wording.listed(found.held, mail.timezone)))
    return Notice(
        subject=_("Not changed: %(title)s") % {"title": one_line(mail.title)},
        heading=_("The change of your video conference could not be made"),
        lines=[str(found.refusal.detail), kept % until],
        facts=facts,
        link=_page(mail),
        label=_("To the booking"),
    )


def _released(mail: BookingMail, dates: Sequence[DateView]) -> Notice:
    return Notice(
        subject=_("Given up: %(title)s") % {"title": one_line(mail.title)},
        heading=_("Dates that were kept for you have been given up"),
        lines=[
            _(
                "A change of them could not be made, and nobody decided in time. Room and seats are free again."
            )
        ],
        facts=[(_("Given up"), wording.listed(dates, mail.timezone))],
        link=_page(mail),
        label=_("To the booking"),
    )


def _facts(mail: BookingMail, found: RefusalMail) -> list[tuple[str, Sequence[str]]]:
    facts: list[tuple[str, Sequence[str]]] = [
        (_("Asked for"), [wording.interval(*found.wished, mail.timezone)]),
    ]
    if found.room_name:
        facts.append((_("Room"), [one_line(found.room_name)]))
    ways = [words for one in found.refusal.alternatives if (words := wording.way_out(one, mail.timezone))]
    if ways:
        facts.append((_("Possible instead"), ways))
    return facts


def _page(mail: BookingMail) -> str:
    return f"{settings.VCONF_PUBLIC_URL}/bookings/{mail.booking_id}"
