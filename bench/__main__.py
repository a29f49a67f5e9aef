# SPDX-License-Identifier: EUPL-1.2
"""Measure vconf beside its limits: `python -m bench`, or `python -m bench bookings races --size 10k`.

Databases are filled once and kept (build/bench-data); every run measures copies of them. Figures of other runs or
machines are not comparable, ratios within one run are.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from bench import caldav, mail, servers
from bench.cluster import Cluster, running
from bench.fill import first_monday, first_whole_week, is_fresh
from bench.rows import Row, in_words, table

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000, "5m": 5_000_000}
#: asked of every size
SEARCHES = ("free-rooms-db", "free-rooms-http", "common-slot", "peak")
#: asked of the smallest size and of the largest
BOOKINGS = ("statements", "bookings", "series", "races")
NAMES = (*BOOKINGS, *SEARCHES, "sqlite", "fanout", *servers.NAMES, caldav.NAME, mail.NAME)
#: changed when what `fill` writes changes: kept databases of another one are filled anew
EDITION = 1


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(NAMES)}; all")
    parser.add_argument(
        "--size", choices=SIZES, default="1m", help="the largest database; smaller ones as well"
    )
    parser.add_argument("--clients", type=int, default=2000, help="sockets of the fan-out")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    parser.add_argument(
        "--data", type=Path, default=Path("build/bench-data"), help="where databases are kept"
    )
    parser.add_argument("--statements", action="store_true", help="print the statements of one booking")
    options = parser.parse_args()
    names = set(options.names or NAMES)
    if unknown := names - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    sizes = [size for size in SIZES.values() if size <= SIZES[options.size]]
    rows: list[Row] = []
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="vconf-bench-") as folder, running(options.data) as cluster:
        environment = _environment(options.data)
        for size in sizes:
            wanted = names & set(SEARCHES)
            if size in (sizes[0], sizes[-1]):
                wanted |= names & set(BOOKINGS)
            if wanted:
                week = _filled(cluster, size, environment)
                rows += _measured(
                    cluster, size, week, sorted(wanted), environment, Path(folder), options.statements
                )
        if "sqlite" in names:
            rows += _on_sqlite(environment, Path(folder))
        rows += _compared(rows)
        if "fanout" in names:
            rows += _fanout(options.clients, Path(folder))
        if about_servers := names & set(servers.NAMES):
            rows += servers.as_rows(about_servers, Path(folder), dict(os.environ))
        if caldav.NAME in names:
            rows += caldav.as_rows(cluster, Path(folder), environment)
        if mail.NAME in names:
            cluster.create("mail")
            rows += mail.as_rows(cluster.url("mail"), Path(folder), environment)
    print("\n" + table(rows))
    missed = [row for row in rows if row.is_met is False]
    print(f"\n{len(missed)} goals missed." if missed else "\nAll goals are met.")
    print(
        f"{datetime.now(UTC):%d.%m.%Y %H:%M} UTC, {os.cpu_count()} processors, load {load_before:.1f} before and"
        f" {os.getloadavg()[0]:.1f} after: what shares the machine makes goals in ms hard to judge."
    )
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        told = [{**asdict(row), "goal": row.goal, "is_met": row.is_met} for row in rows]
        written = {"load_before": load_before, "load_after": os.getloadavg()[0], "rows": told}
        options.json.write_text(json.dumps(written, indent=1) + "\n")
    return 1 if missed else 0


def _environment(data: Path) -> dict[str, str]:
    """Of every process that is vconf. The key is kept with the databases, whose links are encrypted with it."""
    folder = data.absolute() / "vconf"
    folder.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VCONF_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "vconf.settings",
        "VCONF_DEMO": "1",
        "VCONF_DATA_DIR": str(folder),
        "VCONF_LOG_LEVEL": "ERROR",
    }


def _filled(cluster: Cluster, size: int, environment: dict[str, str]) -> datetime:
    """See to it that the database `filled_SIZE` is there and up to date; the first whole week ahead in it."""
    name, now = f"filled_{size}", datetime.now(UTC)
    base = _kept(cluster, name)
    if base is None or not is_fresh(size, base, now):
        base = first_monday(size, now.date())
        print(f"Filling a database with {in_words(size)} dates ...", flush=True)
        begun = time.monotonic()
        cluster.create(name)
        subprocess.run(
            [sys.executable, "-m", "bench.fill", str(size), base.isoformat()],
            env={**environment, "VCONF_DATABASE_URL": cluster.url(name)},
            check=True,
        )
        with cluster.connect(name) as connection:
            connection.execute(
                "CREATE TABLE bench_filled AS SELECT %s AS edition, %s::date AS base", [EDITION, base]
            )
        print(f"  filled in {time.monotonic() - begun:.0f} s", flush=True)
    else:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            env={**environment, "VCONF_DATABASE_URL": cluster.url(name)},
            check=True,
        )
    return first_whole_week(size, base, now)


def _kept(cluster: Cluster, name: str) -> date | None:
    if name not in cluster.databases():
        return None
    with cluster.connect(name) as connection:
        there = connection.execute("SELECT to_regclass('bench_filled')").fetchone()
        if there is None or there[0] is None:
            return None
        row = connection.execute("SELECT base FROM bench_filled WHERE edition = %s", [EDITION]).fetchone()
    return row[0] if row else None


def _measured(
    cluster: Cluster,
    size: int,
    week: datetime,
    names: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    statements: bool,
) -> list[Row]:
    """Measure a copy of the filled database."""
    print(f"{in_words(size)} dates on PostgreSQL:", flush=True)
    name = f"run_{size}"
    cluster.create(name, like=f"filled_{size}")
    try:
        return _inside(cluster.url(name), size, week, names, environment, folder, statements)
    finally:
        cluster.drop(name)


def _inside(
    url: str,
    size: int,
    week: datetime,
    names: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    statements: bool = False,
) -> list[Row]:
    file = folder / "order.json"
    order = {"url": url, "size": size, "week": week.isoformat(), "names": names, "statements": statements}
    file.write_text(json.dumps(order))
    subprocess.run(
        [sys.executable, "-m", "bench.inside", str(file)],
        env={**environment, "VCONF_DATABASE_URL": url},
        check=True,
    )
    return [Row(**row) for row in json.loads(file.read_text())]


def _on_sqlite(environment: dict[str, str], folder: Path) -> list[Row]:
    """To know: bookings a second with one process and an SQLite file on a disk, beside its plain insert."""
    print("SQLite, no dates before:", flush=True)
    url = f"sqlite://{folder / 'bench.sqlite3'}"
    subprocess.run(
        [sys.executable, "-m", "bench.fill", "0", first_monday(0, datetime.now(UTC).date()).isoformat()],
        env={**environment, "VCONF_DATABASE_URL": url},
        check=True,
    )
    week = first_whole_week(0, first_monday(0, datetime.now(UTC).date()), datetime.now(UTC))
    rows = _inside(url, 0, week, ["bookings", "series"], environment, folder)
    return [Row(**{**asdict(row), "what": f"SQLite: {row.what}", "at_most": None}) for row in rows]


def _compared(rows: Sequence[Row]) -> list[Row]:
    """How questions grow from the smaller to the larger databases."""
    found = []
    for name, what, smallest, at_most in (
        ("free-rooms-db", "free rooms in the database", 10_000, 2.0),
        ("free-rooms-http", "free rooms over HTTP", 100_000, 1.5),
    ):
        by_size = {row.size: row for row in rows if row.name == name}
        largest = max(by_size, default=0)
        if smallest in by_size and largest > smallest:
            few, many = by_size[smallest].p50, by_size[largest].p50
            found.append(
                Row(
                    f"{name}-growth",
                    f"{what}, p50 beside that of {in_words(smallest)}",
                    largest,
                    f"p50 {many:.1f} ms",
                    many / few,
                    f"p50 {few:.1f} ms",
                    at_most=at_most,
                )
            )
    return found


def _fanout(clients: int, folder: Path) -> list[Row]:
    file = folder / "fanout.json"
    subprocess.run(
        [sys.executable, "-m", "bench.fanout", "--clients", str(clients), "--json", str(file)], check=False
    )
    if not file.exists():
        what = "a change to every socket: the run ended early, the reason stands above"
        return [Row("fanout", what, clients, "nothing", 0, at_least=1)]
    return [Row(**row) for row in json.loads(file.read_text())]


if __name__ == "__main__":
    sys.exit(main())
