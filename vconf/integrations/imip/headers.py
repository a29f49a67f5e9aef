# SPDX-License-Identifier: EUPL-1.2
"""Headers of mails as text and as addresses, in one pass each whatever is in them. Without Django.

The library's readers guess where a header is broken. Here From decides who may book, so what can be read in two ways is
not read at all.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Sequence

_NONE_IN_ADDRESS = r"\s@<>()\[\]\\,;:\"\x00-\x1f\x7f\ud800-\udfff"
_ADDRESS = re.compile(rf"[^{_NONE_IN_ADDRESS}]{{1,64}}@[^{_NONE_IN_ADDRESS}]{{1,253}}")
_WORD = re.compile(r"=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z-]{0,20})?\?([BbQq])\?([^?\s]{0,2000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t]+(?==\?)")
_CONTROLS = dict.fromkeys((*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029), " ")
#: charsets that mails are written in. Not all that Python knows: what some of its codecs take grows with the square
_CHARSET = re.compile(
    r"utf-?8|us-ascii|ascii|latin-?1|iso-?8859-\d{1,2}|(?:windows|cp)-?125\d|utf-?16(?:-?[lb]e)?|koi8-[ru]|macintosh"
    r"|iso-2022-jp|shift_jis|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5",
    re.IGNORECASE,
)


def charset_of(name: str) -> str | None:
    """The codec for a charset that a mail names; None for one that is not read."""
    name = name.strip().strip("\"'").lower()
    return name.replace("windows-", "cp") if _CHARSET.fullmatch(name) else None


def decoded(octets: bytes, charset: str) -> str:
    """Text in the charset it says it has, else UTF-8, else what Windows writes."""
    for codec in (charset_of(charset), "utf-8"):
        try:
            if codec is not None:
                return octets.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return octets.decode("cp1252", "replace")


class Headers:
    """The header of a mail or a part, by name. From its lines as `limits.head_of` gives them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._values: dict[str, list[str]] = {}
        name, parts = "", list[str]()
        for octets in lines:
            line = octets.replace(b"\0", b"").decode("utf-8", "surrogateescape")
            if line[:1] in (" ", "\t"):
                parts.append(line)
                continue
            self._add(name, parts)
            name, colon, rest = line.partition(":")
            name, parts = (name.rstrip().lower(), [rest]) if colon else ("", [])
        self._add(name, parts)

    def _add(self, name: str, parts: Sequence[str]) -> None:
        if name:
            self._values.setdefault(name, []).append(" ".join(part.strip() for part in parts).strip())

    def all(self, name: str) -> list[str]:
        """The values of a header, topmost first, unfolded and otherwise as they stand."""
        return self._values.get(name, [])

    def top(self, name: str) -> str:
        """The topmost of them, "" without one."""
        return next(iter(self.all(name)), "")

    def text(self, name: str, most: int = 1_000) -> str:
        """The topmost as words for people."""
        return words(self.top(name))[:most].strip()

    def only(self, name: str) -> str:
        """The value of a header that may be there once; "" if it is there more than once."""
        values = self.all(name)
        return values[0] if len(values) == 1 else ""


def words(value: str) -> str:
    """A header's value with its encoded words (RFC 2047) read, on one line and without control characters."""
    text = _WORD.sub(lambda found: _encoded_word(*found.groups()), _BETWEEN_WORDS.sub(r"\1", value))
    return plain(text)


def plain(text: str) -> str:
    """Text without control characters, and without what stands for octets that are none."""
    return text.translate(_CONTROLS).encode("utf-8", "replace").decode()


def _encoded_word(charset: str, encoding: str, text: str) -> str:
    try:
        if encoding in "Bb":
            octets = binascii.a2b_base64(text + "=" * (-len(text) % 4))
        else:
            octets = binascii.a2b_qp(text.replace("_", " ").encode())
    except (binascii.Error, ValueError):
        return text
    return decoded(octets, charset)


def address_in(value: str) -> str:
    """The one address of a header, lower case; "" if there is none, several, or none that is plain to see."""
    found = _mailboxes(value, most=2)
    return found[0] or "" if len(found) == 1 else ""


