# SPDX-License-Identifier: EUPL-1.2
"""Whom the calendar user addresses of an object belong to (RFC 6638, 2.4.1): looked up with the organiser's rights.

A room that the organiser may not see answers as one that does not exist, so that nobody learns rooms by inviting them.
"""

from __future__ import annotations

from collections.abc import Collection

from vconf.authorities.models import Person, PersonAddress
from vconf.authorities.rights import Actor
from vconf.bookings.models import Booking
from vconf.integrations.ical.parsed import CalendarObject
from vconf.integrations.ical.wishes import Company
from vconf.rooms.models import Room
from vconf.rooms.selectors import rooms_bookable_by, rooms_visible_to


def own_addresses(person: Person) -> frozenset[str]:
    """The person's verified addresses, lower case: told by the directory, never set by themselves."""
    held = PersonAddress.objects.filter(person=person).values_list("address", flat=True)
    return frozenset({person.email, *held})


def company_of(
    wanted: CalendarObject, owner: Person, rights: Actor, *, booking: Booking | None = None
) -> Company:
    """rights: the owner's. booking: as it stands; its rooms are known to its organiser, whoever may book them now.

    Rooms that are blocked are among those that may be booked: booking tells why not.
    """
    own = own_addresses(owner)
    asked = {party.address for event in wanted.events for party in event.attendees} - own - {""}
    bookable = rooms_bookable_by(rights).filter(is_stock=False, address__in=asked).order_by()
    rooms = dict(bookable.values_list("address", "id"))
    if booking is not None:
        used = {booking.room_id, *booking.occurrences.values_list("room_id", flat=True)}
        rooms |= dict(Room.objects.filter(id__in=used).values_list("address", "id"))
    seen = rooms_visible_to(rights).filter(address__in=asked).order_by()
    # of a room that cannot be booked just now, the refusal is to say so
    blocked = seen.exclude(blocked_reason="", is_active=True)
    rooms |= dict(blocked.values_list("address", "id"))
    people = set(PersonAddress.objects.filter(address__in=asked).values_list("address", flat=True))
    others = asked - rooms.keys() - people
    not_theirs = others & set(seen.values_list("address", flat=True))
    return Company(owner=own, rooms=rooms, strange=in_rooms(others) | not_theirs)


def in_rooms(addresses: Collection[str]) -> frozenset[str]:
    """Those in a domain where rooms are written to, and no people: there anybody may be meant."""
    domains = {address.rpartition("@")[2] for address in addresses}
    of_rooms = {
        domain
        for domain in domains
        if domain
        and Room.objects.filter(address__endswith=f"@{domain}").exists()
        and not PersonAddress.objects.filter(address__endswith=f"@{domain}").exists()
    }
    return frozenset(address for address in addresses if address.rpartition("@")[2] in of_rooms)
