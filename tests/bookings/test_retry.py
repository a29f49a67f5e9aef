# SPDX-License-Identifier: EUPL-1.2
"""R2.8: what the database asks to have tried again is tried again, a few times, and nothing else is."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, OperationalError, transaction

from vconf.bookings.retry import TRIES, is_transient, retried

pytestmark = pytest.mark.django_db(transaction=True)


class FromPostgres(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate
        super().__init__(sqlstate)


def caused_by(sqlstate: str) -> OperationalError:
    error = OperationalError("from the database")
    error.__cause__ = FromPostgres(sqlstate)
    return error


TRANSIENT = [
    caused_by("40P01"),
    caused_by("40001"),
    caused_by("55P03"),
    OperationalError("database is locked"),
    IntegrityError("UNIQUE constraint failed: bookings_idempotencykey.person_id"),
]
FINAL = [
    caused_by("57014"),
    OperationalError("disk I/O error"),
    IntegrityError("UNIQUE constraint failed: bookings_booking.uid"),
]


class Attempts:
    """Fails so many times with an error, then succeeds."""

    def __init__(self, error: Exception, failures: int) -> None:
        self.error, self.failures, self.made = error, failures, 0

    def __call__(self) -> str:
        self.made += 1
        if self.made <= self.failures:
            raise self.error
        return "done"


@pytest.mark.parametrize("error", TRANSIENT, ids=repr)
def test_what_may_well_succeed_is_tried_again(error: Exception) -> None:
    attempts = Attempts(error, TRIES - 1)

    assert is_transient(error)
    assert (retried(attempts.__call__)(), attempts.made) == ("done", TRIES)


def test_not_for_ever() -> None:
    attempts = Attempts(TRANSIENT[0], 1_000)

    with pytest.raises(OperationalError):
        retried(attempts.__call__)()

    assert attempts.made == TRIES


@pytest.mark.parametrize("error", FINAL, ids=repr)
def test_other_errors_are_final(error: Exception) -> None:
    attempts = Attempts(error, 1)

    with pytest.raises(type(error)):
        retried(attempts.__call__)()

    assert attempts.made == 1


def test_within_a_transaction_it_is_left_to_whoever_began_that() -> None:
    attempts = Attempts(TRANSIENT[0], 1)

    with pytest.raises(OperationalError), transaction.atomic():
        retried(attempts.__call__)()

    assert attempts.made == 1
