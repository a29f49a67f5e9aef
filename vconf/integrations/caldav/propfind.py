# SPDX-License-Identifier: EUPL-1.2
"""PROPFIND (RFC 4918, 9.1), and the answer that reports share with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

from django.http import HttpResponse

from vconf.integrations.caldav import xml
from vconf.integrations.caldav.http import Call, Refused, multistatus
from vconf.integrations.caldav.properties import Property, Read, properties_of
from vconf.integrations.caldav.resources import Resource
from vconf.integrations.caldav.xml import Element

#: properties that one request may name
MOST_NAMES = 500

_OK = "<D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
_MISSING = "<D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>"


def propfind(call: Call, resource: Resource) -> HttpResponse:
    """Depth 0 and 1; infinity only where there is nothing below (RFC 4918, 9.1.1)."""
    if call.depth in (None, "infinity") and resource.is_collection:
        raise Refused(403, "D:propfind-finite-depth")
    wish = Wish.read(call.document())
    below = resource.members(call) if call.depth == "1" else ()
    return multistatus(call, [wish.response(call, one) for one in (resource, *below)])


class Wish:
    """Which properties are asked for. names: None for all that are listed (allprop); only_names: propname."""

    def __init__(
        self, names: Sequence[str] | None, *, more: Sequence[str] = (), only_names: bool = False
    ) -> None:
        self._names = names
        self._more = more
        self._only_names = only_names
        self._named: dict[type[Resource], list[_Named]] = {}

    @classmethod
    def read(cls, document: Element | None) -> Wish:
        """From a body of PROPFIND or a report; without one all properties are meant. Raises Refused."""
        if document is None or document.child("D:allprop") is not None:
            include = document.child("D:include") if document is not None else None
            return cls(None, more=_names_in(include))
        if document.child("D:propname") is not None:
            return cls(None, only_names=True)
        prop = document.child("D:prop")
        if prop is None:
            raise Refused(400)
        return cls(_names_in(prop))

    @classmethod
    def of_report(cls, document: Element) -> Wish:
        """The same, but a report need not ask for any. Raises Refused."""
        asks = any(document.child(name) is not None for name in ("D:prop", "D:allprop", "D:propname"))
        return cls.read(document) if asks else cls(())

    def response(self, call: Call, resource: Resource, *, href: str | None = None) -> str:
        """D:response of one resource, under its own address or the one that was asked for."""
        where = xml.href(resource.href if href is None else href)
        return f"<D:response>{where}{self.propstats(call, resource)}</D:response>"

    def propstats(self, call: Call, resource: Resource) -> str:
        set_ = resource.look(call)
        if self._names is not None and not set_:
            return self._as_worked_out(call, resource)
        known = properties_of(type(resource))
        if self._only_names:
            return _propstat(map(xml.element, dict.fromkeys((*known, *set_))), _OK)
        names: Iterable[str]
        if self._names is None:
            listed = (name for name, one in known.items() if one.listed)
            names = dict.fromkeys((*listed, *set_, *self._more))
        else:
            names = self._names
        found: list[str] = []
        missing: list[str] = []
        for name in names:
            one = known.get(name)
            value = set_.get(name)
            if value is None and one is not None:
                value = one.read(resource, call)
            if value is not None:
                found.append(xml.element(name, value))
            elif self._names is not None:
                missing.append(xml.element(name))
        return propstats(call, found, missing)

    def _as_worked_out(self, call: Call, resource: Resource) -> str:
        """The same for what nobody sets anything of, such as ten thousand objects."""
        found: list[str] = []
        missing: list[str] = []
        for one in self._named_of(type(resource)):
            value = None if one.read is None else one.read(resource, call)
            if value:
                found.append(f"{one.opened}{value}{one.closed}")
            else:
                (missing if value is None else found).append(one.empty)
        return propstats(call, found, missing)

    def _named_of(self, kind: type[Resource]) -> list[_Named]:
        if kind not in self._named:
            known = properties_of(kind)
            self._named[kind] = [_Named.of(name, known.get(name)) for name in self._names or ()]
        return self._named[kind]


class _Named(NamedTuple):
    """A property that is asked for: how it is read, if it is known, and what is written around it."""

    read: Read | None
    opened: str
    closed: str
    empty: str

    @classmethod
    def of(cls, name: str, known: Property | None) -> Self:
        opened, _, closed = xml.element(name, "\0").partition("\0")
        return cls(None if known is None else known.read, opened, closed, xml.element(name))


def propstats(call: Call, found: Sequence[str], missing: Sequence[str]) -> str:
    """What is there with 200, what is not with 404, unless the client does not care (RFC 8144, 2.1)."""
    there = _propstat(found, _OK) if found or call.is_minimal or not missing else ""
    return there + (_propstat(missing, _MISSING) if missing and not call.is_minimal else "")


def _names_in(prop: Element | None) -> list[str]:
    names = [] if prop is None else list(dict.fromkeys(one.name for one in prop.children))
    if len(names) > MOST_NAMES:
        raise Refused(403)
    return names


def _propstat(properties: Iterable[str], status: str) -> str:
    return f"<D:propstat><D:prop>{''.join(properties)}</D:prop>{status}"
