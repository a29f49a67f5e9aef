# SPDX-License-Identifier: EUPL-1.2
"""expand-property (RFC 3253, 3.8): properties that hold addresses, answered with what lies at these."""

from __future__ import annotations

import html
import re

from django.http import HttpResponse

from vconf.integrations.caldav import xml
from vconf.integrations.caldav.finding import find
from vconf.integrations.caldav.http import Call, Refused, multistatus, status_response
from vconf.integrations.caldav.names import short
from vconf.integrations.caldav.properties import properties_of
from vconf.integrations.caldav.propfind import propstats
from vconf.integrations.caldav.resources import Resource
from vconf.integrations.caldav.xml import Element

#: properties within properties
MOST_DEPTH = 4
#: resources in one answer
MOST_RESOURCES = 500

_HREF = re.compile(r"<D:href>([^<]*)</D:href>")


def expand_property(call: Call, resource: Resource, document: Element) -> HttpResponse:
    """Of the resource alone, and of what its properties lead to."""
    return multistatus(call, [_Expansion(call).response(resource, document, depth=1)])


class _Expansion:
    def __init__(self, call: Call) -> None:
        self._call = call
        self._count = 0

    def response(self, resource: Resource, wanted: Element, *, depth: int) -> str:
        self._count += 1
        if depth > MOST_DEPTH or self._count > MOST_RESOURCES:
            raise Refused(403)
        known = properties_of(type(resource))
        found, missing = [], []
        for one in wanted.all("D:property"):
            name = _name_of(one)
            read = known.get(name)
            value = None if read is None else read.read(resource, self._call)
            if value is None:
                missing.append(xml.element(name))
                continue
            if one.child("D:property") is not None:
                value = _HREF.sub(lambda hit, one=one: self._follow(hit[1], one, depth), value)  # type: ignore[misc]
            found.append(xml.element(name, value))
        return f"<D:response>{xml.href(resource.href)}{propstats(self._call, found, missing)}</D:response>"

    def _follow(self, escaped: str, wanted: Element, depth: int) -> str:
        href = html.unescape(escaped)
        resource = find(self._call, href)
        if resource is None:
            return status_response(href, "HTTP/1.1 404 Not Found")
        return self.response(resource, wanted, depth=depth + 1)


def _name_of(one: Element) -> str:
    """A property is named by attributes here. Raises Refused."""
    name, namespace = one.attributes.get("name", ""), one.attributes.get("namespace", "DAV:")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]*", name):
        raise Refused(400)
    return short(f"{{{namespace}}}{name}")
