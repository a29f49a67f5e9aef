# SPDX-License-Identifier: EUPL-1.2
"""The whole installation as one file: the database as it was at one instant, and what it takes to trust it.

A tar archive of two members: `backup.json` (when, by which migrations, which kind of database, how to tell whether the
keys fit, a checksum, a seal of all that) and `database` (a copy of SQLite's file, or pg_dump's own format). No keys are
in it: without the VCONF_SECRET_KEY and VCONF_ENCRYPTION_KEYS it was made with, the secrets in the database stay
unreadable.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from vconf.binaries import postgresql_client
from vconf.bookings.guards import NAME as GUARD
from vconf.crypto import DecryptionFailed, decrypt, encrypt, keyed_hash

FORMAT = 1
_DESCRIPTION, _DATABASE = "backup.json", "database"
_LONGEST_DESCRIPTION = 1_000_000


class BackupError(Exception):
    """It cannot be done; the message says why, in one line."""


# --- making ------------------------------------------------------------------------------------------------------


def make(target: Path) -> dict[str, Any]:
    """Write a backup while everything runs; returns its description. Never overwrites. Raises BackupError."""
    if target.exists():
        raise BackupError(f"{target} is there already; backups are not overwritten.")
    try:
        with tempfile.TemporaryDirectory(prefix=".vconf-backup-", dir=target.absolute().parent) as folder:
            database = Path(folder) / _DATABASE
            _copy_database(database)
            description = {
                "format": FORMAT,
                "made_at": timezone.now().isoformat(),
                "database": connection.vendor,
                "migrations": sorted(".".join(each) for each in _executor().loader.applied_migrations),
                "keys": [keyed_hash("backup", "key"), encrypt("key")],
                "sha256": _checksum(database),
            }
            description["seal"] = _seal_of(description)
            text = Path(folder) / _DESCRIPTION
            text.write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")
            draft = Path(folder) / "draft"
            with tarfile.open(draft, "x") as archive:
                archive.add(text, _DESCRIPTION)
                archive.add(database, _DATABASE)
            draft.chmod(0o600)
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            try:
                os.link(draft, target)  # unlike a renaming, this overwrites nothing
            except FileExistsError:
                raise BackupError(f"{target} is there already; backups are not overwritten.") from None
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}.") from error
    return description


def _copy_database(target: Path) -> None:
    if connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", _address())
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        _require_sound(copy)


# --- bringing back -----------------------------------------------------------------------------------------------


def read(source: Path) -> dict[str, Any]:
    """The description of a backup that fits this installation. Raises BackupError."""
    try:
        with tarfile.open(source) as archive:
            if not archive.getmember(_DATABASE).isfile():
                raise KeyError(f"{_DATABASE!r} is no file")
            member = archive.extractfile(_DESCRIPTION)
            found: Any = json.loads(member.read(_LONGEST_DESCRIPTION)) if member is not None else None
    except (OSError, tarfile.TarError, KeyError, ValueError, RecursionError) as error:
        raise BackupError(f"{source} is no backup that can be read: {error}.") from error
    if not _is_description(found):
        raise BackupError(f"{source} is no backup of a format that is known here.")
    description: dict[str, Any] = found
    if description["database"] != connection.vendor:
        raise BackupError(
            f"{source} is of {description['database']}; VCONF_DATABASE_URL names {connection.vendor}."
        )
    known = {".".join(each) for each in _executor().loader.disk_migrations or {}}
    if unknown := sorted(set(description["migrations"]) - known):
        raise BackupError(
            f"{source} was made by a newer vconf: it has {unknown[-1]}, which is not known here."
        )
    if not _keys_fit(*description["keys"]):
        raise BackupError(
            f"{source} was made with another VCONF_SECRET_KEY or VCONF_ENCRYPTION_KEYS; the secrets in it could not "
            "be read."
        )
    if not _same(description["seal"], _seal_of(description)):
        # what is brought back is run as SQL, and everybody's rights are in it
        raise BackupError(f"{source} is not what was made: somebody has changed it.")
    return description


def load(source: Path, description: dict[str, Any]) -> None:
    """Put a backup's database in the place of an empty one. Raises BackupError, and has then changed nothing.

    The constraint against double bookings is left to whoever calls: it is built apart, once everything is loaded.
    """
    _require_empty()
    place = Path(connection.settings_dict["NAME"]).parent if connection.vendor == "sqlite" else None
    with tempfile.TemporaryDirectory(prefix=".vconf-restore-", dir=place) as folder:
        database = Path(folder) / _DATABASE
        with tarfile.open(source) as archive:
            member = archive.extractfile(_DATABASE)
            if member is None:
                raise BackupError(f"{source} holds no database.")
            with database.open("wb") as file:
                shutil.copyfileobj(member, file)
                os.fsync(file.fileno())
        if _checksum(database) != description["sha256"]:
            raise BackupError(f"{source} is damaged: its checksum is wrong.")
        if connection.vendor == "postgresql":
            _load_into_postgresql(database, Path(folder))
        else:
            _put_in_place(database)


def _load_into_postgresql(dump: Path, folder: Path) -> None:
    contents = folder / "contents"
    lines = _run("pg_restore", "--list", str(dump)).splitlines()
    contents.write_text("\n".join(line for line in lines if GUARD not in line) + "\n", encoding="utf-8")
    _run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--single-transaction",
        f"--use-list={contents}",
        f"--dbname={_address()}",
        str(dump),
    )


def _put_in_place(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as copy:
            _require_sound(copy)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The database is damaged: {error}.") from error
    place = Path(connection.settings_dict["NAME"])
    connection.close()
    # what looking for tables has made; it holds none
    for leftover in (place, *(place.with_name(f"{place.name}{end}") for end in ("-wal", "-shm"))):
        leftover.unlink(missing_ok=True)
    os.link(database, place)


def _require_empty() -> None:
    if connection.introspection.table_names():
        where = connection.settings_dict["NAME"]
        raise BackupError(
            f"The database {where} is not empty; a backup is only brought back into an empty one."
        )


def _require_sound(copy: sqlite3.Connection) -> None:
    (word,) = copy.execute("PRAGMA integrity_check").fetchone()
    if word != "ok":
        raise BackupError(f"The database is damaged: {word}.")


# --- both --------------------------------------------------------------------------------------------------------


def _executor() -> MigrationExecutor:
    return MigrationExecutor(connection)


def _keys_fit(hashed: str, encrypted: str) -> bool:
    """Whether a backup was made with our secret key, and with an encryption key that is among ours."""
    try:
        return _same(hashed, keyed_hash("backup", "key")) and decrypt(encrypted) == "key"
    except DecryptionFailed:
        return False


def _is_description(found: Any) -> bool:
    """Whether it has what `make` writes, each of its kind."""
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return False
    texts = [found.get(name) for name in ("made_at", "database", "sha256", "seal")]
    lists = [found.get(name) for name in ("migrations", "keys")]
    if not all(isinstance(one, list) for one in lists) or len(found["keys"]) != 2:
        return False
    return all(isinstance(one, str) for one in [*texts, *found["migrations"], *found["keys"]])


def _seal_of(description: Mapping[str, Any]) -> str:
    """Made with our secret key, so that nobody without it can change the description, and the checksum with it."""
    sealed = {name: value for name, value in description.items() if name != "seal"}
    return keyed_hash("backup", json.dumps(sealed, sort_keys=True))


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode())


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(program: str, *arguments: str) -> str:
    path = postgresql_client(program)
    if path is None:
        raise BackupError(f"There is no {program}: install Debian's package `postgresql-client`.")
    done = subprocess.run(  # noqa: S603
        [path, *arguments], env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise BackupError(f"{program} failed: {last}")
    return done.stdout


def _environment() -> dict[str, str]:
    """With the password: the list of processes is for everybody to see."""
    password = str(connection.settings_dict["PASSWORD"] or "")
    surroundings = {"HOME": str(Path.home()), "LC_ALL": "C"}
    return surroundings | ({"PGPASSWORD": password} if password else {})


#: options of Django and its driver, which PostgreSQL's programs do not know
_OURS = {"pool", "server_side_binding", "prepare_threshold"}


def _address() -> str:
    """The database as PostgreSQL's programs take it, without the password."""
    known = connection.settings_dict
    options = {name: value for name, value in known["OPTIONS"].items() if name not in _OURS}
    parts = {
        "dbname": known["NAME"],
        "user": known["USER"],
        "host": known["HOST"],
        "port": known["PORT"],
        **options,
    }
    return " ".join(f"{name}='{_quoted(value)}'" for name, value in parts.items() if value not in ("", None))


def _quoted(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("'", "\\'")
