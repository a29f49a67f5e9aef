# SPDX-License-Identifier: EUPL-1.2
"""Sealing: everything once, whatever happens meanwhile; and nothing done to it stays unseen."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from tests.audit.entries import COLUMNS, note, sql
from tests.threads import at_once
from vconf.audit import seal
from vconf.audit.heads import Head, head_file, note_head, noted_head
from vconf.audit.models import AppendOnly, AuditEntry, AuditSeal
from vconf.audit.seal import seal_all
from vconf.audit.verify import verify_chain
from vconf.tasks import SCHEDULE, seal_audit

pytestmark = pytest.mark.django_db(transaction=True)


def audit_verify(*heads: str) -> str:
    """What the command prints; raises CommandError, which is exit code 1."""
    out = io.StringIO()
    try:
        call_command("audit_verify", *(f"--head={head}" for head in heads), stdout=out)
    except CommandError as error:
        raise CommandError(f"{out.getvalue()}{error}") from error
    return out.getvalue()


def first_broken(*heads: str) -> str:
    with pytest.raises(CommandError) as refused:
        audit_verify(*heads)
    return str(refused.value).rpartition("First: ")[2]


# --- sealing ------------------------------------------------------------------------------------------------


def test_everything_is_sealed_once_refusals_too() -> None:
    ids = note(3) + note(2, outcome="refused", code="no_capacity", numbers={"limit": 300, "in_use": 250.0})

    assert seal_all() == 5
    assert seal_all() == 0

    assert list(AuditSeal.objects.values_list("position", "entry_id")) == list(enumerate(ids, start=1))
    assert "5 entries sealed, 0 not yet" in audit_verify()


def test_a_job_seals_within_a_minute() -> None:
    note()

    seal_audit()

    assert AuditSeal.objects.count() == 1
    [line] = [line for line in SCHEDULE.values() if line["task"] == "vconf.tasks.seal_audit"]
    assert line["schedule"] <= 30


def test_an_empty_audit_is_whole() -> None:
    assert seal_all() == 0
    assert audit_verify() == "0 entries sealed, 0 not yet. Head: none\n"


def test_what_waits_is_told_and_is_no_fault() -> None:
    note(2)
    seal_all()
    note(1)

    assert "2 entries sealed, 1 not yet, the oldest of " in audit_verify()


def test_many_are_sealed_in_several_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "AT_ONCE", 3)
    note(7)

    assert seal_all() == 7
    assert verify_chain().findings == ()


def test_what_a_long_transaction_commits_late_goes_to_the_end() -> None:
    first, second, third = note(3)
    late = AuditEntry.objects.get(id=second)
    sql("DELETE FROM AuditEntry WHERE id = %s", second)
    seal_all()

    AuditEntry.objects.bulk_create([late])  # with its number from before
    seal_all()

    assert list(AuditSeal.objects.values_list("entry_id", flat=True)) == [first, third, second]
    assert verify_chain().findings == ()


def test_sealers_at_once_seal_once() -> None:
    ids = note(40)

    at_once(6, lambda _: seal_all())
    seal_all()

    assert sorted(AuditSeal.objects.values_list("entry_id", flat=True)) == ids
    assert verify_chain().findings == ()


class Killed(BaseException):
    """As if the process had ended here."""


def test_a_crash_before_the_commit_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    note(3)

    def links_and_end() -> list[AuditSeal]:
        AuditSeal.objects.bulk_create(whole())
        raise Killed

    whole = seal._links
    with monkeypatch.context() as crash:
        crash.setattr(seal, "_links", links_and_end)
        with pytest.raises(Killed):
            seal_all()
    assert not AuditSeal.objects.exists()

    assert seal_all() == 3
    assert verify_chain().findings == ()


def test_a_crash_between_commit_and_note_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    note(3)
    seal_all()
    note(3)

    def end(head: Head) -> None:
        raise Killed

    with monkeypatch.context() as crash:
        crash.setattr(seal, "note_head", end)
        with pytest.raises(Killed):
            seal_all()
    before = noted_head()
    assert before is not None
    assert before.position == 3
    assert AuditSeal.objects.count() == 6
    assert "6 entries sealed" in audit_verify()

    note()
    seal_all()
    noted = noted_head()
    assert noted is not None
    assert noted.position == 7


def test_the_head_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    note(2)
    with caplog.at_level(logging.INFO, "vconf.audit"):
        seal_all()

    head = verify_chain().head
    assert str(head) in caplog.text
    assert "2 entries sealed" in audit_verify(str(head))


def test_seals_are_neither_changed_nor_removed() -> None:
    note()
    seal_all()
    link = AuditSeal.objects.get()

    for attempt in (
        link.save,
        link.delete,
        lambda: AuditSeal.objects.update(digest=""),
        lambda: AuditSeal.objects.all().delete(),
    ):
        with pytest.raises(AppendOnly):
            attempt()


# --- tampering ----------------------------------------------------------------------------------------------

COPY = f"INSERT INTO AuditEntry ({COLUMNS}) SELECT {COLUMNS} FROM AuditEntry WHERE id = %s"


@pytest.mark.parametrize(
    "column", ["action", "actor_label", "object_type", "object_id", "outcome", "code", "correlation_id"]
)
def test_a_changed_text_is_named(column: str) -> None:
    ids = note(5)
    seal_all()

    sql(f"UPDATE AuditEntry SET {column} = 'other' WHERE id = %s", ids[2])

    assert first_broken().startswith(f"entry {ids[2]}: was changed")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("numbers", '{"limit": 301}'),
        ("changes", '{"seats": 7}'),
        ("at", timezone.now() - timedelta(days=1)),
        ("mac", "0" * 64),
        ("authority_id", "0199a3c27d107c119d530a2b6d4f8e01"),
        ("actor_person_id", "0199a3c27d107c119d530a2b6d4f8e01"),
    ],
)
def test_a_changed_value_is_named(column: str, value: Any) -> None:
    ids = note(5, numbers={"limit": 300})
    seal_all()

    sql(f"UPDATE AuditEntry SET {column} = %s WHERE id = %s", value, ids[2])

    assert first_broken().startswith(f"entry {ids[2]}: was changed")


def test_a_change_before_the_seal_is_named_too() -> None:
    [entry] = note()

    sql("UPDATE AuditEntry SET outcome = 'refused' WHERE id = %s", entry)
    assert first_broken().startswith(f"entry {entry}: was changed")
    seal_all()

    assert first_broken().startswith(f"entry {entry}: was changed")


def test_the_first_of_several_is_named() -> None:
    ids = note(6)
    seal_all()

    sql("DELETE FROM AuditEntry WHERE id = %s", ids[4])
    sql("UPDATE AuditEntry SET action = 'x' WHERE id = %s", ids[1])

    assert first_broken().startswith(f"entry {ids[1]}:")
    assert [finding.entry_id for finding in verify_chain().findings] == [ids[1], ids[4]]


def test_a_removed_entry_is_named() -> None:
    ids = note(5)
    seal_all()

    sql("DELETE FROM AuditEntry WHERE id = %s", ids[2])

    assert first_broken() == f"entry {ids[2]}: was removed."


def test_an_entry_removed_with_its_seal_leaves_a_gap() -> None:
    ids = note(5)
    seal_all()

    sql("DELETE FROM AuditEntry WHERE id = %s", ids[2])
    sql("DELETE FROM AuditSeal WHERE entry_id = %s", ids[2])
    assert first_broken() == "1 links before position 4 are missing."

    # closing the gap takes our key
    sql("UPDATE AuditSeal SET position = 3 WHERE position = 4")
    sql("UPDATE AuditSeal SET position = 4 WHERE position = 5")
    assert first_broken().startswith(f"entry {ids[3]}: is not the one that was sealed here")


def test_an_inserted_entry_is_named_sealed_or_not() -> None:
    note(3)
    seal_all()
    sql(
        f"INSERT INTO AuditEntry ({COLUMNS}) SELECT {COLUMNS.replace('action', chr(39) + 'x' + chr(39), 1)} "
        "FROM AuditEntry WHERE id = (SELECT MIN(id) FROM AuditEntry)"
    )
    added = AuditEntry.objects.latest("id").id

    assert first_broken().startswith(f"entry {added}: was changed, or was not written by vconf")
    seal_all()
    assert first_broken().startswith(f"entry {added}: was changed, or was not written by vconf")


def test_a_copy_is_named_sealed_or_not() -> None:
    ids = note(3)
    seal_all()
    sql(COPY, ids[1])
    added = AuditEntry.objects.latest("id").id

    assert first_broken() == f"entry {added}: is a copy of entry {ids[1]}."
    seal_all()
    assert first_broken() == f"entry {added}: is a copy of entry {ids[1]}."


def test_an_old_entry_put_back_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody kept an entry aside before it was sealed and puts it back when it suits them."""
    with monkeypatch.context() as earlier:
        yesterday = timezone.now() - timedelta(days=1)
        earlier.setattr("vconf.audit.record.timezone.now", lambda: yesterday)
        [kept] = note()
    entry = AuditEntry.objects.get(id=kept)
    sql("DELETE FROM AuditEntry WHERE id = %s", kept)
    note(2)
    seal_all()

    AuditEntry.objects.bulk_create([entry])

    assert first_broken().startswith(f"entry {kept}: was added later than the time it names")
    seal_all()
    assert first_broken().startswith(f"entry {kept}: was added later than the time it names")


