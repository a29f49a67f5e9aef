# SPDX-License-Identifier: EUPL-1.2
"""The page that stands in for the conference: who counts as present, and for how long."""

import json
import re
import time

import pytest
import requests

from simulator.layout import choose_language
from tests.simulator.calling import Browser, call, create, info, signed
from tests.simulator_fixture import SimulatorProcess, eventually


def people(simulator: SimulatorProcess) -> int:
    return int(info(simulator).findtext("participantCount") or "0")


def first_line(stream: requests.Response) -> bytes:
    line: bytes = next(stream.iter_lines(chunk_size=1))
    return line


def test_page_shows_meeting_and_people(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", name="Lage <script>alert(1)</script>")
    Browser(simulator, fullName="Bernd <b>&amp;", role="MODERATOR")

    page = Browser(simulator, fullName="Anna").page

    assert page.status_code == 200
    assert '<html lang="de">' in page.text
    assert "Dies ist eine simulierte Konferenz." in page.text
    assert "<h1>Lage &lt;script&gt;alert(1)&lt;/script&gt;</h1>" in page.text
    assert '<p class="count" id="count" role="status">2 Personen sind in der Konferenz</p>' in page.text
    assert "<li><span>Bernd &lt;b&gt;&amp;amp;</span><span>Moderation</span></li>" in page.text
    assert "<li><span>Anna</span><span>Teilnahme</span></li>" in page.text
    assert ">Verlassen</button>" in page.text
    assert "Konferenz beenden" not in page.text


@pytest.mark.parametrize(
    ("accepted", "wished", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "", "en"),
        ("fr,de;q=0.3,en;q=0.7", "", "en"),
        ("fr", "", "de"),
        ("", "", "de"),
        ("en;q=0", "", "de"),
        ("en;q=x,de;q=0.1", "", "de"),
        ("de", "en", "en"),
    ],
)
def test_language(accepted: str, wished: str, language: str) -> None:
    assert choose_language(accepted, wished) == language


def test_english_page(simulator: SimulatorProcess) -> None:
    create(simulator)

    page = Browser(simulator, language="en", role="MODERATOR").page

    assert '<html lang="en">' in page.text
    assert "This is a simulated conference." in page.text
    assert "1 person is in the conference" in page.text
    assert ">Leave</button>" in page.text
    assert ">End conference</button>" in page.text


def test_page_is_locked_down(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", logoutURL="https://vconf.example.org/out?a=1")

    page = Browser(simulator).page

    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self' https://vconf.example.org"
    )
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    # Nothing inline, nothing from elsewhere.
    assert re.findall(r'(?:src|href)="([^"]*)"', page.text) == [
        "/html5client/page.css",
        "/html5client/page.js",
    ]
    assert "<style" not in page.text
    assert " style=" not in page.text


@pytest.mark.parametrize("name", ["page.js", "page.css"])
def test_assets(simulator: SimulatorProcess, name: str) -> None:
    assert requests.get(f"{simulator.origin}/html5client/{name}", timeout=5).status_code == 200


def test_without_javascript_one_stays_until_leaving(simulator: SimulatorProcess) -> None:
    create(simulator)
    anna = Browser(simulator)
    simulator.advance_clock(3600)
    stayed = people(simulator)

    left = anna.press("leave")
    again = anna.http.get(anna.page.url, timeout=5)

    assert stayed == 1
    assert left.status_code == 200
    assert "Sie haben die Konferenz verlassen" in left.text
    assert again.status_code == 404
    assert people(simulator) == 0


def test_leaving_leads_to_the_logout_url(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", logoutURL="https://vconf.example.org/out")

    left = Browser(simulator).press("leave")

    assert (left.status_code, left.headers["Location"]) == (303, "https://vconf.example.org/out")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://a/\r\nX: y", "//a", "ftp://a/"]
)
def test_odd_logout_urls_lead_nowhere(simulator: SimulatorProcess, url: str) -> None:
    create(simulator, "m-1", logoutURL=url)

    left = Browser(simulator).press("leave")

    assert "Location" not in left.headers or left.headers["Location"] == "https://a/X: y"
    assert "X" not in left.headers


def test_closing_the_tab_is_leaving(simulator: SimulatorProcess) -> None:
    create(simulator)
    stream = Browser(simulator).open_stream()
    first_line(stream)
    # Longer than the time after which a page without connection counts as closed.
    time.sleep(0.6)
    open_tab = people(simulator)

    stream.close()

    assert open_tab == 1
    eventually(lambda: people(simulator) == 0)


def test_reloading_is_not_leaving(simulator: SimulatorProcess) -> None:
    create(simulator)
    anna = Browser(simulator)
    first = anna.open_stream()
    first_line(first)

    first.close()
    second = anna.open_stream()
    first_line(second)
    time.sleep(1.0)

    assert people(simulator) == 1
    second.close()


def test_late_page_brings_one_back(simulator: SimulatorProcess) -> None:
    create(simulator)
    anna = Browser(simulator)
    stream = anna.open_stream()
    first_line(stream)
    stream.close()
    eventually(lambda: people(simulator) == 0)

    anna.http.get(anna.page.url, timeout=5)

    assert people(simulator) == 1


