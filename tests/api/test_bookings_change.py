# SPDX-License-Identifier: EUPL-1.2
"""PATCH /bookings/{id}"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.caller import ABSENT, Caller, problem, tomorrow, wish
from tests.factories import World
from vconf.bookings.models import Booking


@pytest.fixture
def booking(world: World, anna: Caller) -> dict[str, Any]:
    body: dict[str, Any] = anna.post(
        "bookings", wish(room=str(world.big.id), attendees=[{"email": "bernd@im.mv.example"}])
    ).json()
    return body


def length(body: dict[str, Any]) -> timedelta:
    return datetime.fromisoformat(body["ends_at"]) - datetime.fromisoformat(body["starts_at"])


# --- who may not ------------------------------------------------------------------------------------------


def test_foreign_and_absent_answer_alike_whatever_is_sent(booking: dict[str, Any], clara: Caller) -> None:
    bodies = ({"title": "Meins"}, {"nonsense": 1})
    for body in bodies:
        foreign, absent = (
            clara.patch(f"bookings/{one}", body, HTTP_IF_MATCH='"7"') for one in (booking["id"], ABSENT)
        )
        problem(foreign, 404, "not_found")
        assert foreign.json() == absent.json()


@pytest.mark.parametrize("who", ["bernd", "admin", "chief", "operator"])
def test_seeing_is_no_right_to_change(
    booking: dict[str, Any], who: str, request: pytest.FixtureRequest
) -> None:
    caller: Caller = request.getfixturevalue(who)

    response = caller.patch(f"bookings/{booking['id']}", {"title": "Meins"}, HTTP_IF_MATCH='"99"')

    problem(response, 403, "forbidden")
    assert Booking.objects.get().title == "Lagebesprechung"


@pytest.mark.parametrize(
    "field",
    ["organiser", "authority", "status", "version", "sequence", "uid", "pin", "join_url", "room_class"],
)
def test_fields_that_are_not_the_callers_are_refused(
    booking: dict[str, Any], anna: Caller, field: str
) -> None:
    body = problem(anna.patch(f"bookings/{booking['id']}", {field: "x"}), 400, "invalid")

    assert list(body["fields"]) == [field]


def test_a_foreign_room_is_as_absent(world: World, booking: dict[str, Any], anna: Caller) -> None:
    from tests import factories

    foreign = factories.room("Haushalt", 50, world.fm, world.pool, world.standard)

    refused = [anna.patch(f"bookings/{booking['id']}", {"room": str(one)}) for one in (foreign.id, ABSENT)]

    problem(refused[0], 404, "not_found")
    assert refused[0].json() == refused[1].json()


# --- versions ---------------------------------------------------------------------------------------------


def test_the_second_of_two_editors_is_told(booking: dict[str, Any], anna: Caller) -> None:
    url = f"bookings/{booking['id']}"
    first = anna.patch(url, {"title": "Erste Fassung"}, HTTP_IF_MATCH='"1"')

    second = anna.patch(url, {"title": "Zweite Fassung"}, HTTP_IF_MATCH='"1"')

    assert (first.status_code, first["ETag"]) == (200, '"2"')
    problem(second, 412, "version_conflict")
    assert Booking.objects.get().title == "Erste Fassung"


@pytest.mark.parametrize(
    ("tag", "status"), [("*", 200), ('W/"1"', 412), ('"abc"', 412), ("1", 412), ('"1", "2"', 400)]
)
def test_entity_tags(booking: dict[str, Any], anna: Caller, tag: str, status: int) -> None:
    response = anna.patch(f"bookings/{booking['id']}", {"title": "Neu"}, HTTP_IF_MATCH=tag)

    assert response.status_code == status


# --- changes ----------------------------------------------------------------------------------------------


def test_what_is_not_named_stays(booking: dict[str, Any], anna: Caller) -> None:
    body = anna.patch(f"bookings/{booking['id']}", {"title": "Neuer Titel"}).json()

    changed = {"title": "Neuer Titel", "version": 2, "sequence": 1, "changed_at": body["changed_at"]}
    assert body == {**booking, **changed}


def test_a_new_start_keeps_the_length(booking: dict[str, Any], anna: Caller) -> None:
    body = anna.patch(f"bookings/{booking['id']}", {"starts_at": tomorrow(14).isoformat()}).json()

    assert (length(body), body["occurrences"][0]["recurrence_id"]) == (
        timedelta(hours=1),
        tomorrow(14).isoformat(),
    )


def test_a_new_end_keeps_the_start(booking: dict[str, Any], anna: Caller) -> None:
    body = anna.patch(f"bookings/{booking['id']}", {"ends_at": tomorrow(11).isoformat()}).json()

    assert (body["starts_at"], length(body)) == (booking["starts_at"], timedelta(hours=2))


def test_an_end_before_the_start_is_refused(booking: dict[str, Any], anna: Caller) -> None:
    response = anna.patch(f"bookings/{booking['id']}", {"ends_at": tomorrow(8).isoformat()})

    assert list(problem(response, 400, "invalid")["fields"]) == ["ends_at"]


def test_link_and_pins_stay_when_room_and_time_change(
    world: World, booking: dict[str, Any], anna: Caller
) -> None:
    body = anna.patch(
        f"bookings/{booking['id']}",
        {"room": str(world.shared.id), "starts_at": tomorrow(16).isoformat(), "duration": "PT45M"},
    ).json()

    assert body["room"]["name"] == "Offener Raum"
    kept = ("join_url", "pin", "moderator_pin", "uid")
    assert [body[name] for name in kept] == [booking[name] for name in kept]


def test_a_change_that_does_not_fit_leaves_the_old_promise(
    world: World, booking: dict[str, Any], anna: Caller, bernd: Caller
) -> None:
    bernd.post("bookings", wish(room=str(world.small.id)))

    response = anna.patch(f"bookings/{booking['id']}", {"room": str(world.small.id)})

    assert problem(response, 409, "slot_taken")["conflicts"]
    assert anna.get(f"bookings/{booking['id']}").json() == booking


def test_attendees_are_replaced_as_a_whole(booking: dict[str, Any], anna: Caller, bernd: Caller) -> None:
    guests = [{"email": "clara@fm.mv.example", "name": "Clara Clasen"}]

    body = anna.patch(f"bookings/{booking['id']}", {"attendees": guests}).json()

    assert [one["email"] for one in body["attendees"]] == ["clara@fm.mv.example"]
    assert bernd.get(f"bookings/{booking['id']}").status_code == 404


def test_a_cancelled_booking_cannot_be_changed(booking: dict[str, Any], anna: Caller) -> None:
    anna.delete(f"bookings/{booking['id']}")

    problem(anna.patch(f"bookings/{booking['id']}", {"title": "Doch"}), 409, "already_cancelled")
