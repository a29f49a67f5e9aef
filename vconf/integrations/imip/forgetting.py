# SPDX-License-Identifier: EUPL-1.2
"""What mails wanted is kept until their meetings are long over (R8.2): the rows name people and what they planned."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from vconf.bookings.models import Occurrence
from vconf.integrations.imip.invitation_model import Invitation, MailedWish

#: meetings looked for at once
AT_ONCE = 500


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
