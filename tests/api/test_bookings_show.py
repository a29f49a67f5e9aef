# SPDX-License-Identifier: EUPL-1.2
"""GET /bookings/{id}: who sees how much of it"""

from __future__ import annotations

from typing import cast

import pytest

from tests.api.caller import ABSENT, Caller, problem, wish
from tests.factories import World

HIDDEN = ("title", "description", "join_url", "pin", "moderator_pin")


@pytest.fixture
def booking(world: World, anna: Caller) -> dict[str, object]:
    """Anna's, with Bernd invited, in a room that Clara does not see."""
    body: dict[str, object] = anna.post(
        "bookings",
        wish(room=str(world.big.id), description="Vertraulich", attendees=[{"email": "bernd@im.mv.example"}]),
    ).json()
    return body


def test_nobody_sees_nothing(booking: dict[str, object], nobody: Caller) -> None:
    problem(nobody.get(f"bookings/{booking['id']}"), 401, "not_signed_in")


@pytest.mark.parametrize("who", ["clara", "auditor"])
def test_foreign_and_absent_answer_alike(
    booking: dict[str, object], who: str, request: pytest.FixtureRequest
) -> None:
    caller: Caller = request.getfixturevalue(who)

    foreign, absent = (caller.get(f"bookings/{one}") for one in (booking["id"], ABSENT))

    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


def test_the_uid_opens_nothing(booking: dict[str, object], clara: Caller) -> None:
    assert clara.get(f"bookings/{booking['uid']}").status_code == 404


def test_the_organiser_sees_all(booking: dict[str, object], anna: Caller) -> None:
    response = anna.get(f"bookings/{booking['id']}")

    assert response.json() == booking
    assert response["ETag"] == '"1"'


def test_an_attendee_sees_all_but_the_moderators_pin(booking: dict[str, object], bernd: Caller) -> None:
    body = bernd.get(f"bookings/{booking['id']}").json()

    [attendee] = cast("list[dict[str, object]]", booking["attendees"])
    assert body == {
        **booking,
        "attendees": [{**attendee, "is_me": True}],
        "moderator_pin": None,
        "permissions": {"change": False, "cancel": False, "moderate": False, "answer": True},
    }


@pytest.mark.parametrize("who", ["admin", "chief"])
def test_the_authority_admin_sees_time_seats_and_organiser(
    booking: dict[str, object], who: str, request: pytest.FixtureRequest
) -> None:
    caller: Caller = request.getfixturevalue(who)

    body = caller.get(f"bookings/{booking['id']}").json()

    assert body["visibility"] == "restricted"
    assert [body[name] for name in HIDDEN] == [None] * len(HIDDEN)
    assert body["attendees"] == []
    assert body["organiser"] == booking["organiser"]
    assert (body["seats"], body["occurrences"]) == (booking["seats"], booking["occurrences"])
    assert body["permissions"] == {"change": False, "cancel": False, "moderate": False, "answer": False}


def test_the_operator_sees_time_and_seats_and_no_people(booking: dict[str, object], operator: Caller) -> None:
    body = operator.get(f"bookings/{booking['id']}").json()

    assert [body[name] for name in HIDDEN] == [None] * len(HIDDEN)
    assert (body["organiser"], body["booked_by"], body["authority"]) == (None, None, None)
    assert body["attendees"] == []
    assert "Amsel" not in str(body)
    assert (body["seats"], body["starts_at"]) == (booking["seats"], booking["starts_at"])


@pytest.mark.parametrize("who", ["operator", "admin"])
def test_the_title_of_one_date_is_hidden_like_that_of_the_booking(
    world: World, anna: Caller, who: str, request: pytest.FixtureRequest
) -> None:
    made = anna.post("bookings", wish(room=str(world.big.id), rrule="FREQ=DAILY;COUNT=3")).json()
    date = made["occurrences"][1]["id"]
    shown = anna.patch(f"occurrences/{date}", {"title": "Personalsache"}).json()["occurrences"]
    assert [one["title"] for one in shown] == [None, "Personalsache", None]
    caller: Caller = request.getfixturevalue(who)

    one, rows = caller.get(f"bookings/{made['id']}"), caller.get("bookings?mine=false")

    assert one.json()["visibility"] == "restricted"
    assert rows.json()["count"] == 1
    assert "Personalsache" not in one.content.decode() + rows.content.decode()


def test_until_when_a_dropped_date_can_be_had_back(world: World, anna: Caller, bernd: Caller) -> None:
    """To who may take it back, not to who is invited."""
    guests = [{"email": world.bernd.email}]
    made = anna.post("bookings", wish(room=str(world.big.id), rrule="FREQ=DAILY;COUNT=3", attendees=guests))
    date = made.json()["occurrences"][1]["id"]
    anna.delete(f"occurrences/{date}")

    mine, theirs = (one.get(f"bookings/{made.json()['id']}").json() for one in (anna, bernd))

    assert [bool(one["restorable_until"]) for one in mine["occurrences"]] == [False, True, False]
    assert [bool(one["restorable_until"]) for one in theirs["occurrences"]] == [False, False, False]
