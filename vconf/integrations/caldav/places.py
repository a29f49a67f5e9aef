# SPDX-License-Identifier: EUPL-1.2
"""A name in somebody's calendar, and what stands there: looked up with the caller's eyes, and locked for a change."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking, CalendarEntry, HistoryEntry
from vconf.integrations.caldav.conditions import Conditions, Tags
from vconf.integrations.caldav.dressings import dressed, revision_of
from vconf.integrations.caldav.models import DressedEntry
from vconf.integrations.caldav.unacceptable import stale

#: what `history` calls the answers of those who decide about a room: they move a booking on, and say nothing that a
#: client could have wanted otherwise
_ANSWERS_OF_ROOMS = ("approved", "declined", "lapsed")
_ANSWERS = (*_ANSWERS_OF_ROOMS, "answered", "undeliverable")


@dataclass(frozen=True, slots=True)
class Place:
    """A name in the calendar of a person, which the caller may look into. owner: whose calendar it is."""

    calendar_id: int
    owner: Person
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at a place, under the lock of its booking."""

    entry: CalendarEntry
    booking: Booking
    dressed: DressedEntry | None

    @property
    def tags(self) -> Tags:
        return Tags(self.entry.change, self.booking.version, revision_of(self.dressed))


def shown_to(actor: Actor, place: Place) -> QuerySet[CalendarEntry]:
    """What of the calendar is for the caller's eyes: of a principal's, deputies see what the principal organises, and
    what the principal is invited to stays between them and its organiser.
    """
    entries = CalendarEntry.objects.filter(calendar=place.calendar_id, deleted_at=None)
    return entries if actor.person_id == place.owner.id else entries.filter(booking__organiser=place.owner)


def find(place: Place, *, actor: Actor) -> UUID | None:
    """The booking that stands there; None for what is absent, or is not for the caller's eyes."""
    return shown_to(actor, place).filter(href=place.name).values_list("booking_id", flat=True).first()


def lock(place: Place, booking_id: UUID) -> Found | None:
    """What stands there now, with its booking locked, so that it stays; None if it is gone meanwhile."""
    booking = Booking.objects.select_for_update(no_key=True).get(id=booking_id)
    entry = CalendarEntry.objects.filter(
        calendar=place.calendar_id, href=place.name, booking=booking, deleted_at=None
    ).first()
    if entry is None:
        return None
    return Found(entry, booking, dressed(place.calendar_id, [booking_id]).get(booking_id))


def require(conditions: Conditions, found: Found, *, merges: bool) -> None:
    """Let the change through if the client has read what is there, or all that came since are answers, which it says
    nothing about. Raises Unacceptable (412).

    merges: whether the change says nothing about answers.
    """
    if conditions.hold_for(found.tags):
        return
    if not merges or not any(_only_answers_since(read, found) for read in conditions.read):
        raise stale()


def _only_answers_since(read: Tags, found: Found) -> bool:
    now = found.tags
    if read.revision != now.revision or not read.version <= now.version or read.change > now.change:
        return False
    if read.version == now.version:
        return True
    since = HistoryEntry.objects.filter(booking=found.booking, version__gt=read.version)
    steps = set(since.filter(action__in=_ANSWERS_OF_ROOMS).values_list("version", flat=True))
    others = since.exclude(action__in=_ANSWERS).exists()
    return not others and steps == set(range(read.version + 1, now.version + 1))
