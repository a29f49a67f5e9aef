# SPDX-License-Identifier: EUPL-1.2
"""Reactions to bookings and answers: messages into the inboxes of people who use a calendar client.

Like mails, they say what is so now and what the recipient was not told yet, whatever the fact once said. Their calendar
shows the meeting already; Apple's clients tell people of it only by such a message.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from vconf.authorities.models import CalendarPassword, Person
from vconf.authorities.rights import Actor
from vconf.bookings.calendar_views import calendar_of_person, entry_of_booking
from vconf.bookings.models import Attendee, AttendeeAnswer, Booking, CalendarEntry
from vconf.integrations.caldav import inbox, messages
from vconf.integrations.caldav.get import objects_of
from vconf.integrations.caldav.models import InboxItem


def invited_with_clients(payload: Mapping[str, Any]) -> list[str]:
    """Who is, or was told to be, invited to the booking and has a calendar password."""
    booking_id = payload["booking_id"]
    invited = set(Attendee.objects.filter(booking=booking_id).values_list("person_id", flat=True))
    told = set(InboxItem.objects.filter(booking=booking_id).values_list("inbox", flat=True))
    return _with_clients({one for one in invited | told if one is not None})


def deliver_invitation(payload: Mapping[str, Any], recipient: str) -> None:
    """REQUEST for what is new to the recipient, CANCEL for what they lost."""
    _deliver_invitation(payload, recipient)


def _deliver_invitation(payload: Mapping[str, Any], recipient: str, again: str = "") -> None:
    booking = Booking.objects.filter(id=payload["booking_id"]).select_related("organiser").first()
    person = Person.objects.filter(id=recipient, is_active=True).first()
    if booking is None or person is None or booking.organiser_id == person.id:
        return
    actor = Actor.load(person)
    view = calendar_of_person(actor, person.id)
    entry = None if view is None else entry_of_booking(view, booking.id)
    number = f"{booking.id}-{booking.sequence}{again}"
    if view is not None and entry is not None:
        found = objects_of(view, [entry.id], actor)
        if found:
            _put_in(person.id, booking, "REQUEST", number, messages.request(found[0].event))
    elif inbox.last_method(person.id, booking.id) == "REQUEST":
        kept = CalendarEntry.objects.filter(calendar__person=person, booking=booking).first()
        if kept is not None and kept.hidden_at is None:
            _put_in(person.id, booking, "CANCEL", number, messages.cancel(booking, kept.uid, person.email))


#: so often is a message put in again for who asks for that; a client that asks with each of its saves is not obeyed
_AGAIN_SECONDS = 600


def invited_again_with_client(payload: Mapping[str, Any]) -> list[str]:
    """Who was asked for by their address."""
    asked = Attendee.objects.filter(booking=payload["booking_id"], address=payload["address"])
    return _with_clients({one for one in asked.values_list("person_id", flat=True) if one is not None})


def deliver_again(payload: Mapping[str, Any], recipient: str) -> None:
    """REQUEST once more (SCHEDULE-FORCE-SEND; RFC 6638, 7.2)."""
    _deliver_invitation(payload, recipient, again=f"-{payload['asked_at'] // _AGAIN_SECONDS}")


def organiser_with_client(payload: Mapping[str, Any]) -> list[str]:
    """Who is told of an answer."""
    organisers = Booking.objects.filter(id=payload["booking_id"]).values_list("organiser_id", flat=True)
    return _with_clients(set(organisers))


def deliver_reply(payload: Mapping[str, Any], recipient: str) -> None:
    """REPLY: what an attendee says, for the organiser's client to show."""
    attendee = (
        Attendee.objects.filter(id=payload["attendee_id"])
        .select_related("booking__organiser", "person")
        .first()
    )
    if attendee is None:
        return
    booking = attendee.booking
    if str(booking.organiser_id) != recipient or booking.cancelled_at is not None:
        return
    rows = AttendeeAnswer.objects.filter(attendee=attendee).select_related("occurrence")
    dates = {datetime.fromisoformat(row.occurrence.recurrence_id): row.partstat for row in rows}
    number = f"{booking.id}-{attendee.id.hex[-8:]}-{payload['answers']}"
    if asked_at := payload.get("asked_at"):
        number += f"-{asked_at // _AGAIN_SECONDS}"
    _put_in(booking.organiser_id, booking, "REPLY", number, messages.reply(booking, attendee, dates))


def _put_in(person_id: UUID, booking: Booking, method: str, number: str, octets: bytes) -> None:
    inbox.put_in(person_id, booking.id, method=method, name=f"{number}-{method.lower()}.ics", octets=octets)


def _with_clients(person_ids: Collection[UUID]) -> list[str]:
    passwords = CalendarPassword.objects.filter(
        person__in=person_ids, revoked_at=None, person__is_active=True
    )
    return sorted({str(one) for one in passwords.order_by().values_list("person_id", flat=True)})
