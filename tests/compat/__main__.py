# SPDX-License-Identifier: EUPL-1.2
"""`make compat`: programs of others against a running vconf, each as it is and in an environment of its own.

    python -m tests.compat            # khal with vdirsyncer, then caldav-server-tester
    python -m tests.compat --write    # and its table into docs/standards.md

Ends with 1 if something does not hold.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from scripts.environments import version
from tests.compat import tester
from tests.compat.journey import Broken, journey
from tests.compat.khal import Failed
from tests.live_server import ROOT, LiveServer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table of probes into docs/standards.md")
    parser.add_argument("--only", choices=("khal", "tester"), help="one of the two")
    given = parser.parse_args()
    holds = True
    with tempfile.TemporaryDirectory() as folder:
        vconf = LiveServer(Path(folder) / "data", VCONF_ALLOWED_HOSTS=tester.HOST)
        vconf.start(seconds=300)
        try:
            if given.only != "tester":
                holds &= _khal(vconf, Path(folder) / "khal")
            if given.only != "khal":
                holds &= _tester(vconf, write=given.write)
        finally:
            vconf.stop()
    print("Everything holds." if holds else "Something does not hold.")
    return 0 if holds else 1


def _khal(vconf: LiveServer, folder: Path) -> bool:
    print("\nkhal, kept in step by vdirsyncer")
    try:
        journey(vconf, folder)
    except (Broken, Failed, AssertionError) as error:
        print(f"  NO  {error}")
        return False
    versions = (f"{name} {version('calendar-clients', name)}" for name in ("khal", "vdirsyncer"))
    print(f"  ({', '.join(versions)})")
    return True


def _tester(vconf: LiveServer, *, write: bool) -> bool:
    print("\ncaldav-server-tester")
    found = tester.probe(vconf)
    kept = ROOT / "build" / "compat.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(found, indent=2), encoding="utf-8")
    print(tester.table(found))
    if write:
        tester.write(found)
    wrong = tester.failures(found)
    for each in wrong:
        print(f"  NO  {each}")
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
