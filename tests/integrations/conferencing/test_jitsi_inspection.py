# SPDX-License-Identifier: EUPL-1.2
"""What a look at a Jitsi server tells its operator: every finding, and what is not one."""

import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.conferencing.jitsi_server import Answer, Asked, jitsi_server
from tests.rsa_keys import pem_of, rsa_key
from vconf.integrations.conferencing import findings as findings_in_words
from vconf.integrations.conferencing.jitsi.inspection import FINDINGS
from vconf.integrations.conferencing.port import ABILITIES, ServerReport

#: the test's server speaks plain http, and is asked at the address that browsers use
ALWAYS = {"plain_http"}


def keys() -> dict[str, str]:
    return {"system_key": pem_of(rsa_key("system"))}


def look(answers: dict[str, Any] | None = None, **changes: Any) -> ServerReport:
    with jitsi_server(**(answers or {})) as server:
        return server.backend(**{"keys": keys(), "seats": 100, **changes}).check()


def findings(report: ServerReport) -> set[str]:
    return set(report.findings) - ALWAYS


def test_a_sound_server_has_every_ability_and_no_finding() -> None:
    report = look()

    assert report.healthy
    assert (report.reachable, report.secret_ok, report.code) == (True, True, "")
    assert report.version == "JiCoFo 1.0-1118"
    assert report.latency_ms is not None
    assert report.clock_skew_ms is not None
    assert abs(report.clock_skew_ms) < 2000
    assert findings(report) == set()
    # it does not tell of changes by asking it to: its own settings make it call us
    assert report.abilities == ABILITIES - {"webhooks"}


def test_plain_http_is_a_finding() -> None:
    assert "plain_http" in look().findings


def test_meetings_and_people_come_from_the_census_or_else_from_jicofo() -> None:
    census = {
        "room_census": [
            {"room_name": f"a{number}@conference.meet.example", "participants": number, "created_time": 1}
            for number in (2, 3)
        ]
    }
    stats = {"conferences": 4, "participants": 9}

    by_census = look({"/room-census": Answer(200, census), "/stats": Answer(200, stats)})
    by_jicofo = look({"/stats": Answer(200, stats)}, census_url=None)

    assert (by_census.meetings, by_census.people) == (2, 5)
    assert (by_jicofo.meetings, by_jicofo.people) == (4, 9)


def refusing(without: int, with_key: int) -> Any:
    return lambda asked: Answer(with_key if asked.token else without)


CENSUS = Answer(200, {"room_census": []})

CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("short_secret", {"/room-size": Answer(403)}, {"secret": "thirty-one-characters-are-short"}),
    ("clock_skew", {"/": Answer(200, b"jitsi", {"Date": formatdate(time.time() - 90, usegmt=True)})}, {}),
    ("tokens_not_checked", {"/room-size": Answer(404)}, {}),
    ("tokens_not_proven", {}, {"size_url": None}),
    ("occupancy_unknown", {}, {"size_url": None, "census_url": None}),
    ("no_census", {}, {"census_url": None}),
    ("jicofo_not_watched", {}, {"jicofo_url": None}),
    ("bridges_not_watched", {}, {"bridge_urls": None}),
    ("bridge_down", {"/colibri/stats": Answer(200, {"healthy": False})}, {}),
    ("bridge_down", {}, {"bridge_urls": "http://127.0.0.1:9/"}),
    ("end_missing", {}, {"end_url": None}),
    ("end_missing", {"/end-meeting": Answer(404)}, {}),
    ("end_missing", {"/end-meeting": Answer(200)}, {}),
    ("end_refused", {"/end-meeting": Answer(401)}, {}),
    ("kick_missing", {}, {"kick_url": None}),
    ("kick_missing", {"/kick-participant": Answer(404)}, {}),
    ("kick_refused", {"/kick-participant": Answer(403)}, {}),
    ("kick_unreliable", {"/kick-participant": Answer(200)}, {}),
    ("reservations_off", {}, {"reservations": False}),
    ("roles_not_confirmed", {}, {"roles": False}),
    ("lobby_not_confirmed", {}, {"lobby": False}),
    ("limit_not_confirmed", {}, {"limit": None}),
    ("limit_not_confirmed", {}, {"reservations": None}),
    ("check_incomplete", {"/end-meeting": Answer(500)}, {}),
]


@pytest.mark.parametrize(("code", "answers", "changes"), CASES)
def test_findings(code: str, answers: dict[str, Any], changes: dict[str, Any]) -> None:
    assert code in findings(look(answers, **changes))


