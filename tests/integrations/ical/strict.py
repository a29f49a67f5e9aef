# SPDX-License-Identifier: EUPL-1.2
"""A second reader of iCalendar text that forgives nothing (RFC 5545, 3.1 to 3.4). Shares no code with the writer."""

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Z][A-Z0-9-]*")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class NotStrict(AssertionError):
    """The text breaks the standard."""


@dataclass
class Line:
    name: str
    params: dict[str, list[str]]
    value: str

    @property
    def text(self) -> str:
        """The value as TEXT (3.3.11), unescaped."""
        if re.search(r"(?<!\\)(?:\\\\)*[;,]", self.value):
            raise NotStrict(f"unescaped separator in {self.value!r}")
        return re.sub(r"\\([\\;,nN])", lambda hit: "\n" if hit[1] in "nN" else hit[1], self.value)


@dataclass
class Component:
    name: str
    lines: list[Line] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def one(self, name: str) -> Line:
        (line,) = self.all(name)
        return line

    def inside(self, name: str) -> list["Component"]:
        return [part for part in self.parts if part.name == name]


def read(octets: bytes) -> Component:
    """The one VCALENDAR in the octets."""
    root = Component("")
    open_components = [root]
    for line in _unfolded(octets):
        parsed = _line(line)
        if parsed.name == "BEGIN":
            component = Component(parsed.value)
            open_components[-1].parts.append(component)
            open_components.append(component)
        elif parsed.name == "END":
            if open_components.pop().name != parsed.value:
                raise NotStrict(f"END:{parsed.value} closes nothing")
        else:
            open_components[-1].lines.append(parsed)
    if open_components != [root] or root.lines or [part.name for part in root.parts] != ["VCALENDAR"]:
        raise NotStrict("not exactly one VCALENDAR")
    return root.parts[0]


def _unfolded(octets: bytes) -> list[str]:
    if (
        not octets.endswith(b"\r\n")
        or b"\n" in octets.replace(b"\r\n", b"")
        or b"\r" in octets.replace(b"\r\n", b"")
    ):
        raise NotStrict("lines do not end in CRLF")
    lines: list[str] = []
    for raw in octets[:-2].split(b"\r\n"):
        if not raw or len(raw) > 75:
            raise NotStrict(f"a line of {len(raw)} octets")
        line = raw.decode("utf-8")  # folding inside of a letter fails here
        if line.startswith(" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    for line in lines:
        if _CONTROL.search(line) or line.splitlines() != [line]:
            raise NotStrict(f"control character in {line!r}")
    return lines


def _line(line: str) -> Line:
    name = _NAME.match(line)
    if name is None:
        raise NotStrict(f"no name in {line!r}")
    rest, params = line[name.end() :], {}
    while rest.startswith(";"):
        key = _NAME.match(rest, 1)
        if key is None or rest[key.end()] != "=":
            raise NotStrict(f"no parameter in {rest!r}")
        rest, values = rest[key.end() :], []
        while rest[0] in "=,":
            value = re.compile(r'"([^"]*)"|([^";:,]*)').match(rest, 1)
            assert value is not None
            values.append(value[1] if value[1] is not None else value[2])
            rest = rest[value.end() :]
        if key[0] in params:
            raise NotStrict(f"parameter twice in {line!r}")
        params[key[0]] = values
    if not rest.startswith(":"):
        raise NotStrict(f"no value in {line!r}")
    return Line(name[0], params, rest[1:])
