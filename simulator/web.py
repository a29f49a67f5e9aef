# SPDX-License-Identifier: EUPL-1.2
"""What one BigBlueButton server answers over HTTP: its API, and the page that stands in for the conference."""

from __future__ import annotations

from simulator import calls, page
from simulator.answers import Reply, failed, success
from simulator.connections import NOT_FOUND, Handler
from simulator.following import TooManyStreams
from simulator.layout import asset
from simulator.queries import first_values
from simulator.server import ConferenceServer

_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("k"))
    )
    + b"]><response><returncode>SUCCESS</returncode><version>&j;</version></response>"
)


class BigBlueButton(Handler):
    @property
    def conference(self) -> ConferenceServer:
        site = self.server.site
        assert isinstance(site, ConferenceServer)
        return site

    def route(self, path: str, query: str, body: bytes) -> None:
        accepted = self.headers.get("Accept-Language", "")
        if path == calls.API or path.startswith(calls.API + "/"):
            self._call(path.removeprefix(calls.API).strip("/"), query, body)
        elif path == page.CLIENT + "/events" and self.command == "GET":
            self._follow(query, accepted)
        elif path.startswith(page.CLIENT + "/"):
            self.send(self._page(path.removeprefix(page.CLIENT + "/"), query, body, accepted))
        elif path == "/bigbluebutton/error" and self.command == "GET":
            self.send(page.join_failed(query, accepted))
        else:
            self.send(NOT_FOUND)

    def _page(self, name: str, query: str, body: bytes, accepted: str) -> Reply:
        if self.command == "POST" and name in ("leave", "end", "admit"):
            return page.submit(self.conference, name, body.decode("utf-8", "replace"), accepted)
        if self.command == "GET" and name == "join":
            return page.show(self.conference, first_values(query).get("sessionToken", ""), accepted)
        if self.command == "GET":
            return asset(name)
        return Reply(b"", 405, "text/plain")

    def _follow(self, query: str, accepted: str) -> None:
        token = first_values(query).get("sessionToken", "")
        found = self.conference.meetings.session(token)
        if found is None:
            self.send(Reply(b"", 404, "text/plain"))
            return
        try:
            page.follow(self.conference, *found, token, accepted, send=self.begin_stream(), gone=self.hung_up)
        except TooManyStreams:
            self.send(Reply(b"", 503, "text/plain", {"Retry-After": "10"}))

    def _call(self, call: str, query: str, body: bytes) -> None:
        def answer() -> Reply:
            content_type = self.headers.get("Content-Type", "")
            return calls.answer(self.conference, self.command, call, query, body, content_type)

        in_words = {
            "empty": Reply(b""),
            "broken": Reply(b"<response><returncode>SUCCESS</returncode><meetings><meeting>"),
            "bomb": Reply(_BOMB),
            "checksum": failed(*calls.CHECKSUM_ERROR),
            "swallow": success(),
            "busy": failed("internalError", "The server is busy."),
            "redirect": Reply(
                b"", 302, headers={"Location": self.conference.origin + "/bigbluebutton/api/redirected"}
            ),
        }
        self.answer_call(_counted(call), answer, in_words)


def _counted(call: str) -> str:
    """The name to count a call under: unknown ones are anybody's invention and share one."""
    return call if call in calls.CALLS else ("version" if call == "" else "other")
