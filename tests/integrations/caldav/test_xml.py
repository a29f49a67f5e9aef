# SPDX-License-Identifier: EUPL-1.2
"""XML from outside: bounded, without DTD and entities (R5.4), read by namespace and never by prefix."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.integrations.caldav.client import DECLARED, CalendarClient
from vconf.integrations.caldav import xml

NAME = "<displayname xmlns='DAV:'/>"


def test_the_prefix_does_not_matter() -> None:
    for body in (
        b'<D:propfind xmlns:D="DAV:"><D:prop><C:x xmlns:C="urn:ietf:params:xml:ns:caldav"/></D:prop></D:propfind>',
        b"<propfind xmlns='DAV:'><prop><x xmlns='urn:ietf:params:xml:ns:caldav'/></prop></propfind>",
        b'<C:propfind xmlns:C="DAV:" xmlns:D="urn:ietf:params:xml:ns:caldav"><C:prop><D:x/></C:prop></C:propfind>',
    ):
        root = xml.read(body)
        assert root.name == "D:propfind"
        prop = root.child("D:prop")
        assert prop is not None
        assert [one.name for one in prop.children] == ["C:x"]


def test_a_name_of_a_foreign_namespace_keeps_it() -> None:
    root = xml.read(b'<a xmlns="urn:x"><DAV/></a>')

    assert root.name == "{urn:x}a"
    assert xml.element(root.name) == '<a xmlns="urn:x"/>'


BOMBS = {
    "billion laughs": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
    "quadratic": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><x>' + b"&a;" * 5_000 + b"</x>",
    "a file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>',
    "a bare DTD": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
    "depth": b"<a>" * 100_000,
    "closed depth": b"<a>" * 60 + b"</a>" * 60,
    "many elements": b"<a>" + b"<b/>" * 20_001 + b"</a>",
    "size": b"<a>" + b" " * 1_000_000 + b"</a>",
    "not XML": b"\x00\xff<",
    "nothing": b"   ",
    "unheard of encoding": b'<?xml version="1.0" encoding="x-none"?><a/>',
    "multi-byte encoding": b'<?xml version="1.0" encoding="shift_jis"?><a/>',
    "unknown entity": b"<a>&nbsp;</a>",
    "two roots": b"<a/><a/>",
    "unfinished": b"<a><b></a>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused(name: str) -> None:
    with pytest.raises(xml.BadXml):
        xml.read(BOMBS[name])


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in BOMBS if name not in ("nothing", "size")])
def test_a_client_that_sends_one_gets_a_plain_refusal(name: str) -> None:
    client = CalendarClient(factories.world().anna)
    for method in ("PROPFIND", "REPORT", "PROPPATCH"):
        answer = client.dav(method, "/dav/", BOMBS[name], Depth="0")
        assert answer.status_code in (400, 405), method
        assert len(answer.content) < 300


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server that must not be asked, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
def test_nothing_that_a_body_names_is_fetched(canary: tuple[str, list[str]]) -> None:
    address, asked = canary
    client = CalendarClient(factories.world().anna)
    for doctype in (
        f'<!DOCTYPE D:propfind SYSTEM "{address}/dtd">',
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "{address}/e">]>',
    ):
        body = f"<?xml version='1.0'?>{doctype}<D:propfind {DECLARED}><D:prop>{NAME}</D:prop></D:propfind>"
        assert client.dav("PROPFIND", "/dav/", body, Depth="0").status_code == 400
    asks = f"<D:propfind {DECLARED}><D:prop>{NAME}</D:prop></D:propfind>"
    stylesheet = f"<?xml version='1.0'?><?xml-stylesheet href='{address}/s'?>{asks}"
    assert client.dav("PROPFIND", "/dav/", stylesheet, Depth="0").status_code == 207

    assert asked == []


@pytest.mark.django_db
def test_whatever_content_type_says_the_body_is_read() -> None:
    client = CalendarClient(factories.world().anna)
    body = f"<D:propfind {DECLARED}><D:prop>{NAME}</D:prop></D:propfind>"
    for kind in ("text/xml", "application/octet-stream", "text/calendar", ""):
        assert client.dav("PROPFIND", "/dav/", body, Depth="0", Content_Type=kind).status_code == 207


@given(st.text())
def test_any_text_comes_back_but_for_what_xml_cannot_write(text: str) -> None:
    octets = xml.document("D:x", xml.text(text))

    back = xml.read(octets).text

    assert back.replace("\n", "") == xml._UNWRITABLE.sub("", text).replace("\r\n", "\n").replace(
        "\r", "\n"
    ).replace("\n", "")


@given(st.binary())
def test_any_octets_make_a_well_formed_answer(octets: bytes) -> None:
    xml.read(xml.document("D:x", xml.octets_as_text(octets)))


@given(st.text(), st.text())
def test_attributes_cannot_be_left(namespace: str, inside: str) -> None:
    written = xml.document("D:x", f'<D:y a="{xml.attribute(inside)}">{xml.text(namespace)}</D:y>')

    assert [one.name for one in xml.read(written).children] == ["D:y"]


def test_nothing_is_kept_of_what_clients_call_things() -> None:
    """Otherwise a few thousand long names of one client would fill the memory of everybody's process."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(50):
            xml.read(f"<a><x{number:0100000}/></a>".encode())
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert kept < 500_000
