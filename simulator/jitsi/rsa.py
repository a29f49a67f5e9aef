# SPDX-License-Identifier: EUPL-1.2
"""RS256 as far as a verifier needs it: public keys in PEM, and signatures (RFC 8017 section 8.2.2) with SHA-256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----")
_SEQUENCE, _INTEGER, _BIT_STRING = 0x30, 0x02, 0x03
#: DigestInfo of SHA-256, before the digest itself (RFC 8017 section 9.2, note 1).
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


class BadKey(Exception):
    """It is no RSA public key in PEM."""


@dataclass(frozen=True)
class PublicKey:
    modulus: int
    exponent: int

    def verifies(self, message: bytes, signature: bytes) -> bool:
        size = (self.modulus.bit_length() + 7) // 8
        if len(signature) != size:
            return False
        number = int.from_bytes(signature, "big")
        if number >= self.modulus:
            return False
        found = pow(number, self.exponent, self.modulus).to_bytes(size, "big")
        digest = _SHA256_PREFIX + hashlib.sha256(message).digest()
        padding = size - len(digest) - 3
        # The whole block is compared, so that nothing can hide in it.
        return padding >= 8 and hmac.compare_digest(found, b"\x00\x01" + b"\xff" * padding + b"\x00" + digest)


def read_public_key(pem: str) -> PublicKey:
    """Raises BadKey."""
    match = _PEM.search(pem)
    if match is None:
        raise BadKey("no PUBLIC KEY in PEM")
    try:
        der = base64.b64decode("".join(match[1].split()), validate=True)
        whole, _ = _take(der, _SEQUENCE)
        _, rest = _take(whole, _SEQUENCE)  # the algorithm
        bits, _ = _take(rest, _BIT_STRING)
        numbers, _ = _take(bits[1:], _SEQUENCE)
        modulus, rest = _take(numbers, _INTEGER)
        exponent, _ = _take(rest, _INTEGER)
    except (binascii.Error, IndexError) as error:
        raise BadKey("no RSA key in it") from error
    key = PublicKey(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))
    if key.modulus.bit_length() < 1_024 or key.exponent < 3:
        raise BadKey("too small to be a key")
    return key


def _take(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the element at the start, and what follows it."""
    if der[0] != tag:
        raise BadKey("no RSA key in it")
    length, start = der[1], 2
    if length & 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(der[2:start], "big")
    return der[start : start + length], der[start + length :]
