# SPDX-License-Identifier: EUPL-1.2
"""BigBlueButton's XML answers, in both shapes of failure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

# Everything XML 1.0 cannot carry, even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Cdata(str):
    """Text to be written as a CDATA section."""

    __slots__ = ()


@dataclass(frozen=True)
class Field:
    name: str
    value: str | int | bool | Cdata | Sequence[Field]


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/xml;charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)


def fields(**values: str | int | bool | Cdata | Sequence[Field]) -> list[Field]:
    return [Field(name, value) for name, value in values.items()]


def write(field_: Field) -> str:
    value = field_.value
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int):
        text = str(value)
    elif isinstance(value, Cdata):
        text = "<![CDATA[" + _NOT_XML.sub("", value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
    elif isinstance(value, str):
        text = escape(_NOT_XML.sub("", value), {"\r": "&#13;"})
    else:
        text = "".join(write(inner) for inner in value)
    return f"<{field_.name}>{text}</{field_.name}>"


def _reply(content: Sequence[Field]) -> Reply:
    return Reply(write(Field("response", content)).encode())


def success(content: Sequence[Field] = ()) -> Reply:
    return _reply([Field("returncode", "SUCCESS"), *content])


def failed(key: str, message: str) -> Reply:
    return _reply(fields(returncode="FAILED", messageKey=key, message=message))


def failed_in_old_shape(key: str, message: str) -> Reply:
    """The legacy shape that a few errors of `create` still have."""
    error = Field("error", fields(key=key, message=message))
    return _reply([Field("returncode", "FAILED"), Field("errors", [error])])


class Refusal(Exception):
    """A call that fails the way the API says: turned into an XML answer, or for `join` into a redirect."""

    def __init__(self, key: str, message: str, *, old_shape: bool = False, xml_only: bool = False) -> None:
        super().__init__(key)
        self.key = key
        self.message = message
        self.old_shape = old_shape
        self.xml_only = xml_only

    def reply(self) -> Reply:
        return (failed_in_old_shape if self.old_shape else failed)(self.key, self.message)
