# SPDX-License-Identifier: EUPL-1.2
"""What lies in somebody's inbox (RFC 6638, 2.2): put in once, read, taken out, told by a sync.

A newer message about a meeting takes the place of the one before: nobody has to click through what is old.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from vconf.bookings.retry import retried
from vconf.crashpoints import reach
from vconf.integrations.caldav.models import Inbox, InboxItem


@dataclass(frozen=True, slots=True)
class Message:
    """One message, or (without octets) the trace of one that was taken out."""

    name: str
    change: int
    octets: bytes
    created_at: datetime

    @property
    def etag(self) -> str:
        return f'"{self.change}"'


@dataclass(frozen=True, slots=True)
class State:
    """How far an inbox is. known_since: who asks for what came before that has to begin anew."""

    change: int
    known_since: int


def state_of(person_id: UUID) -> State:
    found = Inbox.objects.filter(person=person_id).first()
    return State(0, 0) if found is None else State(found.change, found.known_since)


def messages_of(person_id: UUID, names: Collection[str] | None = None) -> list[Message]:
    """What lies there, or of these names; the oldest first."""
    items = InboxItem.objects.filter(inbox=person_id, deleted_at=None)
    if names is not None:
        items = items.filter(name__in=names)
    return [_message(item) for item in items]


def changed_since(person_id: UUID, since: int, until: int) -> tuple[list[Message], list[str]]:
    """What came after one change and up to another, and the names of what was taken out."""
    items = InboxItem.objects.filter(inbox=person_id, change__gt=since, change__lte=until)
    there = [_message(item) for item in items.filter(deleted_at=None)]
    gone = items.exclude(deleted_at=None) if since else items.none()
    return there, list(gone.values_list("name", flat=True))


@retried
def put_in(person_id: UUID, booking_id: UUID, *, method: str, name: str, octets: bytes) -> bool:
    """Put a message in, unless it was there before, whatever became of it. Whether it is new."""
    Inbox.objects.bulk_create([Inbox(person_id=person_id)], ignore_conflicts=True)
    with transaction.atomic():
        inbox = Inbox.objects.select_for_update(no_key=True).get(person=person_id)
        if InboxItem.objects.filter(inbox=inbox, name=name).exists():
            return False
        if method != "REPLY":
            of_meeting = InboxItem.objects.filter(inbox=inbox, booking=booking_id, deleted_at=None)
            _take_out(inbox, list(of_meeting.exclude(method="REPLY")))
        inbox.change += 1
        InboxItem.objects.create(
            inbox=inbox, booking_id=booking_id, method=method, name=name, octets=octets, change=inbox.change
        )
        inbox.save(update_fields=["change"])
        reach("caldav.inbox_before_commit")
    reach("caldav.inbox_after_commit")
    return True


@retried
def take_out(person_id: UUID, name: str) -> bool:
    """The client has seen it. Whether it was there."""
    with transaction.atomic():
        inbox = Inbox.objects.select_for_update(no_key=True).filter(person=person_id).first()
        if inbox is None:
            return False
        items = list(InboxItem.objects.filter(inbox=inbox, name=name, deleted_at=None))
        _take_out(inbox, items)
        inbox.save(update_fields=["change"])
        return bool(items)


def last_method(person_id: UUID, booking_id: UUID) -> str:
    """What the person was told last about a meeting: REQUEST, CANCEL or "" if nothing."""
    told = InboxItem.objects.filter(inbox=person_id, booking=booking_id).exclude(method="REPLY")
    return told.order_by("-id").values_list("method", flat=True).first() or ""


def prune_inboxes(*, before: datetime) -> int:
    """Forget messages that came before an instant, seen or not; returns how many."""
    old = InboxItem.objects.filter(created_at__lt=before)
    removed = 0
    for person_id in old.order_by("inbox").values_list("inbox", flat=True).distinct():
        with transaction.atomic():
            inbox = Inbox.objects.select_for_update(no_key=True).get(person=person_id)
            mine = old.filter(inbox=inbox)
            latest = mine.aggregate(latest=Max("change"))["latest"]
            if latest is not None:
                removed += mine.delete()[0]
                inbox.known_since = max(inbox.known_since, latest)
                inbox.save(update_fields=["known_since"])
    return removed


def _take_out(inbox: Inbox, items: Sequence[InboxItem]) -> None:
    """The caller has the lock, and saves the inbox."""
    for item in items:
        inbox.change += 1
        item.change, item.deleted_at, item.octets = inbox.change, timezone.now(), b""
        item.save(update_fields=["change", "deleted_at", "octets"])


def _message(item: InboxItem) -> Message:
    return Message(item.name, item.change, bytes(item.octets), item.created_at)
