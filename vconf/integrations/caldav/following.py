# SPDX-License-Identifier: EUPL-1.2
"""“This and following dates” by programs that write the rest of a series first and cut the series afterwards.

Evolution does so. The rest, under a UID of its own, is refused what the series still has, and stored with its room
declined; nobody would look at it again. So it is asked for once more as soon as a series has been changed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking
from vconf.bookings.replacing import try_again
from vconf.errors import DomainError

log = structlog.get_logger(__name__)

#: between the two; programs take a second
_BETWEEN: Final = timedelta(minutes=2)
#: the latest ones; whoever is refused more than that at once did not cut a series
_MOST: Final = 3


def try_rest_again(organiser_id: UUID, uid: str, *, actor: Actor) -> None:
    """What was refused a moment ago, after the series with this UID has given something up. What cannot be had now
    either stays as it was.
    """
    if not Booking.objects.filter(organiser=organiser_id, uid=uid).exists():
        return  # somebody's answer to a series of others
    rest = Booking.objects.filter(
        organiser=organiser_id,
        created_at__gt=timezone.now() - _BETWEEN,
        source="caldav",
        refusal__isnull=False,
        cancelled_at=None,
    ).exclude(uid=uid)
    for booking_id in list(rest.order_by("-created_at").values_list("id", flat=True)[:_MOST]):
        try:
            try_again(booking_id, actor=actor)
        except DomainError:
            continue
        except DatabaseError:
            # what was asked for is stored: the client need not hear of this
            log.exception("caldav.rest_not_tried", booking=str(booking_id))
