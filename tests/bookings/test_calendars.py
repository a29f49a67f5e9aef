# SPDX-License-Identifier: EUPL-1.2
"""A new booking in the calendars of its people and its room."""

from __future__ import annotations

import pytest
from django.db.models import F

from tests.bookings.wishes import wish
from tests.waiting import while_others_change
from vconf.bookings.calendars import ensure_calendars
from vconf.bookings.models import Calendar, CalendarEntry
from vconf.bookings.services import book


def owners(booking):
    shown = CalendarEntry.objects.filter(booking=booking, deleted_at=None)
    return {
        entry.calendar.person or entry.calendar.room for entry in shown.select_related("calendar__person")
    }


@pytest.mark.django_db
def test_each_booking_counts_one_further_in_every_calendar_that_shows_it(world, anna):
    ensure_calendars(person_ids=(), room_ids=[world.small.id])
    with_bernd = {"invite": world.bernd.email, "room_id": world.small.id}
    for hour in (9, 11):
        book(wish(hour, **with_bernd), actor=anna)
    alone = book(wish(13, room_id=world.small.id), actor=anna)

    changes: dict[object, list[tuple[int, int]]] = {}
    for entry in CalendarEntry.objects.select_related("calendar").order_by("id"):
        calendar = entry.calendar
        changes.setdefault(calendar.person or calendar.room, []).append((entry.change, calendar.change))
    assert changes == {
        world.anna: [(1, 3), (2, 3), (3, 3)],
        world.bernd: [(1, 2), (2, 2)],
        world.small: [(1, 3), (2, 3), (3, 3)],
    }
    assert CalendarEntry.objects.get(href=f"{alone.id}.ics").calendar.person == world.anna


@pytest.mark.django_db
def test_a_calendar_that_is_gone_is_made_again(world, anna):
    """As after another database was put in place under a running process, which has seen all calendars."""
    book(wish(9, invite=world.bernd.email, room_id=world.small.id), actor=anna)
    Calendar.objects.filter(person=world.bernd).delete()

    second = book(wish(11, invite=world.bernd.email, room_id=world.small.id), actor=anna)

    assert owners(second) == {world.anna, world.bernd, world.small}
    for entry in CalendarEntry.objects.filter(booking=second).select_related("calendar"):
        assert entry.change == entry.calendar.change


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_booking_counts_on_from_what_was_counted_meanwhile(world, anna):
    """A decision about an approval, for one, counts in calendars without a lock that bookings wait for."""
    ensure_calendars(person_ids=[world.anna.id], room_ids=[world.small.id])
    book(wish(9, room_id=world.small.id), actor=anna)
    calendar = Calendar.objects.filter(person=world.anna)

    second = while_others_change(
        lambda: calendar.update(change=F("change") + 41),
        lambda: book(wish(11, room_id=world.small.id), actor=anna),
    )

    entry = CalendarEntry.objects.get(booking=second, calendar__person=world.anna)
    assert entry.change == calendar.get().change == 43
