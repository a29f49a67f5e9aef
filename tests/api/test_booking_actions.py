# SPDX-License-Identifier: EUPL-1.2
"""Taking back, handing over, copying, renewing and looking back; a meeting that starts now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller, problem, tomorrow, wish
from tests.factories import World
from vconf.bookings.models import Booking, IdempotencyKey


@pytest.fixture
def booking(world: World, anna: Caller) -> dict[str, Any]:
    body = wish(room=str(world.small.id), attendees=[{"email": "bernd@im.mv.example"}])
    found: dict[str, Any] = anna.post("bookings", body).json()
    return found


@pytest.fixture
def series(world: World, anna: Caller) -> dict[str, Any]:
    found: dict[str, Any] = anna.post(
        "bookings", wish(room=str(world.big.id), rrule="FREQ=DAILY;COUNT=4")
    ).json()
    return found


def test_a_cancelled_booking_says_how_long_it_can_be_taken_back(
    anna: Caller, bernd: Caller, booking: dict[str, Any]
) -> None:
    where = f"bookings/{booking['id']}"
    assert booking["restorable_until"] is None
    cancelled = anna.delete(where).json()
    assert cancelled["restorable_until"]
    assert bernd.get(where).json()["restorable_until"] is None

    back = anna.post(f"{where}/restore", headers={"If-Match": f'"{cancelled["version"]}"'})

    assert back.status_code == 200
    body = back.json()
    assert (body["status"], body["restorable_until"], body["join_url"]) == (
        "confirmed",
        None,
        booking["join_url"],
    )
    assert (body["sequence"], back["ETag"]) == (2, f'"{body["version"]}"')
    problem(anna.post(f"{where}/restore"), 409, "not_cancelled")


def test_a_dropped_date_is_taken_back(anna: Caller, series: dict[str, Any]) -> None:
    second, third = series["occurrences"][1:3]
    after = anna.delete(f"occurrences/{second['id']}").json()
    assert [bool(date["restorable_until"]) for date in after["occurrences"]] == [False, True, False, False]
    assert anna.post(f"occurrences/{second['id']}/restore").json()["exdate"] == []

    anna.delete(f"occurrences/{third['id']}?scope=following")
    back = anna.post(f"occurrences/{third['id']}/restore?scope=following").json()
    assert back["rrule"] == series["rrule"]
    assert {date["state"] for date in back["occurrences"]} == {"confirmed"}


def test_one_date_has_a_title_of_its_own(
    world: World, anna: Caller, admin: Caller, series: dict[str, Any]
) -> None:
    second = series["occurrences"][1]["id"]
    changed = anna.patch(f"occurrences/{second}", {"title": "Jahresabschluss"}).json()
    assert [date["title"] for date in changed["occurrences"]] == [None, "Jahresabschluss", None, None]
    assert anna.get(f"occurrences/{second}").json()["title"] == "Jahresabschluss"
    assert "Jahresabschluss" not in admin.get(f"bookings/{series['id']}").content.decode()
    assert "Jahresabschluss" not in admin.get(f"occurrences/{second}").content.decode()


def test_history_newest_first(anna: Caller, bernd: Caller, booking: dict[str, Any]) -> None:
    anna.patch(f"bookings/{booking['id']}", {"title": "Neu"})
    page = bernd.get(f"bookings/{booking['id']}/history").json()
    assert page["count"] == 2
    newest, first = page["results"]
    assert newest | {"at": ""} == {
        "at": "",
        "version": 2,
        "action": "changed",
        "source": "api",
        "person": {"name": "Anna Amsel"},
        "changes": [{"field": "title", "before": "Lagebesprechung", "after": "Neu"}],
    }
    assert first["action"] == "booked"


def test_handed_over(world: World, anna: Caller, bernd: Caller, booking: dict[str, Any]) -> None:
    where = f"bookings/{booking['id']}"
    answer = anna.post(f"{where}/transfer", {"email": "bernd@im.mv.example"}).json()
    assert answer["organiser"]["email"] == "bernd@im.mv.example"
    assert answer["permissions"]["change"] is False
    assert bernd.patch(where, {"title": "Meins"}).status_code == 200
    problem(anna.post(f"{where}/transfer", {"email": "anna@im.mv.example"}), 403, "forbidden")


def test_copied(anna: Caller, booking: dict[str, Any]) -> None:
    body = {"starts_at": tomorrow(14).isoformat(), "ends_at": tomorrow(16).isoformat()}
    answer = anna.post(f"bookings/{booking['id']}/copy", body)
    assert answer.status_code == 201
    copy = answer.json()
    assert answer["Location"].endswith(f"/bookings/{copy['id']}")
    assert (copy["title"], copy["seats"], copy["room"]["id"]) == (
        booking["title"],
        booking["seats"],
        booking["room"]["id"],
    )
    assert [one["email"] for one in copy["attendees"]] == ["bernd@im.mv.example"]
    both = body | {"duration": "PT1H"}
    problem(anna.post(f"bookings/{booking['id']}/copy", both), 400, "invalid")


def test_started_now(anna: Caller) -> None:
    answer = anna.post("bookings/instant", {"seats": 4})
    assert answer.status_code == 201
    body = answer.json()
    assert body["title"]
    assert [date["state"] for date in body["occurrences"]] == ["opening"]
    problem(anna.post("bookings/instant", {"seats": 4, "rrule": "FREQ=DAILY"}), 400, "invalid")


def test_the_link_renewed(anna: Caller, booking: dict[str, Any]) -> None:
    body = anna.post(f"bookings/{booking['id']}/link").json()
    for name in ("join_url", "pin", "moderator_pin"):
        assert body[name] != booking[name]


@pytest.mark.parametrize("what", ["restore", "transfer", "link"])
def test_rights_come_before_the_version(
    anna: Caller, bernd: Caller, clara: Caller, booking: dict[str, Any], what: str
) -> None:
    where = f"bookings/{booking['id']}/{what}"
    body = {"email": "dora@laiv.mv.example"} if what == "transfer" else {}
    if what == "restore":
        anna.delete(f"bookings/{booking['id']}")
    old = {"If-Match": '"77"'}
    problem(clara.post(where, body, headers=old), 404, "not_found")
    problem(bernd.post(where, body, headers=old), 403, "forbidden")
    problem(anna.post(where, body, headers=old), 412, "version_conflict")


# The same request twice


def _acts(
    world: World, anna: Caller, booking: dict[str, Any]
) -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
    """Path, body, another body."""
    one = f"bookings/{booking['id']}"
    later, latest = tomorrow(14).isoformat(), tomorrow(15).isoformat()
    return {
        "copy": (f"{one}/copy", {"starts_at": later}, {"starts_at": latest}),
        "instant": ("bookings/instant", {"seats": 3}, {"seats": 4}),
        "transfer": (f"{one}/transfer", {"email": "bernd@im.mv.example"}, {"email": "dora@laiv.mv.example"}),
    }


@pytest.mark.parametrize("what", ["copy", "instant", "transfer"])
def test_the_same_key_gets_the_same_answer_and_for_another_body_a_refusal(
    world: World, anna: Caller, booking: dict[str, Any], what: str
) -> None:
    path, body, other = _acts(world, anna, booking)[what]
    key = {"Idempotency-Key": "k-1"}
    first, again = (anna.post(path, body, headers=key) for _ in range(2))
    assert first.status_code == again.status_code
    assert first.status_code in (200, 201)
    assert (first.json()["id"], first.json()["version"]) == (again.json()["id"], again.json()["version"])
    problem(anna.post(path, other, headers=key), 422, "idempotency_mismatch")
    problem(anna.post(path, body, headers={"Idempotency-Key": "ü"}), 400, "invalid")


@pytest.mark.parametrize("what", ["book", "copy", "instant", "restore", "link", "transfer"])
def test_an_answer_lost_after_the_commit_is_given_again(
    world: World, anna: Caller, booking: dict[str, Any], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies between the commit and the answer; the caller asks again with the same key."""
    one = f"bookings/{booking['id']}"
    path, body = {
        **{name: act[:2] for name, act in _acts(world, anna, booking).items()},
        "book": ("bookings", wish(room=str(world.big.id))),
        "restore": (f"{one}/restore", {}),
        "link": (f"{one}/link", {}),
    }[what]
    if what == "restore":
        anna.delete(one)

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    ask: Callable[[], Any] = lambda: anna.post(path, body, headers={"Idempotency-Key": "k"})  # noqa: E731
    with monkeypatch.context() as broken:
        broken.setattr("vconf.api.booking_shapes.BookingSerializer.of", die)
        with pytest.raises(SystemExit):
            ask()
    done = IdempotencyKey.objects.get(key="k").booking
    count = Booking.objects.count()

    answer = ask()

    assert answer.status_code in (200, 201)
    assert (answer.json()["id"], answer.json()["version"]) == (str(done.id), done.version)
    assert Booking.objects.count() == count
