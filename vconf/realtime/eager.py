# SPDX-License-Identifier: EUPL-1.2
"""Running a coroutine at once instead of in a task of its own.

To send to a socket hardly ever waits. A task for each of thousands of sends costs as much again as the sends; so
they are run on the spot, and only one that has to wait gets a task, for what is left of it. (Python 3.12 has this as
eager tasks; those still make the task.)
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any


class Rest:
    """What is left of a coroutine that has run up to its first wait. Awaiting it goes on from there."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                result = yield waits_for
            except BaseException as error:  # a cancellation, say: it is the coroutine's to deal with
                try:
                    waits_for = self._coroutine.throw(error)
                except StopIteration:
                    return
            else:
                try:
                    waits_for = self._coroutine.send(result)
                except StopIteration:
                    return


def run_now(coroutine: Coroutine[Any, Any, None]) -> Rest | None:
    """Run it; None if that was all, else what is left to be awaited. Raises what it raises."""
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return Rest(coroutine, waits_for)
