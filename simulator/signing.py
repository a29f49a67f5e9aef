# SPDX-License-Identifier: EUPL-1.2
"""Checksums of API calls and of webhooks."""

from __future__ import annotations

import hashlib
import hmac
import re

ALGORITHM_BY_LENGTH = {40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
_HEX = re.compile(r"[0-9a-fA-F]+")
_CHECKSUM_PARAMETER = re.compile(r"&checksum=[^&]*|checksum=[^&]*&|checksum=[^&]*")


def digest(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm, text.encode("utf-8", "surrogateescape")).hexdigest()


def without_checksum(query: str) -> str:
    """The raw query string as the server hashes it: the checksum parameter cut out textually, nothing decoded."""
    return _CHECKSUM_PARAMETER.sub("", query, count=1)


def checksum_matches(
    call: str, query: str, received: str, secret: str, algorithms: frozenset[str] | None = None
) -> bool:
    """The algorithm follows from the length of the received hex; letter case does not count."""
    algorithm = ALGORITHM_BY_LENGTH.get(len(received))
    if algorithm is None or not _HEX.fullmatch(received):
        return False
    if algorithms is not None and algorithm not in algorithms:
        return False
    expected = digest(call + without_checksum(query) + secret, algorithm)
    return hmac.compare_digest(expected, received.lower())