def test_a_census_where_browsers_go_is_a_finding() -> None:
    with jitsi_server(**{"/inside/census": CENSUS}) as server:
        report = server.backend(keys=keys(), census_url=f"{server.url}inside/census").check()
        server.answers["/room-census"] = Answer(403)
        closed = server.backend(keys=keys(), census_url=f"{server.url}inside/census").check()

    assert findings(report) == {"census_open"}
    assert findings(closed) == set()


def test_every_finding_is_tested_and_told_to_operators() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "jitsi.md").read_text()

    assert {code for code, _, _ in CASES} | ALWAYS | {"census_open"} == set(FINDINGS)
    assert [code for code in FINDINGS if f"`{code}`" not in manual] == []


@pytest.mark.parametrize(
    ("ability", "answers", "changes"),
    [
        ("end", {"/end-meeting": Answer(404)}, {}),
        ("end", {"/end-meeting": Answer(401)}, {}),
        ("kick", {"/kick-participant": Answer(200)}, {}),
        ("kick", {}, {"kick_url": None}),
        ("load", {"/colibri/stats": Answer(404)}, {}),
        ("load", {}, {"bridge_urls": None, "seats": None}),
        ("recording", {"/stats": Answer(200, {"jibri_detector": {"count": 0}})}, {}),
        ("recording", {}, {"jicofo_url": None}),
        ("moderators", {}, {"roles": None}),
        # whoever may write himself a token may make himself a moderator
        ("moderators", {"/room-size": Answer(404)}, {}),
        ("lobby", {}, {"lobby": None}),
        ("limit", {}, {"limit": None}),
        ("reservations", {}, {"reservations": None}),
    ],
)
def test_what_is_not_set_up_is_no_ability(
    ability: str, answers: dict[str, Any], changes: dict[str, Any]
) -> None:
    report = look(answers, **changes)

    assert report.healthy
    assert ability not in report.abilities


def test_people_against_seats_are_a_load_too() -> None:
    assert "load" in look({"/stats": Answer(200, {"participants": 3})}, bridge_urls=None).abilities


@pytest.mark.parametrize(
    ("answers", "code", "reachable", "secret_ok"),
    [
        ({"/": Answer(200, b"<html>It works!</html>")}, "not_jitsi", False, None),
        ({"/": Answer(503)}, "misbehaving", False, None),
        ({"/about/health": Answer(404)}, "no_focus", False, None),
        ({"/stats": Answer(200, b"[]")}, "misbehaving", False, None),
        (
            {"/stats": Answer(200, {"bridge_selector": {"operational_bridge_count": 0}})},
            "no_bridge",
            False,
            None,
        ),
        ({"/room-census": Answer(403)}, "closed_to_us", True, None),
        ({"/room-size": Answer(403)}, "wrong_secret", True, False),
    ],
)
def test_what_makes_a_server_useless(
    answers: dict[str, Any], code: str, reachable: bool, secret_ok: bool | None
) -> None:
    report = look(answers)

    assert not report.healthy
    assert (report.code, report.reachable, report.secret_ok) == (code, reachable, secret_ok)


def test_without_a_size_the_secret_is_not_known_to_be_right_and_the_server_works() -> None:
    report = look(size_url=None)

    assert report.healthy
    assert report.secret_ok is None


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 99 Nov 2026 99:00:00 GMT"])
def test_a_clock_that_says_nothing_is_unknown(date: str) -> None:
    report = look({"/": Answer(200, b"jitsi", {"Date": date})})

    assert report.healthy
    assert report.clock_skew_ms is None
    assert "clock_skew" not in report.findings


@pytest.mark.parametrize(
    "version", [Answer(404), Answer(200, {"version": 7}), Answer(200, {"name": None}), Answer(200, {})]
)
def test_a_version_that_is_not_told_is_empty(version: Answer) -> None:
    assert look({"/about/version": version}).version == ""


def test_a_look_takes_no_longer_than_two_calls_may() -> None:
    def slowly(asked: Asked) -> Answer:
        time.sleep(1.2)
        return Answer(404 if asked.token else 401)

    slow = dict.fromkeys(("/end-meeting", "/kick-participant"), slowly)
    started = time.monotonic()
    with jitsi_server(**slow) as server:
        report = server.backend(keys=keys(), deadline=1.5, read_timeout=1.5).check()

    # four such calls, and no time for all of them
    assert time.monotonic() - started < 10
    assert report.code in ("", "timeout")
    assert report.code or "check_incomplete" in report.findings


def test_operators_are_told_in_words() -> None:
    assert set(FINDINGS) <= set(findings_in_words.FINDINGS)
    failures = {
        "not_jitsi",
        "no_focus",
        "no_bridge",
        "wrong_secret",
        "closed_to_us",
        "no_such_path",
        "redirected",
    }
    assert failures <= set(findings_in_words.FAILURES)
