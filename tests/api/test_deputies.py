# SPDX-License-Identifier: EUPL-1.2
"""`/deputies`, and what a deputy does with the principal's bookings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.caller import ABSENT, Caller, problem, wish
from tests.factories import World
from vconf.web.limits import Namings


def test_named_listed_and_ended(world: World, anna: Caller, bernd: Caller, clara: Caller) -> None:
    until = (timezone.now() + timedelta(days=9)).replace(microsecond=0)
    named = anna.post("deputies", {"email": "Bernd@im.mv.example", "valid_until": until.isoformat()})
    assert named.status_code == 201
    body = named.json()
    assert (body["principal"]["email"], body["deputy"]["email"], body["mine"]) == (
        world.anna.email,
        world.bernd.email,
        "principal",
    )
    assert [row["mine"] for row in bernd.get("deputies").json()["results"]] == ["deputy"]
    assert clara.get("deputies").json()["results"] == []

    problem(clara.delete(f"deputies/{body['id']}"), 404, "not_found")
    assert bernd.delete(f"deputies/{body['id']}").status_code == 204
    assert anna.get("deputies").json()["count"] == 0
    problem(bernd.delete(f"deputies/{body['id']}"), 404, "not_found")


def test_what_cannot_be_a_deputy(anna: Caller, auditor: Caller) -> None:
    for wrong, field in (
        ({"email": "nobody@im.mv.example"}, "email"),
        ({"email": "anna@im.mv.example"}, "email"),
        ({"email": "bernd@im.mv.example", "valid_until": "2020-01-01T00:00:00Z"}, "valid_until"),
        ({"email": "bernd@im.mv.example", "principal": str(ABSENT)}, "principal"),
    ):
        assert list(problem(anna.post("deputies", wrong), 400, "invalid")["fields"]) == [field]
    problem(auditor.post("deputies", {"email": "bernd@im.mv.example"}), 403, "forbidden")


def test_a_deputy_books_for_the_principal_and_for_nobody_else(
    world: World, anna: Caller, clara: Caller
) -> None:
    anna.post("deputies", {"email": world.clara.email})

    made = clara.post("bookings", wish(room=str(world.small.id), organiser=world.anna.email))

    assert made.status_code == 201
    body = made.json()
    assert body["organiser"]["email"] == world.anna.email
    assert body["organiser"]["authority"]["short_name"] == "IM"
    assert body["booked_by"]["name"] == world.clara.name
    assert body["permissions"] == {"change": True, "cancel": True, "moderate": True, "answer": False}
    assert anna.get(f"bookings/{body['id']}").json()["booked_by"]["id"] == str(world.clara.id)
    own = clara.post("bookings", wish(room=str(world.shared.id), organiser=world.clara.email)).json()
    assert own["booked_by"] is None

    foreign = clara.post("bookings", wish(organiser=world.bernd.email))
    absent = clara.post("bookings", wish(organiser="nobody@im.mv.example"))
    problem(foreign, 404, "not_found")
    assert foreign.content == absent.content


def test_it_ends_at_once_also_for_what_the_deputy_booked(world: World, anna: Caller, clara: Caller) -> None:
    row = anna.post("deputies", {"email": world.clara.email}).json()
    made = clara.post("bookings", wish(room=str(world.small.id), organiser=world.anna.email)).json()
    anna.delete(f"deputies/{row['id']}")
    for response in (
        clara.get(f"bookings/{made['id']}"),
        clara.patch(f"bookings/{made['id']}", {"title": "x"}),
        clara.delete(f"bookings/{made['id']}", headers={"If-Match": '"99"'}),
        clara.get(f"bookings/{made['id']}/history"),
    ):
        problem(response, 404, "not_found")
    assert clara.get("bookings").json()["count"] == 0


def test_a_deputy_who_hands_it_over_sees_it_once_more(world: World, anna: Caller, clara: Caller) -> None:
    anna.post("deputies", {"email": world.clara.email})
    made = clara.post("bookings", wish(room=str(world.small.id), organiser=world.anna.email)).json()
    answer = clara.post(f"bookings/{made['id']}/transfer", {"email": world.bernd.email})
    assert answer.status_code == 200
    assert answer.json()["organiser"]["email"] == world.bernd.email
    assert answer.json()["permissions"] == {
        "change": False,
        "cancel": False,
        "moderate": False,
        "answer": False,
    }
    assert answer.json()["moderator_pin"] is None
    problem(clara.get(f"bookings/{made['id']}"), 404, "not_found")


def test_addresses_are_not_tried_out_by_naming_them(anna: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer says whether somebody has an account (R1.8); naming, delegating and handing over count together."""
    monkeypatch.setattr(Namings, "rate", "3/min")
    guess = {"email": "nobody@im.mv.example"}
    tries = [f"bookings/{ABSENT}/transfer", "approvers/delegates", "deputies", "deputies"]

    answers = [anna.post(path, guess).status_code for path in tries]

    assert answers == [404, 400, 400, 429]
    assert anna.get("deputies").status_code == 200