def test_two_entries_that_changed_places_are_named() -> None:
    ids = note(5)
    seal_all()

    for old, new in ((ids[1], 10**6), (ids[3], ids[1]), (10**6, ids[3])):
        sql("UPDATE AuditEntry SET id = %s WHERE id = %s", new, old)

    assert [finding.entry_id for finding in verify_chain().findings] == [ids[1], ids[3]]


def test_two_seals_that_changed_places_are_named() -> None:
    ids = note(5)
    seal_all()

    for old, new in ((2, 10**6), (4, 2), (10**6, 4)):
        sql("UPDATE AuditSeal SET position = %s WHERE position = %s", new, old)

    assert first_broken().startswith(f"entry {ids[3]}: is not the one that was sealed here")


def test_a_changed_seal_is_named() -> None:
    ids = note(3)
    seal_all()

    sql("UPDATE AuditSeal SET digest = %s WHERE position = 2", "0" * 64)

    assert first_broken().startswith(f"entry {ids[1]}:")


def test_a_cut_end_is_found_by_the_head_noted_here() -> None:
    ids = note(5)
    seal_all()

    sql("DELETE FROM AuditEntry WHERE id >= %s", ids[3])
    assert first_broken() == f"entry {ids[3]}: was removed."

    sql("DELETE FROM AuditSeal WHERE position >= 4")
    assert first_broken().startswith("the chain had a link at 5 when 5:")


