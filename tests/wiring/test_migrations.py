# SPDX-License-Identifier: EUPL-1.2
"""Processes of the version before go on while a migration runs (R3.10): what they write has to fit afterwards too."""

from collections.abc import Iterator

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, RemoveField, RenameField, RenameModel
from django.db.models import NOT_PROVIDED

#: for these all processes have to be stopped (docs/operations.md)
NOT_ADDITIVE = {
    "audit.0002_seal",
    "bookings.0002_occurrence_reserved_at",
    "bookings.0003_approvals_and_history",
    "bookings.0071_meeting_explanation",
    "bookings.0080_answers_and_entries",
    "bookings.0090_told_by_client",
    "rooms.0003_servers_in_operation",
    "rooms.0040_servers_watched",
}


def _not_additive() -> Iterator[str]:
    """Those that drop what is still read, or add a column that has to be given a value."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if migration.initial or not type(migration).__module__.startswith("vconf."):
            continue
        for operation in migration.operations:
            match operation:
                case RemoveField() | RenameField() | RenameModel():
                    yield f"{app}.{name}"
                case AddField(field=field) if not (field.null or field.many_to_many):
                    if field.db_default is NOT_PROVIDED:
                        yield f"{app}.{name}"


def test_what_the_version_before_writes_still_fits() -> None:
    assert set(_not_additive()) == NOT_ADDITIVE
