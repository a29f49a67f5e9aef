# SPDX-License-Identifier: EUPL-1.2
"""Refusals whose reason the judge has to look for in more than the obvious place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from history.calls import Call, Wish
from history.doors import ServiceDoor
from history.judge import judge
from history.world import World
from history.writers import History, carry_out
from tests.history.conftest import told
from vconf.bookings.models import Occurrence

HOUR = timedelta(hours=1)


def ask(history: History, **wish: Any) -> Call:
    """One thing after the other."""
    return carry_out(Wish(**wish), uuid4().hex, ServiceDoor(history.world), history)


def booked(history: History, hour: float, **wish: Any) -> UUID:
    """Anna's booking of an hour, for a few people if not told otherwise."""
    wish = {"who": "anna", "seats": 5, "duration": HOUR, **wish}
    starts_local = history.world.first_day + hour * HOUR
    booking = ask(history, kind="book", starts_local=starts_local, **wish).answer.booking
    assert booking is not None
    return booking


def test_a_date_that_went_over_to_another_booking_is_judged_where_that_is(small_world: World) -> None:
    history = History(small_world)
    here, there = small_world.rooms[0].id, small_world.rooms[3].id
    series = booked(history, 8, room=here, every="D", count=3)
    _first, second, third = Occurrence.objects.filter(booking=series).order_by("starts_at")
    ask(history, kind="following", who="anna", booking=series, date=second.id, room=there)
    booked(history, 48 + 10, who="bernd", room=there)

    # its writer has not heard that it is no date of the first booking any more
    taken = small_world.first_day + 58 * HOUR
    refused = ask(history, kind="following", who="anna", booking=series, date=third.id, starts_local=taken)

    findings = judge(history)
    assert refused.code == "slot_taken"
    assert findings == [], told(findings)


def test_a_date_that_runs_over_takes_seats_beyond_its_end(small_world: World) -> None:
    history = History(small_world)
    late = booked(history, 8, room=small_world.wide.id, seats=45)
    date = Occurrence.objects.get(booking=late)
    for kind in ("attend", "close"):
        ask(history, kind=kind, who="anna", booking=late, date=date.id, seats=3)
    date.refresh_from_db()
    assert date.state == "overrun"

    refused = ask(
        history,
        kind="book",
        who="anna",
        starts_local=small_world.first_day + 9 * HOUR,
        duration=HOUR,
        room=small_world.rooms[0].id,
        seats=30,
    )

    findings = judge(history)
    assert (refused.code, refused.numbers["in_use"]) == ("quota_exceeded", 45)
    assert findings == [], told(findings)


def test_no_date_is_closed_months_ahead_where_its_seats_are_missed(small_world: World) -> None:
    """What is over keeps its seats up to its end, and who makes room months ahead does not look for what is over."""
    history = History(small_world)
    states = []
    for room in (small_world.rooms[0], small_world.wide):
        booking = booked(history, 8, room=room.id)
        date = Occurrence.objects.get(booking=booking)
        ask(history, kind="close", who="anna", booking=booking, date=date.id)
        date.refresh_from_db()
        states.append(str(date.state))

    assert states == ["confirmed", "no_show"]
