# SPDX-License-Identifier: EUPL-1.2
"""Another name of a person or a room reaches the calendars that show it."""

from __future__ import annotations

import pytest

from tests.bookings.wishes import wish
from tests.factories import actor
from vconf.authorities.services import change_person
from vconf.bookings.models import CalendarEntry
from vconf.bookings.services import book, cancel
from vconf.outbox.deliver import deliver_due
from vconf.outbox.models import Message
from vconf.reactions import REACTIONS, SHOW_PERSON_ANEW, SHOW_ROOM_ANEW
from vconf.rooms.services import change_room

pytestmark = pytest.mark.django_db(transaction=True)


def changes():
    return dict(CalendarEntry.objects.values_list("id", "change"))


def counted_on(before):
    deliver_due(REACTIONS, limit=100, only={SHOW_PERSON_ANEW.name, SHOW_ROOM_ANEW.name})
    now = changes()
    return {id for id in now if now[id] != before[id]}


def entries_of(*bookings):
    return set(CalendarEntry.objects.filter(booking__in=bookings).values_list("id", flat=True))


def test_a_room_that_is_renamed_is_shown_anew_wherever_something_takes_place_in_it(world, anna, bernd):
    there = book(wish(9, room_id=world.small.id, invite="bernd@im.mv.example"), actor=anna)
    book(wish(9, room_id=world.big.id), actor=bernd)
    gone = book(wish(12, room_id=world.small.id), actor=bernd)
    cancel(gone.id, actor=bernd)
    before = changes()
    change_room(world.small.id, actor=actor(world.admin), name="Kleine Beratung")
    assert counted_on(before) == entries_of(there)


def test_a_person_who_is_renamed_is_shown_anew_to_all_who_meet_them(world, anna, bernd):
    organised = book(wish(9, room_id=world.small.id, invite="bernd@im.mv.example"), actor=anna)
    invited = book(wish(11, room_id=world.small.id, invite="anna@im.mv.example"), actor=bernd)
    book(wish(13, room_id=world.small.id), actor=bernd)
    before = changes()
    change_person(world.anna.id, actor=actor(world.admin), name="Anna Adler")
    assert counted_on(before) == entries_of(organised, invited)


def test_what_does_not_stand_in_calendars_is_no_news(world):
    change_room(world.small.id, actor=actor(world.admin), seats=7, name=world.small.name)
    change_person(world.anna.id, actor=actor(world.admin), name=world.anna.name, language="en")
    assert not Message.objects.filter(fact__in=["RoomRenamed", "PersonRenamed"]).exists()
