# SPDX-License-Identifier: EUPL-1.2
"""Versions as entity tags (RFC 9110, 8.8.3 and 13.1.1) and keys against doing a thing twice."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from vconf.errors import Invalid

_STRONG = re.compile(r'"(\d{1,9})(?:\.\d{1,9})?"')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
#: no row ever has this version
NEVER = -1


def etag(version: int, answers: int = 0) -> str:
    """answers: what readers see besides, and who changes something need not have seen."""
    return f'"{version}.{answers}"' if answers else f'"{version}"'


def expected_version(request: Request) -> int | None:
    """The version the caller last saw (`If-Match`); None when it does not matter.

    A tag that we never gave out, or a weak one, matches nothing. The comparison itself is the service's,
    after look-up and right. Raises Invalid for a list of tags.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    if "," in header:
        raise Invalid.field("If-Match", _("Please give one entity tag."))
    strong = _STRONG.fullmatch(header)
    return int(strong[1]) if strong else NEVER


def idempotency_key(request: Request) -> str | None:
    """`Idempotency-Key`: up to 200 visible ASCII characters. Raises Invalid."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise Invalid.field("Idempotency-Key", _("Please give 1 to 200 visible ASCII characters."))
    return key
