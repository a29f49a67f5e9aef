# SPDX-License-Identifier: EUPL-1.2
"""A Jitsi deployment that answers whatever a test wants, over real sockets, and keeps what it was asked.

For hostile and odd answers; how a sound deployment behaves is the simulator's business.
"""

from __future__ import annotations

import base64
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from vconf.integrations.conferencing.jitsi.backend import JitsiBackend
from vconf.integrations.conferencing.port import ServerAccess

SECRET = "app-secret-of-prosody-32-characters-long"
PAGE = b"<html><script src='libs/lib-jitsi-meet.min.js'></script></html>"


def is_signed(token: str, secret: str) -> bool:
    """Whether the token's HS256 is right, worked out anew."""
    covered, _, proof = token.rpartition(".")
    return hmac.compare_digest(
        base64.urlsafe_b64encode(hmac.digest(secret.encode(), covered.encode(), "sha256")).rstrip(b"="),
        proof.encode(),
    )


def part_of(token: str, number: int) -> dict[str, Any]:
    """Header (0) or claims (1), whoever signed it."""
    text = token.split(".")[number]
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return content


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: str
    token: str
    body: bytes


@dataclass
class Answer:
    status: int = 200
    content: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()


Answering = Answer | Callable[[Asked], Answer]


def sound() -> dict[str, Answering]:
    """A deployment on which everything is set up and nobody meets."""

    def with_token_only(asked: Asked) -> Answer:
        return Answer(404 if asked.token else 401)

    def size(asked: Asked) -> Answer:
        token = parse_qs(asked.query).get("token", [""])[0]
        return Answer(404 if is_signed(token, SECRET) else 403)

    return {
        "/": Answer(200, PAGE),
        "/about/health": Answer(200),
        "/about/version": Answer(200, {"name": "JiCoFo", "version": "1.0-1118", "os": "Linux"}),
        "/stats": Answer(
            200,
            {
                "conferences": 0,
                "participants": 0,
                "healthy": True,
                "bridge_selector": {"bridge_count": 2, "operational_bridge_count": 2},
                "jibri_detector": {"count": 1, "available": 1},
            },
        ),
        "/room-census": Answer(200, {"room_census": []}),
        "/room-size": size,
        "/end-meeting": with_token_only,
        "/kick-participant": with_token_only,
        "/colibri/stats": Answer(200, {"stress_level": 0.25, "healthy": True}),
    }


class JitsiServer:
    """Answers `answers` by path; 404 with a page for everything else."""

    def __init__(self, answers: dict[str, Answering]) -> None:
        self.answers = answers
        self.asked: list[Asked] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                asked = Asked(self.command, path, query, token, body)
                server.asked.append(asked)
                answering = server.answers.get(path, Answer(404, b"<html>nothing here</html>"))
                answer = answering if isinstance(answering, Answer) else answering(asked)
                self.send_response_only(answer.status)
                headers = {"Date": self.date_time_string(), **answer.headers}
                for name, value in headers.items():
                    if value:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_POST = do_PUT = do_GET  # noqa: N815  the base class finds them by these names

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def options(self, **changes: Any) -> dict[str, Any]:
        """All addresses of the deployment, and what its operator confirms."""
        options = {
            "domain": "meet.example",
            "census_url": f"{self.url}room-census",
            "size_url": f"{self.url}room-size",
            "jicofo_url": self.url,
            "bridge_urls": self.url,
            "end_url": f"{self.url}end-meeting",
            "kick_url": f"{self.url}kick-participant",
            "system_key_id": "system-1",
            "reservations": True,
            "roles": True,
            "lobby": True,
            "limit": True,
            **changes,
        }
        return {name: value for name, value in options.items() if value is not None}

    def access(self, *, keys: Mapping[str, str] | None = None, **changes: Any) -> ServerAccess:
        settings: dict[str, Any] = {
            name: changes.pop(name)
            for name in ("secret", "seats", "deadline", "read_timeout")
            if name in changes
        }
        return ServerAccess(
            **{
                "kind": "jitsi",
                "base_url": self.url,
                "secret": SECRET,
                "options": self.options(**changes),
                "keys": keys or {},
                "allow_http": True,
                **settings,
            }
        )

    def backend(self, **changes: Any) -> JitsiBackend:
        return JitsiBackend(self.access(**changes))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def jitsi_server(**answers: Answering) -> Iterator[JitsiServer]:
    server = JitsiServer(sound() | answers)
    try:
        yield server
    finally:
        server.close()
