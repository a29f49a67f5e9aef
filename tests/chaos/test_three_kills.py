# SPDX-License-Identifier: EUPL-1.2
"""Three kills of `make chaos`, each in the middle of bookings: nothing acknowledged is lost, everybody is told once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live_server import ROOT, free_ports

pytestmark = [pytest.mark.postgresql, pytest.mark.long]


def test_nothing_is_lost_when_a_worker_a_web_process_and_the_database_are_killed(tmp_path: Path) -> None:
    kills = ("worker-mail", "web-1", "postgresql")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "chaos", "--seed", "7", "--crash-points=", "--people", "3"),
            *("--pause", "1.5", "--port", str(free_ports(7)), "--folder", str(tmp_path)),
            *(word for name in kills for word in ("--kill", name)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    assert re.search(r"^all +3 ", done.stdout, re.MULTILINE), done.stdout
    assert "violations: 0" in done.stdout
    # what is not asked for cannot be lost
    acknowledged = re.search(r"bookings acknowledged: (\d+) standing", done.stdout)
    assert acknowledged is not None and int(acknowledged[1]) > 0
