# SPDX-License-Identifier: EUPL-1.2
"""DELETE /bookings/{id}"""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.caller import ABSENT, Caller, problem, wish
from tests.factories import World
from vconf.bookings.models import Booking


@pytest.fixture
def booking(world: World, anna: Caller) -> dict[str, Any]:
    body: dict[str, Any] = anna.post(
        "bookings", wish(room=str(world.big.id), attendees=[{"email": "bernd@im.mv.example"}])
    ).json()
    return body


def test_foreign_and_absent_answer_alike(booking: dict[str, Any], clara: Caller) -> None:
    foreign, absent = (
        clara.delete(f"bookings/{one}", HTTP_IF_MATCH='"9"') for one in (booking["id"], ABSENT)
    )

    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


@pytest.mark.parametrize("who", ["bernd", "admin", "chief", "operator"])
def test_seeing_is_no_right_to_cancel(
    booking: dict[str, Any], who: str, request: pytest.FixtureRequest
) -> None:
    caller: Caller = request.getfixturevalue(who)

    problem(caller.delete(f"bookings/{booking['id']}", HTTP_IF_MATCH='"9"'), 403, "forbidden")

    assert Booking.objects.get().cancelled_at is None


def test_answers_the_cancelled_booking_and_frees_the_room(
    world: World, booking: dict[str, Any], anna: Caller, bernd: Caller
) -> None:
    response = anna.delete(f"bookings/{booking['id']}")

    body = response.json()
    assert (response.status_code, body["status"], response["ETag"]) == (200, "cancelled", '"2"')
    assert [date["state"] for date in body["occurrences"]] == ["cancelled"]
    assert body["permissions"] == {"change": False, "cancel": False, "moderate": True, "answer": False}
    assert bernd.post("bookings", wish(room=str(world.big.id))).status_code == 201


def test_somebody_elses_change_is_noticed(booking: dict[str, Any], anna: Caller) -> None:
    anna.patch(f"bookings/{booking['id']}", {"title": "Neu"})

    problem(anna.delete(f"bookings/{booking['id']}", HTTP_IF_MATCH='"1"'), 412, "version_conflict")


def test_twice_is_told(booking: dict[str, Any], anna: Caller) -> None:
    anna.delete(f"bookings/{booking['id']}")

    problem(anna.delete(f"bookings/{booking['id']}"), 409, "already_cancelled")
