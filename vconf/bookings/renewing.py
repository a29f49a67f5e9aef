# SPDX-License-Identifier: EUPL-1.2
"""Renew link: a new address and new PINs; the old ones open nothing any more. For when a link got into wrong hands.

All bookings that share the link (a split made them) get the new one, cancelled ones too: what is restored later must
not bring the old link back to life. Who is in the meeting already stays in it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from vconf.authorities.rights import Actor
from vconf.bookings.attempts import attempt, record_refusal
from vconf.bookings.changing import guests_of, keep_change
from vconf.bookings.errors import AlreadyCancelled, AlreadyStarted
from vconf.bookings.links import new_link
from vconf.bookings.models import OCCUPYING, Booking, JoinLink, Occurrence
from vconf.bookings.repeats import fingerprint_of, once, repeated
from vconf.bookings.retry import retried
from vconf.bookings.selectors import get_own_booking
from vconf.errors import VersionConflict


@retried
def renew_link(
    booking_id: UUID, *, actor: Actor, expected_version: int | None = None, idempotency_key: str | None = None
) -> Booking:
    """Give the booking, and those that share its link, a new one. Everybody invited gets mail.

    Raises NotFound or Forbidden first, then VersionConflict, AlreadyCancelled, AlreadyStarted (all is over).
    """
    now = timezone.now()
    booking = get_own_booking(booking_id, actor=actor)
    fingerprint = fingerprint_of("renew-link", booking_id)
    known = repeated(idempotency_key, fingerprint, actor=actor)
    if known is not None:
        return known
    with transaction.atomic():
        refusal = attempt(
            lambda: once(
                idempotency_key,
                fingerprint,
                booking_id,
                lambda: _renew(booking_id, expected_version, actor, now),
                actor=actor,
            )
        )
        if isinstance(refusal, Booking):
            return refusal
        record_refusal(
            "booking.link", refusal, actor=actor, authority_id=booking.authority_id, object_id=booking.id
        )
    raise refusal


def _renew(booking_id: UUID, expected_version: int | None, actor: Actor, now: datetime) -> Booking:
    bookings = _lock_sharing(booking_id)
    booking = bookings[booking_id]
    if expected_version is not None and expected_version != booking.version:
        raise VersionConflict()
    if booking.cancelled_at is not None:
        raise AlreadyCancelled()
    if not booking.occurrences.filter(state__in=OCCUPYING).exists():
        raise AlreadyStarted()
    old_id = booking.join_link_id
    link = new_link()
    link.save(force_insert=True)
    JoinLink.objects.select_for_update(no_key=True).get(id=old_id)
    JoinLink.objects.filter(id=old_id, retired_at=None).update(retired_at=now)
    taking_place = set(
        Occurrence.objects.filter(booking__in=bookings, state__in=OCCUPYING).values_list(
            "booking_id", flat=True
        )
    )
    for one in bookings.values():
        one.join_link = link
        if one.cancelled_at is None and one.id in taking_place:
            keep_change(one, ["link"], guests_of(one), set(), actor=actor, now=now, action="link_renewed")
        else:
            one.save(update_fields=["join_link"])
    return booking


def _lock_sharing(booking_id: UUID) -> dict[UUID, Booking]:
    """The bookings that share the link, locked by ascending id. A split may add one while we wait; then again."""
    known: set[UUID] = {booking_id}
    while True:
        rows = Booking.objects.select_for_update(no_key=True).filter(id__in=known).order_by("id")
        locked = {row.id: row for row in rows}
        link_id = locked[booking_id].join_link_id
        sharing = set(Booking.objects.filter(join_link=link_id).values_list("id", flat=True))
        if sharing == locked.keys():
            return locked
        known = sharing
