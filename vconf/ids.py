# SPDX-License-Identifier: EUPL-1.2
"""Public ids."""

import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new UUID version 7 (RFC 9562, section 5.7).

    Layout: 48 bits of Unix time in milliseconds, then 74 random bits around version and variant. Ids of one process
    grow strictly (section 6.2, method 2: within the same millisecond, or when the clock steps back, the random part is
    counted up by a random step), so rows inserted one after the other stay neighbours in an index.
    """
    global _last
    with _lock:
        fresh = (time.time_ns() // 1_000_000) << 74 | secrets.randbits(74)
        if fresh >> 74 <= _last >> 74:
            fresh = _last + 1 + secrets.randbits(32)
        _last = fresh
    milliseconds, random = fresh >> 74, fresh & (1 << 74) - 1
    return UUID(
        int=milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    )
