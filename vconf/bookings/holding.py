# SPDX-License-Identifier: EUPL-1.2
"""What was wished and refused, kept with the booking, and the dates that are held meanwhile (ADR 19).

A refused change leaves the dates that it would have given up *held*: they occupy all that they did, so that moving
back cannot fail, until the organiser decides, the time is up or they would begin. Whatever is changed successfully
about the booking, at any door, ends that: then it is as it says.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from vconf.bookings import locks
from vconf.bookings.models import Booking, Occurrence, OccurrenceState
from vconf.bookings.refusals import kept
from vconf.bookings.requests import AttendeeRequest, BookingRequest, DateOverride
from vconf.errors import Refusal

#: how long dates are held for somebody whose change was refused
HELD_FOR = timedelta(hours=24)


def hold(
    booking: Booking,
    given_up: Collection[Occurrence],
    wanted: BookingRequest,
    refusal: Refusal,
    now: datetime,
) -> None:
    """Keep the wish (unsaved) and hold these dates; others that an earlier wish held stand again. The booking is
    locked. What is held already is held no longer than it was.
    """
    rows = [o for o in booking.occurrences.all() if o.held_until is not None or o in given_up]
    locks.lock_dates(rows)
    for o in rows:
        if o in given_up and o.state in (
            OccurrenceState.CONFIRMED,
            OccurrenceState.PENDING,
            OccurrenceState.HELD,
        ):
            until = min(now + HELD_FOR, o.starts_at)
            o.held_until = until if o.held_until is None else min(o.held_until, until)
            if o.state == OccurrenceState.CONFIRMED:
                o.state = OccurrenceState.HELD
        else:
            _stand_again(o)
    Occurrence.objects.bulk_update(rows, ["state", "held_until"])
    booking.wish, booking.refusal = written(wanted), kept(refusal)
    booking.wish_until = min((o.held_until for o in rows if o.held_until is not None), default=now + HELD_FOR)


def let_stand(booking: Booking, rows: Sequence[Occurrence] = ()) -> bool:
    """Forget the wish (unsaved) and let the held dates stand, also in `rows`. Whether there was one. The booking is
    locked.
    """
    if booking.wish is None:
        return False
    booking.wish = booking.refusal = booking.wish_until = None
    held = list(booking.occurrences.filter(held_until__isnull=False).order_by("id"))
    if held:
        locks.lock_dates(held)
        for o in [*held, *rows]:
            _stand_again(o)
        Occurrence.objects.bulk_update(held, ["state", "held_until"])
    return True


def _stand_again(o: Occurrence) -> None:
    o.held_until = None
    if o.state == OccurrenceState.HELD:
        o.state = OccurrenceState.CONFIRMED


def wish_of(booking: Booking, *, refused_only: bool = False) -> BookingRequest | None:
    """What the organiser asked for and did not get, as it was asked for; None if nothing waits. refused_only: of a
    booking that was never made, not of a change.
    """
    if booking.wish is None or (refused_only and not booking.is_refused):
        return None
    return read(booking.wish)


# --- as JSON ----------------------------------------------------------------------------------------------


def written(request: BookingRequest) -> dict[str, Any]:
    return {
        "title": request.title,
        "description": request.description,
        "starts_local": request.starts_local.isoformat(),
        "duration": request.duration.total_seconds(),
        "timezone": request.timezone,
        "room": _text(request.room_id),
        "seats": request.seats,
        "room_class": _text(request.room_class_id),
        "language": request.language,
        "attendees": [[one.address, one.name, one.role, one.told_by_client] for one in request.attendees],
        "rrule": request.rrule,
        "rdate": [local.isoformat() for local in request.rdate],
        "exdate": [local.isoformat() for local in request.exdate],
        "overrides": [_override_written(one) for one in request.overrides],
        "sequence": request.sequence,
        "source": request.source,
        "unknown_room": request.unknown_room,
    }


def read(record: dict[str, Any]) -> BookingRequest:
    return BookingRequest(
        title=record["title"],
        description=record["description"],
        starts_local=datetime.fromisoformat(record["starts_local"]),
        duration=timedelta(seconds=record["duration"]),
        timezone=record["timezone"],
        room_id=_id(record["room"]),
        seats=record["seats"],
        room_class_id=_id(record["room_class"]),
        language=record["language"],
        attendees=tuple(
            AttendeeRequest(address=a, name=n, role=r, told_by_client=told[0] if told else None)
            for a, n, r, *told in record["attendees"]
        ),
        rrule=record["rrule"],
        rdate=tuple(datetime.fromisoformat(text) for text in record["rdate"]),
        exdate=tuple(datetime.fromisoformat(text) for text in record["exdate"]),
        overrides=tuple(_override_read(one) for one in record["overrides"]),
        sequence=record["sequence"],
        source=record["source"],
        unknown_room=record.get("unknown_room", ""),
    )


def _override_written(one: DateOverride) -> dict[str, Any]:
    return {
        "recurrence_id": one.recurrence_id.isoformat(),
        "starts_local": None if one.starts_local is None else one.starts_local.isoformat(),
        "starts_at": None if one.starts_at is None else one.starts_at.isoformat(),
        "duration": None if one.duration is None else one.duration.total_seconds(),
        "title": one.title,
        "room": _text(one.room_id),
        "unknown_room": one.unknown_room,
    }


def _override_read(record: dict[str, Any]) -> DateOverride:
    return DateOverride(
        recurrence_id=datetime.fromisoformat(record["recurrence_id"]),
        starts_local=None
        if record["starts_local"] is None
        else datetime.fromisoformat(record["starts_local"]),
        starts_at=None if record["starts_at"] is None else datetime.fromisoformat(record["starts_at"]),
        duration=None if record["duration"] is None else timedelta(seconds=record["duration"]),
        title=record["title"],
        room_id=_id(record["room"]),
        unknown_room=record.get("unknown_room", ""),
    )


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
