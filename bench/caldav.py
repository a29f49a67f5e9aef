# SPDX-License-Identifier: EUPL-1.2
"""One calendar of 10,000 events, four clients: vconf on PostgreSQL beside Radicale and Xandikos in the same run.

`python -m bench.caldav FILE [EVENTS]`; FILE gets the rows. Each question is asked by all clients at once for some
seconds, of one server after the other. vconf's first and last thousand events are put through its door and measured;
those between are written as rows (`caldav_fill`), which takes seconds instead of ten minutes.
"""

from __future__ import annotations

import itertools
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
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.caldav_servers import A_DAY, Client, Server, event, href, radicale, xandikos
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
MONTH = timedelta(days=31)
#: times the memory at few events that vconf may take at many
GROWN = 1.2

#: how often the questions were made: what is put has to be another each time, or nothing is changed
_ASKED = itertools.count(1)

_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'


def main() -> None:
    file, events = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else EVENTS
    first_day = _a_monday_ahead()
    with tempfile.TemporaryDirectory(prefix="vconf-bench-dav-") as name, ExitStack() as running:
        folder = Path(name)
        ours = running.enter_context(_vconf(folder))
        rows, memory = _fill_vconf(ours, events, first_day)
        print(f"filling Radicale and Xandikos with {events} events ...", flush=True)
        servers = [ours.server]
        for start in (radicale, xandikos):
            own = folder / start.__name__
            own.mkdir()
            servers.append(running.enter_context(start(own, events, first_day)))
        rows += measure(servers, events, first_day)
        rows.append(_memory("after all questions, ", ours.server, memory, events))
        rows.append(_months_at_first(ours.other, servers[1], events, first_day))
        rows.append(_all_at_first(ours.other, events))
    for row in rows:
        print(f"  {row.what}: {row.measured} {row.verdict}", flush=True)
    file.write_text(json.dumps([asdict(row) for row in rows]))


def _a_monday_ahead() -> datetime:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=14 - today.weekday())


# vconf with a calendar


@dataclass(frozen=True, slots=True)
class _Vconf:
    """server: the process that is measured. other: one that nobody has asked anything. environment: of both."""

    server: Server
    other: Server
    environment: Mapping[str, str]


@contextmanager
def _vconf(folder: Path) -> Iterator[_Vconf]:
    """Two web processes of a fresh installation with the benchmark's people and rooms, and a calendar password."""
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
                server, other = (
                    Server("vconf", port, calendar, credentials, [_listening(port)]) for port in ports
                )
                yield _Vconf(server, other, environment)
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


