# SPDX-License-Identifier: EUPL-1.2
"""What is in a signed S/MIME envelope (RFC 8551, 3.5.2; RFC 5652, 5). Without Django.

Whether the signature holds is the gateway's matter.
"""

from __future__ import annotations

#: id-signedData and id-data
_SIGNED, _DATA = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010701")
_SEQUENCE, _OBJECT, _OCTETS, _CONTEXT_0 = 0x30, 0x06, 0x04, 0xA0
_CONSTRUCTED = 0x20
_MOST_PIECES = 100_000


class _Broken(Exception):
    """No DER or BER that we read."""


def content_of_signed(octets: bytes) -> bytes | None:
    """The signed content, a mail part with headers; None if this is no signed data, or the content is elsewhere."""
    try:
        outer = _Reader(octets).enter(_SEQUENCE)
        if outer.value(_OBJECT) != _SIGNED:
            return None
        signed = outer.enter(_CONTEXT_0).enter(_SEQUENCE)
        signed.skip()  # version
        signed.skip()  # digestAlgorithms
        encapsulated = signed.enter(_SEQUENCE)
        if encapsulated.value(_OBJECT) != _DATA:
            return None
        return encapsulated.enter(_CONTEXT_0).string()
    except _Broken:
        return None


class _Reader:
    """A place in BER. Lengths may be left open, and strings be in pieces, as programs that write streams do it."""

    def __init__(self, octets: bytes, at: int = 0, end: int | None = None) -> None:
        self.octets, self.at = octets, at
        self.end = len(octets) if end is None else end

    def _head(self) -> tuple[int, int | None]:
        """Tag and length of what is here, None if it is open; leaves us behind both."""
        if self.at + 2 > self.end:
            raise _Broken
        tag, first = self.octets[self.at], self.octets[self.at + 1]
        self.at += 2
        if first == 0x80:
            return tag, None
        if first < 0x80:
            length = first
        else:
            count = first & 0x7F
            if count > 4 or self.at + count > self.end:
                raise _Broken
            length = int.from_bytes(self.octets[self.at : self.at + count])
            self.at += count
        if length > self.end - self.at:
            raise _Broken
        return tag, length

    def enter(self, wanted: int) -> _Reader:
        """A reader of what is in the value here. This one is of no use afterwards if its length is open."""
        tag, length = self._head()
        if tag != wanted:
            raise _Broken
        if length is None:
            return _Reader(self.octets, self.at, self.end)
        begin, self.at = self.at, self.at + length
        return _Reader(self.octets, begin, self.at)

    def value(self, wanted: int) -> bytes:
        tag, length = self._head()
        if tag != wanted or length is None:
            raise _Broken
        self.at += length
        return self.octets[self.at - length : self.at]

    def skip(self) -> None:
        _, length = self._head()
        if length is None:
            raise _Broken
        self.at += length

    def string(self) -> bytes:
        """An octet string, whole or in pieces."""
        if self.at >= self.end:
            raise _Broken
        if self.octets[self.at] == _OCTETS:
            return self.value(_OCTETS)
        inner = self.enter(_OCTETS | _CONSTRUCTED)
        pieces: list[bytes] = []
        while inner.at < inner.end and inner.octets[inner.at] == _OCTETS:
            pieces.append(inner.value(_OCTETS))
            if len(pieces) > _MOST_PIECES:
                raise _Broken
        return b"".join(pieces)
