# SPDX-License-Identifier: EUPL-1.2
"""A private PostgreSQL in a folder, durable, reached by a unix socket only.

It refuses root, so for root it runs as `postgres` or `nobody`.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

from scripts.install import Stop
from vconf.binaries import postgresql_binaries

NO_POSTGRESQL = 10
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "logging_collector": "off",
    "log_min_messages": "warning",
    # what vconf promises rests on these; they are PostgreSQL's own defaults
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}
#: the longest path of a unix socket is 107 bytes; its name takes 14
_LONGEST_FOLDER = 90


class Cluster:
    """`folder` is made if it is missing; the one above it is for us and the server's account only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._account = unprivileged()
        self.options: dict[str, Any] = {"cwd": "/"}
        if self._account is not None:
            self.options |= {
                "user": self._account.pw_uid,
                "group": self._account.pw_gid,
                "extra_groups": [],
            }
        self.binaries = Path()

    @property
    def url(self) -> str:
        """VCONF_DATABASE_URL."""
        return f"postgresql://vconf@/vconf?host={self.folder}"

    def prepare(self) -> None:
        """Find the programs, and make the cluster if it is not there. Raises Stop."""
        found = postgresql_binaries()
        if found is None:
            raise Stop(NO_POSTGRESQL, "There is no PostgreSQL: install Debian's package `postgresql`.")
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.parent.stat().st_uid != os.geteuid():
            raise Stop(NO_POSTGRESQL, f"{self.folder.parent} belongs to somebody else.")
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self._account is not None:
            self._let_in(self._account)
            if not found.is_relative_to("/usr"):
                found = copy_package(found.parent, self.folder / "programs")
        self.binaries = found
        if not (self.data / "PG_VERSION").exists():
            self._create()
        version = (self.data / "PG_VERSION").read_text().strip()
        if self._ask("postgres", "--version").split()[2].split(".")[0] != version:
            raise Stop(
                NO_POSTGRESQL, f"{self.data} is of PostgreSQL {version}; only another version is installed."
            )

    def command(self) -> list[str]:
        """What starts the server."""
        settings = _SETTINGS | {"unix_socket_directories": str(self.folder)}
        return [
            str(self.binaries / "postgres"),
            "-D",
            str(self.data),
            *(f"-c{name}={value}" for name, value in settings.items()),
        ]

    def answers(self) -> bool:
        return self._succeeds("pg_isready", "--quiet", "--dbname=postgres", "--timeout=2")

    def create_database(self) -> None:
        """The database `vconf`, if it is not there."""
        server = (f"--host={self.folder}", "--username=vconf")
        question = ("--no-align", "--tuples-only", "--command=SELECT datname FROM pg_database")
        if "vconf" not in self._ask("psql", *server, "--dbname=postgres", *question).split():
            self._ask("createdb", *server, "vconf")

    def _create(self) -> None:
        # Made aside: an interrupted start leaves nothing that looks like a cluster.
        draft = self.folder / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        done = subprocess.run(
            [
                self.binaries / "initdb",
                f"--pgdata={draft}",
                "--username=vconf",
                "--auth=trust",  # whoever gets as far as the socket may read the files as well
                "--encoding=UTF8",
                "--locale=C",
            ],
            check=False,
            capture_output=True,
            text=True,
            **self.options,
        )
        if done.returncode:
            raise Stop(NO_POSTGRESQL, f"PostgreSQL's initdb failed: {done.stderr.strip()[-500:]}")
        draft.rename(self.data)

    def _let_in(self, account: pwd.struct_passwd) -> None:
        """Let the server's account, and nobody else, through the data folder into the cluster's."""
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        os.chown(self.folder.parent, os.geteuid(), account.pw_gid)
        self.folder.parent.chmod(0o710)

    def _succeeds(self, program: str, *arguments: str) -> bool:
        command = [str(self.binaries / program), f"--host={self.folder}", "--username=vconf", *arguments]
        return not subprocess.run(command, check=False, capture_output=True, **self.options).returncode

    def _ask(self, program: str, *arguments: str) -> str:
        command = [str(self.binaries / program), *arguments]
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command, check=True, capture_output=True, text=True, **self.options
        )
        return done.stdout


def cluster_folder(data: Path) -> Path:
    """Where the cluster of a data folder lies: in it, unless the server could not get there, or its socket's path would
    be too long; then in /var/tmp.
    """
    folder = data / "postgresql"
    shut = os.geteuid() == 0 and any(
        not each.stat().st_mode & 0o001 for each in data.parents if each.exists()
    )
    if shut or len(str(folder)) > _LONGEST_FOLDER:
        name = f"vconf-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
        return Path("/var/tmp") / name / "postgresql"  # noqa: S108  made for its owner only
    return folder


def unprivileged() -> pwd.struct_passwd | None:
    """Whom to run the server as. None means: as we are."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def copy_package(install: Path, folder: Path) -> Path:
    """Copy the packaged server to where the other account can read; the checkout may lie in root's home.

    The programs find the package's libraries by their place beside the package.
    """
    package = install.parent
    target = folder / package.name / install.name
    if not (target / "bin" / "postgres").exists():
        draft = folder.with_name(f"{folder.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(install, draft / package.name / install.name, symlinks=True)
        for libraries in package.parent.glob(f"{package.name}*.libs"):
            shutil.copytree(libraries, draft / libraries.name)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    return target / "bin"
