# SPDX-License-Identifier: EUPL-1.2
"""Reminders before a date: by choice, once, and of what still takes place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.bookings.wishes import at, wish
from tests.factories import actor, world
from tests.integrations.invitations.letters import body
from tests.smtp_sink import SmtpSink
from vconf.bookings.answering import answer
from vconf.bookings.clock import pass_time
from vconf.bookings.models import Booking
from vconf.bookings.requests import ChangeRequest
from vconf.bookings.services import book, cancel, change
from vconf.errors import Invalid
from vconf.outbox.deliver import deliver_due
from vconf.outbox.models import Message
from vconf.reactions import REACTIONS, REMIND_OF_DATE

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


class Scene:
    """Anna's meeting with Bernd and a guest, an hour long, of which they are reminded a quarter of an hour before."""

    def __init__(self, sink: SmtpSink, **fields: Any) -> None:
        self.world = world()
        self.sink = sink
        self.anna = actor(self.world.anna)
        fields = {"remind_minutes": 15, "invite": "bernd@im.mv.example guest@elsewhere.example", **fields}
        self.booking = book(wish(room_id=self.world.big.id, **fields), actor=self.anna)
        self.seen = 0

    def starts(self) -> list[datetime]:
        return list(self.booking.occurrences.order_by("starts_at").values_list("starts_at", flat=True))

    def reminded(self, now: datetime) -> list[str]:
        """Who gets a mail at that moment."""
        pass_time(now, opens=lambda _id: None)
        deliver_due(
            REACTIONS, limit=1000, now=timezone.now() + timedelta(seconds=1), only={REMIND_OF_DATE.name}
        )
        new = self.sink.received[self.seen :]
        self.seen = len(self.sink.received)
        return sorted(one.recipient for one in new)


@pytest.fixture
def scene(sink: SmtpSink) -> Scene:
    return Scene(sink)


EVERYBODY = ["anna@im.mv.example", "bernd@im.mv.example", "guest@elsewhere.example"]


def test_everybody_is_reminded_once(scene: Scene) -> None:
    [start] = scene.starts()

    assert scene.reminded(start - 16 * MINUTE) == []
    assert scene.reminded(start - 15 * MINUTE) == EVERYBODY
    assert scene.reminded(start - 14 * MINUTE) == []
    mail = scene.sink.received[0].message
    assert str(mail["Subject"]).startswith("Erinnerung: Lagebesprechung (")
    assert scene.booking.join_link.token in body(mail, "text/plain")


def test_who_does_not_come_is_left_alone(scene: Scene) -> None:
    answer(scene.booking.id, partstat="DECLINED", actor=actor(scene.world.bernd))
    [start] = scene.starts()

    assert "bernd@im.mv.example" not in scene.reminded(start - 10 * MINUTE)


def test_each_date_of_a_series_is_reminded_of(sink: SmtpSink) -> None:
    scene = Scene(sink, rrule="FREQ=DAILY;COUNT=3")
    first, second, _third = scene.starts()

    assert scene.reminded(first - 10 * MINUTE) == EVERYBODY
    assert scene.reminded(second - 20 * MINUTE) == []
    assert scene.reminded(second - 10 * MINUTE) == EVERYBODY


def test_a_date_is_reminded_of_once_though_the_next_ones_time_comes_before_it_is_over(sink: SmtpSink) -> None:
    scene = Scene(sink, rrule="FREQ=DAILY;COUNT=3", remind_minutes=25 * 60)
    first, second, _third = scene.starts()
    assert scene.reminded(first - timedelta(hours=25)) == EVERYBODY

    assert scene.reminded(second - timedelta(hours=25)) == EVERYBODY

    facts = Message.objects.filter(fact="ReminderDue").order_by("id")
    assert [one.payload["starts_at"] for one in facts] == [first.isoformat(), second.isoformat()]


def test_who_was_reminded_is_not_again_when_the_organiser_wants_it_later(scene: Scene) -> None:
    [start] = scene.starts()
    assert scene.reminded(start - 15 * MINUTE) == EVERYBODY

    change(scene.booking.id, ChangeRequest(remind_minutes=5), actor=scene.anna)

    assert scene.reminded(start - 4 * MINUTE) == []


def test_a_date_that_is_moved_is_reminded_of_at_its_new_time(scene: Scene) -> None:
    [start] = scene.starts()
    assert scene.reminded(start - 10 * MINUTE) == EVERYBODY

    change(scene.booking.id, ChangeRequest(starts_local=at(14)), actor=scene.anna)

    assert scene.reminded(start - 9 * MINUTE) == []
    assert scene.reminded(start + timedelta(hours=4) - 10 * MINUTE) == EVERYBODY


def test_what_does_not_take_place_is_not(scene: Scene) -> None:
    [start] = scene.starts()
    cancel(scene.booking.id, actor=scene.anna)

    assert scene.reminded(start - 10 * MINUTE) == []


def test_who_was_invited_just_now_is_not_reminded_as_well(scene: Scene) -> None:
    [start] = scene.starts()
    Booking.objects.update(changed_at=start - 10 * MINUTE)

    assert scene.reminded(start - 9 * MINUTE) == []
    assert not Message.objects.filter(fact="ReminderDue").exists()


def test_it_can_be_chosen_and_given_up_later(sink: SmtpSink) -> None:
    scene = Scene(sink, remind_minutes=None)
    [start] = scene.starts()
    assert scene.reminded(start - 61 * MINUTE) == []

    change(scene.booking.id, ChangeRequest(remind_minutes=60), actor=scene.anna)
    assert Booking.objects.get().sequence == 0
    change(scene.booking.id, ChangeRequest(remind_minutes=None), actor=scene.anna)
    assert scene.reminded(start - 50 * MINUTE) == []


@pytest.mark.parametrize("minutes", [0, -5, 7 * 24 * 60 + 1])
def test_no_sooner_than_a_week_before(scene: Scene, minutes: int) -> None:
    with pytest.raises(Invalid):
        change(scene.booking.id, ChangeRequest(remind_minutes=minutes), actor=scene.anna)
