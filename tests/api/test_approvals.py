# SPDX-License-Identifier: EUPL-1.2
"""/approvals, the decision, and what /bookings and /me tell of it"""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, queries, tomorrow, wish
from tests.factories import World
from vconf.bookings.models import Approval
from vconf.rooms.models import Approver, Room


@pytest.fixture
def centre(world: World) -> Room:
    """A room about which Bernd decides, besides the admins."""
    kind = factories.room_class(world.im, "Vertraulich", approval="always")
    Approver.objects.create(room_class=kind, person=world.bernd)
    return factories.room("Lagezentrum", 20, world.im, world.pool, kind)


@pytest.fixture
def waiting(anna: Caller, centre: Room) -> dict[str, Any]:
    """Anna's booking, as it was answered."""
    people = [{"email": "clara@fm.mv.example", "name": "Clara"}]
    answer = anna.post("bookings", wish(room=str(centre.id), attendees=people, description="Vertraulich."))
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def decision(waiting: dict[str, Any]) -> str:
    return f"approvals/{waiting['approval']['id']}/decision"


def test_a_booking_that_waits_says_so(waiting: dict[str, Any]) -> None:
    assert waiting["status"] == "pending"
    assert [one["state"] for one in waiting["occurrences"]] == ["pending"]
    approval = waiting["approval"]
    assert (approval["state"], approval["decided_at"], approval["reason"]) == ("asked", None, "")
    assert approval["asked_at"] < approval["lapses_at"] <= waiting["starts_at"]


def test_others_tell_of_no_approval(world: World, anna: Caller) -> None:
    assert anna.post("bookings", wish(room=str(world.small.id))).json()["approval"] is None


def test_who_decides_sees_the_request_in_full(world: World, bernd: Caller, waiting: dict[str, Any]) -> None:
    page = bernd.get("approvals").json()
    one = bernd.get(f"approvals/{waiting['approval']['id']}").json()

    assert page["results"] == [one]
    assert (one["state"], one["may_decide"], one["decided_by"]) == ("asked", True, None)
    assert one["room_class"]["name"] == "Vertraulich"
    booking = one["booking"]
    assert (booking["id"], booking["version"], booking["title"], booking["description"]) == (
        waiting["id"],
        1,
        "Lagebesprechung",
        "Vertraulich.",
    )
    assert (booking["seats"], booking["room"]["name"], booking["rule_text"]) == (5, "Lagezentrum", "")
    assert booking["organiser"]["name"] == "Anna Amsel"
    assert booking["organiser"]["authority"]["short_name"] == "IM"
    assert booking["booked_by"] is None
    assert booking["attendees"] == [
        {"email": "clara@fm.mv.example", "name": "Clara", "role": "REQ-PARTICIPANT"}
    ]
    assert [date["state"] for date in booking["dates"]] == ["pending"]
    assert booking["dates_count"] == 1
    assert bernd.get(f"bookings/{waiting['id']}").json()["visibility"] == "full"


def test_of_a_long_series_the_first_fifty_dates(anna: Caller, bernd: Caller, centre: Room) -> None:
    anna.post("bookings", wish(room=str(centre.id), rrule="FREQ=DAILY;COUNT=52"))

    [one] = bernd.get("approvals").json()["results"]

    assert (len(one["booking"]["dates"]), one["booking"]["dates_count"]) == (50, 52)
    assert one["booking"]["rule_text"]


def test_approve(anna: Caller, bernd: Caller, waiting: dict[str, Any]) -> None:
    answer = bernd.post(decision(waiting), {"decision": "approve"})

    assert answer.status_code == 200, answer.content
    assert (answer.json()["state"], answer.json()["decided_by"]["name"]) == ("approved", "Bernd Buche")
    assert not answer.json()["may_decide"]
    booking = anna.get(f"bookings/{waiting['id']}").json()
    assert (booking["status"], booking["approval"]["state"]) == ("confirmed", "approved")
    assert bernd.get("approvals").json()["count"] == 0
    assert bernd.get("approvals?state=decided").json()["count"] == 1


def test_decline(anna: Caller, bernd: Caller, waiting: dict[str, Any]) -> None:
    missing = bernd.post(decision(waiting), {"decision": "decline"})
    answer = bernd.post(decision(waiting), {"decision": "decline", "reason": "Der Stab tagt."})

    assert list(problem(missing, 400, "invalid")["fields"]) == ["reason"]
    assert (answer.json()["state"], answer.json()["reason"]) == ("declined", "Der Stab tagt.")
    booking = anna.get(f"bookings/{waiting['id']}").json()
    assert (booking["status"], booking["approval"]["reason"]) == ("refused", "Der Stab tagt.")
    assert not booking["permissions"]["change"]


