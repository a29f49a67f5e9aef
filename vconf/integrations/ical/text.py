# SPDX-License-Identifier: EUPL-1.2
"""What people typed, made safe for content lines and header lines (R5.9).

Escaping alone is not enough: RFC 5545 (3.1) and RFC 5322 have no escape for control characters, and readers that split
lines at U+0085, U+2028 or U+2029 would see a line where the writer saw a letter.
"""

import re
import unicodedata

#: every line end that some reader knows (the set of str.splitlines)
_LINE_END = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
#: characters that turn the reading direction: they let a name show as another one
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """The text as a single line: line ends, tabs and runs of white space become one space, controls vanish."""
    return " ".join(_printable(_LINE_END.sub(" ", text)).split())


def paragraphs(text: str) -> str:
    r"""The text with `\n` as its only line end and tab as its only control character, without outer white space."""
    return _printable(_LINE_END.sub("\n", text)).strip()


def ascii_address(address: str) -> str:
    """A mail address on one line, its domain as it stands in headers and commands (IDNA), so that nothing on its way
    needs SMTPUTF8. A domain that is none stays as it is.
    """
    local, at, domain = one_line(address).rpartition("@")
    try:
        return local + at + domain.encode("idna").decode("ascii")
    except UnicodeError:
        return local + at + domain


def _printable(text: str) -> str:
    text = _DIRECTION.sub("", text)
    return "".join(
        letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs")
    )
