# SPDX-License-Identifier: EUPL-1.2
"""What one shard answers over HTTP: the calls of its modules, and everything else is the page of a room."""

from __future__ import annotations

from urllib.parse import unquote

from simulator.answers import Reply
from simulator.connections import Handler
from simulator.following import TooManyStreams
from simulator.jitsi import calls, page
from simulator.jitsi.shard import Shard
from simulator.layout import asset
from simulator.queries import first_values


class Jitsi(Handler):
    media_type = calls.JSON

    @property
    def shard(self) -> Shard:
        site = self.server.site
        assert isinstance(site, Shard)
        return site

    def route(self, path: str, query: str, body: bytes) -> None:
        name = path.removeprefix("/")
        accepted = self.headers.get("Accept-Language", "")
        if name in calls.PATHS:
            self._call(name, query, body)
        elif path == page.CLIENT + "/events" and self.command == "GET":
            self._follow(query, accepted)
        elif path.startswith(page.CLIENT + "/"):
            self.send(self._button(path.removeprefix(page.CLIENT + "/"), body, accepted))
        elif self.command == "GET":
            self.answer_call("page", lambda: self._page(name, query, accepted), self._in_words())
        else:
            self.send(calls.status(405))

    def _call(self, name: str, query: str, body: bytes) -> None:
        request = calls.Request(
            query,
            self.headers.get("Authorization", ""),
            self.headers.get("Content-Type", ""),
            body,
        )
        self.answer_call(
            name, lambda: calls.answer(self.shard, self.command, name, request), self._in_words(name)
        )

    def _in_words(self, name: str = "page") -> dict[str, Reply]:
        refused = calls.status(401 if name == "end-meeting" else 403)
        return {
            "empty": Reply(b"", content_type=calls.JSON),
            "broken": Reply(b'{"room_census":[{"room_name":"', content_type=calls.JSON),
            "bomb": Reply(b"[" * 1_000_000, content_type=calls.JSON),
            "checksum": refused,
            "swallow": Reply(b"", content_type="text/plain"),
            "busy": calls.status(503),
            "redirect": Reply(b"", 302, headers={"Location": self.shard.origin + "/redirected"}),
        }

    def _page(self, name: str, query: str, accepted: str) -> Reply:
        if not name:
            return page.start(accepted)
        tenant, _, room = unquote(name, errors="replace").rpartition("/")
        return page.show(self.shard, f"[{tenant}]{room}" if tenant else room, query, accepted)

    def _button(self, name: str, body: bytes, accepted: str) -> Reply:
        if self.command == "POST" and name in ("leave", "end", "admit"):
            return page.submit(self.shard, name, body.decode("utf-8", "replace"), accepted)
        return asset(name) if self.command == "GET" else calls.status(405)

    def _follow(self, query: str, accepted: str) -> None:
        found = self.shard.rooms.session(first_values(query).get("sessionToken", ""))
        if found is None:
            self.send(calls.status(404))
            return
        try:
            page.follow(self.shard, *found, accepted, send=self.begin_stream(), gone=self.hung_up)
        except TooManyStreams:
            self.send(Reply(b"", 503, "text/plain", {"Retry-After": "10"}))
