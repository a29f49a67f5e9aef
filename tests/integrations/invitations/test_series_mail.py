# SPDX-License-Identifier: EUPL-1.2
"""A series as it was booked and changed, in the calendar part of its mail."""

from datetime import timedelta

import pytest

from tests import factories
from tests.bookings.wishes import at, wish
from tests.integrations.ical import strict
from tests.integrations.invitations.letters import BERND, ENVELOPE, read
from tests.integrations.invitations.test_compose import calendar_of
from vconf.bookings.mail_views import mail_view
from vconf.bookings.models import Booking, Occurrence
from vconf.bookings.recurrence import to_instant
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.series import cancel_occurrence, change_occurrence, split_booking
from vconf.bookings.services import book
from vconf.integrations.invitations import compose

pytestmark = pytest.mark.django_db
STAMP = "%Y%m%dT%H%M%S"


def events_of(booking: Booking) -> list[strict.Component]:
    mail = mail_view(booking.id)
    assert mail is not None
    return calendar_of(read(compose.invitation(mail, BERND, ENVELOPE, before=None))).inside("VEVENT")


def test_rule_dropped_moved_and_refused_dates() -> None:
    world = factories.world()
    anna = factories.actor(world.anna)
    book(wish(10, day=3, room_id=world.big.id, seats=3), actor=anna)
    booking = book(
        wish(10, room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=5", partial=True), actor=anna
    )
    dates = {o.recurrence_id: o.id for o in Occurrence.objects.filter(booking=booking)}
    cancel_occurrence(dates[at(10, day=1).isoformat()], actor=anna)
    change_occurrence(
        dates[at(10, day=2).isoformat()],
        ChangeRequest(starts_local=at(15, day=2), room_id=world.shared.id),
        actor=anna,
    )

    master, moved = events_of(booking)

    assert master.one("RRULE").value == "FREQ=DAILY;COUNT=5"
    left_out = {value for line in master.all("EXDATE") for value in line.value.split(",")}
    assert left_out == {f"{at(10, day=n):{STAMP}}" for n in (1, 3)}
    assert master.one("LOCATION").text.startswith("Großer Saal")
    assert moved.one("RECURRENCE-ID").value == f"{at(10, day=2):{STAMP}}"
    assert moved.one("DTSTART").value == f"{at(15, day=2):{STAMP}}"
    assert moved.one("LOCATION").text.startswith("Offener Raum")
    assert {one.one("SEQUENCE").value for one in (master, moved)} == {"2"}
    rooms = [line for line in moved.all("ATTENDEE") if line.params.get("CUTYPE") == ["ROOM"]]
    assert [line.value for line in rooms] == ["mailto:offener-raum@raum.mv.example"]


def test_a_split_series_ends_in_utc_before_the_new_one() -> None:
    world = factories.world()
    anna = factories.actor(world.anna)
    booking = book(wish(10, room_id=world.big.id, seats=5, rrule="FREQ=DAILY;COUNT=4"), actor=anna)
    third = Occurrence.objects.filter(booking=booking).order_by("starts_at")[2]

    new = split_booking(third.id, ChangeRequest(starts_local=at(12, day=2)), actor=anna)

    [old_event], [new_event] = events_of(booking), events_of(new)
    until = to_instant(at(0, day=2), "Europe/Berlin") - timedelta(seconds=1)
    assert old_event.one("RRULE").value == f"FREQ=DAILY;UNTIL={until:{STAMP}}Z"
    assert new_event.one("RRULE").value == "FREQ=DAILY;COUNT=2"
    assert new_event.one("DTSTART").value == f"{at(12, day=2):{STAMP}}"
    assert old_event.one("UID").value != new_event.one("UID").value
