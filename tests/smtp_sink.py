# SPDX-License-Identifier: EUPL-1.2
"""A mail server on a socket that keeps what it gets, and that can be told to misbehave (RFC 5321)."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

#: what it may do instead of taking the mail
MODES = (
    "take",
    "refuse recipient",  # 550 after RCPT
    "try later",  # 451 after RCPT
    "refuse content",  # 554 after the mail
    "take, then drop",  # keeps the mail, hangs up without an answer
    "take, answer, then drop",  # keeps the mail, says so, hangs up
    "busy",  # 421 instead of a greeting
    "hang",  # never says anything
    "drip",  # one octet of the greeting now and then
)


@dataclass(frozen=True, slots=True)
class Received:
    sender: str
    recipient: str
    octets: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.octets, policy=default)


@dataclass
class SmtpSink:
    """What a test talks to. `mode` may be changed at any time; `connections` counts who came."""

    port: int
    mode: str = "take"
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    def message_ids(self) -> list[str]:
        return [one.message["Message-ID"] for one in self.received]


@contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    """A running sink on a free port of the loopback interface."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.sink = SmtpSink(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.sink
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    sink: SmtpSink

    def __init__(self, *args: object) -> None:
        self.stopping = threading.Event()
        super().__init__(*args)  # type: ignore[arg-type]  # handed on as they come


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        sink = self.server.sink
        sink.connections += 1
        if sink.mode in ("hang", "drip"):
            self._be_slow(sink)
            return
        if sink.mode == "busy":
            self._say("421 too busy")
            return
        self._say("220 sink.example ESMTP")
        sender = recipient = ""
        while line := self.rfile.readline(2000):
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self._say("250-sink.example")
                    self._say("250 SIZE 1000000")
                case "MAIL":
                    sender = rest[rest.index("<") + 1 : rest.index(">")]
                    self._say("250 ok")
                case "RCPT":
                    recipient = rest[rest.index("<") + 1 : rest.index(">")]
                    answers = {"refuse recipient": "550 nobody here", "try later": "451 later, please"}
                    self._say(answers.get(sink.mode, "250 ok"))
                case "DATA":
                    self._say("354 go on")
                    octets = self._mail()
                    if sink.mode == "refuse content":
                        self._say("554 not this")
                        continue
                    sink.received.append(Received(sender, recipient, octets))
                    if sink.mode == "take, then drop":
                        return
                    self._say("250 taken")
                    if sink.mode == "take, answer, then drop":
                        return
                case "RSET" | "NOOP":
                    self._say("250 ok")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("502 what?")

    def _mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _be_slow(self, sink: SmtpSink) -> None:
        while not self.server.stopping.wait(0.05):
            if sink.mode == "drip":
                try:
                    self.connection.sendall(b"2")
                except OSError:
                    return
            time.sleep(0)

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")

    def finish(self) -> None:
        super().finish()
        self.connection.close()


def unused_port() -> int:
    """A port of the loopback interface where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
