# SPDX-License-Identifier: EUPL-1.2
"""Who changed what: one line for each thing done, told by texts that stay true."""

from __future__ import annotations

import pytest

from tests import factories
from tests.bookings.wishes import DAY, at, wish
from vconf.bookings.history import history_of
from vconf.bookings.models import HistoryEntry, Occurrence
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.series import cancel_following, cancel_occurrence, change_occurrence, split_booking
from vconf.bookings.services import book, cancel, change
from vconf.errors import Forbidden, NotFound, Refusal

pytestmark = pytest.mark.django_db

DAILY = "FREQ=DAILY;COUNT=4"


def lines(booking):
    return [(line.action, line.changes) for line in HistoryEntry.objects.filter(booking=booking)]


def date_at(booking, day):
    return Occurrence.objects.get(booking=booking, recurrence_id=at(10, day=day).isoformat())


def test_a_booking_begins_with_what_was_booked(world, anna):
    booking = book(wish(room_id=world.big.id, seats=40), actor=anna)
    [(action, changes)] = lines(booking)
    assert action == "booked"
    assert changes == {
        "title": ["", "Lagebesprechung"],
        "time": ["", f"{DAY:%Y-%m-%d} 10:00–11:00 Europe/Berlin"],
        "room": ["", "Großer Saal"],
        "seats": ["", "40"],
        "language": ["", "de"],
    }


def test_a_change_names_what_it_changed_before_and_after(world, anna):
    booking = book(wish(room_id=world.big.id, seats=5, invite="a@x.example b@x.example"), actor=anna)
    change(
        booking.id,
        ChangeRequest(
            title="Neu",
            starts_local=at(23.5),
            room_id=world.shared.id,
            attendees=(AttendeeRequest(address="b@x.example"), AttendeeRequest(address="c@x.example")),
        ),
        actor=anna,
    )
    action, changes = lines(booking)[-1]
    day, next_day = f"{DAY:%Y-%m-%d}", f"{at(0, day=1):%Y-%m-%d}"
    assert action == "changed"
    assert changes == {
        "title": ["Lagebesprechung", "Neu"],
        "time": [f"{day} 10:00–11:00 Europe/Berlin", f"{day} 23:30–{next_day} 00:30 Europe/Berlin"],
        "room": ["Großer Saal", "Offener Raum"],
        "people_added": ["", "c@x.example"],
        "people_removed": ["a@x.example", ""],
    }
    assert HistoryEntry.objects.latest("at").version == 2


def test_what_changes_nothing_or_is_refused_leaves_no_line(world, anna):
    booking = book(wish(room_id=world.big.id, seats=5), actor=anna)
    book(wish(12, room_id=world.big.id), actor=anna)
    change(booking.id, ChangeRequest(title="Lagebesprechung"), actor=anna)
    with pytest.raises(Refusal):
        change(booking.id, ChangeRequest(starts_local=at(12)), actor=anna)
    assert len(lines(booking)) == 1


def test_dates_of_a_series_are_named(world, anna):
    series = book(wish(room_id=world.big.id, seats=5, rrule=DAILY), actor=anna)
    change_occurrence(
        date_at(series, 1).id, ChangeRequest(starts_local=at(15, day=1), title="Sonder"), actor=anna
    )
    cancel_occurrence(date_at(series, 2).id, actor=anna)
    second = split_booking(date_at(series, 3).id, ChangeRequest(seats=7), actor=anna)
    cancel(second.id, actor=anna)

    moved, dropped, split = lines(series)[1:]
    assert moved == (
        "date_changed",
        {
            "date": [at(10, day=1).isoformat()] * 2,
            "title": ["Lagebesprechung", "Sonder"],
            "time": [
                f"{at(0, day=1):%Y-%m-%d} 10:00–11:00 Europe/Berlin",
                f"{at(0, day=1):%Y-%m-%d} 15:00–16:00 Europe/Berlin",
            ],
        },
    )
    assert dropped == (
        "date_dropped",
        {"dates": [f"{at(0, day=2):%Y-%m-%d} 10:00–11:00 Europe/Berlin", ""]},
    )
    assert split[0] == "split"
    assert [action for action, _ in lines(second)] == ["split", "changed", "cancelled"]


def test_the_end_of_a_series_tells_the_rule(world, anna):
    series = book(wish(room_id=world.big.id, seats=5, rrule=DAILY), actor=anna)
    cancel_following(date_at(series, 2).id, actor=anna)
    _, changes = lines(series)[-1]
    before, after = changes["rule"]
    assert before == DAILY
    assert after.startswith("FREQ=DAILY;UNTIL=")
    assert changes["dates"][0].count("10:00–11:00") == 2


def test_it_is_for_those_who_see_the_booking_in_full(world, anna):
    booking = book(wish(room_id=world.big.id, invite=world.bernd.email), actor=anna)
    factories.deputy(world.dora, world.anna)
    for person in (world.anna, world.bernd, world.dora):
        assert history_of(booking.id, actor=factories.actor(person)).count() == 1
    for person, error in ((world.admin, Forbidden), (world.operator, Forbidden), (world.clara, NotFound)):
        with pytest.raises(error):
            history_of(booking.id, actor=factories.actor(person))
