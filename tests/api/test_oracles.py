# SPDX-License-Identifier: EUPL-1.2
"""R1.8: nothing that anybody else is answered depends on who is invited, or on what a booking says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.caller import Caller, tomorrow, wish
from tests.factories import World

DAY = f"{tomorrow().date()}T00:00:00Z", f"{tomorrow().date()}T23:59:00Z"
#: counts up with every change, whatever it was; and what says when that was
COUNTERS = {"version", "sequence", "changed_at"}

QUESTIONS = [
    "bookings?mine=false",
    "bookings?mine=false&q=Personalsache",
    "bookings/{booking}",
    "occurrences?from={from}&until={until}",
    "occurrences/{date}",
    "rooms",
    "rooms?q=Personalsache",
    "rooms?free_from={start}&free_until={end}",
    "rooms/{room}/occurrences?from={from}&until={until}",
    "availability?starts_at={start}&ends_at={end}&seats=3",
    "availability?starts_at={start}&ends_at={end}&seats=3&room={room}",
    "people?q=dora",
    "people?q=dorn",
    "people?q=gast",
    "people?q=anderswo.example",
    "people?q=Personalsache",
    "quotas",
]


def without_counters(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_counters(one) for name, one in value.items() if name not in COUNTERS}
    return [without_counters(one) for one in value] if isinstance(value, list) else value


def answers(caller: Caller, booking: dict[str, Any]) -> dict[str, Any]:
    [date] = booking["occurrences"]
    known = {
        "booking": booking["id"],
        "date": date["id"],
        "room": booking["room"]["id"],
        "from": DAY[0],
        "until": DAY[1],
        "start": date["starts_at"],
        "end": date["ends_at"],
    }
    found = {}
    for question in QUESTIONS:
        answer = caller.get(question.format(**known))
        found[question] = (answer.status_code, without_counters(json.loads(answer.content)))
    return found


@pytest.mark.parametrize("who", ["clara", "bernd", "admin", "chief", "operator", "auditor"])
def test_no_answer_tells_who_is_invited_or_what_it_is_about(
    world: World, anna: Caller, who: str, request: pytest.FixtureRequest
) -> None:
    caller: Caller = request.getfixturevalue(who)
    invited = [{"email": "gast@anderswo.example", "name": "Gast"}]
    booking = anna.post("bookings", wish(room=str(world.shared.id), attendees=invited)).json()
    before = answers(caller, booking)

    other = [{"email": "dora@laiv.mv.example", "role": "CHAIR"}]
    changed = anna.patch(
        f"bookings/{booking['id']}",
        {"attendees": other, "title": "Personalsache", "description": "Personalsache"},
    )

    assert changed.status_code == 200, changed.content
    after = answers(caller, booking)
    for question in QUESTIONS:
        assert after[question] == before[question], question
