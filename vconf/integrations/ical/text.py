# SPDX-License-Identifier: EUPL-1.2
"""What people typed, made safe for content lines and header lines (R5.9).

Escaping alone is not enough: RFC 5545 (3.1) and RFC 5322 have no escape for control characters, and readers that split
lines at U+0085, U+2028 or U+2029 would see a line where the writer saw a letter.
"""

import re

#: every line end that some reader knows (the set of str.splitlines)
_LINE_END = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
#: characters that turn the reading direction and let a name show as another one, controls but line end and tab, and
#: halves of letters
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """The text as a single line: line ends, tabs and runs of white space become one space, controls vanish."""
    if text.isprintable():  # as nearly all are: nothing to replace
        return " ".join(text.split())
    return " ".join(_printable(_LINE_END.sub(" ", text)).split())


def paragraphs(text: str) -> str:
    r"""The text with `\n` as its only line end and tab as its only control character, without outer white space."""
    if text.isprintable():
        return text.strip()
    return _printable(_LINE_END.sub("\n", text)).strip()


def ascii_address(address: str) -> str:
    """A mail address on one line, its domain as it stands in headers and commands (IDNA), so that nothing on its way
    needs SMTPUTF8. A domain that is none stays as it is.
    """
    local, at, domain = one_line(address).rpartition("@")
    if domain.isascii():
        return local + at + domain
    try:
        return local + at + domain.encode("idna").decode("ascii")
    except UnicodeError:
        return local + at + domain


def _printable(text: str) -> str:
    return _UNSEEN.sub("", text)
