# SPDX-License-Identifier: EUPL-1.2
"""The audit: written with what it tells of, and never changed."""

from __future__ import annotations

import pytest
from django.db import transaction
from structlog.contextvars import bound_contextvars

from vconf.audit.models import AppendOnly, AuditEntry
from vconf.audit.record import record_audit
from vconf.authorities.rights import Actor
from vconf.ids import uuid7


def note(action: str = "kettle.boil") -> AuditEntry:
    return record_audit(action, actor=Actor.system("clock"), object_type="kettle", object_id=7)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_an_error() -> None:
    with pytest.raises(RuntimeError):
        note()

    assert not AuditEntry.objects.exists()


@transaction.atomic
def note_and_fail() -> None:
    note("kettle.drop")
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_was_not_done_but_a_refusal_may_be_noted_outside_of_it() -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            note_and_fail()
        note("kettle.refused")

    assert [entry.action for entry in AuditEntry.objects.all()] == ["kettle.refused"]


@pytest.mark.django_db
def test_an_entry_has_everything_but_names() -> None:
    object_id, authority_id = uuid7(), uuid7()

    with bound_contextvars(correlation_id="request-4711"):
        entry = record_audit(
            "booking.create",
            actor=Actor.system("clock"),
            object_type="booking",
            object_id=object_id,
            authority_id=authority_id,
            outcome="refused",
            code="no_capacity",
            numbers={"limit": 300, "in_use": 250, "asked": 100},
            changes={"title": None},
        )

    entry.refresh_from_db()
    assert (entry.actor_person_id, entry.actor_label) == (None, "clock")
    assert (entry.object_id, entry.authority_id) == (str(object_id), authority_id)
    assert (entry.outcome, entry.code) == ("refused", "no_capacity")
    assert entry.numbers == {"limit": 300, "in_use": 250, "asked": 100}
    assert entry.changes == {"title": None}
    assert entry.correlation_id == "request-4711"


@pytest.mark.django_db
def test_entries_are_neither_changed_nor_removed() -> None:
    entry = note()
    entry.action = "nothing.happened"

    for attempt in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(action="x"),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditEntry.objects.update_or_create(id=entry.id, defaults={"action": "x"}),
    ):
        with pytest.raises(AppendOnly):
            attempt()

    assert AuditEntry.objects.get().action == "kettle.boil"
