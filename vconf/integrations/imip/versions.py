# SPDX-License-Identifier: EUPL-1.2
"""Which of two mails about one thing is the newer (RFC 5546, 2.1.5): by SEQUENCE, then by DTSTAMP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from vconf.integrations.ical.parsed import ParsedEvent
from vconf.integrations.imip.invitation_model import Invitation, MailedWish


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """stamp: aware instant."""

    sequence: int
    stamp: datetime

    @classmethod
    def of(cls, event: ParsedEvent, *, now: datetime, whole: ParsedEvent | None = None) -> Self:
        """whole: the master in the same body: a date that is told with it is told as late as it."""
        stamp = now if event.stamp is None else event.stamp
        if whole is not None and whole.stamp is not None:
            stamp = max(stamp, whole.stamp)
        return cls(event.sequence, stamp)

    @classmethod
    def kept(cls, row: MailedWish | Invitation) -> Self:
        return cls(row.sequence, row.stamp)
