# SPDX-License-Identifier: EUPL-1.2
"""PROPFIND (RFC 4918, 9.1) and what is refused around it: depth, names, preferences, making collections."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import World
from tests.integrations.caldav.calendars import a_booking, address, calendar_of
from tests.integrations.caldav.client import DECLARED, CalendarClient, Responses, condition, propfind

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(world: World) -> CalendarClient:
    return CalendarClient(world.anna)


def test_names_nobody_knows_are_404_within_the_answer(anna: CalendarClient, world: World) -> None:
    names = '<D:displayname/><D:nonsense/><x xmlns="urn:x&quot;&lt;"/>'
    body = f"<D:propfind {DECLARED}><D:prop>{names}</D:prop></D:propfind>"

    one = Responses.read(anna.dav("PROPFIND", calendar_of(world.anna), body, Depth="0")).only

    assert one.found.keys() == {"D:displayname"}
    assert one.missing == {"D:nonsense", '{urn:x"<}x'}


@pytest.mark.parametrize(
    "header", [{"Prefer": "return=minimal"}, {"Prefer": 'handling=lenient, return="minimal"'}, {"Brief": "t"}]
)
def test_who_wants_little_is_spared_what_is_not_there(
    anna: CalendarClient, world: World, header: dict[str, str]
) -> None:
    found = anna.propfind(calendar_of(world.anna), "D:displayname", "D:nonsense", **header)

    assert found.only.missing == set()
    assert found.answer["Preference-Applied"] == "return=minimal"


def test_every_resource_can_be_asked_for_everything(anna: CalendarClient, world: World) -> None:
    """An empty body means allprop; no kind of resource has a property that fails."""
    a_booking(world.anna, room_id=world.shared.id)
    home = f"/dav/calendars/{world.anna.id}/"
    paths = [
        "/dav/",
        "/dav/principals/",
        "/dav/principals/users/",
        "/dav/principals/rooms/",
        home,
        "/dav/rooms/",
    ]
    paths += [f"{home}bookings/", f"{home}inbox/", f"{home}outbox/", f"/dav/rooms/{world.shared.id}/"]
    paths += [f"/dav/rooms/{world.shared.id}/calendar/", f"/dav/principals/users/{world.anna.id}/"]
    paths += [f"/dav/principals/rooms/{world.shared.id}/"]
    paths += [f"/dav/principals/users/{world.anna.id}/calendar-proxy-{kind}/" for kind in ("read", "write")]
    for path in paths:
        for body in ("", f"<D:propfind {DECLARED}><D:allprop/></D:propfind>"):
            all_of_them = Responses.read(anna.dav("PROPFIND", path, body, Depth="1"))
            assert path in all_of_them
            for one in all_of_them.values():
                assert "D:resourcetype" in one.found
                assert not one.missing
        names = Responses.read(
            anna.dav("PROPFIND", path, f"<D:propfind {DECLARED}><D:propname/></D:propfind>", Depth="0")
        ).only.found
        shown = anna.propfind(path, *names).only
        assert "D:current-user-privilege-set" in shown.found
        assert {"D:resourcetype", "D:supported-report-set", "D:current-user-principal"} <= names.keys()


def test_allprop_takes_further_names(anna: CalendarClient, world: World) -> None:
    body = f"<D:propfind {DECLARED}><D:allprop/><D:include><CS:getctag/></D:include></D:propfind>"

    found = Responses.read(anna.dav("PROPFIND", calendar_of(world.anna), body, Depth="0")).only.found

    assert {"CS:getctag", "D:displayname"} <= found.keys()


@pytest.mark.parametrize("depth", ["infinity", "Infinity", ""])
def test_there_is_no_end_of_depth(anna: CalendarClient, depth: str) -> None:
    headers = {"Depth": depth} if depth else {}

    answer = anna.dav("PROPFIND", "/dav/", propfind("D:displayname"), **headers)

    assert (answer.status_code, condition(answer)) == (403, "D:propfind-finite-depth")


def test_a_depth_that_is_none(anna: CalendarClient) -> None:
    assert anna.dav("PROPFIND", "/dav/", Depth="2").status_code == 400


def test_objects_have_their_tags(anna: CalendarClient, world: World) -> None:
    booked = a_booking(world.anna)
    names = ("D:getetag", "C:schedule-tag", "D:getcontenttype", "D:getlastmodified", "C:calendar-data")

    listed = anna.propfind(calendar_of(world.anna), *names, depth="1")
    alone = anna.propfind(address(booked, world.anna), *names).only

    one = listed[address(booked, world.anna)]
    assert one.text("D:getetag") == alone.text("D:getetag")
    assert one.text("D:getetag").startswith('"')
    assert one.text("C:schedule-tag").startswith('"')
    assert one.text("D:getcontenttype") == "text/calendar; charset=utf-8; component=vevent"
    assert one.text("D:getlastmodified").endswith("GMT")
    assert one.missing == {"C:calendar-data"}, "that is for reports"


def test_listing_ten_objects_costs_as_many_statements_as_one(anna: CalendarClient, world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.propfind(calendar_of(world.anna), "D:getetag", "C:schedule-tag", depth="1")
        return len(queries)

    a_booking(world.anna, 10)
    statements()
    one = statements()
    for day in range(1, 10):
        a_booking(world.anna, 10, day=day)
    assert statements() == one <= 6


def test_who_may_write_is_told_by_name(anna: CalendarClient, world: World) -> None:
    """Thunderbird and DAVx5 look for the single privileges."""

    def privileges(path: str) -> set[str]:
        found = anna.propfind(path, "D:current-user-privilege-set").only
        return {
            inner.tag.partition("}")[2]
            for one in found.found["D:current-user-privilege-set"]
            for inner in one
        }

    assert {"read", "write", "write-content", "bind", "unbind", "read-free-busy"} <= privileges(
        calendar_of(world.anna)
    )
    room = privileges(f"/dav/rooms/{world.shared.id}/calendar/")
    assert "read" in room
    assert not room & {"write", "write-content", "bind", "unbind", "all"}
    assert "schedule-send-freebusy" in privileges(f"/dav/calendars/{world.anna.id}/outbox/")
    assert "schedule-deliver-invite" in privileges(f"/dav/calendars/{world.anna.id}/inbox/")


def test_collections_are_not_made(anna: CalendarClient, world: World) -> None:
    home = f"/dav/calendars/{world.anna.id}/"

    def made(method: str, path: str) -> tuple[int, str]:
        answer = anna.dav(method, path)
        return answer.status_code, condition(answer) if answer.content else ""

    for method in ("MKCALENDAR", "MKCOL"):
        for name in ("neu", "neu/", "0199A3C2-7D10-7C11-9D53-0A2B6D4F8E99/"):
            assert made(method, f"{home}{name}") == (403, "D:need-privileges")
        assert made(method, f"{home}bookings/inner/") == (403, "C:calendar-collection-location-ok")
        assert made(method, f"/dav/calendars/{world.clara.id}/neu/")[0] in (403, 409)
        assert made(method, "/dav/nowhere/neu/") == (409, "")
    assert made("MKCOL", f"{home}bookings/") == (405, "")
    assert made("MKCALENDAR", f"{home}bookings/") == (403, "D:resource-must-be-null")


def test_the_one_calendar_is_not_deleted(anna: CalendarClient, world: World) -> None:
    answer = anna.dav("DELETE", calendar_of(world.anna))

    assert (answer.status_code, condition(answer)) == (403, "C:default-calendar-needed")


def test_rights_follow_from_bookings_and_are_not_set(anna: CalendarClient, world: World) -> None:
    answer = anna.dav("ACL", calendar_of(world.anna), f"<D:acl {DECLARED}/>")

    assert (answer.status_code, condition(answer)) == (403, "D:need-privileges")
    assert "<D:write-acl/>" in answer.content.decode()


@pytest.mark.parametrize("method", ["PUT", "POST", "LOCK", "UNLOCK", "PATCH", "TRACE", "BREW", "MOVE"])
def test_methods_that_do_not_exist_name_those_that_do(
    anna: CalendarClient, world: World, method: str
) -> None:
    answer = anna.dav(method, calendar_of(world.anna))

    assert answer.status_code == 405
    assert {"OPTIONS", "PROPFIND", "REPORT", "PROPPATCH"} <= set(answer["Allow"].split(", "))


def test_text_that_xml_cannot_write_does_no_harm(anna: CalendarClient, world: World) -> None:
    world.anna.name = 'Anna <Amsel> & "Söhne" ]]>'
    world.anna.save()

    shown = anna.propfind(f"/dav/principals/users/{world.anna.id}/", "D:displayname").only

    assert shown.text("D:displayname") == 'Anna <Amsel> & "Söhne" ]]>'
