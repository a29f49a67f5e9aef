# SPDX-License-Identifier: EUPL-1.2
"""How texts are compared in searches (RFC 4790; RFC 4791, 7.5.1; RFC 5051 in a plain form)."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def _ascii_casemap(text: str) -> str:
    return text.translate(_ASCII_LOWER)


def _unicode_casemap(text: str) -> str:
    return unicodedata.normalize("NFKD", text).casefold()


DEFAULT = "i;ascii-casemap"
#: name -> what makes of a text the one that is compared
COLLATIONS: dict[str, Callable[[str], str]] = {
    DEFAULT: _ascii_casemap,
    "i;octet": str,
    "i;unicode-casemap": _unicode_casemap,
}
