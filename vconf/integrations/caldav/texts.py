# SPDX-License-Identifier: EUPL-1.2
"""Texts of calendar objects that were written once and need not be again: a month of a large calendar is asked for all
the time and hardly ever another one.

An ETag names one text (RFC 9110, 8.8.3): what it is made of counts the entry's change, the booking's version or the
dressing's revision on, names of people and rooms included (`bookings/renamed.py`). So nothing is ever
emptied, and a process that was just started only knows less. Rows are read after the tag that the text is kept under:
what changes meanwhile has another tag by then.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Text = TypeVar("Text", str, bytes)


class Texts(Generic[Text]):
    """The newest texts of this process, up to so many bytes in memory."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._texts: OrderedDict[Hashable, Text] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Text | None:
        with self._lock:
            text = self._texts.get(key)
            if text is not None:
                self._texts.move_to_end(key)
            return text

    def keep(self, key: Hashable, text: Text) -> None:
        with self._lock:
            before = self._texts.pop(key, None)
            self._held += sys.getsizeof(text) - (0 if before is None else sys.getsizeof(before))
            self._texts[key] = text
            while self._held > self._most:
                _key, oldest = self._texts.popitem(last=False)
                self._held -= sys.getsizeof(oldest)

    def clear(self) -> None:
        with self._lock:
            self._texts.clear()
            self._held = 0


#: as they stand in C:calendar-data
texts = Texts[str](64 * 1024 * 1024)
#: as they are answered to GET
octets = Texts[bytes](16 * 1024 * 1024)
