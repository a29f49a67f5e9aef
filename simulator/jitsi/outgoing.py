# SPDX-License-Identifier: EUPL-1.2
"""HTTP as Prosody's `net.http` speaks it: its headers, a limit for the whole call, no redirects, retries on 5xx."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

USER_AGENT = "Prosody (0.12.4; x86_64-linux)"
MAX_ANSWER = 1024 * 1024


class TimedOut(Exception):
    """No whole answer came in time; Prosody does not ask again."""


@dataclass(frozen=True)
class Answer:
    """`status` 0: there was no connection, or what came was no HTTP."""

    status: int
    body: bytes = b""


@dataclass(frozen=True)
class Attempts:
    """`count` is how often it is tried again, `pause` the seconds before each. `stopped` ends it early."""

    count: int
    pause: float
    timeout: float
    stopped: threading.Event


def call_until_answered(
    method: str, url: str, headers: dict[str, str], body: bytes | None, attempts: Attempts
) -> Answer:
    """Tries again after 5xx and failed connections. Raises TimedOut."""
    for left in range(attempts.count, -1, -1):
        answer = call(method, url, headers, body, attempts.timeout)
        if 0 < answer.status < 500 or left == 0 or attempts.stopped.wait(attempts.pause):
            return answer
    return Answer(0)


def call(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Answer:
    """One call. Raises TimedOut."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    except ValueError:
        return Answer(0)
    with _limited(connection, timeout) as ran_out:
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.putrequest(method, target, skip_accept_encoding=True)
            given = {"User-Agent": USER_AGENT}
            if body is not None:
                given |= {
                    "Content-Length": str(len(body)),
                    "Content-Type": "application/x-www-form-urlencoded",
                }
            for name, value in (given | headers).items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            answer = Answer(response.status, response.read(MAX_ANSWER))
            if ran_out():
                raise TimedOut
            return answer
        except TimeoutError as error:
            raise TimedOut from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if ran_out():
                raise TimedOut from error
            return Answer(0)
        finally:
            connection.close()


@contextlib.contextmanager
def _limited(connection: http.client.HTTPConnection, seconds: float) -> Iterator[Callable[[], bool]]:
    """Cuts the connection when the time is up, however lively it is: an answer may come byte by byte."""
    over = threading.Event()

    def cut() -> None:
        over.set()
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield over.is_set
    finally:
        timer.cancel()


def form(fields: dict[str, str]) -> bytes:
    """As Prosody's `util.http` encodes a form: lower-case hex, blanks as plus."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in fields.items()).encode()


def _encoded(text: str) -> str:
    def char(byte: int) -> str:
        letter = chr(byte)
        if letter == " ":
            return "+"
        return letter if letter.isascii() and (letter.isalnum() or letter in ".~_-") else f"%{byte:02x}"

    return "".join(char(byte) for byte in text.encode("utf-8", "surrogateescape"))
