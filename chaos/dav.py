# SPDX-License-Identifier: EUPL-1.2
"""What calendar clients send and read: calendar texts (RFC 5545) and XML (RFC 4791, RFC 6578), by their own means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from chaos.history import EventThere

_NAMES = {"D": "DAV:", "C": "urn:ietf:params:xml:ns:caldav"}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMES.items())
_ZONE = "Europe/Berlin"

#: PROPFIND for everything that lies in a collection
LIST = f"<D:propfind {_DECLARED}><D:prop><D:getetag/></D:prop></D:propfind>".encode()
#: REPORT that tells all of it as text
READ = (
    f"<C:calendar-query {_DECLARED}><D:prop><D:getetag/><C:calendar-data/></D:prop>"
    '<C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>'
).encode()


def sync_since(token: str) -> bytes:
    """REPORT of what changed since a token; "" for none."""
    return (
        f"<D:sync-collection {_DECLARED}><D:sync-token>{escape(token)}</D:sync-token>"
        "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
    ).encode()


# --- answers --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A multistatus. etags: path -> ETag, None for what is gone. texts: path -> calendar text, where asked for."""

    etags: Mapping[str, str | None]
    texts: Mapping[str, str]
    token: str


def read_multistatus(octets: bytes) -> Told:
    """Members only: the collection, which PROPFIND tells as well, is left out."""
    root = ElementTree.fromstring(octets)
    etags: dict[str, str | None] = {}
    texts: dict[str, str] = {}
    for response in root.findall("D:response", _NAMES):
        path = unquote(response.findtext("D:href", "", _NAMES))
        if path.endswith("/"):
            continue
        gone = " 404 " in response.findtext("D:status", "", _NAMES)
        etags[path] = None if gone else response.findtext(".//D:getetag", "", _NAMES)
        text = response.findtext(".//C:calendar-data", None, _NAMES)
        if text is not None:
            texts[path] = text
    return Told(etags, texts, root.findtext("D:sync-token", "", _NAMES))


# --- events ---------------------------------------------------------------------------------------------


def new_event(
    uid: str,
    summary: str,
    starts: datetime,
    minutes: int,
    *,
    organiser: str,
    attendees: Sequence[str],
    room: str = "",
    rule: str = "",
    method: str = "",
    sequence: int = 0,
) -> str:
    """starts: wall time. room: its address. method: of a message, for calendars have none."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//chaos//client//EN",
        *([f"METHOD:{method}"] if method else []),
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        *_times(starts, minutes),
        *([f"RRULE:{rule}"] if rule else []),
        f"SUMMARY:{summary}",
        f"ORGANIZER:mailto:{organiser}",
        f"ATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:{organiser}",
        *(f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{address}" for address in attendees),
        *([f"ATTENDEE;CUTYPE=ROOM;PARTSTAT=NEEDS-ACTION:mailto:{room}"] if room else []),
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT10M",
        "DESCRIPTION:gleich",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines)


def renamed(text: str, summary: str) -> str:
    return _with_lines(text, {"SUMMARY": [f"SUMMARY:{summary}"]})


def moved(text: str, starts: datetime, minutes: int) -> str:
    first, last = _times(starts, minutes)
    return _with_lines(text, {"DTSTART": [first], "DTEND": [last], "DURATION": []})


def answered(text: str, address: str, partstat: str) -> str:
    """The answer of one attendee to all dates."""
    lines = []
    for line in _unfolded(text):
        if line.startswith("ATTENDEE") and line.lower().endswith(f":mailto:{address}"):
            line = re.sub(";PARTSTAT=[A-Z-]+", "", line).replace(
                "ATTENDEE", f"ATTENDEE;PARTSTAT={partstat}", 1
            )
        lines.append(line)
    return "\r\n".join(lines)


def event_in(text: str) -> EventThere:
    """The event, or the master of its series."""
    fields: dict[str, str] = {}
    partstats = {}
    for name, parameters, value in _properties(text):
        if name == "ATTENDEE":
            partstats[_address(value)] = parameters.get("PARTSTAT", "NEEDS-ACTION")
        fields.setdefault(name, value)
    return EventThere(
        uid=fields["UID"],
        summary=fields.get("SUMMARY", ""),
        starts=fields["DTSTART"],
        sequence=int(fields.get("SEQUENCE", 0)),
        organiser=_address(fields.get("ORGANIZER", "")),
        method=fields.get("METHOD", ""),
        partstats=partstats,
    )


def stamp(starts: datetime) -> str:
    return f"{starts:%Y%m%dT%H%M%S}"


def _times(starts: datetime, minutes: int) -> tuple[str, str]:
    ends = starts + timedelta(minutes=minutes)
    return f"DTSTART;TZID={_ZONE}:{stamp(starts)}", f"DTEND;TZID={_ZONE}:{stamp(ends)}"


def _address(uri: str) -> str:
    return uri.lower().removeprefix("mailto:")


def _unfolded(text: str) -> list[str]:
    return re.sub("\r?\n[ \t]", "", text).replace("\r\n", "\n").split("\n")


def _with_lines(text: str, wanted: Mapping[str, Sequence[str]]) -> str:
    """The event's own lines of these names are replaced by those given."""
    lines: list[str] = []
    inside: list[str] = []
    for line in _unfolded(text):
        name = re.split("[;:]", line, maxsplit=1)[0]
        if name == "BEGIN":
            inside.append(line)
        if inside[-1:] == ["BEGIN:VEVENT"] and name in wanted:
            lines += wanted[name]
        else:
            lines.append(line)
        if name == "END":
            inside.pop()
    return "\r\n".join(lines)


def _properties(text: str) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """Name, parameters and value of the lines of the calendar itself and of its first event that is no single date."""
    events: list[list[str]] = []
    inside: list[str] = []
    own: list[str] = []
    for line in _unfolded(text):
        if line.startswith("BEGIN:"):
            inside.append(line[6:])
            if line == "BEGIN:VEVENT":
                events.append([])
        elif line.startswith("END:"):
            inside.pop()
        elif inside == ["VCALENDAR"]:
            own.append(line)
        elif inside == ["VCALENDAR", "VEVENT"]:
            events[-1].append(line)
    masters = [one for one in events if not any(line.startswith("RECURRENCE-ID") for line in one)]
    for line in [*own, *(masters or events)[0]]:
        found = re.fullmatch(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:])*)*):(.*)', line)
        if found:
            parameters = dict(
                one.split("=", 1) for one in re.findall(r'[A-Z-]+=(?:"[^"]*"|[^";:])*', found[2])
            )
            yield found[1], parameters, found[3]
