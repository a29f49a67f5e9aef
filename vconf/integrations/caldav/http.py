# SPDX-License-Identifier: EUPL-1.2
"""What WebDAV (RFC 4918), CalDAV (RFC 4791) and their preferences (RFC 7240, RFC 8144) put into HTTP."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal, NoReturn
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from vconf.authorities.models import Person
from vconf.authorities.rights import Actor
from vconf.integrations.caldav import xml
from vconf.integrations.caldav.xml import BadXml, Element, read

#: what is there besides plain HTTP. No `2`: there is no LOCK. sync-collection has no token of its own.
DAV = (
    "1, 3, access-control, calendar-access, calendar-auto-schedule, calendar-proxy, extended-mkcol,"
    " calendarserver-principal-property-search"
)
XML = "application/xml; charset=utf-8"
_MINIMAL = re.compile(r"(?:^|[,;\s])return\s*=\s*\"?minimal\"?", re.IGNORECASE)
_WHOLE = re.compile(r"(?:^|[,;\s])return\s*=\s*\"?representation\"?", re.IGNORECASE)

Depth = Literal["0", "1", "infinity"]


class Refused(Exception):
    """A request that changes nothing. element: the violated precondition, such as `C:valid-calendar-data`; inner: XML
    that stands in it (RFC 4918, 16). Without an element the status says it all.
    """

    def __init__(self, status: int, element: str = "", inner: str = "") -> None:
        super().__init__(f"{status} {element}")
        self.status = status
        self.element = element
        self.inner = inner


class Call:
    """One request of somebody who has signed in.

    actor: their rights. person: themselves.
    """

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        assert actor.person is not None
        self.request = request
        self.actor = actor
        self.person: Person = actor.person
        self.person_id: UUID = actor.person.id

    def header(self, name: str) -> str:
        return self.request.headers.get(name, "").strip()

    @cached_property
    def depth(self) -> Depth | None:
        """None: not named. Raises Refused."""
        match self.header("Depth").lower():
            case "":
                return None
            case "0":
                return "0"
            case "1":
                return "1"
            case "infinity":
                return "infinity"
        raise Refused(400)

    @cached_property
    def is_minimal(self) -> bool:
        """Whether properties that are not there are left out (RFC 8144, 2.1; Apple's `Brief: t`)."""
        if self.header("Brief").lower() == "t":
            return True
        return _MINIMAL.search(self.header("Prefer")) is not None

    @cached_property
    def wants_representation(self) -> bool:
        """Whether a change is to be answered with what is there now (RFC 8144, 3)."""
        return _WHOLE.search(self.header("Prefer")) is not None

    @cached_property
    def octets(self) -> bytes:
        """The whole body. Raises Refused beyond VCONF_MAX_BODY_BYTES."""
        try:
            body = self.request.body
        except RequestDataTooBig as error:
            raise Refused(413, _too_large(self.request.method)) from error
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise Refused(413, _too_large(self.request.method))
        return body

    def document(self) -> Element | None:
        """The body as XML, whatever Content-Type says; None if there is none. Raises Refused."""
        if not self.octets.strip():
            return None
        try:
            return read(self.octets)
        except BadXml as error:
            raise Refused(400) from error


def multistatus(call: Call, parts: list[str]) -> HttpResponse:
    """207 with these responses (RFC 4918, 13)."""
    answer = HttpResponse(xml.document("D:multistatus", *parts), status=207, content_type=XML)
    if call.is_minimal:
        answer["Preference-Applied"] = "return=minimal"
    return answer


def status_response(href: str, status: str, condition: str = "") -> str:
    """A response without properties: `HTTP/1.1 404 Not Found` for an address (RFC 4918, 14.24)."""
    error = f"<D:error><{condition}/></D:error>" if condition else ""
    return f"<D:response>{xml.href(href)}<D:status>{status}</D:status>{error}</D:response>"


def error_response(status: int, element: str = "", inner: str = "") -> HttpResponse:
    """A refusal, with the violated precondition if there is a name for it (RFC 4918, 16)."""
    if not element:
        return HttpResponse(status=status)
    body = xml.document("D:error", xml.element(element, inner))
    return HttpResponse(body, status=status, content_type=XML)


def too_large(method: str | None) -> HttpResponse:
    """To a body that is not read: 413, for an object by its name (RFC 4791, 5.3.2.1)."""
    return error_response(413, _too_large(method))


def _too_large(method: str | None) -> str:
    return "C:max-resource-size" if method == "PUT" else ""


def need_privileges(href: str, privilege: str) -> NoReturn:
    """RFC 3744, 7.1.1: it may be seen, but not done."""
    resource = f"<D:resource>{xml.href(href)}<D:privilege><{privilege}/></D:privilege></D:resource>"
    raise Refused(403, "D:need-privileges", resource)
