# SPDX-License-Identifier: EUPL-1.2
"""How clients find calendars from an address alone (RFC 6764), and what they are told on the way."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories
from tests.factories import World
from tests.integrations.caldav.client import CalendarClient

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["GET", "HEAD", "PROPFIND", "OPTIONS", "REPORT", "PUT", "POST"])
@pytest.mark.parametrize("path", ["/.well-known/caldav", "/.well-known/caldav/"])
def test_the_well_known_address_leads_on_whatever_is_asked_and_by_whom(method: str, path: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, path)

    assert (answer.status_code, answer["Location"]) == (301, "/dav/")


def test_apple_s_calendars_find_their_way_from_the_root_of_the_host() -> None:
    assert Client().generic("PROPFIND", "/principals/")["Location"] == "/dav/principals/"
    assert Client().get("/").status_code in (200, 503), "for browsers it is the page"


def test_the_root_of_the_host_knows_who_asks(world: World) -> None:
    assert Client().generic("PROPFIND", "/").status_code == 401

    found = CalendarClient(world.anna).propfind("/", "D:current-user-principal", "D:resourcetype")

    assert list(found) == ["/"], "some clients look for the address that they asked"
    assert found.only.href("D:current-user-principal") == f"/dav/principals/users/{world.anna.id}/"
    assert found.only.names("D:resourcetype") == ["D:collection"]
    assert list(CalendarClient(world.anna).propfind("/", "D:resourcetype", depth="1")) == ["/", "/dav/"]


@pytest.mark.parametrize("root", ["/", "/dav/"])
def test_from_the_root_to_the_calendar(world: World, root: str) -> None:
    client = CalendarClient(world.anna)

    principal = client.propfind(root, "D:current-user-principal").only.href("D:current-user-principal")
    assert principal == f"/dav/principals/users/{world.anna.id}/"

    shown = client.propfind(
        principal,
        "D:displayname",
        "C:calendar-home-set",
        "C:calendar-user-address-set",
        "C:schedule-inbox-URL",
        "C:schedule-outbox-URL",
        "C:calendar-user-type",
    ).only
    assert shown.text("D:displayname") == "Anna Amsel"
    assert shown.hrefs("C:calendar-user-address-set") == [
        "mailto:anna@im.mv.example",
        principal,
        f"urn:uuid:{world.anna.id}",
    ]
    assert shown.text("C:calendar-user-type") == "INDIVIDUAL"
    home = shown.href("C:calendar-home-set")
    assert home == f"/dav/calendars/{world.anna.id}/"
    assert shown.href("C:schedule-inbox-URL") == f"{home}inbox/"
    assert shown.href("C:schedule-outbox-URL") == f"{home}outbox/"

    listed = client.propfind(home, "D:resourcetype", "D:displayname", depth="1")
    assert {href: one.names("D:resourcetype") for href, one in listed.items()} == {
        home: ["D:collection"],
        f"{home}bookings/": ["D:collection", "C:calendar"],
        f"{home}inbox/": ["D:collection", "C:schedule-inbox"],
        f"{home}outbox/": ["D:collection", "C:schedule-outbox"],
    }
    assert listed[f"{home}bookings/"].text("D:displayname") == "Videokonferenzen"


def test_a_collection_is_found_without_its_slash(world: World) -> None:
    listed = CalendarClient(world.anna).propfind(f"/dav/calendars/{world.anna.id}/bookings", "D:resourcetype")

    assert list(listed) == [f"/dav/calendars/{world.anna.id}/bookings/"]


def test_every_answer_says_what_is_spoken_here(world: World) -> None:
    """Thunderbird asks the home whether it schedules, Evolution the calendar."""
    client = CalendarClient(world.anna)
    home = f"/dav/calendars/{world.anna.id}/"
    for path in (
        "/dav/",
        f"/dav/principals/users/{world.anna.id}/",
        home,
        f"{home}bookings/",
        f"{home}inbox/",
    ):
        answer = client.dav("OPTIONS", path)
        spoken = {word.strip() for word in answer["DAV"].split(",")}
        assert answer.status_code == 200
        assert {"1", "3", "access-control", "calendar-access", "calendar-auto-schedule"} <= spoken
        assert "2" not in spoken, "there is no LOCK"
        assert {"OPTIONS", "PROPFIND"} <= {word.strip() for word in answer["Allow"].split(",")}
    assert "calendar-access" in client.dav("PROPFIND", "/dav/nothing/", Depth="0")["DAV"]


def test_a_deputy_finds_the_calendars_of_their_principals_in_their_own_home(world: World) -> None:
    factories.deputy(world.bernd, world.anna)
    home = f"/dav/calendars/{world.bernd.id}/"

    listed = CalendarClient(world.bernd).propfind(home, "D:displayname", "D:owner", depth="1")

    theirs = listed[f"{home}{world.anna.id}/"]
    assert theirs.text("D:displayname") == "Videokonferenzen: Anna Amsel"
    assert theirs.href("D:owner") == f"/dav/principals/users/{world.anna.id}/"
