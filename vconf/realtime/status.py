# SPDX-License-Identifier: EUPL-1.2
"""Room statuses kept in the database: worked out from the bookings, numbered, and announced after the commit.

Locks: the status rows of the rooms ascending, then the version counter; only who adds a new room's row takes the
counter first, and whoever is caught in a circle with that begins anew. The dates are read under the row locks, so of
two refreshes of a room the later one has read the later state. Rooms of the stock are nobody's to see and
have no status.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from vconf.bookings.models import OCCUPYING, Meeting, MeetingState, Occurrence
from vconf.bookings.retry import retried
from vconf.bookings.spans import LONGEST_BLOCK
from vconf.bookings.status_sources import dates_around
from vconf.crashpoints import reach
from vconf.realtime.announce import announce
from vconf.realtime.models import RoomStatus, StatusVersion
from vconf.realtime.states import State, Status, busy_frame, status_of
from vconf.rooms.models import Room

#: no meeting is opened longer before its start (`open_minutes_before` is at most 240 minutes); of later dates only the
#: start of the next one matters
_AHEAD = timedelta(hours=5)
#: rooms a sweep looks at together
_BATCH = 250


def refresh_room(room_id: UUID, *, now: datetime | None = None) -> int | None:
    """Work out a room's status again. Returns its new version, or None if it looks as before."""
    return refresh_rooms([room_id], now=now)


@retried
def refresh_rooms(room_ids: Collection[UUID], *, now: datetime | None = None) -> int | None:
    """Work out the status of these rooms again and write what differs, in one transaction.

    A constant number of queries, however many rooms, none for no room.
    Returns the highest version written, or None.
    """
    if not room_ids:
        return None
    with transaction.atomic():
        rooms = {room.id: room for room in Room.objects.filter(id__in=room_ids, is_stock=False)}
        if not rooms:
            return None
        _add_missing(rooms)
        rows = list(RoomStatus.objects.select_for_update().filter(room_id__in=rooms).order_by("room_id"))
        now = now or timezone.now()
        fresh = statuses_now(rooms, now=now)
        changed: list[RoomStatus] = []
        postponed: list[RoomStatus] = []
        for row in rows:
            before, after = status_in(row), fresh[row.room_id]
            if before == after:
                continue
            _fill(row, after)
            (postponed if _looks_same(before, after) else changed).append(row)
            row.busy_version = row.busy_version if _same_to_others(row, before, after) else 0
        RoomStatus.objects.bulk_update(postponed, ["due_at"])
        if not changed:
            return None
        last = _raise_version(by=len(changed))
        for version, row in enumerate(changed, start=last - len(changed) + 1):
            row.version, row.changed_at = version, now
            row.busy_version = row.busy_version or version
        _write(changed)
        transaction.on_commit(partial(announce, last), robust=True)
        reach("realtime.before_commit")
    return last


def refresh_all(*, now: datetime | None = None) -> int | None:
    """Work out every room's status: after a start, time has passed that nobody watched.

    Looks first and locks only what differs, so that a sweep holds up nobody. Returns as `refresh_rooms`.
    """
    versions: list[int] = []
    room_ids = list(Room.objects.filter(is_stock=False).order_by("id").values_list("id", flat=True))
    for start in range(0, len(room_ids), _BATCH):
        rooms = Room.objects.in_bulk(room_ids[start : start + _BATCH])
        stored = {row.room_id: status_in(row) for row in RoomStatus.objects.filter(room_id__in=rooms)}
        fresh = statuses_now(rooms, now=now or timezone.now())
        differing = [room_id for room_id in rooms if stored.get(room_id) != fresh[room_id]]
        version = refresh_rooms(differing, now=now)
        if version is not None:
            versions.append(version)
    return max(versions, default=None)


def due_rooms(now: datetime) -> list[UUID]:
    """Rooms whose status may change by time alone, and whose time has come. One query on an index."""
    return list(
        RoomStatus.objects.filter(due_at__lte=now).order_by("room_id").values_list("room_id", flat=True)
    )


def refresh_due(now: datetime) -> int | None:
    """The clock's part: refresh the rooms that are due. Returns the highest version written, or None."""
    return refresh_rooms(due_rooms(now), now=now)


