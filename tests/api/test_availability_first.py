# SPDX-License-Identifier: EUPL-1.2
"""`POST /availability/first`: times at which people, a room and seats are free, and nothing about anybody."""

from __future__ import annotations

import pytest

from tests.api.caller import Caller, problem, tomorrow, wish
from tests.factories import World
from vconf.bookings.recurrence import to_instant
from vconf.web.limits import SlotSearches

pytestmark = pytest.mark.django_db

EVERY_DAY = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def berlin(hour: int) -> str:
    return to_instant(tomorrow(hour), "Europe/Berlin").isoformat().replace("+00:00", "Z")


def asked(**fields: object) -> dict[str, object]:
    return {
        "people": ["anna@im.mv.example", "stranger@elsewhere.example"],
        "duration": "PT1H",
        "from": berlin(0),
        "days": EVERY_DAY,
        **fields,
    }


def test_it_answers_times_rooms_and_who_is_unknown(world: World, anna: Caller, bernd: Caller) -> None:
    anna.post("bookings", wish(starts_at=tomorrow(8).isoformat(), ends_at=tomorrow(9).isoformat()))

    body = bernd.post("availability/first", asked(timezone="Europe/Berlin", seats=20)).json()

    assert body.keys() == {"slots", "people_without_calendar"}
    assert len(body["slots"]) == 5
    first = body["slots"][0]
    assert first["room"] == {"id": str(world.shared.id), "name": "Offener Raum", "seats": 30}
    assert first["starts_at"] == berlin(9)
    assert body["people_without_calendar"] == ["stranger@elsewhere.example"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"people": ["nobody"]}, "people.0"),
        ({"people": ["a@b.example"] * 51}, "people"),
        ({"day_from": "8"}, "day_from"),
        ({"day_until": "24:00"}, "day_until"),
        ({"days": ["XX"]}, "days.0"),
        ({"duration": "PT25H"}, "duration"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_bad_input_names_the_field(world: World, anna: Caller, wrong: dict[str, object], field: str) -> None:
    body = problem(anna.post("availability/first", asked(**wrong)), 400, "invalid")
    assert field in body["fields"]


def test_rooms_are_asked_for_as_elsewhere(world: World, anna: Caller, clara: Caller) -> None:
    problem(clara.post("availability/first", asked(rooms=[str(world.small.id)])), 404, "not_found")
    world.small.blocked_reason = "Umbau"
    world.small.save()
    problem(anna.post("availability/first", asked(rooms=[str(world.small.id)])), 409, "room_blocked")


def test_nobody_is_watched_with_it(world: World, anna: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SlotSearches, "rate", "2/min")
    assert [anna.post("availability/first", asked()).status_code for _ in range(3)] == [200, 200, 429]
