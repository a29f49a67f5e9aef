# SPDX-License-Identifier: EUPL-1.2
"""The measurements of one database: `python -m bench.inside FILE`. Settings come from the environment.

FILE gets the rows; it first holds what to measure: {"url", "size", "week", "names", "statements"}.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bench.rows import Row


def main() -> None:
    import django  # noqa: PLC0415  the settings are read from the environment

    django.setup()
    logging.disable(logging.INFO)  # the lines of the audit are for who runs vconf
    from bench import booking, races, search  # noqa: PLC0415
    from bench.scene import Scene, Slots  # noqa: PLC0415
    from bench.web import redis, web_processes  # noqa: PLC0415

    file = Path(sys.argv[1])
    order = json.loads(file.read_text())
    environment = dict(os.environ)
    scene = Scene.read(
        order["url"],
        order["size"],
        datetime.fromisoformat(order["week"]),
        environment,
        shows_statements=order["statements"],
    )
    slots = Slots(scene)
    rows: list[Row] = []
    names = set(order["names"])
    with ExitStack() as running:
        if scene.is_postgresql:
            # only the web processes have it: the jobs woken from this process are nobody's
            environment["VCONF_REDIS_URL"] = running.enter_context(redis())
        ports = running.enter_context(web_processes(2 if scene.is_postgresql else 1, environment))
        measures: tuple[tuple[str, Callable[[], list[Row]]], ...] = (
            ("statements", lambda: booking.measure_statements(scene, slots)),
            ("bookings", lambda: booking.measure_rates(scene, ports, slots)),
            ("series", lambda: booking.measure_series(scene, ports, slots)),
            ("races", lambda: races.measure_races(scene, ports, slots)),
            ("free-rooms-db", lambda: search.measure_free_rooms(scene)),
            ("free-rooms-http", lambda: search.measure_free_rooms_over_http(scene, ports)),
            ("common-slot", lambda: search.measure_common_slot(scene)),
            ("peak", lambda: search.measure_peak(scene)),
        )
        for name, measure in measures:
            if name in names:
                found = measure()
                rows += found
                for row in found:
                    print(f"  {row.what}: {row.measured} {row.verdict}", flush=True)
    file.write_text(json.dumps([asdict(row) for row in rows]))


if __name__ == "__main__":
    main()
