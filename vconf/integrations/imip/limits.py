# SPDX-License-Identifier: EUPL-1.2
"""How much of a mail is looked at (R5.1), checked on its octets before anything is read into values. Without Django."""

from __future__ import annotations

from dataclasses import dataclass


class TooMuch(Exception):
    """One more than there may be; the message says of what, and quotes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one mail may have of each; one more is refused.

    octets: of the whole mail. line: octets of one line of a header, folded ones count singly. headers: lines of all
    headers of a mail or part together; header_octets: theirs. parts: of all kinds and depths. depth: of parts within
    parts. addresses: looked at in one header. recipients: of the envelope.
    """

    octets: int = 10_000_000
    line: int = 2_048
    headers: int = 1_000
    header_octets: int = 131_072
    parts: int = 100
    depth: int = 12
    addresses: int = 600
    recipients: int = 100


USUAL = Limits()


def head_of(octets: bytes, limits: Limits = USUAL) -> tuple[list[bytes], int]:
    """The lines of the header that the octets begin with, and where what follows it begins. One pass.

    :raises TooMuch: lines that are too long, or too many of them
    """
    lines: list[bytes] = []
    at, total = 0, 0
    while at < len(octets):
        end = octets.find(b"\n", at, at + limits.line + 1)
        if end < 0 and len(octets) - at > limits.line:
            raise TooMuch(f"a line of a header has more than {limits.line} octets")
        line = octets[at:] if end < 0 else octets[at:end]
        at = len(octets) if end < 0 else end + 1
        line = line.removesuffix(b"\r")
        if not line:
            break
        lines.append(line)
        total += len(line)
        if len(lines) > limits.headers or total > limits.header_octets:
            raise TooMuch(f"more than {limits.headers} lines or {limits.header_octets} octets of headers")
    return lines, at


def check(octets: bytes, limits: Limits = USUAL) -> None:
    """Whether a mail is to be looked at at all. Raises TooMuch."""
    if len(octets) > limits.octets:
        raise TooMuch(f"more than {limits.octets} octets")
    head_of(octets, limits)
