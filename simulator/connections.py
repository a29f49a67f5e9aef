# SPDX-License-Identifier: EUPL-1.2
"""HTTP/1.1 on a loopback port: one thread a connection, kept alive, with the faults that were asked for.

What is served is a site: a BigBlueButton server, a Jitsi shard, or the levers of all of them.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

from simulator.answers import Reply
from simulator.clock import Clock
from simulator.faults import Fault, Faults

LOOPBACK = "127.0.0.1"
#: Longer request lines than nginx takes by default are refused as nginx does.
MAX_TARGET = 8_192
MAX_BODY = 2 * 1024 * 1024
MAX_CONNECTIONS = 1_000
IDLE_SECONDS = 30
#: A connection that is being mistreated is let go after so long.
FAULT_SECONDS = 600

HTML = "text/html;charset=UTF-8"
NOT_FOUND = Reply(b"<html><body><h1>404 Not Found</h1></body></html>", 404, HTML)


class Site(Protocol):
    """What listens on one port."""

    clock: Clock
    faults: Faults
    #: Calls answered or failed so far, by name.
    calls: Counter[str]
    #: Where it listens, known once it does.
    origin: str

    @property
    def name(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def address(self) -> str:
        """What it is entered with."""
        ...

    @property
    def stopped(self) -> threading.Event: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


#: Pulls one of a site's levers for tests: method, lever, Authorization, body.
Control = Callable[[str, str, str, bytes], Reply]


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, site: Site, handler: type[Handler], control: Control, *, verbose: bool = False
    ) -> None:
        self.site = site
        self.control = control
        self.verbose = verbose
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_open = threading.Event()
        self._is_open.set()
        super().__init__((LOOPBACK, site.port), handler)
        site.origin = f"http://{LOOPBACK}:{self.server_address[1]}"
        site.faults.door = self

    # The door: a server whose machine is gone refuses connections, and comes back at the same address.

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        while not self.site.stopped.is_set():
            self._is_open.wait()
            try:
                connection, address = self.socket.accept()
            except OSError:
                # The door was shut, or descriptors have run out for a moment.
                self.site.stopped.wait(0.02)
                continue
            self.process_request(connection, address)

    def shut(self) -> None:
        """Refuses connections from now on and cuts those that are open."""
        with self._lock:
            if not self._is_open.is_set():
                return
            self._is_open.clear()
            cut = list(self._connections)
            with contextlib.suppress(OSError):
                # Closing alone would leave the listening thread in its call.
                self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()
            # Bound, but not listening: nobody else can take the port meanwhile.
            self.socket = socket.socket(self.address_family, self.socket_type)
            self.server_bind()
        for connection in cut:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def open(self) -> None:
        with self._lock:
            if not self._is_open.is_set():
                self.server_activate()
                self._is_open.set()

    def server_bind(self) -> None:
        # The base class asks for the host's name, which may take seconds and is of no use here.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]  # typeshed allows datagram pairs here
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]  # as above
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._connections.discard(request)
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on unchanged


class Handler(BaseHTTPRequestHandler, ABC):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "simulator"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    #: What answers without end pretend to be.
    media_type = "text/xml"
    server: Listener

    @abstractmethod
    def route(self, path: str, query: str, body: bytes) -> None:
        """Answer one request."""

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: object) -> None:
        # The request line may hold a checksum or a session, so only its path is shown.
        if self.server.verbose:
            sys.stderr.write(f"{self.server.site.name} {self.command} {self.path.split('?')[0]!r}\n")

    def date_time_string(self, timestamp: float | None = None) -> str:
        """As this server's clock has it, right or wrong."""
        seconds = self.server.site.clock.now_ms() / 1000 if timestamp is None else timestamp
        return formatdate(seconds, usegmt=True)

    def _handle(self) -> None:
        body = self._body()
        if isinstance(body, Reply):
            self.close_connection = True
            self.send(body)
            return
        path, _, query = self.path.partition("?")
        if len(self.path) > MAX_TARGET:
            self.close_connection = True
            self.send(Reply(b"<html><body><h1>414 Request-URI Too Large</h1></body></html>", 414, HTML))
        elif path.startswith("/control/"):
            token = self.headers.get("Authorization", "")
            self.send(self.server.control(self.command, path.removeprefix("/control/"), token, body))
        else:
            self.route(path, query, body)

    def _body(self) -> bytes | Reply:
        if self.headers.get("Transfer-Encoding"):
            return Reply(b"", 411, "text/plain")
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()) or len(self.headers.get_all("Content-Length", [])) > 1:
            return Reply(b"", 400, "text/plain")
        if len(length) > 9 or int(length) > MAX_BODY:
            return Reply(b"", 413, "text/plain")
        body = self.rfile.read(int(length))
        return body if len(body) == int(length) else Reply(b"", 400, "text/plain")

    # Calls, and what goes wrong with them

    def answer_call(self, name: str, answer: Callable[[], Reply], in_words: Mapping[str, Reply]) -> None:
        """Answers a call by `answer`, or as the fault has it that this call meets. `in_words`: the faults that are
        an answer of this kind of server."""
        site = self.server.site
        site.calls[name] += 1
        fault = site.faults.take(name)
        if fault is None:
            self.send(answer())
            return
        if fault.kind == "slow":
            site.stopped.wait(fault.delay_ms / 1000)
            self.send(answer())
            return
        reply = answer() if fault.after or fault.kind in ("drip", "stall") else Reply()
        if fault.kind == "fail":
            self.send(Reply(b"<html><body><h1>500 Internal Server Error</h1></body></html>", 500, HTML))
        elif fault.kind == "html":
            self.send(Reply(b"<!doctype html><title>Welcome to nginx!</title><p>It works.", 200, HTML))
        elif fault.kind in in_words:
            self.send(in_words[fault.kind])
        else:
            self._fail(fault, reply)

    def _fail(self, fault: Fault, reply: Reply) -> None:
        self.close_connection = True
        if fault.kind == "hang":
            self._wait_while_faulty()
        elif fault.kind == "reset":
            # With no time to linger the kernel sends RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif fault.kind == "garbage":
            self._write(b"\x00\xff\x7fSSH-2.0-not-http\r\n\r\n" * 20)
        elif fault.kind == "stall":
            whole = self._bytes_of(reply)
            if self._write(whole[: len(whole) - len(reply.body) // 2 - 1]):
                self._wait_while_faulty()
        elif fault.kind == "drip":
            for byte in self._bytes_of(reply):
                if not self._write(bytes([byte])) or self._paused(fault.delay_ms / 1000):
                    return
        elif fault.kind == "huge":
            head = f"HTTP/1.1 200 OK\r\nContent-Type: {self.media_type}\r\nConnection: close\r\n\r\n"
            self._write(head.encode() + (b"<response>" if "xml" in self.media_type else b'{"a": "'))
            padding = b"<message>" + b"x" * 65_000 + b"</message>"
            while self._write(padding) and not self.server.site.stopped.is_set():
                continue
        # `close` needs nothing more: the connection ends here.

    def _wait_while_faulty(self) -> None:
        cleared = self.server.site.faults.cleared
        until = time.monotonic() + FAULT_SECONDS
        while not cleared.wait(0.25) and not self.hung_up() and time.monotonic() < until:
            continue

    def _paused(self, seconds: float) -> bool:
        """True when it is not worth going on."""
        return self.server.site.stopped.wait(seconds) or self.hung_up()

    def hung_up(self) -> bool:
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True

    # Writing

    def _bytes_of(self, reply: Reply) -> bytes:
        lines = [
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
            f"Server: {self.server_version}",
            f"Date: {self.date_time_string()}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
        ]
        if self.close_connection:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + reply.body

    def send(self, reply: Reply) -> None:
        self.log_request(reply.status)
        # In one piece: header and body apart would wait for each other's acknowledgement.
        self._write(self._bytes_of(reply))

    def begin_stream(self) -> Stream:
        """Server-sent events; nothing else goes over this connection any more."""
        self.close_connection = True
        return Stream(self.connection)

    def _write(self, data: bytes) -> bool:
        try:
            self.connection.sendall(data)
        except OSError:
            self.close_connection = True
            return False
        return True


class Stream:
    """Sends the head before the first piece. Called with a piece; answers False once the browser has hung up."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
            b"X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
        )

    def __call__(self, data: bytes) -> bool:
        try:
            self._connection.sendall(self._head + data)
        except OSError:
            return False
        self._head = b""
        return True
