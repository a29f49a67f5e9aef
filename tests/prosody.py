# SPDX-License-Identifier: EUPL-1.2
"""What the Prosody of a Jitsi shard sends, byte for byte, and how it takes the answer.

As in Prosody's `net/http.lua` and `util/http.lua` and jitsi-meet's `mod_reservations.lua`: the fields of a form and the
lines of a head are in no certain order, a path gets no trailing slash, no redirect is followed.
"""

from __future__ import annotations

import json
import random
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

#: seconds; `reservations_api_timeout` is 20
PATIENCE = 20.0
FORM = "application/x-www-form-urlencoded"
AGENT = "Prosody (0.12.4; Linux)"


def encoded(form: Mapping[str, str], *, version: str = "0.12") -> bytes:
    """`http.formencode`: of a Lua table, whose order is nobody's business. Old versions escape all that is no letter
    or digit, the names of the fields as well."""
    fields = list(form.items())
    random.shuffle(fields)
    plain = b"" if version == "0.9" else b".~_-"
    return b"&".join(_part(name, plain) + b"=" + _part(value, plain) for name, value in fields)


def _part(text: str, plain: bytes) -> bytes:
    return b"".join(
        b"+" if byte == b" " else byte if byte.isalnum() or byte in plain else b"%%%02x" % byte[0]
        for byte in (bytes([number]) for number in text.encode("utf-8", "surrogatepass"))
    )


def asking(room: str, *, at: datetime | None = None, owner: str = "") -> dict[str, str]:
    """The form of `POST /conference`: `start_time` in whole seconds, the owner a bare JID of no meaning."""
    moment = at or datetime.now(UTC)
    return {
        "name": room,
        "start_time": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "mail_owner": owner or f"{uuid4()}@meet.example",
    }


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Prosody:
    """One shard's, with `reservations_api_prefix` and `reservations_api_headers` as the operator has set them."""

    prefix: str
    headers: Mapping[str, str] | None = None

    def post_conference(self, room: str, **fields: Any) -> Answered:
        return self.call("POST", "/conference", encoded(asking(room, **fields)), FORM)

    def get_conference(self, id: str) -> Answered:
        return self.call("GET", f"/conference/{id}")

    def delete_conference(self, id: str) -> Answered:
        return self.call("DELETE", f"/conference/{id}")

    def event(self, about: str, what: str, told: Mapping[str, Any]) -> Answered:
        """`event_sync_component` sends JSON, with the same kind of client."""
        return self.call("POST", f"/events/{about}/{what}", json.dumps(told).encode(), "application/json")

    def call(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answered:
        return self.send(self.request(method, path, body, kind))

    def request(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> bytes:
        where = urlsplit(self.prefix)
        lines = {"Host": where.netloc, "User-Agent": AGENT}
        if body is not None:
            lines |= {"Content-Length": str(len(body)), "Content-Type": kind}
        lines |= self.headers or {}
        pairs = list(lines.items())
        random.shuffle(pairs)
        head = "".join(f"{name}: {value}\r\n" for name, value in pairs)
        return f"{method} {where.path}{path} HTTP/1.1\r\n{head}\r\n".encode() + (body or b"")

    def send(self, request: bytes) -> Answered:
        """The answer is complete once its announced length is there; the connection is then given up."""
        with self.connected() as connection:
            connection.sendall(request)
            return answer_on(connection)

    def connected(self) -> socket.socket:
        where = urlsplit(self.prefix)
        return socket.create_connection((where.hostname or "", where.port or 80), timeout=PATIENCE)


def answer_on(connection: socket.socket) -> Answered:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += _more(connection)
    return Answered(int(status.split()[1]), headers, body)


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the answer breaks off")
    return data


def accepted(answered: Answered, room: str) -> tuple[str, datetime, float]:
    """What `parse_conference_response` makes of it: id, start and seconds. AssertionError where it would refuse."""
    assert answered.status in (200, 201), answered
    told = answered.json
    assert told["name"].lower() == room.lower()
    assert told["id"] is not None
    assert told["mail_owner"] is not None
    start = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z", told["start_time"])
    assert start is not None, told
    duration = float(told["duration"])
    return str(told["id"]), datetime.fromisoformat(start[1]).replace(tzinfo=UTC), duration
