# SPDX-License-Identifier: EUPL-1.2
"""Recording facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from structlog.contextvars import bound_contextvars

from vconf.outbox.models import Message
from vconf.outbox.record import on_recorded, record


@dataclass(frozen=True, slots=True, kw_only=True)
class KettleBoiled:
    kettle_id: str
    cups: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.kettle_id


@pytest.fixture
def announced() -> Iterator[list[str]]:
    """Gets an entry for every call after a commit."""
    calls: list[str] = []
    on_recorded(lambda: calls.append("called"))
    yield calls
    on_recorded(None)


@transaction.atomic
def record_and_fail(kettle: str) -> None:
    record(KettleBoiled(kettle_id=kettle))
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_an_error() -> None:
    with pytest.raises(RuntimeError):
        record(KettleBoiled(kettle_id="k"))

    assert not Message.objects.exists()


@pytest.mark.django_db
def test_record_keeps_fields_key_and_correlation_id() -> None:
    with bound_contextvars(correlation_id="request-4711"):
        message = record(KettleBoiled(kettle_id="k", cups=("red", "blue")))

    message.refresh_from_db()
    assert message.fact == "KettleBoiled"
    assert message.payload == {"kettle_id": "k", "cups": ["red", "blue"]}
    assert message.key == "k"
    assert message.correlation_id == "request-4711"
    assert message.fanned_out_at is None


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_fact_was_never_recorded(announced: list[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        record_and_fail("k")

    assert not Message.objects.exists()
    assert announced == []


@pytest.mark.django_db(transaction=True)
def test_one_call_after_the_commit_for_many_facts(announced: list[str]) -> None:
    with transaction.atomic():
        record(KettleBoiled(kettle_id="a"))
        with transaction.atomic():
            record(KettleBoiled(kettle_id="b"))
        assert announced == []

    assert announced == ["called"]


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_rolled_back_takes_nothing_else_along(announced: list[str]) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            record_and_fail("lost")
        record(KettleBoiled(kettle_id="kept"))

    assert announced == ["called"]
    assert [message.key for message in Message.objects.all()] == ["kept"]


@pytest.mark.django_db(transaction=True)
def test_a_failing_call_does_not_reach_whoever_committed() -> None:
    on_recorded(lambda: 1 / 0)
    try:
        with transaction.atomic():
            record(KettleBoiled(kettle_id="k"))
    finally:
        on_recorded(None)

    assert Message.objects.count() == 1
