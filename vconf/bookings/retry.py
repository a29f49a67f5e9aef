# SPDX-License-Identifier: EUPL-1.2
"""Try a transaction again when the database asks for it (R2.8)."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 6
#: deadlock detected, serialization failure, lock not available
SQLSTATES = {"40P01", "40001", "55P03"}
#: parts of what a database says when the row that was in the way is found by the next try
_MET = (
    "idempotency_key",
    "idempotencykey",
    "join_link",
    "joinlink",
    "booking_uid_once",
    "organiser_id, bookings_booking.uid",
    "calendar_entry_",
    "calendarentry.",
)


class Meanwhile(Exception):
    """What a decision was based on changed before it could be locked: the transaction has to begin anew."""


def is_transient(error: BaseException) -> bool:
    """Whether the same transaction may well succeed when tried again.

    A clash on an idempotency key, a PIN or a UID just taken by somebody else is one: the repeat finds the row.
    """
    if isinstance(error, Meanwhile):
        return True
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in SQLSTATES:
        return True
    if isinstance(error, IntegrityError):
        text = str(error)  # PostgreSQL names the constraint, SQLite the table
        return any(name in text for name in _MET)
    return isinstance(error, OperationalError) and "locked" in str(error)


def retried(function: Callable[P, R]) -> Callable[P, R]:
    """Run the transaction again, a few times, after short growing pauses. Inside another transaction it is
    left to the outer one, which alone can be begun anew."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(TRIES):
            try:
                return function(*args, **kwargs)
            except (OperationalError, IntegrityError, Meanwhile) as error:
                if connection.in_atomic_block or attempt == TRIES - 1 or not is_transient(error):
                    raise
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - jitter, no secret
        raise AssertionError("unreachable")

    return run
