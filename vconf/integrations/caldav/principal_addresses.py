# SPDX-License-Identifier: EUPL-1.2
"""People and rooms that an object names by their principals (RFC 6638, 2.4.1), by mail address instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.integrations.caldav import paths
from vconf.integrations.ical.parsed import CalendarObject, ParsedEvent, ParsedParty
from vconf.rooms.selectors import rooms_visible_to

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PRINCIPAL = re.compile(
    rf"(?:urn:uuid:|(?:https?://[^/]*)?{re.escape(paths.PRINCIPALS)}(?:users|rooms)/)({_ID})/?"
)


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


def _parties(event: ParsedEvent) -> Iterable[ParsedParty]:
    if event.organiser is not None:
        yield event.organiser
    yield from event.attendees
