# SPDX-License-Identifier: EUPL-1.2
"""Reports of failed delivery (RFC 3464) about our own mails: the envelope's address says which mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from vconf.integrations.imip.shapes import Outcome, ReadMail, Report
from vconf.integrations.invitations.deliveries import note_bounce
from vconf.integrations.invitations.subaddresses import parted


def take_report(read: ReadMail, recipients: Sequence[str], *, now: datetime) -> Outcome:
    """Note what a report says of the mail that it came back to. Needs no trust in who wrote it: whoever knows the token
    was handed the mail.

    Only `failed` counts: a server that still tries, or says that it has delivered, changes nothing.
    """
    token = next((found for one in recipients if (found := bounce_token_of(one))), "")
    if not token:
        return Outcome("ignored", "no_such_meeting")
    failed = [one for one in read.dsn if one.action.lower() == "failed" and _is_for_good(one)]
    if not failed:
        return Outcome("ignored", "auto_reply")
    new = note_bounce(token, failed[0].status, failed[0].diagnostic, now=now)
    return Outcome("done") if new else Outcome("ignored", "duplicate")


def bounce_token_of(address: str) -> str:
    """The token in an address that reports come to; "" if it is none."""
    base, token = parted(address.strip())
    return token if base == settings.VCONF_MAIL_BOUNCES.lower() else ""


def _is_for_good(report: Report) -> bool:
    return report.status.startswith("5") or not report.status
