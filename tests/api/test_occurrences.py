# SPDX-License-Identifier: EUPL-1.2
"""/occurrences and /rooms/{id}/occurrences: each date as far as the caller may see it; ending what runs"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.api.caller import ABSENT, Caller, problem, queries, tomorrow, wish
from tests.factories import World
from vconf.bookings.meetings import meeting_attended, meeting_provisioned, open_occurrence
from vconf.bookings.models import Occurrence
from vconf.bookings.recurrence import to_instant


def book(caller: Caller, **fields: Any) -> dict[str, Any]:
    response = caller.post("bookings", wish(**fields))
    assert response.status_code == 201, response.content
    body: dict[str, Any] = response.json()
    return body


def a_day() -> dict[str, str]:
    midnight = to_instant(tomorrow(0), "Europe/Berlin")
    return {"from": midnight.isoformat(), "until": (midnight + timedelta(days=1)).isoformat()}


def rows(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def test_nobody_sees_dates(world: World, nobody: Caller) -> None:
    problem(nobody.get("occurrences"), 401, "not_signed_in")
    problem(nobody.get(f"rooms/{world.shared.id}/occurrences"), 401, "not_signed_in")


def test_a_foreign_room_and_an_absent_one_answer_alike(world: World, clara: Caller) -> None:
    by_query = [clara.get("occurrences", {"room": str(one)}) for one in (world.small.id, ABSENT)]
    by_path = [clara.get(f"rooms/{one}/occurrences") for one in (world.small.id, ABSENT)]

    for foreign, absent in (by_query, by_path):
        problem(foreign, 404, "not_found")
        assert foreign.json() == absent.json()


def test_dates_in_rooms_one_does_not_see_do_not_exist(world: World, anna: Caller, clara: Caller) -> None:
    booking = book(anna, room=str(world.small.id))
    occurrence = booking["occurrences"][0]["id"]

    assert rows(clara.get("occurrences", a_day())) == []
    foreign, absent = (clara.get(f"occurrences/{one}") for one in (occurrence, ABSENT))
    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()


def test_who_may_not_see_the_booking_sees_that_the_room_is_busy(
    world: World, anna: Caller, clara: Caller
) -> None:
    booking = book(anna, room=str(world.shared.id))

    found = rows(clara.get(f"rooms/{world.shared.id}/occurrences", a_day()))

    assert found == [
        {
            "id": booking["occurrences"][0]["id"],
            "booking": None,
            "room": {"id": str(world.shared.id), "name": "Offener Raum"},
            "starts_at": booking["starts_at"],
            "ends_at": booking["ends_at"],
            "state": "busy",
            "seats": None,
            "title": None,
            "organiser": None,
            "visibility": "busy",
            "people": None,
            "join_url": None,
        }
    ]
    assert rows(clara.get("occurrences", a_day())) == found
    assert clara.get(f"occurrences/{found[0]['id']}").json() == found[0]


def test_the_organiser_sees_all(world: World, anna: Caller) -> None:
    booking = book(anna, room=str(world.shared.id))

    assert rows(anna.get("occurrences", a_day())) == [
        {
            "id": booking["occurrences"][0]["id"],
            "booking": booking["id"],
            "room": {"id": str(world.shared.id), "name": "Offener Raum"},
            "starts_at": booking["starts_at"],
            "ends_at": booking["ends_at"],
            "state": "confirmed",
            "seats": 5,
            "title": "Lagebesprechung",
            "organiser": {"name": "Anna Amsel", "authority": "IM"},
            "visibility": "full",
            "people": None,
            "join_url": booking["join_url"],
        }
    ]


@pytest.mark.parametrize(
    ("who", "organiser"), [("admin", {"name": "Anna Amsel", "authority": "IM"}), ("operator", None)]
)
def test_admin_and_operator_see_no_title(
    world: World, anna: Caller, who: str, organiser: dict[str, str] | None, request: pytest.FixtureRequest
) -> None:
    book(anna, room=str(world.small.id))
    caller: Caller = request.getfixturevalue(who)

    (found,) = rows(caller.get("occurrences", a_day()))

    assert (found["visibility"], found["seats"], found["organiser"]) == ("restricted", 5, organiser)
    assert (found["title"], found["join_url"]) == (None, None)


def test_mine_are_only_those_one_is_part_of(world: World, anna: Caller, bernd: Caller) -> None:
    book(anna, room=str(world.shared.id), attendees=[{"email": "bernd@im.mv.example"}])
    book(anna, room=str(world.small.id))

    assert len(rows(bernd.get("occurrences", a_day()))) == 2
    assert [row["title"] for row in rows(bernd.get("occurrences", {**a_day(), "mine": "true"}))] == [
        "Lagebesprechung"
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2027-05-03T09:00:00Z&until=2027-05-03T09:00:00Z", "until"),
        ("from=2027-05-03T09:00:00Z&until=2028-05-03T09:00:00Z", "until"),
        ("from=2027-05-03", "from"),
        ("until=soon", "until"),
        ("room=big", "room"),
        ("state=live", "state"),
    ],
)
def test_a_query_that_cannot_be_understood_names_the_parameter(anna: Caller, query: str, field: str) -> None:
    assert list(problem(anna.get(f"occurrences?{query}"), 400, "invalid")["fields"]) == [field]


@pytest.mark.parametrize("who", ["anna", "bernd", "admin", "operator"])
def test_costs_the_same_for_one_and_for_three(
    world: World, anna: Caller, who: str, request: pytest.FixtureRequest
) -> None:
    caller: Caller = request.getfixturevalue(who)
    guests = [{"email": "bernd@im.mv.example"}]
    book(anna, room=str(world.small.id), attendees=guests)
    for_one = queries(lambda: caller.get("occurrences", a_day()))
    book(anna, room=str(world.big.id), attendees=guests)
    book(anna, room=str(world.shared.id), attendees=guests)

    assert queries(lambda: caller.get("occurrences", a_day())) == for_one


# --- POST /occurrences/{id}/end ---------------------------------------------------------------------------


@pytest.fixture
def live(world: World, anna: Caller) -> str:
    """The id of a date of Anna's that runs with three people; Bernd is invited."""
    now = timezone.now().replace(second=0, microsecond=0)
    booking = book(
        anna,
        room=str(world.shared.id),
        starts_at=now.isoformat(),
        ends_at=(now + timedelta(minutes=30)).isoformat(),
        attendees=[{"email": "bernd@im.mv.example"}],
    )
    occurrence = Occurrence.objects.get(booking_id=booking["id"])
    meeting = open_occurrence(occurrence.id)
    meeting_provisioned(meeting.id, incarnation="1")
    meeting_attended(meeting.id, people=3, moderators=1)
    return str(occurrence.id)


