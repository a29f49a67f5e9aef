# SPDX-License-Identifier: EUPL-1.2
"""What calendar clients ask when they are set up and when they sync, in their order and with their headers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from tests import factories
from tests.factories import World
from tests.integrations.caldav.calendars import a_booking, address, calendar_of
from tests.integrations.caldav.client import DECLARED, CalendarClient, Responses, propfind

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    cache.clear()
    return factories.world()


@pytest.fixture
def anna(world: World) -> CalendarClient:
    return CalendarClient(world.anna)


@pytest.fixture
def home(world: World) -> str:
    return f"/dav/calendars/{world.anna.id}/"


def without_password(method: str, path: str, **headers: str) -> int:
    """Every client tries so first."""
    status: int = CalendarClient(None).dav(method, path, **headers).status_code
    return status


def sync_body(token: str = "", limit: int | None = None) -> str:
    cut = f"<D:limit><D:nresults>{limit}</D:nresults></D:limit>" if limit else ""
    return (
        f"<D:sync-collection {DECLARED}><D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>{cut}"
        "<D:prop><D:getcontenttype/><D:getetag/></D:prop></D:sync-collection>"
    )


def multiget_body(*hrefs: str, more: str = "") -> str:
    inner = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    return (
        f"<C:calendar-multiget {DECLARED}><D:prop><D:getetag/><C:calendar-data/>{more}</D:prop>{inner}"
        "</C:calendar-multiget>"
    )


def query_body(inside: str = "", component: str = "VEVENT", prop: str = "<D:getetag/>") -> str:
    return (
        f"<C:calendar-query {DECLARED}><D:prop>{prop}</D:prop><C:filter><C:comp-filter name='VCALENDAR'>"
        f"<C:comp-filter name='{component}'>{inside}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    )


def days(before: int, after: int | None = None) -> str:
    now = datetime.now(UTC)
    end = f' end="{now + timedelta(days=after):%Y%m%dT%H%M%SZ}"' if after is not None else ""
    return f'<C:time-range start="{now - timedelta(days=before):%Y%m%dT%H%M%SZ}"{end}/>'


def test_thunderbird(anna: CalendarClient, world: World, home: str) -> None:
    booked = address(a_booking(world.anna), world.anna)
    assert anna.dav("PROPFIND", "/.well-known/caldav", Depth="0")["Location"] == "/dav/"
    assert without_password("PROPFIND", "/dav/", Depth="0") == 401
    first = anna.propfind(
        *("/dav/", "D:resourcetype", "D:owner", "D:displayname", "D:current-user-principal"),
        *("D:current-user-privilege-set", "A:calendar-color", "C:calendar-home-set"),
    ).only
    principal = first.href("D:current-user-principal")
    assert anna.propfind(principal, "C:calendar-home-set").only.href("C:calendar-home-set") == home
    listed = anna.propfind(
        *(home, "D:resourcetype", "D:displayname", "D:current-user-privilege-set", "A:calendar-color"),
        depth="1",
    )
    (calendar,) = (href for href, one in listed.items() if "C:calendar" in one.names("D:resourcetype"))

    about = anna.propfind(
        *(calendar, "D:resourcetype", "D:owner", "D:current-user-principal", "D:current-user-privilege-set"),
        *("D:supported-report-set", "C:supported-calendar-component-set", "CS:getctag"),
    ).only
    assert about.missing == set()
    reports = [one.tag for one in about.found["D:supported-report-set"].iter()]
    assert "{DAV:}sync-collection" in reports
    assert "calendar-auto-schedule" in anna.dav("OPTIONS", home)["DAV"]
    scheduling = anna.propfind(
        *(principal, "C:calendar-home-set", "C:calendar-user-address-set"),
        *("C:schedule-inbox-URL", "C:schedule-outbox-URL"),
    ).only
    assert "mailto:anna@im.mv.example" in scheduling.hrefs("C:calendar-user-address-set")
    assert scheduling.missing == set()

    found = anna.report(calendar, sync_body(), depth="1")
    assert list(found) == [booked]
    assert found.only.found.keys() == {"D:getcontenttype", "D:getetag"}
    assert "BEGIN:VEVENT" in anna.report(calendar, multiget_body(booked)).only.text("C:calendar-data")
    assert anna.report(calendar, sync_body(found.token), depth="1") == {}


def test_evolution(anna: CalendarClient, world: World, home: str) -> None:
    booked = address(a_booking(world.anna), world.anna)
    wanted = ("D:resourcetype", "D:current-user-principal", "D:principal-URL", "C:calendar-home-set")
    first = anna.propfind("/dav/", *wanted, "C:calendar-user-address-set").only
    principal = first.href("D:current-user-principal")
    assert anna.propfind(principal, *wanted, "C:calendar-user-address-set").only.missing == set()
    listed = anna.propfind(
        *(
            home,
            "D:resourcetype",
            "CS:source",
            "C:supported-calendar-component-set",
            "D:displayname",
            "D:getetag",
        ),
        *("CS:getctag", "C:calendar-description", "A:calendar-color", "A:calendar-order"),
        depth="1",
    )
    calendar = calendar_of(world.anna)
    component = listed[calendar].found["C:supported-calendar-component-set"][0]
    assert component.attrib == {"name": "VEVENT"}

    assert without_password("OPTIONS", calendar) == 401
    assert "calendar-auto-schedule" in anna.dav("OPTIONS", calendar)["DAV"]
    anna.propfind(calendar, "D:current-user-privilege-set")
    ctags = {anna.propfind(calendar, "CS:getctag").only.text("CS:getctag") for _ in range(2)}
    assert len(ctags) == 1
    assert anna.report(calendar, query_body(days(35, 35))) == {}, "it is booked for a year ahead"
    assert list(anna.report(calendar, query_body())) == [booked]
    assert len(anna.report(calendar, multiget_body(booked))) == 1


def test_vdirsyncer(anna: CalendarClient, world: World, home: str) -> None:
    booked = address(a_booking(world.anna), world.anna)
    anna.propfind("/dav/", "D:current-user-principal")
    calendar = calendar_of(world.anna)
    anna.propfind(calendar, "D:displayname", "A:calendar-color")
    prop = "<D:getcontenttype/><D:getetag/>"

    listed = anna.report(calendar, query_body(prop=prop))

    assert list(listed) == [booked]
    assert list(anna.report(calendar, multiget_body(*listed))) == [booked]


def test_apple(anna: CalendarClient, world: World, home: str) -> None:
    booked = address(a_booking(world.anna), world.anna)
    for path in ("/.well-known/caldav", "/principals/"):
        assert anna.dav("PROPFIND", path, Depth="0").status_code == 301
    assert anna.dav("PROPFIND", "/", Depth="0").status_code == 207
    first = anna.propfind("/dav/", "D:current-user-principal", "D:principal-URL", "D:resourcetype").only
    principal = first.href("D:current-user-principal")
    about = anna.propfind(
        *(principal, "C:calendar-home-set", "C:calendar-user-address-set", "C:schedule-inbox-URL"),
        *("C:schedule-outbox-URL", "CS:dropbox-home-URL", "CS:email-address-set", "CS:notification-URL"),
        *("D:current-user-principal", "D:displayname", "D:principal-collection-set", "D:principal-URL"),
        *(
            "D:resource-id",
            "D:supported-report-set",
            "CS:calendar-proxy-read-for",
            "CS:calendar-proxy-write-for",
        ),
        Brief="t",
    ).only
    assert about.href("D:principal-collection-set") == "/dav/principals/"
    assert about.missing == set(), "Brief"
    assert anna.dav("OPTIONS", principal).status_code == 200
    listed = anna.propfind(
        *(home, "CS:getctag", "D:sync-token", "A:calendar-color", "A:calendar-order", "CS:pre-publish-url"),
        *(
            "CS:publish-url",
            "CS:push-transports",
            "CS:pushkey",
            "C:default-alarm-vevent-date",
            "D:quota-used-bytes",
        ),
        *("C:supported-calendar-component-sets", "C:supported-calendar-component-set", "D:resourcetype"),
        *(
            "D:displayname",
            "D:owner",
            "C:schedule-calendar-transp",
            "C:schedule-default-calendar-URL",
            "CS:source",
        ),
        *("D:add-member", "D:supported-report-set", "C:calendar-timezone", "C:calendar-description"),
        *("C:calendar-free-busy-set", "C:max-attendees-per-instance", "D:current-user-privilege-set"),
        depth="1",
    )
    calendar = listed[calendar_of(world.anna)]
    assert calendar.text("CS:getctag") == calendar.text("D:sync-token")
    assert listed[f"{home}inbox/"].href("C:schedule-default-calendar-URL") == calendar_of(world.anna)

    found = anna.report(calendar_of(world.anna), sync_body(), depth="1")
    assert list(found) == [booked]
    more = "<CS:created-by/><CS:updated-by/><C:schedule-tag/>"
    assert len(anna.report(calendar_of(world.anna), multiget_body(booked, more=more))) == 1
    anna.propfind(f"{home}inbox/", "CS:getctag", "D:getetag", depth="1")


def test_davx5(anna: CalendarClient, world: World, home: str) -> None:
    booked = address(a_booking(world.anna), world.anna)
    assert without_password("PROPFIND", "/dav/", Depth="0") == 401
    principal = anna.propfind("/dav/", "D:current-user-principal").only.href("D:current-user-principal")
    about = anna.propfind(
        *(
            principal,
            "C:calendar-home-set",
            "C:calendar-user-address-set",
            "D:displayname",
            "D:group-membership",
        )
    ).only
    assert about.missing == set()
    listed = anna.propfind(
        *(home, "D:resourcetype", "D:displayname", "A:calendar-color", "C:calendar-description"),
        *("C:calendar-timezone", "C:calendar-timezone-id", "C:supported-calendar-component-set"),
        *("D:current-user-privilege-set", "CS:source", "D:supported-report-set", "D:sync-token", "D:owner"),
        depth="1",
    )
    calendar = listed[calendar_of(world.anna)]
    assert "BEGIN:VTIMEZONE" in calendar.text("C:calendar-timezone")
    assert calendar.text("C:calendar-timezone-id") == "Europe/Berlin"

    found = anna.report(calendar_of(world.anna), sync_body(limit=5000), depth="0")
    assert list(found) == [booked]
    fetched = anna.report(calendar_of(world.anna), multiget_body(booked, more="<C:schedule-tag/>")).only
    assert fetched.text("C:schedule-tag").startswith('"')
    assert list(anna.report(calendar_of(world.anna), query_body(days(90)))) == [booked]


def test_kde(anna: CalendarClient, world: World, home: str) -> None:
    booked = address(a_booking(world.anna), world.anna)
    principal = anna.propfind("/dav/", "D:current-user-principal").only.href("D:current-user-principal")
    anna.propfind(principal, "C:calendar-home-set")
    anna.propfind(home, "D:displayname", "D:resourcetype", "CS:getctag", depth="1")
    for component, hits in (("VEVENT", [booked]), ("VTODO", []), ("VJOURNAL", [])):
        prop = "<D:getetag/><D:resourcetype/>"
        assert list(anna.report(calendar_of(world.anna), query_body(component=component, prop=prop))) == hits
    assert len(anna.report(calendar_of(world.anna), multiget_body(booked))) == 1


def test_outlook_caldav_synchronizer(anna: CalendarClient, world: World, home: str) -> None:
    a_booking(world.anna)
    principal = anna.propfind("/dav/", "D:current-user-principal").only.href("D:current-user-principal")
    anna.propfind(principal, "C:calendar-home-set", "D:displayname")
    listed = anna.propfind(
        *(home, "D:resourcetype", "D:displayname", "A:calendar-color", "C:supported-calendar-component-set"),
        *("D:current-user-privilege-set", "D:supported-report-set"),
        depth="1",
    )
    assert calendar_of(world.anna) in listed
    assert "calendar-access" in anna.dav("OPTIONS", calendar_of(world.anna))["DAV"]

    assert anna.report(calendar_of(world.anna), query_body(days(60, 365))) == {}
    assert len(anna.report(calendar_of(world.anna), query_body(days(60, 500)))) == 1


def test_python_caldav_asks_for_a_calendar_and_lives_without(anna: CalendarClient, home: str) -> None:
    body = f"<C:mkcalendar {DECLARED}><D:set><D:prop><D:displayname>Neu</D:displayname></D:prop></D:set></C:mkcalendar>"

    assert anna.dav("MKCALENDAR", f"{home}neu/", body).status_code == 403
    assert set(Responses.read(anna.dav("PROPFIND", home, propfind("D:resourcetype"), Depth="1"))) == {
        home,
        f"{home}bookings/",
        f"{home}inbox/",
        f"{home}outbox/",
    }
