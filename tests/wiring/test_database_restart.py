# SPDX-License-Identifier: EUPL-1.2
"""The database was restarted: connections that the pool has kept from before are not handed to anybody."""

import psycopg
import pytest
from django.db import connection
from psycopg_pool.base import AttemptWithBackoff

from tests.threads import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def ask(number: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


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
    # a new pool, whatever the tests before have left in the old one
    connection.close_pool()  # type: ignore[attr-defined]  # of the PostgreSQL backend
    at_once(5, ask)  # so many connections are in the pool now
    end_all_connections()

    at_once(5, ask)