def test_ending_foreign_and_absent_dates_answers_alike(live: str, clara: Caller) -> None:
    foreign, absent = (clara.post(f"occurrences/{one}/end") for one in (live, ABSENT))

    problem(foreign, 404, "not_found")
    assert foreign.json() == absent.json()
    assert Occurrence.objects.get().state == "live"


@pytest.mark.parametrize("who", ["bernd", "admin", "operator"])
def test_only_moderators_end_it(live: str, who: str, request: pytest.FixtureRequest) -> None:
    caller: Caller = request.getfixturevalue(who)

    problem(caller.post(f"occurrences/{live}/end"), 403, "forbidden")

    assert Occurrence.objects.get().state == "live"


def test_the_organiser_sees_how_many_are_in_it_and_ends_it(live: str, anna: Caller) -> None:
    assert anna.get(f"occurrences/{live}").json()["people"] == 3

    body = anna.post(f"occurrences/{live}/end").json()

    assert (body["state"], body["people"]) == ("ended", None)
    problem(anna.post(f"occurrences/{live}/end"), 409, "already_started")


def test_what_has_not_begun_cannot_be_ended(anna: Caller) -> None:
    occurrence = book(anna)["occurrences"][0]["id"]

    problem(anna.post(f"occurrences/{occurrence}/end"), 409, "already_started")
