# SPDX-License-Identifier: EUPL-1.2
"""CalDAV servers with a calendar of many events: vconf, and the peers that a small office would run instead.

Each is a process (vconf: two) of its own on loopback. Peers get their events as files, as their own storage has them.
"""

from __future__ import annotations

import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from scripts.environments import programs, version
from tests.live_server import free_ports

#: events on every working day, one beginning each quarter of an hour from 08:00
A_DAY = 40
LENGTH = timedelta(minutes=30)
#: whose calendar it is
ORGANISER = "p17@a17.example"
PATIENCE = 120
LOCKED = 423


@dataclass(frozen=True, slots=True)
class Server:
    """`calendar`: its path, which ends in a slash. `pids`: the processes whose memory counts."""

    name: str
    port: int
    calendar: str
    credentials: str = ""
    pids: Sequence[int] = field(default=())

    def connect(self) -> Client:
        return Client(self)

    @property
    def memory(self) -> float:
        """MB of memory that its processes have for themselves alone or share (VmRSS)."""
        return sum(_resident(pid) for pid in self.pids)


class Client:
    """One connection, opened again when the server has closed it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        self._headers = {"Content-Type": "application/xml; charset=utf-8", "User-Agent": "bench"}
        if server.credentials:
            self._headers["Authorization"] = "Basic " + b64encode(server.credentials.encode()).decode()

    def ask(self, method: str, href: str = "", body: str = "", *, expect: int, **headers: str) -> bytes:
        """The body of the answer. Another status than expected ends the benchmark."""
        path = href if href.startswith("/") else self._server.calendar + href
        named = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        status, content = self._answer(method, path, body.encode(), named)
        while status == LOCKED:  # Xandikos takes one change at a time, and has the others come again
            status, content = self._answer(method, path, body.encode(), named)
        if status != expect:
            raise SystemExit(
                f"{self._server.name}: {method} {path} was answered by {status}: {content[:500]!r}"
            )
        return content

    def _answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        for last in (False, True):
            try:
                self._connection.request(method, path, body, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except (HTTPException, OSError):
                self._connection.close()
                if last:
                    raise
        raise AssertionError("unreachable")

    def put(self, href: str, text: str, *, expect: int) -> None:
        self.ask("PUT", href, text, expect=expect, Content_Type="text/calendar; charset=utf-8")


# Events


def event(number: int, first_day: datetime, title: str = "") -> str:
    """The text of the event of that number: half an hour on a working day, with two people from elsewhere invited."""
    day, place = divmod(number, A_DAY)
    week, weekday = divmod(day, 5)
    starts_at = first_day + timedelta(weeks=week, days=weekday, hours=8, minutes=15 * place)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//bench//bench//EN",
        "BEGIN:VEVENT",
        f"UID:{uid(number)}",
        "DTSTAMP:20260101T000000Z",
        f"DTSTART:{starts_at:%Y%m%dT%H%M%SZ}",
        f"DTEND:{starts_at + LENGTH:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{title or f'Besprechung {number}'}",
        "DESCRIPTION:Was zu besprechen ist\\, steht in der Akte.",
        f"ORGANIZER:mailto:{ORGANISER}",
        *(
            f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:gast{number % 200 + one}@outside.example"
            for one in (1, 2)
        ),
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT15M",
        "DESCRIPTION:Besprechung",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(lines) + "\r\n"


def uid(number: int) -> str:
    return f"bench-{number:06}"


def href(number: int) -> str:
    return f"{uid(number)}.ics"


# Peers


@contextmanager
def radicale(folder: Path, events: int, first_day: datetime) -> Iterator[Server]:
    """Radicale with its own file storage: each event a file, its cache built by the first question."""
    collection = folder / "collections" / "collection-root" / "bench" / "calendar"
    collection.mkdir(parents=True)
    (collection / ".Radicale.props").write_text('{"tag": "VCALENDAR"}')
    for number in range(events):
        (collection / href(number)).write_text(event(number, first_day), newline="")
    port = free_ports()
    config = folder / "config"
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\nmax_connections = 32\n[auth]\ntype = none\n"
        f"[storage]\nfilesystem_folder = {folder / 'collections'}\n[logging]\nlevel = error\n"
    )
    command = [str(programs("caldav-peers") / "radicale"), "--config", str(config)]
    name = f"Radicale {version('caldav-peers', 'Radicale')}"
    with _running(command, port, folder / "radicale.log") as pid:
        yield Server(name, port, "/bench/calendar/", "bench:bench", (pid,))


@contextmanager
def xandikos(folder: Path, events: int, first_day: datetime) -> Iterator[Server]:
    """Xandikos with its git storage: all events in one commit."""
    port = free_ports()
    store = folder / "store"
    command = [str(programs("caldav-peers") / "xandikos"), "serve", "-d", str(store), "--defaults"]
    command += ["--listen-address", "127.0.0.1", "--port", str(port), "--no-detect-systemd"]
    with _running(command, port, folder / "xandikos-first.log"):
        pass  # makes its principal and a calendar
    calendar = store / "user" / "calendars" / "calendar"
    python = programs("caldav-peers") / "python"
    for number in range(events):
        (calendar / href(number)).write_text(event(number, first_day), newline="")
    commit = (
        "import sys; from dulwich import porcelain; p, who = sys.argv[1], b'bench <bench@localhost>';"
        "porcelain.add(p); porcelain.commit(p, message=b'filled', author=who, committer=who)"
    )
    subprocess.run([python, "-c", commit, str(calendar)], check=True, stdout=subprocess.DEVNULL)
    name = f"Xandikos {version('caldav-peers', 'xandikos')}"
    with _running(command, port, folder / "xandikos.log") as pid:
        yield Server(name, port, "/user/calendars/calendar/", "", (pid,))


@contextmanager
def _running(command: Sequence[str], port: int, log: Path) -> Iterator[int]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            until = time.monotonic() + PATIENCE
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{command[0]} did not start: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.1)
            yield process.pid
        finally:
            process.terminate()
            process.wait()


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("OPTIONS", "/")
        return bool(connection.getresponse().status)
    except OSError:
        return False
    finally:
        connection.close()


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
