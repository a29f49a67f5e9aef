# SPDX-License-Identifier: EUPL-1.2
"""Notes to people whose mail we cannot read, once a month for each reason: what has to be set otherwise, and where.

Only to senders our gateway vouches for; whoever else is named in a mail may never have written it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from vconf.crypto import keyed_hash
from vconf.integrations.imip.events import MailUnreadable
from vconf.integrations.imip.models import IncomingMail
from vconf.integrations.imip.shapes import ReadMail, Trust
from vconf.integrations.invitations import transport
from vconf.integrations.invitations.parts import (
    automatic,
    mailbox,
    message_id_of,
    readable,
    service_name,
    words_of,
    write_headers,
)
from vconf.outbox.models import Message
from vconf.outbox.record import record

#: codes of mails whose senders are told
TOLD = frozenset({"winmail", "encrypted"})


def note_unreadable(mail: IncomingMail, read: ReadMail, trust: Trust, code: str) -> None:
    """Have the sender told, unless that was done in the last month or nobody would read it. In a transaction."""
    if not mail.sender or read.precedence in ("bulk", "junk", "list") or read.list_id:
        return
    if read.auto_submitted not in ("", "no"):
        return
    key = keyed_hash("unreadable mail", f"{code} {trust.address}")[:60]  # as long as a fact's key may be
    if Message.objects.filter(fact=MailUnreadable.__name__, key=key).exists():
        return  # facts are kept for a month
    record(
        MailUnreadable(
            mail_id=str(mail.id),
            address=trust.address,
            room=mail.recipients[0] if mail.recipients else "",
            code=code,
            language="en" if read.language_hint == "en" else "de",
            key=key,
        )
    )


def addressee(payload: Mapping[str, Any]) -> Sequence[str]:
    return [str(payload["address"])]


def send_notice(payload: Mapping[str, Any], recipient: str) -> None:
    """Tell the sender of a MailUnreadable. Raises MailNotSent."""
    language = str(payload["language"])
    with translation.override(language):
        subject, lines = _words(str(payload["code"]), str(payload["room"]))
        message = readable("invitations/notice", _context(language, subject, lines))
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,
        "To": mailbox("To", "", recipient),
        "Subject": words_of("Subject", subject),
        "Date": format_datetime(timezone.now()),
        "Message-ID": message_id_of("unreadable", payload["mail_id"]),
        "Content-Language": language,
        **automatic(answers=True),
    }
    write_headers(message, headers)
    # The null sender: should this come back, nobody is told of it again (RFC 3834, 3.3).
    transport.send(message, envelope_sender="", recipient=recipient)


def _context(language: str, heading: str, lines: Sequence[str]) -> dict[str, object]:
    return {
        "language": language,
        "heading": heading,
        "lines": lines,
        "link": f"{settings.VCONF_PUBLIC_URL}/",
        "label": _("To the booking page"),
        "service": service_name(),
    }


def _words(code: str, room: str) -> tuple[str, list[str]]:
    where = {"room": room}
    if code == "winmail":
        return _("Your invitation could not be read"), [
            _("Your mail to %(room)s came in Outlook's own format (winmail.dat), without a calendar part.")
            % where,
            _(
                "Nothing was booked. Please book on the web page, or send the invitation again once this is set."
            ),
            _(
                "For your administrator: the remote domain of this address has to be sent no rich text. In Exchange:"
                " Set-RemoteDomain NAME -TNEFEnabled $false"
            ),
        ]
    return _("Your invitation could not be read"), [
        _("Your mail to %(room)s is encrypted, and there is no key for it here.") % where,
        _(
            "Nothing was booked. Please send the invitation again without encryption, or book on the web page."
        ),
    ]
