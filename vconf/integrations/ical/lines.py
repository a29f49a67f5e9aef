# SPDX-License-Identifier: EUPL-1.2
"""Content lines (RFC 5545, 3.1 to 3.3.11; parameters as in RFC 6868): text in, parts out, and back.

Reading is lenient where programs are known to be sloppy; writing is exact. Each costs one pass over the line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from vconf.integrations.ical.invalid import DATA, InvalidCalendar

Parameters = Mapping[str, tuple[str, ...]]

_NAME = re.compile(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*")
_PARAMETER = re.compile(r"[ \t]*+([A-Za-z0-9_-]++)[ \t]*+")
_VALUE = re.compile(r'"([^"]*)"|([^";:,]*)')
#: what stands before the value in a line that follows the grammar to the letter
_EXACT = re.compile(
    r'[A-Za-z0-9_-]++(?:;[A-Za-z0-9_-]++=(?:"[^"]*+"|[^";:,]*+)(?:,(?:"[^"]*+"|[^";:,]*+))*+)*+:'
)
_MAILTO = re.compile(r":[ \t]*mailto:", re.IGNORECASE)
_CARET = re.compile(r"\^([n'^])")
_CARETS = {"n": "\n", "'": '"', "^": "^"}
#: some programs escape both letters of a CRLF
_BACKSLASH = re.compile(r"\\(r\\n|.)", re.DOTALL)

#: values of these have no colon, so the last one begins the value, whatever stands unquoted before it
_DATES = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE", "DUE"})
_ADDRESSES = frozenset({"ATTENDEE", "ORGANIZER"})


@dataclass(frozen=True, slots=True)
class Line:
    """A content line. name and the names of parameters are in upper case; raw: the line as it was, unfolded, or as it
    should have been.
    """

    name: str
    value: str
    params: Parameters = field(default_factory=dict)
    raw: str = ""

    def param(self, name: str) -> str:
        """The parameter's value, several joined by commas; "" if there is none."""
        return ",".join(self.params.get(name, ()))

    @property
    def text(self) -> str:
        """The value as TEXT (3.3.11)."""
        return unescape(self.value)


def read_line(raw: str, *, most_parameters: int = 50) -> Line:
    """The parts of an unfolded line. Raises InvalidCalendar."""
    name = _NAME.match(raw)
    if name is None:
        raise InvalidCalendar(DATA, "a line without a name")
    upper = name[1].upper()
    value, params, given = _strictly(raw, name.end(), most_parameters)
    if value is None or (upper in _DATES and ":" in value) or (upper in _ADDRESSES and _MAILTO.search(value)):
        value, params = _leniently(raw, name.end(), upper, most_parameters)
        return Line(upper, value, params, write_line(upper, value, params))
    # what one program writes sloppily, another of the same owner might not read
    in_order = given == len(params) and _EXACT.match(raw)
    return Line(upper, value, params, raw if in_order else write_line(upper, value, params))


def _strictly(raw: str, at: int, most: int) -> tuple[str | None, dict[str, tuple[str, ...]], int]:
    """Value, parameters by the grammar, and how many were given; no value if the line does not follow it."""
    params: dict[str, tuple[str, ...]] = {}
    given = 0
    while raw.startswith(";", at):
        key = _PARAMETER.match(raw, at + 1)
        if key is None:
            return None, params, given
        at, values = key.end(), []
        if not raw.startswith("=", at):
            return None, params, given
        while raw[at : at + 1] in ("=", ","):
            found = _VALUE.match(raw, at + 1)
            assert found is not None  # the empty value matches everywhere
            values.append(_uncaret(found[1] if found[1] is not None else found[2]))
            at = found.end()
        _keep(params, key[1].upper(), tuple(values), most)
        given += 1
    return (raw[at + 1 :] if raw.startswith(":", at) else None), params, given


def _leniently(raw: str, at: int, name: str, most: int) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Value and parameters of a line whose quotes are missing, doubled, or inside of a value."""
    if name in _ADDRESSES and (starts := [hit.start() for hit in _MAILTO.finditer(raw, at)]):
        colon = starts[-1]
    elif name in _DATES:
        colon = raw.rfind(":", at)
    else:
        colon = raw.find(":", at)
    if colon < 0:
        raise InvalidCalendar(DATA, "a line without a value")
    params: dict[str, tuple[str, ...]] = {}
    for word in _outside_quotes(raw[at:colon]):
        key, _, value = word.partition("=")
        if named := _PARAMETER.fullmatch(key):
            plain = value.strip().removeprefix('"').removesuffix('"')
            _keep(params, named[1].upper(), (_uncaret(plain),), most)
    return raw[colon + 1 :], params


def _outside_quotes(text: str) -> list[str]:
    """The pieces between semicolons; a semicolon inside of quotes parts nothing."""
    pieces = [""]
    for n, part in enumerate(text.split('"')):
        first, *others = [part] if n % 2 else part.split(";")
        pieces[-1] += f'"{first}' if n else first
        pieces += others
    return pieces


def _keep(params: dict[str, tuple[str, ...]], name: str, values: tuple[str, ...], most: int) -> None:
    if name in params:
        return  # the first one counts
    if len(params) >= most:
        raise InvalidCalendar(DATA, f"more than {most} parameters in a line")
    params[name] = values


def unescape(value: str) -> str:
    """TEXT as people wrote it."""
    if "\\" not in value:
        return value
    return _BACKSLASH.sub(lambda hit: "\n" if hit[1] in ("n", "N", "r\\n") else hit[1], value)


def escape(text: str) -> str:
    r"""A value of type TEXT. `text` has `\n` as its only line end."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _uncaret(value: str) -> str:
    return _CARET.sub(lambda hit: _CARETS[hit[1]], value) if "^" in value else value


_UNQUOTED = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\",:;]*")


def write_parameter(name: str, values: Iterable[str]) -> str:
    """`;NAME=value`, quoted where it has to be, with RFC 6868's escapes."""
    return f";{name}=" + ",".join(map(_parameter_value, values))


def _parameter_value(value: str) -> str:
    # readers that are lenient about white space would take it away unquoted
    if _UNQUOTED.fullmatch(value) and "^" not in value and "=" not in value and value.strip() == value:
        return value
    value = value.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{value}"'


def write_line(name: str, value: str, params: Parameters | None = None) -> str:
    """The unfolded line."""
    if not params:
        return f"{name}:{value}"
    return name + "".join(write_parameter(key, values) for key, values in params.items()) + f":{value}"


def folded(lines: Collection[str]) -> bytes:
    """The lines as octets: CRLF, folded at 75 and never inside of a letter (3.1)."""
    return "".join(
        [line + "\r\n" if len(line) <= 75 and line.isascii() else _folded(line) for line in lines]
    ).encode()


def _folded(line: str) -> str:
    octets = line.encode()
    if len(octets) <= 75:
        return line + "\r\n"
    pieces, at, room = [], 0, 75
    while len(octets) - at > room:
        end = at + room
        while octets[end] & 0xC0 == 0x80:  # the middle of a letter
            end -= 1
        pieces.append(octets[at:end].decode())
        at, room = end, 74
    pieces.append(octets[at:].decode())
    return "\r\n ".join(pieces) + "\r\n"
