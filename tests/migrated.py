# SPDX-License-Identifier: EUPL-1.2
"""The tables are made once for all processes of a run of tests; the first one migrates, the others take a copy.

Each still says `migrate` to its copy, which finds nothing to do.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.base.creation import BaseDatabaseCreation

#: the database that others are copied from
TEMPLATE = "vconf_migrated"

_create = BaseDatabaseCreation.create_test_db


def migrate_once() -> None:
    """From now on databases of tests are copies where one process has made one already."""
    BaseDatabaseCreation.create_test_db = _create_or_copy  # type: ignore[assignment,method-assign]


def _create_or_copy(creation: Any, *arguments: Any, **options: Any) -> str:
    made = Path(os.environ["VCONF_TEST_FOLDER"]) / TEMPLATE
    if creation.connection.vendor == "sqlite":
        return _sqlite(creation, made, *arguments, **options)
    if "VCONF_TEST_OWN_CLUSTER" in os.environ:
        return _postgresql(creation, made, *arguments, **options)
    return _create(creation, *arguments, **options)  # in somebody's cluster nothing is left behind


def _sqlite(creation: Any, made: Path, *arguments: Any, **options: Any) -> str:
    with _alone(made):
        if not made.exists():
            name = _create(creation, *arguments, **options)
            made.with_suffix(".part").unlink(missing_ok=True)
            with creation.connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(made.with_suffix(".part"))])
            made.with_suffix(".part").rename(made)  # whoever dies before leaves nothing that looks whole
            return name
    shutil.copyfile(made, creation._get_test_db_name())
    return _create(creation, *arguments, **{**options, "keepdb": True})


def _postgresql(creation: Any, made: Path, *arguments: Any, **options: Any) -> str:
    with _alone(made):
        if not made.exists():
            name = _create(creation, *arguments, **options)
            creation.connection.close()
            creation.connection.close_pool()
            with creation._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
                cursor.execute(
                    f"CREATE DATABASE {TEMPLATE} TEMPLATE {creation.connection.ops.quote_name(name)}"
                )
            made.touch()
            return name
    creation.connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE
    return _create(creation, *arguments, **options)


@contextmanager
def _alone(made: Path) -> Iterator[None]:
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
