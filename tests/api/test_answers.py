# SPDX-License-Identifier: EUPL-1.2
"""An invited person answers over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.api.caller import Caller, problem, wish
from tests.factories import World
from vconf.bookings.undeliverable import note_undeliverable


@pytest.fixture
def series(world: World, anna: Caller) -> dict[str, Any]:
    people = [{"email": "bernd@im.mv.example"}, {"email": "gast@firma.example"}]
    body = wish(room=str(world.big.id), rrule="FREQ=DAILY;COUNT=3", attendees=people)
    found: dict[str, Any] = anna.post("bookings", body).json()
    return found


def of_bernd(booking: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in booking["attendees"] if one["email"] == "bernd@im.mv.example")


def test_all_dates_then_one(anna: Caller, bernd: Caller, series: dict[str, Any]) -> None:
    where = f"bookings/{series['id']}"
    assert bernd.get(where).json()["permissions"]["answer"]
    assert not series["permissions"]["answer"]
    date = series["occurrences"][1]["id"]

    bernd.post(f"{where}/answer", {"partstat": "ACCEPTED"})
    answer = bernd.post(f"{where}/answer", {"partstat": "DECLINED", "occurrence": date, "comment": "Urlaub"})

    assert answer.status_code == 200
    mine = of_bernd(answer.json())
    assert (mine["partstat"], mine["is_me"]) == ("ACCEPTED", True)
    assert mine["answers"] == [{"occurrence": date, "partstat": "DECLINED", "comment": "Urlaub"}]
    seen = of_bernd(anna.get(where).json())
    assert (seen["answers"], seen["is_me"]) == (mine["answers"], False)


def test_an_answer_is_a_new_tag_for_readers_and_no_conflict_for_who_changes(
    anna: Caller, bernd: Caller, series: dict[str, Any]
) -> None:
    where = f"bookings/{series['id']}"
    before = anna.get(where)["ETag"]
    answer = bernd.post(f"{where}/answer", {"partstat": "TENTATIVE"})

    assert before == '"1"'
    assert answer["ETag"] == anna.get(where)["ETag"] == '"1.1"'
    changed = anna.patch(where, {"title": "Neu"}, headers={"If-Match": before})
    assert (changed.status_code, changed["ETag"]) == (200, '"2.1"')
    assert anna.patch(where, {"title": "Neuer"}, headers={"If-Match": '"1.1"'}).status_code == 412
    assert anna.patch(where, {"title": "Neuer"}, headers={"If-Match": '"2.0"'}).status_code == 200


def test_whom_no_mail_reaches_is_for_the_organiser_to_know(
    anna: Caller, bernd: Caller, series: dict[str, Any]
) -> None:
    where = f"bookings/{series['id']}"
    note_undeliverable(UUID(series["id"]), "gast@firma.example", "5.1.1")

    def shown(caller: Caller) -> dict[str, Any]:
        return {one["email"]: one["undeliverable"] for one in caller.get(where).json()["attendees"]}

    assert shown(anna) == {"bernd@im.mv.example": None, "gast@firma.example": "5.1.1"}
    assert set(shown(bernd).values()) == {None}


def test_comments_are_for_the_organiser_and_who_wrote_them(
    anna: Caller, bernd: Caller, clara: Caller, series: dict[str, Any]
) -> None:
    where = f"bookings/{series['id']}"
    people = [{"email": "bernd@im.mv.example"}, {"email": "clara@fm.mv.example"}]
    anna.patch(where, {"attendees": people})
    bernd.post(f"{where}/answer", {"partstat": "ACCEPTED", "comment": "Gern."})

    assert of_bernd(anna.get(where).json())["comment"] == "Gern."
    assert of_bernd(bernd.get(where).json())["comment"] == "Gern."
    assert of_bernd(clara.get(where).json())["comment"] is None
    assert "Gern." not in bernd.get(f"{where}/history").content.decode()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"partstat": "NEEDS-ACTION"},
        {"partstat": "ACCEPTED", "comment": "x" * 501},
        {"partstat": "ACCEPTED", "occurrence": "0199a3c2-7d10-7c11-9d53-0a2b6d4f8e01"},
        {"partstat": "ACCEPTED", "email": "gast@firma.example"},
    ],
)
def test_what_cannot_be_answered(bernd: Caller, series: dict[str, Any], body: dict[str, Any]) -> None:
    problem(bernd.post(f"bookings/{series['id']}/answer", body), 400, "invalid")


def test_only_who_is_invited_answers(anna: Caller, clara: Caller, series: dict[str, Any]) -> None:
    where = f"bookings/{series['id']}/answer"
    problem(anna.post(where, {"partstat": "ACCEPTED"}), 403, "forbidden")
    problem(clara.post(where, {"partstat": "ACCEPTED"}), 404, "not_found")


def test_nobody_answers_what_is_cancelled(anna: Caller, bernd: Caller, series: dict[str, Any]) -> None:
    anna.delete(f"bookings/{series['id']}")
    answer = bernd.post(f"bookings/{series['id']}/answer", {"partstat": "ACCEPTED"})
    problem(answer, 409, "already_cancelled")
