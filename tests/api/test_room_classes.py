# SPDX-License-Identifier: EUPL-1.2
"""/room-classes"""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries
from tests.factories import World
from vconf.rooms.models import RoomClass


def names(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


def test_nobody_sees_classes(world: World, nobody: Caller) -> None:
    problem(nobody.get("room-classes"), 401, "not_signed_in")


def test_classes_of_another_ministry_are_as_absent(world: World, clara: Caller, anna: Caller) -> None:
    of_im = factories.room_class(world.im, "Vertraulich", lobby=True)

    assert names(clara.get("room-classes")) == ["Standard"]
    assert names(anna.get("room-classes")) == ["Standard", "Vertraulich"]
    foreign, absent = (clara.get(f"room-classes/{one}") for one in (of_im.id, ABSENT))
    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


def test_staff_add_and_change_none(world: World, anna: Caller) -> None:
    of_im = factories.room_class(world.im, "Vertraulich")

    problem(anna.post("room-classes", {"name": "Neu", "authority": str(world.im.id)}), 403, "forbidden")
    problem(anna.patch(f"room-classes/{of_im.id}", {"name": "Offen"}), 403, "forbidden")


def test_an_admin_changes_none_of_those_above(world: World, admin: Caller) -> None:
    problem(admin.patch(f"room-classes/{world.standard.id}", {"name": "Meins"}), 403, "forbidden")
    foreign, absent = (
        admin.post("room-classes", {"name": "Neu", "authority": str(one)}) for one in (world.fm.id, ABSENT)
    )
    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


def test_an_admin_adds_and_changes_one(world: World, admin: Caller) -> None:
    created = admin.post(
        "room-classes",
        {
            "name": "Vertraulich",
            "authority": str(world.im.id),
            "settings": {"lobby": {"value": True, "enforced": True}, "max_length_minutes": 240},
        },
    )
    changed = admin.patch(f"room-classes/{created.json()['id']}", {"settings": {"ask_pin": True}})

    body = created.json()
    assert (created.status_code, body["name"], body["authority"]["short_name"]) == (201, "Vertraulich", "IM")
    assert body["settings"] == {
        "lobby": {"value": True, "enforced": True},
        "max_length_minutes": {"value": 240, "enforced": False},
    }
    assert changed.json()["settings"] == {"ask_pin": {"value": True, "enforced": False}}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"lobbby": True}, "settings.lobbby"),
        ({"lobby": "yes"}, "settings.lobby"),
        ({"lobby": {"value": True, "enforced": "yes"}}, "settings.lobby"),
        ({"lobby": {"value": True, "more": 1}}, "settings.lobby"),
        ({"default_seats": 10**30}, "settings.default_seats"),
        ({"default_seats": 1.5}, "settings.default_seats"),
        ({"opening": "always"}, "settings.opening"),
        ({"opening": {"value": ["join"]}}, "settings.opening"),
        ([], "settings"),
        ("lobby", "settings"),
    ],
)
def test_settings_that_cannot_be_are_refused(world: World, admin: Caller, settings: Any, field: str) -> None:
    body = {"name": "Neu", "authority": str(world.im.id), "settings": settings}

    assert list(problem(admin.post("room-classes", body), 400, "invalid")["fields"]) == [field]
    assert RoomClass.objects.count() == 1


def test_costs_the_same_for_one_and_for_three(world: World, anna: Caller) -> None:
    for_one = queries(lambda: anna.get("room-classes"))
    factories.room_class(world.im, "Zweite")
    factories.room_class(world.im, "Dritte")

    assert queries(lambda: anna.get("room-classes")) == for_one
