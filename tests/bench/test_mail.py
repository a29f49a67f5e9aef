# SPDX-License-Identifier: EUPL-1.2
"""What `python -m bench mail` measures, with fewer mails: hostile ones of all kinds keep nobody from being answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.mail import Outcome, Watched, rows
from tests.integrations.imip.hostile import HOSTILE
from tests.live_server import ROOT

#: `make bench` sends 2,000
MAILS = 80


@pytest.mark.long
def test_of_many_mails_each_good_one_is_answered_once_whatever_came_between(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VCONF_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "vconf.settings",
        "VCONF_DEMO": "1",
        "VCONF_LOG_LEVEL": "ERROR",
        "VCONF_DATA_DIR": str(tmp_path / "data"),
    }

    subprocess.run(
        [sys.executable, "-m", "bench.mail", str(file), str(MAILS), str(len(HOSTILE))],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=500,
    )

    found = json.loads(file.read_text())
    unanswered = [row for row in found if row["what"].startswith("invitations not answered")]
    assert [row["size"] for row in unanswered] == [MAILS // 4, MAILS - len(HOSTILE)]
    bounds = [row for row in found if row["at_most"] is not None and row["what"] != "slowest mail"]
    assert {row["what"]: row["value"] for row in bounds if row["value"] > row["at_most"]} == {}, found
    assert len(bounds) == 5


@pytest.mark.parametrize(
    ("one", "what"),
    [
        ({"not_answered": ["good-1"]}, "invitations not answered exactly once, 1 of 3 hostile"),
        ({"ends": {"!waiting (): zip": 1}}, "hostile mails that came through"),
        ({"replaced": 1}, "readers that had to be replaced"),
        ({"handled": 1.0}, "mails handled with hostile ones, of those without"),
    ],
)
def test_what_went_wrong_misses_its_goal(one: dict[str, Any], what: str) -> None:
    usual: dict[str, Any] = {
        "good": 2,
        "hostile": 1,
        "taken_in": 50.0,
        "handled": 20.0,
        "processor": 0.03,
        "answered": 20.0,
        "answers": {"ACCEPTED": 2},
        "not_answered": [],
        "ends": {"ignored (not_an_invitation)": 1},
        "replaced": 0,
        "watched": Watched(),
    }
    plain = Outcome(**(usual | {"hostile": 0, "ends": {}}))
    plain.watched.memory["worker"] = 100

    missed = [row.what for row in rows(plain, Outcome(**(usual | one))) if row.is_met is False]

    assert what in missed
    assert [row.what for row in rows(plain, Outcome(**usual)) if row.is_met is False] == []
