# SPDX-License-Identifier: EUPL-1.2
"""calendar-multiget (RFC 4791, 7.9): many objects at once, each under the address it was asked for."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import World
from tests.integrations.caldav.calendars import a_booking, address, calendar_of
from tests.integrations.caldav.client import DECLARED, CalendarClient, Responses, condition
from vconf.integrations.caldav.texts import texts

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def body(*hrefs: str) -> str:
    inner = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    prop = "<D:prop><D:getetag/><C:calendar-data/><C:schedule-tag/></D:prop>"
    return f"<C:calendar-multiget {DECLARED}>{prop}{inner}</C:calendar-multiget>"


def get(world: World, *hrefs: str) -> Responses:
    return CalendarClient(world.anna).report(calendar_of(world.anna), body(*hrefs))


def test_text_and_tags_are_those_of_a_get(world: World) -> None:
    booked = a_booking(world.anna)
    href = address(booked, world.anna)

    found = get(world, href)[href]
    alone = CalendarClient(world.anna).get(href)

    assert found.text("C:calendar-data").encode().split() == alone.content.split()
    assert (found.text("D:getetag"), found.text("C:schedule-tag")) == (alone["ETag"], alone["Schedule-Tag"])


def test_addresses_come_back_as_they_were_sent(world: World) -> None:
    """vdirsyncer compares them letter by letter."""
    path = address(a_booking(world.anna), world.anna)
    spelt = [path, f"http://testserver{path}", path.replace("-", "%2D"), path.replace(".ics", "%2eics")]

    found = get(world, *spelt)

    assert list(found) == spelt
    assert all("BEGIN:VEVENT" in one.text("C:calendar-data") for one in found.values())


def test_odd_names_are_found_in_any_encoding(world: World) -> None:
    a_booking(world.anna, href="Grüße & Küsse+1@x.ics")
    calendar = calendar_of(world.anna)

    found = get(
        world,
        f"{calendar}Gr%C3%BC%C3%9Fe%20%26%20K%C3%BCsse+1@x.ics",
        f"{calendar}Grüße &amp; Küsse%2B1%40x.ics",
    )

    assert [one.status for one in found.values()] == ["", ""]
    listed = CalendarClient(world.anna).propfind(calendar, "D:getetag", depth="1")
    assert f"{calendar}Gr%C3%BC%C3%9Fe%20%26%20K%C3%BCsse+1@x.ics" in listed


def test_what_is_absent_foreign_or_elsewhere_has_404_of_its_own(world: World) -> None:
    mine, foreign = a_booking(world.anna, 10), a_booking(world.clara, 12)
    others = [
        f"{calendar_of(world.anna)}absent.ics",
        address(foreign, world.clara),
        f"{calendar_of(world.anna)}{foreign.id}.ics",
        calendar_of(world.anna),
        "/dav/",
        "http://elsewhere.example/x.ics",
        "%zz%ff",
        "not a path",
    ]

    found = get(world, address(mine, world.anna), *others)

    assert {href: one.status for href, one in found.items()} == {
        address(mine, world.anna): "",
        **dict.fromkeys(others, "404"),
    }
    assert foreign.uid not in found.answer.content.decode()


def test_hundreds_cost_as_many_statements_as_one(world: World) -> None:
    client = CalendarClient(world.anna)

    def statements(*hrefs: str) -> int:
        texts.clear()
        with CaptureQueriesContext(connection) as queries:
            client.report(calendar_of(world.anna), body(*hrefs))
        return len(queries)

    hrefs = [address(a_booking(world.anna, 10, day=day), world.anna) for day in range(8)]
    statements(hrefs[0])
    one = statements(hrefs[0])

    assert statements(*hrefs, *(f"{calendar_of(world.anna)}{number}.ics" for number in range(400))) == one


def test_there_is_an_end_to_it(world: World) -> None:
    client = CalendarClient(world.anna)
    many = body(*(f"/dav/{number}" for number in range(5_001)))

    answer = client.dav("REPORT", calendar_of(world.anna), many)

    assert (answer.status_code, condition(answer)) == (403, "D:number-of-matches-within-limits")
    assert client.dav("REPORT", calendar_of(world.anna), body()).status_code == 400


def test_what_a_room_lists_is_there_one_by_one(world: World) -> None:
    a_booking(world.anna, room_id=world.shared.id)
    room = f"/dav/rooms/{world.shared.id}/calendar/"
    client = CalendarClient(world.clara)

    (href,) = (one for one in client.propfind(room, "D:getetag", depth="1") if one != room)

    found = client.report(room, body(href)).only.text("C:calendar-data")
    assert client.get(href).content.decode().split() == found.split()
    assert client.get(f"{room}999999.ics").status_code == 404
