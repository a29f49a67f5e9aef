# SPDX-License-Identifier: EUPL-1.2
"""A calendar client against the whole of vconf, over real HTTP: the methods of WebDAV through the web server."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from tests.integrations.caldav.client import DECLARED, basic, propfind
from tests.live_server import LiveServer, with_demo

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def vconf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(with_demo(tmp_path_factory.mktemp("vconf"))) as server:
        yield server


@pytest.fixture(scope="module")
def credentials(vconf: LiveServer) -> dict[str, str]:
    password = vconf.manage("create_calendar_password", "anna@im.mv.example").strip()
    return {"Authorization": basic("anna%40im.mv.example", password)}


def ask(
    vconf: LiveServer, method: str, path: str, body: str | bytes = "", **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", vconf.port, timeout=30)
    try:
        connection.request(method, path, body.encode() if isinstance(body, str) else body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_a_client_finds_its_calendar(vconf: LiveServer, credentials: dict[str, str]) -> None:
    status, headers, _ = ask(vconf, "PROPFIND", "/.well-known/caldav", Depth="0")
    assert (status, headers["Location"]) == (301, "/dav/")
    status, headers, _ = ask(vconf, "PROPFIND", "/dav/", Depth="0")
    assert status == 401
    assert headers["WWW-Authenticate"].startswith('Basic realm="vconf"')

    path = "/dav/"
    for name in ("{DAV:}current-user-principal", "{urn:ietf:params:xml:ns:caldav}calendar-home-set"):
        short = "D:current-user-principal" if "current" in name else "C:calendar-home-set"
        status, _, body = ask(vconf, "PROPFIND", path, propfind(short), Depth="0", **credentials)
        assert status == 207
        path = ElementTree.fromstring(body).findtext(f".//{name}/{{DAV:}}href") or ""
    status, headers, body = ask(vconf, "OPTIONS", path, **credentials)
    assert (status, body) == (200, b"")
    assert "calendar-auto-schedule" in headers["DAV"]
    status, _, body = ask(vconf, "PROPFIND", path, propfind("D:resourcetype"), Depth="1", **credentials)
    assert status == 207
    assert body.count(b"<C:calendar/>") == 1

    day = f"{datetime.now(UTC) + timedelta(days=9):%Y%m%d}"
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:door@test\r\n"
        f"DTSTAMP:{day}T000000Z\r\nDTSTART:{day}T090000Z\r\nDTEND:{day}T100000Z\r\nSUMMARY:Lage\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    headers_of_put = {"Content-Type": "text/calendar; charset=utf-8", "If-None-Match": "*", **credentials}
    status, _, _ = ask(vconf, "PUT", f"{path}bookings/door.ics", event, **headers_of_put)
    assert status == 201

    query = (
        f"<C:calendar-query {DECLARED}><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter>"
        '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter></C:calendar-query>'
    )
    status, headers, body = ask(vconf, "REPORT", f"{path}bookings/", query, Depth="1", **credentials)
    assert status == 207
    assert headers["Content-Type"] == "application/xml; charset=utf-8"
    assert b"SUMMARY:Lage" in body
    assert f"{path}bookings/door.ics".encode() in body


@pytest.mark.parametrize(
    "method", ["PROPPATCH", "MKCALENDAR", "MKCOL", "MOVE", "COPY", "ACL", "DELETE", "LOCK"]
)
def test_every_method_gets_through_the_web_server(
    vconf: LiveServer, credentials: dict[str, str], method: str
) -> None:
    status, headers, _ = ask(vconf, method, "/dav/principals/", **credentials)

    assert status in (400, 403, 405)
    assert "calendar-access" in headers["DAV"]


def test_a_body_without_a_length_is_read(vconf: LiveServer, credentials: dict[str, str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", vconf.port, timeout=30)
    try:
        pieces = iter([propfind("D:displayname")[:30].encode(), propfind("D:displayname")[30:].encode()])
        headers = {"Depth": "0", "Transfer-Encoding": "chunked", **credentials}
        connection.request("PROPFIND", "/dav/", pieces, headers, encode_chunked=True)
        answer = connection.getresponse()
        assert (answer.status, b"displayname" in answer.read()) == (207, True)
    finally:
        connection.close()


def test_a_body_that_is_too_large_is_not_read(vconf: LiveServer, credentials: dict[str, str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", vconf.port, timeout=30)
    try:
        headers = {"Content-Length": "2000000", **credentials}
        connection.request("REPORT", "/dav/", b"<", headers)
        assert connection.getresponse().status == 413
    finally:
        connection.close()
