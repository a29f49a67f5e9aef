# SPDX-License-Identifier: EUPL-1.2
"""GET /bookings"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api.caller import Caller, problem, queries, tomorrow, wish
from vconf.bookings.recurrence import to_instant


def titles(response: Any) -> list[str | None]:
    assert response.status_code == 200, response.content
    return [row["title"] for row in response.json()["results"]]


def book(caller: Caller, title: str, *, days: int = 0, **fields: Any) -> dict[str, Any]:
    starts_at = tomorrow() + timedelta(days=days)
    response = caller.post(
        "bookings", wish(title=title, starts_at=starts_at.isoformat(), ends_at=None, duration=60, **fields)
    )
    assert response.status_code == 201, response.content
    body: dict[str, Any] = response.json()
    return body


def test_nobody_sees_nothing(nobody: Caller) -> None:
    problem(nobody.get("bookings"), 401, "not_signed_in")


def test_others_bookings_are_not_listed(anna: Caller, clara: Caller) -> None:
    book(anna, "Nur für Anna")

    assert titles(clara.get("bookings")) == []
    assert titles(clara.get("bookings?mine=false")) == []


def test_ones_own_and_those_one_is_invited_to_are_listed_the_soonest_first(
    anna: Caller, bernd: Caller
) -> None:
    book(bernd, "Bernds eigene", days=2)
    book(anna, "Mit Bernd", days=1, attendees=[{"email": "bernd@im.mv.example"}])
    book(anna, "Ohne Bernd", days=3)

    assert titles(bernd.get("bookings")) == ["Mit Bernd", "Bernds eigene"]


def test_an_admins_view_of_others_hides_titles_and_is_not_searched_in(anna: Caller, admin: Caller) -> None:
    book(anna, "Geheim")

    assert titles(admin.get("bookings")) == []
    assert titles(admin.get("bookings?mine=false")) == [None]
    assert titles(admin.get("bookings?mine=false&q=Geheim")) == []


def test_filters_by_title_time_and_status(anna: Caller) -> None:
    book(anna, "Erste")
    book(anna, "Zweite", days=2)
    anna.delete(f"bookings/{book(anna, 'Dritte', days=4)['id']}")
    day_two = to_instant(tomorrow(0), "Europe/Berlin") + timedelta(days=2)
    span = {"from": day_two.isoformat(), "until": (day_two + timedelta(days=1)).isoformat()}

    assert titles(anna.get("bookings", {"q": "zwei"})) == ["Zweite"]
    assert titles(anna.get("bookings", span)) == ["Zweite"]
    assert titles(anna.get("bookings", {"status": "confirmed"})) == ["Erste", "Zweite"]
    assert titles(anna.get("bookings", {"status": "cancelled"})) == ["Dritte"]


def test_comes_in_pages(anna: Caller) -> None:
    for number in range(3):
        book(anna, f"Nr. {number}", days=number)

    first = anna.get("bookings?page_size=2").json()
    second = anna.get(first["next"]).json()
    behind = anna.get("bookings?page_size=2&page=9").json()

    assert (first["count"], len(first["results"]), first["previous"]) == (3, 2, None)
    assert ([row["title"] for row in second["results"]], second["next"]) == (["Nr. 2"], None)
    assert second["previous"] == "http://testserver/api/v1/bookings?page=1&page_size=2"
    assert (behind["count"], behind["results"], behind["next"]) == (3, [], None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=99999999999999999999", "page"),
        ("page_size=201", "page_size"),
        ("page_size=all", "page_size"),
        ("from=yesterday", "from"),
        ("from=2027-05-03T09:00", "from"),
        ("status=lost", "status"),
        ("q=%00", "q"),
        ("mine=perhaps", "mine"),
        ("order=title", "order"),
        ("organiser=anna", "organiser"),
    ],
)
def test_a_query_that_cannot_be_understood_names_the_parameter(anna: Caller, query: str, field: str) -> None:
    assert list(problem(anna.get(f"bookings?{query}"), 400, "invalid")["fields"]) == [field]


def test_a_plus_that_arrives_as_a_space_is_still_an_offset(anna: Caller) -> None:
    assert anna.get("bookings?from=2027-05-03T09:00:00+02:00").status_code == 200


def test_costs_the_same_for_one_and_for_three(anna: Caller) -> None:
    guests = [{"email": "bernd@im.mv.example"}, {"email": "gast@example.org"}]
    book(anna, "Nr. 0", attendees=guests)
    for_one = queries(lambda: anna.get("bookings"))
    for number in (1, 2):
        book(anna, f"Nr. {number}", days=number, attendees=guests)

    assert queries(lambda: anna.get("bookings")) == for_one


def test_a_row_has_the_next_three_dates_and_says_how_many_there_are(anna: Caller) -> None:
    series = book(anna, "Reihe", rrule="FREQ=DAILY;COUNT=5")
    second = series["occurrences"][1]
    anna.delete(f"occurrences/{series['occurrences'][0]['id']}")

    [row] = anna.get("bookings").json()["results"]

    assert [one["id"] for one in row["occurrences"]] == [one["id"] for one in series["occurrences"][1:4]]
    assert (row["dates_count"], row["next_date"], row["status"]) == (5, second["starts_at"], "confirmed")
    assert row["permissions"]["change"]
    detail = anna.get(f"bookings/{series['id']}").json()
    assert (len(detail["occurrences"]), detail["dates_count"], detail["next_date"]) == (
        5,
        5,
        second["starts_at"],
    )

    anna.delete(f"bookings/{series['id']}")
    [row] = anna.get("bookings").json()["results"]
    assert [one["id"] for one in row["occurrences"]] == [series["occurrences"][4]["id"]]
    assert (row["dates_count"], row["next_date"], row["status"]) == (5, None, "cancelled")


def test_the_next_date_decides_the_order_not_the_first(anna: Caller) -> None:
    book(anna, "Morgen und in neun Tagen", rrule="FREQ=DAILY;INTERVAL=9;COUNT=2")
    book(anna, "Übermorgen", days=1)
    assert titles(anna.get("bookings")) == ["Morgen und in neun Tagen", "Übermorgen"]

    day_two = to_instant(tomorrow(0), "Europe/Berlin") + timedelta(days=1)
    assert titles(anna.get("bookings", {"from": day_two.isoformat()})) == [
        "Übermorgen",
        "Morgen und in neun Tagen",
    ]


def test_all_dates_of_a_booking_come_in_pages(anna: Caller, clara: Caller) -> None:
    series = book(anna, "Reihe", rrule="FREQ=DAILY;COUNT=5")
    path = f"bookings/{series['id']}/occurrences"

    first = anna.get(path, {"page_size": 2}).json()

    assert (first["count"], [one["id"] for one in first["results"]]) == (
        5,
        [one["id"] for one in series["occurrences"][:2]],
    )
    problem(clara.get(path), 404, "not_found")


def test_a_long_series_costs_the_list_no_more_queries(anna: Caller) -> None:
    book(anna, "Einzeln")
    few = queries(lambda: anna.get("bookings"))
    book(anna, "Reihe", rrule="FREQ=DAILY;COUNT=30", days=1)
    assert queries(lambda: anna.get("bookings")) == few