def test_stream_tells_of_every_change(simulator: SimulatorProcess) -> None:
    create(simulator)
    lines = Browser(simulator, fullName="Anna").open_stream().iter_lines(chunk_size=1)

    def following() -> dict[str, object]:
        state: dict[str, object] = json.loads(next(line for line in lines if line).removeprefix(b"data: "))
        return state

    first = following()
    simulator.add_people("m-1", names=["Zoë Ærø"])
    second = following()
    simulator.end_meeting("m-1")
    last = following()

    assert first == {
        "where": "present",
        "count": 1,
        "people": [["Anna", "Teilnahme"]],
        "more": 0,
        "waiting": [],
    }
    assert (second["count"], second["people"]) == (2, [["Anna", "Teilnahme"], ["Zoë Ærø", "Teilnahme"]])
    assert last == {"where": "ended"}


def test_moderator_ends_the_conference(simulator: SimulatorProcess) -> None:
    create(simulator)
    viewer = Browser(simulator)
    moderator = Browser(simulator, role="MODERATOR")

    refused = viewer.press("end")
    ended = moderator.press("end")

    assert refused.status_code == 403
    assert ended.status_code == 200
    assert info(simulator).findtext("messageKey") == "notFound"
    assert "Die Konferenz ist beendet" in viewer.http.get(viewer.page.url, timeout=5).text


def test_guest_waits_until_let_in(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", guestPolicy="ASK_MODERATOR")
    moderator = Browser(simulator, role="MODERATOR", fullName="Mia")
    guest = Browser(simulator, guest="true", fullName="Gast <1>")
    other = Browser(simulator, guest="true", fullName="Gast 2")

    waiting = people(simulator)
    shown = moderator.http.get(moderator.page.url, timeout=5).text
    user = re.findall(r'name="user" value="(\w+)"', shown)[0]
    by_a_viewer = guest.press("admit", user=user)
    admitted = moderator.press("admit", user=user)

    assert "Sie sind im Wartebereich" in guest.page.text
    assert 'http-equiv="refresh"' in guest.page.text
    assert waiting == 1
    assert "Gast &lt;1&gt; einlassen" in shown
    assert by_a_viewer.status_code == 403
    assert admitted.status_code == 303
    assert "2 Personen sind" in guest.http.get(guest.page.url, timeout=5).text
    assert "Sie sind im Wartebereich" in other.http.get(other.page.url, timeout=5).text


def test_let_in_everybody_who_waits(simulator: SimulatorProcess) -> None:
    create(simulator, "m-1", guestPolicy="ASK_MODERATOR")
    guests = [Browser(simulator, guest="true") for _ in range(3)]
    stream = guests[0].open_stream()
    moderator = Browser(simulator, role="MODERATOR")

    moderator.press("admit")

    states = [json.loads(line.removeprefix(b"data: ")) for line in (next_lines(stream, 2))]
    assert [state["where"] for state in states] == ["waiting", "present"]


def next_lines(stream: requests.Response, count: int) -> list[bytes]:
    lines = (line for line in stream.iter_lines(chunk_size=1) if line)
    found: list[bytes] = []
    while len(found) < count:
        line = next(lines)
        if (
            not found
            or json.loads(line.removeprefix(b"data: "))["where"]
            != json.loads(found[-1].removeprefix(b"data: "))["where"]
        ):
            found.append(line)
    return found


@pytest.mark.parametrize("token", ["", "x", "%00", "a" * 3000])
def test_unknown_sessions(simulator: SimulatorProcess, token: str) -> None:
    page = requests.get(f"{simulator.origin}/html5client/join?sessionToken={token}", timeout=5)
    stream = requests.get(f"{simulator.origin}/html5client/events?sessionToken={token}", timeout=5)
    pressed = requests.post(f"{simulator.origin}/html5client/end", data={"sessionToken": token}, timeout=5)

    assert (page.status_code, stream.status_code, pressed.status_code) == (404, 404, 404)


def test_failed_join_says_why(simulator: SimulatorProcess) -> None:
    page = requests.get(signed(simulator, "join", meetingID="m-x", fullName="A", role="VIEWER"), timeout=5)

    assert page.status_code == 403
    assert "Beitritt nicht möglich" in page.text
    assert "<code>notFound</code>" in page.text


@pytest.mark.parametrize("errors", ["", "x", "{}", "[1]", '[{"key":"<script>"}]', "[" * 2000])
def test_error_page_takes_anything(simulator: SimulatorProcess, errors: str) -> None:
    page = requests.get(f"{simulator.origin}/bigbluebutton/error", params={"errors": errors}, timeout=5)

    assert page.status_code == 403
    assert "<script>" not in page.text


def test_many_people_are_counted_and_the_first_hundred_named(simulator: SimulatorProcess) -> None:
    create(simulator)
    simulator.add_people("m-1", 2_000)

    page = Browser(simulator, role="MODERATOR").page

    assert "2001 Personen sind in der Konferenz" in page.text
    assert "und 1901 weitere" in page.text
    assert page.text.count("<li>") == 100
    assert call(simulator, "end", meetingID="m-1").findtext("returncode") == "SUCCESS"
