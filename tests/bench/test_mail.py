# SPDX-License-Identifier: EUPL-1.2
"""What `python -m bench mail` measures, with fewer mails: hostile ones keep nobody's invitation from its answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.live_server import ROOT

MAILS = 200


def test_of_two_hundred_mails_each_good_one_is_answered_once_whatever_came_between(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VCONF_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "vconf.settings",
        "VCONF_DEMO": "1",
        "VCONF_LOG_LEVEL": "ERROR",
        "VCONF_DATA_DIR": str(tmp_path / "data"),
    }

    subprocess.run(
        [sys.executable, "-m", "bench.mail", str(file), str(MAILS)],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=500,
    )

    rows = json.loads(file.read_text())
    unanswered = [row for row in rows if row["what"].startswith("invitations not answered")]
    assert [row["size"] for row in unanswered] == [MAILS // 2, MAILS - MAILS // 20]
    assert [row["value"] for row in unanswered] == [0, 0], rows
    (memory,) = [row for row in rows if row["what"].startswith("memory")]
    assert memory["value"] <= memory["at_most"]
