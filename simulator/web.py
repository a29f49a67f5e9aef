# SPDX-License-Identifier: EUPL-1.2
"""HTTP/1.1 on a loopback port: one thread a connection, kept alive, with the faults that were asked for."""

from __future__ import annotations

import select
import socket
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from simulator import calls, control, page
from simulator.answers import Reply, failed, success
from simulator.faults import Fault
from simulator.server import ConferenceServer

LOOPBACK = "127.0.0.1"
#: Longer request lines than nginx takes by default are refused as nginx does.
MAX_TARGET = 8_192
MAX_BODY = 2 * 1024 * 1024
MAX_CONNECTIONS = 1_000
IDLE_SECONDS = 30
#: A connection that is being mistreated is let go after so long.
FAULT_SECONDS = 600

_HTML = "text/html;charset=UTF-8"
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("k"))
    )
    + b"]><response><returncode>SUCCESS</returncode><version>&j;</version></response>"
)


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, conference: ConferenceServer, *, verbose: bool = False) -> None:
        self.conference = conference
        self.verbose = verbose
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__((LOOPBACK, conference.options.port), Handler)
        conference.origin = f"http://{LOOPBACK}:{self.server_address[1]}"

    @property
    def api_url(self) -> str:
        return f"{self.conference.origin}{calls.API}/"

    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]  # typeshed allows datagram pairs here
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]  # as above
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on unchanged


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "simulator"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: Listener

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """By the server's own clock, be it right or wrong."""
        return super().date_time_string(timestamp or self.server.conference.clock.now_ms() / 1000)

    def log_message(self, format: str, *args: object) -> None:
        # The request line may hold a checksum or a session, so only its path is shown.
        if self.server.verbose:
            sys.stderr.write(
                f"{self.server.conference.options.name} {self.command} {self.path.split('?')[0]!r}\n"
            )

    def _handle(self) -> None:
        body = self._body()
        if isinstance(body, Reply):
            self.close_connection = True
            self._send(body)
            return
        conference = self.server.conference
        path, _, query = self.path.partition("?")
        accepted = self.headers.get("Accept-Language", "")
        if len(self.path) > MAX_TARGET:
            self.close_connection = True
            self._send(Reply(b"<html><body><h1>414 Request-URI Too Large</h1></body></html>", 414, _HTML))
        elif path == calls.API or path.startswith(calls.API + "/"):
            self._call(path.removeprefix(calls.API).strip("/"), query, body)
        elif path.startswith("/control/"):
            token = self.headers.get("Authorization", "")
            self._send(control.answer(conference, self.command, path.removeprefix("/control/"), token, body))
        elif path == page.CLIENT + "/events" and self.command == "GET":
            self._follow(query, accepted)
        elif path.startswith(page.CLIENT + "/"):
            self._send(self._page(path.removeprefix(page.CLIENT + "/"), query, body, accepted))
        elif path == "/bigbluebutton/error" and self.command == "GET":
            self._send(page.join_failed(query, accepted))
        else:
            self._send(Reply(b"<html><body><h1>404 Not Found</h1></body></html>", 404, _HTML))

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

    def _page(self, name: str, query: str, body: bytes, accepted: str) -> Reply:
        conference = self.server.conference
        if self.command == "POST" and name in ("leave", "end", "admit"):
            return page.submit(conference, name, body.decode("utf-8", "replace"), accepted)
        if self.command == "GET" and name == "join":
            return page.show(conference, _session(query), accepted)
        if self.command == "GET":
            return page.asset(name)
        return Reply(b"", 405, "text/plain")

    def _follow(self, query: str, accepted: str) -> None:
        conference = self.server.conference
        token = _session(query)
        found = conference.meetings.session(token)
        if found is None:
            self._send(Reply(b"", 404, "text/plain"))
            return
        self.close_connection = True
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
            b"X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
        )
        try:
            page.follow(
                conference,
                *found,
                token,
                accepted,
                send=_Stream(self.connection, head),
                gone=self._hung_up,
            )
        except page.TooManyStreams:
            self._send(Reply(b"", 503, "text/plain", {"Retry-After": "10"}))

    # The API, and what goes wrong with it

    def _call(self, call: str, query: str, body: bytes) -> None:
        conference = self.server.conference
        conference.calls[_counted(call)] += 1
        fault = conference.faults.take(call or "version")
        if fault is None:
            self._send(self._answer(call, query, body))
            return
        if fault.kind == "slow":
            conference.stopped.wait(fault.delay_ms / 1000)
            self._send(self._answer(call, query, body))
            return
        reply = self._answer(call, query, body) if fault.after or fault.kind in ("drip", "stall") else Reply()
        self._fail(fault, reply)

    def _answer(self, call: str, query: str, body: bytes) -> Reply:
        content_type = self.headers.get("Content-Type", "")
        return calls.answer(self.server.conference, self.command, call, query, body, content_type)

    def _fail(self, fault: Fault, reply: Reply) -> None:
        in_words = {
            "fail": Reply(b"<html><body><h1>500 Internal Server Error</h1></body></html>", 500, _HTML),
            "html": Reply(b"<!doctype html><title>Welcome to nginx!</title><p>It works.", 200, _HTML),
            "empty": Reply(b""),
            "broken": Reply(b"<response><returncode>SUCCESS</returncode><meetings><meeting>"),
            "bomb": Reply(_BOMB),
            "checksum": failed(*calls.CHECKSUM_ERROR),
            "swallow": success(),
            "busy": failed("internalError", "The server is busy."),
            "redirect": Reply(
                b"",
                302,
                headers={"Location": self.server.conference.origin + "/bigbluebutton/api/redirected"},
            ),
        }
        if fault.kind in in_words:
            self._send(in_words[fault.kind])
            return
        self.close_connection = True
        if fault.kind == "hang":
            self._wait_while_faulty()
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
            self._write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n<response>")
            padding = b"<message>" + b"x" * 65_000 + b"</message>"
            while self._write(padding) and not self.server.conference.stopped.is_set():
                continue
        # `close` needs nothing more: the connection ends here.

    def _wait_while_faulty(self) -> None:
        cleared = self.server.conference.faults.cleared
        until = time.monotonic() + FAULT_SECONDS
        while not cleared.wait(0.25) and not self._hung_up() and time.monotonic() < until:
            continue

    def _paused(self, seconds: float) -> bool:
        """True when it is not worth going on."""
        return self.server.conference.stopped.wait(seconds) or self._hung_up()

    def _hung_up(self) -> bool:
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

    def _send(self, reply: Reply) -> None:
        self.log_request(reply.status)
        # In one piece: header and body apart would wait for each other's acknowledgement.
        self._write(self._bytes_of(reply))

    def _write(self, data: bytes) -> bool:
        try:
            self.connection.sendall(data)
        except OSError:
            self.close_connection = True
            return False
        return True


class _Stream:
    """Sends the head before the first piece."""

    def __init__(self, connection: socket.socket, head: bytes) -> None:
        self._connection = connection
        self._head = head

    def __call__(self, data: bytes) -> bool:
        try:
            self._connection.sendall(self._head + data)
        except OSError:
            return False
        self._head = b""
        return True


def _session(query: str) -> str:
    try:
        return parse_qs(query, max_num_fields=20).get("sessionToken", [""])[0]
    except ValueError:
        return ""


def _counted(call: str) -> str:
    """The name to count a call under: unknown ones are anybody's invention and share one."""
    return call if call in calls.CALLS else ("version" if call == "" else "other")
