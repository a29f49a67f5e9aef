# SPDX-License-Identifier: EUPL-1.2
"""XML in and out: bounded and without DTD and entities when read (R5.4), put together from text when written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import DefusedXMLParser

from vconf.integrations.caldav.names import DECLARED, short

#: bytes of a body
MOST_BYTES = 1_000_000
MOST_DEPTH = 50
#: elements of a body: a multiget of ten thousand objects, and what stands around them
MOST_ELEMENTS = 20_000

#: what XML 1.0 (2.2) has no way to write, not even escaped
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNWRITABLE_BYTES = re.compile(b"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


class BadXml(Exception):
    """Not well-formed, or beyond our limits; nothing of it is repeated to anybody."""


@dataclass(slots=True)
class Element:
    """name: as in `names.py`. attributes: those without a namespace. text: all of it that stands right in here."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def child(self, name: str) -> Element | None:
        return next((one for one in self.children if one.name == name), None)

    def all(self, name: str) -> Iterator[Element]:
        return (one for one in self.children if one.name == name)

    def text_of(self, name: str) -> str:
        """The text of a child, without white space around it; empty if there is none."""
        found = self.child(name)
        return found.text.strip() if found is not None else ""


class _Tree:
    """What the parser tells its events to; it stops as soon as a limit is passed."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= MOST_DEPTH or self._count > MOST_ELEMENTS:
            raise BadXml
        element = Element(short(tag), attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def end(self, tag: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def close(self) -> None:
        """Nothing is left to do; the parser asks."""


def read(octets: bytes) -> Element:
    """The outermost element. Raises BadXml."""
    if len(octets) > MOST_BYTES:
        raise BadXml
    tree = _Tree()
    parser = DefusedXMLParser(target=tree, forbid_dtd=True)
    try:
        parser.feed(octets)
        parser.close()
    except (ParseError, ValueError, LookupError) as error:
        # ValueError: also what the parser forbids, and encodings it does not know
        raise BadXml from error
    if tree.root is None:
        raise BadXml
    return tree.root


def text(value: str) -> str:
    """Text as it stands in an element."""
    if _UNWRITABLE.search(value):
        value = _UNWRITABLE.sub("", value)
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def octets_as_text(value: bytes) -> str:
    """Octets of a calendar object as they stand in C:calendar-data (RFC 4791, 9.6)."""
    if _UNWRITABLE_BYTES.search(value):
        value = _UNWRITABLE_BYTES.sub(b"", value)
    escaped = value.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return escaped.decode("utf-8", "replace")


def attribute(value: str) -> str:
    """Text as it stands between double quotes."""
    return text(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def element(name: str, inner: str = "") -> str:
    """One element around XML that is written already."""
    if name.startswith("{"):
        namespace, _, local = name[1:].rpartition("}")
        opening = f'{local} xmlns="{attribute(namespace)}"'
        return f"<{opening}>{inner}</{local}>" if inner else f"<{opening}/>"
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def inside(one: Element) -> str:
    """What stands in an element, written again: its text, then its children. Comments and prefixes are lost."""
    return text(one.text if not one.children else one.text.strip()) + "".join(map(_whole, one.children))


def _whole(one: Element) -> str:
    attributes = "".join(
        f' {name}="{attribute(value)}"' for name, value in one.attributes.items() if not name.startswith("{")
    )
    opened, _, closed = element(one.name, "\0").partition("\0")
    return f"{opened[:-1]}{attributes}>{inside(one)}{closed}"


def href(path: str) -> str:
    return f"<D:href>{text(path)}</D:href>"


def document(name: str, *parts: str) -> bytes:
    """A whole answer: head, outermost element with the namespaces, and what is in it, which may be long."""
    inner = b"".join([part.encode() for part in parts])
    return b"%b<%b%b>%b</%b>\n" % (HEAD.encode(), name.encode(), DECLARED.encode(), inner, name.encode())
