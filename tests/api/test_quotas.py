# SPDX-License-Identifier: EUPL-1.2
"""/quotas and /authorities/{id}/quota"""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries, tomorrow, wish
from tests.factories import World
from vconf.authorities.models import Quota
from vconf.bookings.recurrence import to_instant

NO_LIMITS = {"concurrent_seats": None, "concurrent_meetings": None, "seat_hours_per_month": None}


def stamp(hour: int) -> str:
    return to_instant(tomorrow(hour), "Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%SZ")


# --- who may not ------------------------------------------------------------------------------------------


def test_nobody_sees_quotas(world: World, nobody: Caller) -> None:
    problem(nobody.get("quotas"), 401, "not_signed_in")
    problem(nobody.put(f"authorities/{world.im.id}/quota", {"concurrent_seats": 1}), 401, "not_signed_in")


def test_staff_see_no_quota(world: World, anna: Caller) -> None:
    assert anna.get("quotas").json()["results"] == []
    problem(anna.get(f"authorities/{world.im.id}/quota"), 403, "forbidden")
    problem(anna.put(f"authorities/{world.im.id}/quota", {"concurrent_seats": 1}), 403, "forbidden")


def test_foreign_and_absent_answer_alike(world: World, admin: Caller) -> None:
    for act in (
        lambda one: admin.get(f"authorities/{one}/quota"),
        lambda one: admin.put(f"authorities/{one}/quota", {"concurrent_seats": 1}),
        lambda one: admin.put(f"authorities/{one}/quota?dry_run=true", {"concurrent_seats": 1}),
    ):
        foreign, absent = act(world.fm.id), act(ABSENT)
        problem(foreign, 404, "not_found")
        assert foreign.json() == absent.json()
    assert not Quota.objects.exists()


def test_nobody_raises_their_own_limit(world: World, admin: Caller) -> None:
    for query in ("", "?dry_run=true"):
        problem(
            admin.put(f"authorities/{world.im.id}/quota{query}", {"concurrent_seats": 9}), 403, "forbidden"
        )
    assert not Quota.objects.exists()


def test_an_auditor_sees_and_sets_nothing(world: World, auditor: Caller) -> None:
    assert auditor.get(f"authorities/{world.im.id}/quota").json()["may_set"] is False
    problem(auditor.put(f"authorities/{world.im.id}/quota", {"concurrent_seats": 1}), 403, "forbidden")


# --- limits and use ---------------------------------------------------------------------------------------


def test_shows_limits_and_use_of_the_authority_and_all_below(
    world: World, admin: Caller, anna: Caller
) -> None:
    factories.quota(world.im, seats=100, seat_hours=1000)
    dora = Caller(world.dora)
    anna.post("bookings", wish(room=str(world.big.id), seats=20))
    dora.post("bookings", wish(room=str(world.shared.id), seats=30))

    body = admin.get(f"authorities/{world.im.id}/quota").json()

    assert body == {
        "authority": {
            "id": str(world.im.id),
            "name": "Ministerium für Inneres",
            "short_name": "IM",
            "path": [{"id": str(one.id), "short_name": one.short_name} for one in (world.land, world.im)],
        },
        "limits": {"concurrent_seats": 100, "concurrent_meetings": None, "seat_hours_per_month": 1000},
        "use": {
            "concurrent_seats_now": 0,
            "concurrent_seats_peak": 50,
            "peak_at": stamp(9),
            "concurrent_meetings_now": 0,
            "concurrent_meetings_peak": 2,
            "seat_hours_this_month": body["use"]["seat_hours_this_month"],
        },
        "over_committed": [],
        "may_set": False,
    }


def test_lists_the_subtree_in_its_order_with_and_without_limits(
    world: World, admin: Caller, chief: Caller
) -> None:
    factories.quota(world.agency, seats=10)

    rows = chief.get("quotas").json()["results"]

    assert [(row["authority"]["short_name"], row["limits"]["concurrent_seats"]) for row in rows] == [
        ("MV", None),
        ("FM", None),
        ("IM", None),
        ("LAiV", 10),
    ]
    assert [row["may_set"] for row in rows] == [False, True, True, True]
    assert [row["authority"]["short_name"] for row in admin.get("quotas").json()["results"]] == ["IM", "LAiV"]


def test_costs_the_same_for_one_and_for_three(world: World, chief: Caller, anna: Caller) -> None:
    factories.quota(world.im, seats=10, seat_hours=5)
    factories.quota(world.land, seats=10)
    anna.post("bookings", wish())
    for_one = queries(lambda: chief.get("quotas?page_size=1"))

    assert queries(lambda: chief.get("quotas")) == for_one


# --- setting ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "of"), [("admin", "agency"), ("chief", "im"), ("operator", "land")])
def test_is_set_from_above(world: World, who: str, of: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)
    authority = getattr(world, of)

    response = caller.put(f"authorities/{authority.id}/quota", {"concurrent_seats": 200})

    assert (response.status_code, response.json()["limits"]) == (200, {**NO_LIMITS, "concurrent_seats": 200})
    assert Quota.objects.get().authority == authority


def test_a_limit_that_is_not_named_is_none(world: World, chief: Caller) -> None:
    factories.quota(world.im, seats=5, meetings=5, seat_hours=5)

    body = chief.put(f"authorities/{world.im.id}/quota", {"concurrent_meetings": 3}).json()

    assert body["limits"] == {**NO_LIMITS, "concurrent_meetings": 3}


def test_lowering_is_not_refused_and_lists_what_is_over(world: World, chief: Caller, anna: Caller) -> None:
    anna.post("bookings", wish(room=str(world.big.id), seats=20))

    body = chief.put(f"authorities/{world.im.id}/quota", {"concurrent_seats": 15}).json()

    over = {"from": stamp(9), "until": stamp(10), "what": "concurrent_seats", "limit": 15, "in_use": 20}
    assert body["over_committed"] == [over]
    problem(anna.post("bookings", wish(seats=3)), 409, "quota_exceeded")


def test_a_dry_run_only_shows(world: World, chief: Caller, anna: Caller) -> None:
    anna.post("bookings", wish(room=str(world.big.id), seats=20))

    body = chief.put(f"authorities/{world.im.id}/quota?dry_run=true", {"seat_hours_per_month": 1}).json()

    assert [(one["what"], one["limit"], one["in_use"]) for one in body["over_committed"]] == [
        ("seat_hours_per_month", 1, 20)
    ]
    assert not Quota.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"concurrent_seats": -1}, "concurrent_seats"),
        ({"concurrent_seats": 10**18}, "concurrent_seats"),
        ({"concurrent_meetings": "many"}, "concurrent_meetings"),
        ({"seat_hours_per_month": 1.5}, "seat_hours_per_month"),
        ({"seats": 5}, "seats"),
        ({"authority": str(ABSENT)}, "authority"),
    ],
)
def test_limits_that_cannot_be_are_refused(
    world: World, chief: Caller, changes: dict[str, Any], field: str
) -> None:
    response = chief.put(f"authorities/{world.im.id}/quota", changes)

    assert list(problem(response, 400, "invalid")["fields"]) == [field]
    assert not Quota.objects.exists()