def addresses_in(value: str, *, most: int) -> list[str]:
    """All addresses of a header that can be read, at most so many."""
    return [found for found in _mailboxes(value, most=most) if found is not None]


def _mailboxes(value: str, *, most: int) -> list[str | None]:
    """The address, lower case, of each mailbox; None for one that cannot be read."""
    found: list[str | None] = []
    for item in _items(value):
        if len(found) >= most:
            break
        found.append(_mailbox(*item))
    return found


def _mailbox(outside: str, angles: Sequence[str], quoted: Sequence[str]) -> str | None:
    outside = outside.strip()
    if len(angles) == 1 and "@" not in outside:
        address = angles[0].strip()
    elif not angles and not quoted:
        address = outside
    else:
        return None
    return address.lower() if _ADDRESS.fullmatch(address) else None


def _items(value: str) -> Iterable[tuple[str, list[str], list[str]]]:
    """What stands between commas: text outside of everything, in angle brackets, in quotes. Comments are left out."""
    outside: list[str] = []
    angles: list[str] = []
    quoted: list[str] = []
    inside = ""  # the sign that ends where we are
    depth, escaped = 0, False
    held: list[str] = []
    for sign in value:
        if escaped:
            escaped = False
            held.append(sign)
        elif sign == "\\" and inside in ('"', ")"):
            escaped = True
        elif inside == ")":
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                inside, held = "", []
        elif inside:
            if sign == inside:
                (quoted if inside == '"' else angles).append("".join(held))
                inside, held = "", []
            else:
                held.append(sign)
        elif sign in '"<(':
            inside, held = {'"': '"', "<": ">", "(": ")"}[sign], []
            depth = 1
        elif sign in ",;":
            if angles or "".join(outside).strip():
                yield "".join(outside), angles, quoted
            outside, angles, quoted = [], [], []
        else:
            outside.append(sign)
    if inside:
        yield "".join(outside), [*angles, "", ""], quoted  # never closed: not plain to see
    elif angles or "".join(outside).strip():
        yield "".join(outside), angles, quoted


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """A Content-Type or Content-Disposition: what it is, lower case, and its parameters (RFC 2045, 5.1; RFC 2231).

    The first of several parameters of a name counts. Pieces of one that is continued are put together in their order.
    """
    pieces = _split_parameters(value)
    kind = pieces[0].strip().lower() if pieces else ""
    found: dict[str, str] = {}
    continued: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in pieces[1:101]:
        name, equals, text = piece.partition("=")
        name, text = name.strip().lower(), _unquoted(text.strip())
        if not equals or not name:
            continue
        base, *rest = name.split("*")
        if not rest:
            found.setdefault(name, text)
        elif rest == [""]:
            found.setdefault(base, _extended(text))
        elif rest[0].isascii() and rest[0].isdigit() and len(rest[0]) <= 3:
            continued.setdefault(base, {}).setdefault(int(rest[0]), (len(rest) > 1, text))
    for base, numbered in continued.items():
        ordered = [numbered[number] for number in sorted(numbered)]
        whole = "".join(text for _, text in ordered)
        found.setdefault(base, _extended(whole) if ordered[0][0] else whole)
    return kind, found


def _split_parameters(value: str) -> list[str]:
    pieces, held, quoted, escaped = [], list[str](), False, False
    for sign in value:
        if escaped:
            escaped = False
        elif quoted and sign == "\\":
            escaped = True
        elif sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            pieces.append("".join(held))
            held = []
            continue
        held.append(sign)
    return [*pieces, "".join(held)]


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text.split(" ")[0] if '"' not in text else text


def _extended(text: str) -> str:
    """`charset'language'percent-encoded` (RFC 2231, 4)."""
    charset, quote, rest = text.partition("'")
    _, second, encoded = rest.partition("'")
    if not (quote and second):
        return text
    octets = re.sub(
        rb"%([0-9A-Fa-f]{2})", lambda hit: bytes([int(hit[1], 16)]), encoded.encode("utf-8", "replace")
    )
    return decoded(octets, charset)
