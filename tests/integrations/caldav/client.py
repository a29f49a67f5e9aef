# SPDX-License-Identifier: EUPL-1.2
"""A calendar client: sends what it is told, reads the XML that comes back by a parser and names of its own."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from django.test import Client

from vconf.authorities.calendar_passwords import create_calendar_password
from vconf.authorities.models import Person
from vconf.authorities.rights import Actor

NS = {
    "D": "DAV:",
    "C": "urn:ietf:params:xml:ns:caldav",
    "CS": "http://calendarserver.org/ns/",
    "A": "http://apple.com/ns/ical/",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


class CalendarClient(Client):
    """Signs in with a calendar password of the person; None: with nothing."""

    def __init__(self, person: Person | None, *, name: str = "") -> None:
        super().__init__()
        self.person = person
        if person is not None:
            password = create_calendar_password(person, "test", actor=Actor.system())[1]
            self.defaults["HTTP_AUTHORIZATION"] = basic(name or person.email, password)

    def dav(self, method: str, path: str, body: str | bytes = "", **headers: str) -> Any:
        """headers: `Depth="1"`, `If_Match=...`."""
        named: dict[str, Any] = {
            f"HTTP_{key.upper()}": value for key, value in headers.items() if key != "Content_Type"
        }
        kind = headers.get("Content_Type", "application/xml; charset=utf-8")
        data = body.encode() if isinstance(body, str) else body
        return self.generic(method, path, data, content_type=kind, **named)

    def propfind(self, path: str, *names: str, depth: str = "0", **headers: str) -> Responses:
        """PROPFIND for these properties (`D:displayname`), read."""
        answer = self.dav("PROPFIND", path, propfind(*names), Depth=depth, **headers)
        return Responses.read(answer)

    def report(self, path: str, body: str, depth: str = "1", **headers: str) -> Responses:
        return Responses.read(self.dav("REPORT", path, body, Depth=depth, **headers))


def propfind(*names: str) -> str:
    inner = "".join(f"<{name}/>" for name in names)
    return f'<?xml version="1.0"?><D:propfind {DECLARED}><D:prop>{inner}</D:prop></D:propfind>'


@dataclass
class Response:
    """One D:response. found: name -> element; missing: names with 404; refused: name -> other status."""

    status: str = ""
    found: dict[str, ElementTree.Element] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    error: str = ""

    def text(self, name: str) -> str:
        return self.found[name].text or ""

    def href(self, name: str) -> str:
        """The one address in a property."""
        (found,) = self.hrefs(name)
        return found

    def hrefs(self, name: str) -> list[str]:
        return [one.text or "" for one in self.found[name].findall("D:href", NS)]

    def names(self, name: str) -> list[str]:
        """The elements in a property."""
        return [prefixed(one.tag) for one in self.found[name]]


class Responses(dict[str, Response]):
    """A 207: href -> response, in the order they came. token: D:sync-token."""

    token: str = ""
    answer: Any = None

    @classmethod
    def read(cls, answer: Any) -> Responses:
        assert answer.status_code == 207, (answer.status_code, answer.content[:500])
        assert answer["Content-Type"] == "application/xml; charset=utf-8"
        root = ElementTree.fromstring(answer.content)
        assert root.tag == "{DAV:}multistatus"
        found = cls()
        found.answer = answer
        found.token = root.findtext("D:sync-token", "", NS)
        for one in root.findall("D:response", NS):
            response = Response(status=code(one.findtext("D:status", "", NS)))
            error = one.find("D:error", NS)
            response.error = "" if error is None else prefixed(error[0].tag)
            for propstat in one.findall("D:propstat", NS):
                status = code(propstat.findtext("D:status", "", NS))
                for prop in propstat.findall("D:prop/*", NS):
                    name = prefixed(prop.tag)
                    if status == "200":
                        response.found[name] = prop
                    elif status == "404":
                        response.missing.add(name)
                    else:
                        response.refused[name] = status
            href = one.findtext("D:href", "", NS)
            assert href not in found, f"two responses for {href}"
            found[href] = response
        return found

    @property
    def only(self) -> Response:
        (response,) = self.values()
        return response


def code(status: str) -> str:
    """`HTTP/1.1 404 Not Found` -> `404`."""
    return status.split(" ")[1] if status else ""


def prefixed(tag: str) -> str:
    """`{DAV:}href` -> `D:href`."""
    for prefix, uri in NS.items():
        if tag.startswith(f"{{{uri}}}"):
            return f"{prefix}:{tag[len(uri) + 2 :]}"
    return tag


def condition(answer: Any) -> str:
    """The violated precondition in the body of a refusal."""
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "{DAV:}error", root.tag
    return prefixed(root[0].tag)
