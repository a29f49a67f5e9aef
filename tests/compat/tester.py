# SPDX-License-Identifier: EUPL-1.2
"""caldav-server-tester against a running vconf, and its result as a table for docs/standards.md.

Every probe that applies has to be `full`. Why one does not apply stands in `reasons.py`; a reason that is
not needed any more has to go.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scripts.environments import programs, version
from scripts.install import ROOT, environment
from tests.compat.reasons import REASONS
from tests.journeys.actors import Served

#: whose calendar is probed, and who is invited
PEOPLE = ("anna@im.mv.example", "bernd@im.mv.example", "clara@fm.mv.example")
DOCUMENT = ROOT / "docs" / "standards.md"
#: by this name the tester asks for this machine (`probing.py`)
HOST = "vconf.example"
_TABLE = re.compile(r"(?<=<!-- probes -->\n).*?(?=<!-- /probes -->)", re.DOTALL)


def probe(vconf: Served) -> Mapping[str, Any]:
    """What the tester found: `features` {name: {type, result, note}}, `refused` fixtures, `unfinished` checks."""
    folder = programs("caldav-tester")
    people = [
        {"username": email, "password": vconf.manage("create_calendar_password", email).strip()}
        for email in PEOPLE
    ]
    done = subprocess.run(
        [
            str(folder / "python"),
            str(Path(__file__).with_name("probing.py")),
            f"http://{HOST}:{urlsplit(vconf.base_url).port}/dav/",
            "Videokonferenzen",
        ],
        input=json.dumps(people),
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
        env=environment(),
    )
    if done.returncode:
        raise RuntimeError(f"caldav-server-tester did not get through:\n{done.stderr[-5000:]}")
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def failures(found: Mapping[str, Any]) -> Sequence[str]:
    """What does not hold, in words."""
    wrong = [f"{check} could not be finished: {why}" for check, why in found["unfinished"].items()]
    for name, one in sorted(found["features"].items()):
        if one["type"] != "server-feature":
            continue
        if one["result"] != "full" and name not in REASONS:
            wrong.append(f"{name} is {one['result']}: {one['note']}")
        if one["result"] == "full" and name in REASONS:
            wrong.append(f"{name} is full, its reason in reasons.py has to go")
    return wrong


def table(found: Mapping[str, Any]) -> str:
    """For docs/standards.md."""
    features = {name: one for name, one in found["features"].items() if one["type"] == "server-feature"}
    full = sum(one["result"] == "full" for one in features.values())
    tester, library = (version("caldav-tester", name) for name in ("caldav-server-tester", "caldav"))
    lines = [
        f"caldav-server-tester {tester} with caldav {library}, {datetime.now(UTC):%Y-%m-%d}: {len(features)} probes, "
        f"{full} full, {len(features) - full} that do not apply.",
        "",
        "| Probe | Result | Why it does not apply |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {name} | {one['result']} | {'' if one['result'] == 'full' else REASONS.get(name, '**open**')} |"
        for name, one in sorted(features.items())
    ]
    refused = ", ".join(f"`{uid}` ({why})" for uid, why in sorted(found["refused"].items()))
    lines += ["", f"Fixtures that vconf refuses, and that were left out: {refused}.", ""]
    return "\n".join(lines)


def write(found: Mapping[str, Any]) -> None:
    """Put the table into docs/standards.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_TABLE.sub(lambda _: table(found), text), encoding="utf-8")
