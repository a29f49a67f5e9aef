# SPDX-License-Identifier: EUPL-1.2
"""POST /bookings"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.api.caller import ABSENT, Caller, problem, tomorrow, wish
from tests.factories import World
from vconf.authorities.deputies import name_deputy
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.recurrence import to_instant

# --- who may not ------------------------------------------------------------------------------------------


def test_nobody_cannot_book(world: World, nobody: Caller) -> None:
    response = nobody.post("bookings", wish())

    problem(response, 401, "not_signed_in")
    assert response["WWW-Authenticate"] == 'Bearer realm="vconf"'
    assert not Booking.objects.exists()


@pytest.mark.parametrize("field", ["room", "authority"])
def test_foreign_and_absent_ids_are_refused_alike(world: World, clara: Caller, field: str) -> None:
    foreign = {"room": world.small.id, "authority": world.im.id}[field]

    refused = [clara.post("bookings", wish(**{field: str(one)})) for one in (foreign, ABSENT)]

    assert refused[0].status_code in (400, 404)
    assert refused[0].json() == refused[1].json()
    assert not Booking.objects.exists()


def test_an_auditor_works_nowhere_and_books_nothing(auditor: Caller) -> None:
    problem(auditor.post("bookings", wish()), 403, "forbidden")
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("booked_by", "x"),
        ("status", "confirmed"),
        ("source", "mail"),
        ("uid", "mine@example"),
        ("sequence", 4),
        ("version", 4),
        ("id", str(ABSENT)),
        ("pin", "123456789"),
        ("join_url", "https://evil.example"),
        ("pool", str(ABSENT)),
        ("reserved_server", str(ABSENT)),
    ],
)
def test_fields_that_are_not_the_callers_are_refused(anna: Caller, field: str, value: Any) -> None:
    body = problem(anna.post("bookings", wish(**{field: value})), 400, "invalid")

    assert list(body["fields"]) == [field]
    assert not Booking.objects.exists()


def test_an_unknown_field_of_an_attendee_is_named_by_its_place(anna: Caller) -> None:
    guests = [{"email": "a@example.org"}, {"email": "b@example.org", "partstat": "ACCEPTED"}]

    body = problem(anna.post("bookings", wish(attendees=guests)), 400, "invalid")

    assert list(body["fields"]) == ["attendees.1.partstat"]


# --- what cannot be understood ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": None}, ["title"]),
        ({"title": ""}, ["title"]),
        ({"title": "x" * 201}, ["title"]),
        ({"title": 5.5, "seats": "many"}, ["seats"]),
        ({"title": "nul\0"}, ["title"]),
        ({"starts_at": "tomorrow"}, ["starts_at"]),
        ({"starts_at": "0000-01-01T09:00"}, ["starts_at"]),
        ({"starts_at": "0001-01-01T09:00"}, ["starts_at"]),
        ({"starts_at": "9999-12-31T23:59:59+00:00"}, ["starts_at"]),
        ({"starts_at": "2027-02-30T09:00"}, ["starts_at"]),
        ({"starts_at": 1_900_000_000}, ["starts_at"]),
        ({"starts_at": ["2027-05-03T09:00"]}, ["starts_at"]),
        ({"starts_at": {}}, ["starts_at"]),
        ({"starts_at": "2027-05-03T09:00" + "0" * 5000}, ["starts_at"]),
        ({"ends_at": None}, ["ends_at"]),
        ({"duration": "PT1H"}, ["ends_at"]),
        ({"ends_at": None, "duration": 0}, ["duration"]),
        ({"ends_at": None, "duration": -5}, ["duration"]),
        ({"ends_at": None, "duration": True}, ["duration"]),
        ({"ends_at": None, "duration": "an hour"}, ["duration"]),
        ({"ends_at": None, "duration": "PT"}, ["duration"]),
        ({"ends_at": None, "duration": "P9999D"}, ["duration"]),
        ({"ends_at": None, "duration": 10**30}, ["duration"]),
        ({"timezone": "Europe/Schwerin"}, ["timezone"]),
        ({"timezone": "../../etc/passwd"}, ["timezone"]),
        ({"timezone": "Factory"}, ["timezone"]),
        ({"timezone": 1}, ["timezone"]),
        ({"seats": 0}, ["seats"]),
        ({"seats": -1}, ["seats"]),
        ({"seats": 10**40}, ["seats"]),
        ({"seats": 1.5}, ["seats"]),
        ({"seats": {}}, ["seats"]),
        ({"room": "big"}, ["room"]),
        ({"attendees": "anna@example.org"}, ["attendees"]),
        ({"attendees": {}}, ["attendees"]),
        ({"attendees": ["anna@example.org"]}, ["attendees.0"]),
        ({"attendees": [{}]}, ["attendees.0.email"]),
        ({"attendees": [{"email": "not an address"}]}, ["attendees.0.email"]),
        ({"attendees": [{"email": "a@example.org\nBcc: b@example.org"}]}, ["attendees.0.email"]),
        ({"attendees": [{"email": "a@example.org", "role": "KING"}]}, ["attendees.0.role"]),
        ({"attendees": [{"email": f"a{n}@example.org"} for n in range(501)]}, ["attendees"]),
        ({"language": "fr"}, ["language"]),
        ({"description": "x" * 20_001}, ["description"]),
        ({"authority": "IM"}, ["authority"]),
    ],
)
def test_what_cannot_be_understood_names_the_field(
    anna: Caller, changes: dict[str, Any], fields: list[str]
) -> None:
    body = problem(anna.post("bookings", wish(**changes)), 400, "invalid")

    assert list(body["fields"]) == fields
    assert all(texts and all(texts) for texts in body["fields"].values())
    assert not Booking.objects.exists()


def test_the_end_must_follow_the_start(anna: Caller) -> None:
    body = problem(anna.post("bookings", wish(ends_at=tomorrow(8).isoformat())), 400, "invalid")

    assert list(body["fields"]) == ["ends_at"]


# --- what is answered -------------------------------------------------------------------------------------

GUESTS = [{"email": "Zoe@outside.example", "name": "Zoe"}, {"email": "anna-b@x.example", "role": "CHAIR"}]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"attendees": [*GUESTS, {"email": "bernd@im.example"}], "description": " Pegel \n", "seats": None},
        {"rrule": "FREQ=WEEKLY;COUNT=5", "exdate": [(tomorrow() + timedelta(days=14)).isoformat()]},
        {"rrule": "FREQ=WEEKLY"},
        {"language": "en", "timezone": "America/New_York"},
    ],
)
@pytest.mark.parametrize("named", [True, False], ids=["named room", "any room"])
def test_what_is_answered_is_what_is_found_later(
    world: World, anna: Caller, fields: dict[str, Any], named: bool
) -> None:
    response = anna.post("bookings", wish(room=str(world.big.id) if named else None, **fields))

    assert response.status_code == 201, response.content
    found = anna.get(f"bookings/{response.json()['id']}")
    assert response.json() == found.json()
    assert response["ETag"] == found["ETag"]


def test_a_deputy_is_answered_what_they_find_later(world: World, anna: Caller) -> None:
    name_deputy(world.anna.email, actor=factories.actor(world.bernd))

    response = anna.post("bookings", wish(organiser=world.bernd.email, attendees=GUESTS))

    assert response.status_code == 201, response.content
    assert response.json() == anna.get(f"bookings/{response.json()['id']}").json()
    assert response.json()["booked_by"]["email"] == world.anna.email


def test_a_booking_asks_little_of_the_database(world: World, anna: Caller) -> None:
    anna.post("bookings", wish(room=str(world.big.id), starts_at=tomorrow(7).isoformat()))
    single = wish(room=str(world.big.id), attendees=GUESTS, starts_at=tomorrow(18).isoformat(), ends_at=None)

    with CaptureQueriesContext(connection) as captured:
        response = anna.post("bookings", {**single, "duration": "PT15M"})

    assert response.status_code == 201, response.content
    assert len(captured) <= 31, [query["sql"][:100] for query in captured.captured_queries]


def test_booking_a_named_room_answers_the_promise(world: World, anna: Caller) -> None:
    response = anna.post(
        "bookings",
        wish(
            room=str(world.big.id),
            seats=25,
            description="Bitte pünktlich.",
            attendees=[
                {"email": "Bernd@IM.mv.example", "name": "Bernd Buche", "role": "CHAIR"},
                {"email": "gast@gemeinde.example"},
            ],
        ),
    )

    assert response.status_code == 201, response.content
    body = response.json()
    booking = Booking.objects.get()
    occurrence = Occurrence.objects.get()
    starts_at = to_instant(tomorrow(), "Europe/Berlin")
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    ref = {"id": str(world.im.id), "name": "Ministerium für Inneres", "short_name": "IM"}
    person = {"id": str(world.anna.id), "name": "Anna Amsel", "email": "anna@im.mv.example"}
    no_answers: dict[str, Any] = {"answers": [], "comment": "", "undeliverable": None, "is_me": False}
    created_at, changed_at = body.pop("created_at"), body.pop("changed_at")
    assert created_at == changed_at
    assert body == {
        "id": str(booking.id),
        "visibility": "full",
        "uid": booking.uid,
        "version": 1,
        "sequence": 0,
        "status": "confirmed",
        "title": "Lagebesprechung",
        "description": "Bitte pünktlich.",
        "starts_at": starts_at.strftime(stamp),
        "ends_at": (starts_at + timedelta(hours=1)).strftime(stamp),
        "timezone": "Europe/Berlin",
        "rrule": "",
        "rdate": [],
        "exdate": [],
        "rule_text": "",
        "promised_until": None,
        "refused": [],
        "room": {
            "id": str(world.big.id),
            "name": "Großer Saal",
            "seats": 100,
            "address": "grosser-saal@raum.mv.example",
        },
        "seats": 25,
        "organiser": {**person, "authority": ref},
        "booked_by": None,
        "authority": ref,
        "attendees": [
            {
                "email": "bernd@im.mv.example",
                "name": "Bernd Buche",
                "role": "CHAIR",
                "partstat": "NEEDS-ACTION",
                **no_answers,
            },
            {
                "email": "gast@gemeinde.example",
                "name": "",
                "role": "REQ-PARTICIPANT",
                "partstat": "NEEDS-ACTION",
                **no_answers,
            },
        ],
        "join_url": f"http://127.0.0.1:8000/j/{booking.join_link.token}",
        "pin": booking.join_link.pin,
        "moderator_pin": booking.join_link.moderator_pin,
        "occurrences": [
            {
                "id": str(occurrence.id),
                "recurrence_id": tomorrow().isoformat(),
                "title": None,
                "starts_at": starts_at.strftime(stamp),
                "ends_at": (starts_at + timedelta(hours=1)).strftime(stamp),
                "state": "confirmed",
                "seats": 25,
                "room": {"id": str(world.big.id), "name": "Großer Saal"},
                "held_until": None,
                "restorable_until": None,
            }
        ],
        "dates_count": 1,
        "next_date": starts_at.strftime(stamp),
        "approval": None,
        "refusal": None,
        "wish": None,
        "restorable_until": None,
        "permissions": {"change": True, "cancel": True, "moderate": True, "answer": False},
        "remind_minutes": None,
        "source": "api",
        "language": "de",
    }
    assert response["ETag"] == '"1"'
    assert response["Location"] == f"http://testserver/api/v1/bookings/{booking.id}"
    assert response["Cache-Control"] == "no-store"


def test_without_a_room_the_smallest_that_fits_is_taken(world: World, anna: Caller) -> None:
    body = anna.post("bookings", wish(seats=5)).json()

    assert body["room"]["name"] == "Beratung"


@pytest.mark.parametrize("duration", ["PT1H30M", "PT90M", 90, "90"])
def test_a_duration_stands_for_the_end(anna: Caller, duration: Any) -> None:
    body = anna.post("bookings", wish(ends_at=None, duration=duration)).json()

    length = datetime.fromisoformat(body["ends_at"]) - datetime.fromisoformat(body["starts_at"])
    assert length == timedelta(minutes=90)


def test_a_time_with_offset_becomes_wall_time_in_the_zone(anna: Caller) -> None:
    starts_at = to_instant(tomorrow(9), "Europe/Berlin")

    body = anna.post(
        "bookings",
        wish(starts_at=starts_at.isoformat(), ends_at=None, duration=60, timezone="America/New_York"),
    ).json()

    booking = Booking.objects.get()
    assert to_instant(datetime.fromisoformat(booking.starts_local), "America/New_York") == starts_at
    assert datetime.fromisoformat(body["starts_at"]) == starts_at
    assert body["timezone"] == "America/New_York"


def test_without_a_zone_the_installations_counts(anna: Caller) -> None:
    body = anna.post("bookings", wish(timezone=None)).json()

    assert body["timezone"] == "Europe/Berlin"
    assert datetime.fromisoformat(body["starts_at"]) == to_instant(tomorrow(), "Europe/Berlin")


def test_the_second_pass_of_a_doubled_hour_is_refused_not_shifted(anna: Caller) -> None:
    year = tomorrow().year + 1
    last_sunday = max(
        day for day in (datetime(year, 10, number) for number in range(25, 32)) if day.weekday() == 6
    )
    second_pass = f"{last_sunday:%Y-%m-%d}T02:30:00+01:00"

    body = problem(
        anna.post("bookings", wish(starts_at=second_pass, ends_at=None, duration=30)), 400, "invalid"
    )

    assert list(body["fields"]) == ["starts_at"]


# --- refusals ---------------------------------------------------------------------------------------------


def test_a_taken_room_is_refused_with_the_date_and_other_rooms(
    world: World, anna: Caller, bernd: Caller
) -> None:
    anna.post("bookings", wish(room=str(world.small.id)))

    body = problem(bernd.post("bookings", wish(room=str(world.small.id))), 409, "slot_taken")

    starts_at = to_instant(tomorrow(), "Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%SZ")
    ends_at = to_instant(tomorrow(10), "Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%SZ")
    assert body["conflicts"] == [{"starts_at": starts_at, "ends_at": ends_at, "code": "slot_taken"}]
    assert {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "room": {"id": str(world.shared.id), "name": "Offener Raum", "seats": 30},
    } in body["alternatives"]


def test_the_third_of_250_250_100_is_refused_with_the_numbers_and_fits_once_one_is_cancelled(
    world: World, anna: Caller
) -> None:
    halls = [factories.room(f"Halle {n}", 300, world.im, world.pool, world.standard) for n in range(3)]
    at = {"starts_at": tomorrow(14).isoformat(), "ends_at": tomorrow(15).isoformat()}
    first, _second = (
        anna.post("bookings", wish(room=str(hall.id), seats=250, **at)).json() for hall in halls[:2]
    )

    body = problem(anna.post("bookings", wish(room=str(halls[2].id), seats=100, **at)), 409, "no_capacity")

    assert (body["limit"], body["in_use"], body["asked"], body["unit"]) == (300, 250, 100, "seats")
    assert {"starts_at", "ends_at"} <= body["alternatives"][-1].keys()
    assert anna.delete(f"bookings/{first['id']}").status_code == 200
    assert anna.post("bookings", wish(room=str(halls[2].id), seats=100, **at)).status_code == 201


def test_a_used_up_quota_is_refused_with_the_numbers(world: World, anna: Caller, bernd: Caller) -> None:
    factories.quota(world.im, seats=40)
    anna.post("bookings", wish(room=str(world.big.id), seats=30))

    body = problem(bernd.post("bookings", wish(seats=20)), 409, "quota_exceeded")

    assert (body["limit"], body["in_use"], body["asked"]) == (40, 30, 20)


def test_a_room_that_is_too_small_is_refused(world: World, anna: Caller) -> None:
    body = problem(anna.post("bookings", wish(room=str(world.small.id), seats=7)), 409, "room_too_small")

    assert (body["limit"], body["asked"]) == (6, 7)


def test_the_past_is_refused(anna: Caller) -> None:
    then = tomorrow() - timedelta(days=3)

    response = anna.post("bookings", wish(starts_at=then.isoformat(), ends_at=None, duration=30))

    problem(response, 409, "in_past")


def test_too_far_ahead_is_refused(anna: Caller) -> None:
    then = tomorrow() + timedelta(days=600)

    response = anna.post("bookings", wish(starts_at=then.isoformat(), ends_at=None, duration=30))

    problem(response, 409, "beyond_horizon")


# --- once, even if asked twice ----------------------------------------------------------------------------


def test_the_same_key_and_body_get_the_same_booking(anna: Caller) -> None:
    answers = [anna.post("bookings", wish(), HTTP_IDEMPOTENCY_KEY="4711-abc") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Booking.objects.count() == 1


def test_the_same_key_for_another_body_is_refused(anna: Caller) -> None:
    anna.post("bookings", wish(), HTTP_IDEMPOTENCY_KEY="4711-abc")

    response = anna.post("bookings", wish(title="Etwas anderes"), HTTP_IDEMPOTENCY_KEY="4711-abc")

    problem(response, 422, "idempotency_mismatch")
    assert Booking.objects.count() == 1


def test_a_key_is_the_persons_own(anna: Caller, bernd: Caller) -> None:
    first = anna.post("bookings", wish(), HTTP_IDEMPOTENCY_KEY="4711-abc").json()

    second = bernd.post("bookings", wish(), HTTP_IDEMPOTENCY_KEY="4711-abc").json()

    assert first["id"] != second["id"]


@pytest.mark.parametrize("key", ["", "with space", "x" * 201, "ä"])
def test_a_key_that_is_none_is_refused(anna: Caller, key: str) -> None:
    body = problem(anna.post("bookings", wish(), HTTP_IDEMPOTENCY_KEY=key), 400, "invalid")

    assert list(body["fields"]) == ["Idempotency-Key"]