def _fill_vconf(ours: _Vconf, events: int, first_day: datetime) -> tuple[list[Row], float]:
    """Fill its calendar. The rows about that, and the memory in use when all was asked among few events."""
    print(f"booking the first of {events} events through vconf's CalDAV door ...", flush=True)
    server, few_events = ours.server, min(FEW, events)
    few = _put_all(server, range(few_events), first_day)
    after_few = server.memory
    for ask in _questions(server, few_events, first_day).values():
        _rate(server, ask, seconds=1.0)
    after_questions = server.memory
    copies = max(0, events // FEW - 2)
    filled = few_events * (1 + copies)
    if copies:
        begun = time.monotonic()
        fill = [sys.executable, "-m", "bench.caldav_fill", str(FEW), str(_weeks(FEW)), str(copies)]
        subprocess.run(fill, env=ours.environment, check=True)
        print(f"  {FEW * copies} more written in {time.monotonic() - begun:.0f} s", flush=True)
    last = range(filled, events)
    many = _put_all(server, last, first_day) / max(1, len(last)) * few_events if last else few
    growth = Row(
        "caldav-put-growth",
        f"PUT of a new event, {CLIENTS} clients, time of one beside that among {in_words(FEW)}",
        events,
        f"{few_events / many:.0f} a second",
        many / few,
        f"{few_events / few:.0f} a second",
        at_most=SLOWER,
    )
    return [growth, _memory("", server, after_few, events)], after_questions


def _weeks(events: int) -> int:
    """So many whole weeks are filled by so many events."""
    return events // (A_DAY * 5)


def _memory(when: str, server: Server, before: float, events: int) -> Row:
    return Row(
        "caldav-memory",
        f"memory of the process that serves, {when}beside that at {in_words(FEW)}",
        events,
        f"{server.memory:.0f} MB",
        server.memory / before,
        f"{before:.0f} MB",
        at_most=GROWN,
    )


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
    middle = first_day + timedelta(weeks=min(20, _weeks(events) // 2))
    month = _month(middle)
    week = f'start="{middle:%Y%m%dT%H%M%SZ}" end="{middle + timedelta(days=7):%Y%m%dT%H%M%SZ}"'
    busy = f"{_HEAD}<C:free-busy-query {_NAMES}><C:time-range {week}/></C:free-busy-query>"
    changed, asked = iter(range(events - 1)), next(_ASKED)
    lock = threading.Lock()

    def change(client: Client) -> None:
        with lock:
            number = next(changed)
        text = event(number, first_day, f"Geändert {asked}")
        client.ask("PUT", href(number), text, expect=_CHANGED[server.name.partition(" ")[0]], **_CALENDAR)

    token = _token(client.ask("REPORT", body=_sync(""), expect=207, Depth="0"))
    client.ask(
        "PUT",
        href(events - 1),
        event(events - 1, first_day, f"Zuletzt {asked}"),
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


def _month(begins: datetime) -> str:
    """calendar-query for what takes place in a month, with its text."""
    span = f'start="{begins:%Y%m%dT%H%M%SZ}" end="{begins + MONTH:%Y%m%dT%H%M%SZ}"'
    return (
        f"{_HEAD}<C:calendar-query {_NAMES}><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter>"
        f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range {span}/></C:comp-filter>'
        "</C:comp-filter></C:filter></C:calendar-query>"
    )


def _months_at_first(ours: Server, peer: Server, events: int, first_day: datetime) -> Row:
    """Months that nobody has asked a process for, each once: it has no texts yet that it could tell again."""
    whole = max(1, _weeks(events) * 7 // MONTH.days)
    bodies = [_month(first_day + number * MONTH) for number in range(whole)]
    rates = {}
    for server in (ours, peer):
        server.connect().ask("GET", href(0), expect=200)
        left = iter(bodies)
        lock = threading.Lock()

        def ask(client: Client, left: Iterator[str] = left, lock: threading.Lock = lock) -> bool:
            with lock:
                body = next(left, None)
            if body is not None:
                _count(client.ask("REPORT", body=body, expect=207, Depth="1"), at_least=20)
            return body is not None

        begun = time.monotonic()
        _with_clients(server, ask)
        rates[server.name] = len(bodies) / (time.monotonic() - begun)
    return Row(
        "caldav-month-first",
        f"query of months that a process was not asked for before, {CLIENTS} clients, a second, times Radicale's",
        events,
        f"{rates[ours.name]:.1f} a second",
        rates[ours.name] / rates[peer.name],
        f"{peer.name} {rates[peer.name]:.1f} a second",
    )


def _all_at_first(ours: Server, events: int) -> Row:
    """What a new client asks for: everything, with its text."""
    body = _sync("").replace("<D:getetag/>", "<D:getetag/><C:calendar-data/>")
    before, begun = ours.memory, time.monotonic()
    _count(ours.connect().ask("REPORT", body=body, expect=207, Depth="0"), at_least=events)
    seconds = time.monotonic() - begun
    return Row(
        "caldav-all-first",
        "first sync of all events with their texts, one client, seconds",
        events,
        f"{seconds:.1f} s; memory {before:.0f} to {ours.memory:.0f} MB",
        seconds,
    )


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


def _rate(server: Server, ask: Callable[[Client], None], *, seconds: float = SECONDS) -> float:
    """Answers a second to all clients together, asked for some seconds, but once by each at least."""
    done: list[float] = []
    until = time.monotonic() + seconds

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
