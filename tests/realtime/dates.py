# SPDX-License-Identifier: EUPL-1.2
"""Dates and meetings around now, as the engine makes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from tests import factories
from vconf.authorities.models import Person
from vconf.bookings.meetings import meeting_attended, meeting_provisioned, open_occurrence
from vconf.bookings.models import Meeting, Occurrence
from vconf.bookings.requests import AttendeeRequest, BookingRequest
from vconf.bookings.services import book
from vconf.rooms.models import Room

NOW = timezone.now().replace(second=0, microsecond=0)


def take_this_minute() -> datetime:
    """NOW is that of a test, not of the run: who waits too long can book nothing that begins then any more."""
    global NOW
    NOW = timezone.now().replace(second=0, microsecond=0)
    return NOW


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def a_date(
    room: Room, organiser: Person, *, starts: float = 0, minutes: float = 60, invite: Sequence[Person] = ()
) -> Occurrence:
    """A date of a new booking that starts so many minutes after NOW."""
    request = BookingRequest(
        title="Lagebesprechung",
        starts_local=after(starts).replace(tzinfo=None),
        duration=timedelta(minutes=minutes),
        timezone="UTC",
        room_id=room.id,
        attendees=tuple(AttendeeRequest(address=person.email) for person in invite),
    )
    return book(request, actor=factories.actor(organiser)).occurrences.get()


def opened(occurrence: Occurrence) -> Meeting:
    """Its meeting waits on the server."""
    meeting = open_occurrence(occurrence.id)
    assert meeting_provisioned(meeting.id, incarnation="1")
    return meeting


def joined(occurrence: Occurrence, people: int = 3) -> Meeting:
    """So many people are in its meeting."""
    meeting = opened(occurrence)
    meeting_attended(meeting.id, people=people, moderators=1)
    return meeting
