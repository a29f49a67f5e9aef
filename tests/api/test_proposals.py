# SPDX-License-Identifier: EUPL-1.2
"""Another time is proposed, taken and declined over the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.caller import Caller, problem, wish
from tests.factories import World


@pytest.fixture
def series(world: World, anna: Caller) -> dict[str, Any]:
    people = [{"email": "bernd@im.mv.example"}, {"email": "gast@firma.example"}]
    body = wish(room=str(world.big.id), rrule="FREQ=DAILY;COUNT=3", attendees=people)
    found: dict[str, Any] = anna.post("bookings", body).json()
    return found


def later(date: dict[str, Any], hours: int) -> str:
    return (datetime.fromisoformat(date["starts_at"]) + timedelta(hours=hours)).isoformat()


def test_proposed_by_who_is_invited_and_taken_by_the_organiser(
    anna: Caller, bernd: Caller, series: dict[str, Any]
) -> None:
    where = f"bookings/{series['id']}/proposals"
    date = series["occurrences"][1]
    body = {"occurrence": date["id"], "starts_at": later(date, 3), "duration": 60, "comment": "<b>Zug</b>"}

    made = bernd.post(where, body)

    assert made.status_code == 201
    [shown] = anna.get(where).json()["results"]
    assert shown == made.json()
    assert (shown["state"], shown["attendee"]["name"]) == ("open", "Bernd Buche")
    assert (shown["occurrence"], shown["comment"]) == (date["id"], "<b>Zug</b>")
    assert shown["instead_of"]["starts_at"] == date["starts_at"]

    taken = anna.post(f"proposals/{shown['id']}/take", {}, headers={"If-Match": '"1"'})

    assert (taken.status_code, taken["ETag"]) == (200, '"2"')
    moved = next(one for one in taken.json()["occurrences"] if one["id"] == date["id"])
    assert moved["starts_at"] == shown["starts_at"]
    [shown] = bernd.get(where).json()["results"]
    assert shown["state"] == "taken"
    problem(anna.post(f"proposals/{shown['id']}/take", {}), 409, "already_decided")


def test_what_does_not_fit_is_refused_with_ways_out_and_can_be_declined(
    world: World, anna: Caller, bernd: Caller, series: dict[str, Any]
) -> None:
    where = f"bookings/{series['id']}/proposals"
    date = series["occurrences"][0]
    there = {"starts_at": later(date, 3), "ends_at": later(date, 4)}
    assert anna.post("bookings", wish(room=str(world.big.id), **there)).status_code == 201
    made = bernd.post(where, {"occurrence": date["id"], **there}).json()

    refused = problem(anna.post(f"proposals/{made['id']}/take", {}), 409, "slot_taken")

    assert refused["alternatives"]
    declined = anna.post(f"proposals/{made['id']}/decline", {})
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "starts_at"),
        ({"starts_at": "2031-05-05T09:00", "duration": 60}, "starts_at"),
        ({"starts_at": "2031-05-05T09:00Z"}, "ends_at"),
        ({"starts_at": "2031-05-05T09:00Z", "ends_at": "2031-05-05T08:00Z"}, "duration"),
        ({"starts_at": "2031-05-05T09:00Z", "duration": 60, "occurrence": "0" * 32}, "occurrence"),
        ({"starts_at": "2031-05-05T09:00Z", "duration": 60, "comment": "x" * 501}, "comment"),
    ],
)
def test_wrong_bodies(bernd: Caller, series: dict[str, Any], body: dict[str, Any], field: str) -> None:
    answer = bernd.post(f"bookings/{series['id']}/proposals", body)
    assert field in problem(answer, 400, "invalid")["fields"]
