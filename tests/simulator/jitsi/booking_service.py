# SPDX-License-Identifier: EUPL-1.2
"""Somebody for Prosody to ask: keeps every request byte for byte and answers as told."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Asked:
    raw: bytes

    @property
    def line(self) -> str:
        """Method and path."""
        return self.raw.split(b"\r\n")[0].decode().removesuffix(" HTTP/1.1")

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass(frozen=True)
class Said:
    """An answer. With `pause`, one byte of it every so many seconds; `silent`: none at all."""

    status: int
    content: object = b""
    headers: tuple[tuple[str, str], ...] = ()
    pause: float = 0.0
    silent: bool = False

    def raw(self) -> bytes:
        body = self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()
        head = [f"HTTP/1.1 {self.status} Said", f"Content-Length: {len(body)}", "Connection: close"]
        head += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*head, "", ""]).encode() + body


def reservation(name: str, /, **changes: object) -> dict[str, object]:
    """A reservation from now on for an hour; a change to None leaves a field out."""
    whole: dict[str, object] = {
        "id": 17,
        "name": name,
        "mail_owner": "somebody@127.0.0.1",
        "start_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "duration": 3_600,
        **changes,
    }
    return {key: value for key, value in whole.items() if value is not None}


def yes(asked: Asked) -> Said:
    if asked.line.startswith("POST"):
        return Said(200, reservation(asked.form["name"]))
    return Said(200)


class BookingService:
    """`answer` decides what is said; at first every room may be opened."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Said] = yes
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def lines(self) -> list[str]:
        return [one.line for one in self.asked]

    def close(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            asked = Asked(_read(connection))
            self.asked.append(asked)
            said = self.answer(asked)
            if said.silent:
                self._over.wait(10)
            elif said.pause:
                for byte in said.raw():
                    connection.sendall(bytes([byte]))
                    if self._over.wait(said.pause):
                        return
            else:
                connection.sendall(said.raw())


def _read(connection: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(65_536)
    head, _, body = read.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].partition(b":")[2]) - len(body) if lengths else 0
    while missing > 0:
        more = connection.recv(missing)
        read += more
        missing -= len(more)
    return read
