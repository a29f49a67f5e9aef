# SPDX-License-Identifier: EUPL-1.2
"""A refusal that is kept with the booking it was about, and read again as the refusal it was.

Code, numbers, clashing dates and ways out are kept as they are; the sentence in each language there is, because it
names what was so at that moment: the quota of an authority, the hours of a room. A reader gets it in theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.functional import lazy

from vconf.bookings.errors import AlreadyCancelled, AlreadyStarted, InPast, NotBooked
from vconf.bookings.models import Booking
from vconf.errors import Alternative, Clash, Refusal

#: what a wish cannot wait for: there is nothing to be had any more
_FINAL = (InPast, AlreadyStarted, AlreadyCancelled, NotBooked)


def can_be_kept(refusal: Refusal) -> bool:
    """Whether the wish may be kept: it was understood and allowed, and could be had at another time or with less."""
    return not isinstance(refusal, _FINAL)


def kept(refusal: Refusal) -> dict[str, Any]:
    """As JSON, for `Booking.refusal`."""
    return {
        "code": refusal.code,
        "detail": dict(_sentences(refusal)),
        "limit": refusal.limit,
        "in_use": refusal.in_use,
        "asked": refusal.asked,
        "unit": refusal.unit,
        "conflicts": [
            {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat(), "code": one.code}
            for one in refusal.conflicts
        ],
        "alternatives": [_alternative_kept(one) for one in refusal.alternatives],
    }


def refusal_of(booking: Booking) -> Refusal | None:
    """Why the booking was not made, or not changed as wished: what the API would have said. None if nothing is."""
    return None if booking.refusal is None else told(booking.refusal)


def told(record: dict[str, Any]) -> Refusal:
    """The refusal that `kept` wrote; its sentence is in the language of whoever reads it."""
    kind = _kinds().get(record["code"], Refusal)
    return kind(
        _in_words(record["detail"]),
        limit=record["limit"],
        in_use=record["in_use"],
        asked=record["asked"],
        unit=record["unit"],
        conflicts=[
            Clash(_moment(one["starts_at"]), _moment(one["ends_at"]), one["code"])
            for one in record["conflicts"]
        ],
        alternatives=[_alternative_told(one) for one in record["alternatives"]],
    )


def _sentences(refusal: Refusal) -> Iterator[tuple[str, str]]:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield language, str(refusal.detail)


def _sentence(sentences: dict[str, str]) -> str:
    return sentences.get(translation.get_language() or "", "") or next(iter(sentences.values()))


_in_words = lazy(_sentence, str)


def _kinds() -> dict[str, type[Refusal]]:
    return {kind.code: kind for kind in Refusal.__subclasses__()}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _alternative_kept(one: Alternative) -> dict[str, Any]:
    return {
        "starts_at": None if one.starts_at is None else one.starts_at.isoformat(),
        "ends_at": None if one.ends_at is None else one.ends_at.isoformat(),
        "room_id": None if one.room_id is None else str(one.room_id),
        "room_name": one.room_name,
        "room_seats": one.room_seats,
        "seats": one.seats,
    }


def _alternative_told(record: dict[str, Any]) -> Alternative:
    return Alternative(
        starts_at=None if record["starts_at"] is None else _moment(record["starts_at"]),
        ends_at=None if record["ends_at"] is None else _moment(record["ends_at"]),
        room_id=None if record["room_id"] is None else UUID(record["room_id"]),
        room_name=record["room_name"],
        room_seats=record["room_seats"],
        seats=record["seats"],
    )
