# SPDX-License-Identifier: EUPL-1.2
"""Ways out of a refusal are the same instants, whatever zone the meeting was asked for in."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.bookings.wishes import at, wish
from tests.factories import room, room_class
from vconf.bookings.errors import OutsideHours, SlotTaken
from vconf.bookings.preview import preview
from vconf.bookings.recurrence import to_instant, to_local
from vconf.bookings.services import book
from vconf.errors import Refusal

pytestmark = pytest.mark.django_db

ZONES = ["Europe/Berlin", "UTC", "America/New_York"]
BERLIN = ZoneInfo("Europe/Berlin")


def a_working_day():
    """Days from the test day to the Tuesday after it."""
    return (1 - at(0).weekday()) % 7


@pytest.fixture
def house(world):
    """A room that can be had from eight to six, on working days."""
    hours = room_class(
        world.im,
        name="Geschäftszeit",
        bookable_from="08:00",
        bookable_until="18:00",
        bookable_days="MO TU WE TH FR",
    )
    return room("Sitzungszimmer", 8, world.im, world.pool, hours)


def asked(zone, hour, house, **fields):
    local = to_local(to_instant(at(hour, day=a_working_day()), "Europe/Berlin"), zone)
    return wish(starts_local=local, timezone=zone, room_id=house.id, **fields)


def starts(refusal):
    return [one.starts_at.astimezone(BERLIN) for one in refusal.alternatives if one.starts_at is not None]


def told(house, anna, kind, hour):
    """What is offered by the refusal of a booking, and while it is still typed, in each zone."""
    found = set()
    for zone in ZONES:
        with pytest.raises(kind) as refused:
            book(asked(zone, hour, house), actor=anna)
        previewed = preview(asked(zone, hour, house), actor=anna).dates[0].refusal
        assert isinstance(previewed, Refusal)
        found.add((tuple(starts(refused.value)), tuple(starts(previewed))))
    (both,) = found
    return both


def test_where_the_room_is_taken(world, house, anna, bernd):
    book(asked("UTC", 10, house), actor=bernd)
    refused, previewed = told(house, anna, SlotTaken, 10)
    assert {f"{one:%H:%M}" for one in refused} == {"10:00", "11:00", "12:00"}, "another room, and later"
    assert {f"{one:%H:%M}" for one in previewed} >= {"11:00", "09:00"}, "another room, later and earlier"


def test_outside_of_opening_hours(world, house, anna):
    refused, previewed = told(house, anna, OutsideHours, 6.5)
    for one in [*refused, *previewed]:
        assert one.hour >= 8 or one == to_instant(at(6.5, day=a_working_day()), "Europe/Berlin")
    assert f"{refused[-1]:%H:%M}" >= "08:00"


def test_late_in_the_evening_the_next_day_begins_when_the_house_opens(world, house, anna, bernd):
    book(asked("UTC", 16, house, duration=timedelta(hours=2)), actor=bernd)
    refused, _previewed = told(house, anna, SlotTaken, 17)
    later = [one for one in refused if one.date() != refused[0].date()]
    assert f"{later[0]:%H:%M}" == "08:00"
