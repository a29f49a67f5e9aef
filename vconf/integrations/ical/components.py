# SPDX-License-Identifier: EUPL-1.2
"""The components of a calendar text: lines and parts, nested as BEGIN and END say (RFC 5545, 3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vconf.integrations.ical.invalid import DATA, RESOURCE, InvalidCalendar
from vconf.integrations.ical.limits import Limits, unfolded
from vconf.integrations.ical.lines import Line, read_line

_NAME = re.compile(r"[A-Z0-9-]{1,60}")


@dataclass(slots=True, eq=False)
class Component:
    """name: in upper case."""

    name: str
    lines: list[Line] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def one(self, name: str) -> Line | None:
        """The first line of that name."""
        return next((line for line in self.lines if line.name == name), None)

    def value(self, name: str) -> str:
        """The value of the first line of that name, without outer white space; "" if there is none."""
        line = self.one(name)
        return "" if line is None else line.value.strip()

    def as_it_was(self) -> Iterator[str]:
        """The component as unfolded lines, BEGIN and END included."""
        yield f"BEGIN:{self.name}"
        for line in self.lines:
            yield line.raw
        for part in self.parts:
            yield from part.as_it_was()
        yield f"END:{self.name}"


def read_calendar(octets: bytes, limits: Limits) -> Component:
    """The one VCALENDAR of the text. Raises InvalidCalendar; costs no more than the limits say."""
    root = Component("")
    nested, components = [root], 0
    for raw in unfolded(octets, limits):
        if not raw.strip():
            continue
        line = read_line(raw, most_parameters=limits.parameters)
        here = nested[-1]
        if line.name == "BEGIN":
            components += 1
            if len(nested) > limits.depth or components > limits.components:
                raise InvalidCalendar(DATA, "too many components")
            part = Component(_name(line))
            here.parts.append(part)
            nested.append(part)
        elif line.name == "END":
            if len(nested) == 1 or here.name != _name(line):
                raise InvalidCalendar(DATA, "an END that closes nothing")
            nested.pop()
        elif here is root:
            raise InvalidCalendar(DATA, "a line outside of VCALENDAR")
        else:
            here.lines.append(line)
    if len(nested) > 1:
        raise InvalidCalendar(DATA, "a component without END")
    if [part.name for part in root.parts] != ["VCALENDAR"]:
        several = len(root.parts) > 1
        raise InvalidCalendar(RESOURCE if several else DATA, "not exactly one VCALENDAR")
    return root.parts[0]


def _name(line: Line) -> str:
    name = line.value.strip().upper()
    if not _NAME.fullmatch(name):
        raise InvalidCalendar(DATA, "a component whose name is none")
    return name
