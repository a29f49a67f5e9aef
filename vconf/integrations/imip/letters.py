# SPDX-License-Identifier: EUPL-1.2
"""A mail with a calendar part, as all that handles it needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import person_by_address
from vconf.bookings.checks import LONGEST_ADDRESS
from vconf.integrations.ical.company import own_addresses
from vconf.integrations.ical.components import Component
from vconf.integrations.ical.parse import party_of
from vconf.integrations.ical.parsed import CalendarObject, ParsedEvent
from vconf.integrations.imip.uids import uid_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """message: what its calendar part says; calendar: the same, as it was written. recipients: of the envelope, lower
    case. sender: address that our gateway vouches for, lower case.
    """

    message: CalendarObject
    calendar: Component
    recipients: Sequence[str]
    sender: str
    message_id: str
    now: datetime

    @property
    def uid(self) -> str:
        return uid_key(self.message.uid)

    def line_of(self, name: str, address: str) -> str:
        """The ORGANIZER or ATTENDEE line of this address, as it was written; "" if there is none."""
        for event in self.calendar.parts:
            for line in event.all(name) if event.name == "VEVENT" else ():
                if party_of(line).address == address:
                    return line.raw
        return ""


@dataclass(frozen=True, slots=True)
class Author:
    """Who organises what a mail is about, and who wrote it. organiser: None if they are nobody here.

    owner: whose UIDs these are: the organiser's id, or their address.
    """

    organiser: Person | None
    owner: str
    actor: Actor


def author_of(address: str, sender: str) -> Author | None:
    """For what `address` organises, and `sender` has written: the organiser, or a deputy of theirs.

    None for everybody else: what SENT-BY and Sender say is said by whoever wrote the mail.
    """
    organiser = person_by_address(address)
    if organiser is None and len(address) > LONGEST_ADDRESS:
        return None
    if organiser is None:
        return Author(None, address, Actor.nobody()) if address == sender else None
    owner = str(organiser.id)
    if sender in own_addresses(organiser):
        return Author(organiser, owner, Actor.load(organiser))
    deputy = person_by_address(sender)
    actor = Actor.nobody() if deputy is None else Actor.load(deputy)
    return Author(organiser, owner, actor) if organiser.id in actor.principal_ids else None


def instance_of(event: ParsedEvent) -> str:
    """Which date of its UID an event is about, comparable whatever zone it was written in; "" for the whole."""
    at = event.recurrence_at
    return "" if at is None else f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def at_instance(instance: str) -> datetime:
    """The aware instant behind `instance_of`."""
    return datetime.strptime(instance, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
