# SPDX-License-Identifier: EUPL-1.2
"""What is kept of mails, and for how long (R8.2): themselves for a month at most, what they wanted until the meeting is
long over, for those rows name people and what they planned.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from vconf.bookings.models import Occurrence
from vconf.integrations.imip.models import IncomingMail, Invitation, MailedWish, MailState

#: how long rows are kept: of what is handled (no content any more), and of what is set aside
KEPT_FOR = timedelta(days=30)
#: octets of content that is kept of mails set aside: anybody may send those, so time alone bounds nothing
KEPT_OCTETS = 2_000_000_000
#: meetings looked for at once
AT_ONCE = 500


def prune_mails(*, now: datetime) -> int:
    """Remove rows whose time is over, and the content of the oldest set aside beyond KEPT_OCTETS; returns how many rows
    were removed.
    """
    _forget_oldest()
    # what still waits was not handled
    removed, _ = IncomingMail.objects.filter(handled_at__lt=now - KEPT_FOR).delete()
    return removed


def _forget_oldest() -> None:
    """Their rows stay, so that operators see what was there."""
    with_content = IncomingMail.objects.filter(state=MailState.SET_ASIDE, octets__isnull=False)
    kept, beyond = 0, list[UUID]()
    for mail_id, size in with_content.order_by("-received_at", "-id").values_list("id", "size").iterator():
        kept += size
        if kept > KEPT_OCTETS:
            beyond.append(mail_id)
    for at in range(0, len(beyond), 500):
        IncomingMail.objects.filter(id__in=beyond[at : at + 500], state=MailState.SET_ASIDE).update(
            octets=None
        )


def prune_invitations(*, before: datetime) -> int:
    """Forget what was said of meetings that were over, and last spoken of, before an instant; returns of how many.

    A mail about one of them is after that the first one about its UID.
    """
    forgotten = 0
    while True:
        found = _long_over(before)
        for owner, uid in found:
            with transaction.atomic():
                # whoever takes in a mail about it locks the same
                wishes = MailedWish.objects.filter(owner=owner, uid=uid)
                list(wishes.select_for_update().order_by("id"))
                rows = Invitation.objects.filter(owner=owner, uid=uid)
                if rows.filter(changed_at__gte=before).exists():
                    continue
                rows.delete()
                wishes.delete()
                forgotten += 1
        if len(found) < AT_ONCE:
            return forgotten


def _long_over(before: datetime) -> list[tuple[str, str]]:
    """Owner and UID. A series lasts as long as its last date."""
    dates = Occurrence.objects.filter(booking=OuterRef("booking_id"), ends_at__gte=before)
    goes_on = Invitation.objects.filter(
        Q(changed_at__gte=before) | Q(ends_at__gte=before) | Exists(dates),
        owner=OuterRef("owner"),
        uid=OuterRef("uid"),
    )
    old = Invitation.objects.filter(~Exists(goes_on), changed_at__lt=before)
    return list(old.order_by("owner", "uid").values_list("owner", "uid").distinct()[:AT_ONCE])
