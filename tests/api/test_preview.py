# SPDX-License-Identifier: EUPL-1.2
"""`POST /bookings/preview`: takes the body of a booking that is still being typed."""

from __future__ import annotations

import pytest

from tests.api.caller import Caller, wish
from tests.factories import World
from vconf.bookings.models import Booking
from vconf.web.limits import Searches

pytestmark = pytest.mark.django_db


def test_a_series_is_answered_date_for_date(world: World, anna: Caller) -> None:
    anna.post("bookings", wish(room=str(world.small.id)))
    series = wish(room=str(world.small.id), rrule="FREQ=DAILY;COUNT=2", seats=4)
    del series["title"]

    found = anna.post("bookings/preview", series, headers={"Accept-Language": "de"})

    assert found.status_code == 200, found.content
    body = found.json()
    assert (body["fits"], body["rule_text"], body["promised_until"]) == (False, "jeden Tag, 2-mal", None)
    assert body["room"] == {"id": str(world.small.id), "name": "Beratung", "seats": 6}
    assert (body["seats"], body["approval"], body["refusal"]["code"]) == (4, False, "slot_taken")
    first, second = body["dates"]
    assert (first["fits"], first["code"], second["fits"]) == (False, "slot_taken", True)
    assert first["alternatives"][0]["room"]["name"] == "Offener Raum"
    assert Booking.objects.count() == 1


def test_a_change_keeps_what_it_does_not_name(world: World, anna: Caller) -> None:
    booking = anna.post(
        "bookings", wish(room=str(world.small.id), attendees=[{"email": "x@y.example"}])
    ).json()
    later = wish(booking=booking["id"], ends_at=None, duration=120)

    body = anna.post("bookings/preview", later).json()

    assert (body["fits"], body["room"]["id"], body["seats"]) == (True, str(world.small.id), booking["seats"])


def test_bad_input_is_refused_as_for_a_booking(world: World, anna: Caller, clara: Caller) -> None:
    assert anna.post("bookings/preview", wish(seats=0)).json()["fields"].keys() == {"seats"}
    assert anna.post("bookings/preview", wish(rrule="FREQ=OFTEN")).json()["fields"].keys() == {"rrule"}
    assert anna.post("bookings/preview", wish(nonsense=1)).status_code == 400
    booking = anna.post("bookings", wish(room=str(world.small.id))).json()
    assert clara.post("bookings/preview", wish(booking=booking["id"])).status_code == 404


def test_it_is_asked_often_but_not_endlessly(
    world: World, anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Searches, "rate", "2/min")
    answers = [anna.post("bookings/preview", wish(seats=5)).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
