# SPDX-License-Identifier: EUPL-1.2
"""Feed addresses: made, shown to their owner, revoked, and found by their token."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vconf.audit.record import record_audit
from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.crypto import keyed_hash
from vconf.errors import Invalid, NotFound
from vconf.integrations.feeds.models import Detail, Feed
from vconf.rooms.selectors import get_room

#: addresses that somebody has at once
MOST = 50
#: the time of the last use is kept to so much, to write seldom
_PRECISION = timedelta(minutes=10)


def feeds_of(actor: Actor) -> QuerySet[Feed]:
    """The caller's own addresses that were not revoked, newest first."""
    if actor.person_id is None:
        return Feed.objects.none()
    return Feed.objects.filter(person_id=actor.person_id, revoked_at=None).select_related("room")


def create_feed(*, room_id: UUID | None, detail: str, label: str = "", actor: Actor) -> Feed:
    """A new address for the caller's own calendar, or for that of a room the caller may see.

    Raises NotFound for absent and foreign rooms alike, Invalid beyond `MOST` addresses.
    """
    if actor.person_id is None:
        raise NotFound
    room = None if room_id is None else get_room(room_id, actor=actor)
    with transaction.atomic():
        # one after the other, so that the count holds
        Person.objects.select_for_update(no_key=True).get(id=actor.person_id)
        if feeds_of(actor).count() >= MOST:
            raise Invalid(_("You have as many calendar addresses as there can be. Please revoke one first."))
        token = secrets.token_urlsafe(24)
        feed = Feed.objects.create(
            person_id=actor.person_id,
            room=room,
            detail=Detail(detail),
            label=label.strip()[:100],
            token=token,
            token_hash=keyed_hash("feed", token),
        )
        record_audit(
            "feed.create",
            actor=actor,
            object_type="feed",
            object_id=feed.id,
            changes={"detail": feed.detail, **({"room": str(room.id)} if room else {})},
        )
    return feed


def revoke_feed(feed_id: UUID, *, actor: Actor) -> None:
    """End one of the caller's own addresses at once. Raises NotFound; one that is revoked is not found any more."""
    with transaction.atomic():
        feed = feeds_of(actor).select_related(None).select_for_update(no_key=True).filter(id=feed_id).first()
        if feed is None:
            raise NotFound
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
        record_audit("feed.revoke", actor=actor, object_type="feed", object_id=feed.id)


def find_feed(token: str) -> Feed | None:
    """The address of a token, by its keyed hash; None if it is unknown or revoked, or its owner disabled (R1.10).

    Notes the use, to the nearest ten minutes.
    """
    if not 16 <= len(token) <= 64:
        return None
    found = Feed.objects.filter(token_hash=keyed_hash("feed", token), revoked_at=None, person__is_active=True)
    feed = found.select_related("person", "room").first()
    if feed is None:
        return None
    now = timezone.now()
    if feed.last_used_at is None or feed.last_used_at < now - _PRECISION:
        Feed.objects.filter(id=feed.id).update(last_used_at=now)
    return feed


def feed_url(feed: Feed, suffix: str = "ics") -> str:
    """suffix: `ics` for calendars, `ifb` for free/busy, `json` for the display at a door."""
    return f"{settings.VCONF_PUBLIC_URL}/feeds/{feed.token}.{suffix}"
