# SPDX-License-Identifier: EUPL-1.2
"""What each METHOD does, on one screen."""

from __future__ import annotations

from datetime import datetime

from vconf.integrations.imip.models import IncomingMail
from vconf.integrations.imip.shapes import Outcome, ReadMail, Trust


def handle(mail: IncomingMail, read: ReadMail, trust: Trust, *, now: datetime) -> Outcome:
    """Do what a mail asks for, within the transaction that its row is locked in."""
    return Outcome("ignored", "not_an_invitation")
