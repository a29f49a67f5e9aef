# SPDX-License-Identifier: EUPL-1.2
"""The database was restarted: connections that the pool has kept from before are not handed to anybody."""

import threading

import psycopg
import pytest
from django.db import OperationalError, connection
from psycopg_pool.base import AttemptWithBackoff

from tests.simulator_fixture import eventually
from tests.threads import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

#: more than could be found broken one by one before whoever asks gives up
MANY = 30


def ask(number: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def fill_the_pool(count: int) -> None:
    """So many hold a connection at the same time, and then all give it back."""
    all_have_one = threading.Barrier(count)

    def hold(number: int) -> None:
        ask()
        all_have_one.wait(timeout=20)

    at_once(count, hold)


def end_all_connections() -> None:
    """What a restart does to them, without being one: the other tests' database is on this server."""
    connection.close()  # this thread's own
    settings = connection.settings_dict
    with psycopg.connect(
        dbname=settings["NAME"], user=settings["USER"], host=settings["HOST"], port=settings["PORT"] or None
    ) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_database_that_is_away_is_looked_for_each_second() -> None:
    attempt = AttemptWithBackoff(timeout=300)

    for _ in range(6):
        attempt.update_delay(0.0)

    assert 0.8 < attempt.delay < 1.2


def test_nobody_gets_a_connection_from_before() -> None:
    connection.close_pool()  # type: ignore[attr-defined]  # of the PostgreSQL backend
    fill_the_pool(MANY)
    end_all_connections()

    at_once(5, ask)


def test_one_broken_connection_says_enough_of_all_that_were_kept() -> None:
    """The first who asks after a restart is served, however many connections the process had; nobody's turn to wait
    ten seconds for nothing.
    """
    connection.close_pool()  # type: ignore[attr-defined]
    fill_the_pool(MANY)
    pool = connection.pool  # type: ignore[attr-defined]
    assert pool.pop_stats()["pool_available"] == MANY
    end_all_connections()

    ask()
    connection.close()
    fill_the_pool(5)

    told = pool.get_stats()
    assert told["returns_bad"] == 1
    assert told["connections_num"] < 2 * MANY  # all replaced once, by whoever came first


def test_connections_that_break_again_and_again_are_an_error_and_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are given back, so that nobody finds the pool used up later."""
    connection.close_pool()  # type: ignore[attr-defined]

    def broken(_: object) -> None:
        raise psycopg.OperationalError("the connection is lost")

    with monkeypatch.context() as breaking:
        breaking.setattr("psycopg_pool.ConnectionPool.check_connection", broken)
        with pytest.raises(OperationalError, match="the connection is lost"):
            ask()
    connection.close()

    def all_are_there() -> bool:
        told = connection.pool.get_stats()  # type: ignore[attr-defined]
        return bool(told["pool_size"] == told["pool_available"])

    eventually(all_are_there)
    ask()
