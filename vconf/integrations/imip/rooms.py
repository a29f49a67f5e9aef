# SPDX-License-Identifier: EUPL-1.2
"""Which rooms a mail is about: by the addresses they are written to, `+30` for thirty seats included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.conf import settings

from vconf.authorities.rights import Actor
from vconf.bookings.checks import LONGEST_ADDRESS
from vconf.bookings.models import Booking
from vconf.integrations.ical.company import in_rooms
from vconf.integrations.invitations.subaddresses import parted
from vconf.rooms.models import Room
from vconf.rooms.selectors import rooms_visible_to

#: dates that one mail is about times rooms that it asks for: each is a row, and an answer
MOST_ASKED = 2_000
_SEATS = re.compile(r"[0-9]{1,5}")
#: local part of the address of any room, where none is set
ANY_ROOM = "raum"


@dataclass(frozen=True, slots=True)
class AskedRoom:
    """An address where rooms are written to. room_id: None for any room, and for none that the organiser knows.

    seats: asked for with the address, or None.
    """

    address: str
    room_id: UUID | None
    is_any: bool = False
    seats: int | None = None

    def written(self) -> dict[str, Any]:
        room = None if self.room_id is None else str(self.room_id)
        return {"address": self.address, "room": room, "any": self.is_any, "seats": self.seats}

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Self:
        room = record["room"]
        return cls(record["address"], None if room is None else UUID(room), record["any"], record["seats"])


def asked_rooms(
    addresses: Iterable[str], *, rights: Actor, booking: Booking | None = None
) -> dict[str, AskedRoom]:
    """Those of the addresses (lower case) that are written to rooms, in their order.

    rights: the organiser's; a room they may not see is as one that does not exist. booking: as it stands; its rooms are
    known to whoever organises it.
    """
    wanted = [address for address in dict.fromkeys(addresses) if len(address) <= LONGEST_ADDRESS]
    plain = [_split(address)[0] for address in wanted]
    there = in_rooms(plain)
    if settings.VCONF_MAIL_ANY_ROOM:  # which may be where no room is
        there |= {base for base in plain if is_any_room(base)}
    bases = {address: _split(address) for address in wanted if _split(address)[0] in there}
    known = {*bases, *(base for base, _ in bases.values())}
    rooms = dict(rooms_visible_to(rights).filter(address__in=known).order_by().values_list("address", "id"))
    if booking is not None:
        used = {booking.room_id, *booking.occurrences.values_list("room_id", flat=True)}
        standing = Room.objects.filter(id__in=used, is_stock=False, address__in=known)
        rooms |= dict(standing.values_list("address", "id"))
    found = {}
    for address, (base, seats) in bases.items():
        if address in rooms:
            found[address] = AskedRoom(address, rooms[address])
        elif base in rooms:
            found[address] = AskedRoom(address, rooms[base], seats=seats)
        else:
            is_any = is_any_room(base)
            found[address] = AskedRoom(address, None, is_any, seats if is_any else None)
    return found


def is_any_room(base: str) -> bool:
    """Whether the address, without its plus part, is that of any room. It is the caller's that rooms are there."""
    named: str = settings.VCONF_MAIL_ANY_ROOM
    return base == named.lower() if named else base.partition("@")[0] == ANY_ROOM


def _split(address: str) -> tuple[str, int | None]:
    """The address without what stands after a plus, and the number of seats that this says."""
    base, detail = parted(address)
    return base, int(detail) if _SEATS.fullmatch(detail) and int(detail) else None
