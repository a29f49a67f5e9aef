# SPDX-License-Identifier: EUPL-1.2
"""Every file in the repository is licensed, names no package registry, and the two locks agree."""

import re
import subprocess
import sys
from pathlib import Path

from scripts.environments import SETS

ROOT = Path(__file__).resolve().parent.parent

#: Formats that hold a comment; the others are covered by REUSE.toml.
COMMENTED = {
    ".css", ".editorconfig", ".gitignore", ".html", ".in", ".js", ".mjs", ".py", ".sh", ".sql", ".toml", ".ts", ".tsx",
    ".txt", ".xml", ".yaml", ".yml",
}  # fmt: skip
NOT_OURS = (
    "LICENSE",
    "LICENSES/",
    *(f"requirements/{name}.txt" for name in ("base", "dev", *SETS)),
)
SPDX = "SPDX-License-Identifier: EUPL-1.2"
REGISTRIES = re.compile(
    rb"(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com|proxy\.golang\.org)", re.IGNORECASE
)


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    complaints = [complaint for path in paths if path.is_file() for complaint in _look_at(path)]
    complaints += _compare_locks()
    print(*complaints, f"{len(paths)} files, {len(complaints)} complaints", sep="\n")
    return int(bool(complaints))


def _look_at(path: Path) -> list[str]:
    name = str(path.relative_to(ROOT))
    content = path.read_bytes()
    complaints = []
    if name != "scripts/files.py" and (found := REGISTRIES.search(content)):
        complaints.append(f"{name}: names the registry {found.group().decode()}")
    suffix = path.suffix or path.name
    is_script = content.startswith(b"#!")
    if (suffix in COMMENTED or is_script or path.name == "Makefile") and not name.startswith(NOT_OURS):
        first = content[:400].decode("utf-8", errors="replace").splitlines()[: 2 if is_script else 1]
        if not any(SPDX in line for line in first):
            complaints.append(f"{name}: its first line is not the licence ({SPDX})")
    return complaints


def _compare_locks() -> list[str]:
    base, dev = (_pins(ROOT / "requirements" / f"{name}.txt") for name in ("base", "dev"))
    return [
        f"requirements: {pin} is in base.txt but not in dev.txt; run `make lock`"
        for pin in sorted(base - dev)
    ]


def _pins(path: Path) -> set[str]:
    return set(re.findall(r"(?m)^[a-zA-Z0-9._\[\],-]+==\S+", path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    sys.exit(main())
