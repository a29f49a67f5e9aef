# SPDX-License-Identifier: EUPL-1.2
"""Whom the calendar user addresses of an object belong to (RFC 6638, 2.4.1): looked up with the organiser's rights.

A room that the organiser may not see answers as one that does not exist, so that nobody learns rooms by inviting them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from vconf.authorities.models import Person, PersonAddress
from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking
from vconf.integrations.caldav import paths
from vconf.integrations.caldav.organising import Company
from vconf.integrations.ical.parsed import CalendarObject, ParsedEvent, ParsedParty
from vconf.rooms.models import Room
from vconf.rooms.selectors import rooms_bookable_by, rooms_visible_to

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PRINCIPAL = re.compile(
    rf"(?:urn:uuid:|(?:https?://[^/]*)?{re.escape(paths.PRINCIPALS)}(?:users|rooms)/)({_ID})/?"
)


def own_addresses(person: Person) -> frozenset[str]:
    """The person's verified addresses, lower case: told by the directory, never set by themselves."""
    held = PersonAddress.objects.filter(person=person).values_list("address", flat=True)
    return frozenset({person.email, *held})


def principal_id(uri: str) -> UUID | None:
    """The person or room that a `urn:uuid:` or the address of a principal means."""
    found = _PRINCIPAL.fullmatch(uri.strip().lower())
    return None if found is None else UUID(found[1])


def with_mail_addresses(wanted: CalendarObject, *, actor: Actor) -> CalendarObject:
    """People and rooms that stand in the object as principals, by their mail addresses instead."""
    uris = {party.uri.lower() for event in wanted.events for party in _parties(event) if not party.address}
    ids = {uri: found for uri in uris if (found := principal_id(uri)) is not None}
    if not ids:
        return wanted
    known = dict(Person.objects.filter(id__in=ids.values(), is_active=True).values_list("id", "email"))
    rooms = rooms_visible_to(actor).filter(id__in=ids.values()).order_by()
    known |= dict(rooms.values_list("id", "address"))

    def named(party: ParsedParty) -> ParsedParty:
        found = None if party.address else ids.get(party.uri.lower())
        address = "" if found is None else known.get(found, "")
        return replace(party, address=address) if address else party

    def rewritten(event: ParsedEvent) -> ParsedEvent:
        organiser = None if event.organiser is None else named(event.organiser)
        return replace(event, organiser=organiser, attendees=tuple(named(one) for one in event.attendees))

    master = None if wanted.master is None else rewritten(wanted.master)
    return replace(wanted, master=master, overrides=[rewritten(one) for one in wanted.overrides])


def company_of(
    wanted: CalendarObject, owner: Person, rights: Actor, *, booking: Booking | None = None
) -> Company:
    """rights: the owner's. booking: as it stands; its rooms are known to its organiser, whoever may book them now."""
    own = own_addresses(owner)
    asked = {party.address for event in wanted.events for party in event.attendees} - own - {""}
    bookable = rooms_bookable_by(rights).filter(is_stock=False, address__in=asked).order_by()
    rooms = dict(bookable.values_list("address", "id"))
    if booking is not None:
        used = {booking.room_id, *booking.occurrences.values_list("room_id", flat=True)}
        rooms |= dict(Room.objects.filter(id__in=used).values_list("address", "id"))
    people = set(PersonAddress.objects.filter(address__in=asked).values_list("address", flat=True))
    others = asked - rooms.keys() - people
    return Company(owner=own, rooms=rooms, strange=_in_rooms(others))


def _in_rooms(addresses: Collection[str]) -> frozenset[str]:
    """Those in a domain where rooms are written to."""
    domains = {address.rpartition("@")[2] for address in addresses}
    of_rooms = {
        domain
        for domain in domains
        if domain and Room.objects.filter(address__endswith=f"@{domain}").exists()
    }
    return frozenset(address for address in addresses if address.rpartition("@")[2] in of_rooms)


def _parties(event: ParsedEvent) -> Iterable[ParsedParty]:
    if event.organiser is not None:
        yield event.organiser
    yield from event.attendees
