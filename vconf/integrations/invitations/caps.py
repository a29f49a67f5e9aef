# SPDX-License-Identifier: EUPL-1.2
"""How much mail goes out: to one address, about one booking or at all, for one organiser, and for one authority (R5.8).

What is over a cap waits, and nothing is lost by that: mails tell what is so when they are sent, so whatever happened
meanwhile is in the one that goes out when the window is over, and those behind it find that all is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F

from vconf.crypto import keyed_hash
from vconf.integrations.invitations.models import MailCount, SentMail

#: of mails about one booking to one address
WINDOW = timedelta(minutes=30)
_HOUR = timedelta(hours=1)


def wait(
    address: str,
    *,
    booking_id: UUID | None,
    organiser_id: UUID | None,
    authority_id: UUID | None,
    now: datetime,
) -> timedelta | None:
    """How long a mail has to wait; None if it may go now."""
    if booking_id is not None and (left := _window_left(booking_id, address, now)) is not None:
        return left
    hour, most = _hour(now), dict(_scopes(address, organiser_id, authority_id))
    sent = MailCount.objects.filter(scope__in=most, hour=hour).values_list("scope", "mails")
    return hour + _HOUR - now if any(mails >= most[scope] for scope, mails in sent) else None


def count(address: str, *, organiser_id: UUID | None, authority_id: UUID | None, now: datetime) -> None:
    """A mail went out. Two at once may pass a cap by one, which does no harm."""
    hour = _hour(now)
    for scope, _most in _scopes(address, organiser_id, authority_id):
        rows = MailCount.objects.filter(scope=scope, hour=hour)
        if not rows.update(mails=F("mails") + 1):
            _row, is_new = MailCount.objects.get_or_create(scope=scope, hour=hour, defaults={"mails": 1})
            if not is_new:
                rows.update(mails=F("mails") + 1)


def prune(*, before: datetime) -> None:
    MailCount.objects.filter(hour__lt=before).delete()


def _window_left(booking_id: UUID, address: str, now: datetime) -> timedelta | None:
    """Until the oldest of the mails that fill the window leaves it."""
    most = settings.VCONF_MAILS_ABOUT_BOOKING
    sent = SentMail.objects.filter(booking_id=booking_id, address=address.lower(), sent_at__gt=now - WINDOW)
    newest = list(sent.order_by("-sent_at").values_list("sent_at", flat=True)[:most])
    if len(newest) < most or newest[-1] is None:
        return None
    return newest[-1] + WINDOW - now


def _scopes(address: str, organiser_id: UUID | None, authority_id: UUID | None) -> Iterator[tuple[str, int]]:
    yield f"to {keyed_hash('mail-count', address.lower())[:40]}", settings.VCONF_MAILS_TO_ADDRESS
    if organiser_id is not None:
        yield f"of {organiser_id}", settings.VCONF_MAILS_OF_ORGANISER
    if authority_id is not None:
        yield f"for {authority_id}", settings.VCONF_MAILS_OF_AUTHORITY


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
