# SPDX-License-Identifier: EUPL-1.2
"""Calendar clients: every address, method and role against the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.integrations.caldav.client import DECLARED, CalendarClient
from tests.rights.routes import calendar_routes
from tests.rights.scene import Scene
from tests.rights.table import CALENDAR_METHODS, ROLES, calendar_rights
from vconf.authorities.models import Person
from vconf.bookings.models import CalendarEntry
from vconf.integrations.caldav.inbox import put_in

pytestmark = pytest.mark.django_db

ABSENT = UUID("0199a3c2-7d10-7c11-9d53-0a2b6d4f8e99")
#: lead on whoever asks, with nothing to see
OPEN = {"well-known", "well-known-collection", "apple-principals", "nothing"}
#: whoever sees the place above may be told that nothing can be made in it
BELOW_OTHERS = {"readers", "writers", "inbox", "outbox", "inbox-message"}


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert calendar_routes().keys() - OPEN == calendar_rights().keys()
    assert calendar_routes().keys() >= OPEN


@pytest.mark.parametrize("route", calendar_rights())
def test_who_may_do_what(scene: Scene, route: str) -> None:
    cache.clear()
    clients = {role: CalendarClient(scene.people[role]) for role in ROLES}
    rights = calendar_rights()[route]
    wrong = []
    for role, client in clients.items():
        answers = {}
        for what in ("im", "fm", "absent"):
            path = address(scene, route, what, scene.people[role])
            for method in CALENDAR_METHODS:
                answers[what, method] = answer = attempt(client, method, path)
                expected = rights.expected(role, what, method)
                if answer.status_code not in expected:
                    wrong.append((role, what, method, answer.status_code, expected))
        for method in CALENDAR_METHODS:
            if route in BELOW_OTHERS and method in ("MKCALENDAR", "MKCOL"):
                continue
            for what in ("im", "fm"):
                if rights.expected(role, what, method) == rights.expected(role, "absent", method):
                    seen, absent = answers[what, method], answers["absent", method]
                    if (seen.status_code, seen.content) != (absent.status_code, absent.content):
                        wrong.append((role, what, method, "not as if it were absent", seen.content[:80]))
    assert not wrong, "\n".join(map(str, wrong))


def attempt(client: CalendarClient, method: str, path: str) -> Any:
    """Do it, and undo it."""
    with transaction.atomic():
        answer = client.dav(method, path, BODIES.get(method, ""), **HEADERS.get(method, {}))
        transaction.set_rollback(True)
    return answer


BODIES = {
    "PROPFIND": f"<D:propfind {DECLARED}><D:prop><D:resourcetype/></D:prop></D:propfind>",
    "PROPPATCH": (
        f"<D:propertyupdate {DECLARED}><D:set><D:prop><A:calendar-order>1</A:calendar-order></D:prop></D:set>"
        "</D:propertyupdate>"
    ),
    "REPORT": f'<D:expand-property {DECLARED}><D:property name="owner"/></D:expand-property>',
    "PUT": "no calendar",
    "POST": "no calendar",
}
HEADERS: Mapping[str, Mapping[str, str]] = {
    "PROPFIND": {"Depth": "0"},
    "PUT": {"Content_Type": "text/calendar"},
    "POST": {"Content_Type": "text/calendar"},
    "MOVE": {"Destination": "/dav/elsewhere"},
    "COPY": {"Destination": "/dav/elsewhere"},
}


def address(scene: Scene, route: str, what: str, caller: Person | None) -> str:
    """What the route leads to: of IM's organiser and room, of FM's, or of nobody's."""
    side = {"im": scene.im, "fm": scene.fm}.get(what)
    person = side.booking.organiser_id if side else ABSENT
    room = side.room.id if side else ABSENT
    booking = side.booking.id if side else ABSENT
    own = caller.id if caller is not None else ABSENT
    values = {"person_id": person, "room_id": room, "deputy_id": own, "name": f"{booking}.ics"}
    if route == "room-object":
        values["name"] = room_object(scene, what)
    if route == "inbox-message":
        values["name"] = "message.ics"
        if side is not None:
            put_in(person, booking, method="REQUEST", name="message.ics", octets=b"BEGIN:VCALENDAR")
    path = "/" + str(calendar_routes()[route].pattern)
    for name, value in values.items():
        path = path.replace(f"<uuid:{name}>", str(value)).replace(f"<str:{name}>", str(value))
    return path


def room_object(scene: Scene, what: str) -> str:
    side = {"im": scene.im, "fm": scene.fm}.get(what)
    if side is None:
        return "999999999.ics"
    entry = CalendarEntry.objects.get(calendar__room=side.room, booking=side.booking)
    return f"{entry.id}.ics"
