# SPDX-License-Identifier: EUPL-1.2
"""What is kept of servers as codes and numbers is told in both languages, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from vconf.bookings.admission import Answer
from vconf.integrations.conferencing.port import ABILITIES
from vconf.integrations.conferencing.server_words import ABILITIES as NAMED
from vconf.integrations.conferencing.server_words import event_told, explained
from vconf.rooms.models import ServerEvent

RESERVED = {"server": "bbb-1", "kept": 30, "seats": 300, "people": 1, "load": 0.5}
CHOSEN = {"code": "chosen", "server": "bbb-2", "needed": 30, "free": 250, "seats": 300}


def in_both(told: Any, about: Any) -> tuple[str, str]:
    with translation.override("de"):
        german = told(about)
    with translation.override("en"):
        return german, told(about)


@pytest.mark.parametrize(
    ("explanation", "german", "english"),
    [
        ({"code": "as_reserved"}, "wie reserviert", "as reserved"),
        (
            {"code": "as_reserved", **RESERVED},
            "bbb-1, wie reserviert: 30 von 300 Plätzen freigehalten, 1 Person dort, Last 50 %",
            "bbb-1, as reserved: 30 of 300 seats kept, 1 person there, load 50%",
        ),
        (
            {"code": "reserved_best", **RESERVED, "why_not": {"code": "draining", "server": "bbb-1"}},
            "bbb-1, wie reserviert: 30 von 300 Plätzen freigehalten, 1 Person dort, Last 50 %; "
            "Besseres gibt es nicht; reserviert auf bbb-1 (wird geleert)",
            "bbb-1, as reserved: 30 of 300 seats kept, 1 person there, load 50%; "
            "there is nothing better; reserved on bbb-1, which is draining",
        ),
        (
            {
                **CHOSEN,
                "meetings": 3,
                "most_meetings": 9,
                "pool": "Reserve",
                "overfull": True,
                "lacks": ["lobby", "recording"],
                "next": {"server": "bbb-3", "free": 9, "seats": 10},
                "more": 2,
                "why_not": {"code": "overloaded", "server": "bbb-1", "load": 1.1},
                "moved_from": {"server": "bbb-1", "why": "timeout"},
            },
            "bbb-2: 250 von 300 Plätzen frei, 3 von 9 Konferenzen, 30 werden gebraucht, aus dem Ausweichpool "
            "Reserve, überbelegt: kein Server hat die Plätze, ihm fehlt, was kein verfügbarer Server hat: "
            "Wartebereich, Aufzeichnung; danach bbb-3 (9 von 10 Plätzen frei) und 2 weitere; reserviert auf "
            "bbb-1, der überlastet ist (Last 110 %); verlegt von bbb-1 (Der Server nimmt Verbindungen an, "
            "antwortet aber nicht rechtzeitig)",
            "bbb-2: 250 of 300 seats free, 3 of 9 meetings, 30 needed, of the fallback pool Reserve, overfull: "
            "no server has the seats, lacks what no server has that can be had: a lobby, recording; next bbb-3 "
            "(9 of 10 seats free) and 2 more; reserved on bbb-1, which is overloaded (load 110%); moved from "
            "bbb-1 (The server takes connections but does not answer in time)",
        ),
        (
            {"code": "no_answer", "server": "bbb-1", "why_not": {"code": "could_not_open"}},
            "bbb-1: kein Server antwortet; der reservierte Server konnte sie nicht eröffnen",
            "bbb-1: no server answers; the reserved server could not open it",
        ),
        # from before it was kept so, and from a newer vconf
        ({}, "", ""),
        ({"code": "novelty"}, "", ""),
    ],
)
def test_why_a_meeting_runs_where_it_does(explanation: dict[str, Any], german: str, english: str) -> None:
    assert in_both(explained, explanation) == (german, english)


@pytest.mark.parametrize(
    ("kind", "facts", "german", "english"),
    [
        (
            "lost",
            {"people": 3, "silent_seconds": 12},
            "3 Personen darin; der Server schwieg seit 12 Sekunden",
            "3 people in it; the server was silent for 12 seconds",
        ),
        (
            "lost",
            {"people": 1, "silent_seconds": None},
            "1 Person darin; der Server wurde nie erreicht",
            "1 person in it; the server was never seen",
        ),
        (
            "moved",
            {"from": "bbb-1", "seconds": 2.5},
            "von bbb-1, bereit 2,5 s nach der Aufgabe dort",
            "from bbb-1, ready 2.5 s after it was given up there",
        ),
        ("orphan_ended", {"people": 2}, "2 Personen darin", "2 people in it"),
        (
            "check",
            {"version": "3.0", "findings": ["clock_skew"]},
            "Version 3.0. Die Uhr des Servers geht falsch.",
            "Version 3.0. The server's clock is wrong.",
        ),
        ("check", {"version": "", "findings": []}, "", ""),
        ("hook_signature", {"before": "bearer"}, "vorher: bearer", "before: bearer"),
        ("health", {"why": "unreachable"}, "Keine Verbindung zum Server.", "No connection to the server."),
        ("placed", {"code": "as_reserved"}, "wie reserviert", "as reserved"),
        ("state", {}, "", ""),
        ("novelty", {"what": 1}, "", ""),
    ],
)
def test_what_happened_to_a_server(kind: str, facts: dict[str, Any], german: str, english: str) -> None:
    assert in_both(event_told, ServerEvent(kind=kind, facts=facts)) == (german, english)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        *(("reservation", answer) for answer in [*Answer, "opened"] if answer != Answer.OPEN),
        *(
            ("hook_refused", code)
            for code in ("hook_not_signed", "token_not_signed", "wrong_token", "hook_rejected")
        ),
        ("end", "not_enforceable"),
    ],
)
def test_why_something_was_refused(kind: str, code: str) -> None:
    german, english = in_both(event_told, ServerEvent(kind=kind, code=code))
    assert german and english and german != english


def test_every_ability_has_a_name() -> None:
    assert NAMED.keys() == ABILITIES
