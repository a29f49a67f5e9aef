# SPDX-License-Identifier: EUPL-1.2
"""GET /availability"""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries, tomorrow, wish
from tests.factories import World
from vconf.bookings.models import Booking
from vconf.bookings.recurrence import to_instant


def at(**fields: Any) -> dict[str, Any]:
    return {
        "starts_at": to_instant(tomorrow(), "Europe/Berlin").isoformat(),
        "ends_at": to_instant(tomorrow(10), "Europe/Berlin").isoformat(),
        "seats": 5,
        **fields,
    }


def test_nobody_learns_nothing(world: World, nobody: Caller) -> None:
    problem(nobody.get("availability", at()), 401, "not_signed_in")


@pytest.mark.parametrize("field", ["room", "authority"])
def test_foreign_and_absent_ids_are_refused_alike(world: World, clara: Caller, field: str) -> None:
    foreign_id = {"room": world.small.id, "authority": world.im.id}[field]

    foreign, absent = (clara.get("availability", at(**{field: str(one)})) for one in (foreign_id, ABSENT))

    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


def test_foreign_rooms_are_not_offered(clara: Caller) -> None:
    body = clara.get("availability", at()).json()

    assert [room["name"] for room in body["rooms"]] == ["Offener Raum"]


def test_names_free_rooms_that_fit_and_suggests_the_smallest(world: World, anna: Caller) -> None:
    body = anna.get("availability", at(seats=6)).json()

    assert body["capacity"] == {"ok": True, "free_seats": 300}
    assert [(room["name"], room["free"]) for room in body["rooms"]] == [
        ("Beratung", True),
        ("Offener Raum", True),
        ("Großer Saal", True),
    ]
    assert body["suggestion"]["room"] == {
        "id": str(world.small.id),
        "name": "Beratung",
        "seats": 6,
        "room_class": {"id": str(world.standard.id), "name": "Standard"},
        "authority": {"id": str(world.im.id), "name": "Ministerium für Inneres", "short_name": "IM"},
        "free": True,
    }
    assert (body["alternatives"], body["seats"]) == ([], 6)
    assert not Booking.objects.exists()


def test_a_taken_room_is_said_in_the_words_of_the_refusal_with_a_way_out(
    world: World, anna: Caller, bernd: Caller
) -> None:
    anna.post("bookings", wish(room=str(world.small.id)))

    body = bernd.get("availability", at(room=str(world.small.id))).json()
    refusal = bernd.post("bookings", wish(room=str(world.small.id))).json()

    assert (body["capacity"]["ok"], body["capacity"]["code"]) == (False, "slot_taken")
    assert body["capacity"]["detail"] == refusal["detail"]
    assert body["suggestion"] == {"room": None}
    assert body["alternatives"] == refusal["alternatives"]


def test_a_used_up_quota_comes_with_the_numbers(world: World, anna: Caller) -> None:
    factories.quota(world.im, seats=20)
    anna.post("bookings", wish(seats=5))

    capacity = anna.get("availability", at(seats=16)).json()["capacity"]

    assert (capacity["ok"], capacity["code"], capacity["free_seats"]) == (False, "quota_exceeded", 15)
    assert (capacity["limit"], capacity["in_use"], capacity["asked"]) == (20, 5, 16)


def test_a_duration_stands_for_the_end(anna: Caller) -> None:
    query = {name: value for name, value in at(duration="PT1H").items() if name != "ends_at"}

    assert (
        anna.get("availability", query).json()["ends_at"] == anna.get("availability", at()).json()["ends_at"]
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_at": "2027-05-03T09:00"}, "starts_at"),
        ({"starts_at": ""}, "starts_at"),
        ({"ends_at": ""}, "ends_at"),
        ({"ends_at": "2027-05-03T09:00:00Z"}, "ends_at"),
        ({"duration": "PT1H"}, "ends_at"),
        ({"seats": 0}, "seats"),
        ({"seats": "1e99"}, "seats"),
        ({"room": "big"}, "room"),
        ({"pool": str(ABSENT)}, "pool"),
    ],
)
def test_a_query_that_cannot_be_understood_names_the_parameter(
    anna: Caller, changes: dict[str, Any], field: str
) -> None:
    response = anna.get(
        "availability", at(starts_at="2027-05-03T10:00:00Z", ends_at="2027-05-03T11:00:00Z") | changes
    )

    assert list(problem(response, 400, "invalid")["fields"]) == [field]


def test_costs_the_same_for_one_and_for_three_rooms(anna: Caller) -> None:
    for_one = queries(lambda: anna.get("availability", at(seats=100)))

    assert queries(lambda: anna.get("availability", at(seats=5))) == for_one
