# SPDX-License-Identifier: EUPL-1.2
"""POST to an outbox (RFC 6638, 5): when everybody who is to come is free, people and rooms alike.

Only that is asked for here. Invitations go out by storing a meeting, never by posting one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import persons_by_addresses
from vconf.bookings.free_busy import BusyPeriod, busy_times
from vconf.errors import Invalid
from vconf.integrations.caldav import xml
from vconf.integrations.caldav.boxes import Outbox
from vconf.integrations.caldav.http import XML, Call, Refused
from vconf.integrations.caldav.principal_addresses import principal_id
from vconf.integrations.caldav.principals import rooms_seen
from vconf.integrations.caldav.translating import unreadable
from vconf.integrations.caldav.unacceptable import Unacceptable
from vconf.integrations.ical.company import own_addresses
from vconf.integrations.ical.freebusy import MESSAGE, FreeBusyQuestion, read_question, render_freebusy
from vconf.integrations.ical.invalid import InvalidCalendar
from vconf.integrations.ical.parsed import ParsedParty
from vconf.web.limits import BusyLookUps

_SUCCESS, _UNKNOWN, _NO_AUTHORITY = "2.0;Success", "3.7;Invalid calendar user", "3.8;No authority"
#: more people were asked about than may be in a minute
_NOT_NOW = "5.1;Service unavailable"


def post(call: Call, box: Outbox) -> HttpResponse:
    """One answer for each recipient. Raises Unacceptable, and Refused for too many questions about others.

    Of more people than may be asked about in a minute, the first get an answer.
    """
    try:
        question = read_question(call.octets)
    except InvalidCalendar as error:
        raise unreadable(error) from error
    if not _is_own(question.organiser, box):
        raise Unacceptable(403, "organizer-allowed", _("This is asked in the name of somebody else."))
    known = _recipients(question, call.actor)
    others = _others(question, known, call.actor)
    allowed = BusyLookUps().take(call.request, len(others)) if others else 0
    if others and not allowed:
        raise Refused(429)
    put_off = set(others[allowed:])
    known = {uri: found for uri, found in known.items() if uri not in put_off}
    times = _times(question, known, call.actor)
    responses = []
    for recipient in [one.uri for one in question.attendees]:
        if recipient in put_off:
            responses.append(_response(recipient, _NOT_NOW))
        elif recipient not in known:
            responses.append(_response(recipient, _UNKNOWN))
        elif known[recipient][0] not in times:
            responses.append(_response(recipient, _NO_AUTHORITY))
        else:
            text = render_freebusy(
                times[known[recipient][0]],
                starts_at=question.starts_at,
                ends_at=question.ends_at,
                stamp=timezone.now(),
                uid=question.uid,
                method="REPLY",
                organiser=question.organiser.uri,
                attendee=recipient,
            )
            responses.append(_response(recipient, _SUCCESS, text))
    body = xml.document("C:schedule-response", "".join(responses))
    return HttpResponse(body, status=200, content_type=XML)


#: recipient as written -> person or room, and whether it is a room
_Known = Mapping[str, tuple[UUID, bool]]


def _times(question: FreeBusyQuestion, known: _Known, actor: Actor) -> Mapping[UUID, Sequence[BusyPeriod]]:
    try:
        return busy_times(
            person_ids={one for one, is_room in known.values() if not is_room and _may_ask(actor, one)},
            room_ids={one for one, is_room in known.values() if is_room},
            starts_at=question.starts_at,
            ends_at=question.ends_at,
            actor=actor,
            except_uid=question.masked_uid or None,
        )
    except Invalid as error:
        raise Unacceptable(403, MESSAGE, error.detail) from error


def _is_own(organiser: ParsedParty, box: Outbox) -> bool:
    if organiser.address:
        return organiser.address in own_addresses(box.person)
    return principal_id(organiser.uri) == box.person.id


def _others(question: FreeBusyQuestion, known: _Known, actor: Actor) -> list[str]:
    """Recipients about whom an answer tells something, be it that nobody has that address. Not the caller and whom
    they stand in for, and not rooms, which they see anyway.
    """
    return [
        one.uri
        for one in question.attendees
        if one.uri not in known or not (known[one.uri][1] or known[one.uri][0] in actor.organiser_ids)
    ]


def _may_ask(actor: Actor, person_id: UUID) -> bool:
    """Whoever works here sees when their colleagues are busy."""
    return actor.is_member or person_id in actor.organiser_ids


def _recipients(question: FreeBusyQuestion, actor: Actor) -> _Known:
    """Unknown ones are left out."""
    addresses = {one.uri: one.address for one in question.attendees if one.address}
    uris = [one.uri for one in question.attendees if not one.address]
    ids = {uri: one for uri in uris if (one := principal_id(uri)) is not None}
    rooms = rooms_seen(actor)
    by_address = dict(rooms.filter(address__in=addresses.values()).order_by().values_list("address", "id"))
    people = {address: person.id for address, person in persons_by_addresses(addresses.values()).items()}
    room_ids = (
        set(rooms.filter(id__in=ids.values()).order_by().values_list("id", flat=True)) if ids else set()
    )
    persons = Person.objects.filter(id__in=ids.values(), is_active=True)
    person_ids = set(persons.values_list("id", flat=True)) if ids else set()
    found: dict[str, tuple[UUID, bool]] = {}
    for uri, address in addresses.items():
        if address in by_address:
            found[uri] = (by_address[address], True)
        elif address in people:
            found[uri] = (people[address], False)
    for uri, principal in ids.items():
        if principal in room_ids or principal in person_ids:
            found[uri] = (principal, principal in room_ids)
    return found


def _response(recipient: str, status: str, octets: bytes = b"") -> str:
    inner = f"<C:recipient>{xml.href(recipient)}</C:recipient>"
    inner += f"<C:request-status>{xml.text(status)}</C:request-status>"
    if octets:
        inner += f"<C:calendar-data>{xml.octets_as_text(octets)}</C:calendar-data>"
    return f"<C:response>{inner}</C:response>"
