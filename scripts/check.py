# SPDX-License-Identifier: EUPL-1.2
"""`make test` and its quick half `make check`: every part is run, then one line per part and the sum.

A part's output goes to build/logs and is shown in full when it fails. Runners of tests also show their own closing
line, and all of these stand together at the end. The exit code is 0 if and only if every part passed.

The tests of the backend go one way, everything else another way at the same time: either waits often, for sockets or
for a browser, and leaves the processors to the other.
"""

import argparse
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from scripts.install import (
    FRONTEND,
    LOGS,
    PYTHON,
    ROOT,
    Stop,
    build_frontend,
    chromium,
    environment,
    install_node_packages,
    install_python_packages,
    require_mail_servers,
    require_node,
    require_redis,
    say,
)

BIN = PYTHON.parent
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Part:
    """One thing that has to hold.

    :param closing: for runners of tests: what their closing line looks like
    """

    name: str
    command: list[str | Path]
    folder: Path = ROOT
    closing: str | None = None
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    part: Part
    exit_code: int
    seconds: float
    output: str

    @property
    def closing_lines(self) -> list[str]:
        """The lines at the end in which a runner of tests says how it went."""
        if self.part.closing is None:
            return []
        return [line.strip() for line in self.output.splitlines()[-60:] if re.search(self.part.closing, line)]

    def count(self, word: str) -> int:
        return sum(
            int(number) for line in self.closing_lines for number in re.findall(rf"(\d+) {word}", line)
        )

    @property
    def passed(self) -> int:
        return self.count("passed") if self.part.closing else int(self.exit_code == 0)

    @property
    def failed(self) -> int:
        """A part that fails without naming a test (it could not even start) counts as one."""
        return max(self.count("failed") + self.count("errors?"), int(self.exit_code != 0))


def checks() -> list[Part]:
    """The quick half: none of them starts vconf or a database server."""
    return [
        Part("format", [BIN / "ruff", "format", "--check", "."]),
        Part("lint", [BIN / "ruff", "check", "."]),
        Part("types", [BIN / "mypy"]),
        Part("import contracts", [BIN / "lint-imports", "--no-cache"]),
        Part("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], env=_DEMO),
        Part(
            "OpenAPI schema",
            [
                PYTHON,
                "manage.py",
                "spectacular",
                "--validate",
                "--fail-on-warn",
                "--file",
                "build/openapi.yaml",
            ],
            env=_DEMO,
        ),
        Part("translations", [PYTHON, "-m", "scripts.translations"], env=_DEMO),
        Part("files", [PYTHON, "-m", "scripts.files"]),
        Part("frontend types", ["npm", "run", "types"], FRONTEND),
        Part("frontend lint", ["npm", "run", "lint"], FRONTEND),
        Part("frontend API types", ["npm", "run", "api-types:check"], FRONTEND, env=_DEMO),
    ]


def backend_suites() -> list[Part]:
    # each worker begins with a stretch of files of its own, so that what the tests of a file share is made once
    pytest: list[str | Path] = [PYTHON, "-m", "pytest", "--quiet", "-n", str(WORKERS), "--dist", "worksteal"]
    return [
        Part("tests on SQLite", pytest, closing=_PYTEST),
        Part("tests on PostgreSQL", [*pytest, "--database=postgresql"], closing=_PYTEST),
    ]


def frontend_suites() -> list[Part]:
    return [
        Part("frontend tests", ["npm", "test"], FRONTEND, closing=r"^\s*Tests\s+.*\d+ (passed|failed)"),
        Part("browser journey", [PYTHON, "-m", "scripts.journey"], closing=r"^\s*\d+ (passed|failed)\b"),
    ]


#: one more than processors, for tests wait as well
WORKERS = min(max(2, os.cpu_count() or 2) + 1, 5)
_showing = threading.Lock()
_DEMO = {"VCONF_DEMO": "1"}
_PYTEST = r"\b\d+ (passed|failed|errors?)\b.* in [\d.]+s"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="without the tests")
    quick = options.parse_args().quick

    try:
        _prepare(quick)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.exit_code

    ways = [[part] for part in checks()] if quick else [checks() + frontend_suites(), backend_suites()]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return summarise([outcome for way in pool.map(_one_after_the_other, ways) for outcome in way])


def _one_after_the_other(parts: list[Part]) -> list[Outcome]:
    return [_show(_run(part)) for part in parts]


def _prepare(quick: bool) -> None:
    require_node()
    install_python_packages("dev")
    install_node_packages()
    if not quick:
        require_redis()
        require_mail_servers()
        build_frontend()
        chromium()


def _run(part: Part) -> Outcome:
    begin = time.monotonic()
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{part.name.replace(' ', '-').lower()}.log"
    with log.open("w", encoding="utf-8") as file:
        exit_code = subprocess.run(
            [str(word) for word in part.command],
            cwd=part.folder,
            env=_neutral_environment() | part.env,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    output = _ANSI.sub("", log.read_text(encoding="utf-8", errors="replace"))
    return Outcome(part, exit_code, time.monotonic() - begin, output)


def _neutral_environment() -> dict[str, str]:
    """Without the options of a vconf that happens to be configured here; only those of the tests count.

    Hundreds of processes are started: what one of them has compiled, the others find.
    """
    kept = {
        name: value
        for name, value in environment().items()
        if (not name.startswith("VCONF_") or name.startswith("VCONF_TEST_") or name == "VCONF_PYTHON")
        and name != "PYTHONDONTWRITEBYTECODE"
    }
    return kept | {"NO_COLOR": "1", "CI": "1"}


def _show(outcome: Outcome) -> Outcome:
    with _showing:
        if outcome.exit_code:
            say(f"\n---- {outcome.part.name} ----")
            say(outcome.output.rstrip())
            say(f"---- {outcome.part.name} failed, exit code {outcome.exit_code} ----\n")
        else:
            say(f"{outcome.part.name}: passed in {outcome.seconds:.1f} s")
            for line in outcome.closing_lines:
                say(f"  {line}")
    return outcome


def summarise(outcomes: list[Outcome]) -> int:
    say("")
    for outcome in outcomes:
        numbers = f"{outcome.passed} passed, {outcome.failed} failed" if outcome.part.closing else ""
        if skipped := outcome.count("skipped"):
            numbers += f", {skipped} skipped"
        verdict = "FAILED" if outcome.exit_code else "ok"
        say(f"{verdict:7} {outcome.part.name:22} {outcome.seconds:6.1f} s  {numbers}".rstrip())
    for line in (line for outcome in outcomes for line in outcome.closing_lines):
        say(line)
    say(f"{sum(each.passed for each in outcomes)} passed, {sum(each.failed for each in outcomes)} failed")
    return int(any(outcome.exit_code for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
