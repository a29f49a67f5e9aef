# SPDX-License-Identifier: EUPL-1.2
"""POST to an outbox (RFC 6638, 5): when everybody who is to come is free, people and rooms alike.

Only that is asked for here. Invitations go out by storing a meeting, never by posting one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.authorities.selectors import persons_by_addresses
from vconf.bookings.free_busy import BusyPeriod, busy_times
from vconf.integrations.caldav import xml
from vconf.integrations.caldav.company import own_addresses, plain_address, principal_id
from vconf.integrations.caldav.freebusy import Question, read_question, render_answer
from vconf.integrations.caldav.homes import Outbox
from vconf.integrations.caldav.http import XML, Call
from vconf.integrations.caldav.principals import rooms_seen
from vconf.integrations.caldav.unacceptable import Unacceptable

_SUCCESS, _UNKNOWN, _NO_AUTHORITY = "2.0;Success", "3.7;Invalid calendar user", "3.8;No authority"


def post(call: Call, box: Outbox) -> HttpResponse:
    """One answer for each recipient. Raises Unacceptable."""
    question = read_question(call.octets)
    if not _is_own(question.organiser, box):
        raise Unacceptable(403, "organizer-allowed", _("This is asked in the name of somebody else."))
    known = _recipients(question, call.actor)
    times: Mapping[UUID, Sequence[BusyPeriod]] = busy_times(
        person_ids={one for one, is_room in known.values() if not is_room and _may_ask(call.actor, one)},
        room_ids={one for one, is_room in known.values() if is_room},
        starts_at=question.starts_at,
        ends_at=question.ends_at,
        actor=call.actor,
        except_uid=question.mask or None,
    )
    responses = []
    for recipient in question.recipients:
        if recipient not in known:
            responses.append(_response(recipient, _UNKNOWN))
        elif known[recipient][0] not in times:
            responses.append(_response(recipient, _NO_AUTHORITY))
        else:
            text = render_answer(question, recipient, times[known[recipient][0]])
            responses.append(_response(recipient, _SUCCESS, text))
    body = xml.document("C:schedule-response", "".join(responses))
    return HttpResponse(body, status=200, content_type=XML)


def _is_own(organiser: str, box: Outbox) -> bool:
    if principal_id(organiser) == box.person.id:
        return True
    return plain_address(organiser) in own_addresses(box.person)


def _may_ask(actor: Actor, person_id: UUID) -> bool:
    """Whoever works here sees when their colleagues are busy."""
    return actor.is_member or person_id in actor.organiser_ids


def _recipients(question: Question, actor: Actor) -> dict[str, tuple[UUID, bool]]:
    """Recipient as written -> person or room, and whether it is a room; unknown ones are left out."""
    addresses = {one: plain_address(one) for one in question.recipients}
    ids = {one: meant for one in question.recipients if (meant := principal_id(one)) is not None}
    rooms = rooms_seen(actor)
    by_address = dict(rooms.filter(address__in=addresses.values()).order_by().values_list("address", "id"))
    people = {address: person.id for address, person in persons_by_addresses(addresses.values()).items()}
    room_ids = (
        set(rooms.filter(id__in=ids.values()).order_by().values_list("id", flat=True)) if ids else set()
    )
    persons = Person.objects.filter(id__in=ids.values(), is_active=True)
    person_ids = set(persons.values_list("id", flat=True)) if ids else set()
    found: dict[str, tuple[UUID, bool]] = {}
    for one, address in addresses.items():
        if address in by_address:
            found[one] = (by_address[address], True)
        elif address in people:
            found[one] = (people[address], False)
        elif ids.get(one) in room_ids:
            found[one] = (ids[one], True)
        elif ids.get(one) in person_ids:
            found[one] = (ids[one], False)
    return found


def _response(recipient: str, status: str, octets: bytes = b"") -> str:
    inner = f"<C:recipient>{xml.href(recipient)}</C:recipient>"
    inner += f"<C:request-status>{xml.text(status)}</C:request-status>"
    if octets:
        inner += f"<C:calendar-data>{xml.octets_as_text(octets)}</C:calendar-data>"
    return f"<C:response>{inner}</C:response>"
