# SPDX-License-Identifier: EUPL-1.2
"""/rooms: searching them, looking at one, and for admins and operators opening, changing, retiring"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries, tomorrow, wish
from tests.factories import World
from vconf.bookings.recurrence import to_instant
from vconf.rooms.models import Room


def names(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


def new_room(world: World, **fields: Any) -> dict[str, Any]:
    return {
        "name": "Lagezentrum",
        "address": "Lagezentrum@raum.mv.example",
        "seats": 60,
        "pool": str(world.pool.id),
        "room_class": str(world.standard.id),
        "authority": str(world.im.id),
        **fields,
    }


# --- who may not ------------------------------------------------------------------------------------------


def test_nobody_sees_rooms(world: World, nobody: Caller) -> None:
    problem(nobody.get("rooms"), 401, "not_signed_in")


def test_rooms_of_another_ministry_are_not_listed_and_as_absent(world: World, clara: Caller) -> None:
    assert names(clara.get("rooms")) == ["Offener Raum"]
    foreign, absent = (clara.get(f"rooms/{one}") for one in (world.small.id, ABSENT))
    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


def test_room_stock_is_never_listed_by_name(world: World, anna: Caller, operator: Caller) -> None:
    factories.room("Videoraum", 10, world.land, world.pool, world.standard, is_stock=True, open_to_all=True)

    assert "Videoraum" not in names(anna.get("rooms"))
    assert "Videoraum" not in names(operator.get("rooms"))


@pytest.mark.parametrize("who", ["anna", "clara", "auditor"])
def test_staff_open_no_rooms(world: World, who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)

    assert caller.post("rooms", new_room(world)).status_code in (403, 404)
    assert Room.objects.count() == 3


def test_an_admin_opens_no_room_for_another_ministry(world: World, admin: Caller) -> None:
    refused = [admin.post("rooms", new_room(world, authority=str(one))) for one in (world.fm.id, ABSENT)]

    problem(refused[0], 404, "not_found")
    assert refused[0].json() == refused[1].json()


@pytest.mark.parametrize("field", ["pool", "room_class", "authority"])
def test_every_id_in_a_body_is_checked(world: World, admin: Caller, field: str) -> None:
    response = admin.post("rooms", new_room(world, **{field: str(ABSENT)}))

    problem(response, 404, "not_found")
    assert Room.objects.count() == 3


def test_staff_change_and_retire_no_rooms(world: World, anna: Caller, clara: Caller) -> None:
    problem(anna.patch(f"rooms/{world.small.id}", {"seats": 900}), 403, "forbidden")
    problem(anna.delete(f"rooms/{world.small.id}"), 403, "forbidden")
    problem(clara.patch(f"rooms/{world.small.id}", {"seats": 900}), 404, "not_found")
    problem(clara.delete(f"rooms/{world.small.id}"), 404, "not_found")
    world.small.refresh_from_db()
    assert (world.small.seats, world.small.is_active) == (6, True)


def test_an_admin_cannot_give_a_room_to_another_ministry(world: World, admin: Caller) -> None:
    problem(admin.patch(f"rooms/{world.small.id}", {"authority": str(world.fm.id)}), 404, "not_found")


@pytest.mark.parametrize("field", ["id", "slug", "is_stock", "url", "status"])
def test_fields_that_are_nobodys_are_refused(world: World, operator: Caller, field: str) -> None:
    body = problem(operator.patch(f"rooms/{world.small.id}", {field: True}), 400, "invalid")

    assert list(body["fields"]) == [field]


# --- searching --------------------------------------------------------------------------------------------


def test_staff_see_their_authorities_rooms_and_open_ones(anna: Caller) -> None:
    assert names(anna.get("rooms")) == ["Beratung", "Großer Saal", "Offener Raum"]


def test_search_by_name_size_class_and_owner(world: World, anna: Caller) -> None:
    other = factories.room_class(world.land, "Vertraulich")
    Room.objects.filter(id=world.big.id).update(room_class=other)

    assert names(anna.get("rooms", {"q": "saal"})) == ["Großer Saal"]
    assert names(anna.get("rooms", {"seats": 30})) == ["Großer Saal", "Offener Raum"]
    assert names(anna.get("rooms", {"room_class": str(other.id)})) == ["Großer Saal"]
    assert names(anna.get("rooms", {"authority": str(world.land.id)})) == ["Offener Raum"]


def test_search_by_free_time(world: World, anna: Caller) -> None:
    anna.post("bookings", wish(room=str(world.small.id)))
    starts_at = to_instant(tomorrow(9, 30), "Europe/Berlin")
    span = {"free_from": starts_at.isoformat(), "free_until": (starts_at + timedelta(hours=1)).isoformat()}
    later = {
        "free_from": (starts_at + timedelta(minutes=30)).isoformat(),
        "free_until": (starts_at + timedelta(hours=1)).isoformat(),
    }

    assert names(anna.get("rooms", span)) == ["Großer Saal", "Offener Raum"]
    assert names(anna.get("rooms", later)) == ["Beratung", "Großer Saal", "Offener Raum"]


def test_a_room_whose_class_is_closed_then_is_not_free(world: World, anna: Caller) -> None:
    mornings = factories.room_class(world.im, "Vormittags", bookable_until="12:00", max_length_minutes=60)
    factories.room("Frühraum", 10, world.im, world.pool, mornings)
    at = lambda hour: to_instant(tomorrow(hour), "Europe/Berlin").isoformat()  # noqa: E731

    assert "Frühraum" in names(anna.get("rooms", {"free_from": at(9), "free_until": at(11)}))
    assert "Frühraum" not in names(anna.get("rooms", {"free_from": at(11), "free_until": at(13)}))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("free_from=2027-05-03T09:00:00Z", "free_until"),
        ("free_from=2027-05-03T09:00:00Z&free_until=2027-05-03T08:00:00Z", "free_until"),
        ("seats=0", "seats"),
        ("seats=9999999999999999999999", "seats"),
        ("room_class=standard", "room_class"),
        ("sort=secret", "sort"),
    ],
)
def test_a_query_that_cannot_be_understood_names_the_parameter(anna: Caller, query: str, field: str) -> None:
    assert list(problem(anna.get(f"rooms?{query}"), 400, "invalid")["fields"]) == [field]


@pytest.mark.parametrize("who", ["anna", "admin", "operator"])
def test_costs_the_same_for_one_and_for_three(
    world: World, who: str, request: pytest.FixtureRequest, anna: Caller
) -> None:
    caller: Caller = request.getfixturevalue(who)
    for room in (world.small, world.big, world.shared):
        anna.post("bookings", wish(room=str(room.id), attendees=[{"email": "bernd@im.mv.example"}]))

    for_one = queries(lambda: caller.get("rooms?page_size=1"))

    assert queries(lambda: caller.get("rooms")) == for_one


# --- one room ---------------------------------------------------------------------------------------------


def test_a_room_says_what_it_is_and_does(world: World, anna: Caller) -> None:
    body = anna.get(f"rooms/{world.small.id}").json()

    status = body.pop("status")
    assert body == {
        "id": str(world.small.id),
        "name": "Beratung",
        "slug": "beratung",
        "address": "beratung@raum.mv.example",
        "seats": 6,
        "pool": {"id": str(world.pool.id), "name": "Rechenzentrum"},
        "room_class": {"id": str(world.standard.id), "name": "Standard"},
        "authority": {"id": str(world.im.id), "name": "Ministerium für Inneres", "short_name": "IM"},
        "open_to_all": False,
        "is_active": True,
        "blocked_reason": "",
        "url": "http://127.0.0.1:8000/r/beratung",
    }
    assert (status["room"], status["state"], status["visibility"]) == (str(world.small.id), "free", "busy")


def test_the_operator_sees_a_stock_room_without_status(world: World, operator: Caller) -> None:
    stock = factories.room("Videoraum", 10, world.land, world.pool, world.standard, is_stock=True)

    assert operator.get(f"rooms/{stock.id}").json()["status"] is None


# --- opening, changing, retiring --------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["admin", "chief", "operator"])
def test_admins_and_operators_open_rooms(world: World, who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)

    response = caller.post("rooms", new_room(world))

    assert response.status_code == 201, response.content
    room = Room.objects.get(name="Lagezentrum")
    body = response.json()
    assert response["Location"] == f"http://testserver/api/v1/rooms/{room.id}"
    assert (body["id"], body["address"], body["seats"]) == (str(room.id), "lagezentrum@raum.mv.example", 60)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"address": "none"}, "address"),
        ({"address": "beratung@raum.mv.example"}, "address"),
        ({"address": "anna@im.mv.example"}, "address"),
        ({"seats": 0}, "seats"),
        ({"seats": 10**20}, "seats"),
        ({"pool": "first"}, "pool"),
        ({"open_to_all": "perhaps"}, "open_to_all"),
        ({"slug": "mine"}, "slug"),
        ({"is_stock": True}, "is_stock"),
    ],
)
def test_a_room_that_cannot_be_is_refused(
    world: World, operator: Caller, changes: dict[str, Any], field: str
) -> None:
    response = operator.post("rooms", new_room(world, **changes))

    assert list(problem(response, 400, "invalid")["fields"]) == [field]
    assert Room.objects.count() == 3


def test_a_room_is_changed(world: World, admin: Caller) -> None:
    body = admin.patch(
        f"rooms/{world.small.id}", {"name": "Klause", "seats": 8, "blocked_reason": "Umbau"}
    ).json()

    assert (body["name"], body["seats"], body["blocked_reason"], body["slug"]) == (
        "Klause",
        8,
        "Umbau",
        "beratung",
    )
    assert body["status"]["state"] in ("free", "blocked")


def test_a_room_is_retired_and_taken_into_use_again(world: World, admin: Caller, anna: Caller) -> None:
    retired = admin.delete(f"rooms/{world.small.id}")
    assert (retired.status_code, retired.json()["is_active"]) == (200, False)
    assert "Beratung" not in names(anna.get("rooms"))

    admin.patch(f"rooms/{world.small.id}", {"is_active": True})

    assert "Beratung" in names(anna.get("rooms"))