def test_decided_twice(bernd: Caller, admin: Caller, waiting: dict[str, Any]) -> None:
    bernd.post(decision(waiting), {"decision": "approve"})

    problem(admin.post(decision(waiting), {"decision": "approve"}), 409, "already_decided")


def test_about_the_version_that_was_seen(anna: Caller, bernd: Caller, waiting: dict[str, Any]) -> None:
    anna.patch(f"bookings/{waiting['id']}", {"title": "Anders"})

    old = bernd.post(decision(waiting), {"decision": "approve"}, headers={"If-Match": '"1"'})
    new = bernd.post(decision(waiting), {"decision": "approve"}, headers={"If-Match": '"2"'})

    problem(old, 412, "version_conflict")
    assert new.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "maybe"},
        {"decision": "decline", "reason": "x" * 501},
        {"decision": "decline", "reason": "\u0000"},
        {"decision": "approve", "by": "me"},
        [],
    ],
)
def test_what_is_no_decision(bernd: Caller, waiting: dict[str, Any], body: Any) -> None:
    problem(bernd.post(decision(waiting), body), 400, "invalid")
    assert Approval.objects.get().state == "asked"


def test_a_stranger_learns_nothing(anna: Caller, clara: Caller, waiting: dict[str, Any]) -> None:
    """Clara is invited, Anna organises: neither decides, and nobody tells them that there is something to decide."""
    for caller in (anna, clara):
        foreign = caller.post(decision(waiting), {"decision": "approve"})
        absent = caller.post(f"approvals/{ABSENT}/decision", {"decision": "approve"})
        problem(foreign, 404, "not_found")
        assert foreign.json() == absent.json()
        assert caller.get("approvals").json()["count"] == 0


def test_nobody_decides_about_their_own(bernd: Caller, centre: Room) -> None:
    own = bernd.post("bookings", wish(room=str(centre.id))).json()

    [shown] = bernd.get("approvals").json()["results"]
    assert not shown["may_decide"]
    assert bernd.get("me").json()["approvals_waiting"] == 0
    problem(bernd.post(decision(own), {"decision": "approve"}), 403, "forbidden")


def test_me_counts_what_waits(world: World, anna: Caller, bernd: Caller, waiting: dict[str, Any]) -> None:
    me, organiser = bernd.get("me").json(), anna.get("me").json()

    assert (me["permissions"]["approve"], me["approvals_waiting"]) == (True, 1)
    assert (organiser["permissions"]["approve"], organiser["approvals_waiting"]) == (False, 0)


def test_costs_the_same_for_one_and_for_three(
    anna: Caller, bernd: Caller, centre: Room, waiting: dict[str, Any]
) -> None:
    for_one = queries(lambda: bernd.get("approvals"))
    for hour in (12, 14):
        times = {"starts_at": tomorrow(hour).isoformat(), "ends_at": tomorrow(hour + 1).isoformat()}
        assert anna.post("bookings", wish(room=str(centre.id), **times)).status_code == 201

    assert queries(lambda: bernd.get("approvals")) == for_one


# --- refusals by the class


@pytest.mark.parametrize(
    ("settings", "more", "code"),
    [
        ({"bookable_from": "10:00"}, {}, "outside_hours"),
        ({"closed_days": tomorrow().date().isoformat()}, {}, "closed_day"),
        ({"series_allowed": False}, {"rrule": "FREQ=DAILY;COUNT=2"}, "series_not_allowed"),
        ({"who_may_book": "admins"}, {}, "not_entitled"),
    ],
)
def test_what_the_class_refuses(
    world: World, anna: Caller, settings: dict[str, Any], more: dict[str, Any], code: str
) -> None:
    kind = factories.room_class(world.im, "Eigen", **settings)
    room = factories.room("Saal", 20, world.im, world.pool, kind)

    english = problem(anna.post("bookings", wish(room=str(room.id), **more)), 409, code)
    german = anna.post("bookings", wish(room=str(room.id), **more), headers={"Accept-Language": "de"}).json()

    assert english["detail"] != german["detail"]
    assert english["title"] != german["title"]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"partial_allowed": False}, "partial_not_allowed"),
        ({"partial_most_refused": 0}, "too_few_dates"),
    ],
)
def test_dates_that_may_not_be_left_out_are_named(
    world: World, anna: Caller, settings: dict[str, Any], code: str
) -> None:
    kind = factories.room_class(world.im, "Eigen", closed_days=tomorrow().date().isoformat(), **settings)
    room = factories.room("Saal", 20, world.im, world.pool, kind)

    body = problem(
        anna.post("bookings", wish(room=str(room.id), rrule="FREQ=DAILY;COUNT=3", partial=True)), 409, code
    )

    assert [clash["code"] for clash in body["conflicts"]] == ["closed_day"]
    assert (body["limit"], body["asked"], body["unit"]) == (0, 1, "dates")
