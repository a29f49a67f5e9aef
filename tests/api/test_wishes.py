# SPDX-License-Identifier: EUPL-1.2
"""Refused and held bookings, which other doors leave behind, as the API shows them and lets them be decided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests import factories
from tests.api.caller import Caller
from tests.bookings.wishes import at, wish
from tests.factories import World
from vconf.bookings.models import Booking
from vconf.bookings.replacing import replace_booking
from vconf.bookings.services import book, cancel

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(world: World) -> Booking:
    return book(wish(14, room_id=world.big.id), actor=factories.actor(world.bernd))


@pytest.fixture
def refused(world: World, taken: Booking) -> str:
    asked = wish(14, room_id=world.big.id, store_refused=True, source="caldav")
    return str(book(asked, actor=factories.actor(world.anna)).id)


@pytest.fixture
def held(world: World, taken: Booking) -> str:
    asked = wish(10, room_id=world.big.id)
    anna = factories.actor(world.anna)
    booking = book(asked, actor=anna)
    replace_booking(booking.id, replace(asked, starts_local=at(14)), actor=anna, store_refused=True)
    return str(booking.id)


def test_a_refused_booking_says_why_in_the_language_of_the_request(anna: Caller, refused: str) -> None:
    body = anna.get(f"bookings/{refused}", headers={"Accept-Language": "en"}).json()

    assert body["status"] == "refused"
    assert body["permissions"]["change"]
    assert body["permissions"]["cancel"]
    assert body["refusal"]["code"] == "slot_taken"
    assert body["refusal"]["detail"] == "The room is taken at that time."
    assert body["refusal"]["alternatives"]
    assert body["wish"]["held_until"] is None
    in_german = anna.get(f"bookings/{refused}", headers={"Accept-Language": "de"}).json()
    assert in_german["refusal"]["detail"] == "Der Raum ist zu dieser Zeit belegt."


def test_it_is_tried_again_or_otherwise_or_removed(
    world: World, anna: Caller, taken: Booking, refused: str
) -> None:
    again: Any = anna.post(f"bookings/{refused}/wish", {})
    assert (again.status_code, again.json()["code"]) == (409, "slot_taken")
    assert anna.delete(f"bookings/{refused}/wish").json()["code"] == "not_booked"
    assert anna.patch(f"bookings/{refused}", {"seats": 5}).json()["code"] == "slot_taken"

    cancel(taken.id, actor=factories.actor(world.bernd))
    booked = anna.post(f"bookings/{refused}/wish", {}).json()

    assert (booked["status"], booked["refusal"], booked["wish"]) == ("confirmed", None, None)
    assert anna.post(f"bookings/{refused}/wish", {}).json()["code"] == "nothing_wished"


def test_it_is_removed(anna: Caller, refused: str) -> None:
    assert anna.delete(f"bookings/{refused}").json()["status"] == "cancelled"


def test_a_held_booking_says_until_when_and_what_was_wished(anna: Caller, held: str) -> None:
    body = anna.get(f"bookings/{held}").json()

    [date] = body["occurrences"]
    assert (body["status"], date["state"]) == ("pending", "held")
    assert date["held_until"] == body["wish"]["held_until"]
    assert body["wish"]["starts_at"] != body["starts_at"]

    kept = anna.delete(f"bookings/{held}/wish").json()

    assert (kept["status"], kept["refusal"], kept["version"]) == ("confirmed", None, body["version"] + 1)


def test_who_has_not_seen_it_decides_nothing(anna: Caller, held: str) -> None:
    answer: Any = anna.delete(f"bookings/{held}/wish", headers={"If-Match": '"1"'})

    assert answer.status_code == 412


def test_only_the_organiser_learns_of_the_wish(world: World, held: str) -> None:
    body = Caller(world.admin).get(f"bookings/{held}").json()

    assert (body["refusal"], body["wish"]) == (None, None)
