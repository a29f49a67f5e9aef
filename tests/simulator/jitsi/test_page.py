# SPDX-License-Identifier: EUPL-1.2
"""The page that stands in for Jitsi's client: fetching it is entering, closing it is leaving."""

import json
import re

import pytest
import requests

from tests.simulator_fixture import JitsiShard, eventually


class Browser:
    """Somebody who follows a link to a room."""

    def __init__(self, shard: JitsiShard, room: str = "r1", language: str = "de", **token: object) -> None:
        self.shard = shard
        self.http = requests.Session()
        self.http.headers["Accept-Language"] = language
        self.page = self.http.get(f"{shard.origin}/{room}?jwt={shard.token(room, **token)}", timeout=5)  # type: ignore[arg-type]

    @property
    def token(self) -> str:
        return self.page.url.partition("session=")[2]

    def press(self, button: str, **fields: str) -> requests.Response:
        return self.http.post(
            f"{self.shard.origin}/_client/{button}", data={"sessionToken": self.token, **fields}, timeout=5
        )

    def open_stream(self) -> requests.Response:
        return self.http.get(
            f"{self.shard.origin}/_client/events?sessionToken={self.token}", stream=True, timeout=5
        )

    def reload(self) -> str:
        return self.http.get(self.page.url, timeout=5).text


def people(shard: JitsiShard) -> int:
    room = shard.rooms().get("r1")
    return int(room["people"]) if room else 0


def test_page_shows_room_and_people(jitsi_shard: JitsiShard) -> None:
    Browser(jitsi_shard, name="Bernd <b>", moderator=True)

    page = Browser(jitsi_shard, name="Anna").page

    assert page.status_code == 200
    assert '<html lang="de">' in page.text
    assert "Dies ist eine simulierte Konferenz." in page.text
    assert '<p class="count" id="count" role="status">2 Personen sind in der Konferenz</p>' in page.text
    assert "<li><span>Bernd &lt;b&gt;</span><span>Moderation</span></li>" in page.text
    assert "<li><span>Anna</span><span>Teilnahme</span></li>" in page.text
    assert "Konferenz beenden" not in page.text


def test_page_keeps_no_token_in_its_address_and_nothing_from_elsewhere(jitsi_shard: JitsiShard) -> None:
    page = Browser(jitsi_shard, language="en").page

    assert "jwt" not in page.url
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert re.findall(r'(?:src|href)="([^"]*)"', page.text) == ["/_client/page.css", "/_client/page.js"]
    assert "1 person is in the conference" in page.text


def test_page_of_the_shard_enters_nothing(jitsi_shard: JitsiShard) -> None:
    page = requests.get(jitsi_shard.base_url, timeout=5)

    assert (page.status_code, jitsi_shard.rooms()) == (200, {})
    assert "Simulierter Jitsi-Server" in page.text


@pytest.mark.parametrize("name", ["page.js", "page.css", "fragment.js"])
def test_assets(jitsi_shard: JitsiShard, name: str) -> None:
    assert requests.get(f"{jitsi_shard.origin}/_client/{name}", timeout=5).status_code == 200


def test_refused_link_says_why_and_looks_behind_the_address(jitsi_shard: JitsiShard) -> None:
    bad = requests.get(f"{jitsi_shard.origin}/r1?jwt=x", timeout=5)
    none = requests.get(f"{jitsi_shard.origin}/r1", timeout=5)

    assert (bad.status_code, none.status_code) == (403, 403)
    assert "Beitritt nicht möglich" in bad.text
    assert "<code>not-allowed</code>" in bad.text
    assert "/_client/fragment.js" in none.text
    assert "/_client/fragment.js" not in bad.text


def test_reloading_is_not_entering_again(jitsi_shard: JitsiShard) -> None:
    anna = Browser(jitsi_shard)

    anna.reload()

    assert people(jitsi_shard) == 1


def test_closing_the_tab_is_leaving(jitsi_shard: JitsiShard) -> None:
    stream = Browser(jitsi_shard).open_stream()
    next(stream.iter_lines(chunk_size=1))
    open_tab = people(jitsi_shard)

    stream.close()

    assert open_tab == 1
    eventually(lambda: jitsi_shard.rooms() == {})


def test_button_leaves(jitsi_shard: JitsiShard) -> None:
    anna = Browser(jitsi_shard)

    left = anna.press("leave")

    assert "Sie haben die Konferenz verlassen" in left.text
    assert jitsi_shard.rooms() == {}


def test_moderator_ends_it_for_everybody(jitsi_shard: JitsiShard) -> None:
    viewer, moderator = Browser(jitsi_shard), Browser(jitsi_shard, moderator=True)
    lines = (line for line in viewer.open_stream().iter_lines(chunk_size=1) if line)
    first = json.loads(next(lines).removeprefix(b"data: "))

    refused = viewer.press("end").status_code
    ended = moderator.press("end")

    assert (first["where"], first["count"]) == ("present", 2)
    assert refused == 403
    assert "Die Konferenz ist beendet" in ended.text
    assert json.loads(next(lines).removeprefix(b"data: "))["where"] == "ended"
    assert "Die Konferenz ist beendet" in viewer.reload()


def test_restart_of_the_shard_is_a_lost_connection(jitsi_shard: JitsiShard) -> None:
    lines = (line for line in Browser(jitsi_shard).open_stream().iter_lines(chunk_size=1) if line)
    next(lines)

    jitsi_shard.forget()

    assert json.loads(next(lines).removeprefix(b"data: "))["where"] == "lost"


@pytest.mark.parametrize("session", ["x", "%00", "a" * 3000])
def test_unknown_sessions(jitsi_shard: JitsiShard, session: str) -> None:
    page = requests.get(f"{jitsi_shard.origin}/r1?session={session}", timeout=5)
    stream = requests.get(f"{jitsi_shard.origin}/_client/events?sessionToken={session}", timeout=5)
    pressed = requests.post(f"{jitsi_shard.origin}/_client/end", data={"sessionToken": session}, timeout=5)

    assert (page.status_code, stream.status_code, pressed.status_code) == (404, 404, 404)


@pytest.mark.parametrize(
    "path", ["a%20b?jwt=x", "a%40b", "%ff", "a" * 500, "x?" + "a=&" * 200, "..%2f..%2fetc"]
)
def test_addresses_that_are_no_room(jitsi_shard: JitsiShard, path: str) -> None:
    jitsi_shard.configure(tokens="off")

    answer = requests.get(f"{jitsi_shard.origin}/{path}", timeout=5, allow_redirects=False)

    assert answer.status_code in (303, 403)
    assert requests.get(jitsi_shard.base_url, timeout=5).status_code == 200
