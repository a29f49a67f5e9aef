# SPDX-License-Identifier: EUPL-1.2
"""One calendar of 10,000 events, four clients: vconf on PostgreSQL beside Radicale and Xandikos in the same run.

`python -m bench.caldav FILE [EVENTS]`; FILE gets the rows. Each question is asked by all clients at once for some
seconds, and again in turn with the others' servers, so that what the machine does besides meets all of them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.caldav_servers import Client, Server, event, href, radicale, xandikos
from bench.cluster import Cluster
from bench.rows import Row, in_words
from bench.web import redis, web_processes

NAME = "caldav"
EVENTS, FEW = 10_000, 1_000
CLIENTS = 4
#: how long each question is asked of each server
SECONDS = 5.0
#: times the rate of Radicale
GOAL = 20.0
#: times the time that a PUT takes among few events
SLOWER = 1.5
#: times the memory at few events that vconf may take at many
GROWN = 1.2

_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'


def main() -> None:
    file, events = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else EVENTS
    first_day = _a_monday_ahead()
    with tempfile.TemporaryDirectory(prefix="vconf-bench-dav-") as name, ExitStack() as running:
        folder = Path(name)
        ours = running.enter_context(_vconf(folder))
        rows = _fill_vconf(ours, events, first_day)
        print(f"filling Radicale and Xandikos with {events} events ...", flush=True)
        servers = [ours]
        for start in (radicale, xandikos):
            own = folder / start.__name__
            own.mkdir()
            servers.append(running.enter_context(start(own, events, first_day)))
        rows += measure(servers, events, first_day)
    for row in rows:
        print(f"  {row.what}: {row.measured} {row.verdict}", flush=True)
    file.write_text(json.dumps([asdict(row) for row in rows]))


def _a_monday_ahead() -> datetime:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=14 - today.weekday())


# vconf with a calendar


@contextmanager
def _vconf(folder: Path) -> Iterator[Server]:
    """Two web processes of a fresh installation with the demo's people and a hundred rooms, and a calendar password."""
    cluster = Cluster(Path(os.environ["VCONF_BENCH_SOCKETS"]))
    database = "run_caldav"
    cluster.create(database)
    environment = {**os.environ, "VCONF_DATABASE_URL": cluster.url(database)}
    try:
        with redis() as redis_url:
            environment |= {"VCONF_REDIS_URL": redis_url, "VCONF_DATA_DIR": str(folder / "vconf")}
            made = subprocess.run(
                [sys.executable, "-m", "bench.caldav_cast"],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            calendar, credentials = made.stdout.split()[-2:]
            with web_processes(2, environment) as ports:
                # one of them serves; the other is there as an operator would have it, and idle
                pids = [_listening(port) for port in ports[:1]]
                yield Server("vconf", ports[0], calendar, credentials, pids)
    finally:
        cluster.drop(database)


def _listening(port: int) -> int:
    """The process that listens on the port."""
    inodes = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and int(fields[1].partition(":")[2], 16) == port:
            inodes.add(f"socket:[{fields[9]}]")
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                links = [os.readlink(one) for one in (process / "fd").iterdir()]
            except OSError:
                continue
            if inodes & set(links):
                return int(process.name)
    raise SystemExit(f"Nobody listens on port {port}.")


def _fill_vconf(server: Server, events: int, first_day: datetime) -> list[Row]:
    print(f"booking {events} events through vconf's CalDAV door ...", flush=True)
    few = _put_all(server, range(min(FEW, events)), first_day)
    memory = server.memory
    begun = time.monotonic()
    _put_all(server, range(FEW, events - FEW), first_day)
    many = _put_all(server, range(max(FEW, events - FEW), events), first_day)
    print(f"  booked in {time.monotonic() - begun:.0f} s", flush=True)
    return [
        Row(
            "caldav-put-growth",
            f"PUT of a new event, {CLIENTS} clients, time of one beside that among {in_words(FEW)}",
            events,
            f"{len(range(FEW)) / many:.0f} a second",
            many / few,
            f"{FEW / few:.0f} a second",
            at_most=SLOWER,
        ),
        Row(
            "caldav-memory",
            f"memory of the process that serves, beside that at {in_words(FEW)}",
            events,
            f"{server.memory:.0f} MB",
            server.memory / memory,
            f"{memory:.0f} MB",
            at_most=GROWN,
        ),
    ]


def _put_all(server: Server, numbers: range, first_day: datetime) -> float:
    """Seconds that all clients together took for them."""
    left = iter(numbers)
    lock = threading.Lock()

    def put(client: Client) -> bool:
        with lock:
            number = next(left, None)
        if number is None:
            return False
        client.put(href(number), event(number, first_day), expect=201)
        return True

    begun = time.monotonic()
    _with_clients(server, put)
    return max(0.001, time.monotonic() - begun)


# Questions


def measure(servers: list[Server], events: int, first_day: datetime) -> list[Row]:
    rates: dict[str, dict[str, float]] = {}
    for server in servers:
        questions = _questions(server, events, first_day)
        for name, ask in questions.items():
            # the first one may fill a cache
            ask(server.connect())
            rates.setdefault(name, {})[server.name] = _rate(server, ask)
            print(f"  {server.name}, {name}: {rates[name][server.name]:.1f} a second", flush=True)
    ours, peer = servers[0].name, servers[1].name
    rows = []
    for name, found in rates.items():
        beside = ", ".join(f"{one.name} {found[one.name]:.1f}" for one in servers[1:])
        row = Row(
            f"caldav-{name}",
            f"{_WORDS[name]}, {CLIENTS} clients, a second, times Radicale's",
            events,
            f"{found[ours]:.1f} a second",
            found[ours] / found[peer],
            f"{beside} a second",
        )
        rows.append(replace(row, at_least=GOAL) if name in ("month", "sync", "free-busy") else row)
    return rows


_WORDS = {
    "month": "query of a month with its events",
    "sync": "sync that tells of one change",
    "free-busy": "free/busy of a week",
    "get": "GET of an event",
    "put": "PUT of a changed event",
}


def _questions(server: Server, events: int, first_day: datetime) -> dict[str, Callable[[Client], None]]:
    client = server.connect()
    middle = first_day + timedelta(weeks=min(20, max(1, events // 400)))
    span = f'start="{middle:%Y%m%dT%H%M%SZ}" end="{middle + timedelta(days=31):%Y%m%dT%H%M%SZ}"'
    month = (
        f"{_HEAD}<C:calendar-query {_NAMES}><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter>"
        f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range {span}/></C:comp-filter>'
        "</C:comp-filter></C:filter></C:calendar-query>"
    )
    week = f'start="{middle:%Y%m%dT%H%M%SZ}" end="{middle + timedelta(days=7):%Y%m%dT%H%M%SZ}"'
    busy = f"{_HEAD}<C:free-busy-query {_NAMES}><C:time-range {week}/></C:free-busy-query>"
    changed = iter(range(events - 1))
    lock = threading.Lock()

    def change(client: Client) -> None:
        with lock:
            number = next(changed)
        text = event(number, first_day, f"Geändert {number}")
        client.ask("PUT", href(number), text, expect=_CHANGED[server.name.partition(" ")[0]], **_CALENDAR)

    token = _token(client.ask("REPORT", body=_sync(""), expect=207, Depth="0"))
    client.ask(
        "PUT",
        href(events - 1),
        event(events - 1, first_day, "Zuletzt"),
        expect=_CHANGED[server.name.partition(" ")[0]],
        **_CALENDAR,
    )
    return {
        "month": lambda one: _count(one.ask("REPORT", body=month, expect=207, Depth="1"), at_least=20),
        "sync": lambda one: _count(one.ask("REPORT", body=_sync(token), expect=207, Depth="0"), at_least=1),
        "free-busy": lambda one: _busy(one.ask("REPORT", body=busy, expect=200, Depth="1")),
        "get": lambda one: _vevent(one.ask("GET", href(events // 2), expect=200)),
        "put": change,
    }


_CHANGED = {"vconf": 204, "Radicale": 204, "Xandikos": 204}
_CALENDAR: Mapping[str, Any] = {"Content_Type": "text/calendar; charset=utf-8"}


def _sync(token: str) -> str:
    return (
        f"{_HEAD}<D:sync-collection {_NAMES}><D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>"
        "<D:prop><D:getetag/></D:prop></D:sync-collection>"
    )


def _token(answer: bytes) -> str:
    found = re.search(rb"<(?:\w+:)?sync-token[^>]*>([^<]+)<", answer)
    if found is None:
        raise SystemExit(f"A sync answer without a token: {answer[:500]!r}")
    return found[1].decode()


def _count(answer: bytes, *, at_least: int) -> None:
    if len(re.findall(rb"<(?:\w+:)?getetag", answer)) < at_least:
        raise SystemExit(f"Fewer than {at_least} in {answer[:500]!r}")


def _busy(answer: bytes) -> None:
    if b"FREEBUSY" not in answer:
        raise SystemExit(f"No FREEBUSY in {answer[:500]!r}")


def _vevent(answer: bytes) -> None:
    if b"BEGIN:VEVENT" not in answer:
        raise SystemExit(f"No event in {answer[:500]!r}")


def _rate(server: Server, ask: Callable[[Client], None]) -> float:
    """Answers a second to all clients together, asked for some seconds, but once by each at least."""
    done: list[float] = []
    until = time.monotonic() + SECONDS

    def again(client: Client) -> bool:
        ask(client)
        done.append(time.monotonic())
        return time.monotonic() < until

    begun = time.monotonic()
    _with_clients(server, again)
    return len(done) / (time.monotonic() - begun)


def _with_clients(server: Server, act: Callable[[Client], bool]) -> None:
    """Let each client act until it says that it is through. The first failure ends the benchmark."""
    failures: list[BaseException] = []

    def work() -> None:
        client = server.connect()
        try:
            while not failures and act(client):
                pass
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def as_rows(cluster: Cluster, folder: Path, environment: Mapping[str, str]) -> list[Row]:
    """The rows, made by a process of its own."""
    file = folder / "caldav.json"
    subprocess.run(
        [sys.executable, "-m", "bench.caldav", str(file)],
        env={**environment, "VCONF_BENCH_SOCKETS": str(cluster.socket_folder)},
        check=True,
    )
    return [Row(**row) for row in json.loads(file.read_text())]


if __name__ == "__main__":
    main()
