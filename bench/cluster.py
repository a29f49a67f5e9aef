# SPDX-License-Identifier: EUPL-1.2
"""A PostgreSQL cluster of the benchmark's own, as durable as in production, whose data are kept between runs.

The binaries are found as for the tests. The server listens on a unix socket in a temporary folder only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from scripts.postgresql import copy_package, unprivileged
from tests.services import postgresql_programs

SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",
    "shared_buffers": "1GB",
    "effective_cache_size": "8GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    # questions of a few ms gain nothing from compiling or from helpers that have to be started first
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "logging_collector": "off",
}


class Cluster:
    """A running server. Its databases are named after what is in them."""

    def __init__(self, socket_folder: Path) -> None:
        self.socket_folder = socket_folder

    def url(self, database: str) -> str:
        return f"postgresql://vconf@/{database}?host={self.socket_folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(database), autocommit=True)

    def databases(self) -> set[str]:
        with self.connect() as connection:
            return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}

    def drop(self, database: str) -> None:
        with self.connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def create(self, database: str, *, like: str = "template0") -> None:
        """Make the database anew, as a copy of another that nobody is connected to."""
        self.drop(database)
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{like}" STRATEGY FILE_COPY')


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """The cluster in this folder, made if there is none; stopped in order at the end."""
    account = unprivileged()
    options: dict[str, Any] = (
        {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    )
    folder.mkdir(parents=True, exist_ok=True)
    socket_folder = Path(tempfile.mkdtemp(prefix="vconf-bench-"))
    binaries = postgresql_programs()
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
            os.chown(socket_folder, account.pw_uid, account.pw_gid)
            if not binaries.is_relative_to("/usr"):
                binaries = copy_package(binaries.parent, socket_folder / "programs")
        data = folder.absolute() / "postgresql"
        if not (data / "PG_VERSION").exists():
            shutil.rmtree(data, ignore_errors=True)
            made = subprocess.run(
                [
                    binaries / "initdb",
                    f"--pgdata={data}",
                    "--username=vconf",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                ],
                stdout=subprocess.DEVNULL,
                cwd=socket_folder,
                check=False,
                **options,
            )
            if made.returncode:
                raise SystemExit(
                    f"PostgreSQL could not make {data}. It does not run as root: the folder has to be one that the"
                    " account postgres can reach (--data)."
                )
        settings = SETTINGS | {"unix_socket_directories": str(socket_folder)}
        with (socket_folder / "log").open("w") as log:
            server = subprocess.Popen(
                [
                    binaries / "postgres",
                    "-D",
                    data,
                    *(f"-c{name}={value}" for name, value in settings.items()),
                ],
                stdout=log,
                stderr=log,
                cwd=socket_folder,
                **options,
            )
        try:
            cluster = Cluster(socket_folder)
            _wait(cluster, server, socket_folder / "log")
            yield cluster
        finally:
            server.send_signal(2)  # SIGINT: fast shutdown, with a checkpoint
            server.wait()
    finally:
        shutil.rmtree(socket_folder, ignore_errors=True)


def _wait(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        if server.poll() is not None:
            raise SystemExit(f"PostgreSQL ended at once:\n{log.read_text()}")
        try:
            with cluster.connect():
                return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise SystemExit(f"PostgreSQL does not answer:\n{log.read_text()}")