def test_a_cut_end_stays_found_when_the_chain_grows_again(caplog: pytest.LogCaptureFixture) -> None:
    ids = note(5)
    seal_all()
    head = str(noted_head())
    sql("DELETE FROM AuditEntry WHERE id >= %s", ids[3])
    sql("DELETE FROM AuditSeal WHERE position >= 4")

    others = note(4)
    seal_all()

    assert "does not go on from the noted head" in caplog.text
    assert str(noted_head()) == head
    assert first_broken() == f"entry {others[1]}: was sealed anew after {head} had been noted."
    head_file().unlink()
    assert "7 entries sealed" in audit_verify()
    assert first_broken(head).startswith(f"entry {others[1]}: was sealed anew")


def test_an_emptied_audit_is_found() -> None:
    note(2)
    seal_all()

    sql("DELETE FROM AuditEntry")
    sql("DELETE FROM AuditSeal")

    assert first_broken().startswith("the chain had a link at 2 when 2:")


@pytest.mark.parametrize("key", ["SECRET_KEY"])
def test_without_our_key_nothing_can_be_forged(key: str, settings: Any) -> None:
    note(2)
    seal_all()
    own = settings.SECRET_KEY

    settings.SECRET_KEY = "another one, of the same length, which somebody else made up"
    [forged] = note()
    seal_all()
    settings.SECRET_KEY = own

    assert first_broken().startswith(f"entry {forged}: was changed, or was not written by vconf")


@pytest.mark.parametrize(
    "text", ["", "5", "0:" + "a" * 64, "5:xyz", "5:" + "a" * 63, "-1:" + "a" * 64, "\x00"]
)
def test_a_head_that_is_none_is_refused(text: str) -> None:
    note()
    seal_all()
    with pytest.raises(CommandError):
        audit_verify(text)

    head_file().write_text(text)
    with pytest.raises(CommandError, match="cannot be read"):
        audit_verify()
    note()
    seal_all()  # goes on, and leaves the file as it is
    assert head_file().read_text() == text
    assert AuditSeal.objects.count() == 2


def test_a_head_of_another_machine_is_left_alone() -> None:
    note(2)
    seal_all()
    before = AuditSeal.objects.latest("position")
    note(2)
    seal_all()
    newest = noted_head()

    seal._note(Head(before.position, before.digest))
    assert noted_head() == newest

    note_head(Head(before.position, before.digest))
    assert "4 entries sealed" in audit_verify()


def test_an_entry_of_a_transaction_that_failed_is_not_sealed() -> None:
    def attempt() -> None:
        with transaction.atomic():
            note()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attempt()

    assert seal_all() == 0
