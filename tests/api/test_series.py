# SPDX-License-Identifier: EUPL-1.2
"""Series over HTTP: booked whole or in part, changed and dropped by date, this and following, all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, tomorrow, wish
from tests.factories import World
from vconf.bookings.models import Booking
from vconf.bookings.recurrence import to_instant


def weekly(world: World, **fields: Any) -> dict[str, Any]:
    return wish(room=str(world.big.id), rrule="FREQ=DAILY;COUNT=4", **fields)


def booked(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    response = caller.post("bookings", body)
    assert response.status_code == 201, response.content
    found: dict[str, Any] = response.json()
    return found


def instant(day: int, hour: int = 9) -> str:
    return (
        to_instant(tomorrow(hour) + timedelta(days=day), "Europe/Berlin").isoformat().replace("+00:00", "Z")
    )


def test_a_series_is_answered_with_all_its_dates_and_its_rule_in_words(world: World, anna: Caller) -> None:
    body = booked(
        anna,
        weekly(
            world,
            rdate=[(tomorrow(9) + timedelta(days=9)).isoformat()],
            exdate=[to_instant(tomorrow(9) + timedelta(days=1), "Europe/Berlin").isoformat()],
        ),
    )

    assert [one["starts_at"] for one in body["occurrences"]] == [instant(n) for n in (0, 2, 3, 9)]
    assert body["rrule"] == "FREQ=DAILY;COUNT=4"
    assert body["exdate"] == [(tomorrow(9) + timedelta(days=1)).isoformat()]
    assert body["rule_text"] == "every day, 4 times"
    assert (body["status"], body["refused"], body["promised_until"]) == ("confirmed", [], None)
    german = anna.get(f"bookings/{body['id']}", headers={"Accept-Language": "de"}).json()
    assert german["rule_text"] == "jeden Tag, 4-mal"


def test_a_rule_without_end_names_what_is_promised(world: World, anna: Caller) -> None:
    body = booked(anna, {**weekly(world), "rrule": "FREQ=WEEKLY"})

    assert body["promised_until"] == body["occurrences"][-1]["starts_at"]
    assert ";UNTIL=" in body["rrule"]
    assert len(body["occurrences"]) == 79


def test_an_end_beyond_the_horizon(world: World, anna: Caller) -> None:
    refused = anna.post("bookings", {**weekly(world), "rrule": "FREQ=YEARLY;COUNT=5"})

    assert problem(refused, 409, "beyond_horizon")["limit"] == 550


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"rrule": "FREQ=MINUTELY"}, "rrule"),
        ({"rrule": 5 * ["x"]}, "rrule"),
        ({"rdate": ["yesterday"]}, "rdate.0"),
        ({"exdate": "x"}, "exdate"),
        ({"partial": "perhaps"}, "partial"),
    ],
)
def test_what_is_no_series(world: World, anna: Caller, fields: dict[str, Any], named: str) -> None:
    body = problem(anna.post("bookings", {**weekly(world), **fields}), 400, "invalid")

    assert list(body["fields"]) == [named]


def test_every_clashing_date_is_named(world: World, anna: Caller) -> None:
    for day in (1, 3):
        booked(anna, wish(room=str(world.big.id), starts_at=instant(day), ends_at=instant(day, 10)))

    refused = problem(anna.post("bookings", weekly(world)), 409, "slot_taken")

    assert [one["starts_at"] for one in refused["conflicts"]] == [instant(1), instant(3)]
    assert refused["alternatives"] == [
        {"room": {"id": str(world.small.id), "name": "Beratung", "seats": world.small.seats}}
    ]


def test_partial_acceptance_names_refused_dates_with_substitutes(world: World, anna: Caller) -> None:
    booked(anna, wish(room=str(world.big.id), starts_at=instant(1), ends_at=instant(1, 10)))

    body = booked(anna, weekly(world, partial=True))

    assert body["status"] == "partly"
    [refused] = body["refused"]
    assert (refused["starts_at"], refused["code"]) == (instant(1), "slot_taken")
    assert {"starts_at", "ends_at", "room"} == set(refused["alternatives"][0])
    assert {one["state"] for one in body["occurrences"]} == {"confirmed", "refused"}

    offered = refused["alternatives"][0]
    taken = anna.patch(
        f"occurrences/{refused['id']}",
        {"starts_at": offered["starts_at"], "room": offered["room"]["id"]},
    )
    assert taken.status_code == 200, taken.content
    assert (taken.json()["status"], taken.json()["refused"]) == ("confirmed", [])


def test_a_quota_is_why_a_date_is_refused(world: World, anna: Caller) -> None:
    booked(anna, wish(room=str(world.shared.id), seats=20, starts_at=instant(1), ends_at=instant(1, 10)))
    factories.quota(world.im, seats=22)

    [refused] = booked(anna, weekly(world, partial=True))["refused"]

    assert refused["code"] == "quota_exceeded"
    assert {"seats": 2, "starts_at": instant(1), "ends_at": instant(1, 10)} in refused["alternatives"]


def test_one_date_is_moved(world: World, anna: Caller) -> None:
    body = booked(anna, weekly(world))
    second = body["occurrences"][1]

    response = anna.patch(
        f"occurrences/{second['id']}",
        {"starts_at": instant(1, 14), "ends_at": instant(1, 16), "room": str(world.shared.id), "seats": 7},
        headers={"If-Match": '"1"'},
    )

    assert response.status_code == 200, response.content
    assert response["ETag"] == '"2"'
    moved = response.json()["occurrences"][1]
    assert (moved["starts_at"], moved["ends_at"]) == (instant(1, 14), instant(1, 16))
    assert (moved["room"]["name"], moved["seats"]) == ("Offener Raum", 7)
    assert (moved["id"], moved["recurrence_id"]) == (second["id"], second["recurrence_id"])
    longer = anna.patch(f"occurrences/{second['id']}", {"ends_at": instant(1, 17)}).json()
    assert longer["occurrences"][1]["ends_at"] == instant(1, 17)


def test_this_and_following(world: World, anna: Caller) -> None:
    body = booked(anna, weekly(world))
    third = body["occurrences"][2]

    response = anna.patch(
        f"occurrences/{third['id']}?scope=following",
        {"starts_at": instant(2, 14), "ends_at": instant(2, 16), "title": "Neu"},
    )

    assert response.status_code == 200, response.content
    new = response.json()
    assert new["id"] != body["id"]
    assert new["join_url"] == body["join_url"]
    assert new["pin"] == body["pin"]
    assert [one["starts_at"] for one in new["occurrences"]] == [instant(2, 14), instant(3, 14)]
    assert [one["ends_at"] for one in new["occurrences"]] == [instant(2, 16), instant(3, 16)]
    old = anna.get(f"bookings/{body['id']}").json()
    assert [one["starts_at"] for one in old["occurrences"]] == [instant(0), instant(1)]
    assert old["title"] == "Lagebesprechung"


def test_dates_are_dropped(world: World, anna: Caller) -> None:
    body = booked(anna, weekly(world))
    ids = [one["id"] for one in body["occurrences"]]

    one = anna.delete(f"occurrences/{ids[1]}").json()
    following = anna.delete(f"occurrences/{ids[2]}?scope=following").json()

    assert [date["state"] for date in one["occurrences"]] == [
        "confirmed",
        "cancelled",
        "confirmed",
        "confirmed",
    ]
    assert [date["state"] for date in following["occurrences"]] == ["confirmed"] + 3 * ["cancelled"]
    problem(anna.delete(f"occurrences/{ids[1]}"), 409, "already_cancelled")
    assert anna.delete(f"occurrences/{ids[0]}").json()["status"] == "cancelled"


def test_all_dates_are_changed(world: World, anna: Caller) -> None:
    body = booked(anna, weekly(world))

    moved = anna.patch(f"bookings/{body['id']}", {"starts_at": instant(0, 11), "duration": 90}).json()
    assert [one["starts_at"] for one in moved["occurrences"]] == [instant(n, 11) for n in range(4)]
    fewer = anna.patch(f"bookings/{body['id']}", {"rrule": "FREQ=DAILY;INTERVAL=3;COUNT=2"}).json()
    states = {one["starts_at"]: one["state"] for one in fewer["occurrences"]}
    assert states == {instant(n, 11): "confirmed" if n in (0, 3) else "cancelled" for n in range(4)}


def test_strangers_learn_nothing_of_dates(world: World, anna: Caller, clara: Caller, admin: Caller) -> None:
    date = booked(anna, weekly(world))["occurrences"][1]["id"]

    for scope in ("this", "following", "rubbish"):
        for act in (clara.delete, lambda path: clara.patch(path, {"seats": "x"})):
            foreign, absent = (act(f"occurrences/{one}?scope={scope}") for one in (date, ABSENT))
            problem(foreign, 404, "not_found")
            assert foreign.json() == absent.json()
    problem(admin.delete(f"occurrences/{date}"), 403, "forbidden")
    problem(anna.delete(f"occurrences/{date}?scope=rubbish"), 400, "invalid")
    problem(anna.delete(f"occurrences/{date}", headers={"If-Match": '"7"'}), 412, "version_conflict")
    assert Booking.objects.get().version == 1
