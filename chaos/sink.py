# SPDX-License-Identifier: EUPL-1.2
"""A mail server that is a process of its own and may be killed at any time (RFC 5321).

It keeps each mail as a file before it says 250: what it took is on the disk, whatever happens to it afterwards.
`python -m chaos.sink PORT FOLDER` runs it until its standard input ends; `mails_in` reads what it took.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import os
import re
import socketserver
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from chaos.history import Mail

_FIELD = re.compile(r"^(METHOD|UID|SEQUENCE):(.*?)\r?$", re.MULTILINE)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    folder: Path


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # whoever sends is killed all the time
            self._converse()

    def finish(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().finish()

    def _converse(self) -> None:
        self._say("220 sink.example ESMTP")
        recipient = ""
        while line := self.rfile.readline(2000):
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO" | "MAIL" | "RSET" | "NOOP":
                    self._say("250 ok")
                case "RCPT":
                    recipient = rest[rest.index("<") + 1 : rest.index(">")]
                    self._say("250 ok")
                case "DATA":
                    self._say("354 go on")
                    octets = self._mail()
                    if octets is None:
                        return
                    keep(self.server.folder, recipient, octets)
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("502 what?")

    def _mail(self) -> bytes | None:
        """The mail up to its end; None if the connection breaks before: then it was not handed over."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")


def keep(folder: Path, recipient: str, octets: bytes) -> None:
    """Write a mail with its envelope: whole and on the disk, or not at all."""
    name = uuid.uuid4().hex
    draft = folder / f".{name}"
    with draft.open("wb") as file:
        file.write(json.dumps({"recipient": recipient, "at": time.time()}).encode() + b"\n" + octets)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / name)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def mails_in(folder: Path) -> Iterator[Mail]:
    """What was taken, as the checker wants it, in no order."""
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        first, _, octets = path.read_bytes().partition(b"\n")
        envelope = json.loads(first)
        message = email.message_from_bytes(octets, policy=email.policy.default)
        fields: dict[str, str] = {}
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                unfolded = payload.decode().replace("\r\n ", "")
                fields = dict(reversed(_FIELD.findall(unfolded)))
        yield Mail(
            message_id=str(message["Message-ID"]),
            recipient=str(envelope["recipient"]).lower(),
            method=fields.get("METHOD", ""),
            uid=fields.get("UID", ""),
            sequence=int(fields.get("SEQUENCE", -1)),
            arrived_at=float(envelope["at"]),
            subject=str(message["Subject"]),
        )


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with _Server(("127.0.0.1", port), _Conversation) as server:
        server.folder = folder
        threading.Thread(target=_end_with_parent, daemon=True).start()
        server.serve_forever()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
