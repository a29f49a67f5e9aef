# SPDX-License-Identifier: EUPL-1.2
"""Facts become statuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests import factories
from tests.factories import World
from tests.realtime.dates import NOW, a_date, joined
from vconf.bookings.meetings import end_occurrence
from vconf.bookings.requests import AttendeeRequest, ChangeRequest
from vconf.bookings.services import cancel, change
from vconf.outbox.deliver import deliver_due
from vconf.outbox.models import Message
from vconf.reactions import REACTIONS
from vconf.realtime.effects import push_room_status
from vconf.realtime.models import RoomStatus
from vconf.realtime.status import refresh_all
from vconf.rooms.services import change_room, retire_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = factories.world()
    refresh_all(now=NOW)
    Message.objects.all().delete()
    return world


def states() -> dict[str, str]:
    """Every fact written so far takes its effect on the board; room -> state after it."""
    for message in Message.objects.order_by("id"):
        push_room_status(message.payload, "")
    Message.objects.all().delete()
    return dict(RoomStatus.objects.values_list("room__name", "state"))


def test_a_booking_moves_between_rooms(world: World) -> None:
    anna = factories.actor(world.anna)
    booking = a_date(world.small, world.anna, starts=10).booking
    assert states() == {"Beratung": "reserved", "Großer Saal": "free", "Offener Raum": "free"}
    change(booking.id, ChangeRequest(room_id=world.big.id), actor=anna)
    assert states() == {"Beratung": "free", "Großer Saal": "reserved", "Offener Raum": "free"}
    cancel(booking.id, actor=anna)
    assert states() == {"Beratung": "free", "Großer Saal": "free", "Offener Raum": "free"}


def test_a_booking_moved_out_of_sight_leaves_the_room_free(world: World) -> None:
    booking = a_date(world.small, world.anna, starts=10).booking
    states()
    later = (NOW + timedelta(days=2)).replace(tzinfo=None)
    change(booking.id, ChangeRequest(starts_local=later), actor=factories.actor(world.anna))
    assert states()["Beratung"] == "free"


def test_somebody_invited_later_sees_the_details(world: World) -> None:
    booking = a_date(world.small, world.anna).booking
    states()
    invited = (AttendeeRequest(address=world.bernd.email),)
    change(booking.id, ChangeRequest(attendees=invited), actor=factories.actor(world.anna))
    states()
    assert str(world.bernd.id) in RoomStatus.objects.get(room=world.small).audience["persons"]


def test_a_meeting_comes_and_goes(world: World) -> None:
    date = a_date(world.small, world.anna)
    joined(date, people=2)
    assert states()["Beratung"] == "live"
    end_occurrence(date.id, actor=factories.actor(world.anna))
    assert states()["Beratung"] == "free"


def test_a_blocked_room_and_a_retired_one(world: World) -> None:
    chief = factories.actor(world.chief)
    change_room(world.small.id, actor=chief, blocked_reason="Umbau")
    retire_room(world.big.id, actor=chief)
    assert states() == {"Beratung": "blocked", "Großer Saal": "blocked", "Offener Raum": "free"}


def test_a_fact_delivered_twice_takes_effect_once(world: World) -> None:
    a_date(world.small, world.anna)
    payload = Message.objects.get().payload
    push_room_status(payload, "")
    version = RoomStatus.objects.get(room=world.small).version
    push_room_status(payload, "")
    assert RoomStatus.objects.get(room=world.small).version == version


@pytest.mark.parametrize(
    "payload", [{}, {"server_id": "1"}, {"room_id": "0193c1a0-0000-7000-8000-000000000000"}]
)
def test_a_fact_about_nothing_on_the_board_does_nothing(world: World, payload: dict[str, Any]) -> None:
    before = list(RoomStatus.objects.values())
    push_room_status(payload, "")
    assert list(RoomStatus.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_the_outbox_brings_it_to_the_board(world: World) -> None:
    a_date(world.small, world.anna)
    only_status = {
        fact: [reaction for reaction in reactions if reaction.name == "room_status"]
        for fact, reactions in REACTIONS.items()
    }
    deliver_due(only_status, limit=10)
    assert RoomStatus.objects.get(room=world.small).state == "reserved"
