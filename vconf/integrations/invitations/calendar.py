# SPDX-License-Identifier: EUPL-1.2
"""A booking as mails tell it -> the calendar event that travels with them."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from vconf.bookings.mail_views import BookingMail, DateView
from vconf.bookings.models import OFF, OccurrenceState
from vconf.bookings.recurrence import to_instant
from vconf.integrations.ical.event import CalendarEvent, MovedDate, Party
from vconf.integrations.invitations.wording import dates_to_name

#: octets of a calendar part; Exchange and others make a file of much more
LARGEST = 1_000_000
#: octets of one VEVENT without description and people, and of one ATTENDEE
_OF_A_PART, _OF_A_PARTY = 1_300, 200
#: dates of these states do not take place (yet), the rest of their series may
_DROPPED = (OccurrenceState.CANCELLED, OccurrenceState.REFUSED, OccurrenceState.PENDING)


def calendar_event(mail: BookingMail, *, language: str, organiser: Party) -> CalendarEvent:
    """The whole booking, with words in the recipient's language. Call it with that language active."""
    dates = mail.occurrences if mail.rrule or mail.rdate else ()
    dropped = [_local(date) for date in dates if date.state in _DROPPED]
    if mail.cancelled:
        told = {date.recurrence_id for date in dates_to_name(mail)}
        dropped = [_local(date) for date in dates if date.state in OFF and date.recurrence_id not in told]
        dates = ()
    return CalendarEvent(
        uid=mail.uid,
        sequence=mail.sequence,
        stamp=mail.changed_at,
        created_at=mail.created_at,
        title=mail.title,
        description=mail.description,
        language=language,
        timezone=mail.timezone,
        starts_local=mail.starts_local,
        duration=mail.duration,
        organiser=organiser,
        attendees=_attendees(mail, organiser),
        room=room_of(mail),
        join_url=mail.join_url,
        pin=mail.pin,
        phone=mail.phone,
        rrule=mail.rrule,
        rdate=[datetime.fromisoformat(local) for local in mail.rdate],
        exdate=sorted({datetime.fromisoformat(local) for local in mail.exdate} | set(dropped)),
        moved=[moved for date in dates if (moved := _moved(mail, date))],
        # answers that come to the organiser's own mailbox are read by nobody here
        takes_counters=bool(settings.VCONF_MAIL_ANSWERS) and not _is_own(organiser, mail),
    )


def _attendees(mail: BookingMail, organiser: Party) -> list[Party]:
    """Everybody invited; and the organiser, where an address of the service stands in ORGANIZER."""
    own = mail.organiser_email.lower()
    parties = [
        Party(address=one.address, name=one.name, role=one.role, partstat=one.partstat)
        for one in mail.attendees
        if one.address != own or _is_own(organiser, mail)
    ]
    if _is_own(organiser, mail):
        return parties
    chair = Party(
        address=mail.organiser_email, name=mail.organiser_name, role="CHAIR", partstat="ACCEPTED", rsvp=False
    )
    return [chair, *parties]


def _is_own(organiser: Party, mail: BookingMail) -> bool:
    """Whether ORGANIZER is the person's address, not one of the service."""
    return organiser.address.lower() == mail.organiser_email.lower()


def slimmed(event: CalendarEvent, recipient: str) -> CalendarEvent:
    """The event as it is, unless its text would be larger than mail programs take for an invitation: then without the
    description, and of the people with the recipient alone (and the organiser, who may be among them).
    """
    parts = 1 + len(event.moved)
    text = 2 * len(event.description.encode())  # once more as formatted text
    if parts * (_OF_A_PART + text + _OF_A_PARTY * len(event.attendees)) <= LARGEST:
        return event
    kept = [one for one in event.attendees if one.address.lower() == recipient.lower() or not one.rsvp]
    return replace(event, description="", attendees=kept)


def room_of(mail: BookingMail) -> Party:
    """The room as it is named to people. Rooms from stock are never named: nobody chose them."""
    if mail.room_is_stock:
        return Party(address="", name=_("Video conference"))
    return Party(address=mail.room_address, name=mail.room_name)


def _local(date: DateView) -> datetime:
    return datetime.fromisoformat(date.recurrence_id)


def _moved(mail: BookingMail, date: DateView) -> MovedDate | None:
    """The date as an override, if it is not when or where the rule puts it, or has a title of its own."""
    if date.state in _DROPPED:
        return None
    starts_at = to_instant(_local(date), mail.timezone)
    if (
        not date.room_name
        and not date.title
        and (date.starts_at, date.ends_at) == (starts_at, starts_at + mail.duration)
    ):
        return None
    return single_date_of(mail, date)


def single_date_of(mail: BookingMail, date: DateView) -> MovedDate:
    """A date of a series with what is true of it."""
    room = Party(address=date.room_address, name=date.room_name) if date.room_name else None
    return MovedDate(
        recurrence_id=_local(date),
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        room=room,
        title=date.title,
    )
