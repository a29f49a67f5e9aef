# SPDX-License-Identifier: EUPL-1.2
"""Crash points: all are known and reached, only what is armed dies, and `once` is once among all processes."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vconf.crashpoints import POINTS

ROOT = Path(__file__).resolve().parent.parent.parent


def reached() -> set[str]:
    """The names that `reach` is called with, read off the sources."""
    names = set()
    for file in sorted((ROOT / "vconf").rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "reach":
                assert isinstance(call.args[0], ast.Constant), f"{file}: a point is named where it is reached"
                names.add(str(call.args[0].value))
    return names


def test_every_point_is_reached_somewhere_and_every_reached_one_is_known() -> None:
    assert reached() == set(POINTS)


def run(folder: Path, points: str, *, program: str, demo: str = "1") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VCONF_")}
    environment |= {"VCONF_DEMO": demo, "VCONF_DATA_DIR": str(folder), "VCONF_CRASH_POINTS": points}
    if demo == "0":
        environment["VCONF_SECRET_KEY"] = "q8Zr-4mVx2Lp_0aWn7Ty6Uc1Jd5Gh3Kf9Bs8Eo2Ri4Pz"[::-1] + "x7Yw0Nq5"
    return subprocess.run(
        [sys.executable, "-c", f"import vconf.settings\nfrom vconf.crashpoints import reach\n{program}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_nothing_dies_unless_it_is_armed(tmp_path: Path) -> None:
    done = run(tmp_path, "book.before_commit=once", program="reach('book.before_answer'); print('alive')")

    assert done.stdout == "alive\n"


def test_an_armed_point_ends_the_process_without_a_word(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "outbox.after_handle:1",
        program="try:\n    reach('outbox.after_handle')\nfinally:\n    print('alive')",
    )

    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")


def test_once_is_once_among_all_processes(tmp_path: Path) -> None:
    program = "reach('outbox.after_handle'); reach('outbox.after_done'); print('alive')"

    ends = [run(tmp_path, "*=once", program=program) for _ in range(3)]

    assert [done.returncode for done in ends] == [-signal.SIGKILL, -signal.SIGKILL, 0]
    assert {path.name for path in (tmp_path / "crashes").iterdir()} == {
        "outbox.after_handle",
        "outbox.after_done",
    }


@pytest.mark.parametrize(
    ("points", "demo", "why"),
    [
        ("outbox.after_handle=once", "0", "only allowed with VCONF_DEMO=1"),
        ("outbox.nowhere=once", "1", "there is no point"),
        ("outbox.after_handle", "1", "neither name=once nor name:probability"),
        ("outbox.after_handle:2", "1", "neither name=once nor name:probability"),
    ],
)
def test_what_cannot_be_armed_stops_the_start_with_one_line(
    points: str, demo: str, why: str, tmp_path: Path
) -> None:
    done = run(tmp_path, points, demo=demo, program="print('alive')")

    assert done.returncode == 1
    assert why in done.stderr
    assert done.stderr.count("\n") == 1
