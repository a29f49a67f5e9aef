# SPDX-License-Identifier: EUPL-1.2
"""`python -m history --operations 20000 --writers 16 --database postgresql`: many writers, then the judge.

The database is one of the tests' (tests/services.py) and is dropped afterwards. With `--door http` a server of its own
process (`manage.py serve`) is called. Exit code 0 if and only if nothing was found.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--operations", type=int, default=20_000)
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--door", choices=["service", "http"], default="service")
    parser.add_argument("--port", type=int, help="of the server that is called (default: any)")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    options = parser.parse_args()
    if options.door == "http" and options.database == "sqlite":
        parser.error("the server and the judge need PostgreSQL")
    os.environ["VCONF_TEST_DATABASE"] = options.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

    import django

    django.setup()
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    from django.conf import settings
    from django.db import connection

    from history import journal, world
    from history.doors import Door, HttpDoor, ServiceDoor
    from history.judge import judge
    from history.server import serving
    from history.writers import run

    logging.getLogger("vconf.audit").setLevel(logging.WARNING)  # thousands of lines
    before = settings.DATABASES["default"]["NAME"]
    connection.creation.create_test_db(verbosity=0, serialize=False)
    with ExitStack() as stack:
        stack.callback(connection.creation.destroy_test_db, before, verbosity=0)
        scene = world.build()
        stack.enter_context(journal.written())
        door: Door = ServiceDoor(scene)
        if options.door == "http":
            folder = Path(os.environ["VCONF_DATA_DIR"])
            url, tokens = stack.enter_context(serving(scene, folder, port=options.port))
            door = HttpDoor(url, tokens)
        begin = time.monotonic()
        found = run(door, scene, operations=options.operations, writers=options.writers, seed=options.seed)
        seconds = time.monotonic() - begin
        findings = judge(found)
    outcomes = Counter(f"{call.outcome} {call.code}".strip() for call in found.calls)
    kinds = Counter(call.wish.kind for call in found.calls)
    print(
        f"{len(found.calls)} operations, {options.writers} writers, {options.door} on {options.database},"
        f" seed {options.seed}: {seconds:.0f} s, {len(found.calls) / seconds:.0f}/s"
    )
    print("  " + ", ".join(f"{kind} {number}" for kind, number in kinds.most_common()))
    print("  " + ", ".join(f"{outcome} {number}" for outcome, number in outcomes.most_common()))
    for finding in findings[:50]:
        print(f"  {finding}")
    print(f"{len(findings)} violations")
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
