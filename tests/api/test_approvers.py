# SPDX-License-Identifier: EUPL-1.2
"""/room-classes/{id}/approvers and /approvers"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.api.caller import Caller, problem
from tests.factories import World
from vconf.rooms.models import Approver, RoomClass


@pytest.fixture
def kind(world: World) -> RoomClass:
    return factories.room_class(world.im, "Vertraulich")


def test_an_admin_names_lists_and_removes(
    world: World, admin: Caller, bernd: Caller, kind: RoomClass
) -> None:
    path = f"room-classes/{kind.id}/approvers"

    named = admin.post(path, {"email": "Bernd@im.mv.example"})

    assert named.status_code == 201, named.content
    row = named.json()
    assert (row["room_class"]["name"], row["person"]["name"], row["stands_in_for"]) == (
        "Vertraulich",
        "Bernd Buche",
        None,
    )
    assert admin.get(path).json()["results"] == [row]
    assert bernd.get("me").json()["permissions"]["approve"]
    problem(bernd.delete(f"approvers/{row['id']}"), 403, "forbidden")
    assert admin.delete(f"approvers/{row['id']}").status_code == 204
    assert not Approver.objects.exists()


def test_an_approver_names_somebody_to_stand_in(
    world: World, anna: Caller, bernd: Caller, kind: RoomClass
) -> None:
    Approver.objects.create(room_class=kind, person=world.bernd)
    until = timezone.now() + timedelta(days=14)

    answer = bernd.post(
        "approvers/delegates", {"email": "anna@im.mv.example", "valid_until": until.isoformat()}
    )

    assert answer.status_code == 201, answer.content
    [row] = answer.json()
    assert (row["person"]["email"], row["stands_in_for"]["name"]) == ("anna@im.mv.example", "Bernd Buche")
    for caller in (anna, bernd):
        assert caller.get("approvers/delegates").json()["results"] == [row]
    assert anna.get("me").json()["permissions"]["approve"]
    assert bernd.delete(f"approvers/{row['id']}").status_code == 204
    assert not anna.get("me").json()["permissions"]["approve"]


def test_who_decides_nothing_names_nobody(anna: Caller, kind: RoomClass) -> None:
    until = timezone.now() + timedelta(days=14)
    body = {"email": "bernd@im.mv.example", "valid_until": until.isoformat()}

    problem(anna.post("approvers/delegates", body), 403, "forbidden")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "nobody@mv.example"}, "email"),
        ({"email": "bernd@im.mv.example", "valid_until": "2020-01-01T00:00:00Z"}, "valid_until"),
        ({"email": "bernd@im.mv.example", "valid_until": "2027-01-01T00:00"}, "valid_until"),
        ({"email": "bernd@im.mv.example", "role": "boss"}, "role"),
    ],
)
def test_what_is_wrong_is_named(admin: Caller, kind: RoomClass, body: dict[str, object], field: str) -> None:
    answer = admin.post(f"room-classes/{kind.id}/approvers", body)

    assert list(problem(answer, 400, "invalid")["fields"]) == [field]