def statuses_now(rooms: Mapping[UUID, Room], *, now: datetime) -> dict[UUID, Status]:
    """The statuses of these rooms at `now`, worked out and not written. Five queries at most."""
    lead = timedelta(minutes=settings.VCONF_RESERVED_LEAD_MINUTES)
    dates = dates_around(list(rooms), now=now, ahead=max(_AHEAD, lead))
    newest = [one.meeting for sources in dates.values() for one in sources if one.meeting is not None]
    later = {(meeting.occurrence_id, meeting.epoch - 1) for meeting in newest if meeting.epoch > 1}
    lost = Meeting.objects.filter(
        occurrence_id__in={occurrence_id for occurrence_id, _ in later}, state=MeetingState.LOST
    )
    rescued = {key[0] for key in later.intersection(lost.values_list("occurrence_id", "epoch"))}
    next_starts = _next_starts(rooms, now)
    return {
        room_id: status_of(
            room, dates.get(room_id, ()), now, lead=lead, next_at=next_starts.get(room_id), rescued=rescued
        )
        for room_id, room in rooms.items()
    }


def status_in(row: RoomStatus) -> Status:
    """What a row says."""
    authority = row.audience.get("authority")
    return Status(
        state=State(row.state),
        people=row.people,
        since=row.since,
        until=row.until,
        next_at=row.next_at,
        booking_id=row.booking_id,
        occurrence_id=row.occurrence_id,
        persons=frozenset(map(UUID, row.audience.get("persons", ()))),
        authority_id=UUID(authority) if authority else None,
        due_at=row.due_at,
    )


def current_version() -> int:
    """The number of the last change."""
    return StatusVersion.objects.values_list("version", flat=True).first() or 0


def _next_starts(room_ids: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """The start of each room's next date: one look into the index a room, in one statement."""
    following = Occurrence.objects.filter(
        room_id=OuterRef("id"),
        state__in=OCCUPYING,
        blocks_from__gt=now - LONGEST_BLOCK,
        starts_at__gt=now,
    ).order_by("blocks_from")
    rows = Room.objects.filter(id__in=room_ids).annotate(next_at=Subquery(following.values("starts_at")[:1]))
    return {room_id: at for room_id, at in rows.values_list("id", "next_at") if at is not None}


def _add_missing(room_ids: Collection[UUID]) -> None:
    """Give new rooms a row. The counter's lock keeps two processes from adding the same one."""
    missing = set(room_ids).difference(
        RoomStatus.objects.filter(room_id__in=room_ids).values_list("room_id", flat=True)
    )
    if not missing:
        return
    last = _raise_version(by=len(missing))
    missing.difference_update(
        RoomStatus.objects.filter(room_id__in=missing).values_list("room_id", flat=True)
    )
    RoomStatus.objects.bulk_create(
        RoomStatus(room_id=room_id, version=version, busy_version=version)
        for version, room_id in enumerate(sorted(missing), start=last - len(missing) + 1)
    )
    if missing:
        transaction.on_commit(partial(announce, last), robust=True)


def _raise_version(*, by: int) -> int:
    """Raise the counter and keep its lock until the commit. Returns its new value."""
    counter, _ = StatusVersion.objects.select_for_update().get_or_create(id=1)
    counter.version += by
    counter.save(update_fields=["version"])
    return counter.version


_WRITTEN = (
    "version",
    "busy_version",
    "state",
    "people",
    "since",
    "until",
    "next_at",
    "booking_id",
    "occurrence_id",
    "audience",
    "due_at",
    "changed_at",
)


def _write(rows: Sequence[RoomStatus]) -> None:
    """One statement for any number of rows; `bulk_update` would spell out a CASE for each field and row."""
    RoomStatus.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["room"], update_fields=_WRITTEN
    )


def _fill(row: RoomStatus, status: Status) -> None:
    row.state = status.state.value
    row.people = status.people
    row.since, row.until, row.next_at, row.due_at = status.since, status.until, status.next_at, status.due_at
    row.booking_id, row.occurrence_id = status.booking_id, status.occurrence_id
    row.audience = {
        "persons": sorted(map(str, status.persons)),
        "authority": None if status.authority_id is None else str(status.authority_id),
    }


def _looks_same(before: Status, after: Status) -> bool:
    return replace(before, due_at=after.due_at) == after


def _same_to_others(row: RoomStatus, before: Status, after: Status) -> bool:
    """Whether those without details see no difference, and the same people are without them."""
    return busy_frame(row.room_id, before, 0) == busy_frame(row.room_id, after, 0) and (
        before.persons,
        before.authority_id,
    ) == (after.persons, after.authority_id)
