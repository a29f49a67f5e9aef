# SPDX-License-Identifier: EUPL-1.2
"""Keeping an open page in step: every change of a conference as a server-sent event, until it or the page is gone."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: Open pages of all servers of this process.
MAX_STREAMS = 400
KEEP_ALIVE_SECONDS = 15.0


class TooManyStreams(Exception):
    """There are as many open pages as can be kept."""


@dataclass(frozen=True)
class Look:
    """`revision` grows with every change; `is_last` ends the stream."""

    revision: int
    state: dict[str, object]
    is_last: bool = False


_streams = threading.BoundedSemaphore(MAX_STREAMS)


def follow(
    look: Callable[[], Look | None],
    changed: threading.Condition,
    stopped: threading.Event,
    *,
    send: Callable[[bytes], bool],
    gone: Callable[[], bool],
    revision: Callable[[], int],
) -> None:
    """`look` answers None when there is nothing to see any more. `send` answers False and `gone` True once the browser
    has hung up. `revision` is read under `changed`."""
    last = None
    silent_since = time.monotonic()
    while not stopped.is_set():
        seen = look()
        if seen is None:
            return
        if seen.revision != last:
            if not send(f"data: {json.dumps(seen.state, ensure_ascii=False)}\n\n".encode("utf-8", "replace")):
                return
            last, silent_since = seen.revision, time.monotonic()
        if seen.is_last:
            return
        if time.monotonic() - silent_since > KEEP_ALIVE_SECONDS:
            if not send(b":\n\n"):
                return
            silent_since = time.monotonic()
        with changed:
            if revision() == last:
                changed.wait(0.5)
        if gone():
            return
        # Many changes at once become one message.
        stopped.wait(0.05)


@contextlib.contextmanager
def one_of_many() -> Iterator[None]:
    """Raises TooManyStreams."""
    if not _streams.acquire(blocking=False):
        raise TooManyStreams
    try:
        yield
    finally:
        _streams.release()
