# SPDX-License-Identifier: EUPL-1.2
"""PROPPATCH (RFC 4918, 9.2): all or nothing. What can be set is how a person has a calendar shown to themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from zoneinfo import available_timezones

from django.http import HttpResponse

from vconf.integrations.caldav import paths, xml
from vconf.integrations.caldav.boxes import Inbox
from vconf.integrations.caldav.calendars import CalendarCollection
from vconf.integrations.caldav.http import Call, Refused, multistatus
from vconf.integrations.caldav.looks import keep_look
from vconf.integrations.caldav.properties import properties_of
from vconf.integrations.caldav.resources import Resource
from vconf.integrations.caldav.xml import Element

#: properties of one request
MOST_CHANGES = 100
#: characters of what we do not know
LONGEST = 4_000

PROTECTED = "D:cannot-modify-protected-property"
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")
#: the names that every client which sends one knows (CSS 2.1, 4.3.6); kept as clients read them
_NAMED_COLOURS = {
    "aqua": "#00FFFF",
    "black": "#000000",
    "blue": "#0000FF",
    "fuchsia": "#FF00FF",
    "gray": "#808080",
    "green": "#008000",
    "lime": "#00FF00",
    "maroon": "#800000",
    "navy": "#000080",
    "olive": "#808000",
    "orange": "#FFA500",
    "purple": "#800080",
    "red": "#FF0000",
    "silver": "#C0C0C0",
    "teal": "#008080",
    "white": "#FFFFFF",
    "yellow": "#FFFF00",
}


class _Wrong(Exception):
    """This value cannot be kept. The text is the condition, or empty."""


def proppatch(call: Call, resource: Resource) -> HttpResponse:
    """Of calendars; of an inbox the default calendar, which it has anyway. Of all else everything is protected."""
    changes = _changes(call.document())
    known = _SETTABLE if isinstance(resource, CalendarCollection) else {}
    wanted: dict[str, str | None] = {}
    wrong: dict[str, str] = {}
    for name, value in changes.items():
        try:
            if isinstance(resource, Inbox) and name == "C:schedule-default-calendar-URL":
                _check_default_calendar(resource, value)
            elif name in known:
                wanted[name] = None if value is None else known[name](value)
            elif name in properties_of(type(resource)) or not isinstance(resource, CalendarCollection):
                raise _Wrong(PROTECTED)
            else:
                wanted[name] = None if value is None else _anything(value)
        except _Wrong as error:
            wrong[name] = str(error)
    if not wrong:
        if isinstance(resource, CalendarCollection):
            keep_look(call.person_id, resource.view.id, wanted)
        if call.is_minimal:
            answer = HttpResponse(status=200)
            answer["Preference-Applied"] = "return=minimal"
            return answer
        return multistatus(call, [_response(resource, [_propstat(list(changes), "200 OK")])])
    parts = [_propstat([name], "403 Forbidden", condition) for name, condition in wrong.items()]
    others = [name for name in changes if name not in wrong]
    if others:
        parts.append(_propstat(others, "424 Failed Dependency"))
    return multistatus(call, [_response(resource, parts)])


def _changes(document: Element | None) -> Mapping[str, Element | None]:
    """Name -> what to set, None to remove; the last one counts. Raises Refused."""
    if document is None or document.name != "D:propertyupdate":
        raise Refused(400)
    changes: dict[str, Element | None] = {}
    for step in document.children:
        prop = step.child("D:prop")
        if step.name not in ("D:set", "D:remove") or prop is None:
            continue
        for one in prop.children:
            changes.pop(one.name, None)
            changes[one.name] = one if step.name == "D:set" else None
    if not changes:
        raise Refused(400)
    if len(changes) > MOST_CHANGES:
        raise Refused(403)
    return changes


def _response(resource: Resource, propstats: list[str]) -> str:
    return f"<D:response>{xml.href(resource.href)}{''.join(propstats)}</D:response>"


def _propstat(names: list[str], status: str, condition: str = "") -> str:
    inner = "".join(xml.element(name) for name in names)
    error = f"<D:error><{condition}/></D:error>" if condition else ""
    return f"<D:propstat><D:prop>{inner}</D:prop><D:status>HTTP/1.1 {status}</D:status>{error}</D:propstat>"


# What can be set, and how it is kept: as the XML inside of it


def _line(most: int) -> Callable[[Element], str]:
    def check(one: Element) -> str:
        text = " ".join(one.text.split())
        if one.children or len(text) > most or not text.isprintable():
            raise _Wrong
        return xml.text(text)

    return check


def _words(one: Element) -> str:
    if one.children or len(one.text) > LONGEST:
        raise _Wrong
    return xml.text(one.text)


def _colour(one: Element) -> str:
    """Apple's attribute with the name of a colour is let go."""
    text = one.text.strip()
    text = _NAMED_COLOURS.get(text.lower(), text)
    if not _COLOUR.fullmatch(text):
        raise _Wrong
    return text


def _number(one: Element) -> str:
    text = one.text.strip()
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise _Wrong
    return text


def _zone(one: Element) -> str:
    """RFC 4791, 5.2.2: a calendar with one VTIMEZONE."""
    text = one.text.strip()
    if len(text) > 50_000 or text.count("BEGIN:VTIMEZONE") != 1 or not text.startswith("BEGIN:VCALENDAR"):
        raise _Wrong("C:valid-calendar-data")
    return xml.text(text)


def _zone_name(one: Element) -> str:
    """RFC 7809, 5.2."""
    text = one.text.strip()
    if text not in available_timezones():
        raise _Wrong("C:valid-timezone")
    return text


def _opaque(one: Element) -> str:
    """RFC 6638, 9.1. Who is in a video conference is busy, so there is no other value."""
    if [child.name for child in one.children] != ["C:opaque"]:
        raise _Wrong
    return "<C:opaque/>"


def _anything(one: Element) -> str:
    written = xml.inside(one)
    if len(written) > LONGEST or len(one.name) > 200:
        raise _Wrong
    return written


_SETTABLE: Mapping[str, Callable[[Element], str]] = {
    "D:displayname": _line(200),
    "A:calendar-color": _colour,
    "A:calendar-order": _number,
    "C:calendar-description": _words,
    "C:calendar-timezone": _zone,
    "C:calendar-timezone-id": _zone_name,
    "C:schedule-calendar-transp": _opaque,
}


def _check_default_calendar(inbox: Inbox, value: Element | None) -> None:
    """RFC 6638, 9.2: new meetings come into the one calendar there is."""
    href = None if value is None else value.text_of("D:href")
    if href is None or paths.path_of(href) != paths.bookings(inbox.person.id):
        raise _Wrong("C:valid-schedule-default-calendar-URL")
