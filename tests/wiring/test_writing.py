# SPDX-License-Identifier: EUPL-1.2
"""Rows of several tables written together are the rows that `save` would have written, all of them or none."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from vconf.audit.models import AuditEntry
from vconf.authorities.models import Authority, Quota
from vconf.bookings.ledger import prepared_day, prepared_id, prepared_moment
from vconf.bookings.models import LedgerStep
from vconf.ids import uuid7
from vconf.outbox.models import Message
from vconf.writing import Writing

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
STEPS = (("account", "uuid"), ("day", "date"), ("at", "timestamptz"), ("seats", "integer"))
REST = (("meetings", "integer"), ("opening_seats", "integer"), ("opening_meetings", "integer"))


def land(name: str) -> Authority:
    return Authority(name=name, short_name=name, domain="")


def step(account: UUID, seats: int) -> tuple[object, ...]:
    """Values as the driver takes them."""
    return prepared_id(account), prepared_day(NOON.date()), prepared_moment(NOON), seats, 1, 0, 0


def test_rows_of_several_tables_are_there_afterwards() -> None:
    writing = Writing()
    one, other = land("Land"), land("Nachbar")
    writing.add([one, other])
    writing.add([Quota(authority=one, concurrent_seats=5)])
    assert not Authority.objects.exists()

    writing.send()

    assert {row.name for row in Authority.objects.all()} == {"Land", "Nachbar"}
    assert Quota.objects.get().authority == one
    assert not one._state.adding


def test_what_was_sent_is_not_sent_again() -> None:
    writing = Writing()
    writing.add([Message(fact="f", key="first")])
    writing.send()
    writing.add([Message(fact="f", key="second")])
    writing.send()
    assert list(Message.objects.order_by("id").values_list("key", flat=True)) == ["first", "second"]


def test_rows_get_the_numbers_that_the_database_gives() -> None:
    writing = Writing()
    facts = [Message(fact=name, payload={"name": name}, key="k") for name in ("first", "second")]
    entry = AuditEntry(action="a.b", object_type="a", object_id="1", mac="m", numbers={"seats": 4})
    writing.add(facts)
    writing.add([entry])

    writing.send()

    assert [Message.objects.get(id=fact.pk).payload for fact in facts] == [
        {"name": "first"},
        {"name": "second"},
    ]
    assert AuditEntry.objects.get(id=entry.pk).numbers == {"seats": 4}


@pytest.mark.parametrize("rows", [1, 3, 900])
def test_what_is_there_already_is_added_to(rows: int) -> None:
    accounts = [uuid7() for _ in range(rows)]
    conflict = "(account, day, at) DO UPDATE SET seats = step.seats + excluded.seats"
    for seats in (4, 6):
        writing = Writing()
        writing.insert(
            "bookings_ledgerstep",
            (*STEPS, *REST),
            [step(one, seats) for one in accounts],
            alias="step",
            conflict=conflict,
        )
        writing.send()

    assert list(LedgerStep.objects.values_list("seats", flat=True)) == [10] * rows


@pytest.mark.parametrize("rows", [1, 2])
def test_a_text_that_is_too_long_is_never_cut_off(rows: int) -> None:
    """SQLite keeps it whole, PostgreSQL refuses it; one array for a column must not do otherwise."""
    writing = Writing()
    writing.add([land("x" * 201) for _ in range(rows)])
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic():
            writing.send()
        assert not Authority.objects.exists()
    else:
        writing.send()
        assert {len(row.name) for row in Authority.objects.all()} == {201}


def test_one_row_too_many_and_none_is_written() -> None:
    writing = Writing()
    row = land("Land")
    writing.add([row])
    writing.add([Quota(authority=row, concurrent_seats=1), Quota(authority=row, concurrent_seats=2)])
    with pytest.raises(DatabaseError), transaction.atomic():
        writing.send()
    assert not Authority.objects.exists()


def test_a_part_tells_how_many_rows_it_wrote() -> None:
    told: list[int] = []
    table = Authority._meta.db_table
    Authority.objects.bulk_create([land("Land"), land("Nachbar")])
    writing = Writing()
    returning = " RETURNING id" if connection.vendor == "postgresql" else ""
    writing.add_part(f"UPDATE {table} SET domain = %s{returning}", ["mv.example"], count=told.append)

    writing.send()

    assert told == [2]


@pytest.mark.postgresql
def test_it_is_one_statement_on_postgresql() -> None:
    writing = Writing()
    row = land("Land")
    writing.add([row])
    writing.add([Quota(authority=row)])
    writing.add([Message(fact="f", key="k")])
    with CaptureQueriesContext(connection) as asked:
        writing.send()
    assert len(asked) == 1


def test_nothing_to_write_asks_nothing() -> None:
    writing = Writing()
    writing.add([])
    with CaptureQueriesContext(connection) as asked:
        writing.send()
    assert not asked
