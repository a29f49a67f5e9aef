# SPDX-License-Identifier: EUPL-1.2
"""Writing facts down. Nothing leaves here: `deliver.py` does that after the commit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from django.db import connection, transaction

from vconf.crashpoints import reach
from vconf.logs import correlation_id
from vconf.outbox.models import Message
from vconf.writing import Writing


@runtime_checkable
class FactLike(Protocol):
    """A frozen dataclass of ids, numbers and short texts. `key` names what it is about."""

    @property
    def key(self) -> str: ...


_callback: Callable[[], object] | None = None


def on_recorded(callback: Callable[[], object] | None) -> None:
    """Have this called after every commit that recorded facts, once a transaction; None: nobody.

    It only makes delivery start at once: if it fails or is lost, the clock's next round delivers all the same.
    """
    global _callback
    _callback = callback


def record(fact: FactLike, *, writing: Writing | None = None) -> Message:
    """Write a fact in the caller's transaction, so that it exists exactly if what it tells of does.

    Facts of one key are delivered in the order of their ids. That is the order of the commits only if whoever records
    for a key holds a lock on what it names; the services do (they lock the booking or the room first). `writing`: it is
    written, and gets its id, with the caller's other rows.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A fact is recorded in the transaction of what it tells of.")
    message = Message(
        fact=type(fact).__name__,
        payload=_payload(fact),
        key=fact.key,
        correlation_id=correlation_id(),
    )
    if writing is None:
        message.save(force_insert=True)
    else:
        writing.add([message])
    # Django keeps a list of what to call after the commit; being in it once is enough. A savepoint that is rolled
    # back takes its entries with it.
    if not any(entry[1] is _announce for entry in connection.run_on_commit):
        transaction.on_commit(_announce, robust=True)
    return message


def _announce() -> None:
    reach("outbox.before_wake")
    if _callback is not None:
        _callback()
    reach("outbox.after_wake")


def _payload(fact: FactLike) -> dict[str, Any]:
    if not dataclasses.is_dataclass(fact) or isinstance(fact, type):
        raise TypeError(f"{fact!r} is not a dataclass")
    return dataclasses.asdict(fact)
