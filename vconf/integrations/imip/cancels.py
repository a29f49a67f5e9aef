# SPDX-License-Identifier: EUPL-1.2
"""CANCEL: an organiser calls a meeting off, or dates of it, or does not need some of those invited (RFC 5546, 3.2.5).

Nobody answers. What is cancelled before it is known waits (`early`): the invitation may still be on its way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from vconf.authorities.rights import Actor
from vconf.bookings.models import OCCUPYING, Booking
from vconf.bookings.recurrence import to_local
from vconf.bookings.series import cancel_occurrence
from vconf.bookings.services import cancel
from vconf.errors import DomainError
from vconf.integrations.ical.parsed import ParsedEvent
from vconf.integrations.imip.composing import composed
from vconf.integrations.imip.invitation_model import MailedWish
from vconf.integrations.imip.invitations import note_taken_back, taken_back
from vconf.integrations.imip.letters import Author, Letter, at_instance, author_of, instance_of
from vconf.integrations.imip.rooms import MOST_ASKED, AskedRoom, asked_rooms
from vconf.integrations.imip.settling import settle, standing_booking
from vconf.integrations.imip.shapes import Outcome
from vconf.integrations.imip.versions import Version


def take_cancel(letter: Letter) -> Outcome:
    message = letter.message
    organiser = letter.sender if message.organiser is None else message.organiser.address
    author = author_of(organiser, letter.sender)
    if author is None:
        return Outcome("set_aside", "not_organiser")
    wishes = {
        row.instance: row
        for row in MailedWish.objects.select_for_update().filter(owner=author.owner, uid=letter.uid)
    }
    booking = standing_booking(author, letter.uid)
    if not wishes and booking is None:
        return Outcome("early")
    rights = Actor.nobody() if author.organiser is None else Actor.load(author.organiser)
    invited = [party.address for event in message.events for party in event.attendees]
    rooms = asked_rooms([*invited, *letter.recipients], rights=rights, booking=booking)
    if len(list(message.events)) * len(rooms) > MOST_ASKED:
        return Outcome("set_aside", "too_large")
    left_out = composed(wishes, taken_back(author.owner, letter.uid)).left_out if wishes else ()
    is_news = is_revised = False
    for event in message.events:
        version = Version.of(event, now=letter.now)
        uninvited = _uninvited(event, rooms, wishes, letter)
        if event.recurrence_id is None and event.status == "CANCELLED" and "" in wishes:
            is_revised |= _end_what_was_before(wishes[""], version, uninvited)
        if not uninvited:
            is_news |= _uninvite_people(event, version, wishes)
        for room in uninvited:
            is_news |= note_taken_back(letter, author, room, event, version, booking)
    outcome = Outcome("done") if is_news else Outcome("ignored", "superseded")
    if author.organiser is None or not (is_news or is_revised):
        return outcome
    if booking is None:
        return outcome  # what was called off on the page is not booked by calling it off
    if wishes:
        wanted = composed(wishes, taken_back(author.owner, letter.uid))
        settle(author, letter.uid, wanted, left_out=left_out)
    else:
        _give_up(booking, letter, author, rooms)
    return outcome


def _uninvited(
    event: ParsedEvent, rooms: Mapping[str, AskedRoom], wishes: Mapping[str, MailedWish], letter: Letter
) -> list[AskedRoom]:
    """The rooms that are no longer invited: those that are named, or all if nobody is."""
    named = [rooms[party.address] for party in event.attendees if party.address in rooms]
    if named:
        return named
    came_to = [rooms[address] for address in letter.recipients if address in rooms]
    if event.attendees and event.status != "CANCELLED":
        return []
    row = wishes.get(instance_of(event)) or wishes.get("")
    known = {} if row is None else {room.address: room for room in map(AskedRoom.read, row.rooms)}
    if event.attendees and not any(room.address in known for room in came_to):
        return []  # people only, and it came to no room that is invited
    return list({**known, **{room.address: room for room in came_to}}.values())


def _end_what_was_before(row: MailedWish, version: Version, uninvited: Collection[AskedRoom]) -> bool:
    """The next invitation has overtaken this: single dates told before it were ones of the meeting called off."""
    is_all = {AskedRoom.read(one).address for one in row.rooms} <= {room.address for room in uninvited}
    if not is_all or version >= Version.kept(row) or version.stamp <= row.since:
        return False
    row.since = version.stamp
    row.save(update_fields=["since"])
    return True


def _uninvite_people(event: ParsedEvent, version: Version, wishes: Mapping[str, MailedWish]) -> bool:
    row = wishes.get(instance_of(event))
    if row is None or row.wish is None or version < Version.kept(row):
        return False
    gone = {party.address for party in event.attendees}
    left = [one for one in row.wish["attendees"] if one[0] not in gone]
    if left == row.wish["attendees"]:
        return False
    row.wish = {**row.wish, "attendees": left}
    row.save(update_fields=["wish"])
    return True


def _give_up(booking: Booking, letter: Letter, author: Author, rooms: Mapping[str, AskedRoom]) -> None:
    """A booking that came through another door: only the cancellation is mailed."""
    for event in letter.message.events:
        if not _concerns(booking, event, rooms):
            continue
        try:
            if event.recurrence_id is None:
                cancel(booking.id, actor=author.actor, source="mail")
            else:
                for occurrence_id in _dates_at(booking, instance_of(event)):
                    cancel_occurrence(occurrence_id, actor=author.actor)
        except DomainError:
            continue  # it is over, or cancelled already


def _concerns(booking: Booking, event: ParsedEvent, rooms: Mapping[str, AskedRoom]) -> bool:
    named = [rooms[party.address] for party in event.attendees if party.address in rooms]
    return not named or any(room.room_id in (None, booking.room_id) for room in named)


def _dates_at(booking: Booking, instance: str) -> Collection[UUID]:
    local = to_local(at_instance(instance), booking.timezone).isoformat()
    dates = booking.occurrences.filter(recurrence_id=local, state__in=OCCUPYING)
    return list(dates.values_list("id", flat=True))
