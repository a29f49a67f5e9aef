# SPDX-License-Identifier: EUPL-1.2
"""Programs of others that vconf is tried with, each set in a Python environment of its own (build/environments).

They never enter ours: what tests CalDAV servers replaces urllib3, and peers bring what they like. Locked like the rest
(`requirements/NAME.txt`), installed when first asked for.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from scripts.install import NO_INSTALL, PYTHON, ROOT, environment, run, say

ENVIRONMENTS = ROOT / "build" / "environments"
#: sets of programs: NAME of requirements/NAME.in
SETS = ("caldav-tester", "calendar-clients", "caldav-peers")


def programs(name: str) -> Path:
    """The folder with the programs of a set, installed if they are not. Raises scripts.install.Stop."""
    folder = ENVIRONMENTS / name
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp = folder / "installed"
    wanted = lock.read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        say(f"Installing {name} ...")
        stamp.unlink(missing_ok=True)
        run([str(PYTHON), "-m", "venv", "--clear", str(folder)], log=f"venv-{name}", exit_code=NO_INSTALL)
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--require-hashes"]
        run([*command, "--progress-bar=off", "-r", str(lock)], log=f"pip-{name}", exit_code=NO_INSTALL)
        stamp.write_text(wanted, encoding="utf-8")
    return folder / "bin"


def version(name: str, package: str) -> str:
    """The version of a package of a set, for tables."""
    asked = f"import importlib.metadata; print(importlib.metadata.version({package!r}))"
    python = ENVIRONMENTS / name / "bin" / "python"
    done = subprocess.run(
        [python, "-c", asked], capture_output=True, text=True, check=True, env=environment()
    )
    return done.stdout.strip()
